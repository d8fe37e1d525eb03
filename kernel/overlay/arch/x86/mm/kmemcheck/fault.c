// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: take the fault and hand it to the engine.
 */
#include <linux/instrumentation.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/static_call.h>
#include <linux/trace_recursion.h>

#include <asm/kmemcheck.h>

#include "engine.h"

/*
 * How many of our handlers are at work on this CPU. The handler must never take
 * a fault itself, but when it walks a stack; an NMI may, and a breakpoint in the NMI, and
 * a machine check.
 */
static DEFINE_PER_CPU(unsigned int, depth);
#define MAX_DEPTH_IN_NMI	3

static enum kmemcheck_outcome perform(struct pt_regs *regs, struct kmemcheck_trap *trap,
				      bool walking)
{
	/* Inside of a fault there can be no step. */
	if (unlikely(walking))
		return kmemcheck_alias_fault(regs, trap);
	return static_call(kmemcheck_engine_fault)(regs, trap);
}

static bool handle(struct pt_regs *regs, struct kmemcheck_trap *trap, bool walking)
{
	unsigned long address = trap->address;

	kmemcheck_count(KMEMCHECK_COUNTER_FAULTS);
	if (unlikely(!kmemcheck_enabled())) {
		kmemcheck_untrack(address);
		return true;
	}
	switch (perform(regs, trap, walking)) {
	case KMEMCHECK_OTHER_FAULT:
		return false;
	case KMEMCHECK_UNSUPPORTED:
		kmemcheck_untrack(address);
		break;
	case KMEMCHECK_EMULATED:
		break;
	}
	return true;
}

/*
 * Functions that the handler calls may be traced, and the tracer's own memory may
 * be tracked: set the recursion bits, which tracers set for what they call themselves.
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

static bool may_nest(unsigned int before)
{
	if (in_nmi())
		return before <= MAX_DEPTH_IN_NMI;
	return before == 1 && this_cpu_read(kmemcheck_walking);
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
	if (unlikely(before && !may_nest(before))) {
		kmemcheck_broken("a fault inside of the handler", regs->ip);
		kmemcheck_count(KMEMCHECK_COUNTER_TRIPWIRE);
		kmemcheck_untrack(trap.address);
		trap.error_code = KMEMCHECK_NO_FAULT;
	} else if (handle(regs, &trap, before && !in_nmi())) {
		trap.error_code = KMEMCHECK_NO_FAULT;
	}
	instrumentation_end();
	resume_tracing(tracing);
	this_cpu_dec(depth);
	return trap;
}
