/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: registers, memory, and moves between them, which are four in five
 * of all instructions that fault.
 */
#ifndef _X86_KMEMCHECK_EMULATE_H
#define _X86_KMEMCHECK_EMULATE_H

#include <linux/compiler.h>

#include <asm/processor-flags.h>

#include "../engine.h"

/* What base, index and displacement name. */
static __always_inline unsigned long
kmemcheck_effective_address(const struct kmemcheck_decoded *d, const struct pt_regs *regs)
{
	unsigned long addr = d->disp;

	if (likely(d->base != SLOT_NONE))
		addr += kmemcheck_slot_value(regs, d->base);
	if (d->index != SLOT_NONE)
		addr += kmemcheck_slot_value(regs, d->index) << d->scale;
	return unlikely(d->flags & DECODED_ADDR32) ? (u32)addr : addr;
}

/* A value of 1, 2, 4 or 8 bytes, read at once. */
static __always_inline unsigned long kmemcheck_load(const void *mem, unsigned int size)
{
	switch (size) {
	case 1:
		return READ_ONCE(*(const u8 *)mem);
	case 2:
		return READ_ONCE(*(const u16 *)mem);
	case 4:
		return READ_ONCE(*(const u32 *)mem);
	default:
		return READ_ONCE(*(const u64 *)mem);
	}
}

static __always_inline void kmemcheck_store(void *mem, unsigned long value, unsigned int size)
{
	switch (size) {
	case 1:
		WRITE_ONCE(*(u8 *)mem, value);
		break;
	case 2:
		WRITE_ONCE(*(u16 *)mem, value);
		break;
	case 4:
		WRITE_ONCE(*(u32 *)mem, value);
		break;
	default:
		WRITE_ONCE(*(u64 *)mem, value);
		break;
	}
}

static __always_inline unsigned long kmemcheck_sign_extend(unsigned long value, unsigned int size)
{
	switch (size) {
	case 1:
		return (s8)value;
	case 2:
		return (s16)value;
	case 4:
		return (s32)value;
	default:
		return value;
	}
}

/* Where R is. Of AH and its kin that is the second byte of the register. */
static __always_inline void *kmemcheck_reg_of(const struct kmemcheck_decoded *d,
					      struct pt_regs *regs)
{
	void *reg = kmemcheck_slot(regs, d->reg);

	return unlikely(d->flags & DECODED_HIGH) ? reg + 1 : reg;
}

static __always_inline unsigned long
kmemcheck_get_reg(const struct kmemcheck_decoded *d, const struct pt_regs *regs)
{
	unsigned long value = kmemcheck_slot_value(regs, d->reg);

	return unlikely(d->flags & DECODED_HIGH) ? value >> 8 : value;
}

/* 32 bits clear the other 32, fewer leave the others alone. */
static __always_inline void kmemcheck_put_reg(const struct kmemcheck_decoded *d,
					      struct pt_regs *regs, unsigned long value)
{
	if (d->reg_size == 4)
		*kmemcheck_slot(regs, d->reg) = (u32)value;
	else
		kmemcheck_store(kmemcheck_reg_of(d, regs), value, d->reg_size);
}

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

#endif /* _X86_KMEMCHECK_EMULATE_H */
