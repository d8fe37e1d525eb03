// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: random instances of the instructions of table.c.
 *
 * Everything is drawn first, the address last: it is solved for a register that
 * is still free. When there is none, the attempt has failed and the next one
 * draws anew, so no form is left out, as long as it can exist.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>

#include <asm/page.h>

#include "encode.h"
#include "generate.h"

static void choose_address(struct builder *b)
{
	struct difftest_gen *gen = b->gen;

	b->base = difftest_random(gen, NR_GPR);
	b->index = NONE;
	if (difftest_one_in(gen, 3)) {
		b->index = difftest_random(gen, NR_GPR);
		if (b->index == RSP)
			b->index = NONE;
		else if (difftest_one_in(gen, 4))
			b->base = NONE;
	}
	b->shift = difftest_random(gen, 4);

	switch (b->base == NONE ? 2 : difftest_random(gen, 3)) {
	case 0:
		/* This one would mean something else without a displacement. */
		b->disp_size = (b->base & 7) == RBP;
		break;
	case 1:
		b->disp_size = 1;
		b->disp = (s8)prandom_u32_state(&gen->rnd);
		break;
	default:
		b->disp_size = 4;
		b->disp = (s32)difftest_random_value(gen);
	}
	b->pinned = BIT(RSP);
}

static unsigned long address_reg(const struct builder *b, unsigned int nr)
{
	unsigned long value = b->c->in.gpr[nr];

	return nr == RSP && b->t->special == DIFFTEST_POP ? value + MACHINE_WORD : value;
}

/* Make the displacement equal to @want modulo the scale of the index. */
static bool align_disp(struct builder *b, unsigned long want)
{
	u32 mask = (1 << b->shift) - 1;

	if (!b->disp_size)
		return !((b->disp ^ want) & mask);
	b->disp = (s32)(((u32)b->disp & ~mask) | (want & mask));
	return true;
}

/* base and index are the same register: divide by 1 + scale. */
static bool solve_same(struct builder *b, unsigned long addr)
{
	/* Inverses modulo 2^64, and so modulo 2^32. */
	static const u64 inverse[] = {
		[1] = 0xaaaaaaaaaaaaaaabUL,	/* of 3 */
		[2] = 0xcccccccccccccccdUL,	/* of 5 */
		[3] = 0x8e38e38e38e38e39UL,	/* of 9 */
	};
	unsigned long *value = &b->c->in.gpr[b->base];

	if (b->shift) {
		*value = (addr - b->disp) * inverse[b->shift];
		return true;
	}
	if ((addr - b->disp) & 1) {
		if (!b->disp_size)
			return false;
		b->disp ^= 1;
	}
	*value = (addr - b->disp) / 2;
	/* The bit that is shifted out. */
	if (difftest_one_in(b->gen, 2))
		*value ^= BIT(BITS_PER_LONG - 1);
	return true;
}

static bool solve_index(struct builder *b, unsigned long addr)
{
	unsigned long base = b->base == NONE ? 0 : address_reg(b, b->base);
	unsigned long value;

	if (!align_disp(b, addr - base))
		return false;
	value = (addr - base - b->disp) >> b->shift;
	if (b->shift)
		value |= (unsigned long)difftest_random_value(b->gen) << (BITS_PER_LONG - b->shift);
	b->c->in.gpr[b->index] = value;
	return true;
}

static bool solve_base(struct builder *b, unsigned long addr)
{
	unsigned long index = b->index == NONE ? 0 : b->c->in.gpr[b->index] << b->shift;

	b->c->in.gpr[b->base] = addr - index - b->disp;
	return true;
}

/* Choose a register such that the operand lies at @addr. */
static bool solve(struct builder *b, unsigned long addr)
{
	bool base_free = b->base != NONE && !(b->pinned & BIT(b->base));
	bool index_free = b->index != NONE && !(b->pinned & BIT(b->index));

	if (b->base == b->index)
		return base_free && solve_same(b, addr);
	if (index_free && (!base_free || difftest_one_in(b->gen, 4)))
		return solve_index(b, addr);
	return base_free && solve_base(b, addr);
}

/* What a register adds to the address, when it numbers a bit. */
static long bit_offset(u64 value, unsigned int size)
{
	long bit = size == 2 ? (s16)value : size == 4 ? (s32)value : (s64)value;

	return (bit >> (3 + ilog2(size))) * (long)size;
}

/* Near, anywhere in the area, or so far that the base points to nothing. */
static u64 random_bit_number(struct builder *b)
{
	u64 value = difftest_random_value(b->gen);
	static const unsigned int widths[] = { 8, 11, 18, BITS_PER_LONG == 64 ? 40 : 22 };
	unsigned int width = widths[difftest_random(b->gen, ARRAY_SIZE(widths))];

	value = (s64)(value << (64 - width)) >> (64 - width);
	/* Only as many bits as the operand has are looked at. */
	if (b->size < 8 && difftest_one_in(b->gen, 2))
		value ^= difftest_random_value(b->gen) << (8 * b->size);
	return value;
}

/* Return: the address that is reached, 0 when it is none of ours. */
static unsigned long place_bit_string(struct builder *b, unsigned long addr)
{
	unsigned long *value = &b->c->in.gpr[b->reg];

	if (b->reg == b->base && b->index == NONE) {
		if (b->reg == RSP)
			return 0;
		if (b->size == MACHINE_WORD) {
			/* base + base / 8 */
			*value = (long)(addr - b->disp) / 9 * 8;
			addr = *value + b->disp;
		} else if (!solve(b, addr)) {
			return 0;
		}
		addr += bit_offset(*value, b->size);
	} else {
		if (b->reg != RSP) {
			*value = random_bit_number(b);
			b->pinned |= BIT(b->reg);
		}
		if (!solve(b, addr - bit_offset(*value, b->size)))
			return 0;
	}
	addr -= b->gen->pool->start;
	if (addr < DIFFTEST_MARGIN || addr > DIFFTEST_AREA_SIZE - DIFFTEST_MARGIN - b->mem)
		return 0;
	return addr + b->gen->pool->start;
}

static bool place_operand(struct builder *b)
{
	struct difftest_operand *op = &b->c->op[0];
	unsigned long addr;

	/* Only cmpxchg16b insists on its alignment. */
	addr = difftest_random_place(b->gen, b->gen->pool, b->mem, b->mem == 16 ? 16 : 1);
	if (b->t->special == DIFFTEST_BIT_STRING)
		addr = place_bit_string(b, addr);
	else if (!solve(b, addr))
		return false;
	if (!addr)
		return false;
	if (difftest_splits_lock(b, addr))
		return false;

	b->c->nr = 1;
	op->addr = addr;
	op->size = b->mem;
	op->access = b->t->access;
	if (IS_ENABLED(CONFIG_KMEMCHECK_BITOPS_OK) && (b->t->flags & DIFFTEST_BITS))
		op->access = DIFFTEST_WRITE;
	return true;
}

static u64 cut(u64 value, unsigned int size)
{
	return size == 8 ? value : value & (BIT(8 * size) - 1);
}

static s64 sign_extend(u64 value, unsigned int size)
{
	return (s64)(value << (64 - 8 * size)) >> (64 - 8 * size);
}

/* Registers that the operation is particular about, before the address. */
static void prepare(struct builder *b)
{
	unsigned long *gpr = b->c->in.gpr;

	switch (b->t->special) {
	case DIFFTEST_DIVIDE:
		if (!difftest_one_in(b->gen, 4))
			gpr[RDX] = difftest_random(b->gen, 16);
		break;
	case DIFFTEST_DIVIDE_SIGNED:
		if (!difftest_one_in(b->gen, 4))
			gpr[RDX] = sign_extend(gpr[RAX], b->size) < 0 ? -1 : 0;
		break;
	case DIFFTEST_SHIFT_DOUBLE:
		if (b->size == 2 && !(b->t->flags & DIFFTEST_IMM8)) {
			gpr[RCX] = (gpr[RCX] & ~0xffUL) | difftest_random(b->gen, 17);
			b->pinned |= BIT(RCX);
		}
		break;
	}
}

/* Does high:low / divisor fit? False for some that do. */
static bool quotient_fits(u64 high, u64 low, u64 divisor, unsigned int size, bool is_signed)
{
	s64 h = sign_extend(high, size), d = sign_extend(divisor, size);

	if (!is_signed)
		return cut(high, size) < cut(divisor, size);
	if (h == (sign_extend(low, size) < 0 ? -1 : 0))
		return d && d != -1;
	if (h > S64_MAX / 4 || h < S64_MIN / 4)
		return false;
	h = abs(h) + 1;
	/* abs(S64_MIN) overflows, but does so to what is right as unsigned. */
	return (d < 0 ? -(u64)d : d) > 2 * (u64)h;
}

static bool settle_divisor(struct builder *b)
{
	unsigned long *gpr = b->c->in.gpr;
	u64 divisor, high = gpr[RDX];
	int i;

	if (b->size == 1)
		high = gpr[RAX] >> 8;		/* ah */
	for (i = 0; i < 8; i++) {
		divisor = difftest_random_value(b->gen);
		if (!quotient_fits(high, gpr[RAX], divisor, b->size,
				   b->t->special == DIFFTEST_DIVIDE_SIGNED))
			continue;
		memcpy(b->c->value, &divisor, sizeof(divisor));
		return true;
	}
	return false;
}

/* Equal to the accumulator, or different in as little as one bit. */
static void settle_comparand(struct builder *b, bool wide)
{
	unsigned long *gpr = b->c->in.gpr;
	u8 *value = b->c->value;
	unsigned int bit;

	memcpy(value, &gpr[RAX], b->size);
	if (wide)
		memcpy(value + b->size, &gpr[RDX], b->size);
	if (difftest_one_in(b->gen, 2))
		return;
	bit = difftest_random(b->gen, 8 * b->mem);
	value[bit / 8] ^= BIT(bit % 8);
	if (difftest_one_in(b->gen, 2))
		value[0] ^= prandom_u32_state(&b->gen->rnd) & ~BIT(bit % 8);
	b->c->op[0].access = DIFFTEST_READ;
}

/* Memory, when all registers are known. */
static bool settle(struct builder *b)
{
	struct difftest_case *c = b->c;
	u64 value;

	c->has_value = true;
	switch (b->t->special) {
	case DIFFTEST_DIVIDE:
	case DIFFTEST_DIVIDE_SIGNED:
		return settle_divisor(b);
	case DIFFTEST_CMPXCHG:
		settle_comparand(b, false);
		return true;
	case DIFFTEST_CMPXCHG_WIDE:
		settle_comparand(b, true);
		return true;
	case DIFFTEST_BRANCH:
		value = c->ip + DIFFTEST_BRANCH_AT;
		c->landing = DIFFTEST_LAND_BRANCH;
		break;
	default:
		c->has_value = difftest_one_in(b->gen, 2);
		value = difftest_random_value(b->gen);
	}
	memcpy(c->value, &value, sizeof(value));
	return true;
}

static enum difftest_mode choose_mode(struct difftest_gen *gen, const struct difftest_operand *op)
{
	if (!(op->access & DIFFTEST_READ))
		return difftest_one_in(gen, 2) ? DIFFTEST_ANYTHING : DIFFTEST_INITIALIZED;
	if (gen->want_report)
		return DIFFTEST_UNINITIALIZED;
	if (IS_ENABLED(CONFIG_KMEMCHECK_PARTIAL_OK) && op->size > 1 && difftest_one_in(gen, 8))
		return DIFFTEST_PARTLY;
	return DIFFTEST_INITIALIZED;
}

/* An operand across two pages, of which one is not looked at any more. */
static unsigned long choose_untracked(struct difftest_gen *gen, const struct difftest_case *c)
{
	unsigned long first = ALIGN_DOWN(c->op[0].addr, PAGE_SIZE);
	unsigned long last = ALIGN_DOWN(c->op[0].addr + c->op[0].size - 1, PAGE_SIZE);

	if (first == last || c->mode > DIFFTEST_ANYTHING || !difftest_one_in(gen, 4))
		return 0;
	return difftest_one_in(gen, 2) ? first : last;
}

/**
 * difftest_generate() - try to make an instance
 * @gen: where to draw from
 * @t: what of
 * @c: the instance; c->ip says where it will lie
 *
 * Return: false when what was drawn cannot be put together.
 */
bool difftest_generate(struct difftest_gen *gen, const struct difftest_template *t,
		       struct difftest_case *c)
{
	struct builder b = { .gen = gen, .t = t, .c = c };

	*c = (struct difftest_case) {
		.family = t->family, .ip = c->ip, .landing = DIFFTEST_LAND_NEXT,
	};
	difftest_choose_form(&b);
	/* Tails need the stack. Of 32 bits, so does the exception. */
	if ((difftest_is_tail(c->family) || MACHINE_WORD == 4) && b.reg == RSP && t->digit < 0)
		return false;
	choose_address(&b);
	difftest_random_regs(gen, c);
	prepare(&b);
	if (!place_operand(&b) || !settle(&b))
		return false;
	difftest_put_insn(&b);
	c->tail = c->len;
	c->loaded = BIT(b.reg);
	/* It may be ah to bh. */
	if (b.size == 1)
		c->loaded |= BIT(b.reg & 3);
	c->used = c->loaded;
	if (b.base != NONE)
		c->used |= BIT(b.base);
	if (b.index != NONE)
		c->used |= BIT(b.index);
	c->mode = choose_mode(gen, &c->op[0]);
	c->untracked = choose_untracked(gen, c);
	return true;
}
