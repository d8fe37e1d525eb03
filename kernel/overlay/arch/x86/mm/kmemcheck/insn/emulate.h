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
		value = (long)kmemcheck_sign_extend(value, d->size) >> d->sub;
	kmemcheck_put_reg(d, regs, value);
}

bool kmemcheck_push(struct pt_regs *regs, unsigned long value);
bool kmemcheck_emulate(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		       void *mem);
bool kmemcheck_execute_without_memory(const struct kmemcheck_decoded *d,
				      struct pt_regs *regs);

/**
 * kmemcheck_execute() - perform an instruction with an operand M
 * @d: the instruction, not one on strings
 * @regs: before it; afterwards, after it
 * @mem: M, mapped
 *
 * Return: false when it cannot be performed; then nothing has happened.
 */
static __always_inline bool kmemcheck_execute(const struct kmemcheck_decoded *d,
					      struct pt_regs *regs, void *mem)
{
	if (!kmemcheck_is_move(d))
		return kmemcheck_emulate(d, regs, mem);
	kmemcheck_move(d, regs, mem);
	regs->ip += d->length;
	return true;
}

/* As kmemcheck_execute(), when M is a register. */
static __always_inline bool
kmemcheck_execute_in_register(const struct kmemcheck_decoded *d, struct pt_regs *regs)
{
	unsigned long *slot = kmemcheck_slot(regs, d->base);
	void *mem = d->flags & DECODED_HIGH_M ? (void *)slot + 1 : slot;

	if (!kmemcheck_execute(d, regs, mem))
		return false;
	/* A register of 32 bits clears the other 32. */
	if (d->access & OPERAND_WRITE && d->size == 4)
		*slot = (u32)*slot;
	return true;
}

#endif /* _X86_KMEMCHECK_EMULATE_H */
