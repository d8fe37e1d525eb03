/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what follows the instruction of an instance.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_TAIL_H
#define _X86_KMEMCHECK_DIFFTEST_TAIL_H

#include <linux/percpu-defs.h>

#include "random.h"

extern u64 diff_fixed[DIFF_WORDS];
DECLARE_PER_CPU(u64 [DIFF_WORDS], diff_percpu);
void diff_generate_tail(struct diff_gen *gen, struct diff_case *c);

#endif /* _X86_KMEMCHECK_DIFFTEST_TAIL_H */
