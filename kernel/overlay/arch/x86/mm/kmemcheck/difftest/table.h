/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the instructions of the differential test.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_TABLE_H
#define _X86_KMEMCHECK_DIFFTEST_TABLE_H

#include "case.h"

/* What is peculiar to an instruction, beside its encoding and its access. */
enum diff_special {
	DIFF_PLAIN,
	DIFF_SHIFT_DOUBLE,	/* the result of a count above 16 is undefined */
	DIFF_DIVIDE,		/* must not overflow */
	DIFF_DIVIDE_SIGNED,
	DIFF_CMPXCHG,		/* writes when memory equals the accumulator */
	DIFF_CMPXCHG_WIDE,
	DIFF_BIT_STRING,	/* the register moves the operand */
	DIFF_BRANCH,		/* memory is an address of code */
	DIFF_POP,		/* RSP as base has its value afterwards */
};

/* Flags of a template. */
#define DIFF_SIZED	BIT(0)	/* the opcode is odd unless for bytes */
#define DIFF_LOCK	BIT(1)	/* may be locked */
#define DIFF_IMM8	BIT(2)
#define DIFF_IMM	BIT(3)	/* of the size of the operand, 4 at most */
#define DIFF_CC		BIT(4)	/* the opcode holds one of 16 conditions */
#define DIFF_ALWAYS_64	BIT(5)	/* without REX.W, too */
#define DIFF_BITS	BIT(6)	/* CONFIG_KMEMCHECK_BITOPS_OK: only a write */

/* One form of an instruction with a ModRM memory operand. */
struct diff_template {
	u8 family;
	u8 map;			/* 0: one byte, 1: 0f, 2: 0f 38 */
	u8 opcode;
	s8 digit;		/* in the place of the register, or -1 */
	u8 prefix;		/* f2, f3 or 0: part of the opcode */
	u8 sizes;		/* mask of 1, 2, 4, 8: of the operation */
	u8 mem;			/* bytes of memory, 0 if as many */
	u8 access;
	u8 flags;
	u8 special;
};

extern const struct diff_template diff_templates[];
extern const unsigned int diff_nr_templates;

bool diff_cpu_has(enum diff_family family);

#endif /* _X86_KMEMCHECK_DIFFTEST_TABLE_H */
