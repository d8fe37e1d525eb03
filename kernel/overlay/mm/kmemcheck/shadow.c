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

#include "bits.h"
#include "kmemcheck.h"
#include "pool.h"
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

struct page_info {
	u8 state;			/* enum page_state */
	bool has_bits;			/* perhaps: bytes that were written in part */
};

static struct page_info *page_infos __read_mostly;

/**
 * kmemcheck_shadow_init() - set the shadow up
 * @shadow: a byte for four of the pool, and room to read eight at its end; all 0 (which
 *	is unallocated)
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_shadow_init(u8 *shadow)
{
	kmemcheck_shadow = shadow;
	page_infos = kmemcheck_pool_array(sizeof(*page_infos));
	return page_infos ? kmemcheck_bits_init() : -ENOMEM;
}

static struct page_info *page_info(unsigned long addr)
{
	return &page_infos[(addr - kmemcheck_pool_start) >> PAGE_SHIFT];
}

static u8 *page_state(unsigned long addr)
{
	return &page_info(addr)->state;
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
	if (static_branch_unlikely(&kmemcheck_gaps))
		return min(size, kmemcheck_pool_border(addr, false) - addr);
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
		return kmemcheck_any_initialized(addr, size);
	return find(addr, size, NOT_INITIALIZED) == size;
}

/* The uninitialised bits of a byte, which may be in any state. */
static u8 poison_of(unsigned long addr)
{
	enum kmemcheck_state state = kmemcheck_shadow_get(addr);

	if (state == KMEMCHECK_INITIALIZED)
		return 0;
	if (likely(!READ_ONCE(page_info(addr)->has_bits)) || state != KMEMCHECK_UNINITIALIZED)
		return U8_MAX;
	return kmemcheck_bits_get(addr);
}

/**
 * kmemcheck_poison() - which bits of an operand are uninitialised?
 * @addr: in the pool, all of it
 * @size: at most 8
 *
 * Return: they; all those of bytes that are not allocated.
 */
u64 kmemcheck_poison(unsigned long addr, size_t size)
{
	u64 poison = 0;
	size_t i;

	for (i = 0; i < size; i++)
		poison |= (u64)poison_of(addr + i) << 8 * i;
	return poison;
}

/* A byte of which some bits are initialised counts. */
bool kmemcheck_any_initialized(unsigned long addr, size_t size)
{
	size_t i;

	size = clip(addr, size);
	if (find(addr, size, BIT(KMEMCHECK_INITIALIZED)) < size)
		return true;
	for (i = 0; i < size; i++)
		if (poison_of(addr + i) != U8_MAX)
			return true;
	return false;
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

/* Whatever page it is, and whatever is known of bits. */
void kmemcheck_shadow_set_range(unsigned long addr, size_t size, enum kmemcheck_state state)
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
static void set_states(unsigned long addr, size_t size, enum kmemcheck_state state)
{
	if (kmemcheck_is_untracked(addr))
		state = KMEMCHECK_INITIALIZED;
	kmemcheck_shadow_set_range(addr, size, state);
	if (state == KMEMCHECK_INITIALIZED)
		return;
	/* After the states; kmemcheck_mark_untracked() is a barrier, too. */
	smp_mb();
	if (unlikely(kmemcheck_is_untracked(addr)))
		kmemcheck_shadow_set_range(addr, size, KMEMCHECK_INITIALIZED);
}

/* All within one page. */
static void forget_bits(unsigned long addr, size_t size)
{
	struct page_info *page = page_info(addr);

	if (likely(!READ_ONCE(page->has_bits)))
		return;
	kmemcheck_bits_forget(addr, size);
	if (size == PAGE_SIZE)
		WRITE_ONCE(page->has_bits, false);
}

static void set_within(unsigned long addr, size_t size, enum kmemcheck_state state)
{
	forget_bits(addr, size);
	set_states(addr, size, state);
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

/* A byte was written in part, and @bits of it were not. In the pool. */
static void set_bits(unsigned long addr, u8 bits)
{
	if (bits == 0 || bits == U8_MAX) {
		set_within(addr, 1, bits ? KMEMCHECK_UNINITIALIZED : KMEMCHECK_INITIALIZED);
		return;
	}
	/* Seen by whoever sees the state. */
	WRITE_ONCE(page_info(addr)->has_bits, true);
	set_states(addr, 1, kmemcheck_bits_set(addr, bits) ? KMEMCHECK_UNINITIALIZED :
							     KMEMCHECK_INITIALIZED);
}

/**
 * kmemcheck_set_poison() - bit by bit
 * @addr: in the pool, all of it
 * @size: at most 8
 * @poison: the bits that are uninitialised
 */
void kmemcheck_set_poison(unsigned long addr, size_t size, u64 poison)
{
	size_t i;

	for (i = 0; i < size; i++)
		set_bits(addr + i, poison >> 8 * i);
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

static bool any_bits(unsigned long addr, size_t size)
{
	unsigned long end = addr + size;

	for (; addr < end; addr = end_of_page(addr))
		if (READ_ONCE(page_info(addr)->has_bits))
			return true;
	return false;
}

static void copy_byte(unsigned long to, unsigned long from)
{
	enum kmemcheck_state state = kmemcheck_shadow_get(from);

	if (state == KMEMCHECK_UNINITIALIZED)
		set_bits(to, poison_of(from));
	else
		set_within(to, 1, state);
}

/* To within one page. */
static void copy_forward(unsigned long to, unsigned long from, size_t size)
{
	unsigned int n;

	if (unlikely(any_bits(from, size))) {
		while (size--)
			copy_byte(to++, from++);
		return;
	}
	forget_bits(to, size);
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
			copy_byte(to + size, from + size);
		return;
	}
	for (; size; to += n, from += n, size -= n) {
		n = min(size, end_of_page(to) - to);
		if (!kmemcheck_is_untracked(to))
			copy_forward(to, from, n);
		/* As in set_within(). */
		smp_mb();
		if (unlikely(kmemcheck_is_untracked(to)))
			kmemcheck_shadow_set_range(to, n, KMEMCHECK_INITIALIZED);
	}
}
