// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the alias engine.
 *
 * Perform the instruction that faulted on the alias mapping, which is always
 * present, and go on behind it. Nothing is ever shown, so this works on any
 * number of processors, without a lock, and inside of an NMI.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/vmalloc.h>

#include <asm/text-patching.h>
#include <asm/processor-flags.h>

#include "emulate.h"

/*
 * Decoded instructions, by address. A boot executes some 20,000 different ones
 * on tracked memory, but few of them often.
 */
#define CACHE_SHIFT	13
#define CACHE_SIZE	(1U << CACHE_SHIFT)

static DEFINE_PER_CPU(struct kmemcheck_decoded *, cache);

int __init kmemcheck_alias_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		void *table = vzalloc(CACHE_SIZE * sizeof(struct kmemcheck_decoded));

		if (!table)
			return -ENOMEM;
		per_cpu(cache, cpu) = table;
	}
	return 0;
}

/* Code changes: modules, BPF programs, and probes reuse addresses. */
static __always_inline bool is_same_code(const struct kmemcheck_decoded *d,
					 unsigned long ip)
{
	const u64 *code = (const u64 *)ip;

	return !((code[0] ^ d->code[0]) & d->mask[0]) &&
	       !((code[1] ^ d->code[1]) & d->mask[1]);
}

/*
 * The instruction at @ip. @own is for an NMI, which may have interrupted a user
 * of the cache.
 */
static const struct kmemcheck_decoded *find(unsigned long ip,
					    struct kmemcheck_decoded *own)
{
	struct kmemcheck_decoded *d;

	if (in_nmi()) {
		d = own;
	} else {
		d = this_cpu_read(cache) + hash_long(ip, CACHE_SHIFT);
		/* Both reads of the code must stay within its page. */
		if (d->ip == ip && offset_in_page(ip) <= PAGE_SIZE - MAX_CODE &&
		    is_same_code(d, ip))
			return d;
	}
	kmemcheck_count(KMEMCHECK_COUNTER_DECODED);
	d->ip = ip;
	kmemcheck_fetch(ip, d);
	return d;
}

static noinline void check(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			   unsigned long addr, const void *mem)
{
	unsigned int access = d->access;

	if ((d->op == OP_CMPXCHG || d->op == OP_CMPXCHG_WIDE) &&
	    !kmemcheck_cmpxchg_will_write(d, regs, mem))
		access = OPERAND_READ;
	if (access & OPERAND_READ)
		kmemcheck_read(regs, addr, d->size);
	if (access & OPERAND_WRITE)
		kmemcheck_write(regs, addr, d->size);
}

/*
 * Is this what has faulted? If not, nothing is understood. An operand that
 * reaches out of the pool has no alias.
 */
static __always_inline bool is_operand(const struct kmemcheck_decoded *d,
				       unsigned long addr, unsigned long fault)
{
	return fault - addr < d->size && kmemcheck_tracked((void *)addr) &&
	       kmemcheck_tracked((void *)addr + d->size - 1);
}

static noinline enum kmemcheck_outcome perform(const struct kmemcheck_decoded *d,
					       struct pt_regs *regs,
					       struct kmemcheck_trap *trap)
{
	unsigned long addr;
	void *mem;

	if (d->op == OP_STRING)
		return kmemcheck_string(d, regs, trap);
	if (d->op == OP_UNKNOWN || d->op == OP_SSE) {
		kmemcheck_count(KMEMCHECK_COUNTER_UNKNOWN);
		return KMEMCHECK_CANNOT;
	}
	addr = kmemcheck_operand_address(d, regs);
	if (!is_operand(d, addr, trap->address))
		return KMEMCHECK_CANNOT;

	mem = (void *)(addr + kmemcheck_alias_offset);
	if (d->size > 8 || !kmemcheck_is_boring(addr, d->size))
		check(d, regs, addr, mem);
	return kmemcheck_emulate(d, regs, mem) ? KMEMCHECK_DONE : KMEMCHECK_CANNOT;
}

/* Moves, without a function call. Return: whether it was one. */
static __always_inline bool perform_move(const struct kmemcheck_decoded *d,
					 struct pt_regs *regs, unsigned long fault)
{
	unsigned long addr;
	void *mem;

	if (!kmemcheck_is_move(d))
		return false;
	addr = kmemcheck_effective_address(d, regs);
	if (unlikely(!is_operand(d, addr, fault)))
		return false;
	mem = (void *)(addr + kmemcheck_alias_offset);
	if (unlikely(!kmemcheck_is_boring(addr, d->size)))
		check(d, regs, addr, mem);
	kmemcheck_move(d, regs, mem);
	regs->ip += d->length;
	return true;
}

/**
 * kmemcheck_alias_fault() - an instruction has touched the pool
 * @regs: before it
 * @trap: the fault; changed when there is another one to be handled instead
 *
 * Return: KMEMCHECK_CANNOT when the page has to be shown for good.
 */
enum kmemcheck_outcome kmemcheck_alias_fault(struct pt_regs *regs,
					     struct kmemcheck_trap *trap)
{
	const struct kmemcheck_decoded *d;
	struct kmemcheck_decoded own;
	enum kmemcheck_outcome outcome;

	/* Being patched at this moment, or probed: the breakpoint comes first. */
	if (unlikely(*(const u8 *)regs->ip == INT3_INSN_OPCODE))
		return KMEMCHECK_DONE;
	/* Somebody steps through this code and must get his exception. */
	if (unlikely(regs->flags & X86_EFLAGS_TF))
		return KMEMCHECK_CANNOT;

	d = find(regs->ip, &own);
	if (likely(perform_move(d, regs, trap->address)))
		outcome = KMEMCHECK_DONE;
	else
		outcome = perform(d, regs, trap);
	/* A fault sets it, so that a breakpoint is not hit a second time. */
	if (likely(outcome == KMEMCHECK_DONE))
		regs->flags &= ~X86_EFLAGS_RF;
	return outcome;
}
