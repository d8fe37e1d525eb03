// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: what the slab allocator tells us of slabs and their objects.
 */
#include <linux/export.h>
#include <linux/instruction_pointer.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../internal.h"
#include "../slab.h"
#include "kmemcheck.h"
#include "owner.h"
#include "pool.h"
#include "shadow.h"

static bool worth_tracking(const struct kmem_cache *s, gfp_t flags)
{
	if (s->flags & (SLAB_NOTRACK | SLAB_DEBUG_FLAGS | SLAB_CACHE_DMA |
			SLAB_CACHE_DMA32))
		return false;
	return !(flags & (__GFP_DMA | __GFP_DMA32));
}

/* The states of these objects outlive their owners. */
static bool keeps_state(const struct kmem_cache *s)
{
	return s->ctor || (s->flags & SLAB_TYPESAFE_BY_RCU);
}

struct slab *__kmemcheck_alloc_slab(struct kmem_cache *s, gfp_t flags,
				    int node, unsigned int order)
{
	struct page *page;
	void *start;

	if (!kmemcheck_enabled() || !worth_tracking(s, flags))
		return NULL;
	page = kmemcheck_pool_alloc(order, node, true);
	if (!page)
		return NULL;

	start = page_to_virt(page);
	kmemcheck_alloc_owners(start, PAGE_SIZE << order, (PAGE_SIZE << order) / s->size, flags);
	kmemcheck_shadow_set((unsigned long)start, PAGE_SIZE << order,
			     keeps_state(s) ? KMEMCHECK_UNINITIALIZED :
					      KMEMCHECK_UNALLOCATED);
	__folio_set_slab(page_folio(page));
	return page_slab(page);
}

/* Its objects stay marked as freed until the pages are used again. */
void __kmemcheck_free_slab(void *start, unsigned int order)
{
	kmemcheck_free_owners(start);
	kmemcheck_shadow_set((unsigned long)start, PAGE_SIZE << order, KMEMCHECK_FREED);
	kmemcheck_pool_free(virt_to_page(start), order);
}

bool __kmemcheck_avoid_slab(const struct slab *slab)
{
	return !kmemcheck_in_pool((unsigned long)slab_address(slab)) && kmemcheck_enabled() &&
	       worth_tracking(slab->slab_cache, 0) && kmemcheck_pool_has_room(slab_nid(slab));
}

/* Keep the cache behind @s, or the first one, and give @s back. */
static struct kmem_cache *next_cache(struct kmem_cache *s)
{
	struct kmem_cache *next;

	mutex_lock(&slab_mutex);
	next = s ? list_next_entry(s, list) :
		   list_first_entry(&slab_caches, struct kmem_cache, list);
	if (list_entry_is_head(next, &slab_caches, list))
		next = NULL;
	/* Those of the boot are never destroyed and have no count. */
	if (next && next->refcount > 0)
		next->refcount++;
	/* Not kmem_cache_destroy(), which may wait for RCU, which takes its time. */
	if (s && s->refcount > 1) {
		s->refcount--;
		s = NULL;
	}
	mutex_unlock(&slab_mutex);

	/* Its owner has done so meanwhile, and this was the last one. */
	if (s && s->refcount > 0)
		kmem_cache_destroy(s);
	return next;
}

/**
 * kmemcheck_retire_slabs() - take slabs that are not tracked out of use
 *
 * Processors keep slabs that they allocate from without a look at them. May sleep.
 */
void kmemcheck_retire_slabs(void)
{
	struct kmem_cache *s = NULL;

	while ((s = next_cache(s)))
		kmem_cache_shrink(s);
}

/* Whatever the mode: of what is tracked, the states are right. */
void __kmemcheck_slab_alloc(struct kmem_cache *s, void *object, gfp_t flags)
{
	struct kmemcheck_owner *owner = kmemcheck_owner_of(s, virt_to_slab(object), object);

	if (owner) {
		if (kmemcheck_enabled())
			kmemcheck_note_event(&owner->alloc, _RET_IP_, flags);
		else
			owner->alloc = (struct kmemcheck_event) {};
		owner->free.stack = 0;
		owner->filled = false;
		owner->size = s->object_size;
		owner->zeroed = flags & __GFP_ZERO;
	}
	if (flags & (__GFP_ZERO | __GFP_NOTRACK))
		kmemcheck_shadow_set((unsigned long)object, s->object_size,
				     KMEMCHECK_INITIALIZED);
	else if (!keeps_state(s))
		kmemcheck_shadow_set((unsigned long)object, s->object_size,
				     KMEMCHECK_UNINITIALIZED);
}

void __kmemcheck_slab_free(struct kmem_cache *s, void *object)
{
	struct kmemcheck_owner *owner = kmemcheck_owner_of(s, virt_to_slab(object), object);

	if (owner) {
		owner->filled = false;
		owner->free.stack = 0;
		if (kmemcheck_enabled())
			kmemcheck_note_event(&owner->free, _RET_IP_, 0);
	}
	if (!keeps_state(s))
		kmemcheck_shadow_set((unsigned long)object, s->object_size,
				     KMEMCHECK_FREED);
}

/* What kmalloc() has given: an object of a slab, or pages. Return: bytes. */
static size_t room_of(const void *object, struct kmemcheck_owner **owner)
{
	struct folio *folio = virt_to_folio(object);
	struct kmem_cache *s;

	if (!folio_test_slab(folio)) {
		*owner = kmemcheck_owner_of_pages(object);
		return folio_size(folio);
	}
	s = folio_slab(folio)->slab_cache;
	*owner = kmemcheck_owner_of(s, folio_slab(folio), (void *)object);
	return s->object_size;
}

/**
 * __kmemcheck_resize() - another size of an object of kmalloc() was asked for
 * @object: tracked
 * @size: that is now asked for, at most that of the object
 * @flags: with __GFP_ZERO, what is added has been zeroed
 *
 * The slack behind it is unallocated.
 */
void __kmemcheck_resize(const void *object, size_t size, gfp_t flags)
{
	struct kmemcheck_owner *owner;
	size_t room = room_of(object, &owner);
	size_t old = owner ? owner->size : room;
	bool initialized = flags & (__GFP_ZERO | __GFP_NOTRACK) || (owner && owner->zeroed);

	if (size > old)
		kmemcheck_shadow_set((unsigned long)object + old, size - old,
				     initialized ? KMEMCHECK_INITIALIZED :
						   KMEMCHECK_UNINITIALIZED);
	kmemcheck_shadow_set((unsigned long)object + size, room - size,
			     KMEMCHECK_UNALLOCATED);
	if (owner)
		owner->size = size;
}

/**
 * __kmemcheck_requested() - how much of an object was asked for
 * @object: of kmalloc(), tracked
 * @size: of the whole object, for when that is not known
 *
 * Return: bytes.
 */
size_t __kmemcheck_requested(const void *object, size_t size)
{
	struct kmemcheck_owner *owner;

	room_of(object, &owner);
	return owner ? owner->size : size;
}

/**
 * __kmemcheck_note_fill() - somebody reserves room in a carrier of messages
 * @object: its memory, tracked
 *
 * Many messages are allocated in one place and filled in others. The first one that
 * does is remembered until the memory is released.
 */
void __kmemcheck_note_fill(const void *object)
{
	struct kmemcheck_owner *owner;

	room_of(object, &owner);
	/* Of pages, only what begins with them. */
	if (!owner || owner->filled || !kmemcheck_enabled() ||
	    (owner->name && !PAGE_ALIGNED(object)))
		return;
	kmemcheck_note_event(&owner->free, _RET_IP_, 0);
	owner->filled = true;
}
EXPORT_SYMBOL(__kmemcheck_note_fill);
