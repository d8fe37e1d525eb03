// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: take the fault and hand it to the engine.
 */
#include <linux/init.h>
#include <linux/instrumentation.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/trace_recursion.h>

#include <asm/kmemcheck.h>

#include "engine.h"

static bool kmemcheck_engine_step __ro_after_init;

/*
 * How many of our handlers are at work on this CPU. The handler must never take
 * a fault itself; an NMI may, and a breakpoint in the NMI, and a machine check.
 */
static DEFINE_PER_CPU(unsigned int, depth);
#define MAX_DEPTH_IN_NMI	3

static int __init engine_param(char *str)
{
	if (str && !strcmp(str, "step")) {
		kmemcheck_engine_step = true;
	} else if (str && !strcmp(str, "alias")) {
		kmemcheck_engine_step = false;
	} else {
		pr_err("kmemcheck: kmemcheck.engine=%s is neither alias nor step\n",
		       str ?: "");
		return -EINVAL;
	}
	return 0;
}
early_param("kmemcheck.engine", engine_param);

const char *kmemcheck_arch_engine(void)
{
	return kmemcheck_engine_step ? "step" : "alias";
}

/**
 * kmemcheck_arch_init() - before anything is hidden
 *
 * Return: 0, -ENOMEM, or -EBUSY.
 */
int kmemcheck_arch_init(void)
{
	int err = kmemcheck_stack_init();

	if (err)
		return err;
	return kmemcheck_engine_step ? kmemcheck_step_init() : kmemcheck_alias_init();
}

static bool handle(struct pt_regs *regs, struct kmemcheck_trap *trap)
{
	unsigned long address = trap->address;

	kmemcheck_count(KMEMCHECK_COUNTER_FAULTS);
	if (unlikely(!kmemcheck_enabled())) {
		kmemcheck_unhide(address);
		return true;
	}
	if (kmemcheck_engine_step) {
		kmemcheck_step_fault(regs, address);
		return true;
	}
	switch (kmemcheck_alias_fault(regs, trap)) {
	case KMEMCHECK_ELSEWHERE:
		return false;
	case KMEMCHECK_CANNOT:
		kmemcheck_unhide(address);
		break;
	case KMEMCHECK_DONE:
		break;
	}
	return true;
}

/*
 * Functions that the handler calls may be traced, and the tracer's own memory may
 * be tracked: let the tracers believe that they have called these themselves.
 */
static __always_inline unsigned long stop_tracing(void)
{
	unsigned long before = 0;

#ifdef CONFIG_TRACING
	before = current->trace_recursion;
	current->trace_recursion = before | (BIT(TRACE_BRANCH_BIT) - 1);
#endif
	return before;
}

static __always_inline void resume_tracing(unsigned long before)
{
#ifdef CONFIG_TRACING
	current->trace_recursion = before;
#endif
}

/**
 * __kmemcheck_fault() - a hidden page was touched
 * @regs: of the interrupted code
 * @address: in the pool
 * @error_code: of the exception
 *
 * Return: %KMEMCHECK_NO_FAULT as the error code when it is dealt with. Else the interrupted
 * code has done what it could, and this is the fault to be handled now.
 */
noinstr struct kmemcheck_trap __kmemcheck_fault(struct pt_regs *regs, unsigned long address,
						unsigned long error_code)
{
	struct kmemcheck_trap trap = { .address = address, .error_code = error_code };
	unsigned long tracing;
	unsigned int before;

	if (IS_ENABLED(CONFIG_KMEMCHECK_PROFILE) && this_cpu_read(kmemcheck_skip)) {
		regs->ip += this_cpu_read(kmemcheck_skip);
		trap.error_code = KMEMCHECK_NO_FAULT;
		return trap;
	}

	before = this_cpu_inc_return(depth) - 1;
	tracing = stop_tracing();
	instrumentation_begin();
	if (IS_ENABLED(CONFIG_KMEMCHECK_PROFILE))
		kmemcheck_profile(regs->ip);
	if (unlikely(before && (!in_nmi() || before > MAX_DEPTH_IN_NMI))) {
		kmemcheck_count(KMEMCHECK_COUNTER_TRIPWIRE);
		kmemcheck_unhide(trap.address);
		trap.error_code = KMEMCHECK_NO_FAULT;
	} else if (handle(regs, &trap)) {
		trap.error_code = KMEMCHECK_NO_FAULT;
	}
	instrumentation_end();
	resume_tracing(tracing);
	this_cpu_dec(depth);
	return trap;
}
