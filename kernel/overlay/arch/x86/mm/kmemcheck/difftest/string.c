// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: random string instructions for the differential test.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include <asm/processor-flags.h>

#include "string.h"

/* Elements of most repetitions; a few are as long as these bytes. */
#define SHORT_COUNT	81
#define LONG_BYTES	(PAGE_SIZE + 512)

#define REPE		0xf3
#define REPNE		0xf2

static bool has_source(enum diff_family family)
{
	return family == DIFF_movs || family == DIFF_lods || family == DIFF_cmps;
}

static bool has_destination(enum diff_family family)
{
	return family != DIFF_lods;
}

static bool compares(enum diff_family family)
{
	return family == DIFF_cmps || family == DIFF_scas;
}

bool diff_is_string(enum diff_family family)
{
	return has_source(family) || compares(family) || family == DIFF_stos;
}

static void put_code(struct diff_gen *gen, struct diff_case *c, u8 prefix)
{
	static const u8 opcodes[DIFF_NR_FAMILIES] = {
		[DIFF_movs] = 0xa4, [DIFF_cmps] = 0xa6, [DIFF_stos] = 0xaa,
		[DIFF_lods] = 0xac, [DIFF_scas] = 0xae,
	};
	unsigned int size = c->string.size;

	if (size == 2)
		c->code[c->len++] = 0x66;
	if (prefix)
		c->code[c->len++] = prefix;
	if (size == 8)
		c->code[c->len++] = 0x48;
	else if (diff_one_in(gen, 8))
		c->code[c->len++] = 0x40;
	c->code[c->len++] = opcodes[c->family] | (size > 1);
}

static unsigned int choose_count(struct diff_gen *gen, unsigned int size)
{
	if (diff_one_in(gen, 200))
		return diff_random(gen, LONG_BYTES) / size;
	if (diff_one_in(gen, 4))
		return diff_random(gen, 4);
	return diff_random(gen, SHORT_COUNT);
}

/*
 * A comparison may be told to stop somewhere, and then may as well have a count
 * that goes far beyond what there is.
 */
static u64 choose_stop(struct diff_gen *gen, struct diff_case *c, u8 prefix)
{
	struct diff_string *s = &c->string;

	s->odd = -1;
	s->equal = prefix == REPE || (!prefix && diff_one_in(gen, 2));
	if (!prefix || !s->count || diff_one_in(gen, 3))
		return s->count;
	s->odd = diff_random(gen, s->count);
	return s->count + (diff_one_in(gen, 8) ? diff_random_value(gen) >> 1 : 0);
}

static void add_operand(struct diff_case *c, unsigned long addr, unsigned int access)
{
	c->op[c->nr++] = (struct diff_operand) {
		.addr = addr,
		.size = c->string.size * c->string.count,
		.access = access,
	};
}

/* Both in the pool and so near that they overlap, as memmove() has them. */
static void place_overlapping(struct diff_gen *gen, struct diff_case *c)
{
	unsigned int bytes = c->string.size * c->string.count;
	unsigned int reach = 2 * c->string.size + 16;
	unsigned long base = diff_random_place(gen, gen->pool, bytes + reach, 1);

	add_operand(c, base + diff_random(gen, reach + 1), DIFF_READ);
	add_operand(c, base + diff_random(gen, reach + 1), DIFF_WRITE);
}

/* A comparison with itself would never stop. */
static void place_apart(struct diff_gen *gen, struct diff_case *c)
{
	unsigned int bytes = c->string.size * c->string.count;
	unsigned long one, two;

	do {
		one = diff_random_place(gen, gen->pool, bytes, 1);
		two = diff_random_place(gen, gen->pool, bytes, 1);
	} while (abs((long)(one - two)) < bytes);
	add_operand(c, one, DIFF_READ);
	add_operand(c, two, DIFF_READ);
}

/* At least one of them is tracked. */
static void place(struct diff_gen *gen, struct diff_case *c)
{
	unsigned int bytes = c->string.size * c->string.count;
	const struct diff_area *from = gen->pool, *to = gen->pool;
	unsigned int to_access = compares(c->family) ? DIFF_READ : DIFF_WRITE;

	if (has_source(c->family) && has_destination(c->family)) {
		/* Only a copy out of the pool is a use that can be reported. */
		bool report = gen->want_report && c->family == DIFF_movs;

		if (report || diff_one_in(gen, 3))
			to = gen->plain;
		else if (diff_one_in(gen, 2))
			from = gen->plain;
		else if (c->family == DIFF_cmps)
			return place_apart(gen, c);
		else if (diff_one_in(gen, 2))
			return place_overlapping(gen, c);
	}
	if (has_source(c->family))
		add_operand(c, diff_random_place(gen, from, bytes, 1), DIFF_READ);
	if (has_destination(c->family))
		add_operand(c, diff_random_place(gen, to, bytes, 1), to_access);
}

static bool tracked(const struct diff_gen *gen, const struct diff_operand *op)
{
	return op->addr - gen->pool->start < DIFF_AREA_SIZE;
}

static void choose_mode(struct diff_gen *gen, struct diff_case *c)
{
	bool copy = c->family == DIFF_movs && tracked(gen, &c->op[1]);

	c->string.bad = -1;
	if (copy || c->family == DIFF_stos) {
		c->mode = diff_one_in(gen, 4) ? DIFF_INITIALIZED : DIFF_ANYTHING;
	} else if (gen->want_report) {
		c->mode = DIFF_UNINITIALIZED;
		if (c->string.count && diff_one_in(gen, 2))
			c->string.bad = diff_random(gen, c->string.count);
	} else if (IS_ENABLED(CONFIG_KMEMCHECK_PARTIAL_OK) && c->string.size > 1 &&
		   diff_one_in(gen, 8)) {
		c->mode = DIFF_PARTLY;
	} else {
		c->mode = DIFF_INITIALIZED;
	}
}

/* Where the first of the elements begins. */
static unsigned long first_element(const struct diff_case *c, const struct diff_operand *op)
{
	if ((c->in.flags & X86_EFLAGS_DF) && op->size)
		return op->addr + op->size - c->string.size;
	return op->addr;
}

/**
 * diff_element() - where an element lies
 * @c: a string instruction
 * @op: one of its operands
 * @i: number in the order of execution
 */
unsigned long diff_element(const struct diff_case *c, const struct diff_operand *op,
			   unsigned int i)
{
	unsigned long offset = (unsigned long)i * c->string.size;

	return first_element(c, op) + (c->in.flags & X86_EFLAGS_DF ? -offset : offset);
}

/**
 * diff_generate_string() - make an instance of a string instruction
 * @gen: where to draw from
 * @c: the instance; family and ip are set
 */
void diff_generate_string(struct diff_gen *gen, struct diff_case *c)
{
	static const u8 prefixes[] = { 0, REPE, REPNE };
	u8 prefix = prefixes[diff_random(gen, ARRAY_SIZE(prefixes))];
	struct diff_string *s = &c->string;
	unsigned int i = 0;

	*c = (struct diff_case) {
		.family = c->family, .ip = c->ip, .landing = DIFF_LAND_NEXT,
	};
	diff_random_regs(gen, c);
	c->in.flags ^= diff_one_in(gen, 2) ? X86_EFLAGS_DF : 0;
	s->size = 1 << diff_random(gen, 4);
	s->rep = prefix;
	s->odd = -1;
	s->count = prefix ? choose_count(gen, s->size) : 1;
	if (compares(c->family)) {
		u64 count = choose_stop(gen, c, prefix);

		if (s->rep)
			c->in.gpr[RCX] = count;
	} else if (s->rep) {
		c->in.gpr[RCX] = s->count;
	}
	place(gen, c);
	choose_mode(gen, c);
	if (has_source(c->family))
		c->in.gpr[RSI] = first_element(c, &c->op[i++]);
	if (has_destination(c->family))
		c->in.gpr[RDI] = first_element(c, &c->op[i]);
	put_code(gen, c, prefix);
}

/**
 * diff_fill_string() - make memory compare as it shall
 * @c: a string instruction
 * @first: memory of its first operand
 * @second: of its second one, if there is one
 */
void diff_fill_string(const struct diff_case *c, u8 *first, u8 *second)
{
	const struct diff_string *s = &c->string;
	const struct diff_operand *op = &c->op[c->nr - 1];
	u8 *to = c->nr == 2 ? second : first;
	unsigned int i;

	if (!compares(c->family))
		return;
	for (i = 0; i < s->count; i++) {
		unsigned long offset = diff_element(c, op, i) - op->addr;
		const void *same = c->family == DIFF_scas ? (void *)&c->in.gpr[RAX] :
							    first + offset;

		if (s->equal || s->odd == i)
			memcpy(to + offset, same, s->size);
		if (s->equal && s->odd == i)
			to[offset + i % s->size] ^= 1 << i % 8;
	}
}

/**
 * diff_elements_done() - how far an instruction came
 * @c: any
 * @rcx_after: what it left in RCX
 */
unsigned int diff_elements_done(const struct diff_case *c, u64 rcx_after)
{
	return c->string.rep ? c->in.gpr[RCX] - rcx_after : 1;
}
