// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the memory that is tracked.
 *
 * Tracked memory is one contiguous block, taken at boot and hidden once. A
 * second mapping of it, the alias, is always present. So "is it tracked?" is
 * one comparison, the shadow is one array, and no page table is changed while
 * the alias engine runs. Where it has to consist of several parts, the alias, the
 * shadow and all arrays have the same gaps between them, in which nothing is mapped.
 */
#include <linux/bitmap.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "../internal.h"
#include "kmemcheck.h"
#include "pool.h"
#include "shadow.h"

unsigned long kmemcheck_pool_start __read_mostly;
EXPORT_SYMBOL(kmemcheck_pool_start);
unsigned long kmemcheck_pool_size __read_mostly;
EXPORT_SYMBOL(kmemcheck_pool_size);
unsigned long *kmemcheck_pool_map __read_mostly;
EXPORT_SYMBOL(kmemcheck_pool_map);
unsigned long kmemcheck_alias_offset __read_mostly;
EXPORT_SYMBOL(kmemcheck_alias_offset);
DEFINE_STATIC_KEY_FALSE(kmemcheck_gaps);
EXPORT_SYMBOL(kmemcheck_gaps);

static unsigned long first_address(void)
{
	return kmemcheck_parts[0].start;
}

static unsigned long end_of(const struct kmemcheck_part *part)
{
	return part->start + part->size;
}

/* With the gaps. */
static unsigned long span(void)
{
	return end_of(&kmemcheck_parts[kmemcheck_nr_parts - 1]) - first_address();
}

/* Bytes of the pool, without its gaps; 0 when there is none. */
unsigned long kmemcheck_pool_reserved(void)
{
	const struct kmemcheck_part *part;
	unsigned long size = 0;

	for_each_part(part)
		size += part->size;
	return size;
}

/**
 * kmemcheck_pool_border() - how far is it to the border of a part?
 * @addr: of the first byte
 * @down: to the border below it, not above it
 *
 * Return: where the part that @addr lies in begins or ends; if it lies in none, where
 * the next one below ends (0 if there is none) or above begins (ULONG_MAX).
 */
unsigned long kmemcheck_pool_border(unsigned long addr, bool down)
{
	const struct kmemcheck_part *part;
	unsigned long below = 0;

	for_each_part(part) {
		if (addr < part->start)
			return down ? below : part->start;
		if (addr < end_of(part))
			return down ? part->start : end_of(part);
		below = end_of(part);
	}
	return down ? below : ULONG_MAX;
}

static struct page *page_at(const void *addr)
{
	return is_vmalloc_addr(addr) ? vmalloc_to_page(addr) : virt_to_page(addr);
}

static int map_at(void *where, const void *what, size_t size)
{
	unsigned long i, n = PAGE_ALIGN(size) >> PAGE_SHIFT;
	struct page **pages = vmalloc_array(n, sizeof(*pages));
	int err;

	if (!pages)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		pages[i] = page_at(what + (i << PAGE_SHIFT));
	err = vmap_pages_range_noflush((unsigned long)where, (unsigned long)where +
				       (n << PAGE_SHIFT), PAGE_KERNEL, pages, PAGE_SHIFT);
	vfree(pages);
	return err;
}

/*
 * Room for addresses: @size bytes for each page from the first to the last part. It is no
 * VM_MAP, of which /proc/kcore reads the pages where they are tracked.
 */
static void *make_room(size_t size)
{
	struct vm_struct *area = get_vm_area((span() >> PAGE_SHIFT) * size + PAGE_SIZE,
					     VM_IOREMAP);

	return area ? area->addr : NULL;
}

static unsigned long index_of(const struct kmemcheck_part *part)
{
	return (part->start - first_address()) >> PAGE_SHIFT;
}

/**
 * kmemcheck_pool_array() - an array that is indexed by pages of the pool
 * @size: bytes of an element, a power of two up to PAGE_SIZE
 *
 * Index 0 is the first page of the first part; for gaps there are no elements.
 *
 * Return: the array, zeroed, or NULL.
 */
void *kmemcheck_pool_array(size_t size)
{
	const struct kmemcheck_part *part;
	void *array, *data;

	if (kmemcheck_nr_parts == 1)
		return vcalloc(span() >> PAGE_SHIFT, size);
	array = make_room(size);
	if (!array)
		return NULL;
	for_each_part(part) {
		size_t bytes = (part->size >> PAGE_SHIFT) * size;

		data = vzalloc_node(bytes, part->node);
		if (!data || map_at(array + index_of(part) * size, data, bytes))
			return NULL;
	}
	return array;
}

/* What is read behind a part is the shadow of the next one, or a spare page. */
static void *map_shadow(void)
{
	const struct kmemcheck_part *part, *last = &kmemcheck_parts[kmemcheck_nr_parts - 1];
	void *shadow;

	if (kmemcheck_nr_parts == 1)
		return kmemcheck_parts[0].shadow;
	shadow = make_room(PAGE_SIZE / 4);
	if (!shadow)
		return NULL;
	for_each_part(part) {
		bool adjoins = part < last && part[1].start == end_of(part);

		if (map_at(shadow + index_of(part) * (PAGE_SIZE / 4), part->shadow,
			   adjoins ? part->size / 4 : KMEMCHECK_SHADOW_SIZE(part->size)))
			return NULL;
	}
	return shadow;
}

static int map_alias(void)
{
	const struct kmemcheck_part *part;
	void *alias = make_room(PAGE_SIZE);
	int err;

	if (!alias)
		return -ENOMEM;
	for_each_part(part) {
		err = map_at(alias + (part->start - first_address()), (void *)part->start,
			     part->size);
		if (err)
			return err;
	}
	kmemcheck_alias_offset = (unsigned long)alias - first_address();
	return 0;
}

static int map_gaps(void)
{
	const struct kmemcheck_part *part;

	if (span() == kmemcheck_pool_reserved())
		return 0;
	kmemcheck_pool_map = vzalloc(BITS_TO_LONGS(span() / KMEMCHECK_PART_ALIGN) *
				     sizeof(long));
	if (!kmemcheck_pool_map)
		return -ENOMEM;
	for_each_part(part)
		bitmap_set(kmemcheck_pool_map,
			   (part->start - first_address()) / KMEMCHECK_PART_ALIGN,
			   part->size / KMEMCHECK_PART_ALIGN);
	static_branch_enable(&kmemcheck_gaps);
	return 0;
}

static int init_part(struct kmemcheck_part *part)
{
	unsigned long i;

	for (i = 0; !part->late && i < part->size; i += PAGE_SIZE)
		ClearPageReserved(virt_to_page(part->start + i));
	return kmemcheck_arch.hide_pool(part->start, part->size >> PAGE_SHIFT);
}

static int init_books(void)
{
	struct kmemcheck_part *part;
	void *shadow = map_shadow();
	int err = shadow ? kmemcheck_shadow_init(shadow) : -ENOMEM;

	for_each_part(part)
		if (!err)
			err = kmemcheck_blocks_init(&part->blocks,
						    PHYS_PFN(__pa(part->start)),
						    part->size >> PAGE_SHIFT, part->node);
	return err ?: map_gaps();
}

/**
 * kmemcheck_pool_init() - hide what was reserved, and hand it out from now on
 * @hidden: set to whether some of it has been hidden, also when that failed
 *
 * Return: 0, or an error.
 */
int kmemcheck_pool_init(bool *hidden)
{
	struct kmemcheck_part *part;
	int err;

	err = init_books();
	if (!err)
		err = map_alias();
	if (err)
		return err;
	*hidden = true;
	for_each_part(part) {
		err = init_part(part);
		if (err)
			return err;
	}
	kmemcheck_pool_start = first_address();
	kmemcheck_pool_size = span();
	return 0;
}

static struct kmemcheck_part *part_on(int node)
{
	struct kmemcheck_part *part;

	for_each_part(part)
		if (part->node == node)
			return part;
	return NULL;
}

static struct page *take_page(unsigned int order, int node, bool other_nodes)
{
	struct kmemcheck_part *part;
	struct page *page;

	for_each_part(part) {
		if ((part->node != node) != other_nodes)
			continue;
		page = kmemcheck_take_block(&part->blocks, order);
		if (page)
			return page;
		WRITE_ONCE(part->exhausted, jiffies | 1);
	}
	return NULL;
}

/**
 * kmemcheck_pool_alloc() - hidden pages
 * @order: how many, as a power of two
 * @node: that the caller wants, or NUMA_NO_NODE
 * @compound: make them one compound page
 *
 * Return: the first of them, with the only reference, or NULL when the pool has no
 * such block left; on @node, if one is given that has a part of the pool.
 */
struct page *kmemcheck_pool_alloc(unsigned int order, int node, bool compound)
{
	bool elsewhere = node == NUMA_NO_NODE || !part_on(node);
	int here = node == NUMA_NO_NODE ? numa_mem_id() : node;
	struct page *page = take_page(order, here, false);
	int i;

	if (!page && elsewhere)
		page = take_page(order, here, true);
	if (!page) {
		kmemcheck_count(KMEMCHECK_COUNTER_EXHAUSTED);
		return NULL;
	}

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
 * Return: false if no part lies on the node, or if all those that do had too little
 * within the last second.
 */
bool kmemcheck_pool_has_room(int node)
{
	struct kmemcheck_part *part;
	unsigned long when;

	for_each_part(part) {
		if (part->node != node)
			continue;
		when = READ_ONCE(part->exhausted);
		if (!when || !time_before(jiffies, when + HZ)) {
			if (when)
				WRITE_ONCE(part->exhausted, 0);
			return true;
		}
	}
	return false;
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
	const struct kmemcheck_part *part;
	bool any = false;

	mutex_lock(&hiding);
	for_each_part(part)
		any |= begin_hiding(part->start, part->size >> PAGE_SHIFT);
	if (any)
		kmemcheck_arch.flush_pool();
	for_each_part(part)
		if (any)
			end_hiding(part->start, part->size >> PAGE_SHIFT);
	mutex_unlock(&hiding);
}

static void give_back(struct page *page, unsigned int order)
{
	unsigned long addr = (unsigned long)page_to_virt(page);
	struct kmemcheck_part *part;

	for_each_part(part)
		if (addr < end_of(part)) {
			kmemcheck_give_block(&part->blocks, page, order);
			return;
		}
}

/* Blocks that wait for it, before they are used again. */
static LIST_HEAD(to_hide);
static DEFINE_RAW_SPINLOCK(to_hide_lock);

static void hide_and_free(struct work_struct *work)
{
	struct page *page, *next;
	unsigned int order;
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
		order = page->private;
		page->private = 0;
		give_back(page, order);
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
		kmemcheck_clear_compound(page);
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

	/* These are lost. */
	if (KMEMCHECK_WARN_ON(!kmemcheck_range_in_pool(addr, PAGE_SIZE << order)))
		return;
	if (!clean(page, order)) {
		give_back(page, order);
		return;
	}
	page->private = order;
	raw_spin_lock_irqsave(&to_hide_lock, flags);
	list_add(&page->lru, &to_hide);
	raw_spin_unlock_irqrestore(&to_hide_lock, flags);
	schedule_work(&hide_work);
}

/* Bytes of a part that are in use. */
unsigned long kmemcheck_part_used(const struct kmemcheck_part *part)
{
	return (part->blocks.pages - READ_ONCE(part->blocks.free)) << PAGE_SHIFT;
}
