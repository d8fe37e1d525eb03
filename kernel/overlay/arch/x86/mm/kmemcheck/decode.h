/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what one x86 instruction does to memory.
 */
#ifndef _X86_KMEMCHECK_DECODE_H
#define _X86_KMEMCHECK_DECODE_H

#include <linux/types.h>

struct pt_regs;

#define OPERAND_READ	1
#define OPERAND_WRITE	2

struct kmemcheck_operand {
	unsigned long addr;
	unsigned int size;
	unsigned int access;		/* OPERAND_READ | OPERAND_WRITE */
};

/*
 * One execution, or one iteration of a REP instruction. @copy: the first
 * operand is moved to the second without being looked at.
 */
struct kmemcheck_insn {
	unsigned int nr;
	bool copy;
	struct kmemcheck_operand operands[2];
};

/* Return: false when the instruction is not known; nothing is to be concluded. */
bool kmemcheck_decode(const struct pt_regs *regs, struct kmemcheck_insn *out);

#endif /* _X86_KMEMCHECK_DECODE_H */
