// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: tests of the pool and of the blocks that it is handed out in.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "kmemcheck_test.h"

#define ORDER	5
#define PAGES	(1U << ORDER)

static bool is_aligned(const struct page *page, unsigned int order)
{
	return IS_ALIGNED(page_to_pfn(page), 1UL << order);
}

/* All that is left, in blocks of @order. Return: how many blocks. */
static unsigned int take_all(struct kunit *test, struct kmemcheck_blocks *blocks,
			     unsigned int order, struct page **taken)
{
	unsigned int n = 0;

	while ((taken[n] = kmemcheck_take_block(blocks, order))) {
		KUNIT_EXPECT_TRUE(test, is_aligned(taken[n], order));
		n++;
	}
	return n;
}

/* Two blocks do not overlap if all numbers of their first pages differ. */
static void expect_different(struct kunit *test, struct page **taken, unsigned int n)
{
	unsigned int i, j;

	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			KUNIT_EXPECT_PTR_NE(test, taken[i], taken[j]);
}

/* Pages that are nobody else's, and from @skip of them on, their books. */
static struct page *set_up(struct kunit *test, struct kmemcheck_blocks *blocks,
			   unsigned int skip)
{
	struct page *page = alloc_pages(GFP_KERNEL, ORDER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	split_page(page, ORDER);
	KUNIT_ASSERT_EQ(test, kmemcheck_blocks_init(blocks, page_to_pfn(page) + skip,
						    PAGES - skip, NUMA_NO_NODE), 0);
	return page;
}

static void clean_up(struct page *page, struct kmemcheck_blocks *blocks)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		__free_page(page + i);
	vfree(blocks->orders);
}

void test_blocks_join_again(struct kunit *test)
{
	struct kmemcheck_blocks blocks;
	struct page *page = set_up(test, &blocks, 0), *taken[PAGES + 1];
	unsigned int order, n, i;

	for (order = 0; order <= ORDER; order++) {
		n = take_all(test, &blocks, order, taken);
		KUNIT_EXPECT_EQ(test, n, PAGES >> order);
		KUNIT_EXPECT_EQ(test, blocks.free, 0);
		expect_different(test, taken, n);
		/* Every second one first. */
		for (i = 0; i < n; i += 2)
			kmemcheck_give_block(&blocks, taken[i], order);
		for (i = 1; i < n; i += 2)
			kmemcheck_give_block(&blocks, taken[i], order);
		KUNIT_EXPECT_EQ(test, blocks.free, PAGES);
	}
	KUNIT_EXPECT_NULL(test, kmemcheck_take_block(&blocks, ORDER + 1));
	clean_up(page, &blocks);
}

void test_blocks_of_an_odd_range(struct kunit *test)
{
	struct kmemcheck_blocks blocks;
	struct page *page = set_up(test, &blocks, 5), *taken[PAGES + 1];
	unsigned int n, i;

	/* Pages 5, 6-7, 8-15, 16-31. */
	KUNIT_EXPECT_NULL(test, kmemcheck_take_block(&blocks, ORDER));
	n = take_all(test, &blocks, 1, taken);
	KUNIT_EXPECT_EQ(test, n, 13);
	KUNIT_EXPECT_EQ(test, blocks.free, 1);
	for (i = 0; i < n; i++)
		kmemcheck_give_block(&blocks, taken[i], 1);
	KUNIT_EXPECT_EQ(test, take_all(test, &blocks, ORDER - 1, taken), 1);
	KUNIT_EXPECT_PTR_EQ(test, taken[0], page + 16);
	clean_up(page, &blocks);
}

/* What was used last is used again last. */
void test_blocks_rest_after_use(struct kunit *test)
{
	struct kmemcheck_blocks blocks;
	struct page *page = set_up(test, &blocks, 0), *taken[PAGES + 1];
	unsigned int n = take_all(test, &blocks, 0, taken), i;

	/* No two of these are halves of one block. */
	for (i = 0; i < n; i += 2)
		kmemcheck_give_block(&blocks, taken[i], 0);
	for (i = 0; i < n; i += 2)
		KUNIT_EXPECT_PTR_EQ(test, kmemcheck_take_block(&blocks, 0), taken[i]);
	clean_up(page, &blocks);
}

void test_borders_of_the_pool(struct kunit *test)
{
	const struct kmemcheck_part *part;
	unsigned long start, end;

	for_each_part(part) {
		start = part->start;
		end = start + part->size;
		KUNIT_EXPECT_TRUE(test, kmemcheck_in_pool(start));
		KUNIT_EXPECT_TRUE(test, kmemcheck_in_pool(end - 1));
		KUNIT_EXPECT_EQ(test, kmemcheck_pool_border(start, true), start);
		KUNIT_EXPECT_EQ(test, kmemcheck_pool_border(end - 1, false), end);
		KUNIT_EXPECT_TRUE(test, kmemcheck_range_in_pool(start, part->size));
		KUNIT_EXPECT_TRUE(test, kmemcheck_range_in_pool(end - 8, 8));
		if (kmemcheck_in_pool(end))
			continue;
		KUNIT_EXPECT_FALSE(test, kmemcheck_range_in_pool(end - 8, 9));
		KUNIT_EXPECT_FALSE(test, kmemcheck_range_in_pool(start, part->size + 1));
		KUNIT_EXPECT_EQ(test, kmemcheck_pool_border(end, true), end);
	}
	KUNIT_EXPECT_FALSE(test, kmemcheck_in_pool(kmemcheck_pool_start - 1));
	KUNIT_EXPECT_EQ(test, kmemcheck_pool_border(kmemcheck_pool_start - 1, true), 0);
	KUNIT_EXPECT_EQ(test, kmemcheck_pool_border(kmemcheck_pool_start - 1, false),
			kmemcheck_pool_start);
	KUNIT_EXPECT_EQ(test, kmemcheck_pool_border(ULONG_MAX, false), ULONG_MAX);
}

/* Each node has a part, and objects that are wanted there come from it. */
void test_objects_of_a_node(struct kunit *test)
{
	u8 *object;
	int node;

	for_each_node_state(node, N_MEMORY) {
		object = kmalloc_node(3000, GFP_KERNEL, node);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_TRUE(test, kmemcheck_tracked(object));
		KUNIT_EXPECT_EQ(test, page_to_nid(virt_to_page(object)), node);
		kfree(object);

		object = kmalloc_node(3000, GFP_KERNEL | __GFP_THISNODE, node);
		KUNIT_ASSERT_NOT_NULL(test, object);
		KUNIT_EXPECT_TRUE(test, kmemcheck_tracked(object));
		KUNIT_EXPECT_EQ(test, page_to_nid(virt_to_page(object)), node);
		kfree(object);
	}
}

void test_notrack_memory(struct kunit *test)
{
	size_t sizes[] = { 1, 64, 65, 700, 4096 };
	unsigned int i;
	u8 *p;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		p = kzalloc_notrack(sizes[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_FALSE(test, kmemcheck_tracked(p));
		KUNIT_EXPECT_EQ(test, p[0], 0);
		KUNIT_EXPECT_EQ(test, p[sizes[i] - 1], 0);
		KUNIT_EXPECT_GE(test, ksize(p), sizes[i]);
		kfree(p);
	}
}
