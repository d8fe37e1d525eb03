// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: each sort of memory is tracked, and each annotation is heeded.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "kmemcheck_test.h"

void test_every_size(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned int size, i;
	u8 *p;

	for (size = 1; size <= SIZE; size++) {
		p = kmalloc(size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		for (i = 0; i < size; i++)
			KUNIT_EXPECT_EQ(test, kmemcheck_shadow_get((unsigned long)p + i),
					KMEMCHECK_UNINITIALIZED);
		load(p + size - 1, 1);
		expect_report(test, p, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
			      size - 1, 1);
		memset(p, 0, size);
		for (i = 0; i < size; i++)
			load(p + i, 1);
		expect_silence(test, p, SIZE);
		kfree(p);
		load(p + size / 2, 1);
		KUNIT_EXPECT_EQ(test, reports_on(c, p, SIZE).access.state, KMEMCHECK_FREED);
	}
}

void test_slack_is_nobodys(struct kunit *test)
{
	u8 *p = kmalloc(20, GFP_KERNEL);
	struct seen seen;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0, 20);
	load(p + 16, 4);
	expect_silence(test, p, 32);
	load(p + 24, 4);
	seen = reports_on(test->priv, p, 32);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.access.state, KMEMCHECK_UNALLOCATED);
	KUNIT_EXPECT_EQ(test, seen.object.size, 32);
	KUNIT_EXPECT_EQ(test, seen.object.requested, 20);
	asm volatile("movb $1, %0" : "=m" (p[21]));
	seen = reports_on(test->priv, p, 32);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.access.kind, KMEMCHECK_WRITE);
	kfree(p);
}

void test_ksize_gives_the_slack(struct kunit *test)
{
	u8 *p = kmalloc(20, GFP_KERNEL);
	u8 *zeroed = kmalloc(20, GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, zeroed);
	KUNIT_EXPECT_EQ(test, ksize(p), 32);
	load(p + 24, 4);
	expect_report(test, p, 32, KMEMCHECK_READ, KMEMCHECK_KSIZE_GIVES ?
		      KMEMCHECK_UNINITIALIZED : KMEMCHECK_UNALLOCATED, 24, 4);
	KUNIT_EXPECT_EQ(test, ksize(zeroed), 32);
	load(zeroed + 24, 4);
	if (KMEMCHECK_KSIZE_GIVES)
		expect_silence(test, zeroed, 32);
	else
		expect_report(test, zeroed, 32, KMEMCHECK_READ, KMEMCHECK_UNALLOCATED, 24, 4);
	kfree(zeroed);
	kfree(p);
}

void test_krealloc_in_place(struct kunit *test)
{
	u8 *p = kmalloc(40, GFP_KERNEL), *again;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0, 40);
	again = krealloc(p, 48, GFP_KERNEL);
	KUNIT_ASSERT_PTR_EQ(test, again, p);
	load(p + 32, WORD);
	expect_silence(test, p, 64);
	load(p + 40, WORD);
	expect_report(test, p, 64, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 40, WORD);
	load(p + 52, 4);
	expect_report(test, p, 64, KMEMCHECK_READ, KMEMCHECK_UNALLOCATED, 52, 4);
	again = krealloc(p, 50, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_PTR_EQ(test, again, p);
	load(p + 48, 2);
	expect_silence(test, p, 64);
	kfree(p);
}

void test_krealloc_moves_the_state(struct kunit *test)
{
	u8 *p = kmalloc(40, GFP_KERNEL), *again;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0, 32);
	/* So that the next one of this size is this one. */
	kfree(kmalloc(200, GFP_KERNEL));
	again = krealloc(p, 200, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, again);
	expect_silence(test, p, 64);
	load(again + 24, WORD);
	expect_silence(test, again, 256);
	load(again + 32, WORD);
	expect_report(test, again, 256, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 32, WORD);
	load(again + 40, WORD);
	expect_report(test, again, 256, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 40, WORD);
	kfree(again);
}

void test_bulk_allocation(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kmemcheck-test", SIZE, 0, 0, NULL);
	void *objects[5];
	int i, n;

	KUNIT_ASSERT_NOT_NULL(test, s);
	n = kmem_cache_alloc_bulk(s, GFP_KERNEL, ARRAY_SIZE(objects), objects);
	KUNIT_EXPECT_EQ(test, n, ARRAY_SIZE(objects));
	for (i = 0; i < n; i++) {
		load(objects[i] + 8, WORD);
		expect_report(test, objects[i], SIZE, KMEMCHECK_READ,
			      KMEMCHECK_UNINITIALIZED, 8, WORD);
	}
	kmem_cache_free_bulk(s, n, objects);
	for (i = 0; i < n; i++) {
		load(objects[i] + 8, WORD);
		expect_report(test, objects[i], SIZE, KMEMCHECK_READ,
			      KMEMCHECK_FREED, 8, WORD);
	}
	n = kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, ARRAY_SIZE(objects), objects);
	for (i = 0; i < n; i++) {
		load(objects[i] + 8, WORD);
		expect_silence(test, objects[i], SIZE);
	}
	kmem_cache_free_bulk(s, n, objects);
	kmem_cache_destroy(s);
}

/* Readers may look at a freed object until the grace period is over. */
void test_rcu_cache_keeps_its_state(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kmemcheck-test", SIZE, 0,
						 SLAB_TYPESAFE_BY_RCU, NULL);
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	rcu_read_lock();
	p = kmem_cache_alloc(s, GFP_ATOMIC);
	if (p) {
		memset(p, 0, 8);
		kmem_cache_free(s, p);
		load(p, WORD);
		expect_silence(test, p, SIZE);
		load(p + 8, 4);
		KUNIT_EXPECT_EQ(test, reports_on(test->priv, p, SIZE).count, 1);
	}
	rcu_read_unlock();
	KUNIT_EXPECT_NOT_NULL(test, p);
	kmem_cache_destroy(s);
	rcu_barrier();
}

void test_shrunk_cache(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kmemcheck-test", 1024, 0, 0, NULL);
	void *objects[40] = {};
	unsigned int i, round;

	KUNIT_ASSERT_NOT_NULL(test, s);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < ARRAY_SIZE(objects); i++) {
			objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
			if (objects[i])
				memset(objects[i], round, 1024);
		}
		for (i = 0; i < ARRAY_SIZE(objects); i++)
			kmem_cache_free(s, objects[i]);
		kmem_cache_shrink(s);
	}
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		expect_silence(test, objects[i], 1024);
	/* The page has no owner any more, but it is known whose it was not. */
	load(objects[0] + 16, WORD);
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, objects[0], 1024).count, 1);
	kmem_cache_destroy(s);
}

void test_large_kmalloc(struct kunit *test)
{
	size_t size = 5 * PAGE_SIZE;
	u8 *p = kmalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, kmemcheck_tracked(p));
	memset(p, 0, 2 * PAGE_SIZE);
	load(p + PAGE_SIZE, WORD);
	expect_silence(test, p, 8 * PAGE_SIZE);
	load(p + 4 * PAGE_SIZE + 8, WORD);
	expect_report(test, p, 8 * PAGE_SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      4 * PAGE_SIZE + 8, WORD);
	load(p + 6 * PAGE_SIZE, WORD);
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, p, 8 * PAGE_SIZE).access.state,
			KMEMCHECK_UNALLOCATED);
	kfree(p);
	load(p + 8, WORD);
	expect_report(test, p, 8 * PAGE_SIZE, KMEMCHECK_READ, KMEMCHECK_FREED, 8, WORD);
}

void test_free_pages(struct kunit *test)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, 1);
	u8 *p = (u8 *)addr;

	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_ASSERT_TRUE(test, kmemcheck_tracked(p));
	load(p + PAGE_SIZE - WORD / 2, WORD);
	expect_report(test, p, 2 * PAGE_SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      PAGE_SIZE - WORD / 2, WORD);
	memset(p, 0, 2 * PAGE_SIZE);
	load(p + PAGE_SIZE, WORD);
	expect_silence(test, p, 2 * PAGE_SIZE);
	free_pages(addr, 1);
	asm volatile("movl $0, %0" : "=m" (*(u32 *)(p + 12)));
	expect_report(test, p, 2 * PAGE_SIZE, KMEMCHECK_WRITE, KMEMCHECK_FREED, 12, 4);
}

void test_pages_exact(struct kunit *test)
{
	u8 *p = alloc_pages_exact(3 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_TRUE(test, kmemcheck_tracked(p));
	load(p + 2 * PAGE_SIZE, 4);
	expect_report(test, p, 3 * PAGE_SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      2 * PAGE_SIZE, 4);
	memset(p, 0, 3 * PAGE_SIZE);
	load(p + PAGE_SIZE - 2, 4);
	expect_silence(test, p, 3 * PAGE_SIZE);
	free_pages_exact(p, 3 * PAGE_SIZE);
	load(p + PAGE_SIZE, 4);
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, p, 3 * PAGE_SIZE).access.state,
			KMEMCHECK_FREED);
}

void test_zeroed_pages(struct kunit *test)
{
	unsigned long addr = get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_ASSERT_TRUE(test, kmemcheck_tracked((void *)addr));
	KUNIT_EXPECT_EQ(test, load((void *)addr + 128, WORD), 0);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv((void *)addr, 0, PAGE_SIZE), NULL);
	expect_silence(test, (void *)addr, PAGE_SIZE);
	free_page(addr);
}

void test_page_fragments(struct kunit *test)
{
	struct page_frag_cache cache = {};
	u8 *p, *q;

	p = page_frag_alloc(&cache, 100, GFP_KERNEL);
	q = page_frag_alloc(&cache, 200, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_EXPECT_TRUE(test, kmemcheck_tracked(p));
	memset(p, 0, 100);
	load(p + 96, 4);
	expect_silence(test, p, 100);
	load(q + 8, WORD);
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, q, 200).access.state,
			KMEMCHECK_UNINITIALIZED);
	/* Behind it there is nothing yet. */
	load(q - 16, WORD);
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, q - 16, 16).access.state,
			KMEMCHECK_UNALLOCATED);
	page_frag_free(p);
	page_frag_free(q);
	__page_frag_cache_drain(virt_to_head_page(cache.va), cache.pagecnt_bias);
	load(p, WORD);
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, p, 100).access.state, KMEMCHECK_FREED);
}

void test_gfp_notrack(struct kunit *test)
{
	unsigned long page = __get_free_page(GFP_KERNEL | __GFP_NOTRACK);
	u8 *p = kmalloc(SIZE, GFP_KERNEL | __GFP_NOTRACK_FALSE_POSITIVE);

	KUNIT_ASSERT_NE(test, page, 0);
	KUNIT_EXPECT_FALSE(test, kmemcheck_tracked((void *)page));
	free_page(page);

	KUNIT_ASSERT_NOT_NULL(test, p);
	/* It does take faults, but nothing is reported. */
	KUNIT_EXPECT_TRUE(test, kmemcheck_tracked(p));
	load(p + 8, WORD);
	kmemcheck_copy_to_user(p, SIZE);
	expect_silence(test, p, SIZE);
	kfree(p);
	load(p + 8, WORD);
	expect_report(test, p, SIZE, KMEMCHECK_READ, KMEMCHECK_FREED, 8, WORD);
}

struct annotated {
	int x;

	kmemcheck_bitfield_begin(flags);
	int a : 3;
	int b : 9;

	kmemcheck_bitfield_end(flags);
	int y;
};

/* What is uninitialised or freed may be looked at, and then passed on. */
void test_peeking_is_silent(struct kunit *test)
{
	u8 *from = kmalloc(SIZE, GFP_KERNEL), *to = kmalloc(SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, from);
	KUNIT_ASSERT_NOT_NULL(test, to);
	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(to, from, SIZE), 0);
	expect_silence(test, from, SIZE);
	KUNIT_EXPECT_EQ(test, kmemcheck_shadow_get((unsigned long)from), KMEMCHECK_UNINITIALIZED);
	load(to + SIZE - 8, WORD);
	expect_silence(test, to, SIZE);
	kfree(from);
	KUNIT_EXPECT_EQ(test, copy_from_kernel_nofault(to, from, SIZE), 0);
	KUNIT_EXPECT_GT(test, strncpy_from_kernel_nofault(to, from, SIZE), 0);
	expect_silence(test, from, SIZE);
	kfree(to);
}

void test_annotated_bitfield(struct kunit *test)
{
	struct annotated *p = kmalloc(sizeof(*p), GFP_KERNEL), *none = NULL;

	BUILD_BUG_ON(sizeof(*p) != 3 * sizeof(int));
	KUNIT_ASSERT_NOT_NULL(test, p);
	OPTIMIZER_HIDE_VAR(none);
	kmemcheck_annotate_bitfield(none, flags);
	kmemcheck_annotate_bitfield(p, flags);
	load((u8 *)p + 4, 2);
	expect_silence(test, p, sizeof(*p));
	load(&p->y, 4);
	expect_report(test, p, sizeof(*p), KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 8, 4);
	load(&p->x, 4);
	expect_report(test, p, sizeof(*p), KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 0, 4);
	kfree(p);
}

void test_annotated_variable(struct kunit *test)
{
	struct context *c = test->priv;
	int on_stack;

	kmemcheck_annotate_variable(on_stack);
	kmemcheck_annotate_variable(*(u32 *)(c->object + 8));
	kmemcheck_mark_initialized(c->object + 20, 3);
	load(c->object + 8, 4);
	load(c->object + 20, 2);
	load(c->object + 22, 1);
	expect_silence(test, c->object, SIZE);
	load(c->object + 23, 1);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 23, 1);
}

/* An interrupt may touch a page that a task is hiding, before that has finished. */
void test_access_while_hiding(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long addr = (unsigned long)c->object;

	kmemcheck_untrack(addr);
	KUNIT_ASSERT_TRUE(test, kmemcheck_begin_hiding(addr));
	kmemcheck_arch.hide_page_noflush(addr);
	kmemcheck_arch.flush_pool();
	load(c->object, 4);
	kmemcheck_end_hiding(addr);
	KUNIT_EXPECT_FALSE(test, kmemcheck_is_untracked(addr));
	expect_silence(test, c->object, SIZE);
}

static long untracked_object(void *unused)
{
	size_t size;
	void *p;

	for (size = 8; size <= KMALLOC_MAX_CACHE_SIZE; size *= 2) {
		p = kmalloc(size, GFP_KERNEL);
		kfree(p);
		if (!kmemcheck_tracked(p))
			return size;
	}
	return 0;
}

/* What they had free on a processor, it gave out again and again. */
void test_slabs_of_the_boot(struct kunit *test)
{
	int cpu;

	for_each_online_cpu(cpu)
		KUNIT_EXPECT_EQ(test, work_on_cpu(cpu, untracked_object, NULL), 0);
}

void test_one_shot(struct kunit *test)
{
	struct context *c = test->priv;

	kmemcheck_queue_sync();
	WRITE_ONCE(kmemcheck_mode, KMEMCHECK_MODE_ONESHOT);
	load(c->object, 4);
	load(c->object + 8, 4);
	KUNIT_EXPECT_FALSE(test, kmemcheck_enabled());
	WRITE_ONCE(kmemcheck_mode, KMEMCHECK_MODE_ENABLED);
	kmemcheck_pool_hide();
	KUNIT_EXPECT_LE(test, reports_on(c, c->object, SIZE).count, 1);
}

void test_broken_invariant_switches_off(struct kunit *test)
{
	struct context *c = test->priv;
	u64 before = kmemcheck_counter(KMEMCHECK_COUNTER_BROKEN);
	int mode = READ_ONCE(kmemcheck_mode);

	/* It is not being hidden. */
	kmemcheck_end_hiding((unsigned long)c->object);
	KUNIT_EXPECT_FALSE(test, kmemcheck_enabled());
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_BROKEN) - before, 1);
	load(c->object, 4);
	expect_silence(test, c->object, SIZE);
	WRITE_ONCE(kmemcheck_mode, mode);
	kmemcheck_pool_hide();
	KUNIT_EXPECT_FALSE(test, kmemcheck_is_untracked((unsigned long)c->object));
}
