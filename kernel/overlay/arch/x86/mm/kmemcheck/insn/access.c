// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the accesses that the fast path of access.h leaves over.
 */
#include <linux/kmemcheck_engine.h>

#include "access.h"

/**
 * kmemcheck_check_access() - tell the core what an instruction does to the pool
 * @d: the instruction, not one on strings
 * @regs: before it
 * @addr: of its operand
 * @mem: where that is mapped
 */
void kmemcheck_check_access(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			    unsigned long addr, const void *mem)
{
	unsigned int access = d->access;

	if ((d->op == OP_CMPXCHG || d->op == OP_CMPXCHG_WIDE) &&
	    !kmemcheck_cmpxchg_will_write(d, regs, mem))
		access = OPERAND_READ;
	if (access & OPERAND_READ)
		kmemcheck_read(regs, addr, d->size);
	if (access & OPERAND_WRITE)
		kmemcheck_write(regs, addr, d->size);
}
