/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a report, what is above the members and what is below.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "text.h"

struct report_text {
	struct text text;
	int *candidates;	/* that a line is about, -1: none; one for each line */
};

struct line *report_text_add(struct report_text *text, int candidate);
void report_text_release(struct report_text *text);
void report_head(struct report_text *head, const struct kmc_report *report, int cols);
void report_tail(struct report_text *tail, const struct kmc_report *report, int cols,
		 bool registers);
/* Text in lines that fit, the later ones further in. */
void text_wrap(struct report_text *text, const char *label, const char *words, int cols);

#endif /* REPORT_TEXT_H */
