/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of the memory that a call returned: which variables take it.
 */
#ifndef KMC_ALLOCATED_H
#define KMC_ALLOCATED_H

#include "code/insn.h"
#include "debuginfo/vars.h"

/* Gets a variable that holds the result; @done is set when no other address is asked for. */
typedef struct kmc_error *(*kmc_take_result)(void *arg, struct kmc_image *image,
					     struct kmc_var *var, bool *done);

/**
 * struct kmc_result_end - what became of a result that no variable took
 * @stored: an instruction stored it
 * @store: that one
 * @returned: the function returned it
 * @at: where it was returned
 */
struct kmc_result_end {
	bool stored;
	struct kmc_insn store;
	bool returned;
	uint64_t at;
};

/**
 * kmc_result_follow() - find the variables that take what a call returns
 * @image: vmlinux or module
 * @at: link-time address behind the call
 * @take: gets each of them, the innermost first; they point to a struct or union
 * @arg: for @take
 * @end: NULL, or set to what else became of it
 */
KMC_MUST_CHECK struct kmc_error *
kmc_result_follow(struct kmc_image *image, uint64_t at, kmc_take_result take, void *arg,
		  struct kmc_result_end *end);

#endif /* KMC_ALLOCATED_H */
