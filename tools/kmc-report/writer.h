/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes to standard output.
 */
#ifndef WRITER_H
#define WRITER_H

#include "kmc-report.h"

/*
 * struct writer - what was printed so far
 * @print: how text is written
 * @format: what it goes by, with @print
 * @group: NULL unless bugs are to be printed
 * @shown: reports or bugs
 * @sought: a source tree was looked for where the debug info says
 */
struct writer {
	const struct options *opts;
	struct kmc_print_options print;
	struct kmc_format_options format;
	struct kmc_group *group;
	unsigned long shown;
	bool sought;
};

/*
 * False when something failed, which was said. A report is taken over
 * in any case. After writer_begin() there is writer_end().
 */
bool writer_begin(struct writer *out, const struct options *opts);
/* Where to look for source lines unless the user named a tree; NULL: nowhere. */
void writer_source(struct writer *out, const char *dir);
bool writer_report(struct writer *out, struct kmc_report *report);
/*
 * Takes the report over, and sets @counted, if nothing has to be found out about it; false
 * when something failed.
 */
bool writer_count(struct writer *out, struct kmc_report *report, bool *counted);
bool writer_end(struct writer *out);

#endif /* WRITER_H */
