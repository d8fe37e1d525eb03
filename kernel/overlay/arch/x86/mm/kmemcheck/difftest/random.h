/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: where the generators draw from.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_RANDOM_H
#define _X86_KMEMCHECK_DIFFTEST_RANDOM_H

#include <linux/prandom.h>
#include <linux/types.h>

#include <asm/page.h>

#include "case.h"

/* Memory that instances work on, and what is known of each byte of it. */
struct difftest_area {
	unsigned long start;	/* for the instruction */
	u8 *memory;		/* the same, never hidden */
	u8 *pristine;		/* what it holds between instances */
	u8 *before;		/* what it held before the instance */
	u8 *native;		/* what the native run made of it */
	u8 *want;		/* shadow that must come out */
	bool tracked;
};

#define DIFFTEST_AREA_SIZE	(8 * PAGE_SIZE)
/* The untracked area starts with the stack; RSP is DIFFTEST_STACK_SIZE at most. */
#define DIFFTEST_STACK_SIZE	(2 * PAGE_SIZE)

/* Where generators draw from. */
struct difftest_gen {
	struct rnd_state rnd;
	const struct difftest_area *pool;
	const struct difftest_area *plain;
	unsigned long sp;	/* below this the real stack is free */
	bool want_report;
};

static inline u32 difftest_random(struct difftest_gen *gen, u32 below)
{
	return prandom_u32_state(&gen->rnd) % below;
}

static inline bool difftest_one_in(struct difftest_gen *gen, u32 n)
{
	return !difftest_random(gen, n);
}

u64 difftest_random_value(struct difftest_gen *gen);
void difftest_random_regs(struct difftest_gen *gen, struct difftest_case *c);
unsigned long difftest_random_place(struct difftest_gen *gen, const struct difftest_area *area,
				    unsigned int size, unsigned int align);

#endif /* _X86_KMEMCHECK_DIFFTEST_RANDOM_H */
