// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: which bits of a result has nobody written?
 *
 * A bit is bad when it depends on one that is. Where a good operand decides a bit
 * (0 of an AND, 1 of an OR) it is good, whatever the other one is: this is what
 * masks what the compiler has loaded too much. With carries, everything above the
 * lowest bad bit is bad.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>

#include "../insn/arith.h"
#include "propagate.h"

/* Two operands; the upper bits of their words are 0. */
struct pair {
	u64 a, a_bad;
	u64 b, b_bad;
	unsigned int size;
};

static u64 carry_up(u64 bad)
{
	return bad | -bad;
}

static u64 sign_bit(unsigned int size)
{
	return 1ULL << (8 * size - 1);
}

/* After an operation: @result has @size bytes, its bad bits have any value. */
static void set_flags(struct kmemcheck_follow *f, u64 result, u64 bad, unsigned int size,
		      unsigned long carries)
{
	unsigned long flags = carries;

	/* One bit that is set for sure is enough not to be zero. */
	if (bad && !(result & ~bad & kmemcheck_size_mask(size)))
		flags |= X86_EFLAGS_ZF;
	if (bad & sign_bit(size))
		flags |= X86_EFLAGS_SF;
	if (bad & 0xff)
		flags |= X86_EFLAGS_PF;
	f->flags = flags;
}

#define CARRIES	(X86_EFLAGS_CF | X86_EFLAGS_OF | X86_EFLAGS_AF)

/* Is it certain which one is less, whatever the bad bits are? */
static bool is_ordered(const struct pair *p)
{
	u64 mask = kmemcheck_size_mask(p->size);
	u64 a_min = p->a & ~p->a_bad, a_max = (p->a | p->a_bad) & mask;
	u64 b_min = p->b & ~p->b_bad, b_max = (p->b | p->b_bad) & mask;

	return a_max < b_min || a_min >= b_max;
}

static bool is_ordered_signed(const struct pair *p)
{
	u64 sign = sign_bit(p->size);
	struct pair moved = *p;

	if ((p->a_bad | p->b_bad) & sign)
		return false;
	moved.a ^= sign;
	moved.b ^= sign;
	return is_ordered(&moved);
}

/* cmp and sub: two values that differ in a good bit differ. */
static void set_flags_compare(struct kmemcheck_follow *f, const struct pair *p)
{
	u64 bad = p->a_bad | p->b_bad;

	f->flags = 0;
	if (!bad)
		return;
	f->flags = X86_EFLAGS_AF | X86_EFLAGS_PF;
	if (!((p->a ^ p->b) & ~bad))
		f->flags |= X86_EFLAGS_ZF;
	if (!is_ordered(p))
		f->flags |= X86_EFLAGS_CF;
	if (!is_ordered_signed(p))
		f->flags |= X86_EFLAGS_SF | X86_EFLAGS_OF;
}

/* Return: the bad bits of a op b. */
static u64 spread_alu(struct kmemcheck_follow *f, unsigned int alu, const struct pair *p)
{
	u64 mask = kmemcheck_size_mask(p->size), bad, result;
	unsigned int carry;

	switch (alu) {
	case ALU_AND:
	case ALU_TEST:
		bad = (p->a_bad & p->b_bad) | (p->a_bad & p->b) | (p->b_bad & p->a);
		result = p->a & p->b;
		set_flags(f, result, bad, p->size, 0);
		return bad;
	case ALU_OR:
		bad = (p->a_bad & p->b_bad) | (p->a_bad & ~p->b) | (p->b_bad & ~p->a);
		result = (p->a & ~p->a_bad) | (p->b & ~p->b_bad);
		set_flags(f, result, bad & mask, p->size, 0);
		return bad & mask;
	case ALU_XOR:
		bad = p->a_bad | p->b_bad;
		set_flags(f, p->a ^ p->b, bad, p->size, 0);
		return bad;
	case ALU_CMP:
	case ALU_SUB:
		set_flags_compare(f, p);
		return carry_up(p->a_bad | p->b_bad) & mask;
	}
	/* add, adc, sbb; the result is right below the lowest bad bit. */
	bad = p->a_bad | p->b_bad;
	carry = alu != ALU_ADD && f->regs.flags & X86_EFLAGS_CF;
	if (alu != ALU_ADD && f->flags & X86_EFLAGS_CF)
		bad |= 1;
	bad = carry_up(bad) & mask;
	result = alu == ALU_SBB ? p->a - p->b - carry : p->a + p->b + carry;
	set_flags(f, result, bad, p->size, bad ? CARRIES : 0);
	return bad;
}

/* What a register minus itself is does not depend on it. */
static bool cancels(const struct kmemcheck_decoded *d)
{
	return d->flags & DECODED_IN_REG && d->base == d->reg &&
	       (d->sub == ALU_XOR || d->sub == ALU_SUB || d->sub == ALU_SBB) &&
	       !(d->flags & (DECODED_HIGH | DECODED_HIGH_M));
}

static void alu(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d, u64 value,
		u64 *bad)
{
	u64 mask = kmemcheck_size_mask(d->size);
	struct pair p = { .a = value, .a_bad = *bad, .size = d->size };
	u64 spread;

	if (d->op == OP_ALU_IMM) {
		p.b = (s64)d->imm & mask;
	} else {
		p.b = kmemcheck_get_reg(d, &f->regs) & mask;
		p.b_bad = kmemcheck_get_reg(d, &f->bad) & mask;
	}
	if (d->op == OP_ALU_LOAD) {
		swap(p.a, p.b);
		swap(p.a_bad, p.b_bad);
	}
	if (d->op != OP_ALU_IMM && cancels(d))
		p = (struct pair) { .size = d->size };
	if (d->op != OP_ALU_IMM && kmemcheck_finds_lowest(f, d)) {
		p.a_bad = 0;
		p.b_bad = 0;
	}

	spread = spread_alu(f, d->sub, &p);
	if (d->sub == ALU_CMP || d->sub == ALU_TEST)
		return;
	if (d->op == OP_ALU_LOAD)
		kmemcheck_put_reg(d, &f->bad, spread);
	else
		*bad = spread;
}

static void unary(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d, u64 *bad)
{
	unsigned long carry = f->flags & X86_EFLAGS_CF;

	if (d->sub == UNARY_NOT)
		return;
	*bad = carry_up(*bad) & kmemcheck_size_mask(d->size);
	set_flags(f, 0, *bad, d->size, *bad ? CARRIES : 0);
	if (d->sub != UNARY_NEG)
		f->flags = (f->flags & ~X86_EFLAGS_CF) | carry;
}

/* Bad bits move as the value does. */
static enum kmemcheck_fate shift(struct kmemcheck_follow *f,
				 const struct kmemcheck_decoded *d, u64 value, u64 *bad)
{
	unsigned long saved = f->bad.cx;
	u64 before = *bad;

	if (d->flags & DECODED_BY_REG) {
		if (f->bad.cx & 0xff)
			return FATE_USED;
		if (d->flags & DECODED_IN_REG && d->base == SLOT_CX)
			return before ? FATE_UNKNOWN : FATE_OPEN;
		if (d->op == OP_SHIFT_DOUBLE && d->reg == SLOT_CX)
			return FATE_UNKNOWN;
		f->bad.cx = f->regs.cx;
	}
	if (d->op == OP_SHIFT && (d->sub == 2 || d->sub == 3)) {
		/* Through the carry: all or nothing. */
		if (before || f->flags & X86_EFLAGS_CF)
			*bad = kmemcheck_size_mask(d->size);
	} else {
		kmemcheck_emulate(d, &f->bad, bad);
	}
	if (d->flags & DECODED_BY_REG)
		f->bad.cx = saved;
	*bad &= kmemcheck_size_mask(d->size);
	/* The value after it is not known here, so any bad bit makes ZF bad. */
	set_flags(f, 0, *bad, d->size, before || *bad ? CARRIES : 0);
	return FATE_OPEN;
}

static void bit(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d, u64 *bad)
{
	unsigned int nr = (d->flags & DECODED_BY_REG ? kmemcheck_get_reg(d, &f->regs) : d->imm) &
			  (8 * d->size - 1);
	bool nr_bad = d->flags & DECODED_BY_REG &&
		      kmemcheck_get_reg(d, &f->bad) & (8 * d->size - 1);

	f->flags &= ~X86_EFLAGS_CF;
	if (nr_bad) {
		f->flags |= X86_EFLAGS_CF;
		if (d->sub)
			*bad = kmemcheck_size_mask(d->size);
		return;
	}
	if (*bad & 1ULL << nr)
		f->flags |= X86_EFLAGS_CF;
	if (d->sub == 1 || d->sub == 2)
		*bad &= ~(1ULL << nr);
}

/* The first bit that is set is certain when no bad one comes before it. */
static void scan(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d, u64 value,
		 u64 bad)
{
	u64 sure = value & ~bad;
	bool open = bad;

	if (sure && bad) {
		if (d->sub == SCAN_BSF || d->sub == SCAN_TZCNT)
			open = __ffs64(bad) < __ffs64(sure);
		else if (d->sub == SCAN_BSR || d->sub == SCAN_LZCNT)
			open = fls64(bad) > fls64(sure);
	}
	f->flags = bad && !sure ? STATUS_FLAGS : open ? STATUS_FLAGS & ~X86_EFLAGS_ZF : 0;
	kmemcheck_put_reg(d, &f->bad, open ? kmemcheck_size_mask(d->size) : 0);
}

/**
 * kmemcheck_is_open() - does a condition depend on bad flags?
 * @f: where the interrupted code is
 * @condition: as opcodes number them
 */
bool kmemcheck_is_open(const struct kmemcheck_follow *f, unsigned int condition)
{
	unsigned long bad = f->flags, set = f->regs.flags & ~bad;

	switch (condition >> 1) {
	case 0:
		return bad & X86_EFLAGS_OF;
	case 1:
		return bad & X86_EFLAGS_CF;
	case 2:
		return bad & X86_EFLAGS_ZF;
	case 3:
		return bad & (X86_EFLAGS_CF | X86_EFLAGS_ZF) &&
		       !(set & (X86_EFLAGS_CF | X86_EFLAGS_ZF));
	case 4:
		return bad & X86_EFLAGS_SF;
	case 5:
		return bad & X86_EFLAGS_PF;
	case 6:
		return bad & (X86_EFLAGS_SF | X86_EFLAGS_OF);
	default:
		return bad & (X86_EFLAGS_SF | X86_EFLAGS_OF | X86_EFLAGS_ZF) &&
		       !(set & X86_EFLAGS_ZF);
	}
}

static void cmov(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d, u64 value,
		 u64 bad)
{
	u64 mask = kmemcheck_size_mask(d->size);
	u64 old = kmemcheck_get_reg(d, &f->regs) & mask;
	u64 old_bad = kmemcheck_get_reg(d, &f->bad) & mask;

	if (kmemcheck_is_open(f, d->sub))
		bad |= old_bad | (value ^ old);
	else if (!kmemcheck_condition_holds(d->sub, f->regs.flags))
		bad = old_bad;
	kmemcheck_put_reg(d, &f->bad, bad);
}

/* A product is good below the lowest bad bit, a quotient nowhere. */
static void multiply(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d, u64 bad)
{
	u64 mask = kmemcheck_size_mask(d->size), all = bad;

	switch (d->op) {
	case OP_IMUL:
		all |= kmemcheck_get_reg(d, &f->bad) & mask;
		fallthrough;
	case OP_IMUL_IMM:
		kmemcheck_put_reg(d, &f->bad, carry_up(all) & mask);
		break;
	default:
		all |= f->bad.ax & mask;
		if (d->sub >= 6)
			all |= f->bad.dx & mask;
		if (all) {
			f->bad.ax = ~0UL;
			f->bad.dx = ~0UL;
		}
		break;
	}
	f->flags = all ? STATUS_FLAGS : 0;
}

static enum kmemcheck_fate exchange(struct kmemcheck_follow *f,
				    const struct kmemcheck_decoded *d, u64 value, u64 *bad)
{
	u64 mask = kmemcheck_size_mask(d->size);
	u64 reg_bad = kmemcheck_get_reg(d, &f->bad) & mask, sum;

	if (d->op == OP_XADD) {
		sum = carry_up(*bad | reg_bad) & mask;
		kmemcheck_put_reg(d, &f->bad, *bad);
		*bad = sum;
		set_flags(f, 0, sum, d->size, sum ? CARRIES : 0);
		return FATE_OPEN;
	}
	/* cmpxchg: what is compared decides */
	if ((*bad | f->bad.ax) & mask)
		return FATE_USED;
	if (!((value ^ f->regs.ax) & mask))
		*bad = reg_bad;
	f->flags = 0;
	return FATE_OPEN;
}

/* Moves, which bad bits take part in as they are. */
static enum kmemcheck_fate transport(struct kmemcheck_follow *f,
				     const struct kmemcheck_decoded *d, u64 *bad)
{
	if (d->op == OP_STORE_IMM) {
		*bad = 0;
		return FATE_OPEN;
	}
	return kmemcheck_execute(d, &f->bad, bad) ? FATE_OPEN : FATE_UNKNOWN;
}

/**
 * kmemcheck_spread() - what does an instruction make of bad bits?
 * @f: before it; afterwards its bad registers and flags are those after it
 * @d: an instruction with an operand M, in memory or in a register
 * @value: of M
 * @bad: bad bits of M, before and after it
 */
enum kmemcheck_fate kmemcheck_spread(struct kmemcheck_follow *f,
				     const struct kmemcheck_decoded *d, u64 value, u64 *bad)
{
	switch (d->op) {
	case OP_ALU_STORE:
	case OP_ALU_IMM:
	case OP_ALU_LOAD:
		alu(f, d, value, bad);
		return FATE_OPEN;
	case OP_UNARY:
		unary(f, d, bad);
		return FATE_OPEN;
	case OP_SHIFT:
	case OP_SHIFT_DOUBLE:
		return shift(f, d, value, bad);
	case OP_MULDIV:
	case OP_IMUL:
	case OP_IMUL_IMM:
		multiply(f, d, *bad);
		return FATE_OPEN;
	case OP_BIT:
		bit(f, d, bad);
		return FATE_OPEN;
	case OP_SCAN:
		scan(f, d, value, *bad);
		return FATE_OPEN;
	case OP_CMOV:
		cmov(f, d, value, *bad);
		return FATE_OPEN;
	case OP_SETCC:
		*bad = kmemcheck_is_open(f, d->sub);
		return FATE_OPEN;
	case OP_XADD:
	case OP_CMPXCHG:
		return exchange(f, d, value, bad);
	case OP_CRC32:
		if (*bad | kmemcheck_get_reg(d, &f->bad))
			*kmemcheck_slot(&f->bad, d->reg) = ~0U;
		return FATE_OPEN;
	case OP_LOAD:
	case OP_LOAD_SIGNED:
	case OP_STORE:
	case OP_STORE_IMM:
	case OP_LOAD_SWAPPED:
	case OP_STORE_SWAPPED:
	case OP_XCHG:
		return transport(f, d, bad);
	}
	return FATE_UNKNOWN;
}
