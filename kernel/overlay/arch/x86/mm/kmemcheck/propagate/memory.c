// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: memory of the followed code: what it stores is kept aside.
 */
#include <linux/align.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "propagate.h"

static struct kmemcheck_word *find_word(struct kmemcheck_follow *f, unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->words[i].addr == addr)
			return &f->words[i];
	return NULL;
}

#define MAX_PHYSMEM	(1UL << MAX_PHYSMEM_BITS)

/*
 * What may be read out of turn: the image of the kernel, memory, the pages' structs, and
 * the stack of the interrupted code. Not what is a device, for which reading may count.
 */
static bool is_plain_memory(const struct kmemcheck_follow *f, unsigned long addr,
			    unsigned int size)
{
	unsigned long direct = (unsigned long)__va(0);

	if (addr >= __START_KERNEL_map)
		return addr < FIXADDR_START;
	if (addr - direct < (unsigned long)high_memory - direct)
		return true;
	if (addr - VMEMMAP_START < (MAX_PHYSMEM >> PAGE_SHIFT) * sizeof(struct page))
		return true;
	return (addr | (THREAD_SIZE - 1)) == ((unsigned long)f->real | (THREAD_SIZE - 1)) &&
	       addr % THREAD_SIZE + size <= THREAD_SIZE;
}

/**
 * kmemcheck_follow_load() - read memory as the followed code sees it
 * @f: where the interrupted code is
 * @addr: its address
 * @size: 1, 2, 4 or 8
 * @value: set to what it holds
 * @bad: set to the bad bits of a store that was kept aside, or 0
 *
 * Return: whether it may be read.
 */
bool kmemcheck_follow_load(struct kmemcheck_follow *f, unsigned long addr,
			   unsigned int size, u64 *value, u64 *bad)
{
	const struct kmemcheck_word *word;
	unsigned int i, shift;

	*value = 0;
	*bad = 0;
	if (kmemcheck_tracked((void *)addr)) {
		if (!kmemcheck_is_inside(addr, size))
			return false;
		*value = kmemcheck_load((void *)(addr + kmemcheck_alias_offset), size);
	} else if (!is_plain_memory(f, addr, size) ||
		   kmemcheck_tracked((void *)addr + size - 1) ||
		   !kmemcheck_load_nofault(value, addr, size)) {
		return false;
	}
	for (i = 0; f->nr && i < size; i++) {
		word = find_word(f, ALIGN_DOWN(addr + i, 8));
		shift = (addr + i) % 8 * 8;
		if (!word || !(word->bytes & 1U << shift / 8))
			continue;
		*value = (*value & ~(0xffULL << 8 * i)) | (word->value >> shift & 0xff) << 8 * i;
		*bad |= (word->bad >> shift & 0xff) << 8 * i;
	}
	return true;
}

/**
 * kmemcheck_follow_store() - keep a store aside
 * @f: where the interrupted code is
 * @addr: its address
 * @size: 1, 2, 4 or 8
 * @value: what is stored
 * @bad: its bad bits
 *
 * Return: whether there was room.
 */
bool kmemcheck_follow_store(struct kmemcheck_follow *f, unsigned long addr,
			    unsigned int size, u64 value, u64 bad)
{
	struct kmemcheck_word *word;
	unsigned int i, shift;

	for (i = 0; i < size; i++) {
		word = find_word(f, ALIGN_DOWN(addr + i, 8));
		if (!word) {
			if (f->nr == KMEMCHECK_NR_WORDS)
				return false;
			word = &f->words[f->nr++];
			*word = (struct kmemcheck_word) { .addr = ALIGN_DOWN(addr + i, 8) };
		}
		shift = (addr + i) % 8 * 8;
		word->value = (word->value & ~(0xffULL << shift)) |
			      (value >> 8 * i & 0xff) << shift;
		word->bad = (word->bad & ~(0xffULL << shift)) | (bad >> 8 * i & 0xff) << shift;
		word->bytes |= 1U << shift / 8;
		word->ip = f->ip;
		word->returns = false;
	}
	return true;
}

/* Return: whether there was room. */
bool kmemcheck_follow_push(struct kmemcheck_follow *f, u64 value, u64 bad)
{
	if (!kmemcheck_follow_store(f, f->regs.sp - 8, 8, value, bad))
		return false;
	f->regs.sp -= 8;
	return true;
}

/* Return: whether the stack may be read. */
bool kmemcheck_follow_pop(struct kmemcheck_follow *f, u64 *value, u64 *bad)
{
	if (!kmemcheck_follow_load(f, f->regs.sp, 8, value, bad))
		return false;
	f->regs.sp += 8;
	return true;
}

/*
 * Push where a call returns to. No function looks at the flags that another one
 * has left.
 */
bool kmemcheck_follow_call(struct kmemcheck_follow *f, u64 next)
{
	f->flags = 0;
	if (!kmemcheck_follow_push(f, next, 0))
		return false;
	if (IS_ALIGNED(f->regs.sp, 8))
		find_word(f, f->regs.sp)->returns = true;
	return true;
}

/*
 * Before a return. Registers that a function need not preserve are of no interest to
 * its caller. But there are thunks that jump to what they have put onto the stack.
 */
void kmemcheck_follow_return(struct kmemcheck_follow *f)
{
	const struct kmemcheck_word *word = find_word(f, f->regs.sp);

	f->flags = 0;
	if (word && !word->returns)
		return;
	f->bad.cx = 0;
	f->bad.si = 0;
	f->bad.di = 0;
	f->bad.r8 = 0;
	f->bad.r9 = 0;
	f->bad.r10 = 0;
	f->bad.r11 = 0;
}

/* What was saved on the stack comes back. */
bool kmemcheck_stack_is_bad(const struct kmemcheck_follow *f)
{
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (f->words[i].bad && f->words[i].addr >= f->regs.sp &&
		    (f->words[i].addr | (THREAD_SIZE - 1)) ==
		    ((unsigned long)f->real | (THREAD_SIZE - 1)))
			return true;
	return false;
}
