/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what the files of the test suite share.
 */
#ifndef _MM_KMEMCHECK_TEST_H
#define _MM_KMEMCHECK_TEST_H

#include <kunit/test.h>

#include "kmemcheck.h"
#include "pool.h"
#include "report.h"
#include "ring.h"
#include "shadow.h"

/* What a register holds, in bytes. */
#define WORD		sizeof(long)
#define SIZE	64

/* What a test case works with. */
struct context {
	struct kmemcheck_reader reader;
	u8 *record;			/* KMEMCHECK_RECORD_MAX bytes */
	u8 *object;			/* SIZE bytes, never written */
	bool freed;
	unsigned int ratelimit;
};

/* The reports on one range of memory. */
struct seen {
	unsigned int count;
	struct kmemcheck_access access;	/* of the last of them */
	struct kmemcheck_object object;
	struct kmemcheck_source source;
	struct kmemcheck_runs runs;
	struct kmemcheck_run run[KMEMCHECK_RUNS_MAX];
	unsigned int nr_runs;
	bool has_object, has_alloc, has_free, has_fill, has_copy, has_source_alloc;
};

struct seen reports_on(struct context *c, const void *start, size_t size);
void expect_report(struct kunit *test, const void *start, size_t size,
		   enum kmemcheck_kind kind, enum kmemcheck_state state,
		   size_t offset, size_t bytes);
void expect_silence(struct kunit *test, const void *start, size_t size);
unsigned long load(const void *p, unsigned int size);

/* kmemcheck_memory_test.c */
void test_every_size(struct kunit *test);
void test_slack_is_nobodys(struct kunit *test);
void test_ksize_gives_the_slack(struct kunit *test);
void test_krealloc_in_place(struct kunit *test);
void test_krealloc_moves_the_state(struct kunit *test);
void test_bulk_allocation(struct kunit *test);
void test_rcu_cache_keeps_its_state(struct kunit *test);
void test_shrunk_cache(struct kunit *test);
void test_large_kmalloc(struct kunit *test);
void test_free_pages(struct kunit *test);
void test_pages_exact(struct kunit *test);
void test_zeroed_pages(struct kunit *test);
void test_page_fragments(struct kunit *test);
void test_gfp_notrack(struct kunit *test);
void test_annotated_bitfield(struct kunit *test);
void test_annotated_variable(struct kunit *test);
void test_peeking_is_silent(struct kunit *test);
void test_access_while_hiding(struct kunit *test);
void test_slabs_of_the_boot(struct kunit *test);
void test_one_shot(struct kunit *test);
void test_broken_invariant_switches_off(struct kunit *test);
/* kmemcheck_pool_test.c */
void test_blocks_join_again(struct kunit *test);
void test_blocks_of_an_odd_range(struct kunit *test);
void test_blocks_rest_after_use(struct kunit *test);
void test_borders_of_the_pool(struct kunit *test);
void test_objects_of_a_node(struct kunit *test);
void test_notrack_memory(struct kunit *test);

/* kmemcheck_vector_test.c */
void test_vector_moves(struct kunit *test);
void test_wide_vector_moves(struct kunit *test);
void test_uninitialized_vectors(struct kunit *test);
void test_vector_of_freed_memory(struct kunit *test);
void test_flags_of_a_vector_test(struct kunit *test);
void test_bit_manipulation(struct kunit *test);

/* kmemcheck_origin_test.c */
void test_all_holes_in_one_report(struct kunit *test);
void test_more_holes_than_room(struct kunit *test);
void test_padding_beside_a_hole(struct kunit *test);
void test_source_of_a_copy(struct kunit *test);
void test_source_of_a_store(struct kunit *test);
void test_sources_of_one_message(struct kunit *test);
void test_sources_are_told_apart(struct kunit *test);
void test_filler_of_a_message(struct kunit *test);
void test_walked_stack_is_silent(struct kunit *test);
void test_self_test(struct kunit *test);

/* kmemcheck_device_test.c */
void test_dma_single(struct kunit *test);
void test_dma_list(struct kunit *test);
void test_virtio(struct kunit *test);

/* kmemcheck_use_test.c */
void test_copied_value(struct kunit *test);
void test_copy_over_initialized(struct kunit *test);
void test_merge_into_initialized(struct kunit *test);
void test_copies_on_their_way(struct kunit *test);
void test_sign_of_a_value(struct kunit *test);
void test_spilled_before_the_unknown(struct kunit *test);
void test_masked_value(struct kunit *test);
void test_shifted_value(struct kunit *test);
void test_value_in_a_call(struct kunit *test);
void test_value_on_the_stack(struct kunit *test);
void test_value_waits_on_the_stack(struct kunit *test);
void test_value_waits_for_a_table(struct kunit *test);
void test_copy_from_the_stack(struct kunit *test);
void test_value_as_address(struct kunit *test);
void test_value_of_a_condition(struct kunit *test);
void test_value_to_user_space(struct kunit *test);
void test_end_of_a_string(struct kunit *test);
void test_first_assignment_of_bits(struct kunit *test);
void test_differing_good_byte(struct kunit *test);

/* kmemcheck_bits_test.c */
void test_bits_of_every_width(struct kunit *test);
void test_bits_of_every_form(struct kunit *test);
void test_read_of_bits(struct kunit *test);
void test_bits_of_a_struct(struct kunit *test);
void test_bits_are_copied(struct kunit *test);
void test_bits_end_with_the_object(struct kunit *test);
void test_bits_of_a_resized_object(struct kunit *test);
void test_too_many_bits(struct kunit *test);
void test_leaked_bits(struct kunit *test);
void test_parts_of_a_word(struct kunit *test);

/* The function, not what a compiler makes of it. */
static inline void call_memcpy(void *to, const void *from, size_t size)
{
	void *(*copy)(void *to, const void *from, size_t size) = memcpy;

	OPTIMIZER_HIDE_VAR(copy);
	copy(to, from, size);
}

#endif /* _MM_KMEMCHECK_TEST_H */
