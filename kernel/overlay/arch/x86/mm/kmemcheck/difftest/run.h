/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: run an instance both ways and compare.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_RUN_H
#define _X86_KMEMCHECK_DIFFTEST_RUN_H

#include "random.h"

struct difftest_result {
	const char *what;	/* is wrong; NULL: nothing */
	unsigned long where;
	u64 got, wanted;
	bool untracked;
	struct difftest_regs native, faulting;
	u32 native_landed, faulting_landed;
	struct difftest_words native_words, faulting_words;
};

void difftest_run(struct difftest_gen *gen, const struct difftest_case *c,
		  struct difftest_result *r);
bool difftest_tidy(const struct difftest_gen *gen);

#endif /* _X86_KMEMCHECK_DIFFTEST_RUN_H */
