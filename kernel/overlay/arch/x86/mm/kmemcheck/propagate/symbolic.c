// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: symbolic values: which registers hold an x, and which ~x or x - 1?
 */
#include <linux/bitops.h>

#include "propagate.h"

/* Each register holds an x of its own. */
void kmemcheck_reset_symbolic(struct kmemcheck_propagation *p)
{
	for (p->last_x = 0; p->last_x <= SLOT_SP; p->last_x++)
		p->symbolic[p->last_x] = (struct kmemcheck_symbolic) { p->last_x + 1, SYMBOLIC_X };
}

static void set_symbolic(struct kmemcheck_propagation *p, unsigned int slot,
			 struct kmemcheck_symbolic value)
{
	if (slot > SLOT_SP)
		return;
	if (!value.x)
		value = (struct kmemcheck_symbolic) { ++p->last_x, SYMBOLIC_X };
	p->symbolic[slot] = value;
}

static struct kmemcheck_symbolic symbolic_of(const struct kmemcheck_propagation *p,
					     unsigned int slot, enum kmemcheck_form form)
{
	struct kmemcheck_symbolic none = {};

	if (slot > SLOT_SP || (form != SYMBOLIC_X && p->symbolic[slot].form != SYMBOLIC_X))
		return none;
	if (form == SYMBOLIC_X)
		return p->symbolic[slot];
	return (struct kmemcheck_symbolic) { p->symbolic[slot].x, form };
}

/* What M becomes, which is a register. */
static struct kmemcheck_symbolic symbolic_result(const struct kmemcheck_propagation *p,
						 const struct kmemcheck_decoded *d)
{
	struct kmemcheck_symbolic none = {};

	if (d->op == OP_STORE)
		return symbolic_of(p, d->reg, SYMBOLIC_X);
	if (d->op == OP_UNARY && d->sub == UNARY_NOT)
		return symbolic_of(p, d->base, SYMBOLIC_NOT_X);
	if ((d->op == OP_UNARY && d->sub == UNARY_DEC) ||
	    (d->op == OP_ALU_IMM && d->sub == ALU_ADD && d->imm == -1) ||
	    (d->op == OP_ALU_IMM && d->sub == ALU_SUB && d->imm == 1))
		return symbolic_of(p, d->base, SYMBOLIC_X_MINUS_1);
	return none;
}

/**
 * kmemcheck_update_symbolic() - the symbolic values of what an instruction has written
 * @p: after it
 * @d: the instruction
 *
 * They are of no use for parts of registers.
 */
void kmemcheck_update_symbolic(struct kmemcheck_propagation *p,
			       const struct kmemcheck_decoded *d)
{
	struct kmemcheck_symbolic none = {}, m = none, r = none;
	bool in_reg = d->flags & DECODED_IN_REG;

	if (d->op == OP_LEA && d->reg_size == MACHINE_WORD && d->index == SLOT_NONE &&
	    d->disp == -1)
		r = symbolic_of(p, d->base, SYMBOLIC_X_MINUS_1);
	if (in_reg && d->size == MACHINE_WORD) {
		if (d->op == OP_LOAD)
			r = symbolic_of(p, d->base, SYMBOLIC_X);
		m = symbolic_result(p, d);
	}
	if (kmemcheck_writes_reg(d))
		set_symbolic(p, d->reg, r);
	if (in_reg && d->access & OPERAND_WRITE)
		set_symbolic(p, d->base, m);
	if (d->op == OP_MULDIV || d->op == OP_CMPXCHG || d->op == OP_CMPXCHG_WIDE) {
		set_symbolic(p, SLOT_AX, none);
		set_symbolic(p, SLOT_DX, none);
	}
}

/**
 * kmemcheck_is_known_trailing_mask() - does poison not reach a mask of trailing zeros?
 * @p: before the instruction
 * @d: an instruction on two operands
 *
 * Return: whether it is (x - 1) & ~x, and the lowest bit that is set in x is certain.
 */
bool kmemcheck_is_known_trailing_mask(const struct kmemcheck_propagation *p,
				      const struct kmemcheck_decoded *d)
{
	const struct kmemcheck_symbolic *m = &p->symbolic[d->base], *r = &p->symbolic[d->reg];
	u64 x, poison, sure;

	if (d->sub != ALU_AND || !(d->flags & DECODED_IN_REG) || m->x != r->x)
		return false;
	if (m->form == SYMBOLIC_NOT_X && r->form == SYMBOLIC_X_MINUS_1) {
		x = ~kmemcheck_slot_value(&p->regs, d->base);
		poison = kmemcheck_slot_value(&p->poison, d->base);
	} else if (m->form == SYMBOLIC_X_MINUS_1 && r->form == SYMBOLIC_NOT_X) {
		x = ~kmemcheck_slot_value(&p->regs, d->reg);
		poison = kmemcheck_slot_value(&p->poison, d->reg);
	} else {
		return false;
	}
	sure = x & ~poison & kmemcheck_size_mask(d->size);
	return sure && (!poison || __ffs64(sure) < __ffs64(poison));
}
