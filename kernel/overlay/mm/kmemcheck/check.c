// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: judge an access.
 *
 * This runs inside of a page fault that may have hit anything, an NMI
 * included: no lock, no allocation, no tracing, nothing that is hidden.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>

#include "kmemcheck.h"
#include "report.h"
#include "shadow.h"

DEFINE_PER_CPU(unsigned long, kmemcheck_expected);

/* How many bytes, before the first one that is to be reported, are as they should be? */
static size_t fine_bytes(enum kmemcheck_kind kind, unsigned long addr, size_t size)
{
	return kind == KMEMCHECK_WRITE ? kmemcheck_shadow_allocated(addr, size) :
					 kmemcheck_shadow_run(addr, size, true);
}

static enum kmemcheck_state state_to_report(enum kmemcheck_kind kind,
					    unsigned long addr, size_t size)
{
	size_t fine = fine_bytes(kind, addr, size);

	/* An operand may reach beyond the end of the pool. */
	return fine == size || !kmemcheck_in_pool(addr + fine) ?
	       KMEMCHECK_INITIALIZED : kmemcheck_shadow_get(addr + fine);
}

static void report_operand(struct pt_regs *regs, enum kmemcheck_kind kind,
			   unsigned long addr, size_t size)
{
	struct kmemcheck_access access = {
		.kind = kind,
		.state = state_to_report(kind, addr, size),
		.address = addr,
		.size = size,
		.start = addr,
		.length = size,
	};

	kmemcheck_queue_report(regs, instruction_pointer(regs), &access);
}

/**
 * kmemcheck_report_read() - an instruction loads what it must not
 * @regs: before it
 * @addr: of the operand, in the pool
 * @size: of the operand, bytes
 */
void kmemcheck_report_read(struct pt_regs *regs, unsigned long addr, size_t size)
{
	report_operand(regs, KMEMCHECK_READ, addr, size);
	/* Once is enough for these bytes. */
	kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
}

/**
 * kmemcheck_read() - an instruction is about to load
 * @regs: before it, where the exception has left them
 * @addr: of the operand, tracked or not
 * @size: of the operand, bytes
 *
 * Uninitialised bytes may be loaded as long as they are not used. Unallocated ones may
 * not, unless they merely adjoin what is wanted.
 */
void kmemcheck_read(struct pt_regs *regs, unsigned long addr, size_t size)
{
	if (!kmemcheck_in_pool(addr) || kmemcheck_may_read(addr, size))
		return;
	if (kmemcheck_any_allocated(addr, size)) {
		kmemcheck_count(KMEMCHECK_COUNTER_PROPAGATED);
		if (!kmemcheck_arch.load_is_used(regs, addr, size)) {
			kmemcheck_count(KMEMCHECK_COUNTER_UNUSED);
			return;
		}
	}
	kmemcheck_report_read(regs, addr, size);
}

/**
 * kmemcheck_write() - an instruction is about to store
 * @regs: before it
 * @addr: of the operand, tracked or not
 * @size: of the operand, bytes
 */
void kmemcheck_write(struct pt_regs *regs, unsigned long addr, size_t size)
{
	if (!kmemcheck_in_pool(addr))
		return;
	if (!kmemcheck_is_initialized(addr, size)) {
		if (!kmemcheck_may_write(addr, size))
			report_operand(regs, KMEMCHECK_WRITE, addr, size);
		kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
	}
	if (kmemcheck_expects_copy())
		kmemcheck_propagate_store(regs, addr, size);
}

/* Other heap memory might as well be tracked; for lack of room or of age it is not. */
bool kmemcheck_is_heap(unsigned long addr)
{
	unsigned long direct = (unsigned long)__va(0);

	return addr - direct < (unsigned long)high_memory - direct;
}

/**
 * kmemcheck_may_copy_untracked() - may this be copied to untracked memory?
 * @to: destination, not in the pool
 * @from: source, in the pool
 * @size: bytes, one element of the copy
 *
 * User space must not see uninitialised bytes. The stack has no shadow, so what is
 * copied there is reported now or never.
 */
bool kmemcheck_may_copy_untracked(unsigned long to, unsigned long from, size_t size)
{
	if (to < TASK_SIZE_MAX)
		return kmemcheck_is_initialized(from, size);
	return kmemcheck_is_heap(to) ? kmemcheck_may_copy(from, size) :
				       kmemcheck_may_copy_to_stack(from, size);
}

/**
 * kmemcheck_copy() - an instruction is about to move memory to memory
 * @regs: before it
 * @to: destination, tracked or not
 * @from: source, tracked or not
 * @size: bytes
 *
 * Between two tracked places the state moves along and nothing is reported:
 * a copy is not a use.
 */
void kmemcheck_copy(struct pt_regs *regs, unsigned long to, unsigned long from,
		    size_t size)
{
	if (!kmemcheck_in_pool(from)) {
		kmemcheck_write(regs, to, size);
		return;
	}
	if (!kmemcheck_in_pool(to)) {
		if (!kmemcheck_may_copy_untracked(to, from, size))
			kmemcheck_report_read(regs, from, size);
		return;
	}

	if (!kmemcheck_may_copy(from, size))
		kmemcheck_report_read(regs, from, size);
	if (!kmemcheck_may_write(to, size))
		kmemcheck_write(regs, to, size);
	kmemcheck_copy_state(to, from, size);
}

/**
 * kmemcheck_report_range() - report an access that has not faulted
 * @kind: what for
 * @ip: where, in the function that is to be printed first
 * @addr: of the range, in the pool
 * @size: of the range; its first run of such bytes stands for all of them
 *
 * Afterwards all of it counts as initialised.
 */
void kmemcheck_report_range(enum kmemcheck_kind kind, unsigned long ip,
			    unsigned long addr, size_t size)
{
	size_t fine = fine_bytes(kind, addr, size);
	struct kmemcheck_access access;
	unsigned long flags;

	if (fine == size || !kmemcheck_in_pool(addr + fine))
		return;

	access = (struct kmemcheck_access) {
		.kind = kind,
		.state = kmemcheck_shadow_get(addr + fine),
		.address = addr + fine,
		.size = kmemcheck_shadow_run(addr + fine, size - fine, false),
		.start = addr,
		.length = size,
	};

	/* A queue's producers must not migrate nor be overtaken by a task. */
	raw_local_irq_save(flags);
	kmemcheck_queue_report(NULL, ip, &access);
	raw_local_irq_restore(flags);
	kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
}
