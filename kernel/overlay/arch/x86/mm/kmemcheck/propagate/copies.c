// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: a copy of what nobody wrote is not written, either.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "../insn/memory.h"
#include "propagate.h"

/*
 * Copies that are about to be made: of what nobody wrote, to tracked memory. The
 * store that makes one comes with a fault of its own, soon.
 */
struct copy {
	struct task_struct *task;
	unsigned long addr;		/* a multiple of 8 */
	unsigned long ip;
	u8 bytes;			/* that nobody wrote, all bits of them */
};

#define NR_COPIES	8

static DEFINE_PER_CPU(struct copy [NR_COPIES], copies);
static DEFINE_PER_CPU(unsigned int, patience);

/* Faults until an expected copy is forgotten. */
#define PATIENCE	32

/**
 * kmemcheck_expect_copies() - note what will be copied to tracked memory
 * @f: where nothing is used any more
 *
 * Copies into memory whose old content is no news are not worth to be noted.
 */
void kmemcheck_expect_copies(const struct kmemcheck_follow *f)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned int i, byte, n = 0;

	for (i = 0; i < f->nr && n < NR_COPIES; i++) {
		const struct kmemcheck_word *word = &f->words[i];
		u8 bytes = 0;

		if (!word->bad || !kmemcheck_is_inside(word->addr, 8) ||
		    kmemcheck_is_initialized(word->addr, 8))
			continue;
		for (byte = 0; byte < 8; byte++)
			if ((word->bad >> 8 * byte & 0xff) == 0xff)
				bytes |= 1U << byte;
		copy[n++] = (struct copy) { current, word->addr, word->ip, bytes };
	}
	this_cpu_write(patience, n ? PATIENCE : 0);
	if (n < NR_COPIES)
		copy[n].task = NULL;
}

/**
 * kmemcheck_arch_stored() - an instruction has stored something
 * @regs: before it
 * @addr: of the operand, in the pool and initialised now
 * @size: of the operand
 *
 * If this is a copy of what nobody wrote, the copy is not written, either.
 */
void kmemcheck_arch_stored(const struct pt_regs *regs, unsigned long addr, size_t size)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned int i, byte;

	if (!this_cpu_read(patience) || in_nmi())
		return;
	this_cpu_dec(patience);
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
