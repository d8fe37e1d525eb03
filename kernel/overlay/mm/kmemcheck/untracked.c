// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: small memory that is not tracked, for those who are called everywhere.
 *
 * kmalloc() has caches for all, and what they hold faults. A tracer's books would do so
 * several times in every function of the kernel.
 */
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "kmemcheck.h"
#include "untracked.h"

#define MIN_SHIFT	6
#define MAX_SHIFT	12

static struct kmem_cache *caches[MAX_SHIFT + 1] __read_mostly;
static const char * const names[MAX_SHIFT + 1] = {
	[6] = "notrack-64",	[7] = "notrack-128",	[8] = "notrack-256",
	[9] = "notrack-512",	[10] = "notrack-1k",	[11] = "notrack-2k",
	[12] = "notrack-4k",
};

void kmemcheck_untracked_init(void)
{
	int i;

	for (i = MIN_SHIFT; i <= MAX_SHIFT; i++)
		caches[i] = kmem_cache_create(names[i], 1U << i, 1U << i,
					      SLAB_NOTRACK | SLAB_PANIC, NULL);
}

/* See kzalloc_notrack_node(). */
void *__kmemcheck_kzalloc(size_t size, gfp_t flags, int node)
{
	unsigned int shift = max_t(unsigned int, order_base_2(size), MIN_SHIFT);

	if (shift > MAX_SHIFT)
		return kzalloc_node(size, flags, node);
	return kmem_cache_alloc_node(caches[shift], flags | __GFP_ZERO, node);
}
