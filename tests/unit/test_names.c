// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What values, reports and what is to be added are called: names of pointers and of
 * poison, headlines, code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "explained.h"
#include "explain/candidates.h"
#include "explain/value.h"
#include "explain/value_names.h"
#include "explain/verdict.h"
#include "report/model.h"

/* ---- value_names.c ---- */

/* What a pointer is called in a report whose kernel was moved by @slide. */
static void assert_pointer(struct state *s, uint64_t number, unsigned int bits,
			   const char *expected)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);
	char *text;

	assert_non_null(frame);
	frame->resolved = true;
	frame->has_address = true;
	frame->link_address = symbol(s, "member") + 3;
	frame->address = frame->link_address + 0x1c000000;
	assert_no_error(kmc_pointer_text(&s->di, report, number, bits, &text));
	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
	kmc_report_free(report);
}

static void pointers_have_names(void **state)
{
	struct state *s = *state;
	const uint64_t member = symbol(s, "member") + 0x1c000000;

	assert_pointer(s, 0, 64, "NULL");
	assert_pointer(s, 0xdead000000000100, 64, "LIST_POISON1");
	assert_pointer(s, 0xdead000000000122, 64, "LIST_POISON2");
	assert_pointer(s, 0x200200, 64, "LIST_POISON2");
	assert_pointer(s, 0x122, 32, "LIST_POISON2");
	assert_pointer(s, 0x122, 64, NULL);
	assert_pointer(s, -12ULL, 64, "ERR_PTR(-ENOMEM)");
	assert_pointer(s, 0xffffffea, 32, "ERR_PTR(-EINVAL)");
	assert_pointer(s, -517ULL, 64, "ERR_PTR(-EPROBE_DEFER)");
	assert_pointer(s, -4095ULL, 64, "ERR_PTR(-4095)");
	assert_pointer(s, -4096ULL, 64, NULL);
	assert_pointer(s, member, 64, "member");
	assert_pointer(s, member + 2, 64, "member+0x2");
	/* Not moved, this is no code. */
	assert_pointer(s, symbol(s, "member"), 64, NULL);
	assert_pointer(s, 0xff11000000002010, 64, NULL);
}

static void poison_is_a_pattern_of_bytes(void **state)
{
	uint8_t poison[8];

	(void)state;
	memset(poison, 0x6b, sizeof(poison));
	assert_string_equal(kmc_poison_bytes(poison, 8), "POISON_FREE");
	poison[7] = 0xa5;
	assert_string_equal(kmc_poison_bytes(poison, 8), "POISON_FREE");
	poison[3] = 0xa5;
	assert_null(kmc_poison_bytes(poison, 8));
	memset(poison, 0x5a, sizeof(poison));
	assert_string_equal(kmc_poison_bytes(poison, 4), "POISON_INUSE");
	memset(poison, 0xcc, sizeof(poison));
	assert_string_equal(kmc_poison_bytes(poison, 4), "SLUB_RED_ACTIVE");
	memset(poison, 0xbb, sizeof(poison));
	assert_string_equal(kmc_poison_bytes(poison, 4), "SLUB_RED_INACTIVE");
	memset(poison, 0xaa, sizeof(poison));
	assert_string_equal(kmc_poison_bytes(poison, 4), "PAGE_POISON");
	/* One byte may be anything, and so may others. */
	assert_null(kmc_poison_bytes(poison, 1));
	memset(poison, 0, sizeof(poison));
	assert_null(kmc_poison_bytes(poison, 8));
}

static void what_was_freed_shows_what_it_was_filled_with(void **state)
{
	static const uint8_t list_poison[] = { 0x22, 0x01, 0, 0, 0, 0, 0xad, 0xde };
	char shadow[] = ALL_INITIALIZED;
	uint8_t freed[sizeof(bytes)];
	struct kmc_report *report;

	memset(freed, 0x6b, sizeof(freed));
	memcpy(freed + 40, list_poison, sizeof(list_poison));
	freed[49] = 0;
	memset(shadow, 'f', sizeof(freed));
	report = make(*state, freed, sizeof(freed), shadow, 28);
	report->state = KMC_FREED;
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_value(report, "st_code", "0x6b6b6b6b");
	assert_int_equal(value_of(report, "st_code")->nnames, 1);
	assert_string_equal(value_of(report, "st_code")->names[0], "POISON_FREE");
	assert_string_equal(value_of(report, "key[0..5]")->names[0], "POISON_FREE");
	assert_value(report, "next", "LIST_POISON2");
	assert_null(value_of(report, "last")->text);
	assert_null(value_of(report, "ready")->text);
	kmc_report_free(report);
}

static void numbers_are_no_poison(void **state)
{
	uint8_t masks[sizeof(bytes)];
	struct kmc_report *report;

	memset(masks, 0xaa, sizeof(masks));
	report = make(*state, masks, sizeof(masks), ALL_INITIALIZED, 28);
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_int_equal(value_of(report, "st_code")->nnames, 0);
	assert_int_equal(value_of(report, "key[0..5]")->nnames, 0);
	/* No object is there. */
	assert_string_equal(value_of(report, "next")->names[0], "PAGE_POISON");
	kmc_report_free(report);
}

/* ---- candidates.c ---- */

static void evidence_that_says_the_same_is_one(void **state)
{
	static const char at[] = "rbx = 0xff11000000001000";
	struct kmc_candidate candidate = { .offset = 8 };

	(void)state;
	assert_no_error(kmc_evidence_add_holder(&candidate, "to of copy()", at));
	assert_no_error(kmc_evidence_add_holder(&candidate, "info of collect()", at));
	/* Nothing new: it is in another register, too. */
	assert_no_error(kmc_evidence_add_holder(&candidate, "to of copy()",
						"rsi = 0xff11000000001000"));
	assert_int_equal(candidate.nevidence, 1);
	assert_string_equal(candidate.evidence[0].detail,
			    "rbx = 0xff11000000001000 is to of copy(), info of collect()");
	/* A part of a name is another name. */
	assert_no_error(kmc_evidence_add_holder(&candidate, "o of copy()",
						"rsi = 0xff11000000001000"));
	assert_no_error(kmc_evidence_add_holder(&candidate, "inner of f()",
						"rbx + 8 = 0xff11000000001008"));
	assert_int_equal(candidate.nevidence, 3);
	assert_int_equal(candidate.evidence[2].offset, 8);
	assert_true(candidate.evidence[2].agrees);
	kmc_candidate_release(&candidate);
}

/* ---- headline.c ---- */

static void assert_headline(void **state, const char *shadow, unsigned int caret,
			    const char *expected)
{
	struct kmc_report *report = make(*state, bytes, sizeof(bytes), shadow, caret);
	struct kmc_candidate *candidate = report->candidates;

	candidate->path = strdup(caret == 52 ? "" : "as.number");
	candidate->after = caret == 52 ? strdup("last") : NULL;
	candidate->hole = caret == 52;
	candidate->confidence = KMC_LIKELY;
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_no_error(kmc_verdict_fill(report));
	assert_string_equal(report->verdict.headline, expected);
	kmc_report_free(report);
}

static void a_headline_says_what_and_how_sure(void **state)
{
	struct kmc_report *report = kmc_report_new("x");
	char shadow[] = ALL_INITIALIZED;

	memset(shadow + 32, 'u', 4);
	memset(shadow + 50, 'u', 6);
	assert_headline(state, shadow, 32,
			"uninitialized-member: read of struct record.as.number (+32), likely");
	assert_headline(state, shadow, 52,
			"padding: read of padding behind struct record.last (+52), likely");
	report->state = KMC_FREED;
	report->kind = KMC_WRITE;
	report->bits = 64;
	report->address = OBJECT;
	assert_no_error(kmc_verdict_fill(report));
	assert_string_equal(report->verdict.headline,
			    "use-after-free: write to 8 bytes at 0xff11000000001000");
	kmc_report_forget_values(report);
	report->object = (struct kmc_object) {
		.known = true, .start = OBJECT - 16, .size = 64, .cache = strdup("things"),
	};
	report->state = KMC_INVALID;
	assert_no_error(kmc_verdict_fill(report));
	assert_string_equal(report->verdict.headline,
			    "invalid-write: an object of cache things (+16)");
	kmc_report_free(report);
}

/* Behind the allocation, for a compiler: no words around it. */
static void what_to_add_is_nothing_but_code(void **state)
{
	char shadow[] = ALL_INITIALIZED;
	struct kmc_report *report;

	memset(shadow + 50, 'u', 6);
	report = make(*state, bytes, sizeof(bytes), shadow, 52);
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_no_error(kmc_verdict_fill(report));
	assert_string_equal(report->verdict.annotation,
			    "/* p: the new struct record */\n"
			    "kmemcheck_mark_initialized((void *)p + 50, 6);");
	kmc_report_free(report);
	shadow[16] = 'u';
	report = make(*state, bytes, sizeof(bytes), shadow, 16);
	free(report->candidates->type);
	report->candidates->type = strdup("struct x */ evil(); /*");
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_no_error(kmc_verdict_fill(report));
	assert_string_equal(report->verdict.annotation,
			    "kmemcheck_mark_initialized((void *)p + 16, 1);");
	kmc_report_free(report);
}

/* ---- allocation_site.c ---- */

/* The allocator under its names of 6.1 and of 6.12. */
static void who_allocates_is_behind_the_allocator(void **state)
{
	static char * const allocators[] = {
		"__kmalloc", "__kmalloc_noprof", "__kmalloc_cache_noprof", "kmem_cache_alloc_noprof",
		"__get_free_pages", "get_free_pages_noprof", "get_zeroed_page_noprof",
		"__page_frag_alloc_align", "__kvmalloc_node_noprof", "krealloc_noprof",
	};
	struct kmc_frame frames[2] = { };
	struct kmc_track track = { .known = true, .stack = { .frames = frames, .count = 2 } };

	(void)state;
	frames[1].symbol = "get_free_things";
	for (size_t i = 0; i < KMC_ARRAY_SIZE(allocators); i++) {
		frames[0].symbol = allocators[i];
		assert_int_equal(kmc_track_caller(&track).frame, 1);
	}
	frames[0].symbol = "get_free_things";
	assert_int_equal(kmc_track_caller(&track).frame, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pointers_have_names),
		cmocka_unit_test(poison_is_a_pattern_of_bytes),
		cmocka_unit_test(what_was_freed_shows_what_it_was_filled_with),
		cmocka_unit_test(numbers_are_no_poison),
		cmocka_unit_test(evidence_that_says_the_same_is_one),
		cmocka_unit_test(a_headline_says_what_and_how_sure),
		cmocka_unit_test(what_to_add_is_nothing_but_code),
		cmocka_unit_test(who_allocates_is_behind_the_allocator),
	};

	return cmocka_run_group_tests_name("names", tests, set_up, tear_down);
}
