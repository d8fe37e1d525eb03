/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: what follows the instruction of an instance.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_TAIL_H
#define _X86_KMEMCHECK_DIFFTEST_TAIL_H

#include <linux/percpu-defs.h>

#include "random.h"

extern u64 difftest_fixed[DIFFTEST_WORDS];
DECLARE_PER_CPU(u64 [DIFFTEST_WORDS], difftest_percpu);
void difftest_generate_tail(struct difftest_gen *gen, struct difftest_case *c);

#endif /* _X86_KMEMCHECK_DIFFTEST_TAIL_H */
