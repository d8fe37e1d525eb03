// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: tracked memory that is no slab: large kmalloc(), __get_free_pages(), and
 * fragments of pages.
 *
 * Only what is handed out as an address of the kernel is tracked. What is handed out
 * as a struct page may be mapped anywhere and be written there.
 */
#include <linux/instruction_pointer.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "kmemcheck.h"
#include "owner.h"
#include "pool.h"
#include "shadow.h"

/* Of other zones, or to be mapped elsewhere, or not wanted. */
#define UNFIT	(__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM | __GFP_MOVABLE | __GFP_NOTRACK | \
		 __GFP_NOTRACK_FALSE_POSITIVE)

static const char * const names[] = {
	[KMEMCHECK_PAGES]	= "pages",
	[KMEMCHECK_LARGE]	= "kmalloc-large",
	[KMEMCHECK_FRAGMENTS]	= "page_frag",
};

struct page *__kmemcheck_alloc_pages(gfp_t flags, unsigned int order, int node, size_t size,
				     enum kmemcheck_pages sort)
{
	bool zero = flags & __GFP_ZERO;
	struct page *page;
	void *start;

	if (!kmemcheck_enabled() || flags & UNFIT || order >= KMEMCHECK_ORDERS)
		return NULL;
	page = kmemcheck_pool_alloc(order, node, flags & __GFP_COMP);
	if (!page)
		return NULL;

	start = page_to_virt(page);
	if (want_init_on_alloc(flags))
		memset(kmemcheck_alias(start), 0, PAGE_SIZE << order);
	kmemcheck_shadow_set((unsigned long)start, PAGE_SIZE << order, KMEMCHECK_UNALLOCATED);
	if (sort != KMEMCHECK_FRAGMENTS)
		kmemcheck_shadow_set((unsigned long)start, size, zero ?
				     KMEMCHECK_INITIALIZED : KMEMCHECK_UNINITIALIZED);
	kmemcheck_note_pages(start, order, size, names[sort], _RET_IP_, flags);
	return page;
}

void __kmemcheck_free_pages(struct page *page, unsigned int order)
{
	void *start = page_to_virt(page);

	kmemcheck_note_pages_freed(start, _RET_IP_);
	kmemcheck_shadow_set((unsigned long)start, PAGE_SIZE << order, KMEMCHECK_FREED);
	kmemcheck_pool_free(page, order);
}

void __kmemcheck_alloc_fragment(void *start, size_t size)
{
	kmemcheck_shadow_set((unsigned long)start, size, KMEMCHECK_UNINITIALIZED);
}
