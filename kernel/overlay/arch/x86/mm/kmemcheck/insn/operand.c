// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: a decoded instruction and the registers: which memory is it?
 */
#include <linux/kmemcheck_engine.h>
#include <linux/log2.h>
#include <linux/stddef.h>

#include "operand.h"

/* decode.c knows the layout, but not this struct. */
static_assert(sizeof(long) == MACHINE_WORD);
static_assert(offsetof(struct pt_regs, ip) == MACHINE_WORD * SLOT_IP);
static_assert(offsetof(struct pt_regs, ax) == MACHINE_WORD * SLOT_AX);
static_assert(offsetof(struct pt_regs, cx) == MACHINE_WORD * SLOT_CX);
static_assert(offsetof(struct pt_regs, dx) == MACHINE_WORD * SLOT_DX);
static_assert(offsetof(struct pt_regs, sp) == MACHINE_WORD * SLOT_SP);
#ifdef CONFIG_X86_64
static_assert(offsetof(struct pt_regs, di) == MACHINE_WORD * 14);
static_assert(offsetof(struct pt_regs, r15) == 0);
#else
static_assert(offsetof(struct pt_regs, di) == MACHINE_WORD * 4);
static_assert(offsetof(struct pt_regs, bx) == 0);
#endif

/**
 * kmemcheck_writes_reg() - is R changed?
 * @d: the instruction
 */
bool kmemcheck_writes_reg(const struct kmemcheck_decoded *d)
{
	switch (d->op) {
	case OP_ALU_LOAD:
		return d->sub != ALU_CMP;
	case OP_LOAD:
	case OP_LOAD_SIGNED:
	case OP_LOAD_SWAPPED:
	case OP_IMUL:
	case OP_IMUL_IMM:
	case OP_XADD:
	case OP_XCHG:
	case OP_SCAN:
	case OP_CMOV:
	case OP_CRC32:
	case OP_LEA:
	case OP_LOAD_IMM:
	case OP_POP_REG:
		return true;
	}
	return false;
}

/* The unit that bit @bit of a string of bits lies in; @bit may be negative. */
static unsigned long bit_address(unsigned long addr, long bit, unsigned int size)
{
	if (size == 2)
		bit = (s16)bit;
	else if (size == 4)
		bit = (s32)bit;
	return addr + (bit >> (ilog2(size) + 3)) * (long)size;
}

/**
 * kmemcheck_operand_address() - the first byte of the operand in memory
 * @d: the instruction, not one on strings
 * @regs: before it
 *
 * bt and its kin with a register reach beyond what base and index name.
 */
unsigned long kmemcheck_operand_address(const struct kmemcheck_decoded *d,
					const struct pt_regs *regs)
{
	unsigned long addr = kmemcheck_effective_address(d, regs);

	if (d->op == OP_BIT && d->flags & DECODED_BY_REG)
		addr = bit_address(addr, kmemcheck_slot_value(regs, d->reg), d->size);
	return addr;
}

/**
 * kmemcheck_cmpxchg_will_write() - or only compare?
 * @d: a cmpxchg of any width
 * @regs: before it
 * @mem: the operand, mapped
 *
 * One that fails writes the old value back, which changes nothing. Another processor
 * may change the value at any time.
 */
bool kmemcheck_cmpxchg_will_write(const struct kmemcheck_decoded *d,
				  const struct pt_regs *regs, const void *mem)
{
	unsigned int half = d->size / 2;

	if (d->op == OP_CMPXCHG)
		return kmemcheck_load(mem, d->size) == kmemcheck_load(&regs->ax, d->size);
	return kmemcheck_load(mem, half) == kmemcheck_load(&regs->ax, half) &&
	       kmemcheck_load(mem + half, half) == kmemcheck_load(&regs->dx, half);
}

static unsigned int string_operands(const struct kmemcheck_decoded *d,
				    const struct pt_regs *regs,
				    struct kmemcheck_operand *operands)
{
	struct kmemcheck_operand si = { regs->si, d->size, OPERAND_READ };
	struct kmemcheck_operand di = { regs->di, d->size, OPERAND_READ };

	/* A count of 0 does not access anything. */
	if (d->flags & (DECODED_REP | DECODED_REPNE) && !regs->cx)
		return 0;

	if (d->sub == STRING_MOVS || d->sub == STRING_STOS)
		di.access = OPERAND_WRITE;
	switch (d->sub) {
	case STRING_MOVS:
	case STRING_CMPS:
		operands[0] = si;
		operands[1] = di;
		return 2;
	case STRING_LODS:
		operands[0] = si;
		return 1;
	default:
		operands[0] = di;
		return 1;
	}
}

/**
 * kmemcheck_operands() - all memory that one execution accesses
 * @d: the instruction
 * @regs: before it
 * @operands: filled in; for movs, the source comes first. An operand that the
 *	instruction merely names has no access.
 *
 * Of a REP instruction it is what the next iteration accesses. The stack is no
 * operand.
 *
 * Return: their number.
 */
unsigned int kmemcheck_operands(const struct kmemcheck_decoded *d,
				const struct pt_regs *regs,
				struct kmemcheck_operand operands[2])
{
	struct kmemcheck_operand *op = operands;

	if (d->op == OP_STRING)
		return string_operands(d, regs, operands);

	op->addr = kmemcheck_operand_address(d, regs);
	op->size = d->size;
	op->access = d->access;
	if ((d->op == OP_CMPXCHG || d->op == OP_CMPXCHG_WIDE) &&
	    kmemcheck_tracked((void *)op->addr) &&
	    !kmemcheck_cmpxchg_will_write(d, regs, kmemcheck_alias((void *)op->addr)))
		op->access = OPERAND_READ;
	return 1;
}
