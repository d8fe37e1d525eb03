/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes to standard output.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "kmc-report.h"

/*
 * struct output - what was printed so far
 * @print: how text is written
 * @format: what it goes by, with @print
 * @group: NULL unless bugs are to be printed
 * @shown: reports or bugs
 * @sought: a source tree was looked for where the debug info says
 */
struct output {
	const struct options *opts;
	struct kmc_print_options print;
	struct kmc_format_options format;
	struct kmc_group *group;
	unsigned long shown;
	bool sought;
};

/*
 * False when something failed, which was said. A report is taken over
 * in any case. After output_begin() there is output_end().
 */
bool output_begin(struct output *out, const struct options *opts);
/* Where to look for source lines unless the user named a tree; NULL: nowhere. */
void output_source(struct output *out, const char *dir);
bool output_report(struct output *out, struct kmc_report *report);
bool output_end(struct output *out);

#endif /* OUTPUT_H */
