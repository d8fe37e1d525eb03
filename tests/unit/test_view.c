// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The shadow view keeps to its width, marks the right bytes, and needs little.
 */
#include "report/model.h"
#include <stdlib.h>
#include <string.h>

#include "helper.h"

#define AT	0xffff888000001000

static struct kmc_report *make(size_t len, unsigned int bits, int caret)
{
	struct kmc_report *report = kmc_report_new("x");

	report->memory = calloc(1, len ? len : 1);
	report->memory_len = len;
	report->shadow = malloc(len + 1);
	memset(report->shadow, 'u', len);
	report->shadow[len] = '\0';
	report->shadow_len = len;
	report->bits = bits;
	report->caret = caret;
	report->memory_start = AT;
	report->address = AT + caret;
	return report;
}

/* Columns of UTF-8 text whose characters are all one wide. */
static size_t columns(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

/* The rows as text, one line each. */
static char *draw_with(const struct kmc_report *report,
		       const struct kmc_shadow_view_options *opts, unsigned int width)
{
	struct kmc_buf buf = { };
	struct kmc_shadow_view *view;
	char *out;

	assert_null(kmc_shadow_view_new(report, opts, &view));
	for (size_t i = 0; i < view->count; i++) {
		size_t wide = 0;

		for (size_t j = 0; j < view->rows[i].count; j++) {
			kmc_buf_puts(&buf, view->rows[i].spans[j].text);
			wide += columns(view->rows[i].spans[j].text);
		}
		assert_true(wide <= width);
		kmc_buf_putc(&buf, '\n', 1);
	}
	kmc_shadow_view_free(view);
	assert_null(kmc_buf_take(&buf, &out));
	return out;
}

static char *draw_in(const struct kmc_report *report, unsigned int width, bool ascii)
{
	const struct kmc_shadow_view_options opts = {
		.size = sizeof(opts), .width = width, .ascii = ascii,
	};

	return draw_with(report, &opts, width);
}

/* A program may have been compiled for shorter options, or for longer ones. */
static void test_options_count_as_far_as_their_size_says(void **state)
{
	struct {
		struct kmc_shadow_view_options opts;
		char later[64];
	} longer = { .opts = { .width = 60, .ascii = true } };
	struct kmc_report *report = make(40, 32, 8);
	const size_t sizes[] = {
		0, sizeof(size_t), offsetof(struct kmc_shadow_view_options, ascii),
		sizeof(struct kmc_shadow_view_options), sizeof(longer),
	};

	(void)state;
	memset(longer.later, 0xff, sizeof(longer.later));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(sizes); i++) {
		struct kmc_print_options print = { .size = sizes[i], .ascii = true };
		char *expected, *text;

		longer.opts.size = sizes[i];
		expected = draw_in(report, i < 2 ? 80 : 60, i > 2);
		text = draw_with(report, &longer.opts, i < 2 ? 80 : 60);
		assert_string_equal(text, expected);
		free(expected);
		free(text);
		print.size = i > 2 ? sizeof(print) : offsetof(struct kmc_print_options, ascii);
		assert_null(kmc_print_report(report, &print, &text));
		assert_true(!strstr(text, "│") == (i > 2));
		free(text);
	}
	kmc_report_free(report);
}

static char *draw(const struct kmc_report *report, unsigned int width)
{
	return draw_in(report, width, true);
}

static size_t count_marks(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '^' || *text == '~';
	return n;
}

static void test_rows_keep_to_the_width(void **state)
{
	static const size_t lengths[] = { 4, 8, 16, 32, 64, 128, 256 };

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(lengths); i++) {
		for (unsigned int width = 40; width <= 120; width += 4) {
			for (size_t at = 0; at < lengths[i]; at++) {
				struct kmc_report *report =
					make(lengths[i], 64, at);

				free(draw(report, width));
				report->object.known = true;
				report->object.start = AT - 3;
				report->object.size = 20;
				free(draw(report, width));
				kmc_report_free(report);
			}
		}
	}
}

static void test_the_mark_is_under_the_reported_bytes(void **state)
{
	struct kmc_report *report = make(16, 32, 4);
	char *text;

	(void)state;
	report->object.known = true;
	report->object.start = AT;
	report->object.size = 16;
	text = draw(report, 80);
	assert_string_equal(text,
		"+0 |[00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00]\n"
		"   |  u  u  u  u  u  u  u  u   u  u  u  u  u  u  u  u\n"
		"   |             ^~~~~~~~~~~ 4 bytes at +4\n"
		"   |  u uninitialized  [ ] the object\n");
	free(text);
	kmc_report_free(report);
}

static void test_a_mark_across_rows_and_beyond_the_copy(void **state)
{
	/* 8 bytes from 12 on: 4 in the first row, 4 in the next */
	struct kmc_report *report = make(32, 64, 12);
	char *text = draw(report, 80);

	(void)state;
	assert_int_equal(count_marks(text), 11 + 11);
	free(text);
	kmc_report_free(report);
	/* A bulk copy of a gigabyte is more than the copy shows. */
	report = make(32, 1U << 31, 30);
	text = draw(report, 80);
	assert_int_equal(count_marks(text), 5);
	free(text);
	kmc_report_free(report);
}

static void test_less_than_everything_is_drawn_too(void **state)
{
	struct kmc_report *report = make(32, 8, 0);
	char *text;

	(void)state;
	report->shadow_len = 20;
	report->memory_len = 7;
	report->caret = -1;
	text = draw(report, 80);
	assert_non_null(strstr(text, ".."));
	assert_null(strchr(text, '^'));
	free(text);
	report->shadow_len = 0;
	report->memory_len = 0;
	text = draw(report, 80);
	assert_string_equal(text, "");
	free(text);
	kmc_report_free(report);
}

/* ---- members: view_members.c ---- */

/* A member, or a hole when it has no @path; the caret is reported. */
static struct kmc_value *add_value(struct kmc_report *report, const char *path,
				   uint64_t offset, uint64_t size)
{
	const uint64_t at = report->candidates->offset;
	struct kmc_value *value = kmc_grow(&report->values, report->nvalues,
					   sizeof(*value));

	assert_non_null(value);
	report->nvalues++;
	value->path = strdup(path ? path : "");
	value->hole = !path;
	value->offset = offset;
	value->size = size;
	value->state = 'i';
	value->reported = at >= offset && at < offset + size;
	return value;
}

/* A candidate that begins @before bytes before the copy. */
static struct kmc_report *make_placed(size_t len, unsigned int bits, int caret,
				      uint64_t before)
{
	struct kmc_report *report = make(len, bits, caret);

	report->candidates = calloc(1, sizeof(*report->candidates));
	assert_non_null(report->candidates);
	report->ncandidates = 1;
	report->candidates->type = strdup("struct x");
	report->candidates->type_size = len + before;
	report->candidates->start = AT - before;
	report->candidates->offset = caret + before;
	return report;
}

static struct kmc_report *make_signal(void)
{
	struct kmc_report *report = make_placed(16, 32, 12, 0);
	struct kmc_value *code;

	report->memory[8] = 0x80;
	memset(report->shadow, 'i', 12);
	add_value(report, "si_signo", 0, 4)->text = strdup("0");
	add_value(report, "si_errno", 4, 4);
	code = add_value(report, "si_code", 8, 4);
	code->text = strdup("0x80");
	code->names = calloc(1, sizeof(*code->names));
	assert_non_null(code->names);
	code->names[0] = strdup("SI_KERNEL");
	code->nnames = 1;
	add_value(report, NULL, 12, 4);
	return report;
}

static void test_members_are_tied_to_their_bytes(void **state)
{
	struct kmc_report *report = make_signal();
	char *text = draw(report, 80);

	(void)state;
	assert_string_equal(text,
		"   | .- si_signo = 0\n"
		"   | |           .- si_errno\n"
		"   | |           |            .- si_code = 0x80 (SI_KERNEL)\n"
		"   | |           |            |           .- (padding)\n"
		"   | |---------' |---------'  |---------' |---------'\n"
		"+0 | 00 00 00 00 00 00 00 00  80 00 00 00 00 00 00 00\n"
		"   |  i  i  i  i  i  i  i  i   i  i  i  i  u  u  u  u\n"
		"   |                                      ^~~~~~~~~~~ 4 bytes at +12\n"
		"   |  i initialized  u uninitialized\n");
	free(text);
	kmc_report_free(report);
}

static void test_members_keep_to_the_width(void **state)
{
	static const unsigned int widths[] = { 40, 80, 120 };
	static const char path[] =
		"a_rather_long_member.of_a_struct_in_a_struct.with_an_array[12].and_its_end";

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(widths); i++) {
		for (int ascii = 0; ascii < 2; ascii++) {
			struct kmc_report *report = make_placed(64, 64, 40, 24);
			char *text;

			for (uint64_t at = 24; at < 88; at += 8)
				add_value(report, path, at, 8);
			text = draw_in(report, widths[i], ascii);
			/* What is cut is the beginning. */
			assert_non_null(strstr(text, "end"));
			assert_int_equal(!!strstr(text, "\xe2\x94\x82"), !ascii);
			free(text);
			kmc_report_free(report);
		}
	}
}

static void test_a_member_that_began_before_the_copy(void **state)
{
	struct kmc_report *report = make_placed(16, 8, 9, 1000);
	char *text;

	(void)state;
	add_value(report, "before", 996, 8);
	add_value(report, "within", 1004, 12);
	text = draw(report, 80);
	assert_non_null(strstr(text, "before"));
	assert_non_null(strstr(text, "within"));
	assert_non_null(strstr(text, "+1000"));
	assert_null(strstr(text, "+0 "));
	free(text);
	kmc_report_free(report);
}

static void test_of_a_union_the_arm_that_was_read(void **state)
{
	struct kmc_report *report = make_placed(8, 32, 0, 0);
	char *text;

	(void)state;
	add_value(report, "whole", 0, 8);
	add_value(report, "half", 0, 4);
	text = draw(report, 80);
	assert_non_null(strstr(text, "half or 1 more"));
	assert_null(strstr(text, "whole"));
	free(text);
	kmc_report_free(report);
}

static void test_hostile_names_are_escaped(void **state)
{
	struct kmc_report *report = make_placed(8, 32, 0, 0);
	char *text;

	(void)state;
	add_value(report, "\033[31mred\n\xff", 0, 4);
	text = draw(report, 80);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\xff'));
	assert_non_null(strstr(text, "red"));
	free(text);
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_count_as_far_as_their_size_says),
		cmocka_unit_test(test_rows_keep_to_the_width),
		cmocka_unit_test(test_the_mark_is_under_the_reported_bytes),
		cmocka_unit_test(test_a_mark_across_rows_and_beyond_the_copy),
		cmocka_unit_test(test_less_than_everything_is_drawn_too),
		cmocka_unit_test(test_members_are_tied_to_their_bytes),
		cmocka_unit_test(test_members_keep_to_the_width),
		cmocka_unit_test(test_a_member_that_began_before_the_copy),
		cmocka_unit_test(test_of_a_union_the_arm_that_was_read),
		cmocka_unit_test(test_hostile_names_are_escaped),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
