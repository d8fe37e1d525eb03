// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: judge an access.
 *
 * This runs inside of a page fault that may have hit anything, an NMI
 * included: no lock, no allocation, no tracing, nothing that is hidden.
 */
#include <linux/irqflags.h>
#include <linux/kallsyms.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>

#include <asm/kmemcheck.h>

#include "kmemcheck.h"
#include "report.h"
#include "shadow.h"

DEFINE_PER_CPU(unsigned long, kmemcheck_expected);

/* Functions that read what may be anything, as for /proc/kcore and BPF programs. */
static struct {
	unsigned long start, size;
} peeking[] = {
	{ (unsigned long)copy_from_kernel_nofault },
	{ (unsigned long)strncpy_from_kernel_nofault },
	KMEMCHECK_ARCH_PEEKING
};

/* Without kallsyms, their reads are judged as all others are. */
void kmemcheck_check_init(void)
{
	unsigned long offset;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(peeking); i++)
		kallsyms_lookup_size_offset(peeking[i].start, &peeking[i].size, &offset);
}

static bool is_peeking(const struct pt_regs *regs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(peeking); i++)
		if (regs->ip - peeking[i].start < peeking[i].size)
			return true;
	return false;
}

/* Of the first byte that the rule does not allow; an operand may reach beyond the pool. */
static enum kmemcheck_state state_to_report(kmemcheck_rule_t allows, unsigned long addr,
					    size_t size)
{
	size_t i;

	for (i = 0; i < size && kmemcheck_in_pool(addr + i); i++)
		if (!allows(addr + i, 1))
			return kmemcheck_shadow_get(addr + i);
	return KMEMCHECK_INITIALIZED;
}

static void report_operand(struct pt_regs *regs, enum kmemcheck_kind kind,
			   unsigned long addr, size_t size)
{
	struct kmemcheck_access access = {
		.kind = kind,
		.state = state_to_report(kind == KMEMCHECK_WRITE ? kmemcheck_may_write :
								   kmemcheck_is_initialized,
					 addr, size),
		.address = addr,
		.size = size,
		.start = addr,
		.length = size,
	};

	kmemcheck_queue_report(regs, instruction_pointer(regs), &access, NULL);
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
 * not, unless they merely adjoin what is wanted. What is read without regard to that counts as
 * initialised wherever it goes.
 */
void kmemcheck_read(struct pt_regs *regs, unsigned long addr, size_t size)
{
	if (!kmemcheck_in_pool(addr) || kmemcheck_may_read(addr, size) ||
	    this_cpu_read(kmemcheck_walking) || is_peeking(regs))
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
 * kmemcheck_written() - an instruction stores to what may be written
 * @regs: before it
 * @addr: of the operand, in the pool
 * @size: of the operand, bytes
 */
void kmemcheck_written(struct pt_regs *regs, unsigned long addr, size_t size)
{
	kmemcheck_set_initialized(addr, size);
	if (kmemcheck_expects_copy())
		kmemcheck_propagate_store(regs, regs->ip, addr, size);
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
	if (!kmemcheck_may_write(addr, size))
		report_operand(regs, KMEMCHECK_WRITE, addr, size);
	kmemcheck_written(regs, addr, size);
}

/*
 * Other heap memory might as well be tracked; for lack of room or of age it is not. Stacks lie
 * there, too, without CONFIG_VMAP_STACK.
 */
bool kmemcheck_is_heap(unsigned long addr)
{
	unsigned long direct = (unsigned long)__va(0);

	return addr - direct < (unsigned long)high_memory - direct &&
	       !object_is_on_stack((void *)addr);
}

/**
 * kmemcheck_untracked_rule() - what may be copied to untracked memory?
 * @to: destination, not in the pool
 *
 * User space must not see uninitialised bytes. The stack has no shadow, so what is
 * copied there is reported now or never.
 *
 * Return: the rule for each element of the copy.
 */
kmemcheck_rule_t kmemcheck_untracked_rule(unsigned long to)
{
	if (to < TASK_SIZE_MAX)
		return kmemcheck_is_initialized;
	return kmemcheck_is_heap(to) ? kmemcheck_may_copy : kmemcheck_may_copy_to_stack;
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
		if (!kmemcheck_untracked_rule(to)(from, size))
			kmemcheck_report_read(regs, from, size);
		return;
	}

	if (!kmemcheck_may_copy(from, size))
		kmemcheck_report_read(regs, from, size);
	if (!kmemcheck_may_write(to, size))
		kmemcheck_write(regs, to, size);
	kmemcheck_copy_state(regs, to, from, size);
}

static void add_byte(struct kmemcheck_run_list *list, unsigned long addr)
{
	enum kmemcheck_state state = kmemcheck_shadow_get(addr);
	struct kmemcheck_run *run = &list->last;

	list->bytes++;
	if (!list->count || addr != run->address + run->size || state != run->state) {
		list->count++;
		*run = (struct kmemcheck_run) { .address = addr, .state = state };
	}
	run->size++;
	if (list->count <= KMEMCHECK_RUNS_MAX)
		list->runs[list->count - 1] = *run;
}

/* As a loop over memory loads it, word by word. */
static void find_runs(struct kmemcheck_run_list *list, kmemcheck_rule_t allows,
		      unsigned long addr, size_t size)
{
	unsigned long end = addr + size, word;

	list->count = 0;
	list->bytes = 0;
	for (; addr < end; addr = word) {
		word = min(addr + sizeof(long), end);
		if (allows(addr, word - addr))
			continue;
		for (; addr < word && kmemcheck_in_pool(addr); addr++)
			if (!allows(addr, 1))
				add_byte(list, addr);
	}
}

/**
 * kmemcheck_report_range() - report an access that has not faulted
 * @kind: what for
 * @ip: where, in the function that is to be printed first
 * @addr: of the range, in the pool
 * @size: of the range
 * @allows: what is as it should be: of a word, and of the bytes in one that is not
 *
 * One report tells all that is wrong with the access, as far as there is room. Only
 * what it tells counts as initialised afterwards.
 */
void kmemcheck_report_range(enum kmemcheck_kind kind, unsigned long ip, unsigned long addr,
			    size_t size, kmemcheck_rule_t allows)
{
	struct kmemcheck_access access;
	struct kmemcheck_run_list list;
	unsigned long flags;
	unsigned int i;

	find_runs(&list, allows, addr, size);
	if (!list.count)
		return;

	access = (struct kmemcheck_access) {
		.kind = kind,
		.state = list.runs[0].state,
		.address = list.runs[0].address,
		.size = list.runs[0].size,
		.start = addr,
		.length = size,
	};

	/* A queue's producers must not migrate nor be overtaken by a task. */
	raw_local_irq_save(flags);
	kmemcheck_queue_report(NULL, ip, &access, &list);
	raw_local_irq_restore(flags);
	for (i = 0; i < min_t(unsigned int, list.count, KMEMCHECK_RUNS_MAX); i++)
		kmemcheck_shadow_set(list.runs[i].address, list.runs[i].size,
				     KMEMCHECK_INITIALIZED);
}
