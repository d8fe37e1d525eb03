// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nothing that steers a terminal or hides text gets through.
 */
#include "base/escape.h"
#include <stdlib.h>
#include <string.h>

#include "helper.h"

static void check(const char *text, const char *expect)
{
	char *out = kmc_escape(text);

	assert_string_equal(out, expect);
	free(out);
}

static void test_harmful_characters_are_shown(void **state)
{
	(void)state;
	check("plain, é and 日本", "plain, é and 日本");
	check("\033[2J\a\n\t", "\\x1b[2J\\x07\\x0a\\x09");
	check("\177", "\\x7f");
	check("\302\233", "\\u{009b}");
	check("a\342\200\256b", "a\\u{202e}b");
	check("\342\200\213\357\273\277", "\\u{200b}\\u{feff}");
	check("\363\240\201\201", "\\u{e0041}");
	assert_null(kmc_escape(NULL));
}

static void test_invalid_utf8_is_shown_byte_by_byte(void **state)
{
	(void)state;
	check("\377", "\\xff");
	check("\302", "\\xc2");
	check("\303(", "\\xc3(");
	/* overlong slash, surrogate, beyond U+10FFFF */
	check("\300\257", "\\xc0\\xaf");
	check("\340\200\257", "\\xe0\\x80\\xaf");
	check("\355\240\200", "\\xed\\xa0\\x80");
	check("\364\220\200\200", "\\xf4\\x90\\x80\\x80");
}

static void test_no_bytes_at_all_get_a_control_character_through(void **state)
{
	uint32_t seed = 3;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct kmc_buf buf = { };
		char text[6];

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = next_random(&seed);
		kmc_buf_escape(&buf, text, sizeof(text), true);
		for (size_t i = 0; i < buf.len; i++)
			assert_in_range(buf.data[i], ' ', '~');
		kmc_buf_release(&buf);
	}
}

static void test_columns_are_those_of_a_terminal(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} expected[] = {
		{ "", 0 }, { "plain", 5 }, { "caf\303\251", 4 }, { "\342\224\202 \342\200\246", 3 },
		{ "\346\227\245\346\234\254", 4 }, { "\352\260\200", 2 }, { "\360\237\220\233", 2 },
		{ "\357\274\241", 2 },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(expected); i++)
		assert_int_equal(kmc_utf8_columns(expected[i].text, strlen(expected[i].text)),
				 expected[i].columns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_harmful_characters_are_shown),
		cmocka_unit_test(test_invalid_utf8_is_shown_byte_by_byte),
		cmocka_unit_test(test_columns_are_those_of_a_terminal),
		cmocka_unit_test(test_no_bytes_at_all_get_a_control_character_through),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
