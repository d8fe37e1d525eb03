// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: which registers hold the same value, or one that is made of it?
 */
#include <linux/bitops.h>

#include "propagate.h"

/* Each register holds a value of its own. */
void kmemcheck_reset_names(struct kmemcheck_follow *f)
{
	for (f->last_name = 0; f->last_name <= SLOT_SP; f->last_name++)
		f->names[f->last_name] = (struct kmemcheck_name) { f->last_name + 1, SHAPE_PLAIN };
}

static bool writes_reg(const struct kmemcheck_decoded *d)
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

static void set_name(struct kmemcheck_follow *f, unsigned int slot, struct kmemcheck_name name)
{
	if (slot > SLOT_SP)
		return;
	if (!name.x)
		name = (struct kmemcheck_name) { ++f->last_name, SHAPE_PLAIN };
	f->names[slot] = name;
}

static struct kmemcheck_name name_of(const struct kmemcheck_follow *f, unsigned int slot,
				     enum kmemcheck_shape shape)
{
	struct kmemcheck_name none = {};

	if (slot > SLOT_SP || (shape != SHAPE_PLAIN && f->names[slot].shape != SHAPE_PLAIN))
		return none;
	if (shape == SHAPE_PLAIN)
		return f->names[slot];
	return (struct kmemcheck_name) { f->names[slot].x, shape };
}

/* The name of what M becomes, which is a register. */
static struct kmemcheck_name name_of_result(const struct kmemcheck_follow *f,
					    const struct kmemcheck_decoded *d)
{
	struct kmemcheck_name none = {};

	if (d->op == OP_STORE)
		return name_of(f, d->reg, SHAPE_PLAIN);
	if (d->op == OP_UNARY && d->sub == UNARY_NOT)
		return name_of(f, d->base, SHAPE_NOT);
	if ((d->op == OP_UNARY && d->sub == UNARY_DEC) ||
	    (d->op == OP_ALU_IMM && d->sub == ALU_ADD && d->imm == -1) ||
	    (d->op == OP_ALU_IMM && d->sub == ALU_SUB && d->imm == 1))
		return name_of(f, d->base, SHAPE_MINUS_ONE);
	return none;
}

/**
 * kmemcheck_give_names() - name what an instruction has written to
 * @f: after it
 * @d: the instruction
 *
 * Names are of no use for parts of registers.
 */
void kmemcheck_give_names(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d)
{
	struct kmemcheck_name none = {}, m = none, r = none;
	bool in_reg = d->flags & DECODED_IN_REG;

	if (d->op == OP_LEA && d->reg_size == 8 && d->index == SLOT_NONE && d->disp == -1)
		r = name_of(f, d->base, SHAPE_MINUS_ONE);
	if (in_reg && d->size == 8) {
		if (d->op == OP_LOAD)
			r = name_of(f, d->base, SHAPE_PLAIN);
		m = name_of_result(f, d);
	}
	if (writes_reg(d))
		set_name(f, d->reg, r);
	if (in_reg && d->access & OPERAND_WRITE)
		set_name(f, d->base, m);
	if (d->op == OP_MULDIV || d->op == OP_CMPXCHG) {
		set_name(f, SLOT_AX, none);
		set_name(f, SLOT_DX, none);
	}
}

/**
 * kmemcheck_finds_lowest() - (x - 1) & ~x, and in x the lowest bit that is set is certain?
 * @f: before the instruction
 * @d: an instruction on two operands
 */
bool kmemcheck_finds_lowest(const struct kmemcheck_follow *f,
			    const struct kmemcheck_decoded *d)
{
	const struct kmemcheck_name *m = &f->names[d->base], *r = &f->names[d->reg];
	u64 x, bad, sure;

	if (d->sub != ALU_AND || !(d->flags & DECODED_IN_REG) || m->x != r->x)
		return false;
	if (m->shape == SHAPE_NOT && r->shape == SHAPE_MINUS_ONE) {
		x = ~kmemcheck_slot_value(&f->regs, d->base);
		bad = kmemcheck_slot_value(&f->bad, d->base);
	} else if (m->shape == SHAPE_MINUS_ONE && r->shape == SHAPE_NOT) {
		x = ~kmemcheck_slot_value(&f->regs, d->reg);
		bad = kmemcheck_slot_value(&f->bad, d->reg);
	} else {
		return false;
	}
	sure = x & ~bad & kmemcheck_size_mask(d->size);
	return sure && (!bad || __ffs64(sure) < __ffs64(bad));
}
