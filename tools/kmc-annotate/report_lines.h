/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a report, what is above the members and what is below.
 */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include "lines.h"

struct report_lines {
	struct lines lines;
	bool hex;
	/* What a line is about: a candidate; -1: nothing; -2 and below: a level of the access */
	int *candidates;
};

struct line *report_lines_add(struct report_lines *lines, int candidate);
void report_lines_release(struct report_lines *lines);
void report_head(struct report_lines *head, const struct kmc_report *report, int cols);
void report_tail(struct report_lines *tail, const struct kmc_report *report, int cols,
		 bool registers);
/* Text in lines that fit, the later ones further in. */
void lines_wrap(struct report_lines *lines, const char *label, const char *words, int cols);

#endif /* REPORT_LINES_H */
