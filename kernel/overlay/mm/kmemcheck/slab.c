// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: what the slab allocator tells us of slabs and their objects, and
 * who owned each object.
 */
#include <linux/instruction_pointer.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "../internal.h"
#include "../slab.h"
#include "kmemcheck.h"

/*
 * Owners of the objects of a slab, for the first page of each slab. They lie
 * in caches of our own that are not tracked, by size, so that setting up a
 * tracked slab never leads to another tracked slab.
 */
static struct kmemcheck_owner **owners __ro_after_init;

/* Objects of one slab: 1 for a whole page block, 512 for 8 bytes in a page. */
#define MIN_OWNERS_SHIFT	2
#define MAX_OWNERS_SHIFT	9
static struct kmem_cache *owner_caches[MAX_OWNERS_SHIFT + 1] __ro_after_init;
static const char * const owner_names[MAX_OWNERS_SHIFT + 1] = {
	[2] = "kmemcheck-4",	[3] = "kmemcheck-8",	[4] = "kmemcheck-16",
	[5] = "kmemcheck-32",	[6] = "kmemcheck-64",	[7] = "kmemcheck-128",
	[8] = "kmemcheck-256",	[9] = "kmemcheck-512",
};

int __init kmemcheck_slab_init(unsigned long pages)
{
	int i;

	owners = vcalloc(pages, sizeof(*owners));
	if (!owners)
		return -ENOMEM;
	for (i = MIN_OWNERS_SHIFT; i <= MAX_OWNERS_SHIFT; i++)
		owner_caches[i] = kmem_cache_create(owner_names[i],
				sizeof(struct kmemcheck_owner) << i, 0,
				SLAB_NOTRACK | SLAB_PANIC, NULL);
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

/*
 * Without owners the objects are checked all the same, only reports do not say
 * who they were. Slabs of more objects than a class holds do without, too.
 */
static void alloc_owners(struct kmem_cache *s, const void *start, gfp_t flags,
			 unsigned int order)
{
	unsigned int objects = (PAGE_SIZE << order) / s->size;
	unsigned int shift = owners_shift(objects);

	if (objects > 1U << shift)
		return;
	flags &= GFP_RECLAIM_MASK & ~__GFP_NOFAIL;
	*owners_of(start) = kmem_cache_zalloc(owner_caches[shift],
					      flags | __GFP_NOWARN);
}

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
	page = kmemcheck_pool_alloc(order, node);
	if (!page)
		return NULL;

	start = page_to_virt(page);
	alloc_owners(s, start, flags, order);
	kmemcheck_shadow_set((unsigned long)start, PAGE_SIZE << order,
			     keeps_state(s) ? KMEMCHECK_UNINITIALIZED :
					      KMEMCHECK_UNALLOCATED);
	__folio_set_slab(page_folio(page));
	return page_slab(page);
}

/* Its objects stay marked as freed until the pages are used again. */
void __kmemcheck_free_slab(void *start, unsigned int order)
{
	struct kmemcheck_owner *old = xchg(owners_of(start), NULL);

	if (old)
		kmem_cache_free(virt_to_cache(old), old);
	kmemcheck_pool_free(virt_to_page(start), order);
}

static struct kmemcheck_owner *owner_of(const struct kmem_cache *s,
					const struct slab *slab, void *object)
{
	struct kmemcheck_owner *first = READ_ONCE(*owners_of(slab_address(slab)));

	return first ? &first[obj_to_index(s, slab, object)] : NULL;
}

/*
 * @caller: of the hook; @flags: what it may wake up, nothing where it may hold any
 * lock.
 */
static void note_who(struct kmemcheck_who *who, unsigned long caller, gfp_t flags)
{
	who->stack = kmemcheck_arch_save_stack(caller, (flags & __GFP_KSWAPD_RECLAIM) |
					       __GFP_NOWARN);
	who->time = ktime_get_boot_fast_ns();
	who->pid = current->pid;
	who->cpu = raw_smp_processor_id();
}

void __kmemcheck_slab_alloc(struct kmem_cache *s, void *object, gfp_t flags)
{
	struct kmemcheck_owner *owner;

	if (!kmemcheck_enabled())
		return;
	owner = owner_of(s, virt_to_slab(object), object);
	if (owner) {
		note_who(&owner->alloc, _RET_IP_, flags);
		owner->free.stack = 0;
	}
	if (flags & __GFP_ZERO)
		kmemcheck_shadow_set((unsigned long)object, s->object_size,
				     KMEMCHECK_INITIALIZED);
	else if (!keeps_state(s))
		kmemcheck_shadow_set((unsigned long)object, s->object_size,
				     KMEMCHECK_UNINITIALIZED);
}

void __kmemcheck_slab_free(struct kmem_cache *s, void *object)
{
	struct kmemcheck_owner *owner;

	if (!kmemcheck_enabled())
		return;
	owner = owner_of(s, virt_to_slab(object), object);
	if (owner)
		note_who(&owner->free, _RET_IP_, 0);
	if (!keeps_state(s))
		kmemcheck_shadow_set((unsigned long)object, s->object_size,
				     KMEMCHECK_FREED);
}

/**
 * kmemcheck_find_object() - the slab object around an address
 * @addr: in the pool
 * @object: filled in when there is one
 * @owner: who allocated and freed it, as far as that is known
 *
 * Called from inside of a fault: takes no lock and touches nothing hidden.
 *
 * Return: whether @addr lies in a slab.
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
		return false;
	slab = folio_slab(folio);
	s = slab->slab_cache;
	if (!s)
		return false;

	start = nearest_obj(s, slab, (void *)addr);
	object->start = (unsigned long)start;
	object->size = s->object_size;
	object->requested = 0;
	/* The name of a cache may itself be a tracked allocation. */
	strscpy(object->cache, kmemcheck_alias(s->name), sizeof(object->cache));

	found = owner_of(s, slab, start);
	if (found)
		*owner = *found;
	else
		memset(owner, 0, sizeof(*owner));
	return true;
}

/**
 * kmemcheck_find_stack() - where the object around an address was allocated
 * @addr: in the pool
 *
 * Called from inside of a fault.
 *
 * Return: the stack, 0 when it is not known.
 */
depot_stack_handle_t kmemcheck_find_stack(unsigned long addr)
{
	struct kmemcheck_object object;
	struct kmemcheck_owner owner;

	return kmemcheck_find_object(addr, &object, &owner) ? owner.alloc.stack : 0;
}
