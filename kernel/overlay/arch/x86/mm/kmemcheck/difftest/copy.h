/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: copies of uninitialised bytes by way of a register.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_COPY_H
#define _X86_KMEMCHECK_DIFFTEST_COPY_H

#include "random.h"

void difftest_generate_copy(struct difftest_gen *gen, struct difftest_case *c);
u64 difftest_copied_poison(const struct difftest_case *c, const u8 *states);

#endif /* _X86_KMEMCHECK_DIFFTEST_COPY_H */
