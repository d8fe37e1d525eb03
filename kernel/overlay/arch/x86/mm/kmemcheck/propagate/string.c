// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: string instructions in the code that poison is propagated through.
 *
 * Whatever is short is copied word by word, with its poison. Of a long run it is only
 * noted where it has written to: to read that afterwards ends the propagation, unless it
 * was filled with one value.
 */
#include <linux/minmax.h>

#include <asm/processor-flags.h>

#include "../insn/arith.h"
#include "propagate.h"

/* Bytes that are copied, and elements that are compared. */
#define MAX_COPIED	128
#define MAX_COMPARED	256

/* Element by element; @n bytes in all. */
static enum kmemcheck_result copy_words(struct kmemcheck_propagation *p, unsigned long to,
					unsigned long from, unsigned long n)
{
	unsigned int size;
	u64 value, poison;

	for (; n; to += size, from += size, n -= size) {
		size = n >= 8 ? 8 : 1;
		if (!kmemcheck_buffered_load(p, from, size, &value, &poison))
			return PROPAGATE_UNKNOWN_MEMORY;
		if (!kmemcheck_buffered_store(p, to, size, value, poison))
			return PROPAGATE_NO_ROOM;
	}
	return PROPAGATE_CONTINUE;
}

static enum kmemcheck_result copy(struct kmemcheck_propagation *p, unsigned long to,
				  unsigned long from, unsigned long n)
{
	bool poisoned = kmemcheck_buffer_is_poisoned(p, from, n);

	/* Values that user space gets to see. */
	if (to < TASK_SIZE_MAX)
		return poisoned ? PROPAGATE_USED : PROPAGATE_CONTINUE;
	/* Overlapping ones are of different order for each size. */
	if (n <= MAX_COPIED && from >= TASK_SIZE_MAX && to - from >= n && from - to >= n)
		return copy_words(p, to, from, n);
	if (poisoned)
		return PROPAGATE_NO_ROOM;
	return kmemcheck_buffered_range(p, to, n, -1) ? PROPAGATE_CONTINUE : PROPAGATE_NO_ROOM;
}

/* With elements of @size bytes, as @value and @poison have them; @n bytes in all. */
static enum kmemcheck_result fill(struct kmemcheck_propagation *p, unsigned long to,
				  unsigned long value, unsigned long poison,
				  unsigned int size, unsigned long n)
{
	bool is_byte;

	value &= kmemcheck_size_mask(size);
	poison &= kmemcheck_size_mask(size);
	is_byte = value == (0x0101010101010101ULL & kmemcheck_size_mask(size)) * (value & 0xff);
	if (to < TASK_SIZE_MAX)
		return poison ? PROPAGATE_USED : PROPAGATE_CONTINUE;
	if (n > MAX_COPIED && poison)
		return PROPAGATE_NO_ROOM;
	if (n > MAX_COPIED)
		return kmemcheck_buffered_range(p, to, n, is_byte ? (int)(value & 0xff) : -1) ?
		       PROPAGATE_CONTINUE : PROPAGATE_NO_ROOM;
	for (; n; n -= size, to += size)
		if (!kmemcheck_buffered_store(p, to, size, value, poison))
			return PROPAGATE_NO_ROOM;
	return PROPAGATE_CONTINUE;
}

static enum kmemcheck_result load(struct kmemcheck_propagation *p,
				  const struct kmemcheck_decoded *d)
{
	struct kmemcheck_decoded to_ax = { .reg = SLOT_AX, .reg_size = d->size };
	u64 value, poison;

	if (!kmemcheck_buffered_load(p, p->regs.si, d->size, &value, &poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	kmemcheck_put_reg(&to_ax, &p->regs, value);
	kmemcheck_put_reg(&to_ax, &p->poison, poison);
	return PROPAGATE_CONTINUE;
}

/* One element; the comparison decides how it goes on. */
static enum kmemcheck_result compare_one(struct kmemcheck_propagation *p,
					 const struct kmemcheck_decoded *d)
{
	u64 a = p->regs.ax, a_poison = p->poison.ax & kmemcheck_size_mask(d->size);
	u64 b, b_poison;
	unsigned long flags;

	if (d->sub == STRING_CMPS) {
		if (!kmemcheck_buffered_load(p, p->regs.si, d->size, &a, &a_poison))
			return PROPAGATE_UNKNOWN_MEMORY;
		p->regs.si += d->size;
	}
	if (!kmemcheck_buffered_load(p, p->regs.di, d->size, &b, &b_poison))
		return PROPAGATE_UNKNOWN_MEMORY;
	p->regs.di += d->size;
	if (a_poison | b_poison)
		return PROPAGATE_USED;
	flags = (p->regs.flags & STATUS_FLAGS) | X86_EFLAGS_FIXED;
	kmemcheck_alu(ALU_CMP, false, d->size, &a, b, &flags);
	p->regs.flags = (p->regs.flags & ~STATUS_FLAGS) | (flags & STATUS_FLAGS);
	p->flags_poison = 0;
	return PROPAGATE_CONTINUE;
}

static enum kmemcheck_result compare(struct kmemcheck_propagation *p,
				     const struct kmemcheck_decoded *d)
{
	enum kmemcheck_result result;
	unsigned int i;

	if (!(d->flags & (DECODED_REP | DECODED_REPNE)))
		return compare_one(p, d);
	for (i = 0; p->regs.cx && i < MAX_COMPARED; i++) {
		result = compare_one(p, d);
		p->regs.cx--;
		if (result != PROPAGATE_CONTINUE)
			return result;
		if (!(p->regs.flags & X86_EFLAGS_ZF) != !(d->flags & DECODED_REP))
			return PROPAGATE_CONTINUE;
	}
	return p->regs.cx ? PROPAGATE_NO_ROOM : PROPAGATE_CONTINUE;
}

static bool uses_si(const struct kmemcheck_decoded *d)
{
	return d->sub == STRING_MOVS || d->sub == STRING_CMPS || d->sub == STRING_LODS;
}

static bool is_poisoned(const struct kmemcheck_propagation *p,
			const struct kmemcheck_decoded *d)
{
	return (uses_si(d) && p->poison.si) || (d->sub != STRING_LODS && p->poison.di) ||
	       (d->flags & (DECODED_REP | DECODED_REPNE) && p->poison.cx);
}

/**
 * kmemcheck_propagate_string() - propagate poison through a string instruction
 * @p: before it; afterwards, after it
 * @d: the instruction
 */
enum kmemcheck_result kmemcheck_propagate_string(struct kmemcheck_propagation *p,
						 const struct kmemcheck_decoded *d)
{
	bool rep = d->flags & (DECODED_REP | DECODED_REPNE);
	unsigned long n = d->size * (rep ? p->regs.cx : 1);
	enum kmemcheck_result result;

	if (is_poisoned(p, d))
		return PROPAGATE_USED;
	/* Backwards, nobody goes; nor load more than what is the last one. */
	if (p->regs.flags & X86_EFLAGS_DF || (d->sub == STRING_LODS && rep) ||
	    (rep && p->regs.cx > LONG_MAX / 8))
		return PROPAGATE_UNKNOWN_INSN;
	switch (d->sub) {
	case STRING_MOVS:
		result = copy(p, p->regs.di, p->regs.si, n);
		break;
	case STRING_STOS:
		result = fill(p, p->regs.di, p->regs.ax, p->poison.ax, d->size, n);
		break;
	case STRING_LODS:
		result = load(p, d);
		break;
	default:
		/* It moves on by itself. */
		result = compare(p, d);
		p->regs.ip += d->length;
		return result;
	}
	if (result != PROPAGATE_CONTINUE)
		return result;
	if (uses_si(d))
		p->regs.si += n;
	if (d->sub != STRING_LODS)
		p->regs.di += n;
	if (rep)
		p->regs.cx = 0;
	p->regs.ip += d->length;
	return PROPAGATE_CONTINUE;
}

/**
 * kmemcheck_propagate_bulk() - propagate poison through memcpy(), memmove() or memset()
 * @p: before its first instruction; afterwards, before it returns
 * @next: where to
 * @set: it is memset()
 *
 * The kernel has those of hooks_bulk.c, which do not fault.
 */
enum kmemcheck_result kmemcheck_propagate_bulk(struct kmemcheck_propagation *p,
					       unsigned long next, bool set)
{
	unsigned long to = p->regs.MACHINE_ARG_0, n = p->regs.MACHINE_ARG_2;
	unsigned long from = p->regs.MACHINE_ARG_1;
	enum kmemcheck_result result;

	if (p->poison.MACHINE_ARG_0 || p->poison.MACHINE_ARG_2 ||
	    (!set && p->poison.MACHINE_ARG_1))
		return PROPAGATE_USED;
	if (n > LONG_MAX)
		return PROPAGATE_UNKNOWN_INSN;
	if (set) {
		p->ip = next;
		result = fill(p, to, from, p->poison.MACHINE_ARG_1, 1, n);
	} else {
		p->ip = kmemcheck_tracked((void *)from) ? PROPAGATE_STATE_MOVES : next;
		result = copy(p, to, from, n);
	}
	p->regs.ax = to;
	p->poison.ax = 0;
	return result;
}
