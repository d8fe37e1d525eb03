/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of stacks as all machines and tools print them, and those that stand among them.
 */
#ifndef KMC_CALL_LINES_H
#define KMC_CALL_LINES_H

#include "kmc/report.h"

/*
 * log_take_call() - a line of a stack, decoded or not
 * @stack: that it is of
 * @word: the line without what is in front of it
 * @nomem: set when memory ran out
 *
 * What the unwinder marks as a leftover ("? f") is passed over, and so are the brackets
 * of interrupts. Functions that the log says were inlined come before the one they were
 * inlined into, whose frame gets them as its chain.
 *
 * Return: whether it is one.
 */
bool log_take_call(struct kmc_stack *stack, const char *word, bool *nomem);

/* "foo+0x1/0x2", with a module and a place behind it, or "foo (x.c:1)"; what it ends at. */
const char *log_scan_function(const char *s, struct kmc_frame *frame, bool *nomem);
/* Does it end in a function that was inlined: "foo x.h:1 [inline]"? */
bool log_is_inlined(const char *word);

/* "f from g+0x1/0x2" as ARM has it, with addresses or without. */
bool log_is_from(const char *word);

/* "fs/x.c:12:3": what is behind it, or NULL. */
const char *log_scan_place(const char *s, struct kmc_source_place *place, bool *nomem);

/* The line above a stack, as "Call Trace:"; it says nothing of whose. */
bool log_is_trace(const char *word);

#endif /* KMC_CALL_LINES_H */
