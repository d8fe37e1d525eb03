/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: the instructions.
 */
#ifndef _X86_KMEMCHECK_DIFFTEST_TABLE_H
#define _X86_KMEMCHECK_DIFFTEST_TABLE_H

#include "case.h"

/* What is peculiar to an instruction, beside its encoding and its access. */
enum difftest_special {
	DIFFTEST_PLAIN,
	DIFFTEST_SHIFT_DOUBLE,	/* the result of a count above 16 is undefined */
	DIFFTEST_DIVIDE,		/* must not overflow */
	DIFFTEST_DIVIDE_SIGNED,
	DIFFTEST_CMPXCHG,		/* writes when memory equals the accumulator */
	DIFFTEST_CMPXCHG_WIDE,
	DIFFTEST_BIT_STRING,	/* the register moves the operand */
	DIFFTEST_BRANCH,		/* memory is an address of code */
	DIFFTEST_POP,		/* RSP as base has its value afterwards */
};

/* Flags of a template. */
#define DIFFTEST_SIZED	BIT(0)	/* the opcode is odd unless for bytes */
#define DIFFTEST_LOCK	BIT(1)	/* may be locked */
#define DIFFTEST_IMM8	BIT(2)
#define DIFFTEST_IMM	BIT(3)	/* of the size of the operand, 4 at most */
#define DIFFTEST_CC		BIT(4)	/* the opcode holds one of 16 conditions */
#define DIFFTEST_ALWAYS_64	BIT(5)	/* without REX.W, too */
#define DIFFTEST_BITS	BIT(6)	/* CONFIG_KMEMCHECK_BITOPS_OK: only a write */

/* One form of an instruction with a ModRM memory operand. */
struct difftest_template {
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

extern const struct difftest_template difftest_templates[];
extern const unsigned int difftest_nr_templates;

bool difftest_cpu_has(enum difftest_family family);

#endif /* _X86_KMEMCHECK_DIFFTEST_TABLE_H */
