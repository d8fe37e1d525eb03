/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: free blocks of pages, as a binary buddy system keeps them.
 */
#ifndef _MM_KMEMCHECK_BLOCKS_H
#define _MM_KMEMCHECK_BLOCKS_H

#include <linux/kmemcheck_compat.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct page;

/* As the page allocator has them: a block of order n is 2^n pages. */
struct kmemcheck_blocks {
	raw_spinlock_t lock;
	unsigned long first;		/* page frame number */
	unsigned long pages;
	unsigned long free;		/* of them */
	u8 *orders;			/* of free blocks, plus 1, at their first page; else 0 */
	struct list_head lists[KMEMCHECK_ORDERS];
};

int kmemcheck_blocks_init(struct kmemcheck_blocks *blocks, unsigned long first,
			  unsigned long pages, int node);
struct page *kmemcheck_take_block(struct kmemcheck_blocks *blocks, unsigned int order);
void kmemcheck_give_block(struct kmemcheck_blocks *blocks, struct page *page,
			  unsigned int order);

#endif /* _MM_KMEMCHECK_BLOCKS_H */
