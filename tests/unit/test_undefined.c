// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the source has at the place that UBSAN names, or without it debug info: arrays, indexes,
 * operands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper.h"
#include "fixture.h"
#include "code/code.h"
#include "debuginfo/debuginfo.h"
#include "explain/undefined.h"
#include "explain/verdict.h"
#include "report/model.h"

#define INDEX	"array-index-out-of-bounds"
#define SHIFT	"shift-out-of-bounds"
#define LOAD	"invalid-load"
#define SUM	"signed-integer-overflow"

static char dir[32];
static char path[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/kmc-undefined.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/x.c", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* In line 2 of x.c, at the @ in @line, which is not part of it. */
static struct kmc_report *find(const char *line, const char *error)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_debuginfo di = { .source_dir = dir };
	const char *mark = strchr(line, '@');
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RETURN);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "first\n%.*s%s\nlast\n", (int)(mark - line), line, mark + 1);
	fclose(file);
	report->checker = "UBSAN";
	report->error = strdup(error);
	report->place = (struct kmc_source_place) {
		.file = strdup("/build/x.c"), .line = 2, .column = mark - line + 1,
	};
	frame->chain = calloc(1, sizeof(*frame->chain));
	frame->chain[0].file = "x.c";
	frame->chain[0].line = 2;
	frame->chain_len = 1;
	assert_no_error(kmc_undefined_find(&di, report));
	kmc_source_free(di.source);
	return report;
}

static void assert_same(const char *got, const char *wanted, const char *line)
{
	if (strcmp(got ? got : "(none)", wanted ? wanted : "(none)"))
		fail_msg("%s: %s, not %s", line, got ? got : "(none)", wanted ? wanted : "(none)");
}

static void operands_are_those_at_the_column(void **state)
{
	static const struct {
		const char *line;
		const char *error;
		const char *expression;
		const char *array;
		const char *value;
	} cases[] = {
		{ "\tx = a->b@[i];", INDEX, "a->b[i]", "a->b", "i" },
		/* As clang has it. */
		{ "\tx = a->@b[i];", INDEX, "a->b[i]", "a->b", "i" },
		{ "\tx = @b.c[i];", INDEX, "b.c[i]", "b.c", "i" },
		{ "\tif (t@[f(a, b) + 1][2])", INDEX, "t[f(a, b) + 1]", "t", "f(a, b) + 1" },
		{ "\tt[i]@[j] = 0;", INDEX, "t[i][j]", "t[i]", "j" },
		{ "\treturn (*p)->list@[ n ];", INDEX, "(*p)->list[ n ]", "(*p)->list", "n" },
		{ "\tx = get(a, b)->c[1].d@[n--];", INDEX, "get(a, b)->c[1].d[n--]",
		  "get(a, b)->c[1].d", "n--" },
		{ "\treturn 1 @<< n;", SHIFT, "1 << n", NULL, "n" },
		{ "\tx->y @<<= -f(n)->m;", SHIFT, "x->y <<= -f(n)->m", NULL, "-f(n)->m" },
		{ "\tx = (a | b) @>> (c + 1);", SHIFT, "(a | b) >> (c + 1)", NULL, "(c + 1)" },
		{ "\tx = a @+ b[1];", SUM, "a + b[1]", NULL, "b[1]" },
		{ "\tif (flag@->set)", LOAD, "flag->set", NULL, NULL },
		{ "\tif (flags[2]@.set)", LOAD, "flags[2].set", NULL, NULL },
		/* Nothing that can be told. */
		{ "\tx = @BIT(n);", SHIFT, NULL, NULL, NULL },
		{ "\tx = a->b@[i", INDEX, NULL, NULL, NULL },
		{ "\tx = @(a)->b[i];", INDEX, NULL, NULL, NULL },
		{ "@[i];", INDEX, NULL, NULL, NULL },
		{ ")@[i];", INDEX, NULL, NULL, NULL },
		{ "1 @<<", SHIFT, NULL, NULL, NULL },
		{ "1 @<< (", SHIFT, NULL, NULL, NULL },
		{ "x@", LOAD, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++) {
		struct kmc_report *report = find(cases[i].line, cases[i].error);

		assert_same(report->undefined.expression, cases[i].expression, cases[i].line);
		assert_same(report->undefined.array, cases[i].array, cases[i].line);
		assert_same(report->undefined.value, cases[i].value, cases[i].line);
		kmc_report_free(report);
	}
}

static void another_line_is_not_looked_at(void **state)
{
	struct kmc_report *report = find("\tx = a->b@[i];", INDEX);
	struct kmc_debuginfo di = { .source_dir = dir };

	(void)state;
	kmc_report_forget_undefined(report);
	report->frames.frames->chain[0].line = 3;
	assert_no_error(kmc_undefined_find(&di, report));
	assert_null(report->undefined.expression);
	report->frames.frames->chain[0].line = 2;
	report->place.column = 4000;
	assert_no_error(kmc_undefined_find(&di, report));
	assert_null(report->undefined.expression);
	kmc_source_free(di.source);
	kmc_report_free(report);
}

static void assert_text(const char *line, const char *error, const char *message,
			const char *wanted)
{
	struct kmc_report *report = find(line, error);

	report->message = strdup(message);
	assert_no_error(kmc_verdict_checked(report));
	assert_string_equal(report->verdict.text, wanted);
	kmc_report_free(report);
}

static void the_sentence_has_numbers_and_names(void **state)
{
	(void)state;
	assert_text("a->b@[i];", INDEX, "index -1 is out of range for type 'u8 [4]'",
		    "index -1 is out of range for type 'u8 [4]': i was -1, and a->b has 4 elements");
	assert_text("a->b@[4];", INDEX, "index 4 is out of range for type 'u8 [4]'",
		    "index 4 is out of range for type 'u8 [4]': a->b has 4 elements");
	assert_text("1 @<< n;", SHIFT, "shift exponent 40 is too large for 32-bit type 'int'",
		    "shift exponent 40 is too large for 32-bit type 'int': n was 40");
	assert_text("x @<< n;", SHIFT,
		    "left shift of 3 by 31 places cannot be represented in type 'int'",
		    "left shift of 3 by 31 places cannot be represented in type 'int': n was 31");
}

/* ---- without source ---- */

/* Behind the first call of @handler in @function. */
static uint64_t behind_handler(struct kmc_image *image, const struct fixture *f,
			       const char *function, const char *handler)
{
	const uint64_t start = fixture_symbol(f, "symbols", function);
	const uint64_t target = fixture_symbol(f, "symbols", handler);

	for (uint64_t at = start; at < start + 300; at++) {
		const uint8_t *bytes;
		int32_t to;
		size_t len;

		assert_no_error(kmc_image_code(image, at, 5, &bytes, &len));
		if (len < 5 || bytes[0] != 0xe8)
			continue;
		memcpy(&to, bytes + 1, 4);
		if (at + 5 + to == target)
			return at + 5;
	}
	fail_msg("%s does not call %s", function, handler);
	return 0;
}

/* The report is about @inner, which may have been inlined into @function. */
static struct kmc_report *report_of(struct kmc_debuginfo *di, const struct fixture *f,
				    const char *function, const char *inner, const char *message)
{
	struct kmc_report *report = kmc_report_new("x");
	const bool shift = strstr(message, "shift");
	const char *handler = shift ? "__ubsan_handle_shift_out_of_bounds" :
				      "__ubsan_handle_out_of_bounds";
	struct kmc_frame *frame;

	report->checker = "UBSAN";
	report->error = strdup(shift ? SHIFT : INDEX);
	report->message = strdup(message);
	frame = kmc_stack_push(&report->own, KMC_ROLE_RETURN);
	frame->symbol = strdup(handler);
	frame = kmc_stack_push(&report->frames, KMC_ROLE_RETURN);
	frame->symbol = strdup(function);
	frame->has_address = true;
	frame->address = frame->link_address = behind_handler(di->vmlinux, f, function, handler);
	frame->resolved = true;
	assert_no_error(kmc_symbolize_report(di, report));
	frame = report->frames.frames;
	for (size_t i = 0; i < frame->chain_len && !report->place.file; i++)
		if (!strcmp(frame->chain[i].function, inner))
			report->place = (struct kmc_source_place) {
				.file = strdup(frame->chain[i].file), .column = 9,
				.line = frame->chain[i].line,
			};
	assert_non_null(report->place.file);
	return report;
}

static const struct {
	const char *function;
	const char *inner;
	const char *message;
	const char *array;
	const char *value;
} names[] = {
	{ "mark_of", NULL, "index 7 is out of range for type 'u16 [6]'",
	  "slots->marks", "slot" },
	{ "mark_used", NULL, "index 7 is out of range for type 'u16 [6]'",
	  "slots->marks", "slots->used" },
	{ "code_of", NULL, "index 7 is out of range for type 'u8 [3]'",
	  "slots->kinds[].code", "at" },
	{ "left_of", NULL, "index 7 is out of range for type 'long int [2]'",
	  "slots->left", "side" },
	/* Compilers differ. */
	{ "left_of", NULL, "index 7 is out of range for type 'long int[2]' (aka 'long[2]')",
	  "slots->left", "side" },
	{ "name_of", NULL, "index 7 is out of range for type 'slots *[5]'",
	  "slots->names", "n" },
	{ "name_of", NULL, "index 7 is out of range for type 'struct slots *[5]'",
	  "slots->names", "n" },
	{ "mark_of_owner", NULL, "index -1 is out of range for type 'u16 [6]'",
	  "owner->slots->marks", "slot" },
	{ "mark_of_two", NULL, "index 7 is out of range for type 'u16 [6]'",
	  "struct slots.marks", "slot" },
	{ "set_level", NULL, "index 7 is out of range for type 'u8 [6]'",
	  "levels", "level" },
	{ "cell_of", NULL, "index 7 is out of range for type 'int [7]'",
	  "table[]", "column" },
	{ "row_of", NULL, "index 7 is out of range for type 'int [3][7]'",
	  "table", "row" },
	{ "mark_answered", NULL, "index 7 is out of range for type 'u16 [6]'",
	  "slots->marks", "answer" },
	/* What has its value in the caller: its own parameter is nowhere any more. */
	{ "mark_inlined", "inner_mark", "index 7 is out of range for type 'u16 [6]'",
	  "where->marks", "number" },
	{ "mask_of.cold", "mask_of", "shift exponent 40 is too large for 32-bit type 'int'",
	  NULL, "exponent" },
	/* There are two of that type, or none. */
	{ "mark_of_nobody", NULL, "index 7 is out of range for type 'u16 [4]'",
	  NULL, "slot" },
	{ "mark_of", NULL, "index 7 is out of range for type 'u16 [9]'", NULL, "slot" },
};

static void debug_info_has_names(void **state)
{
	struct fixture *f = fixture_new("gcc", "-g");
	struct kmc_debuginfo di = { .source_tried = true };
	char *image;

	(void)state;
	fixture_compile(f, "undefined", "-g -mno-sse -fsanitize=bounds,shift");
	image = fixture_path(f, "undefined");
	assert_no_error(kmc_image_open(NULL, image, NULL, &di.vmlinux));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		struct kmc_report *report = report_of(&di, f, names[i].function,
						      names[i].inner ?: names[i].function,
						      names[i].message);

		assert_no_error(kmc_undefined_find(&di, report));
		assert_same(report->undefined.array, names[i].array, names[i].function);
		assert_same(report->undefined.value, names[i].value, names[i].function);
		assert_null(report->undefined.expression);
		assert_true(report->undefined.inferred);
		kmc_report_free(report);
	}
	kmc_source_free(di.source);
	kmc_image_free(di.vmlinux);
	fixture_free(f);
	free(image);
}

/* Of p->marks[]; @index: the variable's name, NULL: unknown */
static struct kmc_report *inferred(const char *index)
{
	struct kmc_report *report = kmc_report_new("x");

	report->checker = "UBSAN";
	report->error = strdup(INDEX);
	report->message = strdup("index 7 is out of range for type 'u16 [6]'");
	report->undefined.array = strdup("p->marks");
	report->undefined.value = index ? strdup(index) : NULL;
	report->undefined.inferred = true;
	assert_no_error(kmc_verdict_checked(report));
	return report;
}

static void what_is_inferred_is_likely(void **state)
{
	struct kmc_report *nameless = inferred(NULL), *named = inferred("slot");

	(void)state;
	assert_string_equal(nameless->verdict.headline,
			    "undefined-behaviour: index 7 is out of range for type 'u16 [6]': p->marks[7], likely");
	assert_string_equal(named->verdict.headline,
			    "undefined-behaviour: index 7 is out of range for type 'u16 [6]': p->marks[slot], likely");
	assert_string_equal(named->verdict.text,
			    "index 7 is out of range for type 'u16 [6]': slot was 7, and p->marks has 6 elements");
	kmc_report_free(nameless);
	kmc_report_free(named);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operands_are_those_at_the_column),
		cmocka_unit_test(another_line_is_not_looked_at),
		cmocka_unit_test(the_sentence_has_numbers_and_names),
		cmocka_unit_test(debug_info_has_names),
		cmocka_unit_test(what_is_inferred_is_likely),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
