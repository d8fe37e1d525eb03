/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck difftest: run one instance.
 *
 * Every register, RSP too, belongs to the instance, so all is kept in static
 * memory: there is but one at a time, with interrupts off.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>

#ifdef CONFIG_X86_64
#define WORD		8
#define NR_GPR		16
#else
#define WORD		4
#define NR_GPR		8
#endif
#define FLAGS		(NR_GPR * WORD)
#define WORDS		8

.macro for_each_gpr do:req
	\do	%_ASM_AX, 0
	\do	%_ASM_CX, 1
	\do	%_ASM_DX, 2
	\do	%_ASM_BX, 3
	\do	%_ASM_SP, 4
	\do	%_ASM_BP, 5
	\do	%_ASM_SI, 6
	\do	%_ASM_DI, 7
#ifdef CONFIG_X86_64
	\do	%r8, 8
	\do	%r9, 9
	\do	%r10, 10
	\do	%r11, 11
	\do	%r12, 12
	\do	%r13, 13
	\do	%r14, 14
	\do	%r15, 15
#endif
.endm

.macro load_gpr reg:req nr:req
	mov	_ASM_RIP(difftest_regs_in + WORD * \nr), \reg
.endm

.macro save_gpr reg:req nr:req
	mov	\reg, _ASM_RIP(difftest_regs_out + WORD * \nr)
.endm

.text
STACK_FRAME_NON_STANDARD difftest_call
SYM_FUNC_START(difftest_call)
	push	%_ASM_BX
	push	%_ASM_BP
#ifdef CONFIG_X86_64
	push	%r12
	push	%r13
	push	%r14
	push	%r15
#else
	push	%esi
	push	%edi
#endif
	pushf
	mov	%_ASM_SP, _ASM_RIP(difftest_saved_sp)

	/* The words around RSP, of which nothing else knows. */
	mov	_ASM_RIP(difftest_regs_in + WORD * 4), %_ASM_DI
	sub	$WORD, %_ASM_DI
	lea	_ASM_RIP(difftest_stack), %_ASM_SI
	movl	$WORDS, %ecx
	rep __ASM_SIZE(movs)

	__ASM_SIZE(push) _ASM_RIP(difftest_regs_in + FLAGS)
	popf
	for_each_gpr load_gpr
	ANNOTATE_RETPOLINE_SAFE
	jmp	*_ASM_RIP(difftest_target)

	/* Both ends of an instance jump here. */
SYM_INNER_LABEL(difftest_return, SYM_L_GLOBAL)
	ANNOTATE_NOENDBR
	for_each_gpr save_gpr
	mov	_ASM_RIP(difftest_saved_sp), %_ASM_SP
	pushf
	__ASM_SIZE(pop) _ASM_RIP(difftest_regs_out + FLAGS)

	cld
	mov	_ASM_RIP(difftest_regs_in + WORD * 4), %_ASM_SI
	sub	$WORD, %_ASM_SI
	lea	_ASM_RIP(difftest_stack), %_ASM_DI
	movl	$WORDS, %ecx
	rep __ASM_SIZE(movs)

	popf
#ifdef CONFIG_X86_64
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
#else
	pop	%edi
	pop	%esi
#endif
	pop	%_ASM_BP
	pop	%_ASM_BX
	RET
SYM_FUNC_END(difftest_call)
