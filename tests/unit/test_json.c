// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON is one valid line with every key, whatever the report holds.
 */
#include "report/model.h"
#include "helper.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *to_json(const struct kmc_report *report)
{
	char *line;
	json_t *json;

	assert_null(kmc_json_report(report, &line));
	for (const char *p = line; *p; p++)
		assert_in_range(*p, ' ', '~');
	json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	free(line);
	return json;
}

static void test_all_keys_are_there_when_nothing_is_known(void **state)
{
	static const char * const keys[] = {
		"version", "checker", "error", "title", "source", "truncated", "kind", "bits",
		"affected_bytes", "state", "address", "access", "count", "kernel", "taint",
		"build_id", "cpu", "pid", "comm", "time", "clock", "memory", "shadow",
		"caret", "registers", "frames", "object", "fields", "alloc", "free",
		"verdict", "instruction", "signature",
	};
	struct kmc_report *report = kmc_report_new("x");
	json_t *json = to_json(report);

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(keys); i++)
		assert_non_null(json_object_get(json, keys[i]));
	assert_int_equal(json_object_size(json), KMC_ARRAY_SIZE(keys));
	assert_true(json_is_null(json_object_get(json, "pid")));
	assert_true(json_is_null(json_object_get(json, "object")));
	json_decref(json);
	kmc_report_free(report);
}

static void test_hostile_bytes_stay_valid(void **state)
{
	struct kmc_report *report = kmc_report_new("a\377\"\\\n\302\233");
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		char comm[16];
		json_t *json;

		for (size_t i = 0; i < sizeof(comm) - 1; i++)
			comm[i] = next_random(&seed) % 255 + 1;
		comm[sizeof(comm) - 1] = '\0';
		free(report->comm);
		report->comm = strdup(comm);
		json = to_json(report);
		assert_true(json_is_string(json_object_get(json, "comm")));
		json_decref(json);
	}
	kmc_report_free(report);
}

static void test_inline_chains_are_innermost_first(void **state)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);
	json_t *json, *chain;

	(void)state;
	frame->chain = calloc(2, sizeof(*frame->chain));
	frame->chain_len = 2;
	frame->chain[0] = (struct kmc_location) { "in", "a.h", 3, 0 };
	frame->chain[1] = (struct kmc_location) { "out", NULL, 0, 0 };
	json = to_json(report);
	chain = json_object_get(json_array_get(json_object_get(json, "frames"),
					       0), "inline");
	assert_int_equal(json_array_size(chain), 2);
	assert_string_equal(json_string_value(
		json_object_get(json_array_get(chain, 0), "function")), "in");
	assert_true(json_is_null(
		json_object_get(json_array_get(chain, 0), "column")));
	assert_true(json_is_null(
		json_object_get(json_array_get(chain, 1), "file")));
	json_decref(json);
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_keys_are_there_when_nothing_is_known),
		cmocka_unit_test(test_hostile_bytes_stay_valid),
		cmocka_unit_test(test_inline_chains_are_innermost_first),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
