/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: an instruction on the pool: checked, then performed on the alias.
 */
#ifndef _X86_KMEMCHECK_ACCESS_H
#define _X86_KMEMCHECK_ACCESS_H

#include <linux/kmemcheck_engine.h>

#include "emulate.h"

void kmemcheck_check_access(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			    unsigned long addr, const void *mem);

/**
 * kmemcheck_perform() - perform an instruction on the pool
 * @d: the instruction, not one on strings
 * @regs: before it, and then behind it
 * @addr: of its operand, which lies in the pool
 *
 * Return: false when it cannot be performed.
 */
static __always_inline bool kmemcheck_perform(const struct kmemcheck_decoded *d,
					      struct pt_regs *regs, unsigned long addr)
{
	void *mem = (void *)(addr + kmemcheck_alias_offset);

	if (unlikely(d->size > 8 || !kmemcheck_all_initialized(addr, d->size) ||
		     kmemcheck_expects_copy()))
		kmemcheck_check_access(d, regs, addr, mem);
	return kmemcheck_execute(d, regs, mem);
}

#endif /* _X86_KMEMCHECK_ACCESS_H */
