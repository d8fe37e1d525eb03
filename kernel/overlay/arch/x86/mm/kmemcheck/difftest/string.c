// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: random string instructions.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include <asm/page.h>
#include <asm/processor-flags.h>

#include "string.h"

/* Elements of most repetitions; a few are as long as these bytes. */
#define SHORT_COUNT	81
#define LONG_BYTES	(PAGE_SIZE + 512)

#define REPE		0xf3
#define REPNE		0xf2

static bool has_source(enum difftest_family family)
{
	return family == DIFFTEST_movs || family == DIFFTEST_lods || family == DIFFTEST_cmps;
}

static bool has_destination(enum difftest_family family)
{
	return family != DIFFTEST_lods;
}

static bool compares(enum difftest_family family)
{
	return family == DIFFTEST_cmps || family == DIFFTEST_scas;
}

bool difftest_is_string(enum difftest_family family)
{
	return has_source(family) || compares(family) || family == DIFFTEST_stos;
}

static void put_code(struct difftest_gen *gen, struct difftest_case *c, u8 prefix)
{
	static const u8 opcodes[DIFFTEST_NR_FAMILIES] = {
		[DIFFTEST_movs] = 0xa4, [DIFFTEST_cmps] = 0xa6, [DIFFTEST_stos] = 0xaa,
		[DIFFTEST_lods] = 0xac, [DIFFTEST_scas] = 0xae,
	};
	unsigned int size = c->string.size;

	if (size == 2)
		c->code[c->len++] = 0x66;
	if (prefix)
		c->code[c->len++] = prefix;
	if (size == 8)
		c->code[c->len++] = 0x48;
	else if (MACHINE_WORD == 8 && difftest_one_in(gen, 8))
		c->code[c->len++] = 0x40;
	c->code[c->len++] = opcodes[c->family] | (size > 1);
}

static unsigned int choose_count(struct difftest_gen *gen, unsigned int size)
{
	if (difftest_one_in(gen, 200))
		return difftest_random(gen, LONG_BYTES) / size;
	if (difftest_one_in(gen, 4))
		return difftest_random(gen, 4);
	return difftest_random(gen, SHORT_COUNT);
}

/*
 * A comparison may be told to stop somewhere, and then may as well have a count
 * that goes far beyond what there is.
 */
static u64 choose_stop(struct difftest_gen *gen, struct difftest_case *c, u8 prefix)
{
	struct difftest_string *s = &c->string;

	s->odd = -1;
	s->equal = prefix == REPE || (!prefix && difftest_one_in(gen, 2));
	if (!prefix || !s->count || difftest_one_in(gen, 3))
		return s->count;
	s->odd = difftest_random(gen, s->count);
	if (!difftest_one_in(gen, 8))
		return s->count;
	return s->count + ((unsigned long)difftest_random_value(gen) >> 1);
}

static void add_operand(struct difftest_case *c, unsigned long addr, unsigned int access)
{
	c->op[c->nr++] = (struct difftest_operand) {
		.addr = addr,
		.size = c->string.size * c->string.count,
		.access = access,
	};
}

/* Both in the pool and so near that they overlap, as memmove() has them. */
static void place_overlapping(struct difftest_gen *gen, struct difftest_case *c)
{
	unsigned int bytes = c->string.size * c->string.count;
	unsigned int reach = 2 * c->string.size + 16;
	unsigned long base = difftest_random_place(gen, gen->pool, bytes + reach, 1);

	add_operand(c, base + difftest_random(gen, reach + 1), DIFFTEST_READ);
	add_operand(c, base + difftest_random(gen, reach + 1), DIFFTEST_WRITE);
}

/* A comparison with itself would never stop. */
static void place_apart(struct difftest_gen *gen, struct difftest_case *c)
{
	unsigned int bytes = c->string.size * c->string.count;
	unsigned long one, two;

	do {
		one = difftest_random_place(gen, gen->pool, bytes, 1);
		two = difftest_random_place(gen, gen->pool, bytes, 1);
	} while (abs((long)(one - two)) < bytes);
	add_operand(c, one, DIFFTEST_READ);
	add_operand(c, two, DIFFTEST_READ);
}

/* At least one of them is tracked. */
static void place(struct difftest_gen *gen, struct difftest_case *c)
{
	unsigned int bytes = c->string.size * c->string.count;
	const struct difftest_area *from = gen->pool, *to = gen->pool;
	unsigned int to_access = compares(c->family) ? DIFFTEST_READ : DIFFTEST_WRITE;

	if (has_source(c->family) && has_destination(c->family)) {
		/* Only a copy out of the pool is a use that can be reported. */
		bool report = gen->want_report && c->family == DIFFTEST_movs;

		if (report || difftest_one_in(gen, 3))
			to = gen->plain;
		else if (difftest_one_in(gen, 2))
			from = gen->plain;
		else if (c->family == DIFFTEST_cmps)
			return place_apart(gen, c);
		else if (difftest_one_in(gen, 2))
			return place_overlapping(gen, c);
	}
	if (has_source(c->family))
		add_operand(c, difftest_random_place(gen, from, bytes, 1), DIFFTEST_READ);
	if (has_destination(c->family))
		add_operand(c, difftest_random_place(gen, to, bytes, 1), to_access);
}

static bool tracked(const struct difftest_gen *gen, const struct difftest_operand *op)
{
	return op->addr - gen->pool->start < DIFFTEST_AREA_SIZE;
}

static void choose_mode(struct difftest_gen *gen, struct difftest_case *c)
{
	bool copy = c->family == DIFFTEST_movs && tracked(gen, &c->op[1]);

	c->string.uninitialized = -1;
	if (copy || c->family == DIFFTEST_stos) {
		c->mode = difftest_one_in(gen, 4) ? DIFFTEST_INITIALIZED : DIFFTEST_ANYTHING;
	} else if (gen->want_report) {
		c->mode = DIFFTEST_UNINITIALIZED;
		if (c->string.count && difftest_one_in(gen, 2))
			c->string.uninitialized = difftest_random(gen, c->string.count);
	} else if (IS_ENABLED(CONFIG_KMEMCHECK_PARTIAL_OK) && c->string.size > 1 &&
		   difftest_one_in(gen, 8)) {
		c->mode = DIFFTEST_PARTLY;
	} else {
		c->mode = DIFFTEST_INITIALIZED;
	}
}

/* Where the first of the elements begins. */
static unsigned long first_element(const struct difftest_case *c,
				   const struct difftest_operand *op)
{
	if ((c->in.flags & X86_EFLAGS_DF) && op->size)
		return op->addr + op->size - c->string.size;
	return op->addr;
}

/**
 * difftest_element() - where an element lies
 * @c: a string instruction
 * @op: one of its operands
 * @i: number in the order of execution
 */
unsigned long difftest_element(const struct difftest_case *c, const struct difftest_operand *op,
			       unsigned int i)
{
	unsigned long offset = (unsigned long)i * c->string.size;

	return first_element(c, op) + (c->in.flags & X86_EFLAGS_DF ? -offset : offset);
}

/**
 * difftest_generate_string() - make an instance of a string instruction
 * @gen: where to draw from
 * @c: the instance; family and ip are set
 */
void difftest_generate_string(struct difftest_gen *gen, struct difftest_case *c)
{
	static const u8 prefixes[] = { 0, REPE, REPNE };
	u8 prefix = prefixes[difftest_random(gen, ARRAY_SIZE(prefixes))];
	struct difftest_string *s = &c->string;
	unsigned int i = 0;

	*c = (struct difftest_case) {
		.family = c->family, .ip = c->ip, .landing = DIFFTEST_LAND_NEXT,
	};
	difftest_random_regs(gen, c);
	c->in.flags ^= difftest_one_in(gen, 2) ? X86_EFLAGS_DF : 0;
	s->size = 1 << difftest_random(gen, NR_SIZES);
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
 * difftest_fill_string() - make memory compare as it shall
 * @c: a string instruction
 * @first: memory of its first operand
 * @second: of its second one, if there is one
 */
void difftest_fill_string(const struct difftest_case *c, u8 *first, u8 *second)
{
	const struct difftest_string *s = &c->string;
	const struct difftest_operand *op = &c->op[c->nr - 1];
	u8 *to = c->nr == 2 ? second : first;
	unsigned int i;

	if (!compares(c->family))
		return;
	for (i = 0; i < s->count; i++) {
		unsigned long offset = difftest_element(c, op, i) - op->addr;
		const void *same = c->family == DIFFTEST_scas ? (void *)&c->in.gpr[RAX] :
							    first + offset;

		if (s->equal || s->odd == i)
			memcpy(to + offset, same, s->size);
		if (s->equal && s->odd == i)
			to[offset + i % s->size] ^= 1 << i % 8;
	}
}

/**
 * difftest_elements_done() - how far an instruction came
 * @c: any
 * @rcx_after: what it left in RCX
 */
unsigned int difftest_elements_done(const struct difftest_case *c, u64 rcx_after)
{
	return c->string.rep ? c->in.gpr[RCX] - rcx_after : 1;
}
