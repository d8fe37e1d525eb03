// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions that share a name: three namesake(), two of them of one size, each called
 * by another function.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "code/successors.h"
#include "debuginfo/debuginfo.h"
#include "fixture.h"
#include "kmc/kmc.h"
#include "report/model.h"

/* What the kernel could be moved by. */
#define SLIDE	0x1e400000ULL

struct state {
	struct fixture *f;
	struct kmc_debuginfo *di;
	struct kmc_code *code;
};

static uint64_t symbol(struct state *s, const char *name)
{
	uint64_t address = 0;

	assert_no_error(kmc_symbol_address(s->di, NULL, name, 0, 0, &address));
	return address;
}

/* The first call of a function, and where it returns to. */
static uint64_t call_in(struct state *s, const char *name, uint64_t *returns)
{
	struct kmc_successors next = { };
	uint64_t at = symbol(s, name);

	for (*returns = at; !next.insn.is_call; *returns += next.insn.length)
		assert_null(kmc_successors_read(s->code, *returns, &next));
	assert_true(next.has_callee);
	return next.callee;
}

static uint64_t size_of(struct state *s, uint64_t address)
{
	return kmc_symtab_at(&s->di->vmlinux->symtab, address)->size;
}

static struct kmc_frame *add(struct kmc_stack *stack, enum kmc_role role, const char *name,
			     uint64_t offset, uint64_t size)
{
	struct kmc_frame *frame = kmc_stack_push(stack, role);

	assert_non_null(frame);
	frame->symbol = strdup(name);
	frame->has_offset = true;
	frame->offset = offset;
	frame->size = size;
	return frame;
}

static struct kmc_frame *add_caller(struct state *s, struct kmc_stack *stack,
				    const char *name)
{
	uint64_t returns;

	call_in(s, name, &returns);
	return add(stack, KMC_ROLE_RETURN, name, returns - symbol(s, name), 0);
}

static void explain(struct state *s, struct kmc_report *report)
{
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_no_error(kmc_explain_report(s->di, report));
}

static void assert_note(const struct kmc_frame *frame, const char *wanted)
{
	char note[128];

	assert_int_equal(kmc_frame_note(frame, note, sizeof(note)), !!*wanted);
	assert_string_equal(note, wanted);
}

static void a_caller_tells(void **state)
{
	static const char * const callers[] = { "entry_b", "entry_c", "entry_a" };
	struct state *s = *state;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(callers); i++) {
		struct kmc_report *report = kmc_report_new("x");
		uint64_t returns, start = call_in(s, callers[i], &returns);
		const struct kmc_frame *frame;

		add(&report->frames, KMC_ROLE_RIP, "namesake", 4, 0);
		add_caller(s, &report->frames, callers[i]);
		explain(s, report);
		frame = report->frames.frames;
		assert_int_equal(frame->link_address, start + 4);
		assert_string_equal(frame->chain[0].function, "namesake");
		assert_note(frame, "one of three functions of that name, told by what its caller calls");
		kmc_report_free(report);
	}
}

static void size_is_enough_or_asked_first(void **state)
{
	struct state *s = *state;
	uint64_t returns, small = call_in(s, "entry_a", &returns);
	struct kmc_report *report = kmc_report_new("x");

	add(&report->frames, KMC_ROLE_RIP, "namesake", 4, size_of(s, small));
	explain(s, report);
	assert_int_equal(report->frames.frames->link_address, small + 4);
	assert_note(report->frames.frames, "");
	kmc_report_free(report);
}

static void nothing_tells(void **state)
{
	struct state *s = *state;
	uint64_t returns, large = call_in(s, "entry_b", &returns);
	struct kmc_report *report = kmc_report_new("x");

	report->state = KMC_UNINITIALIZED;
	add(&report->frames, KMC_ROLE_RIP, "namesake", 4, size_of(s, large));
	/* This one calls none of them. */
	add_caller(s, &report->frames, "caller");
	add(&report->frames, KMC_ROLE_RETURN, "no_such_function", 4, 0);
	explain(s, report);
	assert_null(report->frames.frames->chain);
	assert_false(report->frames.frames->resolved);
	assert_note(report->frames.frames, "ambiguous: three functions of that name");
	assert_note(&report->frames.frames[2], "");
	assert_non_null(strstr(report->verdict.next, "which of 3 functions namesake()"));
	kmc_report_free(report);
}

static void the_stack_of_the_allocation_counts_for_itself(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_stack *stack = &report->alloc.stack;
	uint64_t returns, start = call_in(s, "entry_c", &returns);

	add(&report->frames, KMC_ROLE_RIP, "namesake", 4, 0);
	add(stack, KMC_ROLE_RETURN, "namesake", 4, 0);
	add_caller(s, stack, "entry_c");
	explain(s, report);
	assert_note(report->frames.frames, "ambiguous: three functions of that name");
	assert_int_equal(stack->frames[0].link_address, start + 4);
	kmc_report_free(report);
}

static void expect_told_by_address(struct state *s, const char *flags)
{
	struct kmc_debuginfo_options opts = { .size = sizeof(opts) };
	struct kmc_report *report = kmc_report_new("x");
	uint64_t returns, start = call_in(s, "entry_c", &returns);
	struct kmc_debuginfo *di;
	struct kmc_frame *frame;

	fixture_run(s->f, "gcc -nostdlib -static %s -Wl,-e,_start -Wl,-Ttext=0xffffffff81000000 chain.o a.o b.o c.o entry.o -o moved",
		    flags);
	opts.vmlinux = fixture_path(s->f, "moved");
	assert_no_error(kmc_debuginfo_open(&opts, NULL, &di));
	frame = add(&report->frames, KMC_ROLE_RIP, "namesake", 4, size_of(s, start));
	frame->has_address = true;
	frame->address = start + 4 + SLIDE;
	assert_no_error(kmc_symbolize_report(di, report));
	frame = report->frames.frames;
	assert_int_equal(frame->link_address, start + 4);
	assert_note(frame, "one of three functions of that name, told by its address");
	kmc_report_free(report);
	kmc_debuginfo_free(di);
	free((char *)opts.vmlinux);
}

/*
 * By whole 2 MB, or not at all: so that only one can have been moved there. One that can be
 * moved keeps its relocations, unless it is stripped of them.
 */
static void an_address_tells(void **state)
{
	expect_told_by_address(*state, "-Wl,-q");
	expect_told_by_address(*state, "");
}

static int setup(void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	struct kmc_debuginfo_options opts = { .size = sizeof(opts) };

	s->f = fixture_new("gcc", "-g");
	opts.vmlinux = s->f->vmlinux;
	assert_no_error(kmc_debuginfo_open(&opts, NULL, &s->di));
	assert_no_error(kmc_code_get(s->di->vmlinux, &s->code));
	*state = s;
	return 0;
}

static int teardown(void **state)
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
		cmocka_unit_test(a_caller_tells),
		cmocka_unit_test(size_is_enough_or_asked_first),
		cmocka_unit_test(nothing_tells),
		cmocka_unit_test(the_stack_of_the_allocation_counts_for_itself),
		cmocka_unit_test(an_address_tells),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("namesakes", tests, setup, teardown);
}
