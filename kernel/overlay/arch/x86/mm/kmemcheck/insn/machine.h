/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what x86 of 64 and of 32 bits differ in: registers, words, segments, and what a
 * call may change.
 */
#ifndef _X86_KMEMCHECK_MACHINE_H
#define _X86_KMEMCHECK_MACHINE_H

#ifdef CONFIG_X86_64

#define MACHINE_INSN_MODE	INSN_MODE_64
/* Of what push, pop, call and ret move, in bytes. */
#define MACHINE_WORD		8

/* What has 8 bytes in a register, and so is none of a machine of 32 bits. */
#define IF_64BIT(statement)	statement

/* Which segment is that of this CPU, and which one is not used for anything known. */
#define PREFIX_PERCPU		0x65	/* %gs */
#define PREFIX_OTHER_SEGMENT	0x64	/* %fs */

/* Where struct pt_regs has the registers, in words, by their number in opcodes. */
#define MACHINE_SLOTS		{ 10, 11, 12, 5, 19, 4, 13, 14, 9, 8, 7, 6, 3, 2, 1, 0 }
#define SLOT_AX			10
#define SLOT_CX			11
#define SLOT_DX			12
#define SLOT_IP			16
#define SLOT_SP			19

/* What a function keeps, and what it does not return anything in. */
#define MACHINE_KEPT		{ 5, 4, 3, 2, 1, 0 }		/* bx bp r12 to r15 */
#define MACHINE_CLOBBERED	{ 11, 13, 14, 9, 8, 7, 6 }	/* cx si di r8 to r11 */

/* Arguments: members of struct pt_regs. */
#define MACHINE_ARG_0		di
#define MACHINE_ARG_1		si
#define MACHINE_ARG_2		dx

#else /* !CONFIG_X86_64 */

#define MACHINE_INSN_MODE	INSN_MODE_32
#define MACHINE_WORD		4

#define IF_64BIT(statement)	break

#define PREFIX_PERCPU		0x64	/* %fs */
#define PREFIX_OTHER_SEGMENT	0x65	/* %gs */

/* The last eight do not exist. */
#define MACHINE_SLOTS		{ 6, 1, 2, 0, 15, 5, 3, 4 }
#define SLOT_AX			6
#define SLOT_CX			1
#define SLOT_DX			2
#define SLOT_IP			12
#define SLOT_SP			15

#define MACHINE_KEPT		{ 0, 3, 4, 5 }			/* bx si di bp */
#define MACHINE_CLOBBERED	{ 1 }				/* cx */

/* -mregparm=3 */
#define MACHINE_ARG_0		ax
#define MACHINE_ARG_1		dx
#define MACHINE_ARG_2		cx

#endif

#define SLOT_NONE		0xff

#endif /* _X86_KMEMCHECK_MACHINE_H */
