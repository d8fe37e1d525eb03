// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: access a range of memory at once: one check, no fault.
 *
 * memcpy(), memmove() and memset() of the architecture are weak symbols; these
 * take their place, and use them with pointers of the alias.
 */
#define __NO_FORTIFY
#include <linux/export.h>
#include <linux/instrumentation.h>
#include <linux/instruction_pointer.h>
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "kmemcheck.h"
#include "report.h"

/* A use of all of it, word by word. */
static void check_read(unsigned long ip, unsigned long addr, size_t size)
{
	if (!kmemcheck_is_initialized(addr, size))
		kmemcheck_report_range(KMEMCHECK_READ, ip, addr, size, kmemcheck_may_read);
}

static void check_copy_untracked(unsigned long ip, unsigned long to, unsigned long from,
				 size_t size)
{
	if (!kmemcheck_is_initialized(from, size))
		kmemcheck_report_range(KMEMCHECK_READ, ip, from, size,
				       kmemcheck_untracked_rule(to));
}

static void check_write(unsigned long ip, unsigned long addr, size_t size)
{
	if (!kmemcheck_may_write(addr, size))
		kmemcheck_report_range(KMEMCHECK_WRITE, ip, addr, size, kmemcheck_may_write);
	kmemcheck_set_initialized(addr, size);
}

/* From the stack may come what is not initialised and has been seen to go there. */
static void carry_poison(unsigned long caller, unsigned long to, size_t size)
{
	unsigned long flags;

	if (!kmemcheck_expects_copy())
		return;
	local_irq_save(flags);
	kmemcheck_propagate_store(NULL, caller, to, size);
	local_irq_restore(flags);
}

/* Between two tracked places the state moves along: a copy is not a use. */
static void check_copy(unsigned long ip, unsigned long to, unsigned long from,
		       size_t size)
{
	if (!kmemcheck_may_copy(from, size))
		kmemcheck_report_range(KMEMCHECK_READ, ip, from, size, kmemcheck_may_copy);
	if (!kmemcheck_may_write(to, size))
		kmemcheck_report_range(KMEMCHECK_WRITE, ip, to, size, kmemcheck_may_write);
	kmemcheck_copy_state(NULL, to, from, size);
}

/*
 * Return: false when the range leaves the pool half-way, which is an error of the
 * caller; the fault will tell.
 */
static noinline bool check_transfer(unsigned long ip, unsigned long caller, void *to,
				    const void *from, size_t size)
{
	bool tracked_to = kmemcheck_tracked(to), tracked_from = kmemcheck_tracked(from);

	if ((tracked_to && !kmemcheck_range_in_pool((unsigned long)to, size)) ||
	    (tracked_from && !kmemcheck_range_in_pool((unsigned long)from, size)))
		return false;
	kmemcheck_count(KMEMCHECK_COUNTER_BULK);
	if (tracked_to && tracked_from) {
		check_copy(ip, (unsigned long)to, (unsigned long)from, size);
	} else if (tracked_from) {
		check_copy_untracked(ip, (unsigned long)to, (unsigned long)from, size);
	} else {
		check_write(ip, (unsigned long)to, size);
		carry_poison(caller, (unsigned long)to, size);
	}
	return true;
}

#undef memcpy
#undef memmove
#undef memset

/*
 * Each has a branch and nothing else in front of the architecture's, for the kernel in
 * which nothing is tracked; hence the functions of their own. A report names the one
 * that was called.
 */
static noinline noinstr void *checked_memcpy(unsigned long ip, unsigned long caller, void *to,
					     const void *from, size_t size)
{
	bool fine;

	if (!kmemcheck_in_pool((unsigned long)to) && !kmemcheck_in_pool((unsigned long)from))
		return __memcpy(to, from, size);
	instrumentation_begin();
	fine = check_transfer(ip, caller, to, from, size);
	instrumentation_end();
	if (!fine)
		return __memcpy(to, from, size);
	__memcpy(kmemcheck_alias(to), kmemcheck_alias(from), size);
	return to;
}

noinstr void *memcpy(void *to, const void *from, size_t size)
{
	if (static_branch_unlikely(&kmemcheck_key))
		return checked_memcpy(_THIS_IP_, _RET_IP_, to, from, size);
	return __memcpy(to, from, size);
}

static noinline noinstr void *checked_memmove(unsigned long ip, unsigned long caller, void *to,
					      const void *from, size_t size)
{
	bool fine;

	if (!kmemcheck_in_pool((unsigned long)to) && !kmemcheck_in_pool((unsigned long)from))
		return __memmove(to, from, size);
	instrumentation_begin();
	fine = check_transfer(ip, caller, to, from, size);
	instrumentation_end();
	if (!fine)
		return __memmove(to, from, size);
	__memmove(kmemcheck_alias(to), kmemcheck_alias(from), size);
	return to;
}

noinstr void *memmove(void *to, const void *from, size_t size)
{
	if (static_branch_unlikely(&kmemcheck_key))
		return checked_memmove(_THIS_IP_, _RET_IP_, to, from, size);
	return __memmove(to, from, size);
}

static noinline noinstr void *checked_memset(unsigned long ip, unsigned long caller, void *to,
					    int value, size_t size)
{
	bool fine;

	if (!kmemcheck_in_pool((unsigned long)to))
		return __memset(to, value, size);
	instrumentation_begin();
	fine = check_transfer(ip, caller, to, NULL, size);
	instrumentation_end();
	if (!fine)
		return __memset(to, value, size);
	__memset(kmemcheck_alias(to), value, size);
	return to;
}

noinstr void *memset(void *to, int value, size_t size)
{
	if (static_branch_unlikely(&kmemcheck_key))
		return checked_memset(_THIS_IP_, _RET_IP_, to, value, size);
	return __memset(to, value, size);
}

/**
 * __kmemcheck_memcmp() - memcmp() when one of the two is tracked
 * @a: first range
 * @b: second range
 * @size: of both
 *
 * Only what is compared up to the first difference counts as used.
 *
 * Return: as memcmp().
 */
int __kmemcheck_memcmp(const void *a, const void *b, size_t size)
{
	const u8 *x = kmemcheck_alias(a), *y = kmemcheck_alias(b);
	size_t n = 0, used;

	while (n < size && x[n] == y[n])
		n++;
	used = min(n + 1, size);
	kmemcheck_count(KMEMCHECK_COUNTER_BULK);
	if (kmemcheck_tracked(a))
		check_read(_THIS_IP_, (unsigned long)a, used);
	if (kmemcheck_tracked(b))
		check_read(_THIS_IP_, (unsigned long)b, used);
	return n < size ? x[n] - y[n] : 0;
}

void __kmemcheck_infoleak(unsigned long ip, const void *from, size_t size)
{
	kmemcheck_count(KMEMCHECK_COUNTER_BULK);
	if (!kmemcheck_is_initialized((unsigned long)from, size))
		kmemcheck_report_range(KMEMCHECK_INFOLEAK, ip, (unsigned long)from, size,
				       kmemcheck_is_initialized);
}
EXPORT_SYMBOL(__kmemcheck_infoleak);

void __kmemcheck_mark_written(unsigned long ip, const void *to, size_t size)
{
	kmemcheck_count(KMEMCHECK_COUNTER_BULK);
	check_write(ip, (unsigned long)to, size);
}
EXPORT_SYMBOL(__kmemcheck_mark_written);

void __kmemcheck_read_range(unsigned long ip, const void *from, size_t size)
{
	kmemcheck_count(KMEMCHECK_COUNTER_BULK);
	check_read(ip, (unsigned long)from, size);
}
EXPORT_SYMBOL(__kmemcheck_read_range);

/**
 * kmemcheck_mark_initialized() - as if this had been written
 * @address: tracked or not
 * @size: bytes
 *
 * For memory that is written where kmemcheck cannot see it.
 */
void kmemcheck_mark_initialized(const void *address, size_t size)
{
	if (kmemcheck_tracked(address))
		kmemcheck_set_initialized((unsigned long)address, size);
}
EXPORT_SYMBOL(kmemcheck_mark_initialized);

/**
 * __kmemcheck_dma() - a device is about to access memory
 * @ip: where
 * @address: in the pool
 * @size: bytes
 * @to_device: it reads
 * @from_device: it writes
 *
 * What it reads has left the kernel. What it writes is not seen, so all of it counts
 * as written.
 */
void __kmemcheck_dma(unsigned long ip, const void *address, size_t size, bool to_device,
		     bool from_device)
{
	if (to_device)
		__kmemcheck_infoleak(ip, address, size);
	if (from_device)
		kmemcheck_set_initialized((unsigned long)address, size);
}
EXPORT_SYMBOL(__kmemcheck_dma);

void __kmemcheck_dma_sg(unsigned long ip, struct scatterlist *list, int nents, bool to_device,
			bool from_device)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, nents, i)
		if (kmemcheck_tracked(sg_virt(sg)))
			__kmemcheck_dma(ip, sg_virt(sg), sg->length, to_device, from_device);
}
EXPORT_SYMBOL(__kmemcheck_dma_sg);
