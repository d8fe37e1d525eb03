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
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "../internal.h"
#include "../slab.h"
#include "kmemcheck.h"
#include "pool.h"
#include "shadow.h"

/* Slab memory of a busy desktop is below this share of all memory. */
#define DEFAULT_PERCENT	25
/* vmap() refuses more pages than are left; the shadow takes a quarter on top. */
#define MAX_PERCENT	40

unsigned long kmemcheck_pool_start __read_mostly;
EXPORT_SYMBOL(kmemcheck_pool_start);
unsigned long kmemcheck_pool_size __read_mostly;
EXPORT_SYMBOL(kmemcheck_pool_size);
unsigned long kmemcheck_alias_offset __read_mostly;
EXPORT_SYMBOL(kmemcheck_alias_offset);

/* As asked for on the command line: bytes, or percent when that is not 0. */
static unsigned long pool_bytes __read_mostly;
static unsigned int pool_percent __read_mostly = DEFAULT_PERCENT;
static bool pool_asked_for __initdata;

/* What there is; becomes kmemcheck_pool_* when it is hidden. */
static void *reserved __read_mostly;
static unsigned long reserved_size __read_mostly;
static void *reserved_shadow __read_mostly;
static bool reserved_late __read_mostly;	/* not from memblock */
static bool hidden __read_mostly;

static struct gen_pool *pages __read_mostly;
/* When the pool had too little for the last time, in jiffies; 0: long ago, or never. */
static unsigned long exhausted;

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
	pool_asked_for = true;
	return 0;
}
early_param("kmemcheck.pool", pool_param);

static unsigned long wanted(unsigned long memory)
{
	unsigned long percent = memory / 100;
	unsigned long size = pool_percent ? percent * pool_percent : pool_bytes;

	return ALIGN_DOWN(clamp(size, PMD_SIZE, percent * MAX_PERCENT), PMD_SIZE);
}

/**
 * kmemcheck_alloc_pool() - reserve memory before the page allocator owns it
 *
 * With kmemcheck=0 too, when a size was asked for: then it is for later.
 */
void __init kmemcheck_alloc_pool(void)
{
	unsigned long size = wanted(memblock_phys_mem_size());

	if (!kmemcheck_enabled() && !pool_asked_for)
		return;

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

/**
 * kmemcheck_find_pool() - take the pool from the page allocator
 *
 * For kmemcheck that is switched on when the kernel runs already. A large block may
 * not be found then; a smaller one is better than none.
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_find_pool(void)
{
	unsigned long size = rounddown_pow_of_two(wanted(totalram_pages() << PAGE_SHIFT));
	struct page *page = NULL;

	for (; size >= PMD_SIZE; size /= 2) {
		page = alloc_contig_pages(size >> PAGE_SHIFT, GFP_KERNEL | __GFP_NOWARN,
					  numa_mem_id(), NULL);
		if (page)
			break;
	}
	if (!page) {
		pr_err("no memory for the pool; boot with kmemcheck.pool= to reserve it\n");
		return -ENOMEM;
	}
	reserved_shadow = vzalloc(KMEMCHECK_SHADOW_SIZE(size));
	if (!reserved_shadow) {
		free_contig_range(page_to_pfn(page), size >> PAGE_SHIFT);
		return -ENOMEM;
	}
	reserved = page_to_virt(page);
	reserved_size = size;
	reserved_late = true;
	return 0;
}

/* Bytes of the pool, 0 when there is none. */
unsigned long kmemcheck_pool_reserved(void)
{
	return reserved_size;
}

/* Give the pool back, unless it is too late for that. */
void kmemcheck_pool_release(void)
{
	if (hidden)
		return;
	if (reserved_late) {
		free_contig_range(PHYS_PFN(__pa(reserved)), reserved_size >> PAGE_SHIFT);
		vfree(reserved_shadow);
	} else {
		free_reserved_area(reserved, reserved + reserved_size, -1, NULL);
		free_reserved_area(reserved_shadow, reserved_shadow + reserved_size / 4,
				   -1, NULL);
	}
	reserved_size = 0;
}

static int map_alias(void)
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

int kmemcheck_pool_init(void)
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
	for (i = 0; !reserved_late && i < reserved_size; i += PAGE_SIZE)
		ClearPageReserved(virt_to_page(start + i));

	err = kmemcheck_arch.hide_pool(start, reserved_size >> PAGE_SHIFT);
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
 * @compound: make them one compound page
 *
 * Return: the first of them, with the only reference, or NULL when the pool has no
 * such block left or lies on another node.
 */
struct page *kmemcheck_pool_alloc(unsigned int order, int node, bool compound)
{
	unsigned long addr;
	struct page *page;
	int i;

	if (node != NUMA_NO_NODE &&
	    node != page_to_nid(virt_to_page(kmemcheck_pool_start)))
		return NULL;

	addr = gen_pool_alloc(pages, PAGE_SIZE << order);
	if (!addr) {
		WRITE_ONCE(exhausted, jiffies | 1);
		kmemcheck_count(KMEMCHECK_COUNTER_EXHAUSTED);
		return NULL;
	}

	page = virt_to_page(addr);
	set_page_count(page, 1);
	for (i = 1; i < 1 << order; i++)
		set_page_count(page + i, 0);
	if (order && compound)
		prep_compound_page(page, order);
	return page;
}

/**
 * kmemcheck_pool_has_room() - is it worth while to ask for more?
 * @node: that pages are wanted of
 *
 * Return: false if the pool lies on another node, or if it had too little within the
 * last second.
 */
bool kmemcheck_pool_has_room(int node)
{
	unsigned long when = READ_ONCE(exhausted);

	if (node != page_to_nid(virt_to_page(kmemcheck_pool_start)))
		return false;
	if (when && time_before(jiffies, when + HZ))
		return false;
	if (when)
		WRITE_ONCE(exhausted, 0);
	return true;
}

/**
 * kmemcheck_untrack() - check a page no more
 * @addr: in it
 *
 * For what cannot be handled: the page is present and untracked until it becomes part
 * of another slab. All of it counts as initialised, because what is written to it
 * meanwhile is not seen.
 */
void kmemcheck_untrack(unsigned long addr)
{
	if (KMEMCHECK_WARN_ON(!kmemcheck_in_pool(addr)))
		return;
	kmemcheck_mark_untracked(addr);
	kmemcheck_shadow_set(ALIGN_DOWN(addr, PAGE_SIZE), PAGE_SIZE,
			     KMEMCHECK_INITIALIZED);
	kmemcheck_arch.show_page(addr);
	kmemcheck_count(KMEMCHECK_COUNTER_UNTRACKED);
}

/*
 * Untracked pages are hidden again in a context that may flush all
 * CPUs, one flush for many of them.
 */
static DEFINE_MUTEX(hiding);

/* Return: whether there was anything to hide. */
static bool begin_hiding(unsigned long addr, unsigned long n)
{
	bool any = false;

	for (; n; n--, addr += PAGE_SIZE)
		if (kmemcheck_begin_hiding(addr)) {
			kmemcheck_arch.hide_page_noflush(addr);
			any = true;
		}
	return any;
}

static void end_hiding(unsigned long addr, unsigned long n)
{
	for (; n; n--, addr += PAGE_SIZE)
		if (kmemcheck_is_untracked(addr))
			kmemcheck_end_hiding(addr);
}

/**
 * kmemcheck_pool_hide() - track all pages again
 *
 * What is in use there counts as initialised.
 */
void kmemcheck_pool_hide(void)
{
	unsigned long n = kmemcheck_pool_size >> PAGE_SHIFT;

	mutex_lock(&hiding);
	if (begin_hiding(kmemcheck_pool_start, n)) {
		kmemcheck_arch.flush_pool();
		end_hiding(kmemcheck_pool_start, n);
	}
	mutex_unlock(&hiding);
}

/* Blocks that wait for it, before they are used again. */
static LIST_HEAD(to_hide);
static DEFINE_RAW_SPINLOCK(to_hide_lock);

static void hide_and_free(struct work_struct *work)
{
	struct page *page, *next;
	unsigned long addr;
	LIST_HEAD(list);

	raw_spin_lock_irq(&to_hide_lock);
	list_splice_init(&to_hide, &list);
	raw_spin_unlock_irq(&to_hide_lock);

	mutex_lock(&hiding);
	list_for_each_entry(page, &list, lru)
		begin_hiding((unsigned long)page_to_virt(page), 1UL << page->private);
	kmemcheck_arch.flush_pool();
	list_for_each_entry_safe(page, next, &list, lru) {
		addr = (unsigned long)page_to_virt(page);
		end_hiding(addr, 1UL << page->private);
		gen_pool_free(pages, addr, PAGE_SIZE << page->private);
	}
	mutex_unlock(&hiding);
}
static DECLARE_WORK(hide_work, hide_and_free);

/* What their owner may have left in the page structures. Return: is any untracked? */
static bool clean(struct page *page, unsigned int order)
{
	unsigned long addr = (unsigned long)page_to_virt(page);
	bool untracked = false;
	int i;

	if (PageHead(page)) {
		page[1].compound_order = 0;
		page[1].compound_nr = 0;
		page[1].compound_dtor = 0;
		__ClearPageHead(page);
	}
	for (i = 0; i < 1 << order; i++) {
		page[i].mapping = NULL;
		page[i].private = 0;
		if (i)
			clear_compound_head(page + i);
		page[i].flags &= ~PAGE_FLAGS_CHECK_AT_PREP;
		untracked |= kmemcheck_is_untracked(addr + i * PAGE_SIZE);
	}
	return untracked;
}

/**
 * kmemcheck_pool_free() - give hidden pages back
 * @page: the first one, without a reference
 * @order: how many, as a power of two
 */
void kmemcheck_pool_free(struct page *page, unsigned int order)
{
	unsigned long addr = (unsigned long)page_to_virt(page);
	unsigned long flags;

	/* gen_pool_free() would stop the machine. These are lost. */
	if (KMEMCHECK_WARN_ON(!kmemcheck_range_in_pool(addr, PAGE_SIZE << order)))
		return;
	if (!clean(page, order)) {
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
