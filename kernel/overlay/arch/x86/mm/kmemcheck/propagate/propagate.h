/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what becomes of a value that nobody wrote.
 */
#ifndef _X86_KMEMCHECK_FOLLOW_H
#define _X86_KMEMCHECK_FOLLOW_H

#include <linux/kmemcheck_engine.h>

#include "../insn/emulate.h"
#include "../insn/operand.h"

/* Stores that have not been performed, in words of 8 bytes. */
struct kmemcheck_word {
	unsigned long addr;		/* a multiple of 8 */
	unsigned long ip;		/* of the last store */
	u64 value;
	u64 bad;
	u8 bytes;			/* a bit for each that was stored */
	bool returns;			/* a call has put it there */
};

#define KMEMCHECK_NR_WORDS	64

/*
 * What a register is, as far as it matters: (x - 1) & ~x, which finds the end of a
 * string in a word, does not depend on the bits above the lowest one that is set.
 */
enum kmemcheck_shape {
	SHAPE_PLAIN,			/* x */
	SHAPE_NOT,			/* ~x */
	SHAPE_MINUS_ONE,		/* x - 1 */
};

struct kmemcheck_name {
	u16 x;
	u16 shape;
};

/**
 * struct kmemcheck_follow - the interrupted code, some instructions later
 * @regs: registers as they will be
 * @ip: of the instruction that is being followed
 * @bad: a set bit for each bit of @regs that nobody wrote; its flags and ip are
 *	of no meaning
 * @flags: the same for the flags
 * @names: of the registers
 * @last_name: that was given
 * @real: registers of the interrupted code, on its stack
 * @nr: words that were stored
 * @words: they
 */
struct kmemcheck_follow {
	struct pt_regs regs;
	unsigned long ip;
	struct pt_regs bad;
	unsigned long flags;
	struct kmemcheck_name names[SLOT_SP + 1];
	u16 last_name;
	const struct pt_regs *real;
	unsigned int nr;
	struct kmemcheck_word words[KMEMCHECK_NR_WORDS];
};

/* What is known after an instruction. */
enum kmemcheck_fate {
	FATE_OPEN,			/* go on */
	FATE_USED,			/* it decides something */
	FATE_UNKNOWN,			/* no idea, and no way to go on */
};

static inline u64 kmemcheck_size_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << 8 * size) - 1;
}

/* propagate.c */
extern bool kmemcheck_follow;
bool kmemcheck_arch_is_used(const struct pt_regs *regs, unsigned long addr, size_t size);

/* bits.c */
bool kmemcheck_is_open(const struct kmemcheck_follow *f, unsigned int condition);
enum kmemcheck_fate kmemcheck_spread(struct kmemcheck_follow *f,
				     const struct kmemcheck_decoded *d, u64 value, u64 *bad);

/* copies.c */
void kmemcheck_expect_copies(const struct kmemcheck_follow *f);

/* memory.c */
bool kmemcheck_follow_load(struct kmemcheck_follow *f, unsigned long addr,
			   unsigned int size, u64 *value, u64 *bad);
bool kmemcheck_follow_store(struct kmemcheck_follow *f, unsigned long addr,
			    unsigned int size, u64 value, u64 bad);
bool kmemcheck_follow_push(struct kmemcheck_follow *f, u64 value, u64 bad);
bool kmemcheck_follow_pop(struct kmemcheck_follow *f, u64 *value, u64 *bad);
bool kmemcheck_follow_call(struct kmemcheck_follow *f, u64 next);
void kmemcheck_follow_return(struct kmemcheck_follow *f);
bool kmemcheck_stack_is_bad(const struct kmemcheck_follow *f);

/* names.c */
void kmemcheck_reset_names(struct kmemcheck_follow *f);
void kmemcheck_give_names(struct kmemcheck_follow *f, const struct kmemcheck_decoded *d);
bool kmemcheck_finds_lowest(const struct kmemcheck_follow *f,
			    const struct kmemcheck_decoded *d);

#endif /* _X86_KMEMCHECK_FOLLOW_H */
