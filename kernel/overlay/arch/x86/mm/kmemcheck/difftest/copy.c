// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: copies of uninitialised bytes by way of a register.
 *
 * The instance is a load from one place of the pool, its tail changes the register bit by
 * bit, stores it to another place, and clears it. What is known of the bits afterwards is
 * told here from what the instructions mean, not by the code that propagates poison.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <uapi/linux/kmemcheck.h>

#include "copy.h"
#include "encode.h"

/* From (%rsi) to RAX or a part of it. */
static const struct {
	u32 code;
	u8 len, size;
	bool wide;			/* with REX.W, where there is one */
	bool is_signed;
} loads[] = {
	{ 0x068b, 2, MACHINE_WORD, true, false }, { 0x068b, 2, 4, false, false },
	{ 0x06b70f, 3, 2, false, false }, { 0x06b60f, 3, 1, false, false },
	{ 0x068b66, 3, 2, false, false }, { 0x068a, 2, 1, false, false },
	{ 0x06bf0f, 3, 2, true, true }, { 0x06be0f, 3, 1, true, true },
#ifdef CONFIG_X86_64
	{ 0x0663, 2, 4, true, true },
#endif
};

/* To (%rdi), with a displacement of one byte. */
static const struct {
	u32 code;
	u8 len, size;
	bool wide;
} stores[] = {
	{ 0x4789, 2, MACHINE_WORD, true }, { 0x4789, 2, 4, false }, { 0x478966, 3, 2, false },
	{ 0x4788, 2, 1, false },
};

enum change { SWAP, SHIFT_LEFT, SHIFT_RIGHT, ROTATE, AND, OR, XOR, NOT, MOVE, NR_CHANGES };

/* All of them wide. */
static const struct {
	u32 code;
	u8 len, imm;
} changes[NR_CHANGES] = {
	[SWAP]		= { 0xc80f, 2, 0 },
	[SHIFT_LEFT]	= { 0xe0c1, 2, 1 },
	[SHIFT_RIGHT]	= { 0xe8c1, 2, 1 },
	[ROTATE]	= { 0xc0c1, 2, 1 },
	[AND]		= { 0x25, 1, 4 },
	[OR]		= { 0x0d, 1, 4 },
	[XOR]		= { 0x35, 1, 4 },
	[NOT]		= { 0xd0f7, 2, 0 },
	[MOVE]		= { 0xc189, 2, 0 },	/* to RCX, from where it comes back */
};

static void put_code(struct difftest_case *c, bool wide, u32 code, unsigned int len)
{
	if (wide && MACHINE_WORD == 8)
		difftest_put(c, 0x48, 1);
	difftest_put(c, code, len);
}

static unsigned long change(enum change how, s32 imm, unsigned long poison)
{
	switch (how) {
	case SWAP:
		return MACHINE_WORD == 8 ? swab64(poison) : swab32(poison);
	case SHIFT_LEFT:
		return poison << imm;
	case SHIFT_RIGHT:
		return poison >> imm;
	case ROTATE:
		return imm ? poison << imm | poison >> (BITS_PER_LONG - imm) : poison;
	case AND:
		return poison & (long)imm;
	case OR:
		return poison & ~(long)imm;
	default:
		return poison;
	}
}

static void put_change(struct difftest_gen *gen, struct difftest_case *c, unsigned int i)
{
	enum change how = difftest_random(gen, NR_CHANGES);

	c->copy.how[i] = how;
	c->copy.imm[i] = changes[how].imm == 1 ? difftest_random(gen, BITS_PER_LONG) :
						 difftest_random_value(gen);
	put_code(c, true, changes[how].code, changes[how].len);
	if (changes[how].imm)
		difftest_put(c, c->copy.imm[i], changes[how].imm);
	if (how == MOVE) {
		difftest_put(c, 0xc031, 2);		/* xor %eax, %eax */
		put_code(c, true, 0xc889, 2);		/* mov %rcx, %rax */
	}
}

static void place(struct difftest_gen *gen, struct difftest_case *c)
{
	const unsigned long apart = 8 + 2 * DIFFTEST_MARGIN;
	unsigned long from, to;

	do {
		from = difftest_random_place(gen, gen->pool, 8, 1);
		to = difftest_random_place(gen, gen->pool, 8, 1);
	} while (from - to < apart || to - from < apart);
	c->nr = 2;
	c->op[0] = (struct difftest_operand) { from, 8, DIFFTEST_READ };
	c->op[1] = (struct difftest_operand) { to, 8, DIFFTEST_WRITE };
	c->in.gpr[RSI] = from;
	c->in.gpr[RDI] = to;
}

/**
 * difftest_generate_copy() - make an instance of a copy
 * @gen: where to draw from
 * @c: the instance; family and ip are set
 */
void difftest_generate_copy(struct difftest_gen *gen, struct difftest_case *c)
{
	unsigned int nr = difftest_random(gen, ARRAY_SIZE(loads)), i;

	*c = (struct difftest_case) {
		.family = c->family, .ip = c->ip, .landing = DIFFTEST_LAND_NEXT,
		.mode = DIFFTEST_ANYTHING,
	};
	difftest_random_regs(gen, c);
	place(gen, c);
	c->copy.load = nr;
	put_code(c, loads[nr].wide, loads[nr].code, loads[nr].len);
	c->tail = c->len;
	c->copy.nr = difftest_random(gen, ARRAY_SIZE(c->copy.how) + 1);
	for (i = 0; i < c->copy.nr; i++)
		put_change(gen, c, i);
	nr = difftest_random(gen, ARRAY_SIZE(stores));
	c->copy.size = stores[nr].size;
	c->copy.at = difftest_random(gen, 8 - c->copy.size + 1);
	put_code(c, stores[nr].wide, stores[nr].code, stores[nr].len);
	difftest_put(c, c->copy.at, 1);
	difftest_put(c, 0xc931c031, 4);			/* xor %eax, %eax; xor %ecx, %ecx */
}

/**
 * difftest_copied_poison() - what is stored
 * @c: a copy
 * @states: of the 8 bytes of the source
 *
 * Return: the bits of it that are uninitialised.
 */
u64 difftest_copied_poison(const struct difftest_case *c, const u8 *states)
{
	unsigned int i, size = loads[c->copy.load].size;
	unsigned long poison = 0;

	for (i = 0; i < size; i++)
		if (states[i] == KMEMCHECK_UNINITIALIZED)
			poison |= 0xffUL << 8 * i;
	if (loads[c->copy.load].is_signed)
		poison = (long)(poison << (BITS_PER_LONG - 8 * size)) >> (BITS_PER_LONG - 8 * size);
	for (i = 0; i < c->copy.nr; i++)
		poison = change(c->copy.how[i], c->copy.imm[i], poison);
	return c->copy.size == MACHINE_WORD ? poison : poison & (BIT(8 * c->copy.size) - 1);
}
