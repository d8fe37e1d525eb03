// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: what a report tells of a copy, and of where its bytes came from.
 */
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "canary.h"
#include "kmemcheck_test.h"

#define COPY	128

/* All of @p is written but these bytes. */
static void write_all_but(u8 *p, size_t size, size_t hole, size_t bytes)
{
	memset(p, 0, hole);
	memset(p + hole + bytes, 0, size - hole - bytes);
}

void test_all_holes_in_one_report(struct kunit *test)
{
	struct context *c = test->priv;
	struct seen seen;

	memset(c->object, 0, 4);
	memset(c->object + 8, 0, 12);
	memset(c->object + 24, 0, 36);
	/* What is not part of the copy stays as it is. */
	kmemcheck_copy_to_user(c->object, 62);
	seen = reports_on(c, c->object, SIZE);
	KUNIT_ASSERT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.access.address, (u64)(unsigned long)c->object + 4);
	KUNIT_EXPECT_EQ(test, seen.access.size, 4);
	KUNIT_EXPECT_EQ(test, seen.access.length, 62);
	KUNIT_ASSERT_EQ(test, seen.nr_runs, 3);
	KUNIT_EXPECT_EQ(test, seen.runs.count, 3);
	KUNIT_EXPECT_EQ(test, seen.runs.bytes, 10);
	KUNIT_EXPECT_EQ(test, seen.run[1].address, (u64)(unsigned long)c->object + 20);
	KUNIT_EXPECT_EQ(test, seen.run[1].size, 4);
	KUNIT_EXPECT_EQ(test, seen.run[2].address, (u64)(unsigned long)c->object + 60);
	KUNIT_EXPECT_EQ(test, seen.run[2].size, 2);
	KUNIT_EXPECT_EQ(test, seen.run[2].state, KMEMCHECK_UNINITIALIZED);

	kmemcheck_copy_to_user(c->object, 62);
	expect_silence(test, c->object, SIZE);
	kmemcheck_copy_to_user(c->object, SIZE);
	expect_report(test, c->object, SIZE, KMEMCHECK_INFOLEAK, KMEMCHECK_UNINITIALIZED, 62, 2);
}

/* Only what a report tells is forgotten. */
void test_more_holes_than_room(struct kunit *test)
{
	struct context *c = test->priv;
	struct seen seen;
	unsigned int i;

	for (i = 0; i < SIZE; i += 2)
		memset(c->object + i, 0, 1);
	kmemcheck_copy_to_user(c->object, SIZE);
	seen = reports_on(c, c->object, SIZE);
	KUNIT_ASSERT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.runs.count, SIZE / 2);
	KUNIT_EXPECT_EQ(test, seen.runs.bytes, SIZE / 2);
	KUNIT_EXPECT_EQ(test, seen.nr_runs, KMEMCHECK_RUNS_MAX);
	kmemcheck_copy_to_user(c->object, SIZE);
	seen = reports_on(c, c->object, SIZE);
	KUNIT_ASSERT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.access.address,
			(u64)(unsigned long)c->object + 2 * KMEMCHECK_RUNS_MAX + 1);
	kmemcheck_copy_to_user(c->object, SIZE);
	expect_silence(test, c->object, SIZE);
}

/* A copy to the stack may have the padding of a structure; no report is about that. */
void test_padding_beside_a_hole(struct kunit *test)
{
	struct context *c = test->priv;
	struct seen seen;
	u8 to[32];

	memset(c->object, 0, 6);
	memset(c->object + 16, 0, 16);
	call_memcpy(to, c->object, sizeof(to));
	OPTIMIZER_HIDE_VAR(to[0]);
	seen = reports_on(c, c->object, SIZE);
	KUNIT_ASSERT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.access.address, (u64)(unsigned long)c->object + 8);
	KUNIT_EXPECT_EQ(test, seen.access.size, 8);
	KUNIT_EXPECT_EQ(test, seen.access.length, 32);
	KUNIT_EXPECT_EQ(test, seen.nr_runs, 0);
}

static void expect_source(struct kunit *test, const void *copy, const void *source,
			  s64 offset, unsigned int hops)
{
	struct seen seen = reports_on(test->priv, copy, COPY);

	KUNIT_ASSERT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.source.hops, hops);
	if (!hops)
		return;
	KUNIT_EXPECT_EQ(test, seen.source.object.start, (u64)(unsigned long)source);
	KUNIT_EXPECT_EQ(test, seen.source.object.size, SIZE);
	KUNIT_EXPECT_EQ(test, seen.source.offset, offset);
	KUNIT_EXPECT_TRUE(test, seen.has_copy);
	KUNIT_EXPECT_TRUE(test, seen.has_source_alloc);
}

void test_source_of_a_copy(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *copy = kmalloc(COPY, GFP_KERNEL), *again;
	size_t size = 32;

	OPTIMIZER_HIDE_VAR(size);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	memset(copy, 0, COPY);
	write_all_but(c->object, SIZE, 20, 4);
	memcpy(copy + 40, c->object + 8, size);
	kmemcheck_copy_to_user(copy, COPY);
	expect_source(test, copy, c->object, 20, 1);

	/* A copy of the copy, made when the source is no more. */
	write_all_but(c->object, SIZE, 20, 4);
	kmemcheck_set_uninitialized((unsigned long)c->object + 20, 4);
	memcpy(copy, c->object, size);
	kfree(c->object);
	c->freed = true;
	again = kmalloc(COPY, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, again);
	size = COPY;
	OPTIMIZER_HIDE_VAR(size);
	memcpy(again, copy, size);
	kmemcheck_copy_to_user(again, COPY);
	expect_source(test, again, c->object, 20, 2);

	/* What is allocated there next was not copied. */
	kfree(again);
	again = kmalloc(COPY, GFP_KERNEL);
	kmemcheck_copy_to_user(again, COPY);
	expect_source(test, again, NULL, 0, 0);
	kfree(again);
	kfree(copy);
}

/* By a register, into a message that had been cleared; element by element. */
void test_source_of_a_store(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *copy = kzalloc(COPY, GFP_KERNEL);
	void *from = c->object, *to = copy + 64;
	unsigned long n = SIZE / 4, scratch;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	asm volatile("mov 16(%2), %0\n\tmov %0, 24(%1)\n\txor %k0, %k0"
		     : "=&r" (scratch) : "r" (copy), "r" (c->object) : "cc", "memory");
	kmemcheck_copy_to_user(copy, 64);
	expect_source(test, copy, c->object, 16, 1);

	/* Its first bytes are as they should be. */
	asm volatile("movw 32(%2), %w0\n\tmovw %w0, 34(%1)\n\txor %k0, %k0"
		     : "=&r" (scratch) : "r" (copy), "r" (c->object) : "cc", "memory");
	load(copy + 32, 4);
	expect_source(test, copy, c->object, 32, 1);

	asm volatile("rep movsl" : "+D" (to), "+S" (from), "+c" (n) : : "memory");
	kmemcheck_copy_to_user(copy + 72, 8);
	expect_source(test, copy, c->object, 8, 1);
	kfree(copy);
}

/* Two parts of a message from two objects, and then all of it is copied. */
void test_sources_of_one_message(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *copy = kzalloc(COPY, GFP_KERNEL), *again = kmalloc(COPY, GFP_KERNEL);
	u8 *other = kmalloc(SIZE, GFP_KERNEL);
	size_t size = 8;

	OPTIMIZER_HIDE_VAR(size);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_NOT_NULL(test, again);
	KUNIT_ASSERT_NOT_NULL(test, other);
	memcpy(copy + 8, c->object, size);
	memcpy(copy + 24, other + 16, size);
	size = COPY;
	OPTIMIZER_HIDE_VAR(size);
	memcpy(again, copy, size);
	kmemcheck_copy_to_user(again, 16);
	expect_source(test, again, c->object, 0, 2);
	kmemcheck_copy_to_user(again, COPY);
	expect_source(test, again, other, 16, 2);
	kfree(other);
	kfree(again);
	kfree(copy);
}

static noinline void *first_allocator(void)
{
	return kmalloc(SIZE, GFP_KERNEL);
}

static noinline void *second_allocator(void)
{
	return kmalloc(SIZE, GFP_KERNEL);
}

/* One instruction and one allocation, but two bugs. */
void test_sources_are_told_apart(struct kunit *test)
{
	u8 *copy = kzalloc(COPY, GFP_KERNEL);
	u8 *first = first_allocator(), *second = second_allocator();
	size_t size = 16;
	unsigned int i;

	OPTIMIZER_HIDE_VAR(size);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	kmemcheck_ratelimit = 3600;
	for (i = 0; i < 4; i++) {
		memcpy(copy, i % 2 ? first : second, size);
		kmemcheck_copy_to_user(copy, 16);
	}
	kmemcheck_ratelimit = 0;
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, copy, COPY).count, 2);
	kfree(second);
	kfree(first);
	kfree(copy);
}

#ifdef CONFIG_NET
static noinline void fill_message(struct sk_buff *skb)
{
	skb_put(skb, 16);
}

void test_filler_of_a_message(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL), *copy;
	struct seen seen;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	fill_message(skb);
	copy = skb_copy(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	kmemcheck_copy_to_user(skb->data, 16);
	seen = reports_on(test->priv, skb->head, 256);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_TRUE(test, seen.has_fill);
	KUNIT_EXPECT_FALSE(test, seen.has_free);
	KUNIT_EXPECT_EQ(test, seen.source.hops, 0);

	kmemcheck_copy_to_user(copy->data, 16);
	seen = reports_on(test->priv, copy->head, 256);
	KUNIT_EXPECT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_TRUE(test, seen.has_fill);
	KUNIT_EXPECT_EQ(test, seen.source.object.start, (u64)(unsigned long)skb->head);
	kfree_skb(copy);
	kfree_skb(skb);
}
#endif

/* The unwinder looks at what is tracked, too; that is no business of the walker's. */
void test_walked_stack_is_silent(struct kunit *test)
{
	struct context *c = test->priv;
	unsigned long entries[8], flags;

	KUNIT_EXPECT_GE(test, kmemcheck_walk_stack(NULL, entries, ARRAY_SIZE(entries), 0), 2);
	KUNIT_EXPECT_LT(test, entries[0] - (unsigned long)test_walked_stack_is_silent,
			PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, this_cpu_read(kmemcheck_walking));

	local_irq_save(flags);
	this_cpu_write(kmemcheck_walking, true);
	load(c->object + 8, WORD);
	this_cpu_write(kmemcheck_walking, false);
	local_irq_restore(flags);
	expect_silence(test, c->object, SIZE);
	load(c->object + 16, WORD);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 16, WORD);
}

void test_self_test(struct kunit *test)
{
	struct context *c = test->priv;
	u64 failed = kmemcheck_counter(KMEMCHECK_COUNTER_BLIND);
	u64 done = kmemcheck_counter(KMEMCHECK_COUNTER_TESTS);
	u64 reports = kmemcheck_counter(KMEMCHECK_COUNTER_REPORTS);

	KUNIT_EXPECT_TRUE(test, kmemcheck_self_test());
	KUNIT_EXPECT_GE(test, kmemcheck_counter(KMEMCHECK_COUNTER_TESTS), done + 1);
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_BLIND), failed);
	KUNIT_EXPECT_LT(test, ktime_get_boottime_ns() - kmemcheck_last_self_test(),
			10ULL * NSEC_PER_SEC);

	kmemcheck_untrack(kmemcheck_last_canary());
	KUNIT_EXPECT_FALSE(test, kmemcheck_self_test());
	KUNIT_EXPECT_GE(test, kmemcheck_counter(KMEMCHECK_COUNTER_BLIND), failed + 1);
	kmemcheck_pool_hide();
	KUNIT_EXPECT_TRUE(test, kmemcheck_self_test());
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_REPORTS), reports);
	expect_silence(test, c->object, SIZE);
}
