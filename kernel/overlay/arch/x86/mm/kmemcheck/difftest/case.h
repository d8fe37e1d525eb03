/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: an instance of the differential test.
 *
 * It is one machine instruction with the registers and the memory that it starts
 * from, and perhaps a tail: more instructions that come after it. It is executed on
 * the page while that is shown, and again on the hidden page; both must end the same.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_CASE_H
#define _X86_KMEMCHECK_DIFFTEST_CASE_H

#include <linux/bits.h>
#include <linux/types.h>

#define FAMILY(name)	DIFF_##name
enum diff_family {
#include "families.h"
	DIFF_NR_FAMILIES
};
#undef FAMILY

/* In the order of their numbers in an instruction. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, NR_GPR = 16 };

/* call.S knows this layout. */
struct diff_regs {
	u64 gpr[NR_GPR];
	u64 flags;
};

#define DIFF_READ	1
#define DIFF_WRITE	2

/* The shadow of an operand before the instruction. */
enum diff_mode {
	DIFF_INITIALIZED,
	DIFF_ANYTHING,		/* written without being looked at, or copied */
	DIFF_PARTLY,		/* some of the bytes that are read; no report */
	DIFF_UNINITIALIZED,	/* read: must be reported */
};

struct diff_operand {
	unsigned long addr;
	unsigned int size;
	unsigned int access;
};

/* What tails work on beside the areas. */
#define DIFF_WORDS	8

struct diff_words {
	u64 stack[DIFF_WORDS];	/* from one below RSP, what an instance pushes */
	u64 fixed[DIFF_WORDS];
	u64 percpu[DIFF_WORDS];
};

struct diff_string {
	unsigned int size;	/* of an element, 0: no string instruction */
	unsigned int count;	/* elements that are in reach */
	bool rep;
	bool equal;		/* all elements compare equal, but for one: */
	int odd;		/* the element that compares otherwise, or -1 */
	int bad;		/* the only one that is uninitialised, -1: all are */
};

#define DIFF_MAX_INSN	15
#define DIFF_MAX_CODE	160

struct diff_case {
	enum diff_family family;
	u8 code[DIFF_MAX_CODE];
	unsigned int len;
	unsigned int tail;	/* offset of what follows the instruction */
	unsigned long ip;
	unsigned int landing;	/* where it must go on, one of DIFF_LAND_* */
	struct diff_regs in;
	unsigned int nr;
	struct diff_operand op[2];
	u8 value[16];		/* of the first operand */
	bool has_value;
	enum diff_mode mode;
	unsigned long given_up;	/* a page of the operand that is shown, or 0 */
	struct diff_string string;

	/* For the tail. */
	unsigned long used;	/* registers of the instruction */
	unsigned long loaded;	/* those of a mov from memory */
	bool window;		/* it works on the neighbours of the operand */
	struct diff_operand fresh;	/* the uninitialised bytes among them, size may be 0 */
	struct diff_words words;
};

/* Neighbours that are watched, on both sides of an operand. */
#define DIFF_MARGIN	24UL
/* Uninitialised ones at the end of a window. */
#define DIFF_FRESH	8

/* An instance has its own slot of executable memory, with two ends in it. */
#define DIFF_SLOT	384UL
#define DIFF_BRANCH_AT	(DIFF_MAX_CODE + 16)
enum { DIFF_LAND_NEXT = 1, DIFF_LAND_BRANCH = 2 };

static inline bool diff_is_tail(enum diff_family family)
{
	return family >= DIFF_tail_reg;
}

#endif /* _X86_KMEMCHECK_DIFFTEST_CASE_H */
