// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports in ring streams: whole, cut off, damaged, and in pieces of any size.
 */
#include <string.h>

#include <elf.h>
#include <endian.h>
#include <linux/kmemcheck.h>

#include "helper.h"
#include "input/detect.h"

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
	/* The head is enough: what follows it may be damaged, too. */
	assert_true(kmc_ring_detect(stream.data, 6 + 24));
	assert_false(kmc_ring_detect(stream.data, 6 + 23));
	stream.data[6 + 4] ^= 1;
	assert_false(kmc_ring_detect(stream.data, stream.len));
	kmc_buf_release(&stream);
}

static void test_a_stream_in_small_pieces_is_no_log_until_a_record_shows(void **state)
{
	static const char zeros[2000];
	const struct kmc_reader_ops *ops;
	struct kmc_buf stream = { };
	size_t len = 0;

	(void)state;
	/* Newlines among damage are no lines. */
	stream_header(&stream, "6.1\n\n.0");
	stream_report(&stream, 1);
	stream.data[1] = 'X';
	while (len < stream.len && !kmc_detect_enough(stream.data, len))
		len++;
	assert_null(kmc_detect("input", stream.data, len, &ops));
	assert_ptr_equal(ops, &kmc_ring_reader);
	/* A log that was made empty while a program wrote it. */
	kmc_buf_release(&stream);
	kmc_buf_add(&stream, zeros, sizeof(zeros));
	kmc_buf_puts(&stream, "[    1.234567] eth0: link is up\n");
	assert_true(kmc_detect_enough(stream.data, stream.len));
	assert_null(kmc_detect("input", stream.data, stream.len, &ops));
	assert_ptr_equal(ops, &kmc_text_reader);
	kmc_buf_release(&stream);
}

/* ---- lost, added, repeated ---- */

#define RECORDS		12

/* A piece of the stream is taken out, put in once more anywhere, or overwritten. */
static void damage(struct kmc_buf *stream, uint32_t *seed)
{
	uint32_t kind = next_random(seed) % 4;
	size_t len = 1 + next_random(seed) % (next_random(seed) % 4 ? 8 : 900);
	size_t from = next_random(seed) % (stream->len - len);
	size_t to = next_random(seed) % 3 ? from : next_random(seed) % stream->len;
	struct kmc_buf out = { };

	if (kind == 3) {
		stream->data[from] = next_random(seed);
		return;
	}
	kmc_buf_add(&out, stream->data, kind ? to : from);
	if (kind == 1)
		kmc_buf_add(&out, stream->data + from, len);
	for (size_t i = 0; kind == 2 && i < len; i++)
		kmc_buf_putc(&out, "KMCR\0\1\0"[next_random(seed) % 7], 1);
	if (!kind)
		to = from + len;
	kmc_buf_add(&out, stream->data + to, stream->len - to);
	kmc_buf_release(stream);
	*stream = out;
}

static size_t count_whole(const struct kmc_buf *stream, const char *record, size_t len)
{
	const char *at = stream->data, *end = stream->data + stream->len;
	size_t n = 0;

	for (; (at = memmem(at, end - at, record, len)); at += len)
		n++;
	return n;
}

static size_t count_seq(const struct reading *reading, uint64_t seq)
{
	size_t n = 0;

	for (size_t i = 0; i < reading->events.count; i++) {
		const struct kmc_report *report = reading->events.list[i].report;

		n += report && report->seq == seq;
	}
	return n;
}

static void test_whatever_is_lost_added_or_repeated_whole_records_are_found(void **state)
{
	struct kmc_buf whole = { };
	size_t ends[RECORDS + 1];
	uint32_t seed = 3;

	(void)state;
	stream_header(&whole, "6.1.0");
	ends[0] = whole.len;
	for (int i = 1; i <= RECORDS; i++) {
		/* Payloads with magics, one of them with a sane head behind it. */
		stream_report_with(&whole, i, i % 4 ? "KMCRKMCR" : "KMCR\0\1\0\0");
		ends[i] = whole.len;
	}
	for (int round = 0; round < 4000; round++) {
		struct kmc_buf stream = { };
		struct reading reading;

		kmc_buf_add(&stream, whole.data, whole.len);
		for (uint32_t n = 1 + next_random(&seed) % 9; n; n--)
			damage(&stream, &seed);
		reading_run(&reading, &kmc_ring_reader, stream.data, stream.len,
			    next_random(&seed) % 3 ? 0 : 1 + next_random(&seed) % 3000);
		for (int i = 1; i <= RECORDS; i++)
			assert_int_equal(count_seq(&reading, i),
					 count_whole(&stream, whole.data + ends[i - 1],
						     ends[i] - ends[i - 1]));
		reading_free(&reading);
		kmc_buf_release(&stream);
	}
	kmc_buf_release(&whole);
}

static void test_a_report_that_stands_twice_is_no_gap(void **state)
{
	struct kmc_buf stream = { };
	struct reading reading;

	(void)state;
	stream_header(&stream, "6.1.0");
	for (int i = 0; i < 5; i++)
		stream_report(&stream, "12314"[i] - '0');
	reading_run(&reading, &kmc_ring_reader, stream.data, stream.len, 0);
	assert_null(reading.err);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 5);
	assert_int_equal(reading_count(&reading, KMC_EVENT_LOST), 0);
	reading_free(&reading);
	kmc_buf_release(&stream);
}

static void test_a_size_that_is_damaged_holds_nothing_back_in_a_silence(void **state)
{
	struct kmc_events events = { };
	struct kmc_buf stream = { };
	size_t header, last;
	void *reader;

	(void)state;
	stream_header(&stream, "6.1.0");
	header = stream.len;
	stream_report(&stream, 1);
	stream_report(&stream, 2);
	last = stream.len;
	stream_report(&stream, 3);
	/* It now points far behind all that has come. */
	stream.data[header + 5] = 0x7f;
	reader = kmc_ring_reader.new("input", &events);
	assert_null(kmc_ring_reader.feed(reader, stream.data, last + 100));
	assert_int_equal(events.count, 0);
	assert_null(kmc_ring_reader.idle(reader));
	/* The damage and the second report; the third one's end is still to come. */
	assert_int_equal(events.count, 2);
	assert_int_equal(events.list[1].report->seq, 2);
	assert_null(kmc_ring_reader.feed(reader, stream.data + last + 100,
					 stream.len - last - 100));
	assert_int_equal(events.count, 3);
	assert_int_equal(events.list[2].report->seq, 3);
	assert_null(kmc_ring_reader.end(reader));
	assert_int_equal(events.count, 3);
	kmc_ring_reader.free(reader);
	kmc_events_release(&events);
	kmc_buf_release(&stream);
}

/* ---- sections that may be there ---- */

static struct kmc_report *read_section(struct reading *reading, uint16_t type,
				       const void *data, size_t len)
{
	struct kmc_buf stream = { };

	stream_header(&stream, "6.1.0");
	stream_report_section(&stream, 1, type, data, len);
	reading_run(reading, &kmc_ring_reader, stream.data, stream.len, 0);
	kmc_buf_release(&stream);
	assert_null(reading->err);
	return reading_report(reading, 0);
}

#define START	0xffff888000001000ULL

static void test_ranges_are_taken_as_far_as_they_are_there(void **state)
{
	struct {
		struct kmemcheck_runs head;
		struct kmemcheck_run runs[3];
	} section = {
		.head = { .count = htole32(3), .bytes = htole32(12) },
		.runs = {
			{ htole64(START + 36), htole32(4), htole32(KMEMCHECK_UNINITIALIZED) },
			{ htole64(START + 44), htole32(4), htole32(KMEMCHECK_FREED) },
			{ htole64(START + 60), htole32(4), htole32(77) },
		},
	};

	(void)state;
	for (size_t len = 0; len <= sizeof(section); len++) {
		const size_t whole = len < 8 ? 0 : (len - 8) / 16;
		struct reading reading;
		struct kmc_report *report;

		report = read_section(&reading, KMEMCHECK_SECTION_RUNS, &section, len);
		assert_int_equal(report->nruns, whole);
		if (whole)
			assert_int_equal(report->run_count, 3);
		if (whole == 3) {
			assert_int_equal(report->run_bytes, 12);
			assert_int_equal(report->runs[1].state, KMC_FREED);
			assert_int_equal(report->runs[2].state, KMC_INVALID);
		}
		reading_free(&reading);
	}
}

static void test_ranges_that_lie_do_no_harm(void **state)
{
	struct {
		struct kmemcheck_runs head;
		struct kmemcheck_run runs[40];
	} section;
	uint32_t seed = 9;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct kmc_report *report;
		struct reading reading;
		uint64_t end = START;

		for (size_t i = 0; i < sizeof(section) / 4; i++)
			((uint32_t *)&section)[i] = next_random(&seed) >> next_random(&seed) % 32;
		for (size_t i = 0; round % 2 && i < 40; i++)
			section.runs[i].address = htole64(START + next_random(&seed) % 80 - 8);
		report = read_section(&reading, KMEMCHECK_SECTION_RUNS, &section,
				      next_random(&seed) % sizeof(section));
		assert_true(report->nruns <= 16 && report->run_count >= report->nruns);
		assert_true(report->run_bytes <= 64);
		for (size_t i = 0; i < report->nruns; i++) {
			assert_true(report->runs[i].address >= end && report->runs[i].size);
			end = report->runs[i].address + report->runs[i].size;
			assert_true(end <= START + 64);
		}
		reading_free(&reading);
	}
}

static void test_one_range_that_was_reported_is_no_news(void **state)
{
	struct {
		struct kmemcheck_runs head;
		struct kmemcheck_run run;
	} section = {
		.head = { .count = htole32(1), .bytes = htole32(4) },
		.run = { htole64(START + 36), htole32(4), htole32(KMEMCHECK_UNINITIALIZED) },
	};
	struct reading reading;

	(void)state;
	assert_int_equal(read_section(&reading, KMEMCHECK_SECTION_RUNS, &section,
				      sizeof(section))->nruns, 0);
	reading_free(&reading);
}

static void test_a_source_is_taken_as_far_as_it_is_there(void **state)
{
	struct kmemcheck_source section = {
		.object = {
			.start = htole64(0xffff888000002000), .size = htole32(64),
			.requested = htole32(48), .cache = "kmalloc-64",
		},
		.offset = htole64(INT64_MIN), .copy = htole64(UINT64_MAX),
		.size = htole32(UINT32_MAX), .hops = htole32(2),
	};

	(void)state;
	for (size_t len = 0; len <= sizeof(section); len++) {
		const struct kmc_copied *copied;
		struct reading reading;

		copied = &read_section(&reading, KMEMCHECK_SECTION_SOURCE, &section, len)->copied;
		assert_true(copied->known && copied->copies >= 1);
		if (len == sizeof(section)) {
			assert_string_equal(copied->object.cache, "kmalloc-64");
			assert_true(copied->offset == INT64_MIN);
			assert_true(copied->copy_start == UINT64_MAX);
			assert_int_equal(copied->copies, 2);
		}
		reading_free(&reading);
	}
}

static void test_registers_of_32_bits_are_called_so(void **state)
{
	const struct kmemcheck_regs regs = {
		.mask = htole64(KMEMCHECK_REGS_ALL), .rip = htole64(0xc1000010),
		.rax = htole64(7), .rsp = htole64(0xc0103d98), .fs_base = htole64(0x1f340000),
		.r8 = htole64(8), .gs_base = htole64(9),
	};
	struct kmc_buf stream = { };
	struct reading reading;
	const struct kmc_report *report;
	uint64_t value;

	(void)state;
	stream_header_of(&stream, "6.1.0", EM_386);
	stream_report_section(&stream, 1, KMEMCHECK_SECTION_REGS, &regs, sizeof(regs));
	reading_run(&reading, &kmc_ring_reader, stream.data, stream.len, 0);
	report = reading_report(&reading, 0);
	assert_int_equal(report->kernel.machine, EM_386);
	assert_true(kmc_report_register(report, "eax", &value) && value == 7);
	assert_true(kmc_report_register(report, "esp", &value) && value == 0xc0103d98);
	assert_true(kmc_report_register(report, "fs_base", &value) && value == 0x1f340000);
	assert_false(kmc_report_register(report, "rax", &value));
	assert_false(kmc_report_register(report, "r8", &value));
	assert_false(kmc_report_register(report, "gs_base", &value));
	assert_int_equal(report->frames.frames[0].role, KMC_ROLE_RIP);
	assert_int_equal(report->frames.frames[0].address, 0xc1000010);
	assert_string_equal(report->frames.frames[0].symbol, "here");
	reading_free(&reading);
	kmc_buf_release(&stream);
}

static void test_tracks_of_copies_are_taken_as_far_as_they_are_there(void **state)
{
	static const uint16_t types[] = {
		KMEMCHECK_SECTION_COPY, KMEMCHECK_SECTION_SOURCE_ALLOC, KMEMCHECK_SECTION_FILL,
	};
	const struct {
		struct kmemcheck_track head;
		uint64_t entries[3];
	} section = {
		.head = { .time = htole64(2000000000), .pid = htole32(7) },
		.entries = { htole64(1), htole64(2), htole64(3) },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(types) * (sizeof(section) + 1); i++) {
		const size_t len = i % (sizeof(section) + 1), which = i / (sizeof(section) + 1);
		const struct kmc_report *report;
		const struct kmc_track *tracks[3];
		struct reading reading;

		report = read_section(&reading, types[which], &section, len);
		tracks[0] = &report->copy;
		tracks[1] = &report->source_alloc;
		tracks[2] = &report->fill;
		for (size_t j = 0; j < 3; j++) {
			const bool known = j == which && len >= sizeof(section.head);

			assert_int_equal(tracks[j]->known, known);
			assert_int_equal(tracks[j]->pid, known ? 7 : -1);
			assert_int_equal(tracks[j]->stack.count, known ?
					 (len - sizeof(section.head)) / 8 : 0);
		}
		reading_free(&reading);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_any_size_give_the_same),
		cmocka_unit_test(test_cut_off_at_every_byte_is_an_error_behind_what_is_whole),
		cmocka_unit_test(test_any_damaged_byte_costs_one_record_at_most),
		cmocka_unit_test(test_random_bytes_do_no_harm),
		cmocka_unit_test(test_a_stream_is_told_from_a_log),
		cmocka_unit_test(test_a_stream_in_small_pieces_is_no_log_until_a_record_shows),
		cmocka_unit_test(test_whatever_is_lost_added_or_repeated_whole_records_are_found),
		cmocka_unit_test(test_a_report_that_stands_twice_is_no_gap),
		cmocka_unit_test(test_a_size_that_is_damaged_holds_nothing_back_in_a_silence),
		cmocka_unit_test(test_ranges_are_taken_as_far_as_they_are_there),
		cmocka_unit_test(test_ranges_that_lie_do_no_harm),
		cmocka_unit_test(test_one_range_that_was_reported_is_no_news),
		cmocka_unit_test(test_a_source_is_taken_as_far_as_it_is_there),
		cmocka_unit_test(test_registers_of_32_bits_are_called_so),
		cmocka_unit_test(test_tracks_of_copies_are_taken_as_far_as_they_are_there),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
