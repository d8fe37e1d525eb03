// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: a copy of uninitialised bytes is uninitialised, too.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "../insn/memory.h"
#include "propagate.h"

/*
 * Copies of uninitialised bytes to tracked memory that are about to be made. The store
 * that makes one comes with a fault of its own, soon.
 */
struct copy {
	struct task_struct *task;
	unsigned long addr;		/* a multiple of 8 */
	unsigned long ip;
	u8 bytes;			/* all bits of which are poisoned */
};

#define NR_COPIES	8

static DEFINE_PER_CPU(struct copy [NR_COPIES], copies);
static DEFINE_PER_CPU(unsigned int, faults_left);

/* Faults until an expected copy is forgotten. */
#define MAX_FAULTS	32

/**
 * kmemcheck_expect_copies() - note what will be copied to tracked memory
 * @p: at the end, no poison was used
 *
 * Copies into memory whose old content is no news are not worth to be noted.
 */
void kmemcheck_expect_copies(const struct kmemcheck_propagation *p)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned int i, byte, n = 0;

	for (i = 0; i < p->nr && n < NR_COPIES; i++) {
		const struct kmemcheck_word *word = &p->words[i];
		u8 bytes = 0;

		if (!word->poison || !kmemcheck_range_in_pool(word->addr, 8) ||
		    kmemcheck_is_initialized(word->addr, 8))
			continue;
		for (byte = 0; byte < 8; byte++)
			if ((word->poison >> 8 * byte & 0xff) == 0xff)
				bytes |= 1U << byte;
		copy[n++] = (struct copy) { current, word->addr, word->ip, bytes };
	}
	this_cpu_write(faults_left, n ? MAX_FAULTS : 0);
	if (n < NR_COPIES)
		copy[n].task = NULL;
}

/**
 * kmemcheck_propagate_store() - an instruction has stored something
 * @regs: before it
 * @addr: of the operand, in the pool and initialised now
 * @size: of the operand
 *
 * If that is a copy of uninitialised bytes, it is not initialised after all.
 */
void kmemcheck_propagate_store(const struct pt_regs *regs, unsigned long addr, size_t size)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned int i, byte;

	if (!this_cpu_read(faults_left) || in_nmi())
		return;
	this_cpu_dec(faults_left);
	for (i = 0; i < NR_COPIES && copy[i].task; i++) {
		if (copy[i].task != current || copy[i].ip != regs->ip ||
		    addr + size <= copy[i].addr || addr >= copy[i].addr + 8)
			continue;
		for (byte = 0; byte < 8; byte++)
			if (copy[i].bytes & 1U << byte &&
			    copy[i].addr + byte - addr < size)
				kmemcheck_set_uninitialized(copy[i].addr + byte, 1);
		copy[i].bytes = 0;
	}
}
