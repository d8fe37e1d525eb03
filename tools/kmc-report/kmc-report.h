/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmc-report's own parts.
 */
#ifndef KMC_REPORT_H
#define KMC_REPORT_H

#include <kmc/kmc.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Exit codes; design: others are what --error-exitcode names. */
enum {
	EXIT_DONE = 0,
	EXIT_INPUT = 1,		/* something could not be read */
	EXIT_USAGE = 2,
};

enum format { FORMAT_TEXT, FORMAT_JSON };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none
 * @limit: reports to print, 0 for all
 * @error_exitcode: exit code when a report was found, 0 for none
 * @files: operands
 */
struct options {
	const char *live;
	struct kmc_debuginfo_options debuginfo;
	enum format format;
	enum color color;
	unsigned long limit;
	int error_exitcode;
	bool quiet;
	char **files;
	int nfiles;
};

/* options.c: return false when there is nothing to do but exit with *status. */
bool options_parse(struct options *opts, int argc, char **argv, int *status);

/* message.c: one line on standard error each, escaped */
__attribute__((format(printf, 1, 2))) void message(const char *fmt, ...);
void message_error(const struct kmc_error *err);

/*
 * struct symbols - debug info that fits the report at hand
 * @opts: what the user named
 * @quiet: no hints
 * @di: open, or NULL
 * @tried: the kernel that none was found for is in @missing (NULL: unknown)
 * @hinted: the user knows that there is none
 */
struct symbols {
	const struct kmc_debuginfo_options *opts;
	bool quiet;
	struct kmc_debuginfo *di;
	bool tried;
	char *missing;
	bool hinted;
};

/* symbols.c: false when what the user named cannot be used; it was said why. */
bool symbols_open(struct symbols *symbols);
bool symbols_resolve(struct symbols *symbols, struct kmc_report *report);
void symbols_close(struct symbols *symbols);

#endif /* KMC_REPORT_H */
