// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What speaks for a type and for a member, and how much. Reports of the first load of
 * functions in a compiled file, with and without its source.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "fixture.h"
#include "debuginfo/debuginfo.h"
#include "report/model.h"

#define OBJECT	0xff11000000001000

struct state {
	struct fixture *f;
	struct kmc_debuginfo di;
	char *dir;
	char *object;
};

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	fixture_compile(s->f, "evidence", "-g -mno-sse");
	s->object = fixture_path(s->f, "evidence");
	s->dir = fixture_path(s->f, ".");
	assert_no_error(kmc_image_open(NULL, s->object, NULL, &s->di.vmlinux));
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct state *s = *state;

	kmc_source_free(s->di.source);
	kmc_image_free(s->di.vmlinux);
	fixture_free(s->f);
	free(s->object);
	free(s->dir);
	free(s);
	return 0;
}

static uint64_t symbol(const struct state *s, const char *name)
{
	return fixture_symbol(s->f, "symbols", name);
}

/* Where @text stands for the first time. */
static int line_of(const struct state *s, const char *text)
{
	char *path = fixture_path(s->f, "src/evidence.c");
	FILE *stream = fopen(path, "r");
	int line = 0, found = 0;
	char buf[256];

	free(path);
	assert_non_null(stream);
	while (!found && fgets(buf, sizeof(buf), stream)) {
		line++;
		if (strstr(buf, text))
			found = line;
	}
	fclose(stream);
	assert_true(found);
	return found;
}

/**
 * struct read - the report that is wanted
 * @function: its first instruction
 * @offset: of the byte, in what all registers point to
 * @bits: that were read
 * @source: the statement, NULL: there is no source
 * @object: the size of what the kernel recorded; 0: it did not
 */
struct read {
	const char *function;
	uint64_t offset;
	unsigned int bits;
	const char *source;
	uint64_t object;
};

/* @index: a register that is zero, NULL: none is */
static struct kmc_report *make_indexed(struct state *s, const struct read *read, const char *index)
{
	static const char * const names[] = {
		"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11",
	};
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);

	assert_non_null(frame);
	frame->resolved = true;
	frame->link_address = symbol(s, read->function);
	s->di.source_dir = read->source ? s->dir : NULL;
	s->di.source_tried = false;
	kmc_source_free(s->di.source);
	s->di.source = NULL;
	/* What was said with source is kept for an address. */
	kmc_image_free(s->di.vmlinux);
	assert_no_error(kmc_image_open(NULL, s->object, NULL, &s->di.vmlinux));
	if (read->source) {
		frame->chain = calloc(1, sizeof(*frame->chain));
		frame->chain_len = 1;
		frame->chain[0].file = "src/evidence.c";
		frame->chain[0].line = line_of(s, read->source);
	}
	report->bits = read->bits;
	report->memory_len = report->shadow_len = 32;
	report->memory = calloc(1, 32);
	report->shadow = strdup("uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu");
	report->caret = read->offset % 32;
	report->address = OBJECT + read->offset;
	report->state = KMC_UNINITIALIZED;
	report->object = (struct kmc_object) {
		.known = read->object, .start = OBJECT, .size = read->object,
	};
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		assert_true(kmc_report_set_register(report, names[i], index &&
						    !strcmp(names[i], index) ? 0 : OBJECT));
	assert_no_error(kmc_explain_report(&s->di, report));
	return report;
}

static struct kmc_report *make(struct state *s, const struct read *read)
{
	return make_indexed(s, read, NULL);
}

static const char *path_of(const struct kmc_candidate *candidate)
{
	return candidate->path ? candidate->path : "(none)";
}

/* The best candidate is that one, and no two are certain, nor two that differ likely. */
static struct kmc_report *assert_found(void **state, const struct read *read, const char *type,
				       const char *path, enum kmc_confidence confidence)
{
	struct kmc_report *report = make(*state, read);
	size_t certain = 0;

	assert_true(report->ncandidates);
	for (size_t i = 0; i < report->ncandidates; i++)
		certain += report->candidates[i].confidence == KMC_CERTAIN;
	assert_string_equal(report->candidates->type, type);
	assert_string_equal(path_of(report->candidates), path);
	assert_int_equal(report->candidates->confidence, confidence);
	assert_true(certain <= 1);
	return report;
}

/* ---- casts ---- */

static void one_register_is_one_reason(void **state)
{
	const struct read read = { "not_hidden", 48, 32, NULL, 0 };

	kmc_report_free(assert_found(state, &read, "struct derived", "number", KMC_LIKELY));
}

static void the_source_is_a_second_one(void **state)
{
	const struct read read = { "not_hidden", 48, 32, "return d->number;", 0 };

	kmc_report_free(assert_found(state, &read, "struct derived", "number", KMC_CERTAIN));
}

static void a_cast_that_says_otherwise_leaves_a_guess(void **state)
{
	const struct read silent = { "of_a_cast", 16, 64, NULL, 0 };
	const struct read cast = {
		"of_a_cast", 16, 64, "return ((struct entry *)object)->mount;", 0
	};
	const struct read both = {
		"of_a_cast", 16, 64, "return m->kind + ((struct entry *)object)->mount;", 0
	};
	struct kmc_report *report = make(*state, &cast);

	kmc_report_free(assert_found(state, &silent, "struct mount", "kind", KMC_LIKELY));
	kmc_report_free(assert_found(state, &both, "struct mount", "kind", KMC_CERTAIN));
	assert_int_equal(report->ncandidates, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(report->candidates[i].confidence, KMC_GUESS);
	kmc_report_free(report);
}

static void a_variable_that_is_nowhere_may_be_it(void **state)
{
	const struct read silent = { "of_another", 16, 64, NULL, 0 };
	const struct read other = { "of_another", 16, 64, "return entry->mount;", 0 };
	const struct read both = { "of_another", 16, 64, "return m->kind - entry->mount;", 0 };
	struct kmc_report *report = assert_found(state, &other, "struct entry", "mount", KMC_GUESS);

	assert_int_equal(report->ncandidates, 2);
	assert_string_equal(report->candidates[1].type, "struct mount");
	assert_int_equal(report->candidates[1].confidence, KMC_GUESS);
	kmc_report_free(report);
	kmc_report_free(assert_found(state, &silent, "struct mount", "kind", KMC_LIKELY));
	kmc_report_free(assert_found(state, &both, "struct mount", "kind", KMC_CERTAIN));
}

static void the_named_arm_may_be_longer(void **state)
{
	const struct read silent = { "half_of_a_long", 8, 32, NULL, 0 };
	const struct read value = { "half_of_a_long", 8, 32, "return u->integer.value;", 0 };
	const struct read order = { "half_of_a_long", 8, 32, "return u->power.order;", 0 };

	kmc_report_free(assert_found(state, &silent, "union value", "power.order", KMC_LIKELY));
	kmc_report_free(assert_found(state, &value, "union value", "integer.value", KMC_CERTAIN));
	kmc_report_free(assert_found(state, &order, "union value", "power.order", KMC_CERTAIN));
}

static void what_may_have_been_cast_is_a_guess(void **state)
{
	const struct read read = { "passing", 56, 32, NULL, 0 };

	kmc_report_free(assert_found(state, &read, "struct whole", "lock", KMC_GUESS));
}

static void what_all_of_them_have_is_not(void **state)
{
	const struct read common = { "first_part", 40, 32, NULL, 0 };
	const struct read far = { "beyond", 88, 64, NULL, 0 };

	kmc_report_free(assert_found(state, &common, "struct whole", "common.kind", KMC_LIKELY));
	kmc_report_free(assert_found(state, &far, "struct whole", "rest[3]", KMC_LIKELY));
}

static void the_source_tells_what_was_cast_to(void **state)
{
	const struct read read = { "passing", 56, 32, "(struct mini *)w)->priority", 0 };
	struct kmc_report *report = assert_found(state, &read, "struct mini", "priority",
						 KMC_CERTAIN);

	assert_int_equal(report->ncandidates, 2);
	assert_string_equal(report->candidates[1].type, "struct whole");
	assert_int_equal(report->candidates[1].confidence, KMC_GUESS);
	kmc_report_free(report);
}

static void the_source_tells_that_nothing_was_cast(void **state)
{
	const struct read read = { "staying", 56, 32, "return w->lock;", 0 };

	kmc_report_free(assert_found(state, &read, "struct whole", "lock", KMC_CERTAIN));
}

static void the_size_of_the_object_tells_the_type(void **state)
{
	const struct read mini = { "passing", 56, 32, NULL, 72 };
	const struct read whole = { "passing", 56, 32, NULL, 224 };
	const struct read none = { "passing", 56, 32, NULL, 100 };
	struct kmc_report *report;

	report = assert_found(state, &mini, "struct mini_tcp", "mini.priority", KMC_LIKELY);
	assert_int_equal(report->candidates[report->ncandidates - 1].confidence, KMC_GUESS);
	kmc_report_free(report);
	kmc_report_free(assert_found(state, &whole, "struct whole", "lock", KMC_CERTAIN));
	kmc_report_free(assert_found(state, &none, "struct whole", "lock", KMC_GUESS));
}

static void the_innermost_variable_counts(void **state)
{
	const struct read read = { "nearer", 56, 32, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct mini", "priority",
						 KMC_LIKELY);

	for (size_t i = 1; i < report->ncandidates; i++)
		assert_int_equal(report->candidates[i].confidence, KMC_GUESS);
	kmc_report_free(report);
}

/* ---- arms ---- */

static void all_arms_are_named(void **state)
{
	const struct read read = { "arms", 8, 64, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct sheet", "lru.prev",
						 KMC_LIKELY);
	const struct kmc_candidate *best = report->candidates;

	assert_int_equal(best->nalso, 2);
	assert_false(best->together);
	assert_string_equal(best->also[0], "node.pprev");
	assert_string_equal(best->also[1], "head");
	assert_non_null(strstr(report->verdict.text, "lru.prev or node.pprev or head, "));
	kmc_report_free(report);
}

static void of_a_struct_group_the_shorter_name_is_said(void **state)
{
	const struct read read = { "mirrored", 12, 32, NULL, 0 };
	const struct read deeper = { "mirrored_deeper", 28, 32, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct lump", "kind",
						 KMC_LIKELY);

	assert_int_equal(report->candidates->nalso, 0);
	kmc_report_free(report);
	report = assert_found(state, &deeper, "struct lumps", "v[1].kind", KMC_LIKELY);
	assert_int_equal(report->candidates->nalso, 0);
	kmc_report_free(report);
}

static void arms_with_names_that_begin_alike_are_both_said(void **state)
{
	const struct read read = { "begin_alike", 12, 32, NULL, 0 };
	const struct read own = { "member_and_arm", 32, 32, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct choice", "as.common.kind",
						 KMC_LIKELY);

	assert_int_equal(report->candidates->nalso, 1);
	assert_string_equal(report->candidates->also[0], "as.asl.kind");
	kmc_report_free(report);
	report = assert_found(state, &own, "struct lumps", "sums.total", KMC_LIKELY);
	assert_int_equal(report->candidates->nalso, 1);
	assert_string_equal(report->candidates->also[0], "total");
	kmc_report_free(report);
}

static void the_source_tells_the_arm(void **state)
{
	const struct read read = { "arms", 8, 64, "return s->head;", 0 };
	struct kmc_report *report = assert_found(state, &read, "struct sheet", "head",
						 KMC_CERTAIN);

	assert_int_equal(report->candidates->nalso, 0);
	assert_non_null(strstr(report->verdict.text, "struct sheet, head, were"));
	kmc_report_free(report);
}

static void a_variable_tells_the_arm(void **state)
{
	const struct read read = { "arm_of_variable", 8, 64, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct sheet", "node.pprev",
						 KMC_CERTAIN);

	assert_int_equal(report->candidates->nalso, 0);
	kmc_report_free(report);
}

static void a_variable_tells_the_arm_of_two_members(void **state)
{
	const struct read read = { "both_ports", 8, 32, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct rule", "ports.source",
						 KMC_CERTAIN);

	assert_int_equal(report->candidates->nalso, 0);
	kmc_report_free(report);
}

static void of_two_that_differ_neither_tells_the_arm(void **state)
{
	const struct read read = { "arm_of_variable", 8, 64, "return s->head;", 0 };
	struct kmc_report *report = assert_found(state, &read, "struct sheet", "node.pprev",
						 KMC_CERTAIN);

	assert_int_equal(report->candidates->nalso, 1);
	assert_string_equal(report->candidates->also[0], "head");
	kmc_report_free(report);
}

/* ---- bits ---- */

static void assert_bits(void **state, const char *function, const char *path,
			enum kmc_verdict_class class, const char *change)
{
	const struct read read = { function, 8, 32, NULL, 0 };
	struct kmc_report *report = make(*state, &read);

	assert_true(report->ncandidates);
	assert_string_equal(path_of(report->candidates), path);
	assert_int_equal(report->candidates->nalso, 0);
	assert_string_equal(kmc_verdict_name(report->verdict.kind), kmc_verdict_name(class));
	assert_non_null(strstr(report->verdict.text, path));
	if (change && !strstr(report->verdict.text, change))
		fail_msg("\"%s\" is not in \"%s\"", change, report->verdict.text);
	if (!change)
		assert_null(strstr(report->verdict.text, "the instruction"));
	kmc_report_free(report);
}

static void a_mask_tells_the_bit(void **state)
{
	assert_bits(state, "one_bit", "nohdr", KMC_VERDICT_MEMBER, NULL);
	assert_bits(state, "two_bits", "fclone", KMC_VERDICT_MEMBER, NULL);
}

static void a_bit_that_is_set_uses_no_other(void **state)
{
	assert_bits(state, "set_bit", "nohdr", KMC_VERDICT_BITFIELD,
		    "the instruction sets bit 1 of them, which were read first");
	assert_bits(state, "clear_bit", "fclone", KMC_VERDICT_BITFIELD,
		    "the instruction clears bits 2 to 3 of them, which were read first");
	assert_bits(state, "mixed", "phase", KMC_VERDICT_BITFIELD,
		    "the instruction changes bits 8 to 15 of them, which were read first");
	assert_bits(state, "merged", "phase", KMC_VERDICT_BITFIELD,
		    "the instruction changes bits 8 to 15 of them, which were read first");
}

/* ---- names and parts ---- */

static void an_anonymous_struct_has_its_typedefs_name(void **state)
{
	const struct read read = { "typedefs", 0, 32, NULL, 0 };

	kmc_report_free(assert_found(state, &read, "count_t", "counter", KMC_LIKELY));
}

static void a_copy_of_padding_has_two_reasons(void **state)
{
	const struct read read = { "padding", 12, 32, NULL, 0 };
	struct kmc_report *report = assert_found(state, &read, "struct queue", "info",
						 KMC_CERTAIN);

	assert_true(report->candidates->hole);
	assert_string_equal(report->candidates->after, "code");
	kmc_report_free(report);
}

/* ---- what only the source tells ---- */

static void the_source_tells_what_is_in_no_register(void **state)
{
	static const char * const sources[] = {
		"return contents_of(b)->second;", "return CONTENTS(b)->second;",
		"((struct contents *)b->contents)->second;",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(sources); i++) {
		const struct read read = { "from_nowhere", 8, 32, sources[i], 0 };

		kmc_report_free(assert_found(state, &read, "struct contents", "second",
					     KMC_LIKELY));
	}
}

static void an_element_is_what_is_pointed_to(void **state)
{
	const struct read read = {
		"of_an_element", 8, 32, "return b->queues[i].info.code;", 0,
	};

	kmc_report_free(assert_found(state, &read, "struct queue", "info.code", KMC_LIKELY));
}

static void what_is_called_is_read(void **state)
{
	const struct read read = { "of_a_call", 32, 64, "return contents_of(b)->done(b);", 0 };

	kmc_report_free(assert_found(state, &read, "struct contents", "done", KMC_LIKELY));
}

static void what_the_source_does_not_say_is_not_found(void **state)
{
	static const struct read reads[] = {
		{ "from_nowhere", 8, 32, NULL, 0 },
		{ "from_nowhere", 8, 32, "return b->id + nothing->second;", 0 },
		{ "from_nowhere", 8, 32, "return contents_of(b)->infos[1].code;", 0 },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(reads); i++) {
		struct kmc_report *report = make(*state, &reads[i]);

		for (size_t j = 0; j < report->ncandidates; j++)
			assert_string_equal(report->candidates[j].type, "struct box");
		kmc_report_free(report);
	}
}

static void what_fits_much_is_a_guess(void **state)
{
	const struct read first = { "of_the_first", 0, 64, "return contents_of(b)->first;", 0 };
	const struct read either = { "of_either", 8, 64, "return b->contents != n->pprev;", 0 };
	const struct read part = { "of_a_part", 16, 32, "*to = contents_of(b)->info;", 0 };
	const struct read text = { "of_text", 8, 8, "return *text++ == ' ';", 0 };
	struct kmc_report *report;

	kmc_report_free(assert_found(state, &first, "struct contents", "first", KMC_GUESS));
	kmc_report_free(assert_found(state, &part, "struct contents", "info.code", KMC_GUESS));
	kmc_report_free(assert_found(state, &text, "char", "(none)", KMC_GUESS));
	report = make(*state, &either);
	assert_int_equal(report->ncandidates, 2);
	for (size_t i = 0; i < report->ncandidates; i++)
		assert_int_equal(report->candidates[i].confidence, KMC_GUESS);
	kmc_report_free(report);
}

static void assert_best(struct kmc_report *report, const char *type, const char *path,
			enum kmc_confidence confidence)
{
	assert_true(report->ncandidates);
	assert_string_equal(report->candidates->type, type);
	assert_string_equal(path_of(report->candidates), path);
	assert_int_equal(report->candidates->confidence, confidence);
	kmc_report_free(report);
}

static void of_containers_the_inner_one_is_known(void **state)
{
	const struct read inner = { "of_a_container", 8, 64, NULL, 0 };
	const struct read outer = { "of_the_outermost", 16, 64, NULL, 0 };
	const struct read named = {
		"of_the_outermost", 16, 64, "return outermost_of(p)->more;", 0
	};

	/* The functions that make them are of the file, but not used there. */
	kmc_report_free(assert_found(state, &inner, "struct middle", "number", KMC_GUESS));
	kmc_report_free(assert_found(state, &outer, "struct outermost", "more", KMC_GUESS));
	kmc_report_free(assert_found(state, &named, "struct outermost", "more", KMC_LIKELY));
}

static void the_source_says_what_a_member_is_in(void **state)
{
	static const struct read back = {
		"of_what_is_around", -8, 64, "return container_of(p, struct around, part)->label;", 0
	};
	static const struct read macro = {
		"of_what_is_around", -8, 64, "return to_around(p)->label;", 0
	};
	static const struct read other = {
		"of_what_is_around", -8, 64, "return to_around(p)->name;", 0
	};

	kmc_report_free(assert_found(state, &back, "struct around", "label", KMC_LIKELY));
	kmc_report_free(assert_found(state, &macro, "struct around", "label", KMC_LIKELY));
	kmc_report_free(assert_found(state, &other, "struct beside", "before", KMC_GUESS));
}

static void room_on_the_stack_tells_no_container(void **state)
{
	static const struct read read = { "of_what_has_room", -8, 64, NULL, 0 };

	kmc_report_free(assert_found(state, &read, "struct with_pair", "head", KMC_GUESS));
}

static void the_source_says_which_element(void **state)
{
	static const struct read read = {
		"of_a_pair", 24, 64, "return pairs[0].second + pairs[1].second;", 0
	};
	struct kmc_report *report = assert_found(state, &read, "struct pair", "second",
						 KMC_LIKELY);

	assert_int_equal(report->candidates->offset, 8);
	kmc_report_free(report);
}

static void the_source_tells_the_arm_whose_bit_it_tests(void **state)
{
	static const struct read named = {
		"of_a_flag", 8, 8, "return handle->other_flags & 1;", 0
	};
	static const struct read other = { "of_a_flag", 8, 8, NULL, 0 };

	kmc_report_free(assert_found(state, &named, "struct handle", "other_flags", KMC_CERTAIN));
	kmc_report_free(assert_found(state, &other, "struct handle", "skip", KMC_LIKELY));
}

static void the_header_of_an_argument_has_the_macro(void **state)
{
	const struct read sum = { "of_a_sum", 36, 32, "return packet_tail(p)->kind;", 0 };
	const struct read bytes = { "of_bytes", 33, 8, "return packet_tail(p)->parts;", 0 };

	assert_best(make_indexed(*state, &sum, "rcx"), "struct tail", "kind", KMC_LIKELY);
	assert_best(make_indexed(*state, &bytes, "rsi"), "struct tail", "parts", KMC_LIKELY);
}

static void a_macro_that_may_be_another_is_not_used(void **state)
{
	static const struct read reads[] = {
		{ "of_either_macro", 40, 32, "return packet_other(p)->order;", 0 },
		{ "of_a_sum", 36, 32, "return packet_tail(nothing)->kind;", 0 },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(reads); i++) {
		struct kmc_report *report = make_indexed(*state, &reads[i], "rcx");

		assert_int_equal(report->ncandidates, 0);
		kmc_report_free(report);
	}
}

static void what_an_index_is_added_to_may_be_text(void **state)
{
	const struct read read = { "of_bytes", 33, 8, "return head[end + 1] + t->parts;", 0 };
	struct kmc_report *report = make_indexed(*state, &read, "rsi");

	assert_true(report->ncandidates);
	for (size_t i = 0; i < report->ncandidates; i++)
		assert_int_equal(report->candidates[i].confidence, KMC_GUESS);
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_register_is_one_reason),
		cmocka_unit_test(the_source_is_a_second_one),
		cmocka_unit_test(what_may_have_been_cast_is_a_guess),
		cmocka_unit_test(a_cast_that_says_otherwise_leaves_a_guess),
		cmocka_unit_test(a_variable_that_is_nowhere_may_be_it),
		cmocka_unit_test(the_named_arm_may_be_longer),
		cmocka_unit_test(what_all_of_them_have_is_not),
		cmocka_unit_test(the_source_tells_what_was_cast_to),
		cmocka_unit_test(the_source_tells_that_nothing_was_cast),
		cmocka_unit_test(the_size_of_the_object_tells_the_type),
		cmocka_unit_test(the_innermost_variable_counts),
		cmocka_unit_test(all_arms_are_named),
		cmocka_unit_test(of_a_struct_group_the_shorter_name_is_said),
		cmocka_unit_test(arms_with_names_that_begin_alike_are_both_said),
		cmocka_unit_test(the_source_tells_the_arm),
		cmocka_unit_test(a_variable_tells_the_arm),
		cmocka_unit_test(a_variable_tells_the_arm_of_two_members),
		cmocka_unit_test(of_two_that_differ_neither_tells_the_arm),
		cmocka_unit_test(a_mask_tells_the_bit),
		cmocka_unit_test(a_bit_that_is_set_uses_no_other),
		cmocka_unit_test(an_anonymous_struct_has_its_typedefs_name),
		cmocka_unit_test(a_copy_of_padding_has_two_reasons),
		cmocka_unit_test(the_source_tells_what_is_in_no_register),
		cmocka_unit_test(an_element_is_what_is_pointed_to),
		cmocka_unit_test(what_is_called_is_read),
		cmocka_unit_test(what_the_source_does_not_say_is_not_found),
		cmocka_unit_test(what_fits_much_is_a_guess),
		cmocka_unit_test(of_containers_the_inner_one_is_known),
		cmocka_unit_test(the_source_says_what_a_member_is_in),
		cmocka_unit_test(room_on_the_stack_tells_no_container),
		cmocka_unit_test(the_source_says_which_element),
		cmocka_unit_test(the_source_tells_the_arm_whose_bit_it_tests),
		cmocka_unit_test(the_header_of_an_argument_has_the_macro),
		cmocka_unit_test(a_macro_that_may_be_another_is_not_used),
		cmocka_unit_test(what_an_index_is_added_to_may_be_text),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
