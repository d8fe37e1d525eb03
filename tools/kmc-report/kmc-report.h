/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line says.
 */
#ifndef KMC_REPORT_H
#define KMC_REPORT_H

#include <kmc/output.h>

#include "../common/options.h"

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none
 * @source: source tree, NULL for none
 * @source_url: where lines of source can be looked at, NULL: nowhere
 * @only: checkers whose reports are wanted, with commas between; NULL: all
 * @group: print bugs and not reports
 * @limit: reports or bugs to print, 0 for all
 * @width: columns, 0 for those of the terminal
 * @registers: print them, too
 * @ascii: even if the locale knows more
 * @error_exitcode: exit code when a report was found, 0 for none
 * @files: operands, NULL behind them
 */
struct options {
	const char *live;
	struct kmc_debuginfo_options debuginfo;
	const char *source;
	const char *source_url;
	const char *only;
	const struct kmc_format *format;
	enum color color;
	unsigned long limit;
	unsigned int width;
	int error_exitcode;
	bool group;
	bool registers;
	bool ascii;
	bool quiet;
	bool no_progress;
	char **files;
};

/* False when there is nothing to do but exit with *status. */
bool report_parse(struct options *opts, int argc, char **argv, int *status);

/* Are reports of this checker asked for? */
bool report_wanted(const struct options *opts, const char *checker);

#endif /* KMC_REPORT_H */
