// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: free blocks of pages, as a binary buddy system keeps them.
 *
 * A block of 2^n pages begins at a multiple of its size. Taking and giving one costs at
 * most as many steps as there are orders, however much is in use.
 */
#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "blocks.h"
#include "kmemcheck.h"

static u8 *order_at(struct kmemcheck_blocks *blocks, unsigned long pfn)
{
	return &blocks->orders[pfn - blocks->first];
}

static struct list_head *mark_free(struct kmemcheck_blocks *blocks, unsigned long pfn,
				   unsigned int order)
{
	*order_at(blocks, pfn) = order + 1;
	return &pfn_to_page(pfn)->lru;
}

/* Of a larger block: to be taken next. */
static void insert(struct kmemcheck_blocks *blocks, unsigned long pfn, unsigned int order)
{
	list_add(mark_free(blocks, pfn, order), &blocks->lists[order]);
}

/* After use: to be taken last, so that who uses it after it was freed is found out. */
static void append(struct kmemcheck_blocks *blocks, unsigned long pfn, unsigned int order)
{
	list_add_tail(mark_free(blocks, pfn, order), &blocks->lists[order]);
}

static void remove(struct kmemcheck_blocks *blocks, unsigned long pfn)
{
	*order_at(blocks, pfn) = 0;
	list_del(&pfn_to_page(pfn)->lru);
}

static bool is_free(struct kmemcheck_blocks *blocks, unsigned long pfn, unsigned int order)
{
	return pfn - blocks->first < blocks->pages && *order_at(blocks, pfn) == order + 1;
}

/* The largest block that may begin at @pfn and ends within @left pages. */
static unsigned int largest_order(unsigned long pfn, unsigned long left)
{
	unsigned int aligned = pfn ? __ffs(pfn) : KMEMCHECK_ORDERS;

	return min3(aligned, (unsigned int)ilog2(left), KMEMCHECK_ORDERS - 1U);
}

/**
 * kmemcheck_blocks_init() - all pages of a range are free
 * @blocks: to be set up
 * @first: page frame number
 * @pages: their number, at least 1; nobody else uses their struct page
 * @node: where the books are to be
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_blocks_init(struct kmemcheck_blocks *blocks, unsigned long first,
			  unsigned long pages, int node)
{
	unsigned long pfn, end = first + pages;
	unsigned int order;

	blocks->orders = vzalloc_node(pages, node);
	if (!blocks->orders)
		return -ENOMEM;
	raw_spin_lock_init(&blocks->lock);
	blocks->first = first;
	blocks->pages = pages;
	blocks->free = pages;
	for (order = 0; order < KMEMCHECK_ORDERS; order++)
		INIT_LIST_HEAD(&blocks->lists[order]);
	for (pfn = first; pfn < end; pfn += 1UL << order) {
		order = largest_order(pfn, end - pfn);
		insert(blocks, pfn, order);
	}
	return 0;
}

/* Return: a page frame number, or 0. */
static unsigned long take(struct kmemcheck_blocks *blocks, unsigned int order)
{
	unsigned int i = order;
	unsigned long pfn;

	while (i < KMEMCHECK_ORDERS && list_empty(&blocks->lists[i]))
		i++;
	if (i >= KMEMCHECK_ORDERS)
		return 0;
	pfn = page_to_pfn(list_first_entry(&blocks->lists[i], struct page, lru));
	remove(blocks, pfn);
	while (i-- > order)
		insert(blocks, pfn + (1UL << i), i);
	blocks->free -= 1UL << order;
	return pfn;
}

/**
 * kmemcheck_take_block() - a block of pages that are in use from then on
 * @blocks: to take it from
 * @order: of the block
 *
 * Return: its first page, or NULL when there is none of that size.
 */
struct page *kmemcheck_take_block(struct kmemcheck_blocks *blocks, unsigned int order)
{
	unsigned long pfn, flags;

	raw_spin_lock_irqsave(&blocks->lock, flags);
	pfn = take(blocks, order);
	raw_spin_unlock_irqrestore(&blocks->lock, flags);
	return pfn ? pfn_to_page(pfn) : NULL;
}

/**
 * kmemcheck_give_block() - the opposite of kmemcheck_take_block()
 * @blocks: that it was taken from
 * @page: its first page
 * @order: of the block
 *
 * It is joined with the other half of the block that it is a half of, if that is free.
 */
void kmemcheck_give_block(struct kmemcheck_blocks *blocks, struct page *page,
			  unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), other, flags;

	raw_spin_lock_irqsave(&blocks->lock, flags);
	blocks->free += 1UL << order;
	for (; order < KMEMCHECK_ORDERS - 1; order++) {
		other = pfn ^ 1UL << order;
		if (!is_free(blocks, other, order))
			break;
		remove(blocks, other);
		pfn &= ~(1UL << order);
	}
	append(blocks, pfn, order);
	raw_spin_unlock_irqrestore(&blocks->lock, flags);
}
