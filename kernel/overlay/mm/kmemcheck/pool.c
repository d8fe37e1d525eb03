// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the block of memory that is tracked.
 *
 * Tracked memory is one contiguous block, taken at boot and hidden once. A
 * second mapping of it, the alias, is always present. So "is it tracked?" is
 * one comparison, the shadow is one array, and no page table is changed while
 * the alias engine runs.
 */
#include <linux/export.h>
#include <linux/genalloc.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "../internal.h"
#include "../slab.h"
#include "kmemcheck.h"

/* Slab memory of a busy desktop is below this share of all memory. */
#define DEFAULT_PERCENT	25
/* vmap() refuses more pages than are left; the shadow takes a quarter on top. */
#define MAX_PERCENT	40

unsigned long kmemcheck_pool_start __ro_after_init;
EXPORT_SYMBOL(kmemcheck_pool_start);
unsigned long kmemcheck_pool_size __ro_after_init;
EXPORT_SYMBOL(kmemcheck_pool_size);
unsigned long kmemcheck_alias_offset __ro_after_init;
EXPORT_SYMBOL(kmemcheck_alias_offset);

/* As asked for on the command line: bytes, or percent when that is not 0. */
static unsigned long pool_bytes __initdata;
static unsigned int pool_percent __initdata = DEFAULT_PERCENT;

/* What memblock gave; becomes kmemcheck_pool_* when it is hidden. */
static void *reserved __initdata;
static unsigned long reserved_size __initdata;
static void *reserved_shadow __initdata;
static bool hidden __initdata;

static struct gen_pool *pages __ro_after_init;

static int __init pool_param(char *str)
{
	unsigned long long value;
	char *end;

	if (!str)
		return -EINVAL;
	value = memparse(str, &end);
	if (*end == '%' && !end[1] && value > 0 && value <= MAX_PERCENT) {
		pool_percent = value;
		pool_bytes = 0;
	} else if (!*end && value >= PMD_SIZE) {
		pool_percent = 0;
		pool_bytes = value;
	} else {
		pr_err("kmemcheck.pool=%s is neither 2M or more nor 1%% to %d%%\n",
		       str, MAX_PERCENT);
		return -EINVAL;
	}
	return 0;
}
early_param("kmemcheck.pool", pool_param);

/**
 * kmemcheck_alloc_pool() - reserve memory before the page allocator owns it
 */
void __init kmemcheck_alloc_pool(void)
{
	unsigned long percent = memblock_phys_mem_size() / 100;
	unsigned long size = pool_bytes;

	if (!kmemcheck_enabled())
		return;

	if (pool_percent)
		size = percent * pool_percent;
	size = ALIGN_DOWN(clamp(size, PMD_SIZE, percent * MAX_PERCENT), PMD_SIZE);

	reserved = memblock_alloc_raw(size, PMD_SIZE);
	reserved_shadow = reserved ? memblock_alloc(KMEMCHECK_SHADOW_SIZE(size), PAGE_SIZE) : NULL;
	if (!reserved_shadow) {
		pr_err("no %lu MiB for the pool and its shadow; disabled\n",
		       (size + size / 4) >> 20);
		if (reserved)
			memblock_free(reserved, size);
		reserved = NULL;
		kmemcheck_mode = KMEMCHECK_MODE_DISABLED;
		return;
	}
	reserved_size = size;
	/* A report is to name the cache that an object was allocated from. */
	slab_nomerge = true;
}

/* Bytes of the pool that is not hidden yet, 0 when there is none. */
unsigned long __init kmemcheck_pool_reserved(void)
{
	return reserved_size;
}

/* Undo kmemcheck_alloc_pool(), unless it is too late for that. */
void __init kmemcheck_pool_release(void)
{
	if (hidden)
		return;
	free_reserved_area(reserved, reserved + reserved_size, -1, NULL);
	free_reserved_area(reserved_shadow, reserved_shadow + reserved_size / 4,
			   -1, NULL);
}

static int __init map_alias(void)
{
	unsigned long i, n = reserved_size >> PAGE_SHIFT;
	struct page **map;
	void *alias;

	map = vmalloc_array(n, sizeof(*map));
	if (!map)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		map[i] = virt_to_page(reserved + (i << PAGE_SHIFT));
	alias = vmap(map, n, VM_MAP, PAGE_KERNEL);
	vfree(map);
	if (!alias)
		return -ENOMEM;
	kmemcheck_alias_offset = alias - reserved;
	return 0;
}

int __init kmemcheck_pool_init(void)
{
	unsigned long start = (unsigned long)reserved;
	unsigned long i;
	int err;

	err = kmemcheck_shadow_init(reserved_shadow, reserved_size >> PAGE_SHIFT);
	if (err)
		return err;
	pages = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!pages)
		return -ENOMEM;
	/* A slab of 2^n pages starts at a multiple of its size. */
	gen_pool_set_algo(pages, gen_pool_first_fit_order_align, NULL);
	err = gen_pool_add(pages, start, reserved_size, NUMA_NO_NODE);
	if (!err)
		err = map_alias();
	if (err)
		return err;

	hidden = true;
	for (i = 0; i < reserved_size; i += PAGE_SIZE)
		ClearPageReserved(virt_to_page(start + i));

	err = set_memory_4k(start, reserved_size >> PAGE_SHIFT);
	if (!err)
		err = set_memory_np(start, reserved_size >> PAGE_SHIFT);
	if (err)
		return err;

	kmemcheck_pool_start = start;
	kmemcheck_pool_size = reserved_size;
	return 0;
}

/**
 * kmemcheck_pool_alloc() - hidden pages
 * @order: how many, as a power of two
 * @node: that the caller wants, or NUMA_NO_NODE
 *
 * Return: the first of them, set up as a compound page, or NULL when the pool
 * has no such block left or lies on another node.
 */
struct page *kmemcheck_pool_alloc(unsigned int order, int node)
{
	unsigned long addr;
	struct page *page;
	int i;

	if (node != NUMA_NO_NODE &&
	    node != page_to_nid(virt_to_page(kmemcheck_pool_start)))
		return NULL;

	addr = gen_pool_alloc(pages, PAGE_SIZE << order);
	if (!addr) {
		kmemcheck_count(KMEMCHECK_COUNTER_EXHAUSTED);
		return NULL;
	}

	page = virt_to_page(addr);
	set_page_count(page, 1);
	for (i = 1; i < 1 << order; i++)
		set_page_count(page + i, 0);
	if (order)
		prep_compound_page(page, order);
	return page;
}

/*
 * Blocks with pages that were shown for good. Hiding those again takes a flush
 * on all CPUs, so they wait for a context that may do that, one flush for all.
 */
static LIST_HEAD(to_hide);
static DEFINE_RAW_SPINLOCK(to_hide_lock);

static void hide_and_free(struct work_struct *work)
{
	struct page *page, *next;
	unsigned long addr;
	unsigned int i;
	LIST_HEAD(list);

	raw_spin_lock_irq(&to_hide_lock);
	list_splice_init(&to_hide, &list);
	raw_spin_unlock_irq(&to_hide_lock);

	list_for_each_entry(page, &list, lru)
		kmemcheck_rehide((unsigned long)page_to_virt(page), 1U << page->private);
	kmemcheck_flush();
	list_for_each_entry_safe(page, next, &list, lru) {
		addr = (unsigned long)page_to_virt(page);
		for (i = 0; i < 1U << page->private; i++)
			kmemcheck_give_up(addr + i * PAGE_SIZE, false);
		gen_pool_free(pages, addr, PAGE_SIZE << page->private);
	}
}
static DECLARE_WORK(hide_work, hide_and_free);

void kmemcheck_pool_free(struct page *page, unsigned int order)
{
	unsigned long addr = (unsigned long)page_to_virt(page);
	bool shown = kmemcheck_given_up(addr);
	unsigned long flags;
	int i;

	if (order) {
		page[1].compound_order = 0;
		page[1].compound_nr = 0;
		page[1].compound_dtor = 0;
		__ClearPageHead(page);
	}
	for (i = 1; i < 1 << order; i++) {
		page[i].mapping = NULL;
		clear_compound_head(page + i);
		shown |= kmemcheck_given_up(addr + i * PAGE_SIZE);
	}
	if (!shown) {
		gen_pool_free(pages, addr, PAGE_SIZE << order);
		return;
	}
	page->private = order;
	raw_spin_lock_irqsave(&to_hide_lock, flags);
	list_add(&page->lru, &to_hide);
	raw_spin_unlock_irqrestore(&to_hide_lock, flags);
	schedule_work(&hide_work);
}

/* Bytes in use. */
unsigned long kmemcheck_pool_used(void)
{
	return pages ? gen_pool_size(pages) - gen_pool_avail(pages) : 0;
}
