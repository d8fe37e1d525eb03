// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types and members of what KMSAN reports, in a file that was compiled with its checks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "fixture.h"
#include "debuginfo/debuginfo.h"
#include "code/code.h"
#include "report/model.h"

#define START	0xffff888003a1c000

struct state {
	struct fixture *f;
	struct kmc_debuginfo di;
};

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	char *path;

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	s->di.source_tried = true;
	*state = s;
	if (!fixture_has("clang"))
		return 0;
	fixture_run(s->f, "clang -O2 -g -mno-sse -ffreestanding -fno-pic -mcmodel=kernel -fsanitize=kernel-memory -fno-stack-protector -c src/uninitialized.c");
	fixture_run(s->f, "gcc -nostdlib -static -no-pie -Wl,-e,0 -Wl,-Ttext=0xffffffff81000000 uninitialized.o -o uninitialized && nm uninitialized >symbols");
	path = fixture_path(s->f, "uninitialized");
	assert_no_error(kmc_image_open(NULL, path, NULL, &s->di.vmlinux));
	free(path);
	return 0;
}

static int tear_down(void **state)
{
	struct state *s = *state;

	kmc_image_free(s->di.vmlinux);
	fixture_free(s->f);
	free(s);
	return 0;
}

/* Behind the last call of @callee in @function: the first ones are about its parameters. */
static uint64_t behind_call(const struct state *s, const char *function, const char *callee)
{
	const uint64_t start = fixture_symbol(s->f, "symbols", function);
	const uint64_t target = fixture_symbol(s->f, "symbols", callee);
	uint64_t found = 0;

	for (uint64_t at = start; at < start + 1000; at++) {
		const struct kmc_symbol *symbol = kmc_symtab_at(&s->di.vmlinux->symtab, at);
		const uint8_t *bytes;
		int32_t to;
		size_t len;

		if (!symbol || strcmp(symbol->name, function))
			break;
		assert_no_error(kmc_image_code(s->di.vmlinux, at, 5, &bytes, &len));
		if (len < 5 || bytes[0] != 0xe8)
			continue;
		memcpy(&to, bytes + 1, 4);
		if (at + 5 + to == target)
			found = at + 5;
	}
	assert_int_not_equal(found, 0);
	return found;
}

static void push(struct kmc_stack *stack, const char *name, uint64_t address)
{
	struct kmc_frame *frame = kmc_stack_push(stack, KMC_ROLE_RETURN);

	assert_non_null(frame);
	frame->symbol = strdup(name);
	frame->has_address = address;
	frame->address = address;
}

/* NULL: there is no clang. */
static struct kmc_report *make(struct state *s, const char *function, const char *alloc,
			       const char *error)
{
	struct kmc_report *report;

	if (!s->di.vmlinux)
		return NULL;
	assert_no_error(kmc_image_symtab(s->di.vmlinux));
	report = kmc_report_new("x");
	report->checker = "KMSAN";
	report->error = strdup(error);
	report->state = KMC_UNINITIALIZED;
	report->kind = strstr(error, "infoleak") ? KMC_INFOLEAK : KMC_UNKNOWN_KIND;
	push(&report->frames, function, behind_call(s, function, "__msan_warning"));
	report->alloc.known = true;
	push(&report->alloc.stack, "slab_post_alloc_hook", 0);
	push(&report->alloc.stack, alloc, behind_call(s, alloc, "kmalloc"));
	assert_no_error(kmc_symbolize_report(&s->di, report));
	return report;
}

static void assert_headline(struct state *s, struct kmc_report *report, const char *headline)
{
	/* Once more, the same. */
	for (int i = 0; i < 2; i++) {
		assert_no_error(kmc_explain_report(&s->di, report));
		assert_string_equal(report->verdict.headline, headline);
		assert_false(report->object.known);
	}
}

static void the_load_has_a_member(void **state)
{
	struct kmc_report *report = make(*state, "use_flags", "item_new", "uninit-value");
	char *json;

	if (!report)
		skip();
	assert_headline(*state, report,
			"uninitialized-value: use of struct item.flags (+12), likely");
	assert_string_equal(report->candidates->evidence[0].detail,
			    "allocated as item by item_new()");
	assert_int_equal(report->candidates->evidence[0].offset, 12);
	assert_string_equal(report->candidates->evidence[1].detail,
			    "what use_flags() checks is at +12 of item of use_flags()");
	assert_true(report->candidates->startless);
	assert_no_error(kmc_json_report(report, &json));
	assert_non_null(strstr(json, "\"type_start\":null,\"offset\":12,"));
	free(json);
	kmc_report_free(report);
}

static void of_two_types_it_is_the_one_that_was_allocated(void **state)
{
	struct kmc_report *report = make(*state, "use_of_two", "item_new", "uninit-value");

	if (!report)
		skip();
	assert_headline(*state, report,
			"uninitialized-value: use of struct item.flags (+12), likely");
	kmc_report_free(report);
}

static void of_two_members_it_may_be_either(void **state)
{
	struct kmc_report *report = make(*state, "use_either", "item_new", "uninit-value");
	char *json;

	if (!report)
		skip();
	assert_headline(*state, report, "uninitialized-value: use of a struct item, likely");
	assert_no_error(kmc_json_report(report, &json));
	assert_non_null(strstr(json, "\"type_start\":null,\"offset\":null,"));
	free(json);
	kmc_report_free(report);
}

static void without_the_allocation_the_code_tells(void **state)
{
	struct kmc_report *report = make(*state, "use_flags", "nothing_new", "uninit-value");

	if (!report)
		skip();
	assert_headline(*state, report,
			"uninitialized-value: use of struct item.flags (+12), likely");
	kmc_report_free(report);
}

/* The value was handed over: what it was read from is in another function. */
static void a_value_has_the_type_only(void **state)
{
	struct kmc_report *report = make(*state, "use_value", "item_new", "uninit-value");

	if (!report)
		skip();
	assert_headline(*state, report, "uninitialized-value: use of a struct item, likely");
	kmc_report_free(report);
}

static void what_leaves_as_a_whole_begins_where_it_does(void **state)
{
	struct kmc_report *report = make(*state, "use_value", "item_new", "kernel-infoleak");

	if (!report)
		skip();
	report->access_start = START;
	report->access_length = 24;
	report->has_address = true;
	report->address = START + 8;
	report->bits = 32;
	assert_headline(*state, report, "infoleak: struct item.count (+8), likely");
	/* A part of it may be any. */
	report->access_length = 16;
	assert_headline(*state, report, "infoleak: a struct item, likely");
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_load_has_a_member),
		cmocka_unit_test(of_two_types_it_is_the_one_that_was_allocated),
		cmocka_unit_test(of_two_members_it_may_be_either),
		cmocka_unit_test(without_the_allocation_the_code_tells),
		cmocka_unit_test(a_value_has_the_type_only),
		cmocka_unit_test(what_leaves_as_a_whole_begins_where_it_does),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
