// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: which bits of a result are poisoned?
 *
 * A bit is when it depends on one that is. Where an operand that is not decides a bit
 * (0 of an AND, 1 of an OR), the other one does not matter: this is what masks what
 * the compiler has loaded too much. A carry goes as far as it can for some values of the
 * poisoned bits.
 */
#include <linux/bitops.h>
#include <linux/minmax.h>

#include "../insn/arith.h"
#include "propagate.h"

/**
 * kmemcheck_sum_poison() - which bits of a sum are poisoned?
 * @a: a number
 * @a_poison: of it
 * @b: another one, which does not depend on the same poisoned bits
 * @b_poison: of that
 *
 * As the numbers that BPF's verifier tracks: with the poisoned bits all 0, and all 1, a bit
 * that some carry changes is not the same.
 */
u64 kmemcheck_sum_poison(u64 a, u64 a_poison, u64 b, u64 b_poison)
{
	u64 least = (a & ~a_poison) + (b & ~b_poison);

	return (least ^ (least + a_poison + b_poison)) | a_poison | b_poison;
}

static u64 difference_poison(u64 a, u64 a_poison, u64 b, u64 b_poison)
{
	u64 middle = (a & ~a_poison) - (b & ~b_poison);

	return ((middle + a_poison) ^ (middle - b_poison)) | a_poison | b_poison;
}

/* Two operands; the upper bits of their words are 0. */
struct pair {
	u64 a, a_poison;
	u64 b, b_poison;
	unsigned int size;
};

static u64 carry_up(u64 poison)
{
	return poison | -poison;
}

static u64 sign_bit(unsigned int size)
{
	return 1ULL << (8 * size - 1);
}

/* After an operation: @result has @size bytes, its poisoned bits have any value. */
static void set_flags(struct kmemcheck_propagation *p, u64 result, u64 poison,
		      unsigned int size, unsigned long carries)
{
	unsigned long flags = carries;

	/* One bit that is set for sure is enough not to be zero. */
	if (poison && !(result & ~poison & kmemcheck_size_mask(size)))
		flags |= X86_EFLAGS_ZF;
	if (poison & sign_bit(size))
		flags |= X86_EFLAGS_SF;
	if (poison & 0xff)
		flags |= X86_EFLAGS_PF;
	p->flags_poison = flags;
}

#define CARRIES	(X86_EFLAGS_CF | X86_EFLAGS_OF | X86_EFLAGS_AF)

/* Is it certain which one is less, whatever the poisoned bits are? */
static bool is_ordered(const struct pair *v)
{
	u64 mask = kmemcheck_size_mask(v->size);
	u64 a_min = v->a & ~v->a_poison, a_max = (v->a | v->a_poison) & mask;
	u64 b_min = v->b & ~v->b_poison, b_max = (v->b | v->b_poison) & mask;

	return a_max < b_min || a_min >= b_max;
}

static bool is_ordered_signed(const struct pair *v)
{
	u64 sign = sign_bit(v->size);
	struct pair moved = *v;

	if ((v->a_poison | v->b_poison) & sign)
		return false;
	moved.a ^= sign;
	moved.b ^= sign;
	return is_ordered(&moved);
}

/* cmp and sub: two values that differ in a bit without poison differ. */
static void set_flags_compare(struct kmemcheck_propagation *p, const struct pair *v)
{
	u64 poison = v->a_poison | v->b_poison;

	p->flags_poison = 0;
	if (!poison)
		return;
	p->flags_poison = X86_EFLAGS_AF | X86_EFLAGS_PF;
	if (!((v->a ^ v->b) & ~poison))
		p->flags_poison |= X86_EFLAGS_ZF;
	if (!is_ordered(v))
		p->flags_poison |= X86_EFLAGS_CF;
	if (!is_ordered_signed(v))
		p->flags_poison |= X86_EFLAGS_SF | X86_EFLAGS_OF;
}

/* Return: the poison of a op b. */
static u64 alu_poison(struct kmemcheck_propagation *p, unsigned int alu, const struct pair *v)
{
	u64 mask = kmemcheck_size_mask(v->size), poison, result;
	bool carry, carry_poison;

	switch (alu) {
	case ALU_AND:
	case ALU_TEST:
		poison = (v->a_poison & v->b_poison) | (v->a_poison & v->b) |
			 (v->b_poison & v->a);
		result = v->a & v->b;
		set_flags(p, result, poison, v->size, 0);
		return poison;
	case ALU_OR:
		poison = (v->a_poison & v->b_poison) | (v->a_poison & ~v->b) |
			 (v->b_poison & ~v->a);
		result = (v->a & ~v->a_poison) | (v->b & ~v->b_poison);
		set_flags(p, result, poison & mask, v->size, 0);
		return poison & mask;
	case ALU_XOR:
		poison = v->a_poison | v->b_poison;
		set_flags(p, v->a ^ v->b, poison, v->size, 0);
		return poison;
	case ALU_CMP:
	case ALU_SUB:
		set_flags_compare(p, v);
		return difference_poison(v->a, v->a_poison, v->b, v->b_poison) & mask;
	}
	/* add, adc, sbb */
	carry = alu != ALU_ADD && p->regs.flags & X86_EFLAGS_CF;
	carry_poison = alu != ALU_ADD && p->flags_poison & X86_EFLAGS_CF;
	if (alu == ALU_SBB) {
		poison = difference_poison(v->a, v->a_poison, v->b, v->b_poison);
		poison = difference_poison(v->a - v->b, poison, carry, carry_poison) & mask;
		result = v->a - v->b - carry;
	} else {
		poison = kmemcheck_sum_poison(v->a, v->a_poison, v->b, v->b_poison);
		poison = kmemcheck_sum_poison(v->a + v->b, poison, carry, carry_poison) & mask;
		result = v->a + v->b + carry;
	}
	set_flags(p, result, poison, v->size, poison ? CARRIES : 0);
	return poison;
}

/* What is added to itself moves to the left. */
static bool doubles(const struct kmemcheck_decoded *d)
{
	return d->op != OP_ALU_IMM && d->sub == ALU_ADD && d->flags & DECODED_IN_REG &&
	       d->base == d->reg && !(d->flags & (DECODED_HIGH | DECODED_HIGH_M));
}

static u64 doubled_poison(struct kmemcheck_propagation *p, const struct pair *v)
{
	u64 poison = v->a_poison << 1 & kmemcheck_size_mask(v->size);

	set_flags(p, v->a << 1, poison, v->size, v->a_poison ? CARRIES : 0);
	return poison;
}

/* What a register minus itself is does not depend on it. */
static bool cancels(const struct kmemcheck_decoded *d)
{
	return d->flags & DECODED_IN_REG && d->base == d->reg &&
	       (d->sub == ALU_XOR || d->sub == ALU_SUB || d->sub == ALU_SBB) &&
	       !(d->flags & (DECODED_HIGH | DECODED_HIGH_M));
}

static void alu(struct kmemcheck_propagation *p, const struct kmemcheck_decoded *d, u64 value,
		u64 *poison)
{
	u64 mask = kmemcheck_size_mask(d->size);
	struct pair v = { .a = value, .a_poison = *poison, .size = d->size };
	u64 result;

	if (d->op == OP_ALU_IMM) {
		v.b = (s64)d->imm & mask;
	} else {
		v.b = kmemcheck_get_reg(d, &p->regs) & mask;
		v.b_poison = kmemcheck_get_reg(d, &p->poison) & mask;
	}
	if (d->op == OP_ALU_LOAD) {
		swap(v.a, v.b);
		swap(v.a_poison, v.b_poison);
	}
	if (d->op != OP_ALU_IMM && cancels(d))
		v = (struct pair) { .size = d->size };
	if (d->op != OP_ALU_IMM && kmemcheck_is_known_trailing_mask(p, d)) {
		v.a_poison = 0;
		v.b_poison = 0;
	}

	result = doubles(d) ? doubled_poison(p, &v) : alu_poison(p, d->sub, &v);
	if (d->sub == ALU_CMP || d->sub == ALU_TEST)
		return;
	if (d->op == OP_ALU_LOAD)
		kmemcheck_put_reg(d, &p->poison, result);
	else
		*poison = result;
}

static void unary(struct kmemcheck_propagation *p, const struct kmemcheck_decoded *d, u64 value,
		  u64 *poison)
{
	unsigned long carry = p->flags_poison & X86_EFLAGS_CF;

	switch (d->sub) {
	case UNARY_NOT:
		return;
	case UNARY_INC:
		*poison = kmemcheck_sum_poison(value, *poison, 1, 0);
		break;
	case UNARY_DEC:
		*poison = difference_poison(value, *poison, 1, 0);
		break;
	default:
		*poison = difference_poison(0, 0, value, *poison);
		break;
	}
	*poison &= kmemcheck_size_mask(d->size);
	set_flags(p, 0, *poison, d->size, *poison ? CARRIES : 0);
	if (d->sub != UNARY_NEG)
		p->flags_poison = (p->flags_poison & ~X86_EFLAGS_CF) | carry;
}

/* Poison moves as the value does. */
static enum kmemcheck_result shift(struct kmemcheck_propagation *p,
				   const struct kmemcheck_decoded *d, u64 value, u64 *poison)
{
	unsigned long saved = p->poison.cx;
	u64 before = *poison;

	if (d->flags & DECODED_BY_REG) {
		if (p->poison.cx & 0xff)
			return PROPAGATE_USED;
		if (d->flags & DECODED_IN_REG && d->base == SLOT_CX)
			return before ? PROPAGATE_UNKNOWN_INSN : PROPAGATE_CONTINUE;
		if (d->op == OP_SHIFT_DOUBLE && d->reg == SLOT_CX)
			return PROPAGATE_UNKNOWN_INSN;
		p->poison.cx = p->regs.cx;
	}
	if (d->op == OP_SHIFT && (d->sub == 2 || d->sub == 3)) {
		/* Through the carry: all or nothing. */
		if (before || p->flags_poison & X86_EFLAGS_CF)
			*poison = kmemcheck_size_mask(d->size);
	} else {
		kmemcheck_emulate(d, &p->poison, poison);
	}
	if (d->flags & DECODED_BY_REG)
		p->poison.cx = saved;
	*poison &= kmemcheck_size_mask(d->size);
	/* The value after it is not known here, so any poisoned bit poisons ZF. */
	set_flags(p, 0, *poison, d->size, before || *poison ? CARRIES : 0);
	return PROPAGATE_CONTINUE;
}

static void bit(struct kmemcheck_propagation *p, const struct kmemcheck_decoded *d,
		u64 *poison)
{
	unsigned int nr = (d->flags & DECODED_BY_REG ? kmemcheck_get_reg(d, &p->regs) : d->imm) &
			  (8 * d->size - 1);
	bool nr_poisoned = d->flags & DECODED_BY_REG &&
			   kmemcheck_get_reg(d, &p->poison) & (8 * d->size - 1);

	p->flags_poison &= ~X86_EFLAGS_CF;
	if (nr_poisoned) {
		p->flags_poison |= X86_EFLAGS_CF;
		if (d->sub)
			*poison = kmemcheck_size_mask(d->size);
		return;
	}
	if (*poison & 1ULL << nr)
		p->flags_poison |= X86_EFLAGS_CF;
	if (d->sub == 1 || d->sub == 2)
		*poison &= ~(1ULL << nr);
}

/* The first bit that is set is certain when no poisoned one comes before it. */
static void scan(struct kmemcheck_propagation *p, const struct kmemcheck_decoded *d, u64 value,
		 u64 poison)
{
	u64 sure = value & ~poison;
	bool unknown = poison;

	if (sure && poison) {
		if (d->sub == SCAN_BSF || d->sub == SCAN_TZCNT)
			unknown = __ffs64(poison) < __ffs64(sure);
		else if (d->sub == SCAN_BSR || d->sub == SCAN_LZCNT)
			unknown = fls64(poison) > fls64(sure);
	}
	p->flags_poison = poison && !sure ? STATUS_FLAGS :
			  unknown ? STATUS_FLAGS & ~X86_EFLAGS_ZF : 0;
	kmemcheck_put_reg(d, &p->poison, unknown ? kmemcheck_size_mask(d->size) : 0);
}

/**
 * kmemcheck_condition_is_poisoned() - does a condition depend on poisoned flags?
 * @p: before the jump, or what else looks at flags
 * @condition: as opcodes number them
 */
bool kmemcheck_condition_is_poisoned(const struct kmemcheck_propagation *p,
				     unsigned int condition)
{
	unsigned long poison = p->flags_poison, set = p->regs.flags & ~poison;

	switch (condition >> 1) {
	case 0:
		return poison & X86_EFLAGS_OF;
	case 1:
		return poison & X86_EFLAGS_CF;
	case 2:
		return poison & X86_EFLAGS_ZF;
	case 3:
		return poison & (X86_EFLAGS_CF | X86_EFLAGS_ZF) &&
		       !(set & (X86_EFLAGS_CF | X86_EFLAGS_ZF));
	case 4:
		return poison & X86_EFLAGS_SF;
	case 5:
		return poison & X86_EFLAGS_PF;
	case 6:
		return poison & (X86_EFLAGS_SF | X86_EFLAGS_OF);
	default:
		return poison & (X86_EFLAGS_SF | X86_EFLAGS_OF | X86_EFLAGS_ZF) &&
		       !(set & X86_EFLAGS_ZF);
	}
}

static void cmov(struct kmemcheck_propagation *p, const struct kmemcheck_decoded *d, u64 value,
		 u64 poison)
{
	u64 mask = kmemcheck_size_mask(d->size);
	u64 old = kmemcheck_get_reg(d, &p->regs) & mask;
	u64 old_poison = kmemcheck_get_reg(d, &p->poison) & mask;

	if (kmemcheck_condition_is_poisoned(p, d->sub))
		poison |= old_poison | (value ^ old);
	else if (!kmemcheck_condition_holds(d->sub, p->regs.flags))
		poison = old_poison;
	kmemcheck_put_reg(d, &p->poison, poison);
}

/* A product is certain below the lowest poisoned bit, a quotient nowhere. */
static void multiply(struct kmemcheck_propagation *p, const struct kmemcheck_decoded *d,
		     u64 poison)
{
	u64 mask = kmemcheck_size_mask(d->size), all = poison;

	switch (d->op) {
	case OP_IMUL:
		all |= kmemcheck_get_reg(d, &p->poison) & mask;
		fallthrough;
	case OP_IMUL_IMM:
		kmemcheck_put_reg(d, &p->poison, carry_up(all) & mask);
		break;
	default:
		all |= p->poison.ax & mask;
		if (d->sub >= 6)
			all |= p->poison.dx & mask;
		if (all) {
			p->poison.ax = ~0UL;
			p->poison.dx = ~0UL;
		}
		break;
	}
	p->flags_poison = all ? STATUS_FLAGS : 0;
}

static enum kmemcheck_result exchange(struct kmemcheck_propagation *p,
				      const struct kmemcheck_decoded *d, u64 value, u64 *poison)
{
	u64 mask = kmemcheck_size_mask(d->size);
	u64 reg_poison = kmemcheck_get_reg(d, &p->poison) & mask, sum;

	if (d->op == OP_XADD) {
		sum = kmemcheck_sum_poison(value, *poison, kmemcheck_get_reg(d, &p->regs) & mask,
					   reg_poison) & mask;
		kmemcheck_put_reg(d, &p->poison, *poison);
		*poison = sum;
		set_flags(p, 0, sum, d->size, sum ? CARRIES : 0);
		return PROPAGATE_CONTINUE;
	}
	/* cmpxchg: what is compared decides */
	if ((*poison | p->poison.ax) & mask)
		return PROPAGATE_USED;
	if (!((value ^ p->regs.ax) & mask))
		*poison = reg_poison;
	p->flags_poison = 0;
	return PROPAGATE_CONTINUE;
}

/* Poison takes part in moves as it is. */
static enum kmemcheck_result move(struct kmemcheck_propagation *p,
				  const struct kmemcheck_decoded *d, u64 *poison)
{
	if (d->op == OP_STORE_IMM) {
		*poison = 0;
		return PROPAGATE_CONTINUE;
	}
	return kmemcheck_execute(d, &p->poison, poison) ? PROPAGATE_CONTINUE :
							  PROPAGATE_UNKNOWN_INSN;
}

/**
 * kmemcheck_propagate_poison() - what does an instruction make of poison?
 * @p: before it; afterwards the poison of its registers and flags is that after it
 * @d: an instruction with an operand M, in memory or in a register
 * @value: of M
 * @poison: of M, before and after it
 */
enum kmemcheck_result kmemcheck_propagate_poison(struct kmemcheck_propagation *p,
						 const struct kmemcheck_decoded *d, u64 value,
						 u64 *poison)
{
	switch (d->op) {
	case OP_ALU_STORE:
	case OP_ALU_IMM:
	case OP_ALU_LOAD:
		alu(p, d, value, poison);
		return PROPAGATE_CONTINUE;
	case OP_UNARY:
		unary(p, d, value, poison);
		return PROPAGATE_CONTINUE;
	case OP_SHIFT:
	case OP_SHIFT_DOUBLE:
		return shift(p, d, value, poison);
	case OP_MULDIV:
	case OP_IMUL:
	case OP_IMUL_IMM:
		multiply(p, d, *poison);
		return PROPAGATE_CONTINUE;
	case OP_BIT:
		bit(p, d, poison);
		return PROPAGATE_CONTINUE;
	case OP_SCAN:
		scan(p, d, value, *poison);
		return PROPAGATE_CONTINUE;
	case OP_CMOV:
		cmov(p, d, value, *poison);
		return PROPAGATE_CONTINUE;
	case OP_SETCC:
		*poison = kmemcheck_condition_is_poisoned(p, d->sub);
		return PROPAGATE_CONTINUE;
	case OP_XADD:
	case OP_CMPXCHG:
		return exchange(p, d, value, poison);
	case OP_CRC32:
		if (*poison | kmemcheck_get_reg(d, &p->poison))
			*kmemcheck_slot(&p->poison, d->reg) = ~0U;
		return PROPAGATE_CONTINUE;
	case OP_LOAD:
	case OP_LOAD_SIGNED:
	case OP_STORE:
	case OP_STORE_IMM:
	case OP_LOAD_SWAPPED:
	case OP_STORE_SWAPPED:
	case OP_XCHG:
		return move(p, d, poison);
	}
	return PROPAGATE_UNKNOWN_INSN;
}
