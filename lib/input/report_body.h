/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reports of all checkers but kmemcheck consist of besides the checker's own lines:
 * the task, stacks, the instruction with its registers and code.
 */
#ifndef KMC_REPORT_BODY_H
#define KMC_REPORT_BODY_H

#include <string.h>

#include "input/families.h"
#include "input/register_lines.h"

/*
 * struct log_body - how far it has been read
 * @stack: that the next frames are of; NULL: they are of none that is kept
 * @traced: the report's own stack has come, so another "Call Trace:" is not its own
 * @faulting: the report is about an instruction, which comes before the stack
 * @user: the registers are those of user space
 * @coding: the last line was of code bytes and may go on
 * @titled: it was the title of decoded code, which is underlined
 * @dangling: name of a register whose value is in the next line, or empty
 */
struct log_body {
	struct kmc_stack *stack;
	bool traced;
	bool faulting;
	bool user;
	bool coding;
	bool titled;
	char dangling[LOG_REGISTER_MAX];
};

/* Take a line that any report may have; LOG_LAST: the report ends with it. */
enum log_taken log_take_body(struct log_reading *reading, struct log_body *body);

/* Does @text look like one of them wherever it stands? See @knows in families.h. */
bool log_knows_body(const char *text, bool sure);

/* The next frames are of @track: "Allocated by task 1 on cpu 0 at 12.345s:" behind @word. */
void log_begin_track(struct log_body *body, struct kmc_track *track, const char *word);

/*
 * All lines came: what the checker called to report, above the function that the first
 * line names or above which only such functions stand, is put into @own.
 */
void log_fold_own(struct kmc_report *report, bool *nomem);

/* What @word begins with, which is not empty, or NULL: behind it. */
static inline const char *log_skip(const char *word, const char *start)
{
	size_t len;

	/* Each line is asked for a hundred beginnings. */
	if (*word != *start)
		return NULL;
	len = strlen(start);
	return strncmp(word, start, len) ? NULL : word + len;
}

/* "ffff888000001000", "0xffff888000001000"; NULL: something else. "(null)" is 0. */
const char *log_scan_pointer(const char *s, uint64_t *value);

/*
 * Is it a hash of an address? Those have no more than 32 bits, and where an address has
 * 16 digits a real one of the kernel has not.
 */
bool log_is_hash(const char *digits);

/* Copy text into a string that the report owns. */
void log_set_text(char **to, const char *text, size_t len, bool *nomem);

#endif /* KMC_REPORT_BODY_H */
