// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck difftest: what follows the instruction of an instance.
 *
 * An engine may go on after the one that has faulted, so random instructions
 * follow it. Most need nothing but registers. In the families of their own
 * the instance is a mov, which leaves most registers with values that are known
 * here, and so they may access memory: next to the operand, on the stack, in
 * the image of the kernel, per CPU. RSP and the registers that are known to
 * point somewhere are not written to.
 */
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "encode.h"
#include "tail.h"

#define MAX_JUMPS	4
#define TRIES		64

/* Words above RSP: those that are popped are never stored to. */
#define POPPED		4
#define STACK_BYTES	(MACHINE_WORD * (DIFFTEST_WORDS - 1))

struct jump {
	unsigned int end;	/* of the jump, where its distance ends, too */
	unsigned int size;	/* of the distance */
	unsigned int left;	/* steps to jump over */
};

struct tail {
	struct difftest_gen *gen;
	struct difftest_case *c;
	unsigned long kept;		/* registers that are not written to */
	unsigned long known;		/* registers of known value */
	unsigned long value[NR_GPR];
	unsigned int popped;		/* words */
	unsigned int nr_jumps;		/* that have not arrived yet */
	struct jump jumps[MAX_JUMPS];
};

u64 difftest_fixed[DIFFTEST_WORDS];
DEFINE_PER_CPU(u64 [DIFFTEST_WORDS], difftest_percpu);

static const struct difftest_template lea = {
	.map = 0, .opcode = 0x8d, .digit = -1, .sizes = 2 | 4 | 8, .access = DIFFTEST_READ,
}, nop = {
	.map = 1, .opcode = 0x1f, .sizes = 2 | 4,
};

/* Without REX, 4 to 7 are ah to bh. */
static unsigned long bit_of(unsigned int nr, unsigned int size, bool rex)
{
	return size == 1 && nr >= RSP && nr <= RDI && !rex ? BIT(nr & 3) : BIT(nr);
}

static bool has_rex(const struct builder *b)
{
	unsigned int base = max(b->base, 0), index = max(b->index, 0);

	return b->rex || b->size == 8 || ((b->reg | base | index) & 8);
}

/* Registers that may be written to, and perhaps others. */
static unsigned long written(const struct builder *b)
{
	const struct difftest_template *t = b->t;
	bool both = t->family == DIFFTEST_xchg || t->family == DIFFTEST_xadd;
	bool rex = has_rex(b);
	unsigned long regs = 0;

	if (b->direct && (t->access & DIFFTEST_WRITE))
		regs |= bit_of(b->base, b->size, rex);
	if (t->digit < 0 && (both || !(t->access & DIFFTEST_WRITE)))
		regs |= bit_of(b->reg, b->size, rex);
	if (t->digit >= 0 && (t->family == DIFFTEST_mul || t->family == DIFFTEST_imul))
		regs |= BIT(RAX) | BIT(RDX);
	if (t->family == DIFFTEST_cmpxchg)
		regs |= BIT(RAX);
	return regs;
}

static bool may_write(struct tail *t, unsigned long regs)
{
	if (regs & t->kept)
		return false;
	t->known &= ~regs;
	return true;
}

/* A register that may be written to. */
static unsigned int random_reg(struct tail *t)
{
	unsigned int nr;

	do {
		nr = difftest_random(t->gen, NR_GPR);
	} while (t->kept & BIT(nr));
	return nr;
}

/* Return: whether there is one. */
static bool put_rex(struct tail *t, unsigned int size, unsigned int reg, unsigned int rm)
{
	u8 rex = (size == 8) << 3 | (reg >> 3) << 2 | rm >> 3;
	bool any = rex || (MACHINE_WORD == 8 && difftest_one_in(t->gen, 4));

	if (size == 2)
		difftest_put(t->c, 0x66, 1);
	if (any)
		difftest_put(t->c, 0x40 | rex, 1);
	return any;
}

/*
 * All but CF is undefined after a test of a bit, or nearly so: an emulator may
 * make it depend on what came before. adc and sbb look at nothing but CF.
 */
static void define_flags(struct tail *t)
{
	unsigned int nr = random_reg(t);

	may_write(t, BIT(nr));
	put_rex(t, 4, nr, nr);
	difftest_put(t->c, difftest_one_in(t->gen, 2) ? 0x11 : 0x19, 1);
	difftest_put(t->c, 0xc0 | (nr & 7) << 3 | (nr & 7), 1);
}

/* Before it accesses memory. */
static bool looks_at_flags(enum difftest_family family)
{
	return family == DIFFTEST_rcl || family == DIFFTEST_rcr || family == DIFFTEST_setcc;
}

/*
 * QEMU's TCG calculates flags when they are needed, and forgets how when the
 * instruction that needs them faults. It has none to calculate after a rotation.
 */
static void spread_flags(struct tail *t, const struct builder *b)
{
	unsigned int nr;

	do {
		nr = random_reg(t);
	} while (nr == b->base || nr == b->index);
	may_write(t, BIT(nr));
	put_rex(t, 4, 0, nr);
	difftest_put(t->c, 0xd1, 1);		/* rcl $1 */
	difftest_put(t->c, 0xc0 | 2 << 3 | (nr & 7), 1);
}

static bool emit(struct tail *t, struct builder *b)
{
	if (!may_write(t, written(b)))
		return false;
	if (!b->direct && looks_at_flags(b->t->family))
		spread_flags(t, b);
	difftest_put_insn(b);
	if (b->t->family == DIFFTEST_bit_imm || b->t->family == DIFFTEST_bit_reg)
		define_flags(t);
	return true;
}

static bool usable(const struct difftest_template *t, bool direct)
{
	if (!difftest_cpu_has(t->family))
		return false;
	switch (t->family) {
	case DIFFTEST_div:
	case DIFFTEST_idiv:
	case DIFFTEST_cmpxchg_wide:
	case DIFFTEST_push:
	case DIFFTEST_pop:
	case DIFFTEST_call:
	case DIFFTEST_jmp:
		return false;
	case DIFFTEST_movnti:
	case DIFFTEST_movbe:
		return !direct;
	case DIFFTEST_bit_reg:
		return direct;
	default:
		return true;
	}
}

static void choose(struct tail *t, struct builder *b, bool direct)
{
	bool by_cl;

	*b = (struct builder) {
		.gen = t->gen, .c = t->c, .direct = direct, .index = NONE,
	};
	do {
		do {
			b->t = &difftest_templates[difftest_random(t->gen, difftest_nr_templates)];
		} while (!usable(b->t, direct));
		difftest_choose_form(b);
		by_cl = b->t->special == DIFFTEST_SHIFT_DOUBLE && !(b->t->flags & DIFFTEST_IMM8);
	} while (by_cl && b->size == 2);
	b->lock &= !direct;
}

/* Some address, which nothing looks at. */
static void choose_address(struct tail *t, struct builder *b)
{
	b->base = difftest_random(t->gen, NR_GPR + 1) - 1;
	b->index = difftest_random(t->gen, NR_GPR + 1) - 1;
	if (b->index == RSP)
		b->index = NONE;
	b->shift = difftest_random(t->gen, 4);
	b->disp = difftest_random_value(t->gen);
	b->disp_size = difftest_one_in(t->gen, 2) ? 4 : 1;
	if (b->base == NONE)
		b->disp_size = 4;
	else if ((b->base & 7) != RBP && difftest_one_in(t->gen, 3))
		b->disp_size = 0;
}

/* Choose registers of known value such that the operand lies at @addr. */
static bool aim(struct tail *t, struct builder *b, unsigned long addr)
{
	struct difftest_gen *gen = t->gen;
	unsigned int i;
	long disp;

	for (i = 0; i < TRIES; i++) {
		b->base = difftest_random(gen, NR_GPR);
		b->index = difftest_one_in(gen, 3) ? difftest_random(gen, NR_GPR) : NONE;
		if (!(t->known & BIT(b->base)) || b->index == RSP ||
		    (b->index != NONE && !(t->known & BIT(b->index))))
			continue;
		b->shift = difftest_random(gen, 4);
		disp = addr - t->value[b->base];
		if (b->index != NONE)
			disp -= t->value[b->index] << b->shift;
		if (disp != (s32)disp)
			continue;
		b->disp = disp;
		b->disp_size = disp != (s8)disp || difftest_one_in(gen, 4) ? 4 : 1;
		if (!disp && (b->base & 7) != RBP)
			b->disp_size = 0;
		return true;
	}
	return false;
}

/* What is near to zero or to the kernel has more ways to be named. */
static bool aim_at_symbol(struct tail *t, struct builder *b, unsigned long addr)
{
	bool by_imm = b->t->special == DIFFTEST_SHIFT_DOUBLE && (b->t->flags & DIFFTEST_IMM8);

	/* QEMU's TCG does not count the immediate of shld and shrd as part of them. */
	switch (difftest_random(t->gen, 3) ?: by_imm) {
	case 0:
		b->rip_relative = true;
		b->base = NONE;
		b->address = addr;
		return true;
	case 1:
		b->base = NONE;
		b->disp = addr;
		b->disp_size = 4;
		return true;
	default:
		return aim(t, b, addr);
	}
}

static bool step_reg(struct tail *t)
{
	struct builder b;

	choose(t, &b, true);
	b.base = difftest_random(t->gen, NR_GPR);
	return emit(t, &b);
}

static bool step_accumulator(struct tail *t)
{
	unsigned int size = 1 << difftest_random(t->gen, NR_SIZES);
	unsigned int nr = difftest_random(t->gen, 9);
	u8 opcode = nr == 8 ? 0xa8 : 8 * nr + 4;

	if (nr < 7 && !may_write(t, BIT(RAX)))
		return false;
	put_rex(t, size, 0, 0);
	difftest_put(t->c, opcode | (size > 1), 1);
	difftest_put(t->c, difftest_random_value(t->gen), min(size, 4U));
	return true;
}

static bool step_mov_imm(struct tail *t)
{
	unsigned int size = 1 << difftest_random(t->gen, NR_SIZES);
	unsigned int nr = difftest_random(t->gen, NR_GPR);
	u64 value = difftest_random_value(t->gen);
	unsigned int len = t->c->len;

	if (!may_write(t, bit_of(nr, size, put_rex(t, size, 0, nr)))) {
		t->c->len = len;
		return false;
	}
	difftest_put(t->c, (size == 1 ? 0xb0 : 0xb8) | (nr & 7), 1);
	difftest_put(t->c, value, size);
	if (size >= 4 && !t->nr_jumps) {
		t->known |= BIT(nr);
		t->value[nr] = size == 4 ? (u32)value : value;
	}
	return true;
}

static bool step_xchg_accumulator(struct tail *t)
{
	unsigned int nr = difftest_random(t->gen, NR_GPR);

	if (nr == RAX || !may_write(t, BIT(nr) | BIT(RAX)))
		return false;
	put_rex(t, 2 << difftest_random(t->gen, NR_SIZES - 1), 0, nr);
	difftest_put(t->c, 0x90 | (nr & 7), 1);
	return true;
}

/* Some that an engine need not know, so that it stops here. */
static bool step_odd(struct tail *t)
{
	static const u8 flag_ops[] = { 0xf5, 0xf8, 0xf9 };	/* cmc clc stc */
	unsigned int size = 2 << difftest_random(t->gen, NR_SIZES - 1);
	unsigned int nr = random_reg(t);

	switch (difftest_random(t->gen, 3)) {
	case 0:
		difftest_put(t->c, flag_ops[difftest_random(t->gen, 3)], 1);
		return true;
	case 1:				/* cbw and cwd, and what they are for 4 and 8 */
		if (!may_write(t, BIT(RAX) | BIT(RDX)))
			return false;
		put_rex(t, size, 0, 0);
		difftest_put(t->c, 0x98 + difftest_random(t->gen, 2), 1);
		return true;
	default:			/* bswap; it is undefined for 2 */
		may_write(t, BIT(nr));
		put_rex(t, max(size, 4U), 0, nr);
		difftest_put(t->c, 0x0f, 1);
		difftest_put(t->c, 0xc8 | (nr & 7), 1);
		return true;
	}
}

static bool step_lea(struct tail *t)
{
	struct builder b = { .gen = t->gen, .c = t->c, .t = &lea };

	difftest_choose_form(&b);
	choose_address(t, &b);
	if (difftest_one_in(t->gen, 8)) {
		b.rip_relative = true;
		b.base = NONE;
		b.index = NONE;
		b.address = t->c->ip + (s16)difftest_random_value(t->gen);
	}
	return emit(t, &b);
}

static bool step_nop(struct tail *t)
{
	struct builder b = { .gen = t->gen, .c = t->c, .t = &nop };

	switch (difftest_random(t->gen, 4)) {
	case 0:
		difftest_put(t->c, 0x90, 1);
		return true;
	case 1:
		difftest_put(t->c, 0x9066, 2);
		return true;
	case 2:
		difftest_put(t->c, 0xfa1e0ff3, 4);			/* endbr64 */
		return true;
	default:
		difftest_choose_form(&b);
		choose_address(t, &b);
		return emit(t, &b);
	}
}

static bool step_jump(struct tail *t)
{
	bool near = difftest_one_in(t->gen, 2), always = difftest_one_in(t->gen, 4);
	struct jump *jump = &t->jumps[t->nr_jumps];

	if (t->nr_jumps == MAX_JUMPS)
		return false;
	if (always)
		difftest_put(t->c, near ? 0xe9 : 0xeb, 1);
	else if (near)
		difftest_put(t->c, 0x800f + (difftest_random(t->gen, 16) << 8), 2);
	else
		difftest_put(t->c, 0x70 + difftest_random(t->gen, 16), 1);
	jump->size = near ? 4 : 1;
	difftest_put(t->c, 0, jump->size);
	jump->end = t->c->len;
	/* This step is counted, too. */
	jump->left = 1 + difftest_random(t->gen, 3);
	t->nr_jumps++;
	return true;
}

/* Let those jumps arrive that have been over enough, or all. */
static void arrive(struct tail *t, bool all)
{
	unsigned int i, n = 0;

	for (i = 0; i < t->nr_jumps; i++) {
		struct jump jump = t->jumps[i];

		if (--jump.left && !all)
			t->jumps[n++] = jump;
		else
			t->c->code[jump.end - jump.size] = t->c->len - jump.end;
	}
	t->nr_jumps = n;
}

/* Where the tail may look at tracked memory and write to it. */
static unsigned long window_place(struct tail *t, unsigned int size)
{
	const struct difftest_operand *op = &t->c->op[0];
	unsigned int room = op->size + 2 * DIFFTEST_MARGIN - DIFFTEST_FRESH - size;

	return op->addr - DIFFTEST_MARGIN + difftest_random(t->gen, room + 1);
}

static bool step_tracked(struct tail *t)
{
	struct builder b;
	unsigned long addr;

	choose(t, &b, false);
	addr = window_place(t, b.mem);
	return !difftest_splits_lock(&b, addr) && aim(t, &b, addr) && emit(t, &b);
}

/*
 * Bytes that are not initialised: once they are written to, or else they are
 * read, where a report is wanted.
 */
static bool step_fresh(struct tail *t)
{
	const struct difftest_operand *op = &t->c->op[0];
	struct difftest_operand *fresh = &t->c->fresh;
	struct builder b;

	if (fresh->size || t->nr_jumps)
		return false;
	choose(t, &b, false);
	if (b.mem > DIFFTEST_FRESH || (b.t->flags & DIFFTEST_BITS) ||
	    !(b.t->access & DIFFTEST_READ) == t->gen->want_report)
		return false;
	fresh->addr = op->addr + op->size + DIFFTEST_MARGIN - DIFFTEST_FRESH +
		      difftest_random(t->gen, DIFFTEST_FRESH - b.mem + 1);
	if (difftest_splits_lock(&b, fresh->addr) || !aim(t, &b, fresh->addr) || !emit(t, &b))
		return false;
	fresh->size = b.mem;
	fresh->access = b.t->access;
	return true;
}

static bool step_stack(struct tail *t)
{
	struct builder b;
	unsigned int from;

	choose(t, &b, false);
	from = MACHINE_WORD * (b.t->access & DIFFTEST_WRITE ? POPPED : t->popped);
	from += difftest_random(t->gen, STACK_BYTES - b.mem - from + 1);
	from = difftest_one_in(t->gen, 2) ? from : ALIGN_DOWN(from, MACHINE_WORD);
	if (from < MACHINE_WORD * t->popped || difftest_splits_lock(&b, t->c->in.gpr[RSP] + from))
		return false;
	return aim(t, &b, t->c->in.gpr[RSP] + from) && emit(t, &b);
}

/* The first and the last word are there to notice when they change. */
static unsigned int random_offset(struct tail *t, const struct builder *b)
{
	return 8 + difftest_random(t->gen, 8 * (DIFFTEST_WORDS - 2) - b->mem + 1);
}

static bool step_fixed(struct tail *t)
{
	struct builder b;
	unsigned long addr;

	choose(t, &b, false);
	addr = (unsigned long)difftest_fixed + random_offset(t, &b);
	return !difftest_splits_lock(&b, addr) && aim_at_symbol(t, &b, addr) && emit(t, &b);
}

static bool step_percpu(struct tail *t)
{
	struct builder b;
	unsigned long addr;

	choose(t, &b, false);
	addr = (__force unsigned long)&difftest_percpu + random_offset(t, &b);
	/* What the segment adds is aligned. */
	if (difftest_splits_lock(&b, addr))
		return false;
	b.gs = IS_ENABLED(CONFIG_SMP);
	return aim_at_symbol(t, &b, addr) && emit(t, &b);
}

/* Calculate the address of an operand, or move one. */
static bool step_pointer(struct tail *t)
{
	struct builder b = { .gen = t->gen, .c = t->c, .t = &lea, .size = MACHINE_WORD };
	unsigned long addr = window_place(t, 8);

	b.reg = random_reg(t);
	if (!aim(t, &b, addr))
		return false;
	if (b.index == NONE && difftest_one_in(t->gen, 2)) {
		addr = t->value[b.base];
		put_rex(t, MACHINE_WORD, b.base, b.reg);
		difftest_put(t->c, 0x89, 1);
		difftest_put(t->c, 0xc0 | (b.base & 7) << 3 | (b.reg & 7), 1);
		t->known &= ~BIT(b.reg);
	} else if (!emit(t, &b)) {
		return false;
	}
	if (!t->nr_jumps) {
		t->known |= BIT(b.reg);
		t->value[b.reg] = addr;
	}
	return true;
}

static void pop_words(struct tail *t, unsigned int n)
{
	t->popped += n;
	t->value[RSP] += MACHINE_WORD * n;
}

static bool step_pop(struct tail *t)
{
	unsigned int nr = random_reg(t);

	if (t->popped == POPPED || t->nr_jumps)
		return false;
	pop_words(t, 1);
	may_write(t, BIT(nr));
	if (difftest_one_in(t->gen, 4)) {
		put_rex(t, MACHINE_WORD, 0, RSP);	/* add $8, %rsp, or $4 */
		difftest_put(t->c, 0xc483 | MACHINE_WORD << 16, 3);
		return true;
	}
	put_rex(t, 4, 0, nr);
	difftest_put(t->c, 0x58 | (nr & 7), 1);
	return true;
}

/* To what comes after it, which nothing but the word on the stack knows. */
static bool step_ret(struct tail *t)
{
	if (t->popped == POPPED || t->nr_jumps)
		return false;
	difftest_put(t->c, 0xc3, 1);
	difftest_put(t->c, 0xcccccc, difftest_random(t->gen, 4));
	t->c->words.stack[1 + t->popped] = t->c->ip + t->c->len;
	pop_words(t, 1);
	return true;
}

/* In which families there are how many of a step, compared to others. */
enum { BEHIND_OTHERS, REG, JUMP, TRACKED, STACK, STATIC, MIXED, NR_TAILS };

static const struct {
	bool (*step)(struct tail *t);
	u8 share[NR_TAILS];
} steps[] = {
	{ step_reg,		{ 12, 12, 8, 8, 8, 8, 8 } },
	{ step_accumulator,	{ 2, 2, 1, 1, 1, 1, 1 } },
	{ step_mov_imm,		{ 2, 2, 1, 1, 1, 1, 1 } },
	{ step_xchg_accumulator, { 1, 1, 1, 0, 0, 0, 0 } },
	{ step_lea,		{ 2, 2, 1, 1, 1, 1, 1 } },
	{ step_nop,		{ 1, 1, 1, 1, 1, 1, 1 } },
	{ step_odd,		{ 1, 1, 0, 0, 0, 0, 1 } },
	{ step_jump,		{ 3, 0, 8, 1, 1, 1, 3 } },
	{ step_tracked,		{ 0, 0, 0, 8, 0, 0, 4 } },
	{ step_fresh,		{ 0, 0, 0, 2, 0, 0, 1 } },
	{ step_pointer,		{ 0, 0, 0, 4, 0, 0, 1 } },
	{ step_stack,		{ 0, 0, 0, 0, 8, 0, 3 } },
	{ step_pop,		{ 0, 0, 0, 0, 2, 0, 1 } },
	{ step_ret,		{ 0, 0, 0, 0, 2, 0, 1 } },
	{ step_fixed,		{ 0, 0, 0, 0, 0, 8, 3 } },
	{ step_percpu,		{ 0, 0, 0, 0, 0, 8, 3 } },
};

static unsigned int kind_of(enum difftest_family family)
{
	return difftest_is_tail(family) ? REG + family - DIFFTEST_tail_reg : BEHIND_OTHERS;
}

static void one_step(struct tail *t)
{
	unsigned int kind = kind_of(t->c->family), i, sum = 0, nr;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		sum += steps[i].share[kind];
	do {
		nr = difftest_random(t->gen, sum);
		for (i = 0; nr >= steps[i].share[kind]; i++)
			nr -= steps[i].share[kind];
	} while (!steps[i].step(t));
}

/* Make a register that the instance does not use point near to @addr. */
static void point_at(struct tail *t, unsigned long addr)
{
	unsigned int nr;

	do {
		nr = difftest_random(t->gen, NR_GPR);
	} while ((t->kept | t->c->used) & BIT(nr));
	t->c->in.gpr[nr] = addr + (s8)difftest_random_value(t->gen);
	t->kept |= BIT(nr);
}

/* What is known after a mov. */
static void prepare(struct tail *t)
{
	struct difftest_case *c = t->c;
	unsigned long pointer;

	point_at(t, c->op[0].addr);
	point_at(t, (unsigned long)difftest_fixed);
	if (difftest_one_in(t->gen, 2))
		point_at(t, c->in.gpr[RSP]);
	memcpy(t->value, c->in.gpr, sizeof(t->value));
	t->known = ~(c->op[0].access & DIFFTEST_READ ? c->loaded : 0);
	c->window = true;
	if (c->mode == DIFFTEST_PARTLY)
		c->mode = DIFFTEST_INITIALIZED;

	/* Follow a pointer. */
	if (!(c->op[0].access & DIFFTEST_READ) || c->op[0].size < MACHINE_WORD ||
	    (c->loaded & t->kept) || difftest_one_in(t->gen, 4))
		return;
	pointer = window_place(t, 8);
	memcpy(c->value, &pointer, sizeof(pointer));
	c->has_value = true;
	t->value[__ffs(c->loaded)] = pointer;
	t->known |= c->loaded;
}

/**
 * difftest_generate_tail() - append instructions to an instance
 * @gen: where to draw from
 * @c: the instance, complete but for this
 */
void difftest_generate_tail(struct difftest_gen *gen, struct difftest_case *c)
{
	struct tail t = { .gen = gen, .c = c, .kept = BIT(RSP) };
	unsigned int n;

	c->tail = c->len;
	if (difftest_is_tail(c->family)) {
		prepare(&t);
		n = 4 + difftest_random(gen, 13);
	} else {
		/* It tells how far a repetition came. */
		t.kept |= BIT(RCX);
		n = difftest_one_in(gen, 2) ? 0 : 1 + difftest_random(gen, 8);
	}
	/* A step is two instructions at most. */
	while (n-- && c->len + 2 * DIFFTEST_MAX_INSN <= DIFFTEST_MAX_CODE) {
		one_step(&t);
		arrive(&t, false);
	}
	arrive(&t, true);
}
