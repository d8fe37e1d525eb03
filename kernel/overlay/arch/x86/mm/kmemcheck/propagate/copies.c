// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: a copy of uninitialised bytes is uninitialised, too.
 */
#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "../insn/memory.h"
#include "propagate.h"

/*
 * A copy of uninitialised bytes to tracked memory that is about to be made, perhaps over
 * bytes that are initialised. The store that makes it comes with a fault of its own, soon.
 * Those of which kmemcheck_expected has the bit are in use.
 */
struct copy {
	struct task_struct *task;
	unsigned long addr;		/* of a word */
	unsigned long ip;
	unsigned long from;		/* the first poisoned byte of them was loaded there */
	u64 poison;			/* of what is stored */
	u8 left;			/* other stores until it is forgotten */
};

#define NR_COPIES	BITS_PER_LONG

static DEFINE_PER_CPU(struct copy [NR_COPIES], copies);
static DEFINE_PER_CPU(unsigned int, oldest);

/* A loop comes to the same store again and again. */
static bool is_same_store(const struct copy *copy, unsigned long addr, unsigned long ip)
{
	return copy->task == current && copy->addr == addr && copy->ip == ip;
}

static void expect_copy(unsigned long addr, unsigned long ip, unsigned long from, u64 poison)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned long expected = this_cpu_read(kmemcheck_expected);
	unsigned int i, slot = NR_COPIES;

	for_each_set_bit(i, &expected, NR_COPIES)
		if (is_same_store(&copy[i], addr, ip))
			slot = i;
	if (slot == NR_COPIES && ~expected)
		slot = ffz(expected);
	if (slot == NR_COPIES)
		slot = this_cpu_inc_return(oldest) % NR_COPIES;
	copy[slot] = (struct copy) { current, addr, ip, from, poison, U8_MAX };
	this_cpu_write(kmemcheck_expected, expected | BIT(slot));
}

/* Of a word in the pool. Two stores may have made it of two parts. */
static void expect_copies_to(const struct kmemcheck_word *word, unsigned long from)
{
	u64 left = word->poison, poison;
	unsigned int i, byte;

	while (left) {
		byte = __ffs64(left) / 8;
		poison = 0;
		for (i = byte; i < MACHINE_WORD; i++)
			if (word->ip[i] == word->ip[byte])
				poison |= left & 0xffULL << 8 * i;
		if (word->ip[byte] != PROPAGATE_STATE_MOVES)
			expect_copy(word->addr, word->ip[byte], from, poison);
		left &= ~poison;
	}
}

/**
 * kmemcheck_expect_copies() - note what will be copied to tracked memory
 * @p: at the end, no poison was used
 */
void kmemcheck_expect_copies(const struct kmemcheck_propagation *p)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->words[i].poison && kmemcheck_range_in_pool(p->words[i].addr, MACHINE_WORD))
			expect_copies_to(&p->words[i], p->from);
}

/* Return: whether all of it has been stored now. Loops store it in parts. */
static bool make_copy(struct pt_regs *regs, struct copy *copy, unsigned long addr, size_t size)
{
	unsigned int first = __ffs64(copy->poison) / 8, last = (fls64(copy->poison) - 1) / 8, byte;
	u8 poison;

	kmemcheck_note_copy(regs, copy->addr + first, copy->from, last + 1 - first);
	for (byte = 0; byte < MACHINE_WORD; byte++) {
		poison = copy->poison >> 8 * byte;
		if (!poison || copy->addr + byte - addr >= size)
			continue;
		kmemcheck_set_poison(copy->addr + byte, 1, poison);
		copy->poison &= ~(0xffULL << 8 * byte);
	}
	return !copy->poison;
}

/**
 * kmemcheck_propagate_store() - an instruction has stored something
 * @regs: before it, or NULL
 * @ip: of it; where memcpy() and its like return to
 * @addr: of the operand, in the pool and initialised now
 * @size: of the operand
 *
 * If that is a copy of uninitialised bytes, it is not initialised after all.
 */
void kmemcheck_propagate_store(struct pt_regs *regs, unsigned long ip, unsigned long addr,
			       size_t size)
{
	struct copy *copy = this_cpu_ptr(copies);
	unsigned long expected = this_cpu_read(kmemcheck_expected), still = expected;
	unsigned int i;

	if (in_nmi())
		return;
	for_each_set_bit(i, &expected, NR_COPIES) {
		bool made = copy[i].task == current && copy[i].ip == ip &&
			    addr + size > copy[i].addr && addr < copy[i].addr + MACHINE_WORD &&
			    make_copy(regs, &copy[i], addr, size);

		if (made || !--copy[i].left)
			still &= ~BIT(i);
	}
	this_cpu_write(kmemcheck_expected, still);
}
