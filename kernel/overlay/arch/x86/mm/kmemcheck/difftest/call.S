/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: run one instance.
 *
 * Every register, RSP too, belongs to the instance, so all is kept in static
 * memory: there is but one at a time, with interrupts off.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/nospec-branch.h>

#define FLAGS	(16 * 8)
#define WORDS	8

.macro for_each_gpr do:req
	\do	%rax, 0
	\do	%rcx, 1
	\do	%rdx, 2
	\do	%rbx, 3
	\do	%rsp, 4
	\do	%rbp, 5
	\do	%rsi, 6
	\do	%rdi, 7
	\do	%r8, 8
	\do	%r9, 9
	\do	%r10, 10
	\do	%r11, 11
	\do	%r12, 12
	\do	%r13, 13
	\do	%r14, 14
	\do	%r15, 15
.endm

.macro load_gpr reg:req nr:req
	movq	difftest_regs_in + 8 * \nr(%rip), \reg
.endm

.macro save_gpr reg:req nr:req
	movq	\reg, difftest_regs_out + 8 * \nr(%rip)
.endm

.text
STACK_FRAME_NON_STANDARD difftest_call
SYM_FUNC_START(difftest_call)
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushfq
	movq	%rsp, difftest_saved_sp(%rip)

	/* The words around RSP, of which nothing else knows. */
	movq	difftest_regs_in + 8 * 4(%rip), %rdi
	subq	$8, %rdi
	leaq	difftest_stack(%rip), %rsi
	movl	$WORDS, %ecx
	rep movsq

	pushq	difftest_regs_in + FLAGS(%rip)
	popfq
	for_each_gpr load_gpr
	ANNOTATE_RETPOLINE_SAFE
	jmp	*difftest_target(%rip)

	/* Both ends of an instance jump here. */
SYM_INNER_LABEL(difftest_return, SYM_L_GLOBAL)
	ANNOTATE_NOENDBR
	for_each_gpr save_gpr
	movq	difftest_saved_sp(%rip), %rsp
	pushfq
	popq	difftest_regs_out + FLAGS(%rip)

	cld
	movq	difftest_regs_in + 8 * 4(%rip), %rsi
	subq	$8, %rsi
	leaq	difftest_stack(%rip), %rdi
	movl	$WORDS, %ecx
	rep movsq

	popfq
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	RET
SYM_FUNC_END(difftest_call)
