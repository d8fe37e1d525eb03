/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: instructions with a vector register and tracked memory.
 */
#ifndef _X86_KMEMCHECK_VECTOR_H
#define _X86_KMEMCHECK_VECTOR_H

#include <linux/types.h>

struct pt_regs;

int kmemcheck_vector_prepare(unsigned int cpu);
bool kmemcheck_vector(struct pt_regs *regs, unsigned long addr);

#endif /* _X86_KMEMCHECK_VECTOR_H */
