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
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kmemcheck.h"
#include "shadow.h"

#define PER_BYTE	4

u8 *kmemcheck_shadow __read_mostly;

/*
 * All of an untracked page counts as initialised. While one is being hidden again, that
 * still holds.
 */
enum page_state {
	PAGE_TRACKED,
	PAGE_UNTRACKED,
	PAGE_HIDING,
};

static u8 *page_states __read_mostly;

/**
 * kmemcheck_shadow_init() - set the shadow up
 * @shadow: KMEMCHECK_SHADOW_SIZE() bytes, all 0 (which is unallocated)
 * @pages: of the pool
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_shadow_init(u8 *shadow, unsigned long pages)
{
	kmemcheck_shadow = shadow;
	page_states = vzalloc(pages);
	return page_states ? 0 : -ENOMEM;
}

static u8 *page_state(unsigned long addr)
{
	return &page_states[(addr - kmemcheck_pool_start) >> PAGE_SHIFT];
}

/* Also while it is being hidden. @addr lies in the pool. */
bool kmemcheck_is_untracked(unsigned long addr)
{
	return READ_ONCE(*page_state(addr)) != PAGE_TRACKED;
}

/* Before the page is shown. @addr lies in the pool. */
void kmemcheck_mark_untracked(unsigned long addr)
{
	arch_xchg(page_state(addr), PAGE_UNTRACKED);
}

/* An untracked page is about to be hidden. Return: false if there is no need. */
bool kmemcheck_begin_hiding(unsigned long addr)
{
	return arch_cmpxchg(page_state(addr), PAGE_UNTRACKED, PAGE_HIDING) == PAGE_UNTRACKED;
}

/*
 * It is hidden on all CPUs. But another one may have found out in the meantime that
 * it cannot handle it.
 */
void kmemcheck_end_hiding(unsigned long addr)
{
	u8 old = arch_cmpxchg(page_state(addr), PAGE_HIDING,
			      kmemcheck_arch.is_shown(addr) ? PAGE_UNTRACKED : PAGE_TRACKED);

	/* Not begun, or ended twice. */
	KMEMCHECK_WARN_ON(old == PAGE_TRACKED);
}

static u8 *shadow_of(unsigned long addr)
{
	return kmemcheck_shadow + (addr - kmemcheck_pool_start) / PER_BYTE;
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

/* The states from @addr on, two bits each; the last few may be missing. */
static __always_inline u64 states_at(unsigned long addr)
{
	return get_unaligned((u64 *)shadow_of(addr)) >> shift_of(addr);
}

#define LANES	0x5555555555555555ULL

/* The lower bit of each pair of @states that is one of @set. */
static __always_inline u64 match(u64 states, unsigned int set)
{
	u64 low = states, high = states >> 1, found = 0;

	if (set & BIT(KMEMCHECK_UNALLOCATED))
		found |= ~high & ~low;
	if (set & BIT(KMEMCHECK_UNINITIALIZED))
		found |= ~high & low;
	if (set & BIT(KMEMCHECK_INITIALIZED))
		found |= high & ~low;
	if (set & BIT(KMEMCHECK_FREED))
		found |= high & low;
	return found & LANES;
}

/*
 * How many bytes are there from @addr on before one whose state is in @set?
 * At most @size.
 */
static __always_inline size_t find(unsigned long addr, size_t size, unsigned int set)
{
	size_t done = 0, n;
	u64 found;

	size = clip(addr, size);
	while (done < size) {
		n = BITS_PER_LONG / 2 - (addr + done) % PER_BYTE;
		found = match(states_at(addr + done), set);
		if (n < BITS_PER_LONG / 2)
			found &= (1ULL << 2 * n) - 1;
		if (found)
			return min_t(size_t, size, done + __ffs64(found) / 2);
		done += n;
	}
	return size;
}

#define NOT_INITIALIZED	(BIT(KMEMCHECK_UNALLOCATED) | BIT(KMEMCHECK_UNINITIALIZED) | \
			 BIT(KMEMCHECK_FREED))
/* Not even to be written or copied. */
#define NOT_ALLOCATED	(BIT(KMEMCHECK_UNALLOCATED) | BIT(KMEMCHECK_FREED))

bool kmemcheck_is_initialized(unsigned long addr, size_t size)
{
	size = clip(addr, size);
	return find(addr, size, NOT_INITIALIZED) == size;
}

bool kmemcheck_may_read(unsigned long addr, size_t size)
{
	size = clip(addr, size);
	/* Compilers load the neighbours and drop them again. */
	if (IS_ENABLED(CONFIG_KMEMCHECK_PARTIAL_OK))
		return find(addr, size, BIT(KMEMCHECK_INITIALIZED)) < size;
	return find(addr, size, NOT_INITIALIZED) == size;
}

bool kmemcheck_any_initialized(unsigned long addr, size_t size)
{
	size = clip(addr, size);
	return find(addr, size, BIT(KMEMCHECK_INITIALIZED)) < size;
}

bool kmemcheck_any_allocated(unsigned long addr, size_t size)
{
	size = clip(addr, size);
	return find(addr, size, BIT(KMEMCHECK_INITIALIZED) | BIT(KMEMCHECK_UNINITIALIZED)) < size;
}

bool kmemcheck_may_write(unsigned long addr, size_t size)
{
	size = clip(addr, size);
	return find(addr, size, NOT_ALLOCATED) == size;
}

/* A copy is no use: uninitialised bytes may be copied. */
bool kmemcheck_may_copy(unsigned long addr, size_t size)
{
	return kmemcheck_may_write(addr, size);
}

/* The padding of a structure, but not an element of which nothing is initialised. */
bool kmemcheck_may_copy_to_stack(unsigned long addr, size_t size)
{
	return kmemcheck_may_copy(addr, size) && kmemcheck_any_initialized(addr, size);
}

/* @n bytes of memory from @addr on, all within one byte of shadow. */
static void set_part(unsigned long addr, unsigned int n, u8 states)
{
	u8 *p = shadow_of(addr);
	u8 mask = (BIT(2 * n) - 1) << shift_of(addr);
	u8 bits = (states << shift_of(addr)) & mask;
	u8 old = READ_ONCE(*p), seen;

	while ((seen = arch_cmpxchg(p, old, (old & ~mask) | bits)) != old)
		old = seen;
}

static void set_range(unsigned long addr, size_t size, enum kmemcheck_state state)
{
	u8 states = state * 0x55;
	unsigned int head;

	head = min_t(size_t, size, -addr % PER_BYTE);
	if (head) {
		set_part(addr, head, states);
		addr += head;
		size -= head;
	}
	if (size >= PER_BYTE) {
		__memset(shadow_of(addr), states, size / PER_BYTE);
		addr += ALIGN_DOWN(size, PER_BYTE);
		size %= PER_BYTE;
	}
	if (size)
		set_part(addr, size, states);
}

static unsigned long end_of_page(unsigned long addr)
{
	return ALIGN_DOWN(addr, PAGE_SIZE) + PAGE_SIZE;
}

/*
 * All within one page. It may be untracked at the same time: there, the page is first
 * marked and then made initialised; here, the mark is read last.
 */
static void set_within(unsigned long addr, size_t size, enum kmemcheck_state state)
{
	if (kmemcheck_is_untracked(addr))
		state = KMEMCHECK_INITIALIZED;
	set_range(addr, size, state);
	if (state == KMEMCHECK_INITIALIZED)
		return;
	/* After set_range(); kmemcheck_mark_untracked() is a barrier, too. */
	smp_mb();
	if (unlikely(kmemcheck_is_untracked(addr)))
		set_range(addr, size, KMEMCHECK_INITIALIZED);
}

void kmemcheck_shadow_set(unsigned long addr, size_t size,
			  enum kmemcheck_state state)
{
	unsigned long end = addr + clip(addr, size), next;

	for (; addr < end; addr = next) {
		next = min(end, end_of_page(addr));
		set_within(addr, next - addr, state);
	}
}

void kmemcheck_set_uninitialized(unsigned long addr, size_t size)
{
	kmemcheck_shadow_set(addr, size, KMEMCHECK_UNINITIALIZED);
}

/* Most of the time it is that already. */
void kmemcheck_set_initialized(unsigned long addr, size_t size)
{
	if (!kmemcheck_is_initialized(addr, size))
		kmemcheck_shadow_set(addr, size, KMEMCHECK_INITIALIZED);
}

/* 32 states at once, wherever they begin. */
static u64 all_states_at(unsigned long addr)
{
	unsigned int shift = shift_of(addr);
	u64 states = states_at(addr);

	return shift ? states | (u64)shadow_of(addr)[8] << (64 - shift) : states;
}

static void copy_forward(unsigned long to, unsigned long from, size_t size)
{
	unsigned int n;

	for (; size; to += n, from += n, size -= n) {
		if (size >= 32 && IS_ALIGNED(to, PER_BYTE)) {
			n = 32;
			put_unaligned(all_states_at(from), (u64 *)shadow_of(to));
		} else {
			n = min_t(size_t, size, PER_BYTE - to % PER_BYTE);
			set_part(to, n, states_at(from));
		}
	}
}

/*
 * As memmove(): the ranges may overlap. An untracked page stays
 * initialised.
 */
void kmemcheck_shadow_copy(unsigned long to, unsigned long from, size_t size)
{
	size_t n;

	size = min(clip(to, size), clip(from, size));
	if (to - from < size) {
		while (size--)
			set_within(to + size, 1, kmemcheck_shadow_get(from + size));
		return;
	}
	for (; size; to += n, from += n, size -= n) {
		n = min(size, end_of_page(to) - to);
		if (!kmemcheck_is_untracked(to))
			copy_forward(to, from, n);
		/* As in set_within(). */
		smp_mb();
		if (unlikely(kmemcheck_is_untracked(to)))
			set_range(to, n, KMEMCHECK_INITIALIZED);
	}
}
