/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: random instances of string instructions.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_STRING_H
#define _X86_KMEMCHECK_DIFFTEST_STRING_H

#include "random.h"

bool difftest_is_string(enum difftest_family family);
void difftest_generate_string(struct difftest_gen *gen, struct difftest_case *c);
void difftest_fill_string(const struct difftest_case *c, u8 *first, u8 *second);
unsigned int difftest_elements_done(const struct difftest_case *c, u64 rcx_after);
unsigned long difftest_element(const struct difftest_case *c, const struct difftest_operand *op,
			       unsigned int i);

#endif /* _X86_KMEMCHECK_DIFFTEST_STRING_H */
