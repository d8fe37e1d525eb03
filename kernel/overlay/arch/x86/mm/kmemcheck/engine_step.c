// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the step engine, as in the original.
 *
 * Show the page, let the processor execute the one instruction with the trap
 * flag set, and hide the page again in the debug exception. While a page is
 * shown every CPU could use it unseen, so there is only one CPU.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/init.h>
#include <linux/instrumentation.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/thread_info.h>

#include <asm/kmemcheck.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/ptrace.h>

#include "engine.h"
#include "insn/cache.h"
#include "insn/class.h"
#include "insn/operand.h"
#include "insn/vector.h"

/* Two operands of 16 bytes reach four pages; 8 have been seen with XSAVE. */
#define MAX_SHOWN	8

struct step {
	unsigned int nr;		/* of pages shown */
	unsigned long pages[MAX_SHOWN];
	unsigned long flags;		/* TF and IF of the interrupted code */
};

static DEFINE_PER_CPU(struct step, steps);
DEFINE_PER_CPU(bool, kmemcheck_stepping);

#define STEP_FLAGS	(X86_EFLAGS_TF | X86_EFLAGS_IF)

/* It was so decided during the boot. */
static bool alone;

/* See to it that there is but one CPU. Return: 0, or -EBUSY when there are more. */
static int init(void)
{
	if (num_online_cpus() > 1) {
		pr_err("kmemcheck: the step engine works on one CPU only, take the others offline\n");
		return -EBUSY;
	}
	pr_info("kmemcheck: Limiting number of CPUs to 1.\n");
#ifdef CONFIG_SMP
	setup_max_cpus = 1;
#endif
	/* Nor is one to be brought up later. */
	if (system_state >= SYSTEM_RUNNING)
		cpu_hotplug_disable();
	else
		alone = true;
	return 0;
}

/*
 * Not before smp_init(): that may bring up the boot CPU once more, and when this is
 * refused, take down what it runs on.
 */
static int __init stay_alone(void)
{
	if (alone)
		cpu_hotplug_disable();
	return 0;
}
core_initcall(stay_alone);

static void check(struct pt_regs *regs, const struct kmemcheck_decoded *d,
		  const struct kmemcheck_operand *ops, unsigned int n)
{
	unsigned int i;

	if (d->op == OP_STRING && d->sub == STRING_MOVS && n == 2) {
		kmemcheck_copy(regs, ops[1].addr, ops[0].addr, ops[0].size);
		return;
	}
	for (i = 0; i < n; i++) {
		if (ops[i].access & OPERAND_READ)
			kmemcheck_read(regs, ops[i].addr, ops[i].size);
		if (ops[i].access & OPERAND_WRITE)
			kmemcheck_write(regs, ops[i].addr, ops[i].size);
	}
}

static bool show(struct step *step, unsigned long addr)
{
	unsigned int i;

	/* The state of the page would not do: one that is being hidden is not present. */
	if (!kmemcheck_tracked((void *)addr) || kmemcheck_is_shown(addr))
		return true;
	addr &= PAGE_MASK;
	for (i = 0; i < step->nr; i++)
		if (step->pages[i] == addr)
			return true;
	if (step->nr == MAX_SHOWN)
		return false;
	step->pages[step->nr++] = addr;
	kmemcheck_show_page(addr);
	return true;
}

/* Everything the instruction needs, so that it does not fault again. */
static void show_operands(struct step *step, const struct kmemcheck_operand *ops,
			  unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		show(step, ops[i].addr);
		show(step, ops[i].addr + ops[i].size - 1);
	}
}

static void hide_all(struct step *step)
{
	while (step->nr)
		kmemcheck_hide_page(step->pages[--step->nr]);
}

/* With BTF set, TF would trap at the next branch only. */
static void branch_step(bool on)
{
	unsigned long debugctl;

	if (likely(!test_thread_flag(TIF_BLOCKSTEP)))
		return;
	rdmsrl(MSR_IA32_DEBUGCTLMSR, debugctl);
	debugctl = on ? debugctl | DEBUGCTLMSR_BTF : debugctl & ~DEBUGCTLMSR_BTF;
	wrmsrl(MSR_IA32_DEBUGCTLMSR, debugctl);
}

static void step_begin(struct step *step, struct pt_regs *regs)
{
	branch_step(false);
	step->flags = regs->flags & STEP_FLAGS;
	regs->flags = (regs->flags & ~X86_EFLAGS_IF) | X86_EFLAGS_TF;
	this_cpu_write(kmemcheck_stepping, true);
}

static void step_end(struct step *step, struct pt_regs *regs)
{
	hide_all(step);
	branch_step(true);
	regs->flags = (regs->flags & ~STEP_FLAGS) | step->flags;
	this_cpu_write(kmemcheck_stepping, false);
}

static enum kmemcheck_outcome fault(struct pt_regs *regs, struct kmemcheck_trap *trap)
{
	struct step *step = this_cpu_ptr(&steps);
	struct kmemcheck_decoded d;
	struct kmemcheck_operand ops[2];
	unsigned int n;
	bool known;

	if (in_nmi()) {
		/*
		 * An NMI, or code on the one stack of #DB: a step there would
		 * overwrite that stack.
		 */
		kmemcheck_count(KMEMCHECK_COUNTER_NMI);
		return KMEMCHECK_UNSUPPORTED;
	}
	if (this_cpu_read(kmemcheck_stepping)) {
		/*
		 * The same instruction, on a page that decoding did not tell.
		 * Without TF it is the handler of another exception that the
		 * instruction has raised.
		 */
		if (regs->flags & X86_EFLAGS_TF && show(step, trap->address))
			return KMEMCHECK_EMULATED;
		kmemcheck_count(KMEMCHECK_COUNTER_TRIPWIRE);
		return KMEMCHECK_UNSUPPORTED;
	}

	known = kmemcheck_fetch(regs->ip, &d);
	if ((!known || d.op == OP_SSE) && kmemcheck_vector(regs, trap->address))
		return KMEMCHECK_EMULATED;
	if (!known) {
		kmemcheck_count_unknown(regs->ip);
		return KMEMCHECK_UNSUPPORTED;
	}
	this_cpu_inc(kmemcheck_op_faults[min_t(u8, d.op, OP_STRING)]);
	n = kmemcheck_operands(&d, regs, ops);
	check(regs, &d, ops, n);
	show_operands(step, ops, n);
	show(step, trap->address);
	step_begin(step, regs);
	return KMEMCHECK_EMULATED;
}

const struct kmemcheck_engine kmemcheck_step_engine = {
	.name	= "step",
	.init	= init,
	.fault	= fault,
};

/**
 * __kmemcheck_step_done() - the instruction has been executed
 * @regs: of the interrupted code, after it
 */
noinstr void __kmemcheck_step_done(struct pt_regs *regs)
{
	instrumentation_begin();
	kmemcheck_count(KMEMCHECK_COUNTER_STEPS);
	step_end(raw_cpu_ptr(&steps), regs);
	instrumentation_end();
}

/**
 * __kmemcheck_step_abort() - the instruction cannot be executed now
 * @regs: of the interrupted code; it will be started again
 *
 * A fault of other code, in an NMI, is none of our business.
 */
noinstr void __kmemcheck_step_abort(struct pt_regs *regs)
{
	if (!(regs->flags & X86_EFLAGS_TF))
		return;
	instrumentation_begin();
	kmemcheck_count(KMEMCHECK_COUNTER_ABORTS);
	step_end(raw_cpu_ptr(&steps), regs);
	instrumentation_end();
}
