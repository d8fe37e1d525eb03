/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: perform one instruction. Moves, which are four in five of all that
 * fault, are inlined.
 */
#ifndef _X86_KMEMCHECK_EMULATE_H
#define _X86_KMEMCHECK_EMULATE_H

#include <linux/compiler.h>

#include <asm/processor-flags.h>

#include "operand.h"

/* A condition as opcodes number them: odd ones are the contrary. */
static inline bool kmemcheck_condition_holds(unsigned int condition, unsigned long flags)
{
	bool less = !(flags & X86_EFLAGS_SF) != !(flags & X86_EFLAGS_OF);
	bool holds;

	switch (condition >> 1) {
	case 0:
		holds = flags & X86_EFLAGS_OF;
		break;
	case 1:
		holds = flags & X86_EFLAGS_CF;
		break;
	case 2:
		holds = flags & X86_EFLAGS_ZF;
		break;
	case 3:
		holds = flags & (X86_EFLAGS_CF | X86_EFLAGS_ZF);
		break;
	case 4:
		holds = flags & X86_EFLAGS_SF;
		break;
	case 5:
		holds = flags & X86_EFLAGS_PF;
		break;
	case 6:
		holds = less;
		break;
	default:
		holds = less || flags & X86_EFLAGS_ZF;
		break;
	}
	return holds != (condition & 1);
}

static __always_inline bool kmemcheck_is_move(const struct kmemcheck_decoded *d)
{
	return d->op >= OP_LOAD && d->op <= OP_STORE_IMM;
}

/* @d is a move, @mem where its operand in memory is mapped. */
static __always_inline void kmemcheck_move(const struct kmemcheck_decoded *d,
					   struct pt_regs *regs, void *mem)
{
	unsigned long value;

	switch (d->op) {
	case OP_STORE:
		kmemcheck_store(mem, kmemcheck_get_reg(d, regs), d->size);
		return;
	case OP_STORE_IMM:
		kmemcheck_store(mem, (long)d->imm, d->size);
		return;
	}
	value = kmemcheck_load(mem, d->size);
	if (d->op == OP_LOAD_SIGNED)
		value = kmemcheck_sign_extend(value, d->size);
	kmemcheck_put_reg(d, regs, value);
}

bool kmemcheck_push(struct pt_regs *regs, unsigned long value);
bool kmemcheck_emulate(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		       void *mem);

#endif /* _X86_KMEMCHECK_EMULATE_H */
