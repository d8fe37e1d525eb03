// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * 32-bit x86: its registers, arguments, words and addresses in all that explains a report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "fixture.h"
#include "code/code.h"
#include "code/insn.h"
#include "debuginfo/debuginfo.h"
#include "explain/what_query.h"
#include "report/model.h"

#define OBJECT	0xd0001000u
#define OTHER	0xd0002000u
#define FS_BASE	0x1f340000u
#define SLIDE	0x2e000u

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
	fixture_compile(s->f, "narrow", "-g -mno-sse " FIXTURE_NARROW);
	path = fixture_path(s->f, "narrow");
	assert_no_error(kmc_image_open(NULL, path, NULL, &s->di.vmlinux));
	s->di.source_tried = true;
	free(path);
	*state = s;
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
 * struct access - a report to be made
 * @function: whose MARK(function, reads) it is
 * @address: that is reported
 * @regs: what is in some registers; the others have addresses of nothing
 */
struct access {
	const char *function;
	uint64_t address;
	struct {
		const char *name;
		uint64_t value;
	} regs[4];
};

static struct kmc_report *report_of(const struct state *s, const struct access *access)
{
	static const char * const names[] = {
		"eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp",
	};
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);
	uint64_t value;
	char full[64];

	assert_non_null(frame);
	snprintf(full, sizeof(full), "%s_reads", access->function);
	frame->symbol = strdup(access->function);
	frame->resolved = frame->has_address = true;
	frame->link_address = symbol(s, access->function) + symbol(s, full);
	frame->address = frame->link_address + SLIDE;
	report->bits = 32;
	report->caret = -1;
	report->address = access->address;
	report->has_address = true;
	report->state = KMC_UNINITIALIZED;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(access->regs) && access->regs[i].name; i++)
		assert_true(kmc_report_set_register(report, access->regs[i].name,
						    access->regs[i].value));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		assert_true(kmc_report_register(report, names[i], &value) ||
			    kmc_report_set_register(report, names[i], 0xe0000000 + 0x10000 * i));
	assert_true(kmc_report_set_register(report, "eip", frame->address));
	assert_true(kmc_report_set_register(report, "fs_base", FS_BASE));
	return report;
}

static struct kmc_report *read_by(struct state *s, const struct access *access)
{
	struct kmc_report *report = report_of(s, access);

	assert_no_error(kmc_explain_report(&s->di, report));
	return report;
}

/* Takes over @report. */
static void assert_found(struct kmc_report *report, const char *type, int64_t offset,
			 const char *path, const char *evidence)
{
	const struct kmc_candidate *found = report->candidates;
	bool said = false;

	assert_true(report->ncandidates);
	assert_string_equal(found->type, type);
	assert_int_equal(found->offset, offset);
	assert_string_equal(found->path, path);
	assert_true(found->confidence >= KMC_LIKELY);
	for (size_t i = 0; i < found->nevidence; i++)
		said |= found->evidence[i].agrees && strstr(found->evidence[i].detail, evidence);
	for (size_t i = 0; !said && i < found->nevidence; i++)
		print_error("# it is said: %s\n", found->evidence[i].detail);
	assert_true(said);
	kmc_report_free(report);
}

static void the_third_argument_is_in_ecx(void **state)
{
	assert_found(read_by(*state, &(struct access) {
			.function = "third", .address = OBJECT + 4, .regs = { { "ecx", OBJECT } } }),
		     "struct item", 4, "count", "ecx = 0xd0001000");
}

static void the_fourth_argument_is_on_the_stack(void **state)
{
	assert_found(read_by(*state, &(struct access) {
			.function = "fourth", .address = OBJECT + 4, .regs = { { "eax", OBJECT } } }),
		     "struct item", 4, "count", "eax = 0xd0001000");
}

static void a_pointer_has_four_bytes(void **state)
{
	assert_found(read_by(*state, &(struct access) {
			.function = "parents", .address = OBJECT + 4, .regs = { { "ecx", OBJECT } } }),
		     "struct item", 4, "count", "i of parents()->parent");
}

static void what_contains_a_member_lies_before_it(void **state)
{
	assert_found(read_by(*state, &(struct access) {
			.function = "back", .address = OBJECT, .regs = { { "eax", OBJECT + 8 } } }),
		     "struct item", 0, "id", "eax = 0xd0001008");
}

static void a_rep_is_wound_back_by_words_of_four_bytes(void **state)
{
	struct state *s = *state;
	const struct access access = {
		.function = "copy", .address = OBJECT + 12,
		.regs = { { "esi", OBJECT + 12 }, { "edi", OTHER + 12 }, { "edx", OBJECT },
			  { "ecx", 9 } },
	};

	assert_found(read_by(s, &access), "struct record", 12, "body[1]", "4 * (12 - 9) = 12 bytes copied");
}

static void a_variable_is_where_the_kernel_was_moved_to(void **state)
{
	struct state *s = *state;
	const uint64_t at = symbol(s, "of_all") + 4;

	assert_found(read_by(s, &(struct access) {
			.function = "variable", .address = at + SLIDE }),
		     "struct item", 4, "count", "reads 4 bytes at +4 of of_all");
}

/* As the report's own bytes have it, which are those of the image, but for KASLR. */
static void an_address_in_the_code_was_moved_too(void **state)
{
	struct state *s = *state;
	const uint64_t at = symbol(s, "of_all") + 4;
	struct kmc_report *report = report_of(s, &(struct access) {
			.function = "variable", .address = at + SLIDE });
	const uint32_t linked = at, moved = at + SLIDE;
	const uint8_t *bytes;
	uint8_t *place;
	size_t len;

	assert_no_error(kmc_image_code(s->di.vmlinux, report->frames.frames->link_address,
				       KMC_INSN_MAX_LENGTH, &bytes, &len));
	report->code = malloc(len);
	assert_non_null(report->code);
	memcpy(report->code, bytes, len);
	report->code_len = len;
	place = memmem(report->code, len, &linked, sizeof(linked));
	assert_non_null(place);
	memcpy(place, &moved, sizeof(moved));
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_found(report, "struct item", 4, "count", "reads 4 bytes at +4 of of_all");
}

static void a_variable_of_each_cpu_is_counted_from_fs(void **state)
{
	struct state *s = *state;
	const uint64_t at = symbol(s, "of_each_cpu") + 4;

	assert_found(read_by(s, &(struct access) {
			.function = "own", .address = (uint32_t)(at + SLIDE + FS_BASE) }),
		     "struct item", 4, "count", "whose FS base is 0x1f340000");
}

static void a_variable_of_another_cpu_is_told_by_its_offset(void **state)
{
	struct state *s = *state;
	const uint64_t at = symbol(s, "of_each_cpu") + 4;

	/* The sum is more than an address has bits for. */
	assert_found(read_by(s, &(struct access) {
			.function = "another", .address = (uint32_t)(at + SLIDE + 0x7f340000),
			.regs = { { "edx", 0x7f340000 } } }),
		     "struct item", 4, "count", "the CPU whose offset is in edx");
}

static void what_lies_before_null_is_at_the_end_of_all_addresses(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_of(s, &(struct access) {
			.function = "back", .address = 0xfffffff8, .regs = { { "eax", 0 } } });

	report->checker = "oops";
	report->error = strdup("a fault");
	report->kind = KMC_READ;
	assert_no_error(kmc_explain_report(&s->di, report));
	assert_true(report->fault.known);
	assert_string_equal(report->fault.reg, "eax");
	assert_true(report->fault.has_value && !report->fault.value);
	assert_int_equal(report->fault.pointer, KMC_POINTER_NULL);
	assert_int_equal(report->fault.disp, -8);
	kmc_report_free(report);
}

static void an_object_is_told_by_words_of_four_bytes(void **state)
{
	const uint32_t memory[8] = {
		0xc1001000, 7, 0x64636261, 0x100, 0xfffffff4, 0, 0xb7345000, 0xd0001004,
	};
	static const struct {
		uint64_t offset;
		enum kmc_pattern pattern;
	} wanted[] = {
		{ 16, KMC_PATTERN_NONE }, { 0, KMC_PATTERN_POINTER }, { 4, KMC_PATTERN_NUMBER },
		{ 8, KMC_PATTERN_TEXT }, { 28, KMC_PATTERN_POINTER },
	};
	struct kmc_report *report = report_of(*state, &(struct access) {
			.function = "back", .address = OBJECT + 16 });
	struct kmc_what *what;

	report->object = (struct kmc_object) {
		.known = true, .has_start = true, .start = OBJECT, .size = 32,
		.cache = strdup("kmalloc-32"),
	};
	report->memory = malloc(sizeof(memory));
	assert_true(report->memory && report->object.cache);
	memcpy(report->memory, memory, sizeof(memory));
	report->shadow = strdup("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii");
	report->memory_len = report->shadow_len = sizeof(memory);
	report->memory_start = OBJECT;
	assert_no_error(kmc_what_of_report(report, &what));
	assert_int_equal(what->nplaces, KMC_ARRAY_SIZE(wanted));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(wanted); i++) {
		assert_int_equal(what->places[i].offset, wanted[i].offset);
		assert_int_equal(what->places[i].pattern, wanted[i].pattern);
	}
	kmc_what_free(what);
	kmc_report_free(report);
}

/* ---- modules ---- */

static bool find_insn(struct kmc_image *image, uint64_t function,
		      bool (*is)(const struct kmc_insn *insn), int skip, struct kmc_insn *out)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(&image->symtab, function);

	for (uint64_t at = function; at < function + symbol->size; at += out->length) {
		const uint8_t *bytes;
		size_t len;

		assert_no_error(kmc_image_code(image, at, KMC_INSN_MAX_LENGTH, &bytes, &len));
		assert_true(kmc_insn_scan(bytes, len, at, image->machine, out));
		if (is(out) && !skip--)
			return true;
	}
	return false;
}

static bool is_call(const struct kmc_insn *insn)
{
	return insn->is_call;
}

static bool is_absolute(const struct kmc_insn *insn)
{
	return insn->nmem == 1 && insn->mem[0].base == KMC_REG_NONE;
}

static void a_module_has_its_addends_in_place(void **state)
{
	struct state *s = *state;
	char *path = fixture_path(s->f, "narrow.ko");
	uint64_t calls, third, variable;
	struct kmc_image *image;
	struct kmc_code *code;
	struct kmc_insn insn;

	fixture_run(s->f, "gcc -O2 -g -DMODULE -ffreestanding -fno-pic %s -c src/narrow.c -o %s",
		    FIXTURE_NARROW, "narrow.ko");
	assert_no_error(kmc_image_open("narrow", path, NULL, &image));
	assert_no_error(kmc_code_get(image, &code));
	assert_null(code->why_not);
	assert_no_error(kmc_symtab_resolve(&image->symtab, NULL, "calls", 0, &calls));
	assert_no_error(kmc_symtab_resolve(&image->symtab, NULL, "third", 0, &third));
	assert_no_error(kmc_symtab_resolve(&image->symtab, NULL, "variable", 0, &variable));
	assert_true(find_insn(image, calls, is_call, 0, &insn));
	assert_int_equal(insn.target, third);
	/* That of another file has a name. */
	assert_true(find_insn(image, calls, is_call, 1, &insn));
	assert_true(insn.target >= code->externals);
	assert_string_equal(code->names[(insn.target - code->externals) / KMC_EXTERNAL_SIZE],
			    "printed");
	/* The member at 4 of what is not in the code; it is an address that loading changes. */
	assert_true(find_insn(image, variable, is_absolute, 0, &insn));
	assert_true(kmc_code_is_address(code, insn.mem[0].disp));
	assert_int_equal(insn.mem[0].disp % 4, 0);
	assert_null(kmc_symtab_at(&image->symtab, insn.mem[0].disp));
	kmc_image_free(image);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_third_argument_is_in_ecx),
		cmocka_unit_test(the_fourth_argument_is_on_the_stack),
		cmocka_unit_test(a_pointer_has_four_bytes),
		cmocka_unit_test(what_contains_a_member_lies_before_it),
		cmocka_unit_test(a_rep_is_wound_back_by_words_of_four_bytes),
		cmocka_unit_test(a_variable_is_where_the_kernel_was_moved_to),
		cmocka_unit_test(an_address_in_the_code_was_moved_too),
		cmocka_unit_test(a_variable_of_each_cpu_is_counted_from_fs),
		cmocka_unit_test(a_variable_of_another_cpu_is_told_by_its_offset),
		cmocka_unit_test(what_lies_before_null_is_at_the_end_of_all_addresses),
		cmocka_unit_test(an_object_is_told_by_words_of_four_bytes),
		cmocka_unit_test(a_module_has_its_addends_in_place),
	};

	return cmocka_run_group_tests_name("narrow", tests, set_up, tear_down);
}
