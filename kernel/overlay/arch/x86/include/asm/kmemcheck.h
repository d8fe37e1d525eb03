/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the first look at every page fault and debug exception.
 *
 * Both hooks run before any other C code of the exception, so RCU and lockdep
 * need not know of it, and tracked memory may be touched anywhere that is not
 * entry code itself. Our own code is not traced; what it calls to make a report
 * (irq_work, the unwinder) may be.
 */
#ifndef _ASM_X86_KMEMCHECK_H
#define _ASM_X86_KMEMCHECK_H

#include <linux/kmemcheck.h>

struct pt_regs;

#ifdef CONFIG_KMEMCHECK

#include <linux/percpu-defs.h>

#include <asm/asm.h>
#include <asm/debugreg.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/ptrace.h>
#include <asm/trap_pf.h>

DECLARE_PER_CPU(bool, kmemcheck_stepping);

/**
 * struct kmemcheck_trap - a fault that is not ours
 * @address: that the exception is to tell
 * @error_code: likewise; %KMEMCHECK_NO_FAULT: there is none
 *
 * Of an operand elsewhere, in user memory for instance: the exception goes on as if the
 * processor had raised it. It is returned in registers, because pointers to what
 * exc_page_fault() has would cost it a stack frame with a canary.
 */
struct kmemcheck_trap {
	unsigned long address;
	unsigned long error_code;
};

#define KMEMCHECK_NO_FAULT	(~0UL)

struct kmemcheck_trap __kmemcheck_fault(struct pt_regs *regs, unsigned long address,
					unsigned long error_code);
void __kmemcheck_step_abort(struct pt_regs *regs);
void __kmemcheck_step_done(struct pt_regs *regs);

/**
 * kmemcheck_fault() - is this page fault ours?
 * @regs: registers of the interrupted code
 * @address: that faulted
 * @error_code: of the exception
 *
 * Return: true when it is dealt with and the interrupted code shall go on.
 * Otherwise the fault to be handled is told by @address and @error_code, which
 * may be that of another operand of the instruction.
 */
static __always_inline bool kmemcheck_fault(struct pt_regs *regs,
					    unsigned long *address,
					    unsigned long *error_code)
{
	struct kmemcheck_trap trap;

	if (!static_branch_unlikely(&kmemcheck_key))
		return false;

	if (kmemcheck_in_pool(*address) &&
	    !(*error_code & (X86_PF_PROT | X86_PF_USER | X86_PF_RSVD | X86_PF_INSTR))) {
		trap = __kmemcheck_fault(regs, *address, *error_code);
		*address = trap.address;
		*error_code = trap.error_code;
		return trap.error_code == KMEMCHECK_NO_FAULT;
	}

	/*
	 * The instruction that is being stepped has faulted on something else,
	 * most likely on user memory. It will be started anew after that.
	 */
	if (this_cpu_read(kmemcheck_stepping))
		__kmemcheck_step_abort(regs);
	return false;
}

/**
 * kmemcheck_trap() - is this debug exception the end of our single step?
 * @regs: registers of the interrupted code
 * @dr6: debug status, in positive polarity; our step is taken out of it
 *
 * Return: true when there was nothing else, and all is dealt with.
 */
static __always_inline bool kmemcheck_trap(struct pt_regs *regs,
					   unsigned long *dr6)
{
	unsigned long dr7;

	if (!static_branch_unlikely(&kmemcheck_key))
		return false;
	if (!(*dr6 & DR_STEP) || !this_cpu_read(kmemcheck_stepping))
		return false;

	/* A breakpoint in there would overwrite the stack that we are on. */
	dr7 = local_db_save();
	__kmemcheck_step_done(regs);
	local_db_restore(dr7);

	/* TF is as it was: if it is set, somebody else is stepping, too. */
	if (!(regs->flags & X86_EFLAGS_TF))
		*dr6 &= ~DR_STEP;
	return !(*dr6 & (DR_STEP | DR_TRAP_BITS));
}

/*
 * What reads before it has written, and does not look at it: there is no store of 64 bits, so
 * it compares with what is there, and exchanges.
 */
#ifdef CONFIG_X86_64
#define KMEMCHECK_ARCH_PEEKING
#else
#define KMEMCHECK_ARCH_PEEKING	{ (unsigned long)atomic64_set_cx8 },
#endif

/*
 * For debugfs/kmemcheck/cost: a load, whose length is what the bare round trip of a
 * fault skips, and a copy of a page by one instruction.
 */
#define KMEMCHECK_ARCH_LOAD_LENGTH	2

static __always_inline void kmemcheck_arch_load(const void *addr)
{
	asm volatile("movb (%0), %%dl" : : "S" (addr) : "dx", "memory");
}

static inline void kmemcheck_arch_copy_page(void *to, const void *from)
{
	unsigned long n = PAGE_SIZE / sizeof(long);

	asm volatile("rep " __ASM_SIZE(movs) : "+S" (from), "+D" (to), "+c" (n) : : "memory");
}

#else /* !CONFIG_KMEMCHECK */

static __always_inline bool kmemcheck_fault(struct pt_regs *regs,
					    unsigned long *address,
					    unsigned long *error_code)
{
	return false;
}

static __always_inline bool kmemcheck_trap(struct pt_regs *regs,
					   unsigned long *dr6)
{
	return false;
}

#endif /* CONFIG_KMEMCHECK */

#endif /* _ASM_X86_KMEMCHECK_H */
