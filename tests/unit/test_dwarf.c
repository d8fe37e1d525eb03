// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is read of DWARF as bytes is what libdw reads, and damage does no harm.
 */
#include <dwarf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "debuginfo/dwarf_lines.h"
#include "debuginfo/dwarf_raw.h"
#include "debuginfo/dwarf_skim.h"
#include "debuginfo/image.h"
#include "debuginfo/ranges.h"
#include "debuginfo/source_path.h"
#include "fixture.h"

#define DAMAGED	400

struct state {
	struct fixture *f;
	struct kmc_image *kernel;
	struct kmc_image *many;
	bool split;
};

/* ---- the fixtures ---- */

/* Functions in sections of their own, so many that a line table has many pieces. */
static void make_many_functions(struct fixture *f, const char *compiler,
				const char *flags)
{
	fixture_run(f, "for i in $(seq 300); do echo \"int f$i(int a) { if (a & $i) a *= a - $i; return a ^ $i; }\"; done >many.c");
	fixture_run(f, "%s -O2 %s -ffunction-sections -c many.c -o many.o",
		    compiler, flags);
}

static int setup(const char *compiler, const char *flags, void **state)
{
	char *path KMC_AUTO_FREE = NULL;
	struct state *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->f = fixture_new(compiler, flags);
	s->split = strstr(flags, "split");
	make_many_functions(s->f, compiler, flags);
	path = fixture_path(s->f, "many.o");
	assert_no_error(kmc_image_open(NULL, s->f->vmlinux, NULL, &s->kernel));
	assert_no_error(kmc_image_open("many", path, NULL, &s->many));
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct state *s = *state;

	kmc_image_free(s->kernel);
	kmc_image_free(s->many);
	fixture_free(s->f);
	free(s);
	return 0;
}

/* The next compile unit, of any kind with code; false: there is none. */
static bool next_cu(struct kmc_image *image, Dwarf_CU **cu, Dwarf_Die *die)
{
	return !dwarf_get_units(image->dwarf, *cu, cu, NULL, NULL, die, NULL);
}

/* ---- lines ---- */

static void assert_same_line(struct kmc_image *image, Dwarf_Die *cu,
			     struct kmc_lines *lines, Dwarf_Addr address)
{
	Dwarf_Line *line = dwarf_getsrc_die(cu, address);
	struct kmc_location at = { };
	Dwarf_Attribute attr;
	uint64_t file = 0;
	int number;

	assert_int_equal(kmc_lines_find(lines, address, &file, &at), !!line);
	if (!line)
		return;
	assert_int_equal(dwarf_lineno(line, &number), 0);
	assert_int_equal(at.line, number);
	assert_int_equal(dwarf_linecol(line, &number), 0);
	assert_int_equal(at.column, number);
	assert_string_equal(kmc_lines_path(image, lines, file),
			    kmc_source_path(image, dwarf_linesrc(line, NULL, NULL),
					    dwarf_formstring(dwarf_attr(cu, DW_AT_comp_dir,
									&attr))));
}

static void walk_functions(Dwarf_Die *cu, struct kmc_ranges *ranges)
{
	Dwarf_Die die;

	if (dwarf_child(cu, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_subprogram)
			assert_true(kmc_ranges_add(ranges, &die));
	} while (!dwarf_siblingof(&die, &die));
}

static size_t compare_lines(struct kmc_image *image)
{
	Dwarf_CU *unit = NULL;
	size_t count = 0;
	Dwarf_Die cu;

	while (next_cu(image, &unit, &cu)) {
		struct kmc_lines *lines = kmc_image_lines(image, &cu);
		struct kmc_ranges ranges = { };

		assert_non_null(lines);
		assert_ptr_equal(kmc_image_lines(image, &cu), lines);
		/* Assembly has no functions, DWARF 2 no ranges of units. */
		assert_true(kmc_ranges_add(&ranges, &cu));
		walk_functions(&cu, &ranges);
		for (size_t i = 0; i < ranges.count; i++) {
			const struct kmc_range *range = &ranges.v[i];

			for (Dwarf_Addr at = range->lo - 3; at < range->hi + 3; at++)
				assert_same_line(image, &cu, lines, at);
			count += range->hi - range->lo;
		}
		assert_same_line(image, &cu, lines, 0);
		assert_same_line(image, &cu, lines, UINT64_MAX);
		kmc_ranges_release(&ranges);
	}
	return count;
}

static void every_address_has_the_line_that_libdw_finds(void **state)
{
	struct state *s = *state;

	assert_true(compare_lines(s->kernel) > 100);
	assert_true(compare_lines(s->many) > 3000);
}

static void files_are_those_of_libdw(void **state)
{
	struct state *s = *state;
	struct kmc_lines *lines;
	Dwarf_CU *unit = NULL;
	Dwarf_Files *files;
	Dwarf_Die cu;
	size_t count;

	while (next_cu(s->kernel, &unit, &cu)) {
		lines = kmc_image_lines(s->kernel, &cu);
		assert_non_null(lines);
		assert_int_equal(dwarf_getsrcfiles(&cu, &files, &count), 0);
		/* Up to version 4 there is no file 0. */
		for (size_t i = 1; i < count; i++)
			assert_non_null(kmc_lines_path(s->kernel, lines, i));
		assert_null(kmc_lines_path(s->kernel, lines, count));
		assert_null(kmc_lines_path(s->kernel, lines, UINT64_MAX));
	}
}

/* ---- functions ---- */

static size_t compare_functions(struct kmc_image *image)
{
	Dwarf_CU *unit = NULL;
	size_t count = 0;
	Dwarf_Die cu;

	while (next_cu(image, &unit, &cu)) {
		struct kmc_ranges ours = { }, theirs = { };
		bool nomem;

		assert_true(kmc_skim_functions(image, &cu, &ours, &nomem));
		walk_functions(&cu, &theirs);
		assert_int_equal(ours.count, theirs.count);
		if (ours.count)
			assert_memory_equal(ours.v, theirs.v,
					    ours.count * sizeof(*ours.v));
		count += ours.count;
		kmc_ranges_release(&ours);
		kmc_ranges_release(&theirs);
	}
	return count;
}

static void functions_are_those_of_libdw(void **state)
{
	struct state *s = *state;

	/* In a split unit only libdw looks for them. */
	assert_true(s->split || compare_functions(s->kernel) > 3);
	assert_int_equal(compare_functions(s->many), s->split ? 0 : 300);
}

/* ---- damage ---- */

static uint32_t next_random(uint32_t *state)
{
	/* xorshift32 */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* A copy of its own, cut off at times, so that a sanitizer sees what is beyond. */
static struct kmc_bytes damaged_copy(struct kmc_bytes bytes, uint32_t *random)
{
	size_t size = bytes.end - bytes.p;
	uint8_t *copy;

	if (!size)
		return bytes;
	if (!(next_random(random) % 4))
		size = 1 + next_random(random) % size;
	copy = malloc(size);
	assert_non_null(copy);
	memcpy(copy, bytes.p, size);
	for (int n = next_random(random) % 6; n > 0; n--)
		copy[next_random(random) % size] = next_random(random) >> 8;
	/* The beginning of the first table is what matters most. */
	if (next_random(random) % 2)
		copy[next_random(random) % (size < 60 ? size : 60)] =
			next_random(random) >> 8;
	return (struct kmc_bytes) { .p = copy, .end = copy + size };
}

static void ask_all(struct kmc_image *image)
{
	struct kmc_location at;
	Dwarf_CU *unit = NULL;
	uint64_t file;
	Dwarf_Die cu;

	while (next_cu(image, &unit, &cu)) {
		struct kmc_lines *lines = kmc_image_lines(image, &cu);
		struct kmc_ranges ranges = { };
		Dwarf_Addr base, lo, hi;
		bool nomem;

		if (kmc_skim_functions(image, &cu, &ranges, &nomem))
			kmc_ranges_release(&ranges);
		assert_false(nomem);
		if (!lines || dwarf_ranges(&cu, 0, &base, &lo, &hi) <= 0)
			continue;
		for (Dwarf_Addr address = lo; address < hi; address += 16)
			if (kmc_lines_find(lines, address, &file, &at))
				kmc_lines_path(image, lines, file);
	}
}

static void damage_does_no_harm(void **state)
{
	struct state *s = *state;
	uint32_t random = 1;

	for (int i = 0; i < DAMAGED; i++) {
		struct kmc_raw_sections good, *raw;
		struct kmc_image *image;

		assert_no_error(kmc_image_open(NULL, i % 4 ? s->f->vmlinux :
					       s->many->path, NULL, &image));
		raw = (struct kmc_raw_sections *)kmc_image_raw(image);
		assert_non_null(raw);
		good = *raw;
		raw->abbrev = damaged_copy(good.abbrev, &random);
		raw->line = damaged_copy(good.line, &random);
		raw->line_str = damaged_copy(good.line_str, &random);
		raw->str = damaged_copy(good.str, &random);
		ask_all(image);
		free((void *)raw->abbrev.p);
		free((void *)raw->line.p);
		if (good.line_str.p)
			free((void *)raw->line_str.p);
		if (good.str.p)
			free((void *)raw->str.p);
		kmc_image_free(image);
	}
}

/* ---- variants ---- */

/* cmocka passes nothing to a group's setup, so each variant has its own. */
static int gcc_5(void **state)
{
	return setup("gcc", "-gdwarf-5", state);
}

static int gcc_4(void **state)
{
	return setup("gcc", "-gdwarf-4", state);
}

static int gcc_2(void **state)
{
	return setup("gcc", "-gdwarf-2 -gstrict-dwarf", state);
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
	{ "gcc, DWARF 2", "gcc", gcc_2 },
	{ "gcc, compressed", "gcc", gcc_compressed },
	{ "gcc, split", "gcc", gcc_split },
	{ "clang, DWARF 5", "clang", clang_5 },
	{ "clang, DWARF 4", "clang", clang_4 },
};

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_has_the_line_that_libdw_finds),
		cmocka_unit_test(files_are_those_of_libdw),
		cmocka_unit_test(functions_are_those_of_libdw),
		cmocka_unit_test(damage_does_no_harm),
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
