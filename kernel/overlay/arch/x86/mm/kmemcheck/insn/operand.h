/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the operands of an instruction: registers, and addresses made of them.
 */
#ifndef _X86_KMEMCHECK_OPERAND_H
#define _X86_KMEMCHECK_OPERAND_H

#include <asm/ptrace.h>

#include "decode.h"
#include "memory.h"

bool kmemcheck_writes_reg(const struct kmemcheck_decoded *d);

struct kmemcheck_operand {
	unsigned long addr;
	unsigned int size;
	unsigned int access;		/* OPERAND_READ | OPERAND_WRITE */
};

static inline unsigned long *kmemcheck_slot(struct pt_regs *regs, unsigned int slot)
{
	return (unsigned long *)regs + slot;
}

static inline unsigned long kmemcheck_slot_value(const struct pt_regs *regs,
						 unsigned int slot)
{
	return ((const unsigned long *)regs)[slot];
}

/* Is there an operand in memory, beside the stack? */
static __always_inline bool kmemcheck_has_memory(const struct kmemcheck_decoded *d)
{
	return d->op < OP_NOP && !(d->op == OP_NOTHING && !d->sub);
}

/* Strings, and what only the processor can do, are no access to M alone. */
static __always_inline bool kmemcheck_is_one_access(const struct kmemcheck_decoded *d)
{
	return d->op != OP_STRING && d->op != OP_SSE && d->op != OP_POP &&
	       !(d->flags & DECODED_OTHER);
}

/*
 * Of 32 bits an exception returns by what it writes below the stack pointer that it returns
 * to. So nobody may load that from memory but the processor.
 */
static __always_inline bool kmemcheck_loads_sp(const struct kmemcheck_decoded *d)
{
	return MACHINE_WORD == 4 && d->reg == SLOT_SP && kmemcheck_writes_reg(d);
}

/* Relative to that segment without a register, M is a variable of this CPU. */
static __always_inline bool kmemcheck_is_percpu(const struct kmemcheck_decoded *d)
{
	return d->flags & DECODED_PERCPU && (d->base == SLOT_NONE || d->base == SLOT_IP);
}

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

unsigned long kmemcheck_operand_address(const struct kmemcheck_decoded *d,
					const struct pt_regs *regs);
bool kmemcheck_cmpxchg_will_write(const struct kmemcheck_decoded *d,
				  const struct pt_regs *regs, const void *mem);
unsigned int kmemcheck_operands(const struct kmemcheck_decoded *d,
				const struct pt_regs *regs,
				struct kmemcheck_operand operands[2]);

#endif /* _X86_KMEMCHECK_OPERAND_H */
