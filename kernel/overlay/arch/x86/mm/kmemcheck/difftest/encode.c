// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: from the parts of an instruction to its bytes.
 */
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <asm/cpufeature.h>

#include "encode.h"

/**
 * difftest_choose_form() - draw all of an instruction but for its address
 * @b: what to build; gen, t and c are set
 */
void difftest_choose_form(struct builder *b)
{
	const struct difftest_template *t = b->t;

	do {
		b->size = 1 << difftest_random(b->gen, NR_SIZES);
	} while (!(t->sizes & b->size));
	b->mem = t->mem ?: b->size;
	b->reg = t->digit >= 0 ? t->digit : difftest_random(b->gen, NR_GPR);
	b->lock = (t->flags & DIFFTEST_LOCK) && (t->access & DIFFTEST_WRITE) &&
		  difftest_one_in(b->gen, 2);
	/* Spurious ones turn ah to bh into spl to dil. */
	b->rex = MACHINE_WORD == 8 && difftest_one_in(b->gen, 3);
	b->sib = difftest_one_in(b->gen, 8);
}

/* In the kernel that is fatal, on processors that can tell. */
bool difftest_splits_lock(const struct builder *b, unsigned long addr)
{
	return (b->lock || b->t->family == DIFFTEST_xchg) &&
	       boot_cpu_has(X86_FEATURE_SPLIT_LOCK_DETECT) &&
	       addr / 64 != (addr + b->mem - 1) / 64;
}

/* Append to the code of an instance. */
void difftest_put(struct difftest_case *c, u64 bytes, unsigned int n)
{
	memcpy(c->code + c->len, &bytes, n);
	c->len += n;
}

static void put_prefixes(struct builder *b)
{
	const struct difftest_template *t = b->t;
	bool always_64 = t->flags & DIFFTEST_ALWAYS_64;
	u8 rex = 0;

	if (b->gs)
		difftest_put(b->c, PREFIX_PERCPU, 1);
	/* What LOCK is patched to on one processor. */
	else if (difftest_one_in(b->gen, 16))
		difftest_put(b->c, 0x3e, 1);
	if (b->size == 2)
		difftest_put(b->c, 0x66, 1);
	if (b->lock)
		difftest_put(b->c, 0xf0, 1);
	if (t->prefix)
		difftest_put(b->c, t->prefix, 1);
	if (b->size == 8 && (!always_64 || difftest_one_in(b->gen, 4)))
		rex |= 8;
	if (b->reg & 8)
		rex |= 4;
	if (b->index != NONE && (b->index & 8))
		rex |= 2;
	if (b->base != NONE && (b->base & 8))
		rex |= 1;
	if (rex || b->rex)
		difftest_put(b->c, 0x40 | rex, 1);
}

static void put_modrm(struct builder *b)
{
	unsigned int mod = b->base == NONE || !b->disp_size ? 0 : b->disp_size == 1 ? 1 : 2;
	unsigned int reg = (b->reg & 7) << 3;
	unsigned int index = b->index == NONE ? RSP : b->index & 7;

	if (b->direct) {
		difftest_put(b->c, 0xc0 | reg | (b->base & 7), 1);
		return;
	}
	if (b->rip_relative) {
		difftest_put(b->c, reg | RBP, 1);
		difftest_put(b->c, 0, 4);
		return;
	}
	if (b->sib || b->base == NONE || b->index != NONE || (b->base & 7) == RSP) {
		difftest_put(b->c, mod << 6 | reg | RSP, 1);
		difftest_put(b->c, b->shift << 6 | index << 3 |
			     (b->base == NONE ? RBP : b->base & 7), 1);
	} else {
		difftest_put(b->c, mod << 6 | reg | (b->base & 7), 1);
	}
	difftest_put(b->c, b->disp, b->disp_size);
}

static void put_immediate(struct builder *b)
{
	u64 value = difftest_random_value(b->gen);

	if (b->t->special == DIFFTEST_SHIFT_DOUBLE && b->size == 2)
		value = difftest_random(b->gen, 17);
	if (b->t->flags & DIFFTEST_IMM8)
		difftest_put(b->c, value, 1);
	else if (b->t->flags & DIFFTEST_IMM)
		difftest_put(b->c, value, min(b->size, 4U));
}

/* The displacement counts from the end of the instruction; of 32 bits from 0. */
static void fix_rip_relative(struct builder *b, unsigned int at)
{
	s32 disp = b->address - (MACHINE_WORD == 8 ? b->c->ip + b->c->len : 0);

	memcpy(b->c->code + at, &disp, sizeof(disp));
}

/**
 * difftest_put_insn() - append an instruction
 * @b: its parts
 */
void difftest_put_insn(struct builder *b)
{
	const struct difftest_template *t = b->t;
	u8 opcode = t->opcode;
	unsigned int end;

	if ((t->flags & DIFFTEST_SIZED) && b->size > 1)
		opcode |= 1;
	if (t->flags & DIFFTEST_CC)
		opcode |= difftest_random(b->gen, 16);
	put_prefixes(b);
	if (t->map)
		difftest_put(b->c, 0x0f, 1);
	if (t->map == 2)
		difftest_put(b->c, 0x38, 1);
	difftest_put(b->c, opcode, 1);
	put_modrm(b);
	end = b->c->len;
	put_immediate(b);
	if (b->rip_relative)
		fix_rip_relative(b, end - 4);
}
