/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack as one list of functions, and which of them is to blame.
 */
#ifndef KMC_WALK_H
#define KMC_WALK_H

#include "base/buf.h"
#include "kmc/report.h"

/*
 * struct kmc_level - one function of a stack, inlined or not
 * @frame: that it belongs to
 * @where: its place, NULL without debug info
 * @function: its name, borrowed, not terminated: see @len; NULL if unknown
 * @len: of the name, without the compiler's suffixes such as .isra.0
 * @inlined: into the one that follows
 */
struct kmc_level {
	const struct kmc_frame *frame;
	const struct kmc_location *where;
	const char *function;
	size_t len;
	bool inlined;
};

/*
 * struct kmc_walk - goes through a stack from the innermost function outwards
 * @stack: set by kmc_walk_start()
 * @frame, @level: where it is
 */
struct kmc_walk {
	const struct kmc_stack *stack;
	size_t frame;
	size_t level;
};

struct kmc_walk kmc_walk_start(const struct kmc_stack *stack);
/* False at the end; what a stack repeats of its instruction is left out. */
bool kmc_walk_next(struct kmc_walk *walk, struct kmc_level *level);
/* Does it only copy, compare or fill bytes on behalf of its caller? */
bool kmc_level_is_helper(const struct kmc_level *level);
/*
 * Is the function that did it on the stack? Without the instruction, there are only
 * those that have called it.
 */
bool kmc_stack_has_culprit(const struct kmc_report *report);
/*
 * The function to tell of: the innermost that is no helper and, if @placed, has a
 * file; or else the innermost that there is. False: none.
 */
bool kmc_walk_culprit(const struct kmc_report *report, bool placed,
		      struct kmc_level *out);
/* Who allocated or freed: the innermost that has a file outside of the allocator. */
bool kmc_walk_owner(const struct kmc_stack *stack, struct kmc_level *out);
/*
 * Adds "padding: read of padding behind struct x.y (+4), likely, in foo()"; before it was
 * explained, "32-bit read of uninitialized memory in foo()". Not escaped.
 */
void kmc_level_title(struct kmc_buf *buf, const struct kmc_report *report,
		     const struct kmc_level *culprit);

/* Kernels before 5.1 begin the stack with the instruction itself. */
bool kmc_stack_repeats_rip(const struct kmc_stack *stack);

#endif /* KMC_WALK_H */
