// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports in ring streams: whole, cut off, damaged, and in pieces of any size.
 */
#include <string.h>

#include "helper.h"

static void make(struct kmc_buf *stream)
{
	stream_header(stream, "6.1.0");
	stream_report(stream, 1);
	stream_report(stream, 2);
	stream_lost(stream, 5);
	stream_report(stream, 8);
}

static void test_pieces_of_any_size_give_the_same(void **state)
{
	struct kmc_buf stream = { };
	struct reading reading;

	(void)state;
	make(&stream);
	for (size_t piece = 0; piece <= stream.len; piece++) {
		const struct kmc_report *report;

		reading_run(&reading, &kmc_ring_reader, stream.data, stream.len,
			    piece);
		assert_null(reading.err);
		assert_int_equal(reading.events.count, 4);
		assert_int_equal(reading.events.list[2].type, KMC_EVENT_LOST);
		assert_int_equal(reading.events.list[2].lost, 5);
		report = reading_report(&reading, 2);
		assert_int_equal(report->seq, 8);
		assert_string_equal(report->kernel.release, "6.1.0");
		assert_true(report->kernel.kaslr_offset == 0x1000);
		assert_string_equal(report->frames.frames[0].symbol, "here");
		assert_string_equal(report->frames.frames[1].module, "mod");
		assert_string_equal(report->object.cache, "kmalloc-64");
		reading_free(&reading);
	}
	kmc_buf_release(&stream);
}

static void test_cut_off_at_every_byte_is_an_error_behind_what_is_whole(void **state)
{
	struct kmc_buf stream = { };
	size_t ends[6], count = 0;
	struct reading reading;

	(void)state;
	ends[count++] = 0;
	stream_header(&stream, "6.1.0");
	ends[count++] = stream.len;
	stream_report(&stream, 1);
	ends[count++] = stream.len;
	stream_report(&stream, 2);
	ends[count++] = stream.len;
	for (size_t len = 0; len <= stream.len; len++) {
		size_t whole = 0;

		for (size_t i = 0; i < count; i++)
			whole = ends[i] <= len ? i : whole;
		reading_run(&reading, &kmc_ring_reader, stream.data, len, 0);
		assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT),
				 whole > 1 ? whole - 1 : 0);
		if (len == ends[whole])
			assert_null(reading.err);
		else
			assert_non_null(reading.err);
		reading_free(&reading);
	}
	kmc_buf_release(&stream);
}

static void test_any_damaged_byte_costs_one_record_at_most(void **state)
{
	struct kmc_buf stream = { };
	struct reading reading;

	(void)state;
	make(&stream);
	for (size_t i = 0; i < stream.len; i++) {
		size_t reports;

		stream.data[i] ^= 0x55;
		reading_run(&reading, &kmc_ring_reader, stream.data, stream.len,
			    0);
		reports = reading_count(&reading, KMC_EVENT_REPORT);
		assert_in_range(reports, 2, 3);
		/* Said one way or the other; a damaged end looks cut off. */
		assert_true(reading.err ||
			    reading_count(&reading, KMC_EVENT_DAMAGE) == 1);
		reading_free(&reading);
		stream.data[i] ^= 0x55;
	}
	kmc_buf_release(&stream);
}

static void test_random_bytes_do_no_harm(void **state)
{
	struct reading reading;
	uint32_t seed = 7;
	char data[4096];

	(void)state;
	for (int round = 0; round < 300; round++) {
		static const char words[] = "KMCR";

		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = round % 2 ? (char)next_random(&seed) :
				  words[next_random(&seed) % 4];
		for (size_t i = 0; i + 24 < sizeof(data); i += 512) {
			memcpy(data + i, "KMCR\0\4\0\0", 8);
			memset(data + i + 12, 1, 2);
		}
		reading_run(&reading, &kmc_ring_reader, data, sizeof(data),
			    1 + next_random(&seed) % 999);
		assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 0);
		reading_free(&reading);
	}
}

static void test_a_stream_is_told_from_a_log(void **state)
{
	static const char log[] = "KMC is not a stream, nor is KMCR in a log.\n";
	struct kmc_buf stream = { };

	(void)state;
	assert_false(kmc_ring_detect(log, strlen(log)));
	assert_false(kmc_ring_detect("", 0));
	kmc_buf_puts(&stream, "damage");
	stream_header(&stream, "6.1.0");
	assert_true(kmc_ring_detect(stream.data, stream.len));
	assert_true(kmc_ring_detect(stream.data + 6, 8));
	assert_false(kmc_ring_detect(stream.data, stream.len - 1));
	kmc_buf_release(&stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_any_size_give_the_same),
		cmocka_unit_test(test_cut_off_at_every_byte_is_an_error_behind_what_is_whole),
		cmocka_unit_test(test_any_damaged_byte_costs_one_record_at_most),
		cmocka_unit_test(test_random_bytes_do_no_harm),
		cmocka_unit_test(test_a_stream_is_told_from_a_log),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
