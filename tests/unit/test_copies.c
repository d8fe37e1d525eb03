// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copies: the type of what was copied, the members of all ranges, who is to mend it; and
 * what can be said where a type ends, or none is found.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/debuginfo.h"
#include "fixture.h"
#include "helper.h"
#include "report/model.h"

#define OBJECT	0xff11000000001000ULL
#define SOURCE	0xff11000000002000ULL
/* Bytes that are shown. */
#define SHOWN	64

struct state {
	struct fixture *f;
	struct kmc_debuginfo di;
	char *dir;
};

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	char *path;

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	fixture_compile(s->f, "copies", "-g3 -mno-sse");
	path = fixture_path(s->f, "copies");
	assert_no_error(kmc_image_open(NULL, path, NULL, &s->di.vmlinux));
	free(path);
	s->dir = fixture_path(s->f, ".");
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct state *s = *state;

	kmc_source_free(s->di.source);
	kmc_image_free(s->di.vmlinux);
	fixture_free(s->f);
	free(s->dir);
	free(s);
	return 0;
}

/* Behind the first call in a function. */
static uint64_t behind_call(struct state *s, const char *function)
{
	char *command = NULL;
	uint64_t value = 0;
	FILE *stream;

	assert_true(asprintf(&command, "objdump -d --disassemble=%s '%s/copies' | grep -A1 '\\<call' | sed -n '2s/^ *\\([0-9a-f]*\\):.*/\\1/p'",
			     function, s->f->dir) > 0);
	stream = popen(command, "r");
	assert_non_null(stream);
	assert_int_equal(fscanf(stream, "%" SCNx64, &value), 1);
	pclose(stream);
	free(command);
	return value;
}

static struct kmc_frame *push(struct kmc_track *track, const char *function)
{
	struct kmc_frame *frame = kmc_stack_push(&track->stack, KMC_ROLE_RETURN);

	assert_non_null(frame);
	track->known = true;
	frame->symbol = strdup(function);
	return frame;
}

/* By that function of the fixture. */
static void allocated(struct state *s, struct kmc_track *track, const char *function)
{
	struct kmc_frame *frame = push(track, function);

	frame->link_address = behind_call(s, function);
	frame->resolved = true;
}

/* A leak of 64 bytes from OBJECT on; those from @offset on are the first bad ones. */
static struct kmc_report *leak(uint64_t offset, unsigned int bytes)
{
	struct kmc_report *report = kmc_report_new("x");

	assert_non_null(report);
	report->kind = KMC_INFOLEAK;
	report->state = KMC_UNINITIALIZED;
	report->bits = 8 * bytes;
	report->address = OBJECT + offset;
	report->access_start = OBJECT;
	report->access_length = 64;
	report->memory = calloc(1, SHOWN);
	report->shadow = calloc(1, SHOWN + 1);
	memset(report->shadow, 'i', SHOWN);
	memset(report->shadow + offset, 'u', bytes);
	report->memory_len = report->shadow_len = SHOWN;
	report->memory_start = OBJECT;
	report->caret = offset;
	report->object = (struct kmc_object) {
		.known = true, .start = OBJECT, .size = 128, .cache = strdup("kmalloc-128"),
	};
	return report;
}

static void copied_from(struct kmc_report *report, int64_t offset, uint64_t copies)
{
	report->copied = (struct kmc_copied) {
		.known = true, .offset = offset, .copies = copies,
		.object = {
			.known = true, .start = SOURCE, .size = 64, .requested = 40,
			.cache = strdup("kmalloc-64"),
		},
	};
}

static void assert_has(const char *text, const char *part)
{
	assert_non_null(text);
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	assert_non_null(text);
	if (strstr(text, part))
		fail_msg("\"%s\" is in \"%s\"", part, text);
}

/* ---- the source ---- */

static void the_source_has_the_type_of_its_allocation(void **state)
{
	struct kmc_report *report = leak(24, 4);
	const struct kmc_candidate *found;

	copied_from(report, 4, 1);
	allocated(*state, &report->source_alloc, "attach");
	push(&report->copy, "skb_copy_expand");
	push(&report->alloc, "pskb_expand_head");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_int_equal(report->copied.ncandidates, 1);
	found = report->copied.candidates;
	assert_string_equal(found->type, "struct auth");
	assert_string_equal(found->path, "name[4]");
	assert_int_equal(found->confidence, KMC_CERTAIN);
	assert_has(report->verdict.text, "they were stored to memory in skb_copy_expand() from an object of cache kmalloc-64, allocated in attach(): name[4] of struct auth");
	assert_has(report->verdict.headline, "infoleak: struct auth.name[4] (+4), certain, copied to an object of cache kmalloc-128 (+24), 4 of 64 bytes uninitialized");
	assert_has(report->verdict.next, "have it zeroed by the allocation in attach()");
	assert_lacks(report->verdict.next, "pskb_expand_head");
	assert_lacks(report->verdict.text, "pskb_expand_head");
	kmc_report_free(report);
}

static void padding_of_the_source_is_said_to_be_some(void **state)
{
	struct kmc_report *report = leak(24, 3);

	copied_from(report, 17, 3);
	allocated(*state, &report->source_alloc, "attach");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_has(report->verdict.text, "the padding behind kind of struct auth, 3 copies ago");
	assert_has(report->verdict.headline, "padding behind struct auth.kind (+17)");
	kmc_report_free(report);
}

static void a_read_of_copied_padding_is_annotated_at_the_source(void **state)
{
	struct kmc_report *report = leak(24, 3);

	report->kind = KMC_READ;
	copied_from(report, 17, 1);
	allocated(*state, &report->source_alloc, "attach");
	push(&report->alloc, "pskb_expand_head");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_int_equal(report->verdict.kind, KMC_VERDICT_PADDING);
	assert_has(report->verdict.next, "behind the allocation in attach()");
	assert_string_equal(report->verdict.annotation, "/* p: the new struct auth */\nkmemcheck_mark_initialized((void *)p + 17, 3);");
	kmc_report_free(report);
}

static void offsets_of_a_source_may_be_anything(void **state)
{
	static const int64_t offsets[] = { -1, INT64_MIN, INT64_MAX, 1 << 30, 40, 64 };

	for (size_t i = 0; i < KMC_ARRAY_SIZE(offsets); i++) {
		struct kmc_report *report = leak(24, 4);

		copied_from(report, offsets[i], UINT64_MAX);
		allocated(*state, &report->source_alloc, "attach");
		assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
		assert_lacks(report->verdict.headline, "name");
		kmc_report_free(report);
	}
}

static void the_filler_is_told_where_nothing_was_copied(void **state)
{
	struct kmc_report *report = leak(24, 4);

	push(&report->alloc, "__alloc_skb");
	push(&report->alloc, "netlink_dump");
	push(&report->fill, "skb_put");
	push(&report->fill, "__nlmsg_put");
	push(&report->fill, "tcf_fill_node");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_has(report->verdict.text, "; filled in tcf_fill_node()");
	assert_has(report->verdict.next, "write all of it, padding too, where it is filled, in tcf_fill_node()");
	assert_lacks(report->verdict.next, "netlink_dump");
	kmc_report_free(report);
}

/* ---- ranges ---- */

static void members_of_all_ranges_are_named(void **state)
{
	struct kmc_report *report = leak(4, 4);

	allocated(*state, &report->alloc, "attach");
	report->object.requested = 40;
	assert_true(kmc_report_add_run(report, OBJECT + 4, 4, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 12, 5, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 17, 3, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 30, 2, KMC_UNINITIALIZED));
	kmc_report_finish_runs(report, 4, 14);
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_string_equal(report->candidates->type, "struct auth");
	assert_string_equal(report->runs[0].what, "name[4]");
	assert_string_equal(report->runs[1].what, "bits, kind");
	assert_string_equal(report->runs[2].what, "padding behind kind");
	assert_string_equal(report->runs[3].what, "key[6]");
	assert_has(report->verdict.headline, "14 of 64 bytes, in 4 ranges");
	assert_has(report->verdict.text, "14 of the 64 bytes, in 4 ranges, from +4 on of struct auth");
	kmc_report_free(report);
}

static void ranges_of_a_copy_have_the_members_of_its_source(void **state)
{
	struct kmc_report *report = leak(16, 4);

	copied_from(report, 0, 1);
	report->copied.copy_start = OBJECT + 16;
	report->copied.copy_size = 24;
	allocated(*state, &report->source_alloc, "attach");
	assert_true(kmc_report_add_run(report, OBJECT + 16, 4, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 36, 4, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 40, 4, KMC_UNINITIALIZED));
	kmc_report_finish_runs(report, 3, 12);
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_string_equal(report->runs[0].what, "name[0]");
	assert_string_equal(report->runs[1].what, "flags");
	/* Behind what was copied. */
	assert_null(report->runs[2].what);
	kmc_report_free(report);
}

static void runs_that_cannot_be_are_none(void **state)
{
	struct kmc_report *report = leak(4, 4);

	(void)state;
	assert_true(kmc_report_add_run(report, OBJECT + 4, 0, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT - 1, 4, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 64, 1, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 60, 5, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 60, UINT64_MAX, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, UINT64_MAX, UINT64_MAX, KMC_UNINITIALIZED));
	assert_int_equal(report->nruns, 0);
	assert_true(kmc_report_add_run(report, OBJECT + 8, 4, KMC_UNINITIALIZED));
	/* Not behind the last one. */
	assert_true(kmc_report_add_run(report, OBJECT + 11, 4, KMC_UNINITIALIZED));
	assert_true(kmc_report_add_run(report, OBJECT + 4, 4, KMC_UNINITIALIZED));
	assert_int_equal(report->nruns, 1);
	for (int i = 0; i < 50; i++)
		assert_true(kmc_report_add_run(report, OBJECT + 12 + i, 1, KMC_FREED));
	assert_int_equal(report->nruns, 16);
	kmc_report_finish_runs(report, 3, UINT32_MAX);
	assert_int_equal(report->run_count, 16);
	assert_int_equal(report->run_bytes, 19);
	kmc_report_free(report);
}

/* ---- where a type ends ---- */

static void what_is_behind_a_type_is_not_in_it(void **state)
{
	struct kmc_report *report = leak(20, 4);

	allocated(*state, &report->alloc, "message");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_string_equal(report->candidates->type, "struct header");
	assert_true(report->candidates->beyond);
	assert_false(report->candidates->hole);
	assert_null(report->candidates->path);
	assert_int_equal(report->candidates->confidence, KMC_LIKELY);
	assert_has(report->verdict.headline, "what follows struct header (+20), likely");
	assert_has(report->verdict.text, "at +20, behind the 8 bytes of struct header left");
	report->kind = KMC_READ;
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_has(report->verdict.next, "find out what lies behind it: it was allocated in message()");
	kmc_report_free(report);
}

static void an_array_goes_on_with_the_next_element(void **state)
{
	struct kmc_report *report = leak(20, 2);

	push(&report->alloc, "kmalloc_array");
	allocated(*state, &report->alloc, "message");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_false(report->candidates->beyond);
	assert_string_equal(report->candidates->path, "[2].type");
	assert_int_equal(report->candidates->offset, 20);
	kmc_report_free(report);
}

static void a_flexible_array_is_part_of_its_struct(void **state)
{
	struct kmc_report *report = leak(31, 1);

	allocated(*state, &report->alloc, "attach");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_false(report->candidates->beyond);
	assert_string_equal(report->candidates->path, "key[7]");
	kmc_report_free(report);
}

/* ---- no type ---- */

static void where_a_type_was_looked_for_is_said(void **state)
{
	struct kmc_report *report = leak(20, 4);

	report->kind = KMC_READ;
	allocated(*state, &report->alloc, "untyped");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_has(report->verdict.next, "find out what it is: the report has no instruction, and no pointer to a struct that fits into it takes what untyped() allocates");
	assert_lacks(report->verdict.next, "with debug info of that kernel");
	kmc_report_free(report);
}

static void an_allocation_that_is_not_in_the_debug_info_is_named(void **state)
{
	struct kmc_report *report = leak(20, 4);

	report->kind = KMC_READ;
	push(&report->alloc, "foo_open")->module = strdup("foo");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_has(report->verdict.next, "its allocation in foo_open() of module foo is not in the debug info");
	kmc_report_free(report);
}

static void without_debug_info_it_is_said_what_is_missing(void **state)
{
	struct kmc_report *report = leak(20, 4);

	(void)state;
	report->kind = KMC_READ;
	assert_no_error(kmc_explain_report(NULL, report));
	assert_has(report->verdict.next, "with debug info of that kernel");
	kmc_report_free(report);
}

/* ---- variables ---- */

static void a_variable_that_the_source_names_has_a_type(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = leak(40, 2);
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);
	static const char * const names[] = { "rax", "rbx", "rcx", "rsi", "rbp", "r8" };

	report->kind = KMC_READ;
	frame->resolved = true;
	frame->link_address = fixture_symbol(s->f, "symbols", "through_sum") +
			      fixture_symbol(s->f, "symbols", "through_sum_reads");
	frame->chain = calloc(1, sizeof(*frame->chain));
	frame->chain_len = 1;
	frame->chain[0].file = "src/copies.c";
	frame->chain[0].line = fixture_line("copies.c", "LOST");
	s->di.source_dir = s->dir;
	s->di.source_tried = false;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		assert_true(kmc_report_set_register(report, names[i], OBJECT));
	assert_true(kmc_report_set_register(report, "rdx", 24));
	assert_true(kmc_report_set_register(report, "rdi", SOURCE));
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_true(report->ncandidates);
	assert_string_equal(report->candidates->type, "struct tag");
	assert_string_equal(report->candidates->path, "encap_proto");
	assert_int_equal(report->candidates->start, OBJECT + 24);
	assert_int_equal(report->candidates->confidence, KMC_LIKELY);
	assert_int_equal(report->candidates->evidence[0].by, KMC_BY_SOURCE);
	assert_has(report->candidates->evidence[0].detail, "the source uses what is there of struct tag");
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_source_has_the_type_of_its_allocation),
		cmocka_unit_test(padding_of_the_source_is_said_to_be_some),
		cmocka_unit_test(a_read_of_copied_padding_is_annotated_at_the_source),
		cmocka_unit_test(offsets_of_a_source_may_be_anything),
		cmocka_unit_test(the_filler_is_told_where_nothing_was_copied),
		cmocka_unit_test(members_of_all_ranges_are_named),
		cmocka_unit_test(ranges_of_a_copy_have_the_members_of_its_source),
		cmocka_unit_test(runs_that_cannot_be_are_none),
		cmocka_unit_test(what_is_behind_a_type_is_not_in_it),
		cmocka_unit_test(an_array_goes_on_with_the_next_element),
		cmocka_unit_test(a_flexible_array_is_part_of_its_struct),
		cmocka_unit_test(where_a_type_was_looked_for_is_said),
		cmocka_unit_test(an_allocation_that_is_not_in_the_debug_info_is_named),
		cmocka_unit_test(without_debug_info_it_is_said_what_is_missing),
		cmocka_unit_test(a_variable_that_the_source_names_has_a_type),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
