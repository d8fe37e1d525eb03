/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: random instances of string instructions.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_STRING_H
#define _X86_KMEMCHECK_DIFFTEST_STRING_H

#include "random.h"

bool diff_is_string(enum diff_family family);
void diff_generate_string(struct diff_gen *gen, struct diff_case *c);
void diff_fill_string(const struct diff_case *c, u8 *first, u8 *second);
unsigned int diff_elements_done(const struct diff_case *c, u64 rcx_after);
unsigned long diff_element(const struct diff_case *c, const struct diff_operand *op,
			   unsigned int i);

#endif /* _X86_KMEMCHECK_DIFFTEST_STRING_H */
