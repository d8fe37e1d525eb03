// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults: which register had the bad pointer, what it is, and what it was used for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "fixture.h"
#include "code/code.h"
#include "code/insn.h"
#include "debuginfo/debuginfo.h"
#include "explain/bad_pointer.h"
#include "report/model.h"

#define GOOD	0xffff888100000000
/* As the kernel is compiled for KASAN. */
#define CHECKED	"-fsanitize=kernel-address -fasan-shadow-offset=0xdffffc0000000000"
#define INLINE	"--param asan-instrumentation-with-call-threshold=10000 --param asan-globals=0"

struct state {
	struct fixture *f;
	struct kmc_debuginfo di;
};

static struct state *state_of(const char *flags)
{
	struct state *s = calloc(1, sizeof(*s));
	char *path;

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	fixture_compile(s->f, "faults", flags);
	path = fixture_path(s->f, "faults");
	assert_no_error(kmc_image_open(NULL, path, NULL, &s->di.vmlinux));
	s->di.source_tried = true;
	free(path);
	return s;
}

static int set_up(void **state)
{
	*state = state_of("-g -mno-sse");
	return 0;
}

static int set_up_kasan(void **state)
{
	*state = state_of("-g -mno-sse " CHECKED " " INLINE);
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

static uint64_t symbol(const struct state *s, const char *name)
{
	return fixture_symbol(s->f, "symbols", name);
}

/**
 * struct fault - a report
 * @function: its first instruction
 * @checker: "oops" has an address, "gpf" none
 * @kind: what the report says
 * @rdi: registers of arguments
 * @rsi: likewise
 * @address: that is reported
 * @rbx: another register
 */
struct fault {
	const char *function;
	const char *checker;
	enum kmc_kind kind;
	uint64_t rdi;
	uint64_t rsi;
	uint64_t address;
	uint64_t rbx;
};

static struct kmc_report *report_of(struct state *s, const struct fault *fault)
{
	static const char * const names[] = {
		"rax", "rcx", "rdx", "rbp", "r8", "r9", "r10", "r11",
	};
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);

	assert_non_null(frame);
	frame->symbol = strdup(fault->function);
	frame->resolved = true;
	frame->link_address = symbol(s, fault->function);
	report->checker = fault->checker;
	report->error = strdup("a fault");
	report->kind = fault->kind;
	report->has_address = !strcmp(fault->checker, "oops");
	report->address = fault->address;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		assert_true(kmc_report_set_register(report, names[i], GOOD + 0x10000 * i));
	assert_true(kmc_report_set_register(report, "rdi", fault->rdi));
	assert_true(kmc_report_set_register(report, "rsi", fault->rsi));
	assert_true(kmc_report_set_register(report, "rbx", fault->rbx));
	assert_true(kmc_report_set_register(report, "rsp", 0xffffc90000103d98));
	return report;
}

static struct kmc_report *explain(struct state *s, const struct fault *fault)
{
	struct kmc_report *report = report_of(s, fault);

	assert_no_error(kmc_explain_report(&s->di, report));
	return report;
}

static void assert_says(void **state, const struct fault *fault, enum kmc_verdict_class kind,
			const char *headline)
{
	struct kmc_report *report = explain(*state, fault);

	assert_string_equal(report->verdict.headline, headline);
	assert_int_equal(report->verdict.kind, kind);
	assert_non_null(report->verdict.next);
	kmc_report_free(report);
}

/* ---- the pointer ---- */

static void null(void **state)
{
	const struct fault fault = { "prot_of", "oops", KMC_READ, 0, GOOD, 0x28, GOOD };
	struct kmc_report *report = explain(*state, &fault);

	assert_string_equal(report->verdict.headline,
			    "NULL `sk` read at sk->prot (+0x28) in prot_of(), likely");
	assert_string_equal(report->verdict.text,
			    "rdi, `sk`, is NULL; mov 0x28(%rdi),%rax reads 8 bytes at 0x28, sk->prot");
	assert_string_equal(report->fault.reg, "rdi");
	assert_int_equal(report->fault.disp, 0x28);
	assert_int_equal(report->fault.pointer, KMC_POINTER_NULL);
	/* To choose what was best changes nothing. */
	assert_no_error(kmc_report_choose(&((struct state *)*state)->di, report, 0));
	assert_string_equal(report->verdict.headline,
			    "NULL `sk` read at sk->prot (+0x28) in prot_of(), likely");
	kmc_report_free(report);
}

static void what_else_is_null_does_not_count(void **state)
{
	const struct fault fault = { "one_of_two", "oops", KMC_READ, 0, 0, 8, GOOD };
	struct kmc_report *report = explain(*state, &fault);

	assert_string_equal(report->verdict.headline,
			    "NULL `sk` read at sk->pad[1] (+0x8) in one_of_two(), likely");
	assert_int_equal(report->ncandidates, 1);
	kmc_report_free(report);
}

static void an_error_pointer_has_its_name(void **state)
{
	const struct fault fault = { "prot_of", "oops", KMC_READ, -12, GOOD, 0x1c, GOOD };

	assert_says(state, &fault, KMC_VERDICT_ERROR_POINTER,
		    "ERR_PTR(-ENOMEM) `sk` read at sk->prot (+0x28) in prot_of(), likely");
}

static void freed_memory(void **state)
{
	const struct fault fault = { "set_refs", "gpf", KMC_UNKNOWN_KIND, 0x6b6b6b6b6b6b6b6b, GOOD, 0,
				     GOOD };

	assert_says(state, &fault, KMC_VERDICT_STALE,
		    "POISON_FREE `sk` written at sk->refs (+0x30) in set_refs(), likely");
}

static void a_deleted_list_entry(void **state)
{
	const struct fault fault = { "unlink_node", "gpf", KMC_UNKNOWN_KIND, GOOD,
				     0xdead000000000100, 0, GOOD };

	assert_says(state, &fault, KMC_VERDICT_STALE,
		    "LIST_POISON1 `next` written at next->prev (+0x8) in unlink_node(), likely");
}

static void what_is_read_and_written(void **state)
{
	const struct fault fault = { "take", "oops", KMC_WRITE, 0x7f0012340000, GOOD,
				     0x7f0012340030, GOOD };

	assert_says(state, &fault, KMC_VERDICT_USER,
		    "user-space address 0x7f0012340000 `sk` changed at sk->refs (+0x30) in take(), likely");
}

static void an_address_where_nothing_is(void **state)
{
	const struct fault fault = { "prot_of", "oops", KMC_READ, 0xffff88815ead0000, GOOD,
				     0xffff88815ead0028, GOOD };

	assert_says(state, &fault, KMC_VERDICT_WILD,
		    "bad pointer 0xffff88815ead0000 `sk` read at sk->prot (+0x28) in prot_of(), likely");
}

static void an_index(void **state)
{
	const struct fault fault = { "slot", "oops", KMC_READ, GOOD, 0x4142434400,
				     GOOD + 0x48 + 8 * 0x4142434400, GOOD };
	struct kmc_report *report = explain(*state, &fault);

	assert_string_equal(report->fault.reg, "rsi");
	assert_true(report->fault.is_index);
	assert_string_equal(report->verdict.headline,
			    "index 280284578816 (0x4142434400) of `sk` read at sk->slots[0] (+0x48) in slot(), likely");
	kmc_report_free(report);
}

static void an_index_of_the_kernels_own_array(void **state)
{
	const struct fault fault = { "of_table", "gpf", KMC_UNKNOWN_KIND, 0x1234567890abcdef, GOOD,
				     0, GOOD };
	struct kmc_report *report = explain(*state, &fault);

	assert_string_equal(report->fault.reg, "rdi");
	assert_true(report->fault.is_index);
	kmc_report_free(report);
}

/* ---- doubt ---- */

static void another_address_than_the_report_has(void **state)
{
	const struct fault fault = { "prot_of", "oops", KMC_READ, 0, GOOD, 0xffff888155555000, GOOD };
	struct kmc_report *report = explain(*state, &fault);

	assert_true(report->fault.off);
	assert_non_null(strstr(report->verdict.text, "do not give 0xffff888155555000"));
	assert_int_equal(report->candidates->confidence, KMC_GUESS);
	kmc_report_free(report);
}

static void set_code(struct kmc_report *report, const uint8_t *code, size_t len, size_t at)
{
	report->code = malloc(len);
	assert_non_null(report->code);
	memcpy(report->code, code, len);
	report->code_len = len;
	report->code_at = at;
}

static void other_code_is_a_doubt(void **state)
{
	/* mov 0x20(%rdi),%rax */
	static const uint8_t code[] = { 0x90, 0x48, 0x8b, 0x47, 0x20, 0xc3 };
	const struct fault fault = { "prot_of", "oops", KMC_READ, 0, GOOD, 0x20, GOOD };
	struct kmc_report *report = report_of(*state, &fault);

	set_code(report, code, sizeof(code), 1);
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_int_equal(report->ndoubts, 1);
	assert_non_null(strstr(report->doubts->why, "other code"));
	assert_string_equal(report->insn, "mov 0x20(%rdi),%rax");
	assert_int_equal(report->fault.disp, 0x20);
	assert_int_equal(report->candidates->confidence, KMC_GUESS);
	kmc_report_free(report);
}

static void the_same_code_is_none(void **state)
{
	static const uint8_t code[] = { 0x48, 0x8b, 0x47, 0x28, 0xc3 };
	const struct fault fault = { "prot_of", "oops", KMC_READ, 0, GOOD, 0x28, GOOD };
	struct kmc_report *report = report_of(*state, &fault);

	set_code(report, code, sizeof(code), 0);
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_int_equal(report->ndoubts, 0);
	kmc_report_free(report);
}

static void without_debug_info_the_code_is_enough(void **state)
{
	static const uint8_t code[] = { 0x90, 0x48, 0x8b, 0x47, 0x28, 0xc3 };
	const struct fault fault = { "prot_of", "oops", KMC_READ, 0, GOOD, 0x28, GOOD };
	struct kmc_report *report = report_of(*state, &fault);

	report->frames.frames->resolved = false;
	set_code(report, code, sizeof(code), 1);
	assert_no_error(kmc_explain_report(NULL, report));
	assert_string_equal(report->verdict.headline, "NULL read at +0x28 in prot_of()");
	assert_string_equal(report->verdict.text,
			    "rdi is NULL; mov 0x28(%rdi),%rax reads 8 bytes at 0x28");
	kmc_report_free(report);
}

/* ---- calls ---- */

/* Behind the call in a function. */
static uint64_t behind_call(struct state *s, const char *function)
{
	uint64_t at = symbol(s, function);
	struct kmc_insn insn = { };

	while (!insn.is_call) {
		const uint8_t *bytes;
		size_t len;

		assert_no_error(kmc_image_code(s->di.vmlinux, at, KMC_INSN_MAX_LENGTH,
					       &bytes, &len));
		assert_true(kmc_insn_scan(bytes, len, at, &kmc_x86_64, &insn));
		at += insn.length;
	}
	return at;
}

static void a_function_that_is_null(void **state)
{
	const struct fault fault = { "close_it", "oops", KMC_FETCH, 3, GOOD, 0, GOOD };
	struct kmc_report *report = report_of(*state, &fault);
	struct kmc_frame *rip = report->frames.frames, *caller;

	free(rip->symbol);
	rip->symbol = NULL;
	rip->resolved = false;
	rip->has_address = true;
	rip->address = 0;
	caller = kmc_stack_push(&report->frames, KMC_ROLE_RETURN);
	assert_non_null(caller);
	caller->symbol = strdup("close_it");
	caller->resolved = true;
	caller->link_address = behind_call(*state, "close_it");
	assert_no_error(kmc_explain_report(&((struct state *)*state)->di, report));
	assert_true(report->fault.called);
	assert_int_equal(report->verdict.kind, KMC_VERDICT_NULL);
	assert_string_equal(report->candidates->type, "struct proto");
	assert_string_equal(report->candidates->path, "close");
	assert_non_null(strstr(report->verdict.headline, "close` called in close_it()"));
	kmc_report_free(report);
}

/* The processor does not go where no address is, so that the call itself faults. */
static void a_call_of_no_address(void **state)
{
	const struct fault fault = { "close_it", "gpf", KMC_UNKNOWN_KIND, 3, GOOD, 0, GOOD };
	struct state *s = *state;
	struct kmc_report *report = report_of(s, &fault);
	uint64_t at = symbol(s, "close_it"), end = behind_call(s, "close_it");
	struct kmc_insn insn = { };

	while (at < end) {
		const uint8_t *bytes;
		size_t len;

		assert_no_error(kmc_image_code(s->di.vmlinux, at, KMC_INSN_MAX_LENGTH,
					       &bytes, &len));
		assert_true(kmc_insn_scan(bytes, len, at, &kmc_x86_64, &insn));
		at += insn.length;
	}
	report->frames.frames->link_address = insn.address;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_true(report->fault.called);
	assert_string_equal(report->candidates->path, "close");
	assert_non_null(strstr(report->verdict.headline, "close` called in close_it()"));
	kmc_report_free(report);
}

/* ---- KASAN's shadow ---- */

/* The first look at a shadow byte. */
static uint64_t first_check(struct state *s, const char *function)
{
	uint64_t at = symbol(s, function);
	struct kmc_insn insn;

	for (int i = 0; i < 20; i++) {
		const uint8_t *bytes;
		size_t len;

		assert_no_error(kmc_image_code(s->di.vmlinux, at, KMC_INSN_MAX_LENGTH,
					       &bytes, &len));
		assert_true(kmc_insn_scan(bytes, len, at, &kmc_x86_64, &insn));
		if (insn.nmem == 1 && insn.mem[0].size == 1)
			return at;
		at += insn.length;
	}
	fail_msg("there is no check in %s()", function);
	return 0;
}

static void the_address_behind_a_shadow(void **state)
{
	const struct fault faults[] = {
		{ "prot_of", "gpf", KMC_UNKNOWN_KIND, 0x28, GOOD, 0, 0 },
		{ "set_refs", "gpf", KMC_UNKNOWN_KIND, 0x30, GOOD, 0, 0 },
	};
	static const char * const hints[] = {
		"null-ptr-deref in range [0x0000000000000028-0x000000000000002f]",
		"null-ptr-deref in range [0x0000000000000030-0x0000000000000037]",
	};
	static const char * const headlines[] = {
		"NULL `sk` read at sk->prot (+0x28) in prot_of(), likely",
		"NULL `sk` written at sk->refs (+0x30) in set_refs(), likely",
	};
	struct state *s = *state;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(faults); i++) {
		struct kmc_report *report = report_of(s, &faults[i]);

		report->hint = strdup(hints[i]);
		report->frames.frames->link_address = first_check(s, faults[i].function);
		assert_no_error(kmc_explain_report(&s->di, report));
		assert_true(report->fault.shadow);
		assert_string_equal(report->verdict.headline, headlines[i]);
		kmc_report_free(report);
	}
}

/* ---- numbers ---- */

/* @reg: of the machine, with the stack */
static void assert_is_on(const char *reg, uint64_t stack, const char *checker, uint64_t value,
			 enum kmc_pointer_kind kind, const char *name)
{
	struct kmc_report *report = kmc_report_new("x");
	char said[KMC_POINTER_NAME];

	assert_non_null(report);
	report->checker = checker;
	if (!strcmp(reg, "esp"))
		assert_true(kmc_report_set_register(report, "eip", 0xc1000000));
	assert_true(kmc_report_set_register(report, reg, stack));
	assert_int_equal(kmc_pointer_tell(value, report, said), kind);
	assert_string_equal(said, name);
	kmc_report_free(report);
}

static void assert_is(const char *checker, uint64_t value, enum kmc_pointer_kind kind,
		      const char *name)
{
	assert_is_on("rsp", 0xffffc90000103d98, checker, value, kind, name);
}

static void numbers_of_32_bits_have_names(void **state)
{
	static const struct {
		uint32_t value;
		enum kmc_pointer_kind kind;
		const char *name;
	} numbers[] = {
		{ 0x28, KMC_POINTER_NULL, "NULL + 0x28" },
		{ -0x400, KMC_POINTER_NULL, "NULL - 0x400" },
		{ -2, KMC_POINTER_ERROR, "ERR_PTR(-ENOENT)" },
		{ 0x100, KMC_POINTER_LIST_POISON, "LIST_POISON1" },
		{ 0x6b6b6b6b, KMC_POINTER_FREED, "POISON_FREE" },
		{ 0xb7345000, KMC_POINTER_USER, "" },
		{ 0xc0102000, KMC_POINTER_STACK, "" },
		{ 0xc0104000, KMC_POINTER_UNKNOWN, "" },
		{ 0xd0001000, KMC_POINTER_UNKNOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(numbers); i++)
		assert_is_on("esp", 0xc0103d98, "oops", numbers[i].value, numbers[i].kind,
			     numbers[i].name);
}

static void numbers_have_names(void **state)
{
	(void)state;
	assert_is("oops", 0, KMC_POINTER_NULL, "NULL");
	assert_is("oops", 0x28, KMC_POINTER_NULL, "NULL + 0x28");
	assert_is("oops", -0x400, KMC_POINTER_NULL, "NULL - 0x400");
	assert_is("oops", -2, KMC_POINTER_ERROR, "ERR_PTR(-ENOENT)");
	assert_is("oops", -517, KMC_POINTER_ERROR, "ERR_PTR(-EPROBE_DEFER)");
	assert_is("gpf", 0xdead000000000100, KMC_POINTER_LIST_POISON, "LIST_POISON1");
	assert_is("gpf", 0xdead000000000122, KMC_POINTER_LIST_POISON, "LIST_POISON2");
	assert_is("gpf", 0xdead00000000012a, KMC_POINTER_LIST_POISON, "LIST_POISON2 + 0x8");
	assert_is("gpf", 0xdead0000000000f0, KMC_POINTER_LIST_POISON, "LIST_POISON1 - 0x10");
	assert_is("gpf", 0x6b6b6b6b6b6b6b6b, KMC_POINTER_FREED, "POISON_FREE");
	assert_is("gpf", 0x6b6b6b6b6b6b6b93, KMC_POINTER_FREED, "POISON_FREE + 0x28");
	assert_is("gpf", 0xa56b6b6b6b6b6b6b, KMC_POINTER_FREED, "POISON_FREE");
	assert_is("gpf", 0x5a5a5a5a5a5a5a5a, KMC_POINTER_FRESH, "POISON_INUSE");
	assert_is("gpf", 0xcccccccccccccccc, KMC_POINTER_REDZONE, "SLUB_RED_ACTIVE");
	assert_is("gpf", 0xdead4ead00000000, KMC_POINTER_NON_CANONICAL, "");
	assert_is("gpf", 0x2f7273752f62696e, KMC_POINTER_CHARACTERS, "\"nib/usr/\"");
	assert_is("oops", 0x00007f0012345678, KMC_POINTER_USER, "");
	assert_is("gpf", 0x1234567890abcdef, KMC_POINTER_NON_CANONICAL, "");
	assert_is("oops", 0xff11000000001000, KMC_POINTER_UNKNOWN, "");
	assert_is("oops", 0xffffc90000101000, KMC_POINTER_STACK, "");
	assert_is("oops", 0xffffffff81000000, KMC_POINTER_IMAGE, "");
	assert_is("oops", GOOD, KMC_POINTER_UNKNOWN, "");
}

static void a_shadow_stands_for_an_address(void **state)
{
	uint64_t real;

	(void)state;
	assert_true(kmc_pointer_unshadow(0xdffffc0000000005, &real));
	assert_int_equal(real, 0x28);
	assert_false(kmc_pointer_unshadow(0xdead000000000100, &real));
	assert_false(kmc_pointer_unshadow(0xfffffbfff0000000, &real));
	assert_false(kmc_pointer_unshadow(0x28, &real));
}

/* ---- assertions ---- */

static struct kmc_report *asserted(const char *checker, const char *error, const char *message)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RETURN);

	assert_non_null(frame);
	frame->symbol = strdup("drop_it");
	report->checker = checker;
	report->error = strdup(error);
	report->message = message ? strdup(message) : NULL;
	assert_no_error(kmc_explain_report(NULL, report));
	return report;
}

static void assert_list(const char *message, const char *why)
{
	struct kmc_report *report = asserted("list", "list_del corruption", message);

	assert_int_equal(report->verdict.kind, KMC_VERDICT_LIST);
	assert_string_equal(report->verdict.text, why);
	assert_non_null(report->verdict.next);
	kmc_report_free(report);
}

static void lists(void **state)
{
	(void)state;
	assert_list("list_del corruption. prev->next should be ffff888100001000, but was 6b6b6b6b6b6b6b6b. (prev=ffff888100002000)",
		    "prev->next is POISON_FREE: the object of that entry has been freed while it was on the list");
	assert_list("list_del corruption, ffff888100001000->next is LIST_POISON1 (dead000000000100)",
		    "ffff888100001000->next is LIST_POISON1: that entry has been deleted already");
	assert_list("list_del corruption, ffff888100001000->next is NULL",
		    "ffff888100001000->next is NULL: it was never put on a list, or has been cleared since");
	assert_list("list_add corruption. next->prev should be prev (ffff888100001000), but was ffff888100003000. (next=ffff888100002000).",
		    "next->prev is 0xffff888100003000, another entry: the list was changed in between, or that entry is on another list");
	assert_list("list_add double add: new=ffff888100001000, prev=ffff888100002000, next=ffff888100001000.",
		    "the entry is on that list already, at the place where it is added");
}

static void reference_counts(void **state)
{
	static const char * const errors[] = {
		"saturated; leaking memory", "underflow; use-after-free",
		"addition on 0; use-after-free", "decrement hit 0; leaking memory",
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(errors); i++) {
		struct kmc_report *report = asserted("refcount", errors[i], "refcount_t: x");

		assert_int_equal(report->verdict.kind, KMC_VERDICT_REFCOUNT);
		assert_null(strstr(report->verdict.text, "refcount_t: x"));
		kmc_report_free(report);
	}
}

static void the_condition_of_a_bug(void **state)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_debuginfo di = { .source_tried = true };
	struct state *s = *state;
	char *dir = fixture_path(s->f, ".");

	fixture_run(s->f, "printf 'int f(void)\\n{\\n\\tBUG_ON(x > 1 &&\\n\\t       y);\\n}\\n' >src/bug.c");
	assert_no_error(kmc_source_open(dir, &di.source));
	di.source_dir = dir;
	report->checker = "BUG";
	report->error = strdup("kernel BUG at src/bug.c:3!");
	report->place.file = strdup("src/bug.c");
	report->place.line = 3;
	assert_no_error(kmc_explain_report(&di, report));
	assert_int_equal(report->verdict.kind, KMC_VERDICT_ASSERTION);
	assert_non_null(strstr(report->verdict.headline, ": BUG_ON(x > 1 && y)"));
	kmc_report_free(report);
	kmc_source_free(di.source);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null),
		cmocka_unit_test(what_else_is_null_does_not_count),
		cmocka_unit_test(an_error_pointer_has_its_name),
		cmocka_unit_test(freed_memory),
		cmocka_unit_test(a_deleted_list_entry),
		cmocka_unit_test(what_is_read_and_written),
		cmocka_unit_test(an_address_where_nothing_is),
		cmocka_unit_test(an_index),
		cmocka_unit_test(an_index_of_the_kernels_own_array),
		cmocka_unit_test(another_address_than_the_report_has),
		cmocka_unit_test(other_code_is_a_doubt),
		cmocka_unit_test(the_same_code_is_none),
		cmocka_unit_test(without_debug_info_the_code_is_enough),
		cmocka_unit_test(a_function_that_is_null),
		cmocka_unit_test(a_call_of_no_address),
		cmocka_unit_test(numbers_have_names),
		cmocka_unit_test(numbers_of_32_bits_have_names),
		cmocka_unit_test(a_shadow_stands_for_an_address),
		cmocka_unit_test(lists),
		cmocka_unit_test(reference_counts),
		cmocka_unit_test(the_condition_of_a_bug),
	};
	const struct CMUnitTest kasan[] = {
		cmocka_unit_test(the_address_behind_a_shadow),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down) +
	       cmocka_run_group_tests(kasan, set_up_kasan, tear_down);
}
