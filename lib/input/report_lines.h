/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that reports of all families have: the task, the instruction, the stack.
 */
#ifndef KMC_REPORT_LINES_H
#define KMC_REPORT_LINES_H

#include "kmc/report.h"

/*
 * Each log_take_x() takes a line into the report if it is what its name says, and
 * if the report has room for it; @nomem is set when memory ran out.
 * Return: whether it was taken. log_is_x() only says whether it looks like that.
 */
bool log_is_task(const char *word);
bool log_take_task(struct kmc_report *report, const char *word, bool *nomem);
/* The rest of the task's line where a mailer wrapped it. */
void log_take_release(struct kmc_report *report, const char *word,
		      bool *nomem);

bool log_is_rip(const char *word);
bool log_take_rip(struct kmc_report *report, const char *word, bool *nomem);
/* Is it the second of two lines that name the report's instruction? */
bool log_completes_rip(const struct kmc_report *report, const char *word);

bool log_is_frame(const char *word);
bool log_take_frame(struct kmc_stack *stack, const char *word, bool *nomem);

/* The line that ends a stack: an address of all ones. */
bool log_is_terminator(const char *word);

/* Does something else begin, whose registers and stack are its own? */
bool log_begins_other(const char *word);

#endif /* KMC_REPORT_LINES_H */
