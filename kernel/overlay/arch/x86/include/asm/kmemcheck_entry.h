/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what the entry code of the page fault does for it, in assembly.
 */
#ifndef _ASM_X86_KMEMCHECK_ENTRY_H
#define _ASM_X86_KMEMCHECK_ENTRY_H

#include <asm/unwind_hints.h>

/* Enough for a few nested calls with what they save and their variables. */
#define KMEMCHECK_GAP		512

/*
 * An instruction that pushes is performed by the handler of its fault, whose own
 * frame would be in the way. So leave a gap above it, as for INT3. The frame with
 * its error code has 6 words. This is done whether kmemcheck is on or not: from
 * user mode, the page tables may still be those that do not map our variables.
 */
.macro KMEMCHECK_MAKE_GAP
#ifdef CONFIG_KMEMCHECK
	testb	$3, 2*8(%rsp)		/* CS */
	jnz	.Lkmemcheck_no_gap_\@
	subq	$(KMEMCHECK_GAP - 6*8), %rsp
	.rept	6
	pushq	(KMEMCHECK_GAP - 6*8 + 5*8)(%rsp)
	.endr
	UNWIND_HINT_IRET_REGS offset=8
.Lkmemcheck_no_gap_\@:
#endif
.endm

#endif /* _ASM_X86_KMEMCHECK_ENTRY_H */
