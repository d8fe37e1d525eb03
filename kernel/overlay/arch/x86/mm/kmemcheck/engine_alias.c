// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the alias engine.
 *
 * Perform the instruction that faulted on the alias mapping, which is always
 * present, and go on behind it. Nothing is ever shown, so this works on any
 * number of processors, without a lock, and inside of an NMI.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include <asm/text-patching.h>
#include <asm/processor-flags.h>

#include "batch.h"
#include "engine.h"
#include "insn/access.h"
#include "insn/cache.h"
#include "insn/class.h"
#include "insn/operand.h"
#include "insn/string.h"
#include "insn/vector.h"

static enum kmemcheck_outcome perform(const struct kmemcheck_decoded *d,
				      struct pt_regs *regs,
				      struct kmemcheck_trap *trap)
{
	unsigned long addr;

	if (unlikely(d->op == OP_STRING))
		return kmemcheck_string(d, regs, trap);
	if (unlikely(d->op == OP_UNKNOWN || d->op >= OP_SSE ||
		     d->flags & DECODED_IN_REG)) {
		if (kmemcheck_vector(regs, trap->address))
			return KMEMCHECK_EMULATED;
		kmemcheck_count_unknown(regs->ip);
		return KMEMCHECK_UNSUPPORTED;
	}
	if (kmemcheck_loads_sp(d))
		return KMEMCHECK_UNSUPPORTED;
	addr = kmemcheck_operand_address(d, regs);
	/*
	 * Is this what has faulted? If not, nothing is understood. An operand
	 * that reaches out of the pool has no alias.
	 */
	if (unlikely(trap->address - addr >= d->size || !kmemcheck_range_in_pool(addr, d->size)))
		return KMEMCHECK_UNSUPPORTED;
	return kmemcheck_perform(d, regs, addr) ? KMEMCHECK_EMULATED : KMEMCHECK_UNSUPPORTED;
}

/**
 * kmemcheck_alias_fault() - an instruction has touched the pool
 * @regs: before it
 * @trap: the fault; changed when there is another one to be handled instead
 *
 * Return: KMEMCHECK_UNSUPPORTED when the page has to be untracked.
 */
enum kmemcheck_outcome kmemcheck_alias_fault(struct pt_regs *regs,
					     struct kmemcheck_trap *trap)
{
	enum kmemcheck_outcome outcome;
	struct kmemcheck_decoded *d, own;
	/* What was interrupted may be at work on what belongs to this CPU. */
	bool nested = in_nmi() || this_cpu_read(kmemcheck_walking);
	u8 op;

	/* Being patched at this moment, or probed: the breakpoint comes first. */
	if (unlikely(*(const u8 *)regs->ip == INT3_INSN_OPCODE))
		return KMEMCHECK_EMULATED;
	/* A debugger steps through this code and must get its exception. */
	if (unlikely(regs->flags & X86_EFLAGS_TF))
		return KMEMCHECK_UNSUPPORTED;

	if (unlikely(nested)) {
		d = &own;
		kmemcheck_count(KMEMCHECK_COUNTER_DECODED);
		kmemcheck_fetch(regs->ip, d);
	} else {
		d = kmemcheck_decode_cached(regs->ip);
	}
	op = min_t(u8, d->op, OP_STRING);
	outcome = perform(d, regs, trap);
	/* What is done without being decoded was done by kmemcheck_vector(). */
	if (op == OP_UNKNOWN && outcome == KMEMCHECK_EMULATED)
		op = OP_SSE;
	this_cpu_inc(kmemcheck_op_faults[op]);
	if (likely(outcome == KMEMCHECK_EMULATED)) {
		if (!unlikely(nested) && kmemcheck_batch_budget(d))
			kmemcheck_emulate_batch(d, regs);
		/* A fault sets it, so that a breakpoint is not hit twice. */
		regs->flags &= ~X86_EFLAGS_RF;
	}
	return outcome;
}

const struct kmemcheck_engine kmemcheck_alias_engine = {
	.name	= "alias",
	.fault	= kmemcheck_alias_fault,
};
