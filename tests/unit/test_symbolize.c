// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses and symbols to inline chains, for each compiler and DWARF version.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "debuginfo/debuginfo.h"
#include "debuginfo/debuginfod.h"
#include "debuginfo/find_vmlinux.h"
#include "debuginfo/image.h"
#include "debuginfo/modules.h"
#include "fixture.h"

/* What the kernel could be moved by. */
#define SLIDE	0x1e400000ULL

struct state {
	struct fixture *f;
	struct kmc_debuginfo *di;
};

static uint64_t symbol(struct state *s, const char *module, const char *name)
{
	uint64_t address = 0;

	assert_no_error(kmc_symbol_address(s->di, module, name, 0, 0, &address));
	return address;
}

static size_t chain(struct state *s, const char *module, uint64_t address,
		    const struct kmc_location **out)
{
	size_t count = 99;

	assert_no_error(kmc_symbolize_address(s->di, module, address, out,
					      &count));
	return count;
}

static void assert_at(const struct kmc_location *at, const char *function,
		      const char *file, const char *mark)
{
	char path[64];

	snprintf(path, sizeof(path), "src/%s", file);
	assert_string_equal(at->function, function);
	assert_string_equal(at->file, path);
	assert_int_equal(at->line, fixture_line(file, mark));
}

static void inline_chain_is_whole(void **state)
{
	struct state *s = *state;
	const struct kmc_location *at;

	assert_int_equal(chain(s, NULL, symbol(s, NULL, "at_innermost"), &at), 3);
	assert_at(&at[0], "innermost", "chain.h", "innermost");
	assert_at(&at[1], "middle", "chain.c", "middle");
	assert_at(&at[2], "outer", "chain.c", "outer");
	/* "v += " stands before each call. */
	assert_in_range(at[1].column, 8, 9);
	assert_in_range(at[2].column, 8, 9);
}

static void same_question_same_answer(void **state)
{
	struct state *s = *state;
	const struct kmc_location *first, *again;
	uint64_t address = symbol(s, NULL, "at_innermost");

	chain(s, NULL, address, &first);
	chain(s, NULL, address, &again);
	assert_ptr_equal(first, again);
}

static void out_of_line_copy_has_its_name(void **state)
{
	struct state *s = *state;
	const struct kmc_location *at;
	uint64_t start;

	start = symbol(s, NULL, "twice");
	assert_int_equal(chain(s, NULL, start, &at), 1);
	assert_string_equal(at[0].function, "twice");
	assert_string_equal(at[0].file, "src/chain.c");
}

static void cold_part_belongs_to_its_function(void **state)
{
	struct state *s = *state;
	const struct kmc_location *at;

	assert_int_equal(chain(s, NULL, symbol(s, NULL, "at_cold"), &at), 1);
	assert_at(&at[0], "has_cold_part", "chain.c", "at_cold");
}

static void assembly_has_symbol_and_line(void **state)
{
	struct state *s = *state;
	const struct kmc_location *at;

	assert_int_equal(chain(s, NULL, symbol(s, NULL, "asm_label"), &at), 1);
	assert_at(&at[0], "asm_alias", "entry.S", "asm");
}

static void unknown_address_has_no_chain(void **state)
{
	struct state *s = *state;
	const struct kmc_location *at;

	assert_int_equal(chain(s, NULL, 0, &at), 0);
	assert_int_equal(chain(s, NULL, UINT64_MAX, &at), 0);
	assert_int_equal(chain(s, NULL, 0xffffffff90000000, &at), 0);
}

/* ---- symbols ---- */

/* Size of the nth function "namesake", as the kernel counts: up to the next. */
static uint64_t kernel_size(struct state *s, int nth)
{
	uint64_t address, start = 0, size = 0;
	char *command = NULL;
	char name[64];
	FILE *symbols;

	assert_true(asprintf(&command, "nm -n '%s'", s->f->vmlinux) > 0);
	symbols = popen(command, "r");
	assert_non_null(symbols);
	while (fscanf(symbols, "%" SCNx64 " %*s %63s", &address, name) == 2) {
		if (start && !size && address > start)
			size = address - start;
		if (!strcmp(name, "namesake") && nth-- == 0)
			start = address;
	}
	pclose(symbols);
	free(command);
	assert_true(size > 0);
	return size;
}

static void size_tells_namesakes_apart(void **state)
{
	struct state *s = *state;
	uint64_t small = kernel_size(s, 0), large = kernel_size(s, 1);
	uint64_t address, first;

	assert_true(small < large);
	assert_no_error(kmc_symbol_address(s->di, NULL, "namesake", 0, small,
					   &first));
	assert_no_error(kmc_symbol_address(s->di, NULL, "namesake", 5, small,
					   &address));
	assert_int_equal(address, first + 5);
	assert_error(kmc_symbol_address(s->di, NULL, "namesake", 0, large,
					&address),
		     KMC_ERROR_NOT_FOUND, "2 symbols namesake that fit equally");
	assert_error(kmc_symbol_address(s->di, NULL, "namesake", 0, 0, &address),
		     KMC_ERROR_NOT_FOUND, "3 symbols namesake that fit equally");
	assert_int_equal(address, first + 5);
}

static void wrong_size_is_another_build(void **state)
{
	struct state *s = *state;
	uint64_t address;

	assert_error(kmc_symbol_address(s->di, NULL, "outer", 0, 0x9999,
					&address),
		     KMC_ERROR_NOT_FOUND, "none of 39321 bytes");
	assert_error(kmc_symbol_address(s->di, NULL, "no\033such", 0, 0,
					&address),
		     KMC_ERROR_NOT_FOUND, "no symbol no\\x1bsuch");
}

/* ---- reports ---- */

static struct kmc_frame *add_frame(struct kmc_report *report,
				   enum kmc_role role, const char *name)
{
	struct kmc_stack *stack = &report->frames;
	struct kmc_frame *frame;

	frame = kmc_grow(&stack->frames, stack->count, sizeof(*frame));
	assert_non_null(frame);
	stack->count++;
	frame->role = role;
	if (name) {
		frame->symbol = strdup(name);
		frame->has_offset = true;
	}
	return frame;
}

static void set_address(struct kmc_frame *frame, uint64_t address)
{
	frame->has_address = true;
	frame->address = address;
}

static struct kmc_report *report_new(void)
{
	struct kmc_report *report = calloc(1, sizeof(*report));

	assert_non_null(report);
	return report;
}

static void assert_frame(const struct kmc_frame *frame, const char *function,
			 const char *mark)
{
	assert_int_equal(frame->chain_len, 1);
	assert_at(&frame->chain[0], function, "chain.c", mark);
}

static void return_address_shows_the_call(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_new();
	uint64_t after = symbol(s, NULL, "after_call");

	report->kernel.has_kaslr = true;
	report->kernel.kaslr_offset = SLIDE;
	set_address(add_frame(report, KMC_ROLE_RIP, NULL), after + SLIDE);
	set_address(add_frame(report, KMC_ROLE_RETURN, NULL), after + SLIDE);
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_frame(&report->frames.frames[0], "caller", "after");
	assert_frame(&report->frames.frames[1], "caller", "call");
	/* Once more must neither leak nor change anything. */
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_frame(&report->frames.frames[1], "caller", "call");
	kmc_report_free(report);
}

static void slide_comes_from_a_frame_with_both(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_new();
	uint64_t after = symbol(s, NULL, "after_call");
	uint64_t outer = symbol(s, NULL, "outer");

	/* The first says nonsense, and its slide is no whole page. */
	set_address(add_frame(report, KMC_ROLE_RIP, "callee"), 0x1234567);
	set_address(add_frame(report, KMC_ROLE_RETURN, "outer"), outer + SLIDE);
	set_address(add_frame(report, KMC_ROLE_RETURN, NULL), after + SLIDE);
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_string_equal(report->frames.frames[0].chain[0].function, "callee");
	assert_frame(&report->frames.frames[2], "caller", "call");
	kmc_report_free(report);
}

static void symbol_alone_is_enough(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_new();

	add_frame(report, KMC_ROLE_RIP, "after_call");
	/* Old kernels begin the stack with the instruction: no return address. */
	add_frame(report, KMC_ROLE_RETURN, "after_call");
	add_frame(report, KMC_ROLE_RETURN, "after_call");
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_frame(&report->frames.frames[0], "caller", "after");
	assert_frame(&report->frames.frames[1], "caller", "after");
	assert_frame(&report->frames.frames[2], "caller", "call");
	kmc_report_free(report);
}

static void doubt_shows_nothing(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_new();
	uint64_t after = symbol(s, NULL, "after_call");

	report->kernel.has_kaslr = true;
	set_address(add_frame(report, KMC_ROLE_RIP, "no_such_symbol"), after);
	add_frame(report, KMC_ROLE_RETURN, "namesake");
	add_frame(report, KMC_ROLE_RETURN, NULL);
	set_address(add_frame(report, KMC_ROLE_RETURN, NULL), 0xdead);
	add_frame(report, KMC_ROLE_RETURN, "module_work")->module =
		strdup("no_such_module");
	assert_no_error(kmc_symbolize_report(s->di, report));
	for (size_t i = 0; i < report->frames.count; i++) {
		assert_null(report->frames.frames[i].chain);
		assert_int_equal(report->frames.frames[i].chain_len, 0);
	}
	kmc_report_free(report);
}

/* Without relocations for its code a kernel cannot be moved: no slide needed. */
static void fixed_kernel_needs_no_slide(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_new();

	set_address(add_frame(report, KMC_ROLE_RIP, NULL),
		    symbol(s, NULL, "after_call"));
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_frame(&report->frames.frames[0], "caller", "after");
	kmc_report_free(report);
}

static void report_outlives_the_debug_info(void **state)
{
	struct state *s = *state;
	struct kmc_debuginfo_options opts = { .size = sizeof(opts), .vmlinux = s->f->vmlinux };
	struct kmc_report *report = report_new();
	struct kmc_debuginfo *di;

	add_frame(report, KMC_ROLE_RIP, "after_call");
	assert_no_error(kmc_debuginfo_open(&opts, NULL, &di));
	assert_no_error(kmc_symbolize_report(di, report));
	kmc_debuginfo_free(di);
	assert_frame(&report->frames.frames[0], "caller", "after");
	kmc_report_free(report);
}

/* ---- modules ---- */

static void assert_module_chain(struct kmc_debuginfo *di, const char *module,
				const char *function)
{
	struct state s = { .di = di };
	uint64_t start = symbol(&s, module, function);
	const struct kmc_location *at;

	/* Somewhere in it is what was inlined. */
	for (uint64_t offset = 0; offset < 64; offset++) {
		if (chain(&s, module, start + offset, &at) != 2)
			continue;
		assert_at(&at[0], "module_inline", "module.c", "module_inline");
		assert_at(&at[1], function, "module.c", function);
		return;
	}
	fail_msg("no inlined function in %s", function);
}

static void module_is_relocated(void **state)
{
	struct state *s = *state;

	assert_module_chain(s->di, "fix_mod", "module_start");
	assert_module_chain(s->di, "fix-mod", "module_work");
	assert_int_not_equal(symbol(s, "fix_mod", "module_start"),
			     symbol(s, "fix_mod", "module_work"));
}

static void module_frames_go_by_symbol(void **state)
{
	struct state *s = *state;
	struct kmc_report *report = report_new();
	struct kmc_frame *frame;

	frame = add_frame(report, KMC_ROLE_RIP, "module_work");
	frame->module = strdup("fix_mod");
	set_address(frame, 0xffffffffc0123000);
	assert_no_error(kmc_symbolize_report(s->di, report));
	frame = &report->frames.frames[0];
	assert_int_equal(frame->chain_len, 1);
	assert_string_equal(frame->chain[0].function, "module_work");
	kmc_report_free(report);
}

static void module_may_be_compressed(void **state)
{
	static const struct { const char *pack, *suffix; } ways[] = {
		{ "xz", "xz" }, { "zstd -q", "zst" }, { "gzip", "gz" },
	};
	struct state *s = *state;
	const struct kmc_debuginfo_options opts = {
		.size = sizeof(opts), .vmlinux = s->f->vmlinux, .modules = s->f->modules,
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(ways); i++) {
		struct kmc_debuginfo *di;

		fixture_run(s->f, "cp mods/net/fix-mod.ko kept; %s mods/net/fix-mod.ko; rm -f mods/net/fix-mod.ko",
			    ways[i].pack);
		assert_no_error(kmc_debuginfo_open(&opts, NULL, &di));
		assert_module_chain(di, "fix_mod", "module_work");
		kmc_debuginfo_free(di);
		fixture_run(s->f, "mv kept mods/net/fix-mod.ko; rm mods/net/fix-mod.ko.%s",
			    ways[i].suffix);
	}
}

/* Does vmlinux with the modules below @dir know fix_mod's code? */
static void assert_modules_in(struct state *s, const char *dir)
{
	char *path = fixture_path(s->f, dir);
	const struct kmc_debuginfo_options opts = {
		.size = sizeof(opts), .vmlinux = s->f->vmlinux, .modules = path,
	};
	struct kmc_debuginfo *di;

	assert_no_error(kmc_debuginfo_open(&opts, NULL, &di));
	assert_module_chain(di, "fix_mod", "module_work");
	kmc_debuginfo_free(di);
	free(path);
}

static void damaged_zstd_is_no_module(void **state)
{
	static const char *const ways[] = {
		"head -c -9 whole > mods/bad.ko.zst",
		"head -c 40 whole > mods/bad.ko.zst",
		"{ head -c 200 whole; head -c 2000 /dev/zero; } > mods/bad.ko.zst",
		"head -c 600M /dev/zero | zstd -q > mods/bad.ko.zst",
	};
	struct state *s = *state;
	struct kmc_debuginfod fetch = { };
	char *path = fixture_path(s->f, "mods/bad.ko.zst");

	fixture_run(s->f, "zstd -q mods/net/fix-mod.ko -o whole");
	for (size_t i = 0; i < KMC_ARRAY_SIZE(ways); i++) {
		struct kmc_image *image;
		struct kmc_error *err;

		fixture_run(s->f, "%s", ways[i]);
		err = kmc_image_open("bad", path, &fetch, &image);
		assert_error(err, KMC_ERROR_FORMAT, "is ");
	}
	fixture_run(s->f, "rm mods/bad.ko.zst whole");
	free(path);
}

static void module_may_have_a_debug_file(void **state)
{
	struct state *s = *state;

	/* As Fedora: both below one directory; stripped without a build-ID. */
	fixture_run(s->f, "mkdir split; cp mods/net/fix-mod.ko split/a.ko; objcopy --only-keep-debug split/a.ko split/fix-mod.ko.debug; strip -g split/a.ko; mv split/a.ko split/fix-mod.ko");
	assert_modules_in(s, "split");
	/* With a link, beside it. */
	fixture_run(s->f, "mkdir linked; cp mods/net/fix-mod.ko linked/; cd linked; objcopy --only-keep-debug fix-mod.ko far.debug; strip -g fix-mod.ko; objcopy --add-gnu-debuglink=far.debug fix-mod.ko");
	assert_modules_in(s, "linked");
	fixture_run(s->f, "rm -r split linked");
}

/* A report with one frame in fix_mod, loaded at MODULE_BASE; all NULL otherwise. */
#define MODULE_BASE	0xffffffffc0123000ULL

static struct kmc_report *module_report(const char *symbol, uint64_t offset,
					uint8_t first_of_build_id)
{
	struct kmc_report *report = report_new();
	struct kmc_module *module;
	struct kmc_frame *frame;

	frame = add_frame(report, KMC_ROLE_RIP, symbol);
	frame->module = strdup("fix_mod");
	set_address(frame, MODULE_BASE + offset);
	report->modules = calloc(1, sizeof(*report->modules));
	assert_non_null(report->modules);
	report->nmodules = 1;
	module = report->modules;
	module->name = strdup("fix_mod");
	module->base = MODULE_BASE;
	module->size = 0x10000;
	if (first_of_build_id) {
		module->build_id_len = 20;
		memset(module->build_id, 0xab, 20);
		module->build_id[0] = first_of_build_id;
	}
	return report;
}

/* Where in the loaded module a symbol of its core is, as the kernel lays it out. */
static uint64_t loaded_offset(struct state *s, const char *name)
{
	struct kmc_image *image;
	uint64_t wanted = symbol(s, "fix_mod", name), link;

	assert_no_error(kmc_debuginfo_image(s->di, "fix_mod", &image));
	for (uint64_t offset = 0; offset < 0x1000; offset++) {
		if (kmc_module_link_address(image, offset, &link) &&
		    link == wanted)
			return offset;
	}
	fail_msg("%s is nowhere", name);
	return 0;
}

static void module_frames_go_by_address(void **state)
{
	static const char *const names[] = { "module_work", "module_rare" };
	struct state *s = *state;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		uint64_t offset = loaded_offset(s, names[i]);
		struct kmc_report *report = module_report(NULL, offset, 0);
		struct kmc_frame *frame = report->frames.frames;

		assert_no_error(kmc_symbolize_report(s->di, report));
		assert_true(frame->chain_len > 0);
		assert_string_equal(frame->chain[frame->chain_len - 1].function,
				    names[i]);
		kmc_report_free(report);
	}
	/* Each section is aligned, as the kernel does it. */
	assert_int_equal(loaded_offset(s, "module_rare") % 64, 0);
	assert_true(loaded_offset(s, "module_rare") > 0);
}

static void module_address_must_agree_with_its_symbol(void **state)
{
	struct state *s = *state;
	struct kmc_report *report;
	struct kmc_frame *frame;

	/* The address says module_rare, the symbol does not: it decides. */
	report = module_report("module_work", loaded_offset(s, "module_rare"), 0);
	frame = report->frames.frames;
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_string_equal(frame->chain[0].function, "module_work");
	kmc_report_free(report);
	/* Beyond the module. */
	report = module_report(NULL, 0x10000, 0);
	frame = report->frames.frames;
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_int_equal(frame->chain_len, 0);
	kmc_report_free(report);
	report = module_report(NULL, 0xf000, 0);
	frame = report->frames.frames;
	assert_no_error(kmc_symbolize_report(s->di, report));
	assert_int_equal(frame->chain_len, 0);
	kmc_report_free(report);
}

/* With @first as the first byte of the build-ID that the report says. */
static size_t levels_with(const struct kmc_debuginfo_options *opts,
			  const char *root, uint8_t first)
{
	struct kmc_report *report = module_report("module_work", 0, first);
	struct kmc_debuginfo *di;
	size_t levels;

	assert_no_error(kmc_debuginfo_open_below(root, opts, NULL, &di));
	assert_no_error(kmc_symbolize_report(di, report));
	levels = report->frames.frames[0].chain_len;
	kmc_debuginfo_free(di);
	kmc_report_free(report);
	return levels;
}

static void module_of_another_build_is_passed_over(void **state)
{
	struct state *s = *state;
	char *root = fixture_path(s->f, "modroot");
	char *dir = fixture_path(s->f, "modroot/lib/modules");
	struct kmc_debuginfo_options opts = {
		.size = sizeof(opts), .vmlinux = s->f->vmlinux, .modules = dir,
	};

	/* ld -r is what gives a module its build-ID. */
	fixture_run(s->f, "mkdir -p modroot/lib/modules/1 modroot/lib/modules/2 modroot/usr/lib/debug/.build-id/dd");
	for (int i = 1; i <= 2; i++)
		fixture_run(s->f, "ld -r --build-id=0x%s$(printf 'ab%%.0s' $(seq 19)) mods/net/fix-mod.ko -o modroot/lib/modules/%d/fix-mod.ko",
			    i == 1 ? "cc" : "aa", i);
	assert_int_equal(levels_with(&opts, root, 0xcc), 1);
	assert_int_equal(levels_with(&opts, root, 0xaa), 1);
	assert_int_equal(levels_with(&opts, root, 0xdd), 0);
	opts.force = true;
	assert_int_equal(levels_with(&opts, root, 0xdd), 1);
	opts.force = false;
	/* A debug package has it by its build-ID. */
	fixture_run(s->f, "ld -r --build-id=0xdd$(printf 'ab%%.0s' $(seq 19)) mods/net/fix-mod.ko -o modroot/usr/lib/debug/.build-id/dd/$(printf 'ab%%.0s' $(seq 19)).debug");
	assert_int_equal(levels_with(&opts, root, 0xdd), 1);
	free(root);
	free(dir);
	fixture_run(s->f, "rm -r modroot");
}

static void module_without_file_is_named(void **state)
{
	struct state *s = *state;
	uint64_t address;

	assert_error(kmc_symbol_address(s->di, "absent", "f", 0, 0, &address),
		     KMC_ERROR_NOT_FOUND, "no file of module absent");
}

/* ---- variants ---- */

static int setup(const char *compiler, const char *flags, void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	struct kmc_debuginfo_options opts = { .size = sizeof(opts) };

	assert_non_null(s);
	s->f = fixture_new(compiler, flags);
	opts.vmlinux = s->f->vmlinux;
	opts.modules = s->f->modules;
	assert_no_error(kmc_debuginfo_open(&opts, NULL, &s->di));
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

/* cmocka passes nothing to a group's setup, so each variant has its own. */
static int gcc_5(void **state)
{
	return setup("gcc", "-gdwarf-5", state);
}

static int gcc_4(void **state)
{
	return setup("gcc", "-gdwarf-4", state);
}

static int gcc_compressed(void **state)
{
	return setup("gcc", "-g -gz", state);
}

static int gcc_split(void **state)
{
	return setup("gcc", "-g -gsplit-dwarf", state);
}

static int clang_5(void **state)
{
	return setup("clang", "-gdwarf-5", state);
}

static int clang_4(void **state)
{
	return setup("clang", "-gdwarf-4", state);
}

static const struct {
	const char *name;
	const char *compiler;
	CMFixtureFunction setup;
} variants[] = {
	{ "gcc, DWARF 5", "gcc", gcc_5 },
	{ "gcc, DWARF 4", "gcc", gcc_4 },
	{ "gcc, compressed", "gcc", gcc_compressed },
	{ "gcc, split", "gcc", gcc_split },
	{ "clang, DWARF 5", "clang", clang_5 },
	{ "clang, DWARF 4", "clang", clang_4 },
};

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inline_chain_is_whole),
		cmocka_unit_test(same_question_same_answer),
		cmocka_unit_test(out_of_line_copy_has_its_name),
		cmocka_unit_test(cold_part_belongs_to_its_function),
		cmocka_unit_test(assembly_has_symbol_and_line),
		cmocka_unit_test(unknown_address_has_no_chain),
		cmocka_unit_test(size_tells_namesakes_apart),
		cmocka_unit_test(wrong_size_is_another_build),
		cmocka_unit_test(return_address_shows_the_call),
		cmocka_unit_test(slide_comes_from_a_frame_with_both),
		cmocka_unit_test(symbol_alone_is_enough),
		cmocka_unit_test(doubt_shows_nothing),
		cmocka_unit_test(fixed_kernel_needs_no_slide),
		cmocka_unit_test(report_outlives_the_debug_info),
		cmocka_unit_test(module_is_relocated),
		cmocka_unit_test(module_frames_go_by_symbol),
		cmocka_unit_test(module_may_be_compressed),
		cmocka_unit_test(damaged_zstd_is_no_module),
		cmocka_unit_test(module_may_have_a_debug_file),
		cmocka_unit_test(module_frames_go_by_address),
		cmocka_unit_test(module_address_must_agree_with_its_symbol),
		cmocka_unit_test(module_of_another_build_is_passed_over),
		cmocka_unit_test(module_without_file_is_named),
	};
	int failed = 0;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(variants); i++) {
		if (!fixture_has(variants[i].compiler)) {
			print_message("# %s is not installed: %s left out\n",
				      variants[i].compiler, variants[i].name);
			continue;
		}
		failed += cmocka_run_group_tests_name(variants[i].name, tests,
						      variants[i].setup,
						      teardown);
	}
	return failed;
}
