// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects and members of what KASAN, KFENCE and others report, in a file that was compiled
 * with KASAN's checks; and what is said of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "fixture.h"
#include "debuginfo/debuginfo.h"
#include "code/code.h"
#include "report/model.h"

#define OBJECT	0xffff888003a1c000

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
	fixture_compile(s->f, "checked",
			"-g -mno-sse -fsanitize=kernel-address --param asan-instrumentation-with-call-threshold=0 --param asan-globals=0 --param asan-stack=0 -fasan-shadow-offset=0xdffffc0000000000");
	path = fixture_path(s->f, "checked");
	s->dir = fixture_path(s->f, ".");
	assert_no_error(kmc_image_open(NULL, path, NULL, &s->di.vmlinux));
	free(path);
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

static uint64_t symbol(const struct state *s, const char *name)
{
	return fixture_symbol(s->f, "symbols", name);
}

/* Behind the first call of @callee in @function. */
static uint64_t behind_call(const struct state *s, const char *function, const char *callee)
{
	const uint64_t start = symbol(s, function), target = symbol(s, callee);

	for (uint64_t at = start; at < start + 200; at++) {
		const uint8_t *bytes;
		int32_t to;
		size_t len;

		assert_no_error(kmc_image_code(s->di.vmlinux, at, 5, &bytes, &len));
		if (len < 5 || bytes[0] != 0xe8)
			continue;
		memcpy(&to, bytes + 1, 4);
		if (at + 5 + to == target)
			return at + 5;
	}
	fail_msg("%s does not call %s", function, callee);
	return 0;
}

static void push(struct kmc_stack *stack, const char *name, uint64_t address)
{
	struct kmc_frame *frame = kmc_stack_push(stack, KMC_ROLE_RETURN);

	assert_non_null(frame);
	frame->symbol = strdup(name);
	frame->resolved = address;
	frame->link_address = address;
}

/**
 * struct wrong - the report that is wanted
 * @checker: KASAN if NULL
 * @error: as that calls it
 * @kind: what was done
 * @function: did it
 * @check: that it called
 * @offset: in the object
 * @cache: of it
 * @size: of its objects
 * @requested: of these; 0: the report does not say
 * @alloc: function that allocated; NULL: unknown
 */
struct wrong {
	const char *checker;
	const char *error;
	enum kmc_kind kind;
	const char *function;
	const char *check;
	int64_t offset;
	const char *cache;
	uint64_t size;
	uint64_t requested;
	const char *alloc;
};

static struct kmc_report *make(struct state *s, const struct wrong *wrong)
{
	struct kmc_report *report = kmc_report_new("x");

	report->checker = wrong->checker ?: "KASAN";
	report->error = strdup(wrong->error);
	report->kind = wrong->kind;
	report->state = KMC_UNKNOWN_STATE;
	report->bits = 32;
	report->has_address = true;
	report->address = OBJECT + wrong->offset;
	push(&report->own, wrong->check, 0);
	push(&report->frames, wrong->function, behind_call(s, wrong->function, wrong->check));
	report->object = (struct kmc_object) {
		.known = true, .has_start = true, .start = OBJECT, .size = wrong->size,
		.requested = wrong->requested, .region = KMC_REGION_SLAB, .slab_offset = -1,
		.cache = wrong->cache ? strdup(wrong->cache) : NULL,
	};
	if (wrong->alloc) {
		report->alloc.known = true;
		push(&report->alloc.stack, "kasan_save_stack", 0);
		push(&report->alloc.stack, "__kasan_kmalloc", 0);
		push(&report->alloc.stack, wrong->alloc, behind_call(s, wrong->alloc, "kmalloc"));
		report->free.known = true;
		push(&report->free.stack, "kfree", 0);
		push(&report->free.stack, "item_free", 0);
	}
	return report;
}

static const char *or_none(const char *s)
{
	return s ? s : "(none)";
}

static struct kmc_report *assert_found(void **state, const struct wrong *wrong, const char *type,
				       const char *path, enum kmc_confidence confidence)
{
	struct state *s = *state;
	struct kmc_report *report = make(s, wrong);
	const struct kmc_candidate *candidate;

	assert_no_error(kmc_explain_report(&s->di, report));
	assert_true(report->ncandidates > 0);
	candidate = report->candidates;
	assert_string_equal(candidate->type, type);
	assert_string_equal(or_none(candidate->path), path);
	assert_int_equal(candidate->confidence, confidence);
	return report;
}

static void assert_headline(struct kmc_report *report, const char *headline)
{
	assert_string_equal(report->verdict.headline, headline);
	kmc_report_free(report);
}

static void what_the_code_checks_and_who_allocated_agree(void **state)
{
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = 12, .cache = "kmalloc-64", .size = 64,
		.alloc = "item_new",
	};
	struct kmc_report *report = assert_found(state, &wrong, "struct item", "flags", KMC_CERTAIN);

	assert_int_equal(report->verdict.kind, KMC_VERDICT_FREED);
	assert_string_equal(report->verdict.text, "struct item.flags (+12) was read (4 bytes) after it had been freed in item_free()");
	assert_headline(report, "use-after-free: read of struct item.flags (+12), certain");
}

/* struct tcp_sock begins with a struct sock, and is passed around as one. */
static void a_larger_object_may_be_of_a_larger_type(void **state)
{
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = 12, .cache = "TCP", .size = 2176,
		.alloc = "item_new",
	};

	kmc_report_free(assert_found(state, &wrong, "struct item", "flags", KMC_LIKELY));
}

static void the_code_alone_is_one_reason(void **state)
{
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = 12, .cache = "kmalloc-64", .size = 64,
	};

	kmc_report_free(assert_found(state, &wrong, "struct item", "flags", KMC_LIKELY));
}

static void what_was_asked_for_is_another(void **state)
{
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = 12, .cache = "kmalloc-64", .size = 64,
		.requested = 40,
	};

	kmc_report_free(assert_found(state, &wrong, "struct item", "flags", KMC_CERTAIN));
}

static void behind_the_last_array_are_more_of_it(void **state)
{
	const struct wrong wrong = {
		.error = "slab-out-of-bounds", .kind = KMC_WRITE, .function = "item_put_y",
		.check = "__asan_store4_noabort", .offset = 48, .cache = "kmalloc-64", .size = 64,
		.requested = 40, .alloc = "item_new",
	};
	struct kmc_report *report = assert_found(state, &wrong, "struct item", "(none)", KMC_CERTAIN);

	assert_string_equal(report->candidates->would_be, "y[6]");
	assert_int_equal(report->verdict.kind, KMC_VERDICT_SLACK);
	assert_headline(report, "out-of-bounds: write 8 bytes behind the end of struct item (kmalloc-64), where it would be y[6], certain");
}

static void a_flexible_array_has_an_end(void **state)
{
	const struct wrong wrong = {
		.error = "slab-out-of-bounds", .kind = KMC_WRITE, .function = "item_put_y",
		.check = "__asan_store4_noabort", .offset = 16, .cache = "kmalloc-16", .size = 16,
		.requested = 14, .alloc = "message_new",
	};
	struct kmc_report *report = assert_found(state, &wrong, "struct message", "words[6]",
						 KMC_LIKELY);

	assert_headline(report, "out-of-bounds: write 2 bytes behind the end of struct message (kmalloc-16), where it would be words[6], likely");
}

/* As memcpy() of too much: what KASAN names is where that began. */
static void over_the_end_is_where_a_range_ends(void **state)
{
	const struct wrong wrong = {
		.error = "slab-out-of-bounds", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = 12, .cache = "kmalloc-64", .size = 64,
		.requested = 40, .alloc = "item_new",
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);

	report->bits = 8 * 30;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_string_equal(report->verdict.text, "30 bytes were read over the end of struct item (kmalloc-64) by 2 bytes; it was allocated in item_new()");
	assert_headline(report, "out-of-bounds: read over the end of struct item (kmalloc-64) by 2 bytes, certain");
}

/* The mapping is whole pages, and one that guards it. */
static void vmalloc_has_types_too(void **state)
{
	const struct wrong wrong = {
		.error = "vmalloc-out-of-bounds", .kind = KMC_WRITE, .function = "item_put_y",
		.check = "__asan_store4_noabort", .offset = 48, .size = 8192, .alloc = "item_new",
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);

	report->object.region = KMC_REGION_VMALLOC;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_true(report->ncandidates > 0);
	assert_string_equal(report->candidates->type, "struct item");
	assert_int_equal(report->candidates->confidence, KMC_LIKELY);
	assert_headline(report, "out-of-bounds: write to what follows struct item (+48), likely");
}

/* "pool+0x1002/0x1040": what KASAN has put behind it is not of it. */
static void a_variable_is_as_large_as_its_type(void **state)
{
	const struct wrong wrong = {
		.error = "global-out-of-bounds", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .size = 0x1040,
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);

	report->object.region = KMC_REGION_GLOBAL;
	report->object.has_start = false;
	report->object.has_offset = true;
	report->object.offset = 0x1002;
	report->object.variable = strdup("pool");
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_headline(report, "out-of-bounds: read 2 bytes behind the end of the variable pool");
}

static void over_the_end_of_a_variable(void **state)
{
	const struct wrong wrong = {
		.error = "stack-out-of-bounds", .kind = KMC_WRITE, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = 40,
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);

	report->object.region = KMC_REGION_STACK;
	report->object.has_start = false;
	report->object.has_offset = true;
	report->object.offset = 40;
	report->bits = 8 * 9;
	report->variables = calloc(1, sizeof(*report->variables));
	report->variables[0] = (struct kmc_variable) { .name = strdup("buf"), .begin = 32, .end = 48 };
	report->nvariables = 1;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_headline(report, "out-of-bounds: write over the end of the variable buf on the stack by 1 byte");
}

static void before_it_is_no_member(void **state)
{
	const struct wrong wrong = {
		.error = "slab-out-of-bounds", .kind = KMC_READ, .function = "item_flags",
		.check = "__asan_load4_noabort", .offset = -4, .cache = "kmalloc-64", .size = 64,
		.requested = 40, .alloc = "item_new",
	};
	struct kmc_report *report = assert_found(state, &wrong, "struct item", "(none)", KMC_CERTAIN);

	assert_headline(report, "out-of-bounds: read 4 bytes before struct item (kmalloc-64), certain");
}

static void what_lies_in_the_object_is_not_all_of_it(void **state)
{
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "inner_b",
		.check = "__asan_load8_noabort", .offset = 32, .cache = "kmalloc-64", .size = 64,
		.requested = 40, .alloc = "outer_new",
	};

	kmc_report_free(assert_found(state, &wrong, "struct outer", "inner.b", KMC_CERTAIN));
}

static void a_cache_may_be_called_as_the_type(void **state)
{
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "item_new",
		.check = "kmalloc", .offset = 12, .cache = "item", .size = 64,
	};

	kmc_report_free(assert_found(state, &wrong, "struct item", "flags", KMC_LIKELY));
}

static void nothing_is_said_of_hashes(void **state)
{
	const struct wrong wrong = {
		.checker = "KFENCE", .error = "use-after-free", .kind = KMC_READ,
		.function = "item_flags", .check = "__asan_load4_noabort", .offset = 3000,
		.cache = "kmalloc-64", .size = 40, .alloc = "item_new",
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);

	/* But the code says which member it reads. */
	report->hashed = report->object.hashed = true;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_string_equal(report->candidates->type, "struct item");
	assert_string_equal(report->candidates->path, "flags");
	kmc_report_free(report);
}

/* What has the same hash is the same. */
static void freed_twice_in_hashes(void **state)
{
	const struct wrong wrong = {
		.checker = "KFENCE", .error = "invalid free", .kind = KMC_UNKNOWN_KIND,
		.function = "item_free", .check = "kfree", .offset = 0, .cache = "kmalloc-64",
		.size = 40, .alloc = "item_new",
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);

	report->hashed = report->object.hashed = true;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_int_equal(report->verdict.kind, KMC_VERDICT_DOUBLE_FREE);
	report->address++;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_int_equal(report->verdict.kind, KMC_VERDICT_INVALID_FREE);
	kmc_report_free(report);
}

/* KFENCE's page fault has the instruction, and what was asked for as the size. */
static void the_instruction_that_faulted(void **state)
{
	const struct wrong wrong = {
		.checker = "KFENCE", .error = "use-after-free", .kind = KMC_READ,
		.function = "item_new", .check = "kmalloc", .offset = 8, .cache = "kmalloc-64",
		.size = 40,
	};
	struct state *s = *state;
	struct kmc_report *report = make(s, &wrong);
	struct kmc_frame *frame = report->frames.frames;

	frame->link_address = symbol(s, "item_count");
	frame->exact = true;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_string_equal(report->candidates->type, "struct item");
	assert_string_equal(report->candidates->path, "count");
	assert_int_equal(report->candidates->confidence, KMC_CERTAIN);
	kmc_report_free(report);
}

static void freed_twice(void **state)
{
	const struct wrong wrong = {
		.error = "double-free", .kind = KMC_UNKNOWN_KIND, .function = "item_free",
		.check = "kfree", .offset = 0, .cache = "kmalloc-64", .size = 64,
		.alloc = "item_new",
	};
	struct kmc_report *report = assert_found(state, &wrong, "struct item", "id", KMC_CERTAIN);

	assert_int_equal(report->verdict.kind, KMC_VERDICT_DOUBLE_FREE);
	assert_string_equal(report->verdict.next, "find out which of the two has to free it: first item_free(), then item_free(); allocated in item_new()");
	assert_headline(report, "double-free: of struct item (kmalloc-64), certain");
}

static void freed_in_the_middle(void **state)
{
	const struct wrong wrong = {
		.error = "invalid-free", .kind = KMC_UNKNOWN_KIND, .function = "item_free",
		.check = "kfree", .offset = 16, .cache = "kmalloc-64", .size = 64,
		.alloc = "item_new",
	};
	struct kmc_report *report = assert_found(state, &wrong, "struct item", "next", KMC_LIKELY);

	assert_headline(report, "invalid-free: of struct item.next (+16), likely");
}

static void the_source_has_the_size_of_a_type(void **state)
{
	struct state *s = *state;
	const struct wrong wrong = {
		.error = "slab-use-after-free", .kind = KMC_READ, .function = "item_new",
		.check = "kmalloc", .offset = 12, .cache = "kmalloc-64", .size = 64,
		.alloc = "item_raw",
	};
	struct kmc_report *report = make(s, &wrong);
	struct kmc_frame *site = &report->alloc.stack.frames[2];

	s->di.source_dir = s->dir;
	s->di.source_tried = false;
	kmc_source_free(s->di.source);
	s->di.source = NULL;
	site->chain = calloc(1, sizeof(*site->chain));
	site->chain_len = 1;
	site->chain[0].function = "item_raw";
	site->chain[0].file = "src/checked.c";
	site->chain[0].line = 57;
	assert_no_error(kmc_explain_report(&s->di, report));
	s->di.source_dir = NULL;
	assert_true(report->ncandidates > 0);
	assert_string_equal(report->candidates->type, "struct item");
	assert_string_equal(report->candidates->evidence[0].detail, "allocated with sizeof(struct item) by item_raw()");
	kmc_report_free(report);
}

static void push_row(struct kmc_report *report, const char *label, uint64_t address,
		     const void *bytes, size_t len)
{
	struct kmc_dump_row *row = kmc_dump_push(&report->dump);

	assert_non_null(row);
	row->label = strdup(label);
	row->address = address;
	row->bytes = malloc(len);
	memcpy(row->bytes, bytes, len);
	row->len = len;
}

static const struct kmc_value *value_of(const struct kmc_report *report, const char *path)
{
	for (size_t i = 0; i < report->nvalues; i++)
		if (!strcmp(report->values[i].path, path))
			return &report->values[i];
	fail_msg("there is no value %s", path);
	return NULL;
}

static void shadow_becomes_states_of_members(void **state)
{
	struct state *s = *state;
	const struct wrong wrong = {
		.error = "slab-out-of-bounds", .kind = KMC_WRITE, .function = "item_new",
		.check = "kmalloc", .offset = 36, .cache = "kmalloc-64", .size = 64,
		.requested = 36, .alloc = "item_raw",
	};
	struct kmc_report *report = make(s, &wrong);

	report->dump.granule = 8;
	push_row(report, "shadow", OBJECT - 128, "\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc\xfc", 16);
	push_row(report, "shadow", OBJECT, "\0\0\0\0\4\xfc\xfc\xfc\xfb\xfb\xfb\xfb\xfb\xfb\xfb\xfb", 16);
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_int_equal(report->memory_start, OBJECT);
	assert_int_equal(report->caret, 36);
	assert_string_equal(report->shadow, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiaaaaaaaaaaaaaaaaaaaaaaaaaaaaffffffffffffffff");
	assert_null(report->memory);
	/* Once more, the same. */
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_int_equal(report->shadow_len, 80);
	kmc_report_free(report);
}

static struct kmc_report *overwritten(struct state *s, const uint8_t *bytes, uint64_t first,
				      size_t count)
{
	static const struct wrong wrong = {
		.checker = "SLUB", .error = "Poison overwritten", .kind = KMC_UNKNOWN_KIND,
		.function = "item_new", .check = "kmalloc", .offset = 16, .cache = "item",
		.size = 40, .alloc = "item_new",
	};
	struct kmc_report *report = make(s, &wrong);

	report->dump.granule = 1;
	report->bits = 0;
	/* Where it was loaded. */
	report->frames.frames->has_address = true;
	report->frames.frames->address = report->frames.frames->link_address;
	push_row(report, "Redzone", OBJECT - 8, "\xbb\xbb\xbb\xbb\xbb\xbb\xbb\xbb", 8);
	push_row(report, "Object", OBJECT, bytes, 16);
	push_row(report, "Object", OBJECT + 16, bytes + 16, 16);
	push_row(report, "Object", OBJECT + 32, bytes + 32, 8);
	push_row(report, "Redzone", OBJECT + 40, "\xbb\xbb\xbb\xbb\xbb\xbb\xbb\xbb", 8);
	report->overwritten = (struct kmc_overwritten) {
		.known = true, .first = OBJECT + first, .last = OBJECT + first + count - 1,
		.found = bytes[first], .expected = 0x6b,
	};
	assert_no_error(kmc_explain_report(&s->di, report));
	return report;
}

static void poison(uint8_t *bytes)
{
	memset(bytes, 0x6b, 40);
	bytes[39] = 0xa5;
}

static void what_was_written_over_poison_has_a_value(void **state)
{
	struct kmc_report *report;
	uint8_t bytes[40];
	uint64_t pointer = 0;

	poison(bytes);
	memcpy(bytes + 16, &pointer, 8);
	bytes[16] = 7;
	report = overwritten(*state, bytes, 16, 8);
	assert_int_equal(report->verdict.kind, KMC_VERDICT_CORRUPTION);
	assert_string_equal(report->overwritten.what, "the number 7");
	assert_string_equal(report->candidates->path, "next");
	assert_string_equal(value_of(report, "next")->text, "0x7");
	assert_int_equal(value_of(report, "count")->state, 'f');
	assert_string_equal(value_of(report, "count")->names[0], "POISON_FREE");
	kmc_report_free(report);
}

static void a_pointer_is_called_by_its_symbol(void **state)
{
	const uint64_t pointer = symbol(*state, "item_free");
	struct kmc_report *report;
	uint8_t bytes[40];

	poison(bytes);
	memcpy(bytes + 16, &pointer, 8);
	report = overwritten(*state, bytes, 16, 8);
	assert_non_null(strstr(report->overwritten.what, ", item_free"));
	kmc_report_free(report);
}

static void text_is_text(void **state)
{
	struct kmc_report *report;
	uint8_t bytes[40];

	poison(bytes);
	memcpy(bytes + 24, "overrun", 8);
	report = overwritten(*state, bytes, 24, 8);
	assert_string_equal(report->overwritten.what, "\"overrun\"");
	assert_non_null(strstr(report->verdict.text, "all are \"overrun\""));
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_code_checks_and_who_allocated_agree),
		cmocka_unit_test(a_larger_object_may_be_of_a_larger_type),
		cmocka_unit_test(the_code_alone_is_one_reason),
		cmocka_unit_test(what_was_asked_for_is_another),
		cmocka_unit_test(behind_the_last_array_are_more_of_it),
		cmocka_unit_test(a_flexible_array_has_an_end),
		cmocka_unit_test(over_the_end_is_where_a_range_ends),
		cmocka_unit_test(vmalloc_has_types_too),
		cmocka_unit_test(a_variable_is_as_large_as_its_type),
		cmocka_unit_test(over_the_end_of_a_variable),
		cmocka_unit_test(before_it_is_no_member),
		cmocka_unit_test(what_lies_in_the_object_is_not_all_of_it),
		cmocka_unit_test(a_cache_may_be_called_as_the_type),
		cmocka_unit_test(nothing_is_said_of_hashes),
		cmocka_unit_test(freed_twice_in_hashes),
		cmocka_unit_test(the_instruction_that_faulted),
		cmocka_unit_test(freed_twice),
		cmocka_unit_test(freed_in_the_middle),
		cmocka_unit_test(the_source_has_the_size_of_a_type),
		cmocka_unit_test(shadow_becomes_states_of_members),
		cmocka_unit_test(what_was_written_over_poison_has_a_value),
		cmocka_unit_test(a_pointer_is_called_by_its_symbol),
		cmocka_unit_test(text_is_text),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
