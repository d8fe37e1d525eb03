/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each line of a report looks like: its first, the task, the stack.
 */
#ifndef KMC_TEXT_MATCH_H
#define KMC_TEXT_MATCH_H

#include "input/text_line.h"

enum text_match { TEXT_NO, TEXT_PARTIAL, TEXT_YES };

/*
 * struct text_header - what the first line of a report says
 * @clean: nothing but prefixes stands before it
 */
struct text_header {
	enum kmc_kind kind;
	enum kmc_state state;
	unsigned int bits;
	uint64_t address;
	bool clean;
};

/* TEXT_PARTIAL: so far so good, but the line ended. */
enum text_match text_match_header(const struct text_line *line,
				  struct text_header *out);

/*
 * Each of these takes a line into the report if it is what its name says.
 * Return: whether it was; @nomem is set when memory ran out.
 */
bool text_take_task(struct kmc_report *report, const char *word, bool *nomem);
void text_take_release(struct kmc_report *report, const char *word,
		       bool *nomem);
bool text_take_rip(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_frame(struct kmc_stack *stack, const char *word, bool *nomem);

/* The line that ends a stack: an address of all ones. */
bool text_is_terminator(const char *word);

#endif /* KMC_TEXT_MATCH_H */
