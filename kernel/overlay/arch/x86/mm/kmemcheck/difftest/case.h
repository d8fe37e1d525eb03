/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: an instance.
 *
 * It is one machine instruction with the registers and the memory that it starts
 * from, and perhaps a tail: more instructions that come after it. It is executed on
 * the page while that is shown, and again on the hidden page; both must end the same.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_CASE_H
#define _X86_KMEMCHECK_DIFFTEST_CASE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "../insn/machine.h"

#define FAMILY(name)	DIFFTEST_##name
enum difftest_family {
#include "families.h"
	DIFFTEST_NR_FAMILIES
};
#undef FAMILY

/* In the order of their numbers in an instruction. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, NR_GPR = MACHINE_WORD == 8 ? 16 : 8 };

/* Sizes of operands: 1, 2, 4, and 8 where there is REX. */
#define NR_SIZES	(MACHINE_WORD == 8 ? 4 : 3)

/* call.S knows this layout. */
struct difftest_regs {
	unsigned long gpr[NR_GPR];
	unsigned long flags;
};

#define DIFFTEST_READ	1
#define DIFFTEST_WRITE	2

/* The shadow of an operand before the instruction. */
enum difftest_mode {
	DIFFTEST_INITIALIZED,
	DIFFTEST_ANYTHING,		/* written without being looked at, or copied */
	DIFFTEST_PARTLY,		/* some of the bytes that are read; no report */
	DIFFTEST_UNINITIALIZED,	/* read: must be reported */
};

struct difftest_operand {
	unsigned long addr;
	unsigned int size;
	unsigned int access;
};

/* What tails work on beside the areas. */
#define DIFFTEST_WORDS	8

struct difftest_words {
	unsigned long stack[DIFFTEST_WORDS];	/* from one below RSP, what an instance pushes */
	u64 fixed[DIFFTEST_WORDS];
	u64 percpu[DIFFTEST_WORDS];
};

struct difftest_string {
	unsigned int size;	/* of an element, 0: no string instruction */
	unsigned int count;	/* elements that are in reach */
	bool rep;
	bool equal;		/* all elements compare equal, but for one: */
	int odd;		/* the element that compares otherwise, or -1 */
	int uninitialized;		/* the only one that is uninitialised, -1: all are */
};

/* What copy.c makes. */
struct difftest_copy {
	u8 load;		/* which one */
	u8 nr;			/* of changes of the register */
	u8 how[4];
	s32 imm[4];
	u8 at;			/* offset of the store in the destination */
	u8 size;		/* of the store */
};

#define DIFFTEST_MAX_INSN	15
#define DIFFTEST_MAX_CODE	160

struct difftest_case {
	enum difftest_family family;
	u8 code[DIFFTEST_MAX_CODE];
	unsigned int len;
	unsigned int tail;	/* offset of what follows the instruction */
	unsigned long ip;
	unsigned int landing;	/* where it must go on, one of DIFFTEST_LAND_* */
	struct difftest_regs in;
	unsigned int nr;
	struct difftest_operand op[2];
	u8 value[16];		/* of the first operand */
	bool has_value;
	enum difftest_mode mode;
	unsigned long untracked;	/* a page of the operand that is shown, or 0 */
	struct difftest_string string;
	struct difftest_copy copy;

	/* For the tail. */
	unsigned long used;	/* registers of the instruction */
	unsigned long loaded;	/* those of a mov from memory */
	bool window;		/* it works on the neighbours of the operand */
	struct difftest_operand fresh;	/* the uninitialised bytes among them, size may be 0 */
	struct difftest_words words;
};

/* Neighbours that are watched, on both sides of an operand. */
#define DIFFTEST_MARGIN	24UL
/* Uninitialised ones at the end of a window. */
#define DIFFTEST_FRESH	8

/* An instance has its own slot of executable memory, with two ends in it. */
#define DIFFTEST_SLOT	384UL
#define DIFFTEST_BRANCH_AT	(DIFFTEST_MAX_CODE + 16)
enum { DIFFTEST_LAND_NEXT = 1, DIFFTEST_LAND_BRANCH = 2 };

static inline bool difftest_is_tail(enum difftest_family family)
{
	return family >= DIFFTEST_tail_reg;
}

#endif /* _X86_KMEMCHECK_DIFFTEST_CASE_H */
