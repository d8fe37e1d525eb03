// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not instrumented: what KFENCE, SLUB, the processor and the checks of lists and reference
 * counts find.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kfence.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include "checked.h"

/* ---- SLUB, to which KASAN gives back what was freed when a cache shrinks ---- */

static struct kmem_cache *new_cache(const char *name)
{
	return kmem_cache_create(name, sizeof(struct checked_item), 0,
				 SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON |
				 SLAB_STORE_USER, NULL);
}

static noinline void slub_redzone(void)
{
	struct kmem_cache *cache = new_cache("checked_redzone");
	struct checked_item *item;
	u32 *values;

	if (!cache)
		return;
	item = kmem_cache_zalloc(cache, GFP_KERNEL); /* slub_redzone: alloc */
	if (item) {
		values = forget(&item->values[0]);
		WRITE_ONCE(values[4], 0x64636261);
		kmem_cache_free(cache, item);
		kmem_cache_shrink(cache);
	}
	kmem_cache_destroy(cache);
}

static noinline void slub_before(void)
{
	struct kmem_cache *cache = new_cache("checked_before");
	struct checked_item *item;
	u32 *ids;

	if (!cache)
		return;
	item = kmem_cache_zalloc(cache, GFP_KERNEL); /* slub_before: alloc */
	if (item) {
		ids = forget(&item->id);
		WRITE_ONCE(ids[-1], 7);
		kmem_cache_free(cache, item);
		kmem_cache_shrink(cache);
	}
	kmem_cache_destroy(cache);
}

static noinline void slub_poison(void)
{
	struct kmem_cache *cache = new_cache("checked_poison");
	struct checked_item *item, *stale;

	if (!cache)
		return;
	item = kmem_cache_zalloc(cache, GFP_KERNEL); /* slub_poison: alloc */
	stale = forget(item);
	if (item) {
		/* Another one keeps the page from being given back. */
		void *other = kmem_cache_alloc(cache, GFP_KERNEL);

		kmem_cache_free(cache, item);
		kmem_cache_shrink(cache); /* slub_poison: free */
		WRITE_ONCE(stale->stamp, 0x123456789abcdef0);
		item = kmem_cache_alloc(cache, GFP_KERNEL);
		kmem_cache_free(cache, item);
		if (other)
			kmem_cache_free(cache, other);
	}
	kmem_cache_destroy(cache);
}

static noinline void slub_remaining(void)
{
	struct kmem_cache *cache = new_cache("checked_remaining");
	struct checked_item *item;

	if (!cache)
		return;
	item = kmem_cache_zalloc(cache, GFP_KERNEL); /* slub_remaining: alloc */
	if (item)
		kmem_cache_destroy(cache); /* slub_remaining: access */
	barrier();
}

/*
 * ---- KFENCE, which takes an allocation now and then ----
 *
 * It leaves out of a stack what begins with its name, and all that was called from there.
 */

/* One that lies at the end of its page, or at its start. */
static bool is_wanted(const void *p, size_t size, bool at_end)
{
	unsigned long offset = offset_in_page(p);

	return is_kfence_address(p) && (at_end ? offset + size == PAGE_SIZE : !offset);
}

static struct checked_item *guarded(bool at_end)
{
	unsigned long end = jiffies + 30 * HZ;
	struct checked_item *item;

	while (time_before(jiffies, end)) {
		item = kzalloc(sizeof(*item), GFP_KERNEL); /* guarded: alloc */
		if (!item || is_wanted(item, sizeof(*item), at_end))
			return item;
		kfree(item);
		usleep_range(100, 200);
	}
	pr_err("checked: KFENCE took none\n");
	return NULL;
}

static noinline void fence_oob(void)
{
	struct checked_item *item = guarded(true);
	u32 *values;

	if (!item)
		return;
	values = forget(&item->values[0]);
	if (READ_ONCE(values[5])) /* fence_oob: access */
		barrier();
	kfree(item);
}

static noinline void fence_before(void)
{
	struct checked_item *item = guarded(false);
	u32 *ids;

	if (!item)
		return;
	ids = forget(&item->id);
	WRITE_ONCE(ids[-2], 1); /* fence_before: access */
	kfree(item);
}

static noinline void fence_uaf(void)
{
	struct checked_item *item = guarded(true);
	struct checked_item *stale = forget(item);

	if (!item)
		return;
	kfree(item); /* fence_uaf: free */
	if (READ_ONCE(stale->owner)) /* fence_uaf: access */
		barrier();
}

static noinline void fence_corruption(void)
{
	struct checked_item *item = guarded(false);
	u32 *values;

	if (!item)
		return;
	values = forget(&item->values[0]);
	WRITE_ONCE(values[4], 0x64636261);
	kfree(item); /* fence_corruption: access */
	barrier();
}

static noinline void fence_invalid_free(void)
{
	struct checked_item *item = guarded(true);

	if (!item)
		return;
	kfree(forget(&item->owner)); /* fence_invalid_free: access */
	kfree(item);
}

static noinline void fence_double_free(void)
{
	struct checked_item *item = guarded(true);
	struct checked_item *stale = forget(item);

	if (!item)
		return;
	kfree(item); /* fence_double_free: free */
	barrier();
	kfree(stale); /* fence_double_free: access */
	barrier();
}

/* ---- lists, counts, pointers ---- */

static noinline void list_corruption(void)
{
	struct checked_item first = { .id = 1 }, second = { .id = 2 };
	LIST_HEAD(head);

	list_add_tail(&first.link, &head);
	list_add_tail(&second.link, &head);
	WRITE_ONCE(second.link.prev, forget(&head));
	list_del(&first.link); /* list_corruption: access */
}

static noinline void list_twice(void)
{
	struct checked_item item = { .id = 1 };
	LIST_HEAD(head);

	list_add(&item.link, &head);
	list_add(&item.link, forget(&head)); /* list_twice: access */
}

static noinline void count_underflow(void)
{
	refcount_t users = REFCOUNT_INIT(0);

	if (refcount_dec_and_test(&users)) /* count_underflow: access */
		barrier();
}

static noinline void null_read(void)
{
	struct checked_item *item = forget((struct checked_item *)NULL);

	if (READ_ONCE(item->owner)) /* null_read: access */
		barrier();
}

static noinline void null_write(void)
{
	struct checked_node *node = forget((struct checked_node *)NULL);

	WRITE_ONCE(node->time, 3); /* null_write: access */
}

static noinline void list_poison(void)
{
	struct checked_item item = { .id = 1 }, *next;
	LIST_HEAD(head);

	list_add(&item.link, &head);
	list_del(&item.link);
	next = forget(list_next_entry(&item, link));
	if (READ_ONCE(next->state)) /* list_poison: access */
		barrier();
}

const struct checked_bug checked_blind[] = {
	{ "slub_redzone", slub_redzone },
	{ "slub_before", slub_before },
	{ "slub_poison", slub_poison },
	{ "slub_remaining", slub_remaining },
	{ "fence_oob", fence_oob },
	{ "fence_before", fence_before },
	{ "fence_uaf", fence_uaf },
	{ "fence_corruption", fence_corruption },
	{ "fence_invalid_free", fence_invalid_free },
	{ "fence_double_free", fence_double_free },
	{ "list_corruption", list_corruption },
	{ "list_twice", list_twice },
	{ "count_underflow", count_underflow },
	{ "null_read", null_read },
	{ "null_write", null_write },
	{ "list_poison", list_poison },
	{ }
};
