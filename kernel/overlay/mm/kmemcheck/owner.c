// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: who owns each object and each block of pages, and who owned it last.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "../internal.h"
#include "../slab.h"
#include "kmemcheck.h"
#include "owner.h"
#include "pool.h"

/*
 * Owners of the objects of a slab, for the first page of each slab. They lie
 * in caches of our own that are not tracked, by size, so that setting up a
 * tracked slab never leads to another tracked slab.
 */
static struct kmemcheck_owner **owners __read_mostly;

/* Objects of one slab: 1 for a whole page block, 512 for 8 bytes in a page. */
#define MIN_OWNERS_SHIFT	0
#define MAX_OWNERS_SHIFT	9
static struct kmem_cache *owner_caches[MAX_OWNERS_SHIFT + 1] __read_mostly;
static const char * const owner_names[MAX_OWNERS_SHIFT + 1] = {
	[0] = "kmemcheck-1",	[1] = "kmemcheck-2",
	[2] = "kmemcheck-4",	[3] = "kmemcheck-8",	[4] = "kmemcheck-16",
	[5] = "kmemcheck-32",	[6] = "kmemcheck-64",	[7] = "kmemcheck-128",
	[8] = "kmemcheck-256",	[9] = "kmemcheck-512",
};

int kmemcheck_owner_init(void)
{
	int i;

	owners = kmemcheck_pool_array(sizeof(*owners));
	if (!owners)
		return -ENOMEM;
	for (i = MIN_OWNERS_SHIFT; i <= MAX_OWNERS_SHIFT; i++)
		/* SLAB keeps nothing elsewhere for those that have SLAB_NOLEAKTRACE. */
		owner_caches[i] = kmem_cache_create(owner_names[i],
				sizeof(struct kmemcheck_owner) << i, 0,
				SLAB_NOTRACK | SLAB_NOLEAKTRACE | SLAB_PANIC, NULL);
	return 0;
}

static struct kmemcheck_owner **owners_of(const void *slab_start)
{
	return &owners[((unsigned long)slab_start - kmemcheck_pool_start) >> PAGE_SHIFT];
}

static unsigned int owners_shift(unsigned int objects)
{
	return clamp_t(unsigned int, order_base_2(objects), MIN_OWNERS_SHIFT,
		       MAX_OWNERS_SHIFT);
}

/* Of the slab, or of the block of pages, at @start. */
void kmemcheck_free_owners(const void *start)
{
	struct kmemcheck_owner *old = xchg(owners_of(start), NULL);

	if (old)
		kmem_cache_free(virt_to_slab(old)->slab_cache, old);
}

/*
 * Without owners the objects are checked all the same, only reports do not say
 * whose they were. Slabs of more objects than a class holds do without, too.
 */
struct kmemcheck_owner *kmemcheck_alloc_owners(const void *start, size_t size,
					       unsigned int objects, gfp_t flags)
{
	unsigned int shift = owners_shift(objects);
	struct kmemcheck_owner *new;
	size_t i;

	if (KMEMCHECK_WARN_ON(!kmemcheck_range_in_pool((unsigned long)start, size)))
		return NULL;
	/* Those of blocks that were freed are still there. */
	for (i = 0; i < size; i += PAGE_SIZE)
		kmemcheck_free_owners(start + i);
	if (objects > 1U << shift)
		return NULL;
	flags &= GFP_RECLAIM_MASK & ~__GFP_NOFAIL;
	new = kmem_cache_zalloc(owner_caches[shift], flags | __GFP_NOWARN);
	WRITE_ONCE(*owners_of(start), new);
	return new;
}

struct kmemcheck_owner *kmemcheck_owner_of(const struct kmem_cache *s,
					   const struct slab *slab, void *object)
{
	struct kmemcheck_owner *first = READ_ONCE(*owners_of(slab_address(slab)));
	unsigned int index = obj_to_index(s, slab, object);

	/* SLAB may leave a gap before the first object. */
	return first && index < objs_per_slab(s, slab) ? &first[index] : NULL;
}

/* Of a block of pages that begins at @start. */
struct kmemcheck_owner *kmemcheck_owner_of_pages(const void *start)
{
	return READ_ONCE(*owners_of(start));
}

/*
 * @caller: of the hook; @flags: what it may wake up, nothing where it may hold any
 * lock.
 */
void kmemcheck_note_event(struct kmemcheck_event *event, unsigned long caller, gfp_t flags)
{
	event->stack = kmemcheck_save_stack(caller, (flags & __GFP_KSWAPD_RECLAIM) |
					       __GFP_NOWARN);
	event->time = ktime_get_boot_fast_ns();
	event->pid = current->pid;
	event->cpu = raw_smp_processor_id();
}

/**
 * kmemcheck_note_pages() - a block of pages goes to its new owner
 * @start: of it
 * @order: of the pages
 * @size: bytes that were asked for
 * @name: of this sort of memory
 * @caller: where the stack begins
 * @flags: of the allocation
 */
void kmemcheck_note_pages(const void *start, unsigned int order, size_t size,
			  const char *name, unsigned long caller, gfp_t flags)
{
	struct kmemcheck_owner *owner = kmemcheck_alloc_owners(start, PAGE_SIZE << order,
							       1, flags);

	if (!owner)
		return;
	owner->size = size;
	owner->zeroed = flags & __GFP_ZERO;
	owner->name = name;
	kmemcheck_note_event(&owner->alloc, caller, flags);
}

/* The block stays where it is in the books until its pages are used again. */
void kmemcheck_note_pages_freed(const void *start, unsigned long caller)
{
	struct kmemcheck_owner *owner = kmemcheck_owner_of_pages(start);

	if (!owner || !owner->name)
		return;
	owner->filled = false;
	owner->free.stack = 0;
	if (kmemcheck_enabled())
		kmemcheck_note_event(&owner->free, caller, 0);
}

/* Blocks begin at a multiple of their size, and have no more than that many pages. */
static bool find_pages(unsigned long addr, struct kmemcheck_object *object,
		       struct kmemcheck_owner *owner)
{
	unsigned long page = ALIGN_DOWN(addr, PAGE_SIZE);
	const struct kmemcheck_owner *found = NULL;
	unsigned int i;

	for (i = 0; i < MAX_ORDER_NR_PAGES && kmemcheck_in_pool(page); i++) {
		found = kmemcheck_owner_of_pages((void *)page);
		if (found)
			break;
		page -= PAGE_SIZE;
	}
	if (!found || !found->name || addr - page >= PAGE_ALIGN(found->size))
		return false;
	object->start = page;
	object->size = found->size;
	object->requested = 0;
	strscpy(object->cache, found->name, sizeof(object->cache));
	*owner = *found;
	return true;
}

/**
 * kmemcheck_find_object() - the object around an address
 * @addr: in the pool
 * @object: filled in when there is one
 * @owner: who allocated and freed it, as far as that is known
 *
 * Called from inside of a fault: takes no lock and touches nothing hidden.
 *
 * Return: whether @addr lies in a slab, or a block of pages that has or had an owner.
 */
bool kmemcheck_find_object(unsigned long addr, struct kmemcheck_object *object,
			   struct kmemcheck_owner *owner)
{
	struct folio *folio = virt_to_folio((void *)addr);
	struct kmemcheck_owner *found;
	struct kmem_cache *s;
	struct slab *slab;
	void *start;

	if (!folio_test_slab(folio))
		return find_pages(addr, object, owner);
	slab = folio_slab(folio);
	s = slab->slab_cache;
	if (!s)
		return false;

	start = nearest_obj(s, slab, (void *)addr);
	object->start = (unsigned long)start;
	object->size = s->object_size;
	object->requested = 0;
	found = kmemcheck_owner_of(s, slab, start);
	if (found && found->size < s->object_size)
		object->requested = found->size;
	/* The name of a cache may itself be a tracked allocation. */
	strscpy(object->cache, kmemcheck_alias(s->name), sizeof(object->cache));

	if (found)
		*owner = *found;
	else
		memset(owner, 0, sizeof(*owner));
	return true;
}
