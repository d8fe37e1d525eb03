// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The shadow view keeps to its width, marks the right bytes, and needs little.
 */
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

/* The rows as text, one line each. */
static char *draw(const struct kmc_report *report, unsigned int width)
{
	const struct kmc_view_options opts = { .width = width, .ascii = true };
	struct kmc_buf buf = { };
	struct kmc_view *view;
	char *out;

	assert_null(kmc_view_shadow(report, &opts, &view));
	for (size_t i = 0; i < view->count; i++) {
		size_t before = buf.len;

		for (size_t j = 0; j < view->rows[i].count; j++)
			kmc_buf_puts(&buf, view->rows[i].spans[j].text);
		assert_true(buf.len - before <= width);
		kmc_buf_putc(&buf, '\n', 1);
	}
	kmc_view_free(view);
	assert_null(kmc_buf_take(&buf, &out));
	return out;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_keep_to_the_width),
		cmocka_unit_test(test_the_mark_is_under_the_reported_bytes),
		cmocka_unit_test(test_a_mark_across_rows_and_beyond_the_copy),
		cmocka_unit_test(test_less_than_everything_is_drawn_too),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
