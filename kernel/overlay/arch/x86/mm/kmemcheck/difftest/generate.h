/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: random instances of instructions with an operand in memory.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_GENERATE_H
#define _X86_KMEMCHECK_DIFFTEST_GENERATE_H

#include "random.h"
#include "table.h"

bool diff_generate(struct diff_gen *gen, const struct diff_template *t,
		   struct diff_case *c);

#endif /* _X86_KMEMCHECK_DIFFTEST_GENERATE_H */
