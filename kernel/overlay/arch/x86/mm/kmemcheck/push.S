/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: push a value where the exception frame is now.
 *
 * The frame of a page fault lies right below the stack pointer of the
 * interrupted code, so the handler of an instruction that pushes cannot do that
 * itself. It has the exception return to here, on the old stack and with
 * interrupts off, and leaves what to push and how to go on in per-CPU variables
 * that nobody else can use meanwhile: in an NMI such an instruction is not
 * emulated.
 */
#include <linux/linkage.h>

#include <asm/percpu.h>
#include <asm/segment.h>
#include <asm/unwind_hints.h>

SYM_CODE_START(kmemcheck_push_stub)
	UNWIND_HINT_EMPTY
	pushq	PER_CPU_VAR(kmemcheck_push_value)
	pushq	$__KERNEL_DS
	pushq	PER_CPU_VAR(kmemcheck_push_sp)
	pushq	PER_CPU_VAR(kmemcheck_push_flags)
	pushq	$__KERNEL_CS
	pushq	PER_CPU_VAR(kmemcheck_push_ip)
	iretq
SYM_CODE_END(kmemcheck_push_stub)
