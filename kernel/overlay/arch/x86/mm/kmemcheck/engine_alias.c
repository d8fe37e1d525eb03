// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the alias engine.
 *
 * Perform the instruction that faulted on the alias mapping, which is always
 * present, and go on behind it. Nothing is ever shown, so this works on any
 * number of processors, without a lock, and inside of an NMI.
 */
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <asm/text-patching.h>
#include <asm/processor-flags.h>

#include "insn/emulate.h"

/*
 * Decoded instructions, by address: 3 MiB for each CPU. A find over /sys executes
 * some ten thousand different ones, and decoding one costs more than its fault.
 */
#define CACHE_SHIFT	16
#define CACHE_SIZE	(1U << CACHE_SHIFT)

static DEFINE_PER_CPU(struct kmemcheck_decoded *, cache);

int kmemcheck_alias_init(void)
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

/* The bytes of @code that belong to an instruction of @length. */
static __always_inline u64 mask(unsigned int length)
{
	return length >= 8 ? ~0ULL : (1ULL << 8 * length) - 1;
}

/*
 * Code changes: modules, BPF programs, and probes reuse addresses. So the code
 * itself is compared, and need not lie where it did: it means the same anywhere.
 */
static __always_inline bool is_same_code(const struct kmemcheck_decoded *d,
					 unsigned long ip)
{
	const u64 *code = (const u64 *)ip;

	if (likely(d->length <= 8))
		return d->length && !((code[0] ^ d->code[0]) & mask(d->length));
	return code[0] == d->code[0] && !((code[1] ^ d->code[1]) & mask(d->length - 8));
}

static noinline void decode(unsigned long ip, struct kmemcheck_decoded *d)
{
	kmemcheck_count(KMEMCHECK_COUNTER_DECODED);
	kmemcheck_fetch(ip, d);
	d->patience = kmemcheck_ahead;
}

/* At the end of a page the words that is_same_code() reads may not be mapped. */
static noinline bool is_same_code_at_end(const struct kmemcheck_decoded *d,
					 unsigned long ip)
{
	return d->length && offset_in_page(ip) + d->length <= PAGE_SIZE &&
	       !memcmp((void *)ip, d->code, d->length);
}

static __always_inline bool is_it(const struct kmemcheck_decoded *d, unsigned long ip)
{
	if (likely(offset_in_page(ip) <= PAGE_SIZE - MAX_CODE))
		return is_same_code(d, ip);
	return is_same_code_at_end(d, ip);
}

/*
 * The instruction at @ip. Not in an NMI, which may have interrupted this. An
 * instruction has two places; the older one of the two there makes room.
 */
struct kmemcheck_decoded *kmemcheck_find(unsigned long ip)
{
	unsigned int nr = hash_long(ip, CACHE_SHIFT);
	struct kmemcheck_decoded *d = this_cpu_read(cache) + nr;
	struct kmemcheck_decoded *other = this_cpu_read(cache) + (nr ^ 1);

	if (likely(is_it(d, ip)))
		return d;
	if (is_it(other, ip))
		return other;
	*other = *d;
	decode(ip, d);
	return d;
}

/* As kmemcheck_find(), but leaves the cache alone; NULL when it is not there. */
const struct kmemcheck_decoded *kmemcheck_lookup(unsigned long ip)
{
	unsigned int nr = hash_long(ip, CACHE_SHIFT);
	const struct kmemcheck_decoded *d = this_cpu_read(cache);

	if (!d)
		return NULL;
	d += nr;
	if (is_it(d, ip))
		return d;
	d = this_cpu_read(cache) + (nr ^ 1);
	return is_it(d, ip) ? d : NULL;
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

/**
 * kmemcheck_access() - perform an instruction on the pool
 * @d: the instruction, not one on strings
 * @regs: before it, and then behind it
 * @addr: of its operand, which lies in the pool
 *
 * Return: false when it cannot be performed.
 */
bool kmemcheck_access(const struct kmemcheck_decoded *d, struct pt_regs *regs,
		      unsigned long addr)
{
	void *mem = (void *)(addr + kmemcheck_alias_offset);

	if (unlikely(d->size > 8 || !kmemcheck_is_boring(addr, d->size)))
		check(d, regs, addr, mem);
	if (!kmemcheck_is_move(d))
		return kmemcheck_emulate(d, regs, mem);
	kmemcheck_move(d, regs, mem);
	regs->ip += d->length;
	return true;
}

static enum kmemcheck_outcome perform(const struct kmemcheck_decoded *d,
				      struct pt_regs *regs,
				      struct kmemcheck_trap *trap)
{
	unsigned long addr;

	if (unlikely(d->op == OP_STRING))
		return kmemcheck_string(d, regs, trap);
	if (unlikely(d->op == OP_UNKNOWN || d->op >= OP_SSE ||
		     d->flags & DECODED_IN_REG)) {
		kmemcheck_count(KMEMCHECK_COUNTER_UNKNOWN);
		return KMEMCHECK_CANNOT;
	}
	addr = kmemcheck_operand_address(d, regs);
	/*
	 * Is this what has faulted? If not, nothing is understood. An operand
	 * that reaches out of the pool has no alias.
	 */
	if (unlikely(trap->address - addr >= d->size || !kmemcheck_is_inside(addr, d->size)))
		return KMEMCHECK_CANNOT;
	return kmemcheck_access(d, regs, addr) ? KMEMCHECK_DONE : KMEMCHECK_CANNOT;
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
	enum kmemcheck_outcome outcome;
	struct kmemcheck_decoded *d, own;

	/* Being patched at this moment, or probed: the breakpoint comes first. */
	if (unlikely(*(const u8 *)regs->ip == INT3_INSN_OPCODE))
		return KMEMCHECK_DONE;
	/* Somebody steps through this code and must get his exception. */
	if (unlikely(regs->flags & X86_EFLAGS_TF))
		return KMEMCHECK_CANNOT;

	if (unlikely(in_nmi())) {
		d = &own;
		decode(regs->ip, d);
		d->patience = 0;
	} else {
		d = kmemcheck_find(regs->ip);
	}
	this_cpu_inc(kmemcheck_ops[min_t(u8, d->op, OP_STRING)]);
	outcome = perform(d, regs, trap);
	if (likely(outcome == KMEMCHECK_DONE)) {
		if (d->patience && kmemcheck_ahead)
			kmemcheck_go_ahead(d, regs);
		/* A fault sets it, so that a breakpoint is not hit twice. */
		regs->flags &= ~X86_EFLAGS_RF;
	}
	return outcome;
}
