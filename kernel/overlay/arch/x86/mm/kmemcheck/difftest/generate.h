/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: random instances of instructions with an operand in memory.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_GENERATE_H
#define _X86_KMEMCHECK_DIFFTEST_GENERATE_H

#include "random.h"
#include "table.h"

bool difftest_generate(struct difftest_gen *gen, const struct difftest_template *t,
		       struct difftest_case *c);

#endif /* _X86_KMEMCHECK_DIFFTEST_GENERATE_H */
