// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports in logs: damage, cuts, pieces of any size, and what is no report.
 */
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "input/log_prefix.h"

static const char whole[] =
	"[    1.000000] something else\n"
	"[    3.300002] WARNING: kmemcheck: Caught 32-bit read from freed memory (ffff88003e4a2024)\n"
	"[    3.300003] 80000000000000000000000000000000000000000088ffff0000000000000000\n"
	"[    3.300004]  f f f f f f f f f f f f f f f f f f f f f f f f f f f f f f f f\n"
	"[    3.300005]          ^\n"
	"[    3.300006]\n"
	"[    3.300007] Pid: 1856, comm: ntpdate Not tainted 6.1.192 #1\n"
	"[    3.300008] RIP: 0010:[<ffffffff8104ede8>]  [<ffffffff8104ede8>] __dequeue_signal+0xc8/0x190\n"
	"[    3.300008] RSP: 0018:ffff88003cdf7d98  EFLAGS: 00210002\n"
	"[    3.300010]  [<ffffffff8104f04e>] dequeue_signal+0x8e/0x170\n"
	"[    3.300010]  [<ffffffffffffffff>] 0xffffffffffffffff\n"
	"[    3.300011] Object ffff88003e4a2000 of cache sigqueue, size 80, access at offset 36\n"
	"[    3.300012] Allocated by task 12 at 3.123456:\n"
	"[    3.300013]  [<ffffffff8104f04e>] __sigqueue_alloc+0x8e/0x170\n"
	"[    3.300014] Freed by task 13 at 3.223456:\n"
	"[    3.300015]  [<ffffffff8104f05e>] __sigqueue_free+0x9e/0x170\n"
	"[    9.000000] something else\n"
	"[    9.000000] kmemcheck: Lost 3 error reports because the queue was too small\n";

static void run(struct reading *reading, const char *text, size_t piece)
{
	reading_run(reading, &kmc_text_reader, text, strlen(text), piece);
	assert_null(reading->err);
}

static void check_whole(const struct kmc_report *report)
{
	assert_int_equal(report->line, 2);
	assert_int_equal(report->state, KMC_FREED);
	assert_int_equal(report->bits, 32);
	assert_true(report->address == 0xffff88003e4a2024);
	assert_int_equal(report->caret, 4);
	assert_true(report->memory_start == 0xffff88003e4a2020);
	assert_int_equal(report->memory_len, 32);
	assert_int_equal(report->shadow_len, 32);
	assert_string_equal(report->comm, "ntpdate");
	assert_string_equal(report->kernel.release, "6.1.192");
	assert_int_equal(report->frames.count, 2);
	assert_int_equal(report->frames.frames[0].role, KMC_ROLE_RIP);
	assert_true(report->object.known);
	assert_string_equal(report->object.cache, "sigqueue");
	assert_int_equal(report->alloc.stack.count, 1);
	assert_int_equal(report->free.pid, 13);
	assert_int_equal(report->free.stack.count, 1);
	assert_false(report->truncated);
}

/* @whole twice, each newline replaced by one of @ends by turns. */
static void with_ends(struct kmc_buf *out, const char * const *ends, size_t count)
{
	size_t n = 0;

	for (int round = 0; round < 2; round++) {
		for (const char *p = whole; *p; p++) {
			if (*p == '\n')
				kmc_buf_puts(out, ends[n++ % count]);
			else
				kmc_buf_add(out, p, 1);
		}
	}
	kmc_buf_putc(out, 0, 1);
}

static void test_lines_end_in_carriage_returns_newlines_or_both(void **state)
{
	static const struct {
		const char *ends[3];
		size_t count;
		bool lines;	/* are they numbered as an editor would? */
	} cases[] = {
		{ { "\r" }, 1, true }, { { "\r\n" }, 1, true }, { { "\r\r\n" }, 1, true },
		{ { "\n\r" }, 1, true }, { { "\n", "\r", "\r\n" }, 3, false },
		{ { "\r", "\r", "\n" }, 3, false }, { { "\r\n", "\r" }, 2, false },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++) {
		struct kmc_buf log = { };

		with_ends(&log, cases[i].ends, cases[i].count);
		for (size_t piece = 0; piece < log.len; piece += piece < 99 ? 1 : 97) {
			struct reading reading;
			struct kmc_report *report;

			run(&reading, log.data, piece);
			assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 2);
			report = reading_report(&reading, 1);
			if (cases[i].lines) {
				assert_int_equal(report->line, 20);
				report->line = 2;
				check_whole(report);
			}
			assert_int_equal(report->free.stack.count, 1);
			report = reading_report(&reading, 0);
			if (!cases[i].lines)
				report->line = 2;
			check_whole(report);
			reading_free(&reading);
		}
		kmc_buf_release(&log);
	}
}

static void test_what_a_terminal_would_overwrite_ends_no_report(void **state)
{
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	for (const char *p = whole; *p; p++) {
		kmc_buf_add(&log, p, 1);
		if (*p == '\n' && p[1])
			kmc_buf_puts(&log, "10 %\r20 %\r30 %\r\r40 %\r");
	}
	kmc_buf_putc(&log, 0, 1);
	run(&reading, log.data, 0);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 1);
	check_whole(reading_report(&reading, 0));
	reading_free(&reading);
	kmc_buf_release(&log);
}

static void test_pieces_of_any_size_give_the_same(void **state)
{
	struct reading reading;

	(void)state;
	for (size_t piece = 0; piece < sizeof(whole); piece++) {
		run(&reading, whole, piece);
		assert_int_equal(reading.events.count, 2);
		check_whole(reading_report(&reading, 0));
		assert_int_equal(reading.events.list[1].type, KMC_EVENT_LOST);
		assert_int_equal(reading.events.list[1].lost, 3);
		reading_free(&reading);
	}
}

static void test_cut_off_at_every_byte_loses_nothing_before(void **state)
{
	const char *header_end = strstr(whole, "2024)") + 5;
	struct reading reading;

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		reading_run(&reading, &kmc_text_reader, whole, len, 0);
		assert_null(reading.err);
		assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT),
				 whole + len >= header_end);
		reading_free(&reading);
	}
}

static void test_mutations_and_garbage_do_no_harm(void **state)
{
	char text[sizeof(whole)];
	struct reading reading;
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		memcpy(text, whole, sizeof(whole));
		for (int i = 0; i < 1 + round % 20; i++)
			text[next_random(&seed) % (sizeof(text) - 1)] =
				next_random(&seed);
		reading_run(&reading, &kmc_text_reader, text, sizeof(text) - 1,
			    1 + next_random(&seed) % 700);
		assert_null(reading.err);
		for (size_t i = 0; i < reading.events.count; i++) {
			struct kmc_report *report = reading.events.list[i].report;
			char *out;

			if (!report)
				continue;
			assert_null(kmc_json_report(report, &out));
			free(out);
			assert_null(kmc_print_report(report, NULL, &out));
			free(out);
		}
		reading_free(&reading);
	}
}

static void test_nul_bytes_are_passed_over(void **state)
{
	char text[2 * sizeof(whole)];
	struct reading reading;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(whole) - 1; i++) {
		text[n++] = whole[i];
		/* not within "kmemcheck: ", which is how reports are found */
		if (i % 7 == 0 && whole[i] == ' ')
			text[n++] = '\0';
	}
	reading_run(&reading, &kmc_text_reader, text, n, 0);
	check_whole(reading_report(&reading, 0));
	reading_free(&reading);
}

static void test_a_line_without_end_needs_no_memory(void **state)
{
	const size_t len = 1 << 20;
	struct reading reading;
	char *text = malloc(len + sizeof(whole));

	(void)state;
	memset(text, 'x', len);
	memcpy(text + len, whole, sizeof(whole));
	text[len - 1] = '\n';
	reading_run(&reading, &kmc_text_reader, text, len + sizeof(whole) - 1,
		    1000);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 1);
	assert_int_equal(reading_report(&reading, 0)->line, 3);
	reading_free(&reading);
	free(text);
}

static void test_lines_between_reports_do_nothing_in_pieces_either(void **state)
{
	/* Quoted-printable goes on behind such a line; a fragment, too. */
	static const char before[] =
		"quoted-printable breaks lines at column 76, but this one is between reports=\n"
		"4,1234,5678901,-,ncfrag=0/100;one that has nothing to do with us\n";
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	kmc_buf_puts(&log, before);
	kmc_buf_puts(&log, whole);
	for (size_t piece = 0; piece < 200; piece++) {
		reading_run(&reading, &kmc_text_reader, log.data, log.len,
			    piece);
		assert_null(reading.err);
		assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 1);
		assert_int_equal(reading_report(&reading, 0)->line, 4);
		reading_free(&reading);
	}
	kmc_buf_release(&log);
}

static void test_silence_ends_a_report_that_is_whole(void **state)
{
	const char *end = strstr(whole, "[    9.000000]");
	struct kmc_events events = { };
	void *reader = kmc_text_reader.new("input", &events);

	(void)state;
	assert_null(kmc_text_reader.feed(reader, whole, end - whole));
	assert_int_equal(events.count, 0);
	assert_null(kmc_text_reader.idle(reader));
	assert_int_equal(events.count, 1);
	kmc_text_reader.free(reader);
	kmc_events_release(&events);
}

/* JSON has no infinity: one time of a hostile log made a report vanish. */
static void test_a_time_is_digits_and_a_point(void **state)
{
	char many[64];

	(void)state;
	assert_true(log_seconds("12.345678", 0) == 12.345678);
	assert_true(log_seconds("    3.300001]", 0) == 3.300001);
	assert_true(log_seconds("0.000001", 0) == 0.000001);
	assert_true(log_seconds("12345678,-", 6) == 12.345678);
	assert_true(log_seconds("999999999.999999", 0) == 999999999.999999);
	assert_true(log_seconds("3.1E23456", 0) == 3.1);
	assert_true(log_seconds("0x10", 0) == 0);
	assert_true(log_seconds("inf", 0) == 0);
	assert_true(log_seconds("1.5.7", 0) == 1.5);
	memset(many, '9', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_true(log_seconds(many, 0) < 0);
	many[1] = '.';
	assert_true(log_seconds(many, 0) > 9.99 && log_seconds(many, 0) < 10);
}

static void test_talk_about_reports_is_named_and_no_report(void **state)
{
	static const char * const talk[] = {
		"I see kmemcheck: Caught 32-bit read from uninitialized memory (ffff88003e4a2024), why?\n",
		"Subject: kmemcheck: Caught 64-bit read from\n uninitialized memory in radeon\n",
		"kmemcheck: Caught 0-bit read from freed memory (ffff88003e4a2024)\n",
		"kmemcheck: Caught 32-bit read from freed memory (fffff88003e4a2024)\n",
		"kmemcheck: Caught\n",
		"kmemcheck: Caught 32-bit read from",
	};
	struct reading reading;

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(talk); i++) {
		run(&reading, talk[i], 0);
		assert_int_equal(reading.events.count, 1);
		assert_int_equal(reading.events.list[0].type, KMC_EVENT_UNREAD);
		assert_int_equal(reading.events.list[0].line, 1);
		reading_free(&reading);
	}
	run(&reading, "BUG: kmemcheck: uninitialized-read in foo+0x12/0x90 [mod]\n", 0);
	assert_int_equal(reading.events.count, 0);
	reading_free(&reading);
}

static void test_talk_within_a_report_ends_nothing(void **state)
{
	const char *at = strstr(whole, "[    3.300010]");
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	kmc_buf_printf(&log, "%.*sit says kmemcheck: Caught something\n%s", (int)(at - whole),
		       whole, at);
	run(&reading, log.data, 0);
	assert_int_equal(reading_count(&reading, KMC_EVENT_UNREAD), 1);
	check_whole(reading_report(&reading, 0));
	reading_free(&reading);
	kmc_buf_release(&log);
}

/* As mailers do: before the last word that goes beyond @width. */
static void add_wrapped(struct kmc_buf *buf, const char *text, size_t width)
{
	while (*text) {
		size_t len = strcspn(text, "\n"), cut = len;

		if (len > width) {
			for (cut = width; cut > 16 && text[cut] != ' '; cut--)
				;
			cut = cut > 16 ? cut : len;
		}
		kmc_buf_printf(buf, "%.*s\n", (int)cut, text);
		text += cut + (text[cut] != '\0');
	}
}

static void test_a_second_report_is_whole_wherever_it_is_wrapped(void **state)
{
	struct reading reading;

	(void)state;
	for (size_t width = 60; width < 100; width++) {
		const struct kmc_report *first, *second;
		struct kmc_buf log = { };

		add_wrapped(&log, whole, width);
		add_wrapped(&log, whole, width);
		run(&reading, log.data, 0);
		assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 2);
		first = reading.events.list[0].report;
		second = reading.events.list[2].report;
		assert_true(first && second);
		assert_int_equal(first->nregs, 5);
		assert_int_equal(second->nregs, 5);
		assert_int_equal(second->memory_len, 32);
		assert_int_equal(second->shadow_len, 32);
		assert_int_equal(second->caret, first->caret);
		assert_string_equal(second->comm, "ntpdate");
		assert_string_equal(second->frames.frames[0].symbol, "__dequeue_signal");
		assert_int_equal(second->frames.count, 2);
		assert_int_equal(second->alloc.stack.count, 1);
		assert_int_equal(second->free.stack.count, 1);
		reading_free(&reading);
		kmc_buf_release(&log);
	}
}

/* Of the right length, and yet no soft line break of quoted-printable. */
static void test_a_line_may_end_in_an_equals_sign(void **state)
{
	static const char * const ends[] = {
		"=====================================================",
		"driver: state of the firmware follows, its checksum=",
	};
	const char *at = strstr(whole, "[    3.300010]");

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(ends); i++) {
		struct kmc_buf log = { };
		struct reading reading;

		kmc_buf_printf(&log, "%.*s", (int)(at - whole), whole);
		kmc_buf_printf(&log, "[    3.300009][  T200] %s\n%s", ends[i], at);
		run(&reading, log.data, 0);
		check_whole(reading_report(&reading, 0));
		reading_free(&reading);
		kmc_buf_release(&log);
	}
}

/* A name with its file behind an address that stands alone; found by the fuzzer as a leak. */
static void test_a_place_that_does_not_end_is_no_frame(void **state)
{
	static const char text[] =
		"BUG: KASAN: use-after-free in get+0x10/0x90\n"
		"Call Trace:\n"
		" [<ffffffff81000070>] new+0x10/0x20\n"
		" [<ffffffff81000090>]\n"
		" put (a.h:4 b.c:1-free\n";
	struct reading reading;

	(void)state;
	run(&reading, text, 0);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 1);
	assert_int_equal(reading_report(&reading, 0)->frames.count, 2);
	reading_free(&reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_any_size_give_the_same),
		cmocka_unit_test(test_cut_off_at_every_byte_loses_nothing_before),
		cmocka_unit_test(test_mutations_and_garbage_do_no_harm),
		cmocka_unit_test(test_nul_bytes_are_passed_over),
		cmocka_unit_test(test_a_line_without_end_needs_no_memory),
		cmocka_unit_test(test_lines_between_reports_do_nothing_in_pieces_either),
		cmocka_unit_test(test_silence_ends_a_report_that_is_whole),
		cmocka_unit_test(test_a_time_is_digits_and_a_point),
		cmocka_unit_test(test_talk_about_reports_is_named_and_no_report),
		cmocka_unit_test(test_talk_within_a_report_ends_nothing),
		cmocka_unit_test(test_a_second_report_is_whole_wherever_it_is_wrapped),
		cmocka_unit_test(test_a_place_that_does_not_end_is_no_frame),
		cmocka_unit_test(test_a_line_may_end_in_an_equals_sign),
		cmocka_unit_test(test_lines_end_in_carriage_returns_newlines_or_both),
		cmocka_unit_test(test_what_a_terminal_would_overwrite_ends_no_report),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
