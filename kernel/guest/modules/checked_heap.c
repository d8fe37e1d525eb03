// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KASAN finds, and a fault that it has a hand in. A barrier() behind a last call keeps
 * that from becoming a jump, after which the caller would be in no stack.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "checked.h"

static noinline void oob_write(void)
{
	struct checked_item *item = kmalloc(sizeof(*item), GFP_KERNEL); /* oob_write: alloc */
	u32 *values;

	if (!item)
		return;
	values = forget(&item->values[0]);
	WRITE_ONCE(values[5], 1); /* oob_write: access */
	kfree(item);
}

static noinline void oob_before(void)
{
	struct checked_item *item = kzalloc(sizeof(*item), GFP_KERNEL);
	u32 *ids;

	if (!item)
		return;
	ids = forget(&item->id);
	if (READ_ONCE(ids[-2])) /* oob_before: access */
		barrier();
	kfree(item);
}

static noinline struct checked_table *new_table(u32 count)
{
	struct checked_table *table;

	table = kzalloc(struct_size(table, entries, count), GFP_KERNEL); /* oob_flexible: alloc */
	if (table)
		table->count = count;
	return table;
}

static noinline u64 entry_of(const struct checked_table *table, unsigned int index)
{
	return READ_ONCE(table->entries[index]); /* oob_flexible: access */
}

static noinline void oob_flexible(void)
{
	struct checked_table *table = new_table(7);

	if (!table)
		return;
	if (entry_of(table, forget(7)))
		barrier();
	kfree(table);
}

/* 40 bytes of 64: what is behind them nobody asked for. */
static noinline void oob_slack(void)
{
	struct checked_node *node = kzalloc(sizeof(*node), GFP_KERNEL); /* oob_slack: alloc */
	u64 *time;

	BUILD_BUG_ON(sizeof(*node) >= 64 - 2 * sizeof(u64));
	if (!node)
		return;
	time = forget(&node->time);
	if (READ_ONCE(time[1])) /* oob_slack: access */
		barrier();
	kfree(node);
}

static noinline void oob_copy(void)
{
	struct checked_item *item = kzalloc(sizeof(*item), GFP_KERNEL); /* oob_copy: alloc */
	char *to = kmalloc(256, GFP_KERNEL);

	if (item && to)
		memcpy(to, item, forget(sizeof(*item) + 12)); /* oob_copy: access */
	kfree(to);
	kfree(item);
}

static noinline void uaf_read(void)
{
	struct checked_item *item = kzalloc(sizeof(*item), GFP_KERNEL); /* uaf_read: alloc */
	struct checked_item *stale = forget(item);

	if (!item)
		return;
	kfree(item); /* uaf_read: free */
	if (READ_ONCE(stale->stamp)) /* uaf_read: access */
		barrier();
}

static __always_inline void set_previous(struct checked_item *item, struct list_head *to)
{
	WRITE_ONCE(item->link.prev, to); /* uaf_write: access */
}

static noinline void drop_item(struct checked_item *item)
{
	kfree(item); /* uaf_write: free */
	barrier();
}

static noinline void uaf_write(void)
{
	struct checked_item *item = kzalloc(sizeof(*item), GFP_KERNEL); /* uaf_write: alloc */
	struct checked_item *stale = forget(item);

	if (!item)
		return;
	drop_item(item);
	set_previous(stale, NULL);
}

static void free_node(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct checked_node, rcu)); /* uaf_rcu: free */
	barrier();
}

static noinline void uaf_rcu(void)
{
	struct checked_node *node = kzalloc(sizeof(*node), GFP_KERNEL); /* uaf_rcu: alloc */
	struct checked_node *stale = forget(node);

	if (!node)
		return;
	call_rcu(&node->rcu, free_node); /* uaf_rcu: queue */
	rcu_barrier();
	if (READ_ONCE(stale->users)) /* uaf_rcu: access */
		barrier();
}

static noinline void uaf_cache(void)
{
	struct kmem_cache *cache = KMEM_CACHE(checked_node, 0);
	struct checked_node *node, *stale;

	if (!cache)
		return;
	node = kmem_cache_zalloc(cache, GFP_KERNEL); /* uaf_cache: alloc */
	stale = forget(node);
	if (node) {
		kmem_cache_free(cache, node); /* uaf_cache: free */
		if (READ_ONCE(stale->parent)) /* uaf_cache: access */
			barrier();
	}
	kmem_cache_destroy(cache);
}

static noinline void double_free(void)
{
	struct checked_item *item = kzalloc(sizeof(*item), GFP_KERNEL); /* double_free: alloc */
	struct checked_item *stale = forget(item);

	if (!item)
		return;
	kfree(item); /* double_free: free */
	barrier();
	kfree(stale); /* double_free: access */
	barrier();
}

static noinline void invalid_free(void)
{
	struct checked_item *item = kzalloc(sizeof(*item), GFP_KERNEL); /* invalid_free: alloc */

	if (!item)
		return;
	kfree(forget(&item->owner)); /* invalid_free: access */
	kfree(item);
}

static noinline char letter(const char *text, size_t at)
{
	return READ_ONCE(text[at]); /* oob_stack: access */
}

static noinline void oob_stack(void)
{
	u64 before[2] = { };
	char name[20] = "somebody";

	forget(&before[0]);
	if (letter(forget(&name[0]), 22))
		barrier();
}

static u16 checked_limits[9] = { 1, 2, 3 };

static noinline void oob_global(void)
{
	u16 *limits = forget(&checked_limits[0]);

	WRITE_ONCE(limits[10], 1); /* oob_global: access */
}

static noinline void oob_vmalloc(void)
{
	struct checked_item *item = vzalloc(sizeof(*item)); /* oob_vmalloc: alloc */
	u32 *values;

	if (!item)
		return;
	values = forget(&item->values[0]);
	if (READ_ONCE(values[6])) /* oob_vmalloc: access */
		barrier();
	vfree(item);
}

/* KASAN looks for the shadow of an address that is none: that is what faults. */
static noinline void null_member(void)
{
	struct checked_item *item = forget((struct checked_item *)NULL);

	if (READ_ONCE(item->stamp)) /* null_member: access */
		barrier();
}

const struct checked_bug checked_heap[] = {
	{ "oob_write", oob_write },
	{ "oob_before", oob_before },
	{ "oob_flexible", oob_flexible },
	{ "oob_slack", oob_slack },
	{ "oob_copy", oob_copy },
	{ "uaf_read", uaf_read },
	{ "uaf_write", uaf_write },
	{ "uaf_rcu", uaf_rcu },
	{ "uaf_cache", uaf_cache },
	{ "double_free", double_free },
	{ "invalid_free", invalid_free },
	{ "oob_stack", oob_stack },
	{ "oob_global", oob_global },
	{ "oob_vmalloc", oob_vmalloc },
	{ "null_member", null_member },
	{ }
};
