// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: where the pool comes from.
 *
 * At boot every node gives one part of its memory. Later the page allocator gives what it
 * can move others out of, in as many parts as it takes.
 */
#include <linux/log2.h>
#include <linux/highmem.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "../internal.h"
#include "../slab.h"
#include "kmemcheck.h"
#include "pool.h"

/* Slab memory of a busy desktop is below this share of all memory. */
#define DEFAULT_PERCENT	25
/* What is mapped twice must leave room; the shadow takes a quarter on top. */
#define MAX_PERCENT	40

struct kmemcheck_part kmemcheck_parts[KMEMCHECK_MAX_PARTS];
unsigned int kmemcheck_nr_parts __read_mostly;

/* As asked for on the command line: bytes, or percent when that is not 0. */
static unsigned long pool_bytes __read_mostly;
static unsigned int pool_percent __read_mostly = DEFAULT_PERCENT;
static bool pool_asked_for __initdata;

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

/*
 * The alias lies in the vmalloc area, with arrays for each page of the pool, and on a machine of
 * 32 bits there is little of that.
 */
static unsigned long fit_alias(unsigned long size, unsigned long align)
{
	unsigned long room;

	if (IS_ENABLED(CONFIG_64BIT))
		return size;
	room = max(VMALLOC_TOTAL / 2, align);
	if (size > room)
		pr_info("the pool has %lu instead of %lu MiB, or its alias would not fit; see vmalloc=\n",
			room >> 20, size >> 20);
	return min(size, room);
}

/* Of @all pages of the machine, a node has @pages. Return: the size of its part. */
static unsigned long wanted(unsigned long pages, unsigned long all, unsigned long align)
{
	unsigned long percent = pages / 100 * PAGE_SIZE;
	unsigned long size = pool_percent ? percent * pool_percent :
			     mult_frac(pool_bytes, pages, all);

	size = clamp(size, align, max(percent * MAX_PERCENT, align));
	return ALIGN_DOWN(fit_alias(size, align), align);
}

static int by_address(const void *a, const void *b)
{
	const struct kmemcheck_part *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_part(void *start, unsigned long size, void *shadow, int node, bool late)
{
	kmemcheck_parts[kmemcheck_nr_parts++] = (struct kmemcheck_part) {
		.start = (unsigned long)start, .size = size, .shadow = shadow,
		.node = node, .late = late,
	};
}

static void __init reserve_on(int node, unsigned long size, unsigned long align)
{
	void *start, *shadow;

	start = memblock_alloc_exact_nid_raw(size, align, MEMBLOCK_LOW_LIMIT,
					     MEMBLOCK_ALLOC_ACCESSIBLE, node);
	shadow = start ? memblock_alloc_node(KMEMCHECK_SHADOW_SIZE(size), PAGE_SIZE, node) :
			 NULL;
	if (shadow) {
		add_part(start, size, shadow, node, false);
		return;
	}
	pr_err("no %lu MiB for the pool and its shadow on node %d\n",
	       (size + size / 4) >> 20, node);
	if (start)
		memblock_free(start, size);
}

static unsigned long __init pages_of(int node)
{
	unsigned long start, end, pages = 0;
	int i;

	for_each_mem_pfn_range(i, node, &start, &end, NULL) {
		/* Only what is mapped for good. */
		if (IS_ENABLED(CONFIG_HIGHMEM))
			end = clamp(max_low_pfn, start, end);
		pages += end - start;
	}
	return pages;
}

/**
 * kmemcheck_alloc_pool() - reserve memory before the page allocator owns it
 *
 * With kmemcheck=0 too, when a size was asked for: then it is for later.
 */
void __init kmemcheck_alloc_pool(void)
{
	unsigned long all = pages_of(MAX_NUMNODES);
	unsigned long align = num_node_state(N_MEMORY) > 1 ? KMEMCHECK_PART_ALIGN : PMD_SIZE;
	int node;

	if (!kmemcheck_enabled() && !pool_asked_for)
		return;
	for_each_node_state(node, N_MEMORY)
		if (kmemcheck_nr_parts < KMEMCHECK_MAX_PARTS)
			reserve_on(node, wanted(pages_of(node), all, align), align);
	if (!kmemcheck_nr_parts) {
		pr_err("there is no pool; disabled\n");
		kmemcheck_mode = KMEMCHECK_MODE_DISABLED;
		return;
	}
	sort(kmemcheck_parts, kmemcheck_nr_parts, sizeof(*kmemcheck_parts), by_address, NULL);
	/* A report is to name the cache that an object was allocated from. */
	slab_nomerge = true;
}

static bool take(int node, unsigned long size)
{
	nodemask_t nodes = nodemask_of_node(node);
	struct page *page = alloc_contig_pages(size >> PAGE_SHIFT, GFP_KERNEL | __GFP_NOWARN,
					       node, &nodes);
	void *shadow;

	if (!page)
		return false;
	shadow = vzalloc_node(KMEMCHECK_SHADOW_SIZE(size), node);
	if (!shadow) {
		free_contig_range(page_to_pfn(page), size >> PAGE_SHIFT);
		return false;
	}
	add_part(page_to_virt(page), size, shadow, node, true);
	return true;
}

/* Powers of two begin at a multiple of their size. */
static void take_parts(int node, unsigned long size, unsigned int max)
{
	unsigned long piece = size;

	while (size >= KMEMCHECK_PART_ALIGN && kmemcheck_nr_parts < max) {
		piece = rounddown_pow_of_two(min(piece, size));
		if (piece < KMEMCHECK_PART_ALIGN)
			break;
		if (take(node, piece))
			size -= piece;
		else
			piece /= 2;
	}
}

/* With gaps between them, there would be no room for the addresses. */
static unsigned int max_parts(void)
{
	return IS_ENABLED(CONFIG_64BIT) ? KMEMCHECK_MAX_PARTS : 1;
}

/**
 * kmemcheck_find_pool() - take the pool from the page allocator
 *
 * For kmemcheck that is switched on when the kernel runs already. A large block may
 * not be found then; several smaller ones are as good, and few better than none.
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_find_pool(void)
{
	unsigned int left = num_node_state(N_MEMORY);
	/* High memory, of a machine of 32 bits, is never tracked; there is one node then. */
	unsigned long high = totalhigh_pages();
	int node;

	for_each_node_state(node, N_MEMORY)
		take_parts(node, wanted(NODE_DATA(node)->node_present_pages - high,
					totalram_pages() - high, KMEMCHECK_PART_ALIGN),
			   max_parts() - --left);
	if (!kmemcheck_nr_parts) {
		pr_err("no memory for the pool; boot with kmemcheck.pool= to reserve it\n");
		return -ENOMEM;
	}
	sort(kmemcheck_parts, kmemcheck_nr_parts, sizeof(*kmemcheck_parts), by_address, NULL);
	return 0;
}

/* Give all of it back. Nothing of it may have been hidden. */
void kmemcheck_release_pool(void)
{
	struct kmemcheck_part *part;

	for_each_part(part) {
		void *start = (void *)part->start;

		if (part->late) {
			free_contig_range(PHYS_PFN(__pa(start)), part->size >> PAGE_SHIFT);
			vfree(part->shadow);
		} else {
			free_reserved_area(start, start + part->size, -1, NULL);
			free_reserved_area(part->shadow,
					   part->shadow + KMEMCHECK_SHADOW_SIZE(part->size),
					   -1, NULL);
		}
	}
	kmemcheck_nr_parts = 0;
}
