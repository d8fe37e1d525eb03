// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pointers in a compiled file, followed to what they point to; values of members and what
 * they are called; what a report comes to. Reports are made by hand.
 */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "explained.h"
#include "code/insn.h"
#include "debuginfo/debuginfo.h"
#include "debuginfo/image.h"
#include "debuginfo/vars.h"
#include "explain/type_propagation.h"
#include "explain/value.h"
#include "explain/verdict.h"
#include "report/model.h"

/* ---- vars.c ---- */

static const struct kmc_var *find_var(const struct kmc_vars *vars, const char *name)
{
	for (size_t i = 0; i < vars->count; i++)
		if (!strcmp(vars->v[i].name, name))
			return &vars->v[i];
	return NULL;
}

static void a_parameter_is_in_its_register(void **state)
{
	struct state *s = *state;
	struct kmc_vars *vars;
	const struct kmc_var *var;
	int64_t offset;

	assert_no_error(kmc_vars_at(s->di.vmlinux, symbol(s, "member"), &vars));
	var = find_var(vars, "o");
	assert_non_null(var);
	assert_true(var->aggregate);
	assert_string_equal(dwarf_diename((Dwarf_Die *)&var->target), "outer");
	assert_string_equal(var->function, "member");
	assert_true(kmc_place_is_register(&var->place));
	assert_int_equal(kmc_reg_of_dwarf(&kmc_x86_64, kmc_place_register(&var->place, &offset)),
			 KMC_REG_RDI);
	assert_int_equal(offset, 0);
}

static void an_inlined_parameter_is_computed_from_a_register(void **state)
{
	struct state *s = *state;
	uint64_t regs[KMC_DWARF_REGS], value = 0;
	const struct kmc_var *var;
	struct kmc_vars *vars;

	for (int i = 0; i < KMC_DWARF_REGS; i++)
		regs[i] = OBJECT;
	assert_no_error(kmc_vars_at(s->di.vmlinux, mark(s, "inlining", "inside"),
				    &vars));
	var = find_var(vars, "in");
	assert_non_null(var);
	assert_string_equal(var->function, "inlined");
	assert_int_equal(var->level, 0);
	assert_true(kmc_place_value(&var->place, regs, ~0u, &value));
	assert_true(value == OBJECT + 56 || value == OBJECT);
	/* A register that is not known makes a value that is not. */
	assert_false(kmc_place_value(&var->place, regs, 0, &value));
}

static void nothing_is_known_outside_of_functions(void **state)
{
	struct state *s = *state;
	struct kmc_vars *vars;
	struct kmc_slot slot;

	assert_no_error(kmc_vars_at(s->di.vmlinux, 0xffffffff90000000, &vars));
	assert_int_equal(vars->count, 0);
	assert_no_error(kmc_vars_slot(s->di.vmlinux, 0xffffffff90000000, -16, &slot));
	assert_false(slot.found);
}

static void damaged_places_have_no_value(void **state)
{
	static const uint64_t regs[KMC_DWARF_REGS];
	Dwarf_Op deep[100], few[2] = {
		{ .atom = DW_OP_plus }, { .atom = DW_OP_deref },
	};
	struct kmc_place_ops place = { .ops = deep, .count = KMC_ARRAY_SIZE(deep) };
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(deep); i++)
		deep[i] = (Dwarf_Op) { .atom = DW_OP_lit1 };
	assert_false(kmc_place_value(&place, regs, ~0u, &value));
	place = (struct kmc_place_ops) { .ops = few, .count = 1 };
	assert_false(kmc_place_value(&place, regs, ~0u, &value));
	place.count = 2;
	assert_false(kmc_place_value(&place, regs, ~0u, &value));
	place.count = 0;
	assert_false(kmc_place_value(&place, regs, ~0u, &value));
	assert_int_equal(value, 7);
}

/* ---- type_propagation.c ---- */

static void assert_points_to(struct state *s, const char *function, const char *name,
			     const char *type)
{
	struct kmc_pointee pointee;

	assert_no_error(kmc_type_propagate(s->di.vmlinux, mark(s, function, name),
				     KMC_REG_RAX, &pointee));
	if (pointee.found != !!type)
		print_error("# %s: found %d, %s\n", function, pointee.found,
			    pointee.how);
	assert_int_equal(pointee.found, !!type);
	if (!type)
		return;
	assert_string_equal(dwarf_diename(&pointee.die), type);
	assert_int_equal(pointee.offset, 0);
}

static void a_loaded_member_is_not_an_array_before_it(void **state)
{
	assert_points_to(*state, "member", "loaded", "inner");
}

static void an_element_of_an_array_of_pointers(void **state)
{
	assert_points_to(*state, "element", "loaded", "inner");
}

static void an_index_is_for_the_arm_that_is_an_array(void **state)
{
	assert_points_to(*state, "arm_by_index", "loaded", "trie");
}

static void a_variable_in_the_frame(void **state)
{
	assert_points_to(*state, "spilled", "loaded", "inner");
}

static void a_global_variable(void **state)
{
	assert_points_to(*state, "global", "loaded", "inner");
}

static void ways_that_meet_bring_one_type(void **state)
{
	assert_points_to(*state, "meeting", "met", "inner");
}

static void ways_that_bring_two_types_say_nothing(void **state)
{
	assert_points_to(*state, "parting", "met", NULL);
}

static void a_way_that_is_unknown_makes_it_weak(void **state)
{
	struct state *s = *state;
	struct kmc_pointee pointee;

	assert_points_to(s, "guessing", "met", "inner");
	assert_no_error(kmc_type_propagate(s->di.vmlinux, mark(s, "guessing", "met"),
				     KMC_REG_RAX, &pointee));
	assert_true(pointee.weak);
	assert_no_error(kmc_type_propagate(s->di.vmlinux, mark(s, "meeting", "met"),
				     KMC_REG_RAX, &pointee));
	assert_false(pointee.weak);
}

static void a_way_that_brings_null_says_nothing(void **state)
{
	assert_points_to(*state, "nothing", "met", "other");
}

static void a_sum_says_nothing(void **state)
{
	assert_points_to(*state, "computed", "sum", NULL);
}

/* ---- value.c ---- */

static void values_are_written_as_in_c(void **state)
{
	struct kmc_report *report = make(*state, bytes, sizeof(bytes),
					 ALL_INITIALIZED, 0);

	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_value(report, "name[0..7]", "\"eth0\"");
	assert_null(value_of(report, "key[0..5]")->text);
	assert_value(report, "ready", "1");
	assert_value(report, "mode", "5");
	assert_true(value_of(report, "mode")->bitfield);
	assert_value(report, "colour", "2");
	assert_value(report, "yes", "true");
	assert_value(report, "as.number", "-1");
	assert_true(value_of(report, "as.number")->in_union);
	assert_value(report, "next", "0xff11000000002010");
	assert_value(report, "last", "-2");
	kmc_report_free(report);
}

static void values_have_names(void **state)
{
	struct kmc_report *report = make(*state, bytes, sizeof(bytes),
					 ALL_INITIALIZED, 0);
	const struct kmc_value *value;

	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	value = value_of(report, "colour");
	assert_int_equal(value->nnames, 2);
	assert_string_equal(value->names[0], "GREEN");
	assert_string_equal(value->names[1], "LIME");
	/* Macros that begin like the member, and no others of that value. */
	value = value_of(report, "st_code");
	assert_string_equal(value->text, "0x80");
	assert_int_equal(value->nnames, 1);
	assert_string_equal(value->names[0], "ST_FRESH");
	kmc_report_free(report);
}

static void what_is_not_initialized_has_no_value(void **state)
{
	char shadow[] = ALL_INITIALIZED;
	struct kmc_report *report;

	memset(shadow, 'u', 8);
	shadow[10] = 'u';
	shadow[29] = 'u';
	report = make(*state, bytes, sizeof(bytes), shadow, 29);
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_null(value_of(report, "name[0..7]")->text);
	assert_int_equal(value_of(report, "name[0..7]")->state, 'u');
	/* An array is cut where the state changes. */
	assert_int_equal(value_of(report, "key[0..1]")->state, 'i');
	assert_int_equal(value_of(report, "key[2]")->state, 'u');
	assert_int_equal(value_of(report, "key[3..5]")->state, 'i');
	assert_null(value_of(report, "st_code")->text);
	assert_int_equal(value_of(report, "st_code")->state, 'm');
	assert_true(value_of(report, "st_code")->reported);
	assert_false(value_of(report, "yes")->reported);
	kmc_report_free(report);
}

static void an_object_that_is_cut_off_shows_what_is_there(void **state)
{
	struct kmc_report *report = make(*state, bytes + 30, 20, "iiiiiiiiiiiiiiiiiiii", 2);

	/* The copy begins in the middle of st_code. */
	report->candidates->offset = 32;
	report->memory_start = OBJECT + 30;
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_null(value_of(report, "st_code")->text);
	assert_value(report, "last", "-2");
	assert_true(value_of(report, "as.number")->reported);
	kmc_report_free(report);
}

/* ---- verdict.c ---- */

static void assert_verdict(void **state, const char *shadow, unsigned int caret,
			   enum kmc_verdict_class class)
{
	struct kmc_report *report = make(*state, bytes, sizeof(bytes), shadow, caret);

	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_no_error(kmc_verdict_fill(report));
	if (report->verdict.kind != class)
		for (size_t i = 0; i < report->nvalues; i++)
			print_error("# %s %c %d\n", report->values[i].path,
				    report->values[i].state, report->values[i].reported);
	assert_string_equal(kmc_verdict_name(report->verdict.kind),
			    kmc_verdict_name(class));
	assert_non_null(report->verdict.text);
	assert_non_null(report->verdict.next);
	assert_int_equal(!!report->verdict.annotation,
			 class == KMC_VERDICT_PADDING || class == KMC_VERDICT_BITFIELD);
	kmc_report_free(report);
}

static void layout_tells_padding_bits_and_members_apart(void **state)
{
	char shadow[] = ALL_INITIALIZED;

	memset(shadow + 50, 'u', 6);
	assert_verdict(state, shadow, 52, KMC_VERDICT_PADDING);
	memset(shadow + 14, 'u', 2);
	assert_verdict(state, shadow, 14, KMC_VERDICT_PADDING);
	shadow[16] = 'u';
	assert_verdict(state, shadow, 16, KMC_VERDICT_BITFIELD);
	memset(shadow + 28, 'u', 4);
	assert_verdict(state, shadow, 28, KMC_VERDICT_MEMBER);
	shadow[31] = 'i';
	assert_verdict(state, shadow, 28, KMC_VERDICT_PARTIAL);
}

static void assert_class(void **state, enum kmc_state what, enum kmc_kind kind,
			 uint64_t requested, enum kmc_verdict_class class)
{
	struct kmc_report *report = make(*state, bytes, sizeof(bytes),
					 ALL_INITIALIZED, 52);

	report->state = what;
	report->kind = kind;
	report->object = (struct kmc_object) {
		.known = requested, .start = OBJECT, .size = 64,
		.requested = requested,
	};
	assert_no_error(kmc_verdict_fill(report));
	assert_string_equal(kmc_verdict_name(report->verdict.kind),
			    kmc_verdict_name(class));
	assert_null(report->verdict.annotation);
	kmc_report_free(report);
}

static void states_tell_the_rest(void **state)
{
	assert_class(state, KMC_FREED, KMC_READ, 0, KMC_VERDICT_FREED);
	assert_class(state, KMC_UNALLOCATED, KMC_READ, 0, KMC_VERDICT_UNALLOCATED);
	assert_class(state, KMC_UNALLOCATED, KMC_WRITE, 50, KMC_VERDICT_SLACK);
	assert_class(state, KMC_UNINITIALIZED, KMC_INFOLEAK, 0, KMC_VERDICT_INFOLEAK);
	assert_class(state, KMC_UNINITIALIZED, KMC_READ, 0, KMC_VERDICT_UNKNOWN);
	assert_class(state, KMC_INITIALIZED, KMC_READ, 0, KMC_VERDICT_UNKNOWN);
	assert_class(state, KMC_INVALID, KMC_READ, 0, KMC_VERDICT_UNKNOWN);
}

static void assert_affected(struct kmc_report *report, enum kmc_state state,
			    const char *shadow, unsigned int wanted)
{
	free(report->shadow);
	report->shadow = strdup(shadow);
	report->shadow_len = strlen(shadow);
	report->state = state;
	assert_int_equal(kmc_report_affected(report), wanted);
}

static void bytes_in_the_state_are_counted(void **state)
{
	struct kmc_report *report = make(*state, bytes, 8, "iiiiiiii", 2);

	report->bits = 32;
	assert_affected(report, KMC_UNINITIALIZED, "uuiuiuuu", 2);
	assert_affected(report, KMC_UNINITIALIZED, "iiffuaii", 1);
	assert_affected(report, KMC_FREED, "iiffuaii", 2);
	assert_affected(report, KMC_UNALLOCATED, "iiffuaii", 1);
	/* It cannot be so, or cannot be told. */
	assert_affected(report, KMC_UNINITIALIZED, "iiiiiiuu", 4);
	assert_affected(report, KMC_UNINITIALIZED, "iiuii", 4);
	assert_affected(report, KMC_UNINITIALIZED, "", 4);
	report->caret = -1;
	assert_affected(report, KMC_UNINITIALIZED, "uuiuiuuu", 4);
	kmc_report_free(report);
}

static void a_verdict_counts_them(void **state)
{
	char shadow[] = ALL_INITIALIZED;
	struct kmc_report *report;

	shadow[30] = 'u';
	report = make(*state, bytes, sizeof(bytes), shadow, 28);
	report->bits = 32;
	assert_no_error(kmc_values_fill(&((struct state *)*state)->di, report));
	assert_no_error(kmc_verdict_fill(report));
	assert_non_null(strstr(report->verdict.text, "1 of the 4 bytes at +28 of struct record, "));
	assert_non_null(strstr(report->verdict.text, " was used, "));
	kmc_report_free(report);
}

static void a_report_of_nothing_has_a_verdict(void **state)
{
	struct kmc_report *report = kmc_report_new("x");

	(void)state;
	report->caret = -1;
	report->state = KMC_INVALID;
	assert_no_error(kmc_explain_report(NULL, report));
	assert_int_equal(report->ncandidates, 0);
	assert_int_equal(report->nvalues, 0);
	assert_int_equal(report->verdict.kind, KMC_VERDICT_UNKNOWN);
	assert_non_null(report->verdict.text);
	kmc_report_free(report);
}

/* ---- locate.c ---- */

/* A read at @offset of what all registers point to, but for RAX, which is @away from it. */
static struct kmc_report *make_read(struct state *s, uint64_t at, uint64_t offset,
				    uint64_t away)
{
	static const char * const names[] = {
		"rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11",
	};
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);

	assert_non_null(frame);
	frame->resolved = true;
	frame->link_address = at;
	report->bits = 64;
	report->caret = -1;
	report->address = OBJECT + offset;
	report->state = KMC_UNINITIALIZED;
	assert_true(kmc_report_set_register(report, "rax", OBJECT + away));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		assert_true(kmc_report_set_register(report, names[i], OBJECT));
	assert_no_error(kmc_explain_report(&s->di, report));
	return report;
}

static void assert_evidence(const struct kmc_report *report, const char *text)
{
	const struct kmc_candidate *candidate = report->candidates;

	for (size_t i = 0; i < candidate->nevidence; i++)
		if (!strcmp(candidate->evidence[i].detail, text))
			return;
	for (size_t i = 0; i < candidate->nevidence; i++)
		print_error("# %s\n", candidate->evidence[i].detail);
	fail_msg("nothing says %s", text);
}

static void a_register_comes_from_where_a_variable_does(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = make_read(s, mark(s, "around", "inside"), 48, 40);

	assert_int_equal(report->ncandidates, 1);
	assert_string_equal(report->candidates[0].type, "struct outer");
	assert_string_equal(report->candidates[0].path, "table[2]");
	assert_int_equal(report->candidates[0].confidence, KMC_LIKELY);
	kmc_report_free(report);
}

static void evidence_has_no_sum_with_nothing(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = make_read(s, mark(s, "member", "loaded"), 0x1004,
					      0x1000);

	assert_int_equal(report->ncandidates, 1);
	assert_evidence(report,
			"rax = 0xff11000000002000 is o of member()->inner");
	kmc_report_free(report);
}

/* ---- the whole ---- */

static void another_candidate_can_be_chosen(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = make(s, bytes, sizeof(bytes), ALL_INITIALIZED, 0);
	struct kmc_candidate *both = calloc(2, sizeof(*both));

	both[0] = report->candidates[0];
	both[1] = (struct kmc_candidate) {
		.type = strdup("struct inner"), .types = s->types,
		.type_id = find_type(s, "struct inner"), .type_size = 8,
		.start = OBJECT,
	};
	free(report->candidates);
	report->candidates = both;
	report->ncandidates = 2;
	assert_no_error(kmc_report_choose(&s->di, report, 1));
	assert_string_equal(report->candidates[0].type, "struct inner");
	assert_string_equal(report->candidates[1].type, "struct record");
	assert_value(report, "first", "0x30687465");
	assert_error(kmc_report_choose(&s->di, report, 2), KMC_ERROR_NOT_FOUND,
		     "no candidate 2");
	kmc_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_parameter_is_in_its_register),
		cmocka_unit_test(an_inlined_parameter_is_computed_from_a_register),
		cmocka_unit_test(nothing_is_known_outside_of_functions),
		cmocka_unit_test(damaged_places_have_no_value),
		cmocka_unit_test(a_loaded_member_is_not_an_array_before_it),
		cmocka_unit_test(an_element_of_an_array_of_pointers),
		cmocka_unit_test(an_index_is_for_the_arm_that_is_an_array),
		cmocka_unit_test(a_variable_in_the_frame),
		cmocka_unit_test(a_global_variable),
		cmocka_unit_test(ways_that_meet_bring_one_type),
		cmocka_unit_test(ways_that_bring_two_types_say_nothing),
		cmocka_unit_test(a_way_that_is_unknown_makes_it_weak),
		cmocka_unit_test(a_way_that_brings_null_says_nothing),
		cmocka_unit_test(a_sum_says_nothing),
		cmocka_unit_test(values_are_written_as_in_c),
		cmocka_unit_test(values_have_names),
		cmocka_unit_test(what_is_not_initialized_has_no_value),
		cmocka_unit_test(an_object_that_is_cut_off_shows_what_is_there),
		cmocka_unit_test(layout_tells_padding_bits_and_members_apart),
		cmocka_unit_test(states_tell_the_rest),
		cmocka_unit_test(bytes_in_the_state_are_counted),
		cmocka_unit_test(a_verdict_counts_them),
		cmocka_unit_test(a_report_of_nothing_has_a_verdict),
		cmocka_unit_test(a_register_comes_from_where_a_variable_does),
		cmocka_unit_test(evidence_has_no_sum_with_nothing),
		cmocka_unit_test(another_candidate_can_be_chosen),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
