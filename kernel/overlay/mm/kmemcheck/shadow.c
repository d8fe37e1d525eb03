// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the state of every byte of tracked memory, two bits each.
 *
 * One byte of shadow holds four neighbours, so an update of a part of it is a
 * compare-and-exchange: two processors that write neighbouring bytes must not
 * lose each other's update, and neither must an NMI in between.
 */
#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kmemcheck.h"

#define PER_BYTE	4

static u8 *shadow_base __ro_after_init;

/* A bit for each page that is shown for good: all of it counts as initialised. */
static unsigned long *given_up __ro_after_init;

/**
 * kmemcheck_shadow_init() - set the shadow up
 * @shadow: a byte for four bytes of the pool, all 0 (which is unallocated)
 * @pages: of the pool
 *
 * Return: 0, or -ENOMEM.
 */
int __init kmemcheck_shadow_init(u8 *shadow, unsigned long pages)
{
	shadow_base = shadow;
	given_up = vzalloc(BITS_TO_LONGS(pages) * sizeof(long));
	return given_up ? 0 : -ENOMEM;
}

static unsigned long page_nr(unsigned long addr)
{
	return (addr - kmemcheck_pool_start) >> PAGE_SHIFT;
}

/* Is the page shown for good? @addr lies in the pool. */
bool kmemcheck_given_up(unsigned long addr)
{
	return test_bit(page_nr(addr), given_up);
}

void kmemcheck_give_up(unsigned long addr, bool yes)
{
	if (yes)
		set_bit(page_nr(addr), given_up);
	else
		clear_bit(page_nr(addr), given_up);
}

static u8 *shadow_of(unsigned long addr)
{
	return shadow_base + (addr - kmemcheck_pool_start) / PER_BYTE;
}

static unsigned int shift_of(unsigned long addr)
{
	return addr % PER_BYTE * 2;
}

/* Ends of ranges that callers took from hostile or wild pointers. */
static size_t clip(unsigned long addr, size_t size)
{
	if (!kmemcheck_in_pool(addr))
		return 0;
	return min(size, kmemcheck_pool_start + kmemcheck_pool_size - addr);
}

enum kmemcheck_state kmemcheck_shadow_get(unsigned long addr)
{
	return READ_ONCE(*shadow_of(addr)) >> shift_of(addr) & 3;
}

/* @n bytes of memory from @addr on, all within one byte of shadow. */
static void set_part(unsigned long addr, unsigned int n, enum kmemcheck_state state)
{
	u8 *p = shadow_of(addr);
	u8 mask = (BIT(2 * n) - 1) << shift_of(addr);
	u8 bits = (state * 0x55) & mask;
	u8 old = READ_ONCE(*p), seen;

	while ((seen = arch_cmpxchg(p, old, (old & ~mask) | bits)) != old)
		old = seen;
}

static void set_range(unsigned long addr, size_t size, enum kmemcheck_state state)
{
	unsigned int head;

	head = min_t(size_t, size, -addr % PER_BYTE);
	if (head) {
		set_part(addr, head, state);
		addr += head;
		size -= head;
	}
	if (size >= PER_BYTE) {
		memset(shadow_of(addr), state * 0x55, size / PER_BYTE);
		addr += ALIGN_DOWN(size, PER_BYTE);
		size %= PER_BYTE;
	}
	if (size)
		set_part(addr, size, state);
}

void kmemcheck_shadow_set(unsigned long addr, size_t size,
			  enum kmemcheck_state state)
{
	unsigned long end = addr + clip(addr, size), next;

	for (; addr < end; addr = next) {
		next = min(end, ALIGN_DOWN(addr, PAGE_SIZE) + PAGE_SIZE);
		set_range(addr, next - addr, kmemcheck_given_up(addr) ?
			  KMEMCHECK_INITIALIZED : state);
	}
}

/* As memmove: the ranges may overlap. */
void kmemcheck_shadow_copy(unsigned long to, unsigned long from, size_t size)
{
	size_t i;

	size = min(clip(to, size), clip(from, size));
	if (to - from >= size) {
		for (i = 0; i < size; i++)
			kmemcheck_shadow_set(to + i, 1, kmemcheck_shadow_get(from + i));
	} else {
		for (i = size; i-- > 0; )
			kmemcheck_shadow_set(to + i, 1, kmemcheck_shadow_get(from + i));
	}
}

/**
 * kmemcheck_shadow_run() - how far does memory of one sort go?
 * @addr: first byte, in the pool
 * @size: bytes to look at
 * @good: look for initialised bytes, else for any others
 *
 * Return: the number of bytes from @addr on that are of that sort, at most
 * @size.
 */
size_t kmemcheck_shadow_run(unsigned long addr, size_t size, bool good)
{
	size_t i;

	size = clip(addr, size);
	for (i = 0; i < size; i++) {
		/* Four initialised neighbours at once: the common case. */
		if (good && IS_ALIGNED(addr + i, PER_BYTE) && size - i >= PER_BYTE &&
		    READ_ONCE(*shadow_of(addr + i)) == KMEMCHECK_INITIALIZED * 0x55) {
			i += PER_BYTE - 1;
			continue;
		}
		if ((kmemcheck_shadow_get(addr + i) == KMEMCHECK_INITIALIZED) != good)
			break;
	}
	return min(i, size);
}
