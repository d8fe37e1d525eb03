// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects that the register of an access does not point to: found all the same.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debuginfo/debuginfo.h"
#include "fixture.h"
#include "kmc/kmc.h"
#include "report/model.h"

#define OBJECT	0xff11000000001000ULL
#define LOADED	0xff11000000002000ULL
#define GS_BASE	0xff12000000000000ULL

struct state {
	struct fixture *f;
	struct kmc_debuginfo *di;
};

static uint64_t symbol(struct state *s, const char *name)
{
	char *command = NULL;
	uint64_t value = 0;
	FILE *stream;

	assert_true(asprintf(&command, "nm '%s/objects' | sed -n 's/ . %s$//p'", s->f->dir,
			     name) > 0);
	stream = popen(command, "r");
	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%" SCNx64, &value), 1);
	pclose(stream);
	free(command);
	return value;
}

/* All registers but R8, RAX, which has LOADED, and RSI, which has 3, point to OBJECT. */
static struct kmc_report *read_at(struct state *s, const char *function, uint64_t address,
				  unsigned int bits, uint64_t r8)
{
	static const char * const names[] = {
		"rbx", "rcx", "rdx", "rdi", "rbp", "r9", "r10", "r11",
	};
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);
	char full[64];

	assert_non_null(frame);
	snprintf(full, sizeof(full), "%s_reads", function);
	frame->resolved = true;
	frame->link_address = symbol(s, function) + symbol(s, full);
	report->bits = bits;
	report->caret = -1;
	report->address = address;
	report->state = KMC_UNINITIALIZED;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		assert_true(kmc_report_set_register(report, names[i], OBJECT));
	assert_true(kmc_report_set_register(report, "r8", r8));
	assert_true(kmc_report_set_register(report, "rax", LOADED));
	assert_true(kmc_report_set_register(report, "rsi", 3));
	assert_true(kmc_report_set_register(report, "rip", frame->link_address));
	assert_true(kmc_report_set_register(report, "gs_base", GS_BASE));
	assert_no_error(kmc_explain_report(s->di, report));
	return report;
}

static struct kmc_report *read_by(struct state *s, const char *function, uint64_t address,
				  unsigned int bits)
{
	return read_at(s, function, address, bits, OBJECT);
}

static void assert_object(struct kmc_report *report, const char *type, uint64_t start,
			  const char *path, const char *evidence)
{
	const struct kmc_candidate *candidate = report->candidates;

	assert_true(report->ncandidates > 0);
	assert_string_equal(candidate->type, type);
	assert_int_equal(candidate->start, start);
	assert_string_equal(candidate->path, path);
	assert_true(candidate->confidence >= KMC_LIKELY);
	if (!strstr(candidate->evidence[0].detail, evidence))
		fail_msg("%s", candidate->evidence[0].detail);
	kmc_report_free(report);
}

static void assert_guessed(struct kmc_report *report)
{
	for (size_t i = 0; i < report->ncandidates; i++)
		assert_int_equal(report->candidates[i].confidence, KMC_GUESS);
	kmc_report_free(report);
}

static void assert_nothing(struct kmc_report *report)
{
	assert_int_equal(report->ncandidates, 0);
	kmc_report_free(report);
}

static void before_the_member_that_a_register_points_to(void **state)
{
	assert_object(read_by(*state, "back", OBJECT - 8, 64), "struct holder", OBJECT - 16,
		      "count", "l of back() is in rdi = 0xff11000000001000, which is at +16 of struct holder");
}

static void what_another_function_makes_is_a_guess(void **state)
{
	assert_guessed(read_by(*state, "label_of", OBJECT + 16, 64));
}

static void where_no_member_is_nothing_is_found(void **state)
{
	assert_nothing(read_by(*state, "astray", OBJECT - 8, 32));
}

static void what_was_kept_in_the_frame(void **state)
{
	assert_object(read_by(*state, "kept", LOADED + 4, 32), "struct pair", LOADED, "second",
		      "is h of kept()->pairs");
}

static void what_may_be_of_two_types_is_of_none(void **state)
{
	assert_nothing(read_by(*state, "overwritten", LOADED + 4, 32));
}

static void a_variable_that_the_instruction_names(void **state)
{
	const uint64_t some = symbol(*state, "some");

	assert_object(read_by(*state, "named", some + 20, 32), "struct pair", some + 16,
		      "second", "reads 4 bytes at +20 of some");
}

static void one_of_each_cpu(void **state)
{
	const uint64_t at = GS_BASE + symbol(*state, "of_each_cpu");
	struct kmc_report *report = read_by(*state, "of_this_cpu", at + 4, 32);

	assert_string_equal(report->candidates->evidence[1].detail,
			    "that of the CPU whose GS base is 0xff12000000000000");
	assert_object(report, "struct pair", at, "second",
		      "at +4 of the per-CPU variable of_each_cpu");
}

static void one_of_another_cpu(void **state)
{
	const uint64_t linked = symbol(*state, "of_each_cpu");
	struct kmc_report *report = read_by(*state, "of_that_cpu", LOADED + linked + 4, 32);

	assert_string_equal(report->candidates->evidence[1].detail,
			    "that of the CPU whose offset is in rax = 0xff11000000002000");
	assert_object(report, "struct pair", LOADED + linked, "second",
		      "at +4 of the per-CPU variable of_each_cpu");
}

static void one_of_another_cpu_by_two_registers(void **state)
{
	const uint64_t linked = symbol(*state, "of_each_cpu");

	assert_object(read_at(*state, "of_that_cpu_by_two", LOADED + linked + 4, 32, linked),
		      "struct pair", LOADED + linked, "second",
		      "at +4 of the per-CPU variable of_each_cpu");
}

static void one_of_another_cpu_whose_address_was_added_up(void **state)
{
	struct kmc_report *report = read_by(*state, "of_that_cpu_by_sum", LOADED + 4, 32);

	assert_string_equal(report->candidates->evidence[1].detail,
			    "that of the CPU whose offset was added to rax = 0xff11000000002000");
	assert_object(report, "struct pair", LOADED, "second",
		      "at +4 of the per-CPU variable of_each_cpu");
}

static void another_array_of_numbers_has_no_offsets_of_cpus(void **state)
{
	assert_nothing(read_by(*state, "of_no_cpu",
			       LOADED + symbol(*state, "of_each_cpu") + 4, 32));
}

static void an_element_by_its_index(void **state)
{
	assert_object(read_by(*state, "indexed", OBJECT + 28, 32), "struct pair", OBJECT + 24,
		      "second", "p of indexed(), an array, is in rdi");
}

static void an_index_is_not_less_than_what_was_added(void **state)
{
	static const char * const functions[] = { "by_sum", "by_steps" };

	for (size_t i = 0; i < KMC_ARRAY_SIZE(functions); i++) {
		assert_object(read_at(*state, functions[i], OBJECT + 8 * 20 + 4, 32, 20),
			      "struct pair", OBJECT + 8 * 20, "second", "an array, is in rdi");
		assert_guessed(read_at(*state, functions[i], OBJECT + 8 * 19 + 4, 32, 19));
	}
}

static void an_element_of_what_a_struct_ends_in(void **state)
{
	assert_object(read_by(*state, "of_groups", OBJECT + 36, 32), "struct groups", OBJECT,
		      "ids[3].second", "is g of of_groups()");
}

static void what_has_the_member_elsewhere_is_a_guess(void **state)
{
	assert_guessed(read_by(*state, "beside", OBJECT + 64, 32));
}

static void a_variable_that_only_a_register_tells_is_a_guess(void **state)
{
	const uint64_t linked = symbol(*state, "of_each_cpu");

	assert_guessed(read_at(*state, "of_any_variable", LOADED + linked + 4, 32, linked + 4));
}

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	struct kmc_debuginfo_options opts = { .size = sizeof(opts) };

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	fixture_compile(s->f, "objects", "-g");
	opts.vmlinux = fixture_path(s->f, "objects");
	assert_no_error(kmc_debuginfo_open(&opts, NULL, &s->di));
	free((char *)opts.vmlinux);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct state *s = *state;

	kmc_debuginfo_free(s->di);
	fixture_free(s->f);
	free(s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_member_that_a_register_points_to),
		cmocka_unit_test(what_another_function_makes_is_a_guess),
		cmocka_unit_test(where_no_member_is_nothing_is_found),
		cmocka_unit_test(what_was_kept_in_the_frame),
		cmocka_unit_test(what_may_be_of_two_types_is_of_none),
		cmocka_unit_test(a_variable_that_the_instruction_names),
		cmocka_unit_test(one_of_each_cpu),
		cmocka_unit_test(one_of_another_cpu),
		cmocka_unit_test(one_of_another_cpu_by_two_registers),
		cmocka_unit_test(one_of_another_cpu_whose_address_was_added_up),
		cmocka_unit_test(another_array_of_numbers_has_no_offsets_of_cpus),
		cmocka_unit_test(an_element_by_its_index),
		cmocka_unit_test(an_index_is_not_less_than_what_was_added),
		cmocka_unit_test(an_element_of_what_a_struct_ends_in),
		cmocka_unit_test(what_has_the_member_elsewhere_is_a_guess),
		cmocka_unit_test(a_variable_that_only_a_register_tells_is_a_guess),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("objects", tests, set_up, tear_down);
}
