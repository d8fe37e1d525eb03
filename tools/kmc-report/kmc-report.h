/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmc-report's own parts.
 */
#ifndef KMC_REPORT_H
#define KMC_REPORT_H

#include <kmc/output.h>

#include "../common/common.h"
#include "../common/options.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_ERRORS };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none
 * @source: source tree, NULL for none
 * @group: print bugs and not reports
 * @limit: reports or bugs to print, 0 for all
 * @width: columns, 0 for those of the terminal
 * @ascii: even if the locale knows more
 * @error_exitcode: exit code when a report was found, 0 for none
 * @files: operands, NULL behind them
 */
struct options {
	const char *live;
	struct kmc_debuginfo_options debuginfo;
	const char *source;
	enum format format;
	enum color color;
	unsigned long limit;
	unsigned int width;
	int error_exitcode;
	bool group;
	bool ascii;
	bool quiet;
	bool no_progress;
	char **files;
};

/* options.c: return false when there is nothing to do but exit with *status. */
bool report_parse(struct options *opts, int argc, char **argv, int *status);

/*
 * progress.c: one line on standard error, if that is a terminal. progress_input()
 * tells what is read, NULL for nothing; progress_work() what is done instead, NULL
 * for nothing, a text that stays. progress_hide() makes room for other output.
 */
void progress_start(const struct options *opts);
void progress_input(const struct kmc_input *input);
void progress_report(void);
void progress_work(const char *what, uint64_t done, uint64_t total);
void progress_hide(void);
void progress_stop(void);

/*
 * struct output - what was printed so far
 * @group: NULL unless bugs are to be printed
 * @shown: reports or bugs
 * @sought: a source tree was looked for where the debug info says
 */
struct output {
	const struct options *opts;
	struct kmc_print_options print;
	struct kmc_group *group;
	unsigned long shown;
	bool sought;
};

/*
 * output.c: false when something failed, which was said. A report is taken over
 * in any case. After output_begin() there is output_end().
 */
bool output_begin(struct output *out, const struct options *opts);
/* Where to look for source lines unless the user named a tree; NULL: nowhere. */
void output_source(struct output *out, const char *dir);
bool output_report(struct output *out, struct kmc_report *report);
bool output_end(struct output *out);

#endif /* KMC_REPORT_H */
