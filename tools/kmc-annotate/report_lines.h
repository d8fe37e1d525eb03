/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a report, what is above the members and what is below.
 */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include "lines.h"

struct report_lines {
	struct lines lines;
	int *candidates;	/* that a line is about, -1: none; one for each line */
};

struct line *report_lines_add(struct report_lines *lines, int candidate);
void report_lines_release(struct report_lines *lines);
void report_head(struct report_lines *head, const struct kmc_report *report, int cols);
void report_tail(struct report_lines *tail, const struct kmc_report *report, int cols,
		 bool registers);
/* Text in lines that fit, the later ones further in. */
void lines_wrap(struct report_lines *lines, const char *label, const char *words, int cols);

#endif /* REPORT_LINES_H */
