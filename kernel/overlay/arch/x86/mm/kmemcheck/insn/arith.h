/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: arithmetic on memory.
 */
#ifndef _X86_KMEMCHECK_ARITH_H
#define _X86_KMEMCHECK_ARITH_H

#include <linux/types.h>

#include <asm/processor-flags.h>

/* What arithmetic sets. */
#define STATUS_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | \
			 X86_EFLAGS_ZF | X86_EFLAGS_SF | X86_EFLAGS_OF)

void kmemcheck_alu(unsigned int alu, bool lock, unsigned int size, void *mem,
		   unsigned long value, unsigned long *flags);
void kmemcheck_unary(unsigned int unary, bool lock, unsigned int size, void *mem,
		     unsigned long *flags);
void kmemcheck_shift(unsigned int digit, unsigned int size, void *mem,
		     unsigned long count, unsigned long *flags);
void kmemcheck_bit(unsigned int sub, bool lock, unsigned int size, void *mem,
		   unsigned long bit, unsigned long *flags);
void kmemcheck_shift_double(bool right, unsigned int size, void *mem,
			    unsigned long value, unsigned long count,
			    unsigned long *flags);

#endif /* _X86_KMEMCHECK_ARITH_H */
