/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: where the generators of the differential test draw from.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_RANDOM_H
#define _X86_KMEMCHECK_DIFFTEST_RANDOM_H

#include <linux/prandom.h>
#include <linux/types.h>

#include "case.h"

/* Memory that instances work on, and what is known of each byte of it. */
struct diff_area {
	unsigned long start;	/* for the instruction */
	u8 *memory;		/* the same, never hidden */
	u8 *pristine;		/* what it holds between instances */
	u8 *before;		/* what it held before the instance */
	u8 *native;		/* what the native run made of it */
	u8 *want;		/* shadow that must come out */
	bool tracked;
};

#define DIFF_AREA_SIZE	(8 * PAGE_SIZE)
/* The untracked area starts with the stack; RSP is DIFF_STACK_SIZE at most. */
#define DIFF_STACK_SIZE	(2 * PAGE_SIZE)

/* Where generators draw from. */
struct diff_gen {
	struct rnd_state rnd;
	const struct diff_area *pool;
	const struct diff_area *plain;
	unsigned long sp;	/* below this the real stack is free */
	bool want_report;
};

static inline u32 diff_random(struct diff_gen *gen, u32 below)
{
	return prandom_u32_state(&gen->rnd) % below;
}

static inline bool diff_one_in(struct diff_gen *gen, u32 n)
{
	return !diff_random(gen, n);
}

u64 diff_random_value(struct diff_gen *gen);
void diff_random_regs(struct diff_gen *gen, struct diff_case *c);
unsigned long diff_random_place(struct diff_gen *gen, const struct diff_area *area,
				unsigned int size, unsigned int align);

#endif /* _X86_KMEMCHECK_DIFFTEST_RANDOM_H */
