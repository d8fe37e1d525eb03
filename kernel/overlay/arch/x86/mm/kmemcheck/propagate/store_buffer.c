// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: memory as the code sees that poison is propagated through: its stores
 * are buffered, and loads look there first.
 */
#include <linux/align.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "propagate.h"

static struct kmemcheck_word *find_word(struct kmemcheck_propagation *p, unsigned long addr)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->words[i].addr == addr)
			return &p->words[i];
	return NULL;
}

static bool is_on_stack(const struct kmemcheck_propagation *p, unsigned long addr)
{
	return (addr | (THREAD_SIZE - 1)) == ((unsigned long)p->real | (THREAD_SIZE - 1));
}

/* The frames of functions that have returned are of no interest any more. */
static struct kmemcheck_word *new_word(struct kmemcheck_propagation *p)
{
	unsigned int i;

	if (p->nr < KMEMCHECK_NR_WORDS)
		return &p->words[p->nr++];
	for (i = 0; i < p->nr; i++)
		if (p->words[i].addr < p->regs.sp && is_on_stack(p, p->words[i].addr))
			return &p->words[i];
	return NULL;
}

/* The image of the kernel, all memory, and the pages' structs. */
#ifdef CONFIG_X86_64
#define MAX_PHYSMEM	(1UL << MAX_PHYSMEM_BITS)

static bool is_mapped_for_good(unsigned long addr)
{
	unsigned long direct = (unsigned long)__va(0);

	if (addr >= __START_KERNEL_map)
		return addr < FIXADDR_START;
	if (addr - direct < (unsigned long)high_memory - direct)
		return true;
	return addr - VMEMMAP_START < (MAX_PHYSMEM >> PAGE_SHIFT) * sizeof(struct page);
}
#else
static bool is_mapped_for_good(unsigned long addr)
{
	return addr >= PAGE_OFFSET && addr < (unsigned long)high_memory;
}
#endif

/*
 * What may be read out of turn: what is always there, what each CPU has of its own, the
 * stack of the interrupted code, and what is memory of the vmalloc area. Not what is a
 * device, for which reading may count.
 */
static bool is_plain_memory(const struct kmemcheck_propagation *p, unsigned long addr,
			    unsigned int size)
{
	if (is_mapped_for_good(addr) || p->is_percpu)
		return true;
	if (is_on_stack(p, addr))
		return addr % THREAD_SIZE + size <= THREAD_SIZE;
	return kmemcheck_is_vmalloc_memory(addr) && kmemcheck_is_vmalloc_memory(addr + size - 1);
}

/* Of a range that lies around @addr the newest one, or NULL. */
static const struct kmemcheck_range *find_range(const struct kmemcheck_propagation *p,
						unsigned long addr)
{
	unsigned int i;

	for (i = p->nr_ranges; i--; )
		if (addr - p->ranges[i].addr < p->ranges[i].size)
			return &p->ranges[i];
	return NULL;
}

/* A byte that was not stored by itself. Return: whether it is known. */
static bool apply_range(const struct kmemcheck_propagation *p, unsigned long addr,
			u64 *value, unsigned int shift)
{
	const struct kmemcheck_range *range = find_range(p, addr);

	if (!range)
		return true;
	*value = (*value & ~(0xffULL << shift)) | (u64)(u8)range->fill << shift;
	return range->fill >= 0;
}

/**
 * kmemcheck_buffered_load() - read memory behind the stores so far
 * @p: what has stored
 * @addr: its address
 * @size: 1, 2, 4 or 8
 * @value: set to what it holds
 * @poison: set to what a store has put there, or 0
 *
 * Return: whether it may be read, and is known.
 */
bool kmemcheck_buffered_load(struct kmemcheck_propagation *p, unsigned long addr,
			     unsigned int size, u64 *value, u64 *poison)
{
	const struct kmemcheck_word *word;
	unsigned int i, shift;

	*value = 0;
	*poison = 0;
	if (kmemcheck_tracked((void *)addr)) {
		if (!kmemcheck_range_in_pool(addr, size))
			return false;
		*value = kmemcheck_load((void *)(addr + kmemcheck_alias_offset), size);
	} else if (!is_plain_memory(p, addr, size) ||
		   kmemcheck_tracked((void *)addr + size - 1) ||
		   !kmemcheck_load_nofault(value, addr, size)) {
		return false;
	}
	for (i = 0; (p->nr || p->nr_ranges) && i < size; i++) {
		word = find_word(p, ALIGN_DOWN(addr + i, MACHINE_WORD));
		shift = (addr + i) % MACHINE_WORD * 8;
		if (!word || !(word->bytes & 1U << shift / 8)) {
			if (!apply_range(p, addr + i, value, 8 * i))
				return false;
			continue;
		}
		*value = (*value & ~(0xffULL << 8 * i)) | (word->value >> shift & 0xff) << 8 * i;
		*poison |= (word->poison >> shift & 0xff) << 8 * i;
	}
	return true;
}

/**
 * kmemcheck_buffered_store() - note a store
 * @p: before the instruction that stores, or behind it
 * @addr: its address
 * @size: 1, 2, 4 or 8
 * @value: what is stored
 * @poison: of that
 *
 * Return: whether there was room.
 */
bool kmemcheck_buffered_store(struct kmemcheck_propagation *p, unsigned long addr,
			      unsigned int size, u64 value, u64 poison)
{
	struct kmemcheck_word *word;
	unsigned int i, shift;

	for (i = 0; i < size; i++) {
		word = find_word(p, ALIGN_DOWN(addr + i, MACHINE_WORD));
		if (!word) {
			word = new_word(p);
			if (!word)
				return false;
			*word = (struct kmemcheck_word) {
				.addr = ALIGN_DOWN(addr + i, MACHINE_WORD),
			};
		}
		shift = (addr + i) % MACHINE_WORD * 8;
		word->value = (word->value & ~(0xffULL << shift)) |
			      (value >> 8 * i & 0xff) << shift;
		word->poison = (word->poison & ~(0xffULL << shift)) |
			       (poison >> 8 * i & 0xff) << shift;
		word->bytes |= 1U << shift / 8;
		word->ip[shift / 8] = p->ip;
		word->is_return = false;
	}
	return true;
}

/* The bytes of a word, a bit for each, that lie in a range. */
static u8 bytes_in(const struct kmemcheck_word *word, unsigned long addr, unsigned long size)
{
	unsigned int byte;
	u8 bytes = 0;

	for (byte = 0; byte < MACHINE_WORD; byte++)
		if (word->addr + byte - addr < size)
			bytes |= 1U << byte;
	return bytes;
}

/* 0xff for each bit. */
static u64 spread(u8 bytes)
{
	unsigned int byte;
	u64 mask = 0;

	for (byte = 0; byte < MACHINE_WORD; byte++)
		if (bytes & 1U << byte)
			mask |= 0xffULL << 8 * byte;
	return mask;
}

/* Has something that is poisoned been stored there? */
bool kmemcheck_buffer_is_poisoned(const struct kmemcheck_propagation *p, unsigned long addr,
				  unsigned long size)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->words[i].poison & spread(bytes_in(&p->words[i], addr, size)))
			return true;
	return false;
}

/**
 * kmemcheck_buffered_range() - note stores of something that is not poisoned
 * @p: what has stored
 * @addr: where the first byte went
 * @size: bytes
 * @fill: value of all of them, or -1: not known
 *
 * Return: whether there was room.
 */
bool kmemcheck_buffered_range(struct kmemcheck_propagation *p, unsigned long addr,
			      unsigned long size, int fill)
{
	unsigned int i;
	u8 bytes;

	if (p->nr_ranges == KMEMCHECK_NR_RANGES)
		return false;
	for (i = 0; i < p->nr; i++) {
		bytes = bytes_in(&p->words[i], addr, size);
		p->words[i].bytes &= ~bytes;
		p->words[i].poison &= ~spread(bytes);
	}
	p->ranges[p->nr_ranges++] = (struct kmemcheck_range) { addr, size, fill };
	return true;
}

/* Return: whether there was room. */
bool kmemcheck_buffered_push(struct kmemcheck_propagation *p, u64 value, u64 poison)
{
	if (!kmemcheck_buffered_store(p, p->regs.sp - MACHINE_WORD, MACHINE_WORD, value, poison))
		return false;
	p->regs.sp -= MACHINE_WORD;
	return true;
}

/* Return: whether the stack may be read. */
bool kmemcheck_buffered_pop(struct kmemcheck_propagation *p, u64 *value, u64 *poison)
{
	if (!kmemcheck_buffered_load(p, p->regs.sp, MACHINE_WORD, value, poison))
		return false;
	p->regs.sp += MACHINE_WORD;
	return true;
}

/*
 * Push where a call returns to. No function looks at the flags that another one
 * has left.
 */
bool kmemcheck_buffered_call(struct kmemcheck_propagation *p, u64 next)
{
	p->flags_poison = 0;
	if (!kmemcheck_buffered_push(p, next, 0))
		return false;
	if (IS_ALIGNED(p->regs.sp, MACHINE_WORD))
		find_word(p, p->regs.sp)->is_return = true;
	return true;
}

/*
 * Before a return. Registers that a call clobbers are of no interest to the caller.
 * But there are thunks that jump to what they have put onto the stack.
 */
void kmemcheck_clobber_at_return(struct kmemcheck_propagation *p)
{
	static const u8 clobbered[] = MACHINE_CLOBBERED;
	const struct kmemcheck_word *word = find_word(p, p->regs.sp);
	unsigned int i;

	p->flags_poison = 0;
	if (word && !word->is_return)
		return;
	for (i = 0; i < ARRAY_SIZE(clobbered); i++)
		*kmemcheck_slot(&p->poison, clobbered[i]) = 0;
}

/* What has been saved on the stack comes back. */
bool kmemcheck_stack_is_poisoned(const struct kmemcheck_propagation *p)
{
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->words[i].poison && p->words[i].addr >= p->regs.sp &&
		    is_on_stack(p, p->words[i].addr))
			return true;
	return false;
}
