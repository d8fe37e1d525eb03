// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports printed at the same time: told apart by callers, or not at all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "helper.h"

static const char * const lines[] = {
	"WARNING: kmemcheck: Caught 32-bit read from freed memory (ffff88003e4a2%x24)",
	"80000000000000000000000000000000000000000088ffff00000000000000%02x",
	" f f f f f f f f f f f f f f f f f f f f f f f f f f f f f f f f",
	"         ^",
	"Pid: %u, comm: task Not tainted 6.1.192 #1",
	"RIP: 0010:[<ffffffff8104ed%02x>]  [<ffffffff8104ed%02x>] __dequeue_signal+0xc8/0x190",
	" [<ffffffff8104f0%02x>] dequeue_signal+0x8e/0x170",
	" [<ffffffffffffffff>] 0xffffffffffffffff",
};

/* A line of the report of one of @callers, marked with it if @marked. */
static void add_line(struct kmc_buf *log, size_t i, unsigned int id,
		     bool marked)
{
	char text[160], caller[16];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), lines[i], id % 16, id % 16);
#pragma GCC diagnostic pop
	kmc_buf_printf(log, "[    1.000000]");
	snprintf(caller, sizeof(caller), "T%u", id);
	if (marked)
		kmc_buf_printf(log, "[%6s]", caller);
	kmc_buf_printf(log, " %s\n", text);
}

static void interleave(struct kmc_buf *log, unsigned int callers, bool marked)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(lines); i++) {
		for (unsigned int id = 0; id < callers; id++)
			add_line(log, i, id, marked);
	}
}

static void read_log(struct reading *reading, struct kmc_buf *log)
{
	reading_run(reading, &kmc_text_reader, log->data, log->len, 0);
	assert_null(reading->err);
	kmc_buf_release(log);
}

static void test_callers_are_told_apart(void **state)
{
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	interleave(&log, 15, true);
	read_log(&reading, &log);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 15);
	for (size_t i = 0; i < 15; i++) {
		struct kmc_report *report = reading_report(&reading, i);

		assert_false(report->truncated);
		assert_true((report->address >> 8 & 15) == (uint64_t)report->pid);
		assert_int_equal(report->memory[31], report->pid);
		assert_int_equal(report->frames.count, 2);
		assert_int_equal(report->frames.frames[0].address & 0xff,
				 report->pid);
		assert_int_equal(report->frames.frames[1].address & 0xff,
				 report->pid);
	}
	reading_free(&reading);
}

static void test_without_callers_nothing_is_mixed(void **state)
{
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	interleave(&log, 3, false);
	read_log(&reading, &log);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 3);
	for (size_t i = 0; i < 3; i++) {
		struct kmc_report *report = reading_report(&reading, i);

		assert_true(report->truncated);
		assert_null(report->memory);
		assert_int_equal(report->pid, -1);
		assert_int_equal(report->frames.count, 0);
	}
	reading_free(&reading);
}

static void test_reports_one_after_the_other_are_whole(void **state)
{
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	interleave(&log, 1, false);
	interleave(&log, 1, false);
	read_log(&reading, &log);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 2);
	assert_false(reading_report(&reading, 0)->truncated);
	assert_false(reading_report(&reading, 1)->truncated);
	reading_free(&reading);
}

static void test_so_many_callers_lose_no_header(void **state)
{
	struct kmc_buf log = { };
	struct reading reading;

	(void)state;
	for (unsigned int id = 0; id < 500; id++)
		add_line(&log, 0, id, true);
	read_log(&reading, &log);
	assert_int_equal(reading_count(&reading, KMC_EVENT_REPORT), 500);
	reading_free(&reading);
}

static void test_a_silent_caller_ends_its_report(void **state)
{
	struct kmc_events events = { };
	void *reader = kmc_text_reader.new("input", &events);
	struct kmc_buf log = { };

	(void)state;
	add_line(&log, 0, 1, true);
	for (int i = 0; i < 1100; i++)
		kmc_buf_printf(&log, "[    2.000000][    T2] eth0: up\n");
	assert_null(kmc_text_reader.feed(reader, log.data, log.len));
	assert_int_equal(events.count, 1);
	kmc_text_reader.free(reader);
	kmc_events_release(&events);
	kmc_buf_release(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_callers_are_told_apart),
		cmocka_unit_test(test_without_callers_nothing_is_mixed),
		cmocka_unit_test(test_reports_one_after_the_other_are_whole),
		cmocka_unit_test(test_so_many_callers_lose_no_header),
		cmocka_unit_test(test_a_silent_caller_ends_its_report),
	};

	return cmocka_run_group_tests_name("caller_ids", tests, NULL, NULL);
}
