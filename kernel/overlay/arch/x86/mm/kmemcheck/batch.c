// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: batch emulation: more instructions in the fault of the first one.
 *
 * Code that has touched an object is about to touch it again, and the exception
 * is what an access costs most. So the instructions that follow are emulated
 * here as well, as long as they are simple, and as long as every few of them one
 * accesses tracked memory. The first one that is not known, or may not be done
 * here, is left to the processor.
 *
 * All of this is as if an interrupt had come late: they are off meanwhile.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmemcheck_engine.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include <asm/processor-flags.h>

#include "batch.h"
#include "insn/access.h"
#include "insn/cache.h"
#include "insn/emulate.h"
#include "insn/memory.h"
#include "insn/operand.h"

/* Instructions in one fault. Interrupts are off for some 20 us. */
#define MAX_LENGTH	256

/* Instructions in a row that need not access tracked memory; 0: no batches. */
u8 kmemcheck_batch __read_mostly = 8;

static int __init batch_param(char *str)
{
	if (str && !kstrtou8(str, 0, &kmemcheck_batch))
		return 0;
	pr_err("kmemcheck: kmemcheck.batch=%s is not a number up to 255\n", str ?: "");
	return -EINVAL;
}
early_param("kmemcheck.batch", batch_param);

/* What the handler has changed for itself, and puts back at its end. */
static bool belongs_to_handler(unsigned long addr, unsigned int size)
{
#ifdef CONFIG_TRACING
	unsigned long own = (unsigned long)&current->trace_recursion;

	return addr < own + sizeof(current->trace_recursion) && addr + size > own;
#else
	return false;
#endif
}

/*
 * Kernel memory that is not tracked. Whether it can be accessed at all is found
 * out by trying; if not, the processor may raise its exception where it belongs.
 */
static bool access_untracked(const struct kmemcheck_decoded *d, struct pt_regs *regs,
			     unsigned long addr)
{
	struct pt_regs before;
	u64 value = 0;

	/* Nor may code that uses more stack than there is write over our own. */
	if (addr < TASK_SIZE_MAX || addr / THREAD_SIZE == (unsigned long)regs / THREAD_SIZE ||
	    belongs_to_handler(addr, d->size))
		return false;
	if (d->access == OPERAND_READ)
		return kmemcheck_load_nofault(&value, addr, d->size) &&
		       kmemcheck_execute(d, regs, &value);
	if (d->op != OP_STORE && d->op != OP_STORE_IMM && d->op != OP_SETCC)
		return false;

	before = *regs;
	if (!kmemcheck_execute(d, regs, &value))
		return false;
	if (kmemcheck_store_nofault(addr, &value, d->size))
		return true;
	*regs = before;
	return false;
}

static __always_inline bool in_memory(const struct kmemcheck_decoded *d,
				      struct pt_regs *regs, bool *tracked)
{
	unsigned long addr;

	if (!kmemcheck_is_one_access(d) || kmemcheck_loads_sp(d))
		return false;
	addr = kmemcheck_operand_address(d, regs);
	if (d->flags & DECODED_PERCPU) {
		if (!kmemcheck_is_percpu(d))
			return false;
		addr += this_cpu_read(this_cpu_off);
		return kmemcheck_execute(d, regs, (void *)addr);
	}
	if (kmemcheck_range_in_pool(addr, d->size)) {
		*tracked = true;
		return kmemcheck_perform(d, regs, addr);
	}
	if (kmemcheck_tracked((void *)addr) || kmemcheck_tracked((void *)addr + d->size - 1))
		return false;
	if (kmemcheck_is_on_stack(regs, addr, d->size))
		return kmemcheck_execute(d, regs, (void *)addr);
	return access_untracked(d, regs, addr);
}

static bool pop(struct pt_regs *regs, unsigned long *value)
{
	if (!kmemcheck_is_on_stack(regs, regs->sp, sizeof(*value)))
		return false;
	*value = *(unsigned long *)regs->sp;
	regs->sp += sizeof(*value);
	return true;
}

/* Instructions that use the stack. Return: false when it is none, or cannot be done. */
static bool on_stack(const struct kmemcheck_decoded *d, struct pt_regs *regs)
{
	unsigned long next = regs->ip + d->length;
	unsigned long value;

	switch (d->op) {
	case OP_PUSH_REG:
		if (!kmemcheck_push(regs, kmemcheck_get_reg(d, regs)))
			return false;
		break;
	case OP_PUSH_IMM:
		if (!kmemcheck_push(regs, (long)d->imm))
			return false;
		break;
	case OP_POP_REG:
		if (!pop(regs, &value))
			return false;
		*kmemcheck_slot(regs, d->reg) = value;
		break;
	case OP_CALL_REL:
		if (!kmemcheck_push(regs, next))
			return false;
		next += d->imm;
		break;
	case OP_RET:
		if (!pop(regs, &next))
			return false;
		break;
	default:
		return false;
	}
	regs->ip = next;
	return true;
}

/* The code that a register or memory has led to may be anywhere. */
static bool has_left_code(const struct kmemcheck_decoded *d, const struct pt_regs *regs)
{
	return (d->op == OP_RET || d->op == OP_JMP || d->op == OP_CALL) &&
	       !kmemcheck_is_code(regs->ip);
}

static __always_inline bool in_registers(const struct kmemcheck_decoded *d,
					 struct pt_regs *regs)
{
	if (d->flags & DECODED_IN_REG)
		return kmemcheck_execute_in_register(d, regs);
	return kmemcheck_execute_without_memory(d, regs) || on_stack(d, regs);
}

/*
 * Of 32 bits, an exception returns by what it writes below the stack pointer that it returns
 * to: that must not get into its frame.
 */
static bool in_registers_and_gap(const struct kmemcheck_decoded *d, struct pt_regs *regs)
{
	struct pt_regs before;

	if (likely(d->reg != SLOT_SP && d->base != SLOT_SP))
		return in_registers(d, regs);
	before = *regs;
	if (!in_registers(d, regs))
		return false;
	if (regs->sp == before.sp || kmemcheck_is_on_stack(regs, regs->sp, 1))
		return true;
	*regs = before;
	return false;
}

/* Return: false when this one is for the processor. */
static __always_inline bool emulate(const struct kmemcheck_decoded *d,
				    struct pt_regs *regs, bool *tracked)
{
	if (d->op == OP_UNKNOWN)
		return false;
	if (!(d->flags & DECODED_IN_REG) && kmemcheck_has_memory(d))
		return in_memory(d, regs, tracked);
	return MACHINE_WORD == 8 ? in_registers(d, regs) : in_registers_and_gap(d, regs);
}

/**
 * kmemcheck_emulate_batch() - emulate the instructions behind one that has faulted
 * @first: the one that has faulted
 * @regs: behind it, and then as far as it went
 *
 * How many instructions need not access tracked memory is learnt for each @first:
 * where there never is another access, no batch is tried.
 */
void kmemcheck_emulate_batch(struct kmemcheck_decoded *first, struct pt_regs *regs)
{
	unsigned int budget = kmemcheck_batch_budget(first), spent = 0;
	unsigned int i, accesses = 0, idle_batches = first->idle_batches;
	const struct kmemcheck_decoded *d = first;

	for (i = 0; i < MAX_LENGTH && spent < budget; i++) {
		bool tracked = false;

		if (has_left_code(d, regs))
			break;
		/* A breakpoint is not known, so it is for the processor, too. */
		d = kmemcheck_decode_cached(regs->ip);
		if (!emulate(d, regs, &tracked))
			break;
		spent++;
		if (tracked) {
			accesses++;
			spent = 0;
			budget = kmemcheck_batch;
		}
	}
	/* Or of one that has taken its place in the cache: of no harm. */
	first->idle_batches = accesses ? 0 : idle_batches + 1;
	kmemcheck_counter_add(KMEMCHECK_COUNTER_BATCHED, accesses);
}
