/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: run an instance both ways and compare.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_RUN_H
#define _X86_KMEMCHECK_DIFFTEST_RUN_H

#include "random.h"

struct diff_result {
	const char *what;	/* is wrong; NULL: nothing */
	unsigned long where;
	u64 got, wanted;
	bool given_up;
	struct diff_regs native, faulting;
	u32 native_landed, faulting_landed;
	struct diff_words native_words, faulting_words;
};

void diff_run(struct diff_gen *gen, const struct diff_case *c, struct diff_result *r);
bool diff_tidy(const struct diff_gen *gen);

#endif /* _X86_KMEMCHECK_DIFFTEST_RUN_H */
