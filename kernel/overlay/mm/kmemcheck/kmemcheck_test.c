// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: provoke each kind of error and expect its report in the stream.
 *
 * Accesses are written in assembly where the compiler could choose another
 * instruction; OPTIMIZER_HIDE_VAR() keeps it from knowing what memory holds.
 */
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kmemcheck_test.h"

static void take_section(struct seen *seen, const struct kmemcheck_section *s)
{
	switch (s->type) {
	case KMEMCHECK_SECTION_OBJECT:
		memcpy(&seen->object, s + 1, sizeof(seen->object));
		seen->has_object = true;
		break;
	case KMEMCHECK_SECTION_ALLOC:
		seen->has_alloc = true;
		break;
	case KMEMCHECK_SECTION_FREE:
		seen->has_free = true;
		break;
	case KMEMCHECK_SECTION_FILL:
		seen->has_fill = true;
		break;
	case KMEMCHECK_SECTION_COPY:
		seen->has_copy = true;
		break;
	case KMEMCHECK_SECTION_SOURCE_ALLOC:
		seen->has_source_alloc = true;
		break;
	case KMEMCHECK_SECTION_SOURCE:
		memcpy(&seen->source, s + 1, sizeof(seen->source));
		break;
	case KMEMCHECK_SECTION_RUNS:
		memcpy(&seen->runs, s + 1, sizeof(seen->runs));
		seen->nr_runs = (s->size - sizeof(seen->runs)) / sizeof(seen->run[0]);
		memcpy(seen->run, (u8 *)(s + 1) + sizeof(seen->runs),
		       min(s->size - sizeof(seen->runs), sizeof(seen->run)));
		break;
	}
}

static void take_record(struct seen *seen, const u8 *record, unsigned long start,
			size_t size)
{
	const struct kmemcheck_record *head = (void *)record;
	const struct kmemcheck_access *access;
	const struct kmemcheck_section *s;
	const u8 *p = record + sizeof(*head);

	if (head->type != KMEMCHECK_RECORD_REPORT)
		return;
	s = (void *)p;
	access = (void *)(s + 1);
	if (s->type != KMEMCHECK_SECTION_ACCESS || access->address - start >= size)
		return;

	seen->count++;
	seen->access = *access;
	while (p < record + head->size) {
		s = (void *)p;
		take_section(seen, s);
		p += sizeof(*s) + ALIGN(s->size, KMEMCHECK_ALIGN);
	}
}

/* All reports since the case began, or since the last call. */
struct seen reports_on(struct context *c, const void *start, size_t size)
{
	struct seen seen = {};

	kmemcheck_queue_sync();
	while (kmemcheck_reader_next(&c->reader, c->record))
		take_record(&seen, c->record, (unsigned long)start, size);
	return seen;
}

void expect_report(struct kunit *test, const void *start, size_t size,
		   enum kmemcheck_kind kind, enum kmemcheck_state state,
		   size_t offset, size_t bytes)
{
	struct seen seen = reports_on(test->priv, start, size);

	KUNIT_ASSERT_EQ(test, seen.count, 1);
	KUNIT_EXPECT_EQ(test, seen.access.kind, kind);
	KUNIT_EXPECT_EQ(test, seen.access.state, state);
	KUNIT_EXPECT_EQ(test, seen.access.address, (u64)(unsigned long)start + offset);
	KUNIT_EXPECT_EQ(test, seen.access.size, bytes);
	KUNIT_ASSERT_TRUE(test, seen.has_object);
	KUNIT_EXPECT_EQ(test, seen.object.start, (u64)(unsigned long)start);
	KUNIT_EXPECT_TRUE(test, seen.has_alloc);
	KUNIT_EXPECT_EQ(test, seen.has_free, state == KMEMCHECK_FREED);
}

void expect_silence(struct kunit *test, const void *start, size_t size)
{
	KUNIT_EXPECT_EQ(test, reports_on(test->priv, start, size).count, 0);
}

/* A load whose value is used: it decides about a jump. */
unsigned long load(const void *p, unsigned int size)
{
	unsigned long value = 0;

	switch (size) {
	case 1:
		asm volatile("movb %1, %b0" : "+q" (value) : "m" (*(u8 *)p));
		break;
	case 2:
		asm volatile("movw %1, %w0" : "+r" (value) : "m" (*(u16 *)p));
		break;
	case 4:
		asm volatile("movl %1, %k0" : "+r" (value) : "m" (*(u32 *)p));
		break;
#ifdef CONFIG_64BIT
	case 8:
		asm volatile("movq %1, %0" : "+r" (value) : "m" (*(u64 *)p));
		break;
#endif
	}
	asm volatile("test %0, %0\n\tjz 1f\n1:" : : "r" (value) : "cc");
	return value;
}

static void move_string(void *to, const void *from, unsigned long n)
{
	asm volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (n) : : "memory");
}

static void test_uninitialized_read(struct kunit *test)
{
	struct context *c = test->priv;
	static const unsigned int sizes[] = { 1, 2, 4, 8 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes) && sizes[i] <= WORD; i++) {
		load(c->object + 8 * i, sizes[i]);
		expect_report(test, c->object, SIZE, KMEMCHECK_READ,
			      KMEMCHECK_UNINITIALIZED, 8 * i, sizes[i]);
	}
}

static void test_reported_once(struct kunit *test)
{
	struct context *c = test->priv;

	load(c->object, 4);
	load(c->object, 4);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      0, 4);
}

static void test_initialized_read_is_silent(struct kunit *test)
{
	struct context *c = test->priv;
	int i;

	for (i = 0; i < SIZE; i += 8)
		WRITE_ONCE(*(u64 *)(c->object + i), i);
	for (i = 0; i < SIZE; i++)
		load(c->object + i, 1);
	expect_silence(test, c->object, SIZE);
}

static void test_write_initializes_only_its_bytes(struct kunit *test)
{
	struct context *c = test->priv;

	asm volatile("movw $1, %0" : "=m" (*(u16 *)(c->object + 4)));
	load(c->object + 4, 2);
	expect_silence(test, c->object, SIZE);
	load(c->object + 6, 1);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      6, 1);
	load(c->object + 3, 1);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      3, 1);
}

static void test_zeroed_read_is_silent(struct kunit *test)
{
	u8 *p = kmalloc(SIZE, GFP_KERNEL | __GFP_ZERO);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, load(p + 16, WORD), 0);
	expect_silence(test, p, SIZE);
	kfree(p);
}

static void free_object(struct context *c)
{
	kfree(c->object);
	c->freed = true;
}

static void test_freed_read(struct kunit *test)
{
	struct context *c = test->priv;

	free_object(c);
	load(c->object + 8, WORD);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_FREED, 8, WORD);
}

static void test_freed_write(struct kunit *test)
{
	struct context *c = test->priv;

	free_object(c);
	asm volatile("movl $0, %0" : "=m" (*(u32 *)(c->object + 12)));
	expect_report(test, c->object, SIZE, KMEMCHECK_WRITE, KMEMCHECK_FREED, 12, 4);
}

/* The gap between objects of a cache is unallocated. */
static void test_unallocated_read(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kmemcheck-test", 24, 64, 0, NULL);
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	if (p) {
		load(p + 32, 4);
		expect_report(test, p, SIZE, KMEMCHECK_READ, KMEMCHECK_UNALLOCATED, 32, 4);
		kmem_cache_free(s, p);
	}
	kmem_cache_destroy(s);
}

static void test_read_modify_write(struct kunit *test)
{
	struct context *c = test->priv;

	asm volatile("incb %0" : "+m" (*(c->object + 5)));
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      5, 1);
	asm volatile("lock; addl $1, %0" : "+m" (*(u32 *)(c->object + 16)));
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      16, 4);
	load(c->object + 16, 4);
	expect_silence(test, c->object, SIZE);
}

static void test_failed_cmpxchg_does_not_initialize(struct kunit *test)
{
	struct context *c = test->priv;
	u32 *p = (u32 *)c->object, old;

	old = ~*(u32 *)kmemcheck_alias(p);
	asm volatile("cmpxchgl %2, %1" : "+a" (old), "+m" (*p) : "r" (0) : "cc");
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      0, 4);
}

static void test_copy_moves_the_state(struct kunit *test)
{
	struct context *c = test->priv;
	u8 *to = kmalloc(SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	c->object[0] = 1;
	move_string(to, c->object, 8);
	expect_silence(test, c->object, SIZE);
	load(to, 1);
	expect_silence(test, to, SIZE);
	load(to + 4, 1);
	expect_report(test, to, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 4, 1);
	kfree(to);
}

static void test_copy_to_untracked_memory(struct kunit *test)
{
	struct context *c = test->priv;
	u32 to[4];
	void *dst = to, *src = c->object;
	unsigned long n = ARRAY_SIZE(to);

	memset(c->object, 0, 8);
	memset(c->object + 12, 0, 4);
	asm volatile("rep movsl" : "+D" (dst), "+S" (src), "+c" (n) : : "memory");
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      8, 4);
}

/* Each hole is an error of its own, wherever the copy began. */
static void test_copy_reports_each_hole(struct kunit *test)
{
	struct context *c = test->priv;
	u32 to[8];
	void *dst = to, *src = c->object;
	unsigned long n = ARRAY_SIZE(to);

	memset(c->object, 0, 32);
	kmemcheck_shadow_set((unsigned long)c->object + 8, 4, KMEMCHECK_UNINITIALIZED);
	kmemcheck_shadow_set((unsigned long)c->object + 20, 8, KMEMCHECK_UNINITIALIZED);
	asm volatile("rep movsl" : "+D" (dst), "+S" (src), "+c" (n) : : "memory");
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_GE(test, reports_on(c, c->object, SIZE).count, 2);
	kmemcheck_shadow_set((unsigned long)c->object + 20, 8, KMEMCHECK_UNINITIALIZED);
	dst = to;
	src = c->object;
	n = ARRAY_SIZE(to);
	asm volatile("rep movsl" : "+D" (dst), "+S" (src), "+c" (n) : : "memory");
	KUNIT_EXPECT_EQ(test, reports_on(c, c->object + 20, 4).count, 1);
}

static void test_memcpy_moves_the_state(struct kunit *test)
{
	struct context *c = test->priv;
	u64 before = kmemcheck_counter(KMEMCHECK_COUNTER_BULK);
	u8 *to = kmalloc(SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, to);
	c->object[7] = 1;
	/* Their shadows do not lie alike. */
	call_memcpy(to + 3, c->object, SIZE - 3);
	expect_silence(test, c->object, SIZE);
	load(to + 10, 1);
	expect_silence(test, to, SIZE);
	load(to + 11, 1);
	expect_report(test, to, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED, 11, 1);
	KUNIT_EXPECT_GE(test, kmemcheck_counter(KMEMCHECK_COUNTER_BULK), before + 1);
	kfree(to);
}

static void test_memmove_within_an_object(struct kunit *test)
{
	struct context *c = test->priv;
	size_t size = 40;

	OPTIMIZER_HIDE_VAR(size);
	c->object[0] = 1;
	c->object[39] = 2;
	memmove(c->object + 5, c->object, size);
	load(c->object + 5, 1);
	load(c->object + 44, 1);
	expect_silence(test, c->object, SIZE);
	KUNIT_EXPECT_EQ(test, c->object[5], 1);
	KUNIT_EXPECT_EQ(test, c->object[44], 2);
	load(c->object + 43, 1);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      43, 1);
}

static void test_memcpy_to_untracked_memory(struct kunit *test)
{
	struct context *c = test->priv;
	u8 to[32];

	memset(c->object, 0, 8);
	memset(c->object + 16, 0, 16);
	call_memcpy(to, c->object, sizeof(to));
	OPTIMIZER_HIDE_VAR(to[0]);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      8, 8);
}

static void test_memset_initializes(struct kunit *test)
{
	struct context *c = test->priv;
	size_t size = 13;

	OPTIMIZER_HIDE_VAR(size);
	memset(c->object + 3, 0x5a, size);
	KUNIT_EXPECT_EQ(test, load(c->object + 3, 1), 0x5a);
	KUNIT_EXPECT_EQ(test, load(c->object + 15, 1), 0x5a);
	expect_silence(test, c->object, SIZE);
	load(c->object + 2, 1);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      2, 1);
	load(c->object + 16, 1);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      16, 1);
}

static void test_memcmp_uses_up_to_the_difference(struct kunit *test)
{
	struct context *c = test->priv;
	size_t size = SIZE;
	u8 other[SIZE] = { 1, 2, 3 };

	OPTIMIZER_HIDE_VAR(size);
	memcpy(c->object, other, 8);
	c->object[2] = 4;
	KUNIT_EXPECT_GT(test, memcmp(c->object, other, size), 0);
	KUNIT_EXPECT_LT(test, memcmp(other, c->object, size), 0);
	KUNIT_EXPECT_EQ(test, memcmp(other, c->object, 2), 0);
	expect_silence(test, c->object, SIZE);
}

static void test_infoleak(struct kunit *test)
{
	struct context *c = test->priv;

	memset(c->object, 0, 12);
	memset(c->object + 16, 0, 16);
	kmemcheck_copy_to_user(c->object, 32);
	expect_report(test, c->object, SIZE, KMEMCHECK_INFOLEAK, KMEMCHECK_UNINITIALIZED, 12, 4);
	kmemcheck_copy_to_user(c->object, 32);
	expect_silence(test, c->object, SIZE);
}

static void test_page_crossing_read(struct kunit *test)
{
	u8 *p = kmalloc(2 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	load(p + PAGE_SIZE - 3, WORD);
	expect_report(test, p, 2 * PAGE_SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      PAGE_SIZE - 3, WORD);
	memset(p, 0, 2 * PAGE_SIZE);
	load(p + PAGE_SIZE - 3, WORD);
	expect_silence(test, p, 2 * PAGE_SIZE);
	kfree(p);
}

static void test_untracked_cache(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kmemcheck-test", SIZE, 0,
						 SLAB_NOTRACK, NULL);
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	if (p) {
		KUNIT_EXPECT_FALSE(test, kmemcheck_tracked(p));
		load(p, WORD);
		expect_silence(test, p, SIZE);
		kmem_cache_free(s, p);
	}
	kmem_cache_destroy(s);
}

static void construct(void *object)
{
	memset(object, 0, SIZE / 2);
}

static void test_constructed_object(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("kmemcheck-test", SIZE, 0, 0,
						 construct);
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, s);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	if (p) {
		load(p, WORD);
		expect_silence(test, p, SIZE);
		load(p + SIZE / 2, WORD);
		expect_report(test, p, SIZE, KMEMCHECK_READ,
			      KMEMCHECK_UNINITIALIZED, SIZE / 2, WORD);
		kmem_cache_free(s, p);
	}
	kmem_cache_destroy(s);
}

/* More errors than the queue holds, where it cannot be emptied. */
static void test_full_queue_counts_losses(struct kunit *test)
{
	unsigned int i, extra = 5, n = CONFIG_KMEMCHECK_QUEUE_SIZE + extra;
	struct context *c = test->priv;
	u64 lost = kmemcheck_counter(KMEMCHECK_COUNTER_LOST);
	u8 *p = kmalloc(n, GFP_KERNEL);
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, p);
	kmemcheck_queue_sync();
	local_irq_save(flags);
	for (i = 0; i < n; i++)
		load(p + i, 1);
	local_irq_restore(flags);

	KUNIT_EXPECT_EQ(test, reports_on(c, p, n).count, CONFIG_KMEMCHECK_QUEUE_SIZE);
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_LOST) - lost, extra);
	kfree(p);
}

/* There is no report on an untracked page until it is part of a new slab. */
static void test_unknown_instruction_gives_the_page_up(struct kunit *test)
{
	u64 before = kmemcheck_counter(KMEMCHECK_COUNTER_UNKNOWN);
	struct kmem_cache *s;
	u8 *p;
	int i;

	for (i = 0; i < 2; i++) {
		s = kmem_cache_create("kmemcheck-test", SIZE, 0, 0, NULL);
		KUNIT_ASSERT_NOT_NULL(test, s);
		p = kmem_cache_alloc(s, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		load(p + 32, 4);
		expect_report(test, p, SIZE, KMEMCHECK_READ,
			      KMEMCHECK_UNINITIALIZED, 32, 4);

		asm volatile("sidt %0" : "=m" (*(u8 (*)[10])p));
		KUNIT_EXPECT_TRUE(test, kmemcheck_is_untracked((unsigned long)p));
		kmem_cache_free(s, p);
		p = kmem_cache_alloc(s, GFP_KERNEL);
		load(p + 8, WORD);
		kmemcheck_copy_to_user(p, SIZE);
		expect_silence(test, p, SIZE);
		kmem_cache_free(s, p);
		kmem_cache_destroy(s);
	}
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_UNKNOWN) - before, 2);
}

static void test_duplicates_are_counted(struct kunit *test)
{
	struct context *c = test->priv;
	u64 before = kmemcheck_counter(KMEMCHECK_COUNTER_DUPLICATES);
	unsigned int i;

	kmemcheck_ratelimit = 3600;
	for (i = 0; i < 8; i++)
		load(c->object + i, 1);
	kmemcheck_ratelimit = 0;
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      0, 1);
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_DUPLICATES) - before,
			7);
}

static void test_handler_is_closed(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kmemcheck_counter(KMEMCHECK_COUNTER_TRIPWIRE), 0);
}

static int kmemcheck_test_init(struct kunit *test)
{
	struct context *c;

	if (!kmemcheck_enabled())
		kunit_skip(test, "kmemcheck is off");

	c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->record = vmalloc(KMEMCHECK_RECORD_MAX);
	c->object = kmalloc(SIZE, GFP_KERNEL);
	if (!c->record || !c->object)
		return -ENOMEM;
	if (!kmemcheck_tracked(c->object))
		kunit_skip(test, "the pool is used up");
	test->priv = c;
	/* The allocators and the queues have something for each CPU. */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	/* The cases provoke the same error time and again. */
	c->ratelimit = kmemcheck_ratelimit;
	kmemcheck_ratelimit = 0;
	kmemcheck_reader_init(&c->reader);
	kmemcheck_reader_skip(&c->reader);
	return 0;
}

static void kmemcheck_test_exit(struct kunit *test)
{
	struct context *c = test->priv;

	if (!c)
		return;
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	kmemcheck_ratelimit = c->ratelimit;
	if (!c->freed)
		kfree(c->object);
	vfree(c->record);
}

static struct kunit_case kmemcheck_cases[] = {
	KUNIT_CASE(test_uninitialized_read),
	KUNIT_CASE(test_reported_once),
	KUNIT_CASE(test_initialized_read_is_silent),
	KUNIT_CASE(test_write_initializes_only_its_bytes),
	KUNIT_CASE(test_zeroed_read_is_silent),
	KUNIT_CASE(test_freed_read),
	KUNIT_CASE(test_freed_write),
	KUNIT_CASE(test_unallocated_read),
	KUNIT_CASE(test_read_modify_write),
	KUNIT_CASE(test_failed_cmpxchg_does_not_initialize),
	KUNIT_CASE(test_copy_moves_the_state),
	KUNIT_CASE(test_copy_to_untracked_memory),
	KUNIT_CASE(test_copy_reports_each_hole),
	KUNIT_CASE(test_memcpy_moves_the_state),
	KUNIT_CASE(test_memmove_within_an_object),
	KUNIT_CASE(test_memcpy_to_untracked_memory),
	KUNIT_CASE(test_memset_initializes),
	KUNIT_CASE(test_memcmp_uses_up_to_the_difference),
	KUNIT_CASE(test_infoleak),
	KUNIT_CASE(test_page_crossing_read),
	KUNIT_CASE(test_untracked_cache),
	KUNIT_CASE(test_constructed_object),
	KUNIT_CASE(test_full_queue_counts_losses),
	KUNIT_CASE(test_unknown_instruction_gives_the_page_up),
	KUNIT_CASE(test_duplicates_are_counted),
	KUNIT_CASE(test_every_size),
	KUNIT_CASE(test_slack_is_nobodys),
	KUNIT_CASE(test_ksize_gives_the_slack),
	KUNIT_CASE(test_krealloc_in_place),
	KUNIT_CASE(test_krealloc_moves_the_state),
	KUNIT_CASE(test_bulk_allocation),
	KUNIT_CASE(test_rcu_cache_keeps_its_state),
	KUNIT_CASE(test_shrunk_cache),
	KUNIT_CASE(test_large_kmalloc),
	KUNIT_CASE(test_free_pages),
	KUNIT_CASE(test_pages_exact),
	KUNIT_CASE(test_zeroed_pages),
	KUNIT_CASE(test_page_fragments),
	KUNIT_CASE(test_gfp_notrack),
	KUNIT_CASE(test_blocks_join_again),
	KUNIT_CASE(test_blocks_of_an_odd_range),
	KUNIT_CASE(test_blocks_rest_after_use),
	KUNIT_CASE(test_borders_of_the_pool),
	KUNIT_CASE(test_objects_of_a_node),
	KUNIT_CASE(test_notrack_memory),
	KUNIT_CASE(test_annotated_bitfield),
	KUNIT_CASE(test_annotated_variable),
	KUNIT_CASE(test_peeking_is_silent),
	KUNIT_CASE(test_dma_single),
	KUNIT_CASE(test_dma_list),
#if IS_BUILTIN(CONFIG_VIRTIO)
	KUNIT_CASE(test_virtio),
#endif
	KUNIT_CASE(test_copied_value),
	KUNIT_CASE(test_copy_over_initialized),
	KUNIT_CASE(test_merge_into_initialized),
	KUNIT_CASE(test_copies_on_their_way),
	KUNIT_CASE(test_sign_of_a_value),
	KUNIT_CASE(test_spilled_before_the_unknown),
	KUNIT_CASE(test_masked_value),
	KUNIT_CASE(test_shifted_value),
	KUNIT_CASE(test_value_in_a_call),
	KUNIT_CASE(test_value_on_the_stack),
	KUNIT_CASE(test_value_waits_on_the_stack),
	KUNIT_CASE(test_value_waits_for_a_table),
	KUNIT_CASE(test_copy_from_the_stack),
	KUNIT_CASE(test_value_as_address),
	KUNIT_CASE(test_value_of_a_condition),
	KUNIT_CASE(test_value_to_user_space),
	KUNIT_CASE(test_end_of_a_string),
	KUNIT_CASE(test_first_assignment_of_bits),
	KUNIT_CASE(test_differing_good_byte),
	KUNIT_CASE(test_bits_of_every_width),
	KUNIT_CASE(test_bits_of_every_form),
	KUNIT_CASE(test_read_of_bits),
	KUNIT_CASE(test_bits_of_a_struct),
	KUNIT_CASE(test_bits_are_copied),
	KUNIT_CASE(test_bits_end_with_the_object),
	KUNIT_CASE(test_bits_of_a_resized_object),
	KUNIT_CASE(test_too_many_bits),
	KUNIT_CASE(test_leaked_bits),
	KUNIT_CASE(test_parts_of_a_word),
	KUNIT_CASE(test_all_holes_in_one_report),
	KUNIT_CASE(test_more_holes_than_room),
	KUNIT_CASE(test_padding_beside_a_hole),
	KUNIT_CASE(test_source_of_a_copy),
	KUNIT_CASE(test_source_of_a_store),
	KUNIT_CASE(test_sources_of_one_message),
	KUNIT_CASE(test_sources_are_told_apart),
#ifdef CONFIG_NET
	KUNIT_CASE(test_filler_of_a_message),
#endif
	KUNIT_CASE(test_walked_stack_is_silent),
	KUNIT_CASE(test_vector_moves),
	KUNIT_CASE(test_wide_vector_moves),
	KUNIT_CASE(test_uninitialized_vectors),
	KUNIT_CASE(test_vector_of_freed_memory),
	KUNIT_CASE(test_flags_of_a_vector_test),
	KUNIT_CASE(test_bit_manipulation),
	KUNIT_CASE(test_handler_is_closed),
	/* The last ones: meanwhile pages are shown. */
	KUNIT_CASE(test_access_while_hiding),
	KUNIT_CASE(test_slabs_of_the_boot),
	KUNIT_CASE(test_self_test),
	KUNIT_CASE(test_one_shot),
	KUNIT_CASE(test_broken_invariant_switches_off),
	{}
};

static struct kunit_suite kmemcheck_suite = {
	.name = "kmemcheck",
	.init = kmemcheck_test_init,
	.exit = kmemcheck_test_exit,
	.test_cases = kmemcheck_cases,
};
kunit_test_suite(kmemcheck_suite);
