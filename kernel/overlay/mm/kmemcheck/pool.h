/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the memory that is tracked.
 */
#ifndef _MM_KMEMCHECK_POOL_H
#define _MM_KMEMCHECK_POOL_H

#include <linux/cache.h>
#include <linux/minmax.h>
#include <linux/numa.h>
#include <linux/types.h>

#include "blocks.h"

struct page;

/*
 * One contiguous piece of it, on one node. If there are several, they begin and end at
 * multiples of KMEMCHECK_PART_ALIGN.
 */
struct kmemcheck_part {
	unsigned long start;		/* address in the direct map */
	unsigned long size;		/* bytes */
	void *shadow;			/* KMEMCHECK_SHADOW_SIZE(size) bytes */
	int node;
	bool late;			/* from the page allocator, not from memblock */
	unsigned long exhausted;	/* had too little for the last time, in jiffies; or 0 */
	struct kmemcheck_blocks blocks;
} ____cacheline_aligned_in_smp;

#define KMEMCHECK_MAX_PARTS	64
/* A byte for four; states are read eight bytes at a time. */
#define KMEMCHECK_SHADOW_SIZE(size)	PAGE_ALIGN((size) / 4 + 8)

/* reserve.c: by address */
extern struct kmemcheck_part kmemcheck_parts[KMEMCHECK_MAX_PARTS];
extern unsigned int kmemcheck_nr_parts;

#define for_each_part(part)						\
	for (part = kmemcheck_parts;					\
	     part < kmemcheck_parts + kmemcheck_nr_parts; part++)

int kmemcheck_find_pool(void);
void kmemcheck_release_pool(void);

/* pool.c */
int kmemcheck_pool_init(bool *hidden);
unsigned long kmemcheck_pool_reserved(void);
void *kmemcheck_pool_array(size_t size);
void kmemcheck_pool_hide(void);
struct page *kmemcheck_pool_alloc(unsigned int order, int node, bool compound);
void kmemcheck_pool_free(struct page *page, unsigned int order);
unsigned long kmemcheck_part_used(const struct kmemcheck_part *part);
bool kmemcheck_pool_has_room(int node);

#endif /* _MM_KMEMCHECK_POOL_H */
