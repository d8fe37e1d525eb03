// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types of a compiled file, from DWARF of each version and from BTF, and what lies
 * at their bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fixture.h"

struct state {
	struct fixture *f;
	struct kmc_types *types;
	bool btf;
};

static kmc_type_id find(struct state *s, const char *name)
{
	kmc_type_id *ids, id;
	size_t count;

	assert_no_error(kmc_types_find(s->types, name, &ids, &count));
	assert_int_equal(count, 1);
	id = ids[0];
	free(ids);
	return id;
}

static const struct kmc_type *get(struct state *s, kmc_type_id id)
{
	const struct kmc_type *type;

	assert_no_error(kmc_types_get(s->types, id, &type));
	return type;
}

static const struct kmc_type *named(struct state *s, const char *name)
{
	return get(s, find(s, name));
}

static const struct kmc_member *member(const struct kmc_type *type,
				       const char *name)
{
	for (size_t i = 0; i < type->nmembers; i++)
		if (type->members[i].name && !strcmp(type->members[i].name, name))
			return &type->members[i];
	fail_msg("%s has no %s", type->declared, name);
	return NULL;
}

/* ---- types ---- */

static void declarations_are_written_as_in_c(void **state)
{
	static const struct {
		const char *member, *declared;
		enum kmc_type_kind kind;
	} expected[] = {
		{ "kills", "struct kill [2]", KMC_TYPE_ARRAY },
		{ "name", "char [16]", KMC_TYPE_ARRAY },
		{ "call", "int (*)(struct later *, const char *, ...)",
		  KMC_TYPE_POINTER },
		{ "table", "const u32 *const [2]", KMC_TYPE_ARRAY },
		{ "row", "char (*)[8]", KMC_TYPE_POINTER },
		{ "colour", "enum colour", KMC_TYPE_ENUM },
		{ "yes", "_Bool", KMC_TYPE_BOOL },
		{ "later", "struct later *", KMC_TYPE_POINTER },
		{ "count", "atomic_t", KMC_TYPE_STRUCT },
		{ "both", "const volatile int", KMC_TYPE_INT },
	};
	struct state *s = *state;
	const struct kmc_type *many = named(s, "struct many");

	assert_string_equal(many->declared, "struct many");
	for (size_t i = 0; i < KMC_ARRAY_SIZE(expected); i++) {
		const struct kmc_member *m = member(many, expected[i].member);

		assert_string_equal(get(s, m->type)->declared,
				    expected[i].declared);
		assert_int_equal(get(s, m->type)->kind, expected[i].kind);
	}
}

static void typedefs_of_one_type_have_its_id(void **state)
{
	struct state *s = *state;
	const struct kmc_type *kill = named(s, "kill");
	const struct kmc_type *uid = get(s, member(kill, "uid")->type);

	assert_string_equal(uid->declared, "u32");
	assert_string_equal(uid->name, "unsigned int");
	assert_false(uid->is_signed);
	assert_true(get(s, member(kill, "pid")->type)->is_signed);
	/* Asked for by its own number, it is written by its own name. */
	assert_string_equal(get(s, uid->id)->declared, "unsigned int");
}

static void same_question_same_type(void **state)
{
	struct state *s = *state;

	assert_ptr_equal(named(s, "kill"), named(s, "struct kill"));
}

static void dimensions_come_one_by_one(void **state)
{
	struct state *s = *state;
	const struct kmc_type *many = named(s, "many");
	const struct kmc_type *outer = get(s, member(many, "matrix")->type);

	assert_int_equal(outer->size, 48);
	/* pahole makes one dimension of several in BTF. */
	if (s->btf)
		return;
	assert_string_equal(outer->declared, "int [3][4]");
	assert_int_equal(outer->count, 3);
	assert_string_equal(get(s, outer->element)->declared, "int [4]");
	assert_int_equal(get(s, outer->element)->count, 4);
	assert_int_equal(get(s, get(s, outer->element)->element)->size, 4);
}

static void enums_are_found_and_keep_their_sign(void **state)
{
	struct state *s = *state;
	const struct kmc_type *many = named(s, "many");
	const struct kmc_type *colour = get(s, member(many, "colour")->type);
	const struct kmc_type *big = get(s, member(many, "big")->type);
	kmc_type_id *ids;
	size_t count;

	assert_no_error(kmc_types_find_enum(s->types, "colour", &ids, &count));
	assert_int_equal(count, 1);
	assert_ptr_equal(get(s, ids[0])->enumerators, colour->enumerators);
	free(ids);
	assert_no_error(kmc_types_find_enum(s->types, "{NAMELESS, ...}", &ids, &count));
	assert_int_equal(count, 1);
	assert_int_equal(get(s, ids[0])->enumerators[1].value, 4);
	free(ids);
	assert_error(kmc_types_find_enum(s->types, "enum many", &ids, &count),
		     KMC_ERROR_NOT_FOUND, "union, enum or typedef");
	assert_int_equal(colour->nenumerators, 3);
	assert_string_equal(colour->enumerators[1].name, "GREEN");
	assert_int_equal(colour->enumerators[1].value, 5);
	assert_int_equal(colour->enumerators[2].value, -3);
	assert_true(colour->is_signed);
	assert_int_equal(big->enumerators[0].value, 0x80);
}

static void declared_only_is_incomplete(void **state)
{
	struct state *s = *state;
	const struct kmc_type *pointer;
	kmc_type_id *ids;
	size_t count;

	pointer = get(s, member(named(s, "many"), "later")->type);
	assert_true(get(s, pointer->target)->incomplete);
	assert_error(kmc_types_find(s->types, "struct later", &ids, &count),
		     KMC_ERROR_NOT_FOUND, "struct later");
}

static void void_is_a_type(void **state)
{
	assert_int_equal(get(*state, 0)->kind, KMC_TYPE_VOID);
	assert_string_equal(get(*state, 0)->declared, "void");
}

static void no_such_type_is_an_error(void **state)
{
	struct state *s = *state;
	const struct kmc_type *type;
	kmc_type_id *ids;
	size_t count;

	assert_error(kmc_types_get(s->types, UINT64_MAX, &type),
		     KMC_ERROR_FORMAT, "damaged");
	assert_error(kmc_types_find(s->types, "union kill", &ids, &count),
		     KMC_ERROR_NOT_FOUND, "union kill");
	assert_error(kmc_types_find(s->types, "", &ids, &count),
		     KMC_ERROR_NOT_FOUND, "''");
}

static void each_layout_of_a_name_is_found_once(void **state)
{
	struct state *s = *state;
	kmc_type_id *ids;
	size_t count;

	assert_no_error(kmc_types_find(s->types, "variant", &ids, &count));
	assert_int_equal(count, 2);
	assert_string_not_equal(
		get(s, get(s, ids[0])->members[0].type)->declared,
		get(s, get(s, ids[1])->members[0].type)->declared);
	free(ids);
	find(s, "same");
}

static void typedefs_and_types_in_functions_are_found(void **state)
{
	struct state *s = *state;

	assert_string_equal(named(s, "list_t")->declared, "struct list_head");
	assert_string_equal(named(s, "chain_t")->declared, "struct list_head");
	assert_int_equal(find(s, "union only"), find(s, "only"));
	/* Without a name of its own it has that of the typedef. */
	assert_string_equal(named(s, "atomic_t")->declared, "atomic_t");
	assert_string_equal(named(s, "frozen_t")->declared, "frozen_t");
	assert_int_equal(named(s, "frozen_t")->nmembers, 1);
	assert_int_equal(named(s, "in_function")->size, 16);
	assert_int_equal(named(s, "union in_block")->nmembers, 2);
}

static void only_typedefs_of_complete_types_are_found(void **state)
{
	static const char * const others[] = {
		"later_t", "list_pointer_t", "u32", "struct list_t",
		"union atomic_t", "union list_head", "struct only", "struct ",
	};
	struct state *s = *state;
	kmc_type_id *ids;
	size_t count;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(others); i++)
		assert_error(kmc_types_find(s->types, others[i], &ids, &count),
			     KMC_ERROR_NOT_FOUND, others[i]);
}

static void blanks_behind_the_keyword_do_not_count(void **state)
{
	struct state *s = *state;

	assert_int_equal(find(s, "struct  kill"), find(s, "struct kill"));
	assert_int_equal(find(s, "union\tonly"), find(s, "union only"));
}

static void list_has_names_once(void **state)
{
	const struct kmc_type_name *names;
	struct state *s = *state;
	unsigned int kills = 0, atomics = 0, chains = 0, incomplete = 0;
	size_t count;

	assert_no_error(kmc_types_list(s->types, &names, &count));
	for (size_t i = 0; i < count; i++) {
		kills += !strcmp(names[i].name, "kill") && names[i].size == 8;
		atomics += !strcmp(names[i].name, "atomic_t") &&
			   names[i].is_typedef;
		chains += !strcmp(names[i].name, "chain_t") &&
			  names[i].is_typedef && names[i].size == 16;
		incomplete += !strncmp(names[i].name, "later", 5);
	}
	assert_int_equal(kills, 1);
	assert_int_equal(atomics, 1);
	assert_int_equal(chains, 1);
	assert_int_equal(incomplete, 0);
}

/* ---- places ---- */

/* All fields, one a line: place, offset+size, bits, "*" in a union, path. */
static char *fields_text(struct state *s, const char *name, uint64_t offset,
			 uint64_t size)
{
	static const char *const places[] = { "", "hole ", "tail ", "outside " };
	struct kmc_fields fields;
	struct kmc_buf buf = { };
	bool truncated;
	char *text;

	assert_no_error(kmc_layout_fields(s->types, find(s, name), offset, size,
					  &fields, &truncated));
	assert_false(truncated);
	for (size_t i = 0; i < fields.count; i++) {
		const struct kmc_field *f = &fields.v[i];

		kmc_buf_printf(&buf, "%s%u+%u", places[f->place],
			       (unsigned int)f->offset, (unsigned int)f->size);
		if (f->bitfield)
			kmc_buf_printf(&buf, ":%u+%u", f->bit_offset,
				       f->bit_size);
		kmc_buf_printf(&buf, "%s%s%s%s%s\n", f->in_union ? "*" : "",
			       *f->path ? " " : "", f->path,
			       f->after ? " after " : "",
			       f->after ? f->after : "");
	}
	kmc_fields_release(&fields);
	assert_no_error(kmc_buf_take(&buf, &text));
	return text;
}

static void assert_fields(struct state *s, const char *name, uint64_t offset,
			  uint64_t size, const char *expected)
{
	char *text = fields_text(s, name, offset, size);

	assert_string_equal(text, expected);
	free(text);
}

static void holes_and_padding_are_counted(void **state)
{
	assert_fields(*state, "holes", 0, 32,
		      "0+1 a\n"
		      "hole 1+3 after a\n"
		      "4+4 b\n"
		      "8+2 c\n"
		      "10+1 d\n"
		      "hole 11+5 after d\n"
		      "16+8 e\n"
		      "24+1 tail\n"
		      "tail 25+7 after tail\n");
}

static void only_what_is_touched_is_told(void **state)
{
	assert_fields(*state, "holes", 3, 2, "hole 1+3 after a\n4+4 b\n");
	assert_fields(*state, "holes", 3, 1, "hole 1+3 after a\n");
	assert_fields(*state, "holes", 3, 0, "");
}

static void bits_have_their_place(void **state)
{
	assert_fields(*state, "bits", 0, 16,
		      "0+1:0+3 first\n"
		      "0+1:3+5 second\n"
		      "hole 1+3 after second\n"
		      "4+1:0+1 third\n"
		      "hole 4+1:1+7 after third\n"
		      "5+1 plain\n"
		      "hole 6+2 after plain\n"
		      "8+5:0+40 wide\n"
		      "13+1:0+2 last\n"
		      "tail 13+3:2+22 after last\n");
}

static void packed_bits_reach_beyond_their_unit(void **state)
{
	assert_fields(*state, "straddling", 0, 7,
		      "0+1 a\n1+3:0+20 v\n3+2:4+12 w\n5+2 x\n");
	assert_fields(*state, "straddling_short", 0, 5,
		      "0+1 a\n1+3:0+20 v\n3+2:4+5 y\n4+1:1+7 z\n");
	assert_fields(*state, "straddling_long", 0, 9,
		      "0+1 a\n1+4 b\n5+2:0+13 c\nhole 6+1:5+3 after c\n7+2 e\n");
	assert_fields(*state, "straddling_wide", 0, 9,
		      "0+1:0+3 a\n0+9:3+63 b\n8+1:2+6 c\n");
}

static void all_arms_of_a_union_are_told(void **state)
{
	/* small and kill end before the others. */
	assert_fields(*state, "outer", 24, 12,
		      "24+1 info.flag\n"
		      "hole 25+7 info after flag\n"
		      "32+4* info.fields.kill.pid\n"
		      "32+1* info.fields.timer.tid\n"
		      "32+8* info.fields.raw[0]\n"
		      "32+1* info.fields.small\n"
		      "hole 33+7* info.fields.timer after tid\n");
	assert_fields(*state, "outer", 56, 8, "56+8 info.fields.raw[3]\n");
}

static void union_is_padded_where_no_arm_reaches(void **state)
{
	assert_fields(*state, "only", 4, 8,
		      "4+1 bytes[4]\n"
		      "tail 5+3 after bytes\n"
		      "outside 8+4\n");
}

static void anonymous_members_have_no_place_in_the_path(void **state)
{
	assert_fields(*state, "nested_unnamed", 0, 9,
		      "0+1* x\n"
		      "0+8* z\n"
		      "hole 1+3* after x\n"
		      "4+4* y\n"
		      "8+1 w\n");
}

static void arrays_come_by_element(void **state)
{
	assert_fields(*state, "many", 48, 12,
		      "48+4 kills[0].pid\n"
		      "52+4 kills[0].uid\n"
		      "56+4 kills[1].pid\n");
}

static void flexible_array_takes_what_is_behind(void **state)
{
	assert_fields(*state, "flexible", 4, 5,
		      "4+1 kind\n"
		      "5+1 data[0]\n"
		      "6+1 data[1]\n"
		      "7+1 data[2]\n"
		      "8+1 data[3]\n");
	assert_fields(*state, "flexible_records", 20, 8,
		      "20+4 v[1].uid\n"
		      "24+4 v[2].pid\n");
}

static void flexible_array_is_padding_inside_of_the_type(void **state)
{
	const struct kmc_type *type = named(*state, "flexible");
	struct kmc_gap *gaps;
	size_t count;

	assert_no_error(kmc_layout_gaps(type, &gaps, &count));
	assert_int_equal(count, 1);
	assert_int_equal(gaps[0].place, KMC_PLACE_TAIL);
	assert_int_equal(gaps[0].bit_offset, 40);
	assert_int_equal(gaps[0].bit_size, 24);
	free(gaps);
}

static void nothing_is_outside_of_everything(void **state)
{
	assert_fields(*state, "packed", 5, 6, "5+2 c\noutside 7+4\n");
	assert_fields(*state, "packed", 100, 4, "outside 100+4\n");
	assert_fields(*state, "with_empty", 4, 8,
		      "hole 4+4 after nothing\n8+8 b\n");
}

static void too_many_fields_are_cut(void **state)
{
	struct state *s = *state;
	struct kmc_fields fields;
	bool truncated = false;

	assert_no_error(kmc_layout_fields(s->types, find(s, "flexible"), 0,
					  UINT64_MAX, &fields, &truncated));
	assert_true(truncated);
	assert_int_equal(fields.count, KMC_FIELDS_MAX);
	kmc_fields_release(&fields);
}

static void paths_are_resolved(void **state)
{
	static const struct {
		const char *type, *path;
		unsigned int offset, size, bit, bits;
	} expected[] = {
		{ "many", "kills[1].uid", 60, 4, 0, 32 },
		{ "many", "kills", 48, 16, 0, 128 },
		{ "many", "name[0x3]", 67, 1, 0, 8 },
		{ "outer", "info.fields.timer.value", 40, 8, 0, 64 },
		{ "outer", "info.code", 20, 4, 0, 32 },
		{ "bits", "second", 0, 1, 3, 5 },
		{ "bits", "wide", 8, 5, 0, 40 },
		{ "flexible_records", "v[100].uid", 812, 4, 0, 32 },
		{ "nested_unnamed", "y", 4, 4, 0, 32 },
	};
	struct state *s = *state;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(expected); i++) {
		struct kmc_field field;

		assert_no_error(kmc_layout_resolve(s->types,
						   find(s, expected[i].type),
						   expected[i].path, &field));
		assert_string_equal(field.path, expected[i].path);
		assert_int_equal(field.offset, expected[i].offset);
		assert_int_equal(field.size, expected[i].size);
		assert_int_equal(field.bit_offset, expected[i].bit);
		assert_int_equal(field.bit_size, expected[i].bits);
		kmc_field_release(&field);
	}
}

static void wrong_paths_are_refused(void **state)
{
	static const char *const wrong[] = {
		"", ".", "[0]", "nothing", "kills[2]", "kills[", "kills[]",
		"kills[-1]", "kills[ 1]", "kills[0", "kills[0]uid", "name.x",
		"kills[0]..uid", "kills[18446744073709551616]", "colour[0]",
		"kills.uid", "count.counter.", "kil",
	};
	struct state *s = *state;
	kmc_type_id many = find(s, "many");

	for (size_t i = 0; i < KMC_ARRAY_SIZE(wrong); i++) {
		struct kmc_field field;

		assert_error(kmc_layout_resolve(s->types, many, wrong[i],
						&field),
			     KMC_ERROR_NOT_FOUND, wrong[i]);
	}
}

static void every_field_is_where_its_path_leads(void **state)
{
	struct state *s = *state;
	kmc_type_id id = find(s, "outer");
	struct kmc_fields fields;
	bool truncated;

	assert_no_error(kmc_layout_fields(s->types, id, 0, 64, &fields,
					  &truncated));
	for (size_t i = 0; i < fields.count; i++) {
		const struct kmc_field *f = &fields.v[i];
		struct kmc_field field;

		if (f->place != KMC_PLACE_MEMBER)
			continue;
		assert_no_error(kmc_layout_resolve(s->types, id, f->path,
						   &field));
		assert_int_equal(field.offset, f->offset);
		assert_int_equal(field.size, f->size);
		assert_int_equal(field.type, f->type);
		assert_int_equal(field.depth, f->depth);
		kmc_field_release(&field);
	}
	kmc_fields_release(&fields);
}

static void parts_are_known_by_name_and_size(void **state)
{
	struct state *s = *state;
	kmc_type_id outer = find(s, "outer"), many = find(s, "many");

	assert_true(kmc_layout_contains(s->types, outer, 0, "outer", 64));
	assert_true(kmc_layout_contains(s->types, outer, 0, "list_head", 16));
	assert_true(kmc_layout_contains(s->types, outer, 16, "struct siginfo",
					48));
	assert_true(kmc_layout_contains(s->types, outer, 32, "kill", 8));
	assert_true(kmc_layout_contains(s->types, many, 56, "kill", 8));
	assert_true(kmc_layout_contains(s->types, many, 144, "atomic_t", 4));
	assert_false(kmc_layout_contains(s->types, outer, 32, "kill", 16));
	assert_false(kmc_layout_contains(s->types, outer, 36, "kill", 8));
	assert_false(kmc_layout_contains(s->types, outer, 64, "outer", 64));
	assert_false(kmc_layout_contains(s->types, outer, UINT64_MAX, "kill", 8));
}

/* ---- files ---- */

static void other_files_are_refused(void **state)
{
	struct state *s = *state;
	struct kmc_types *types;
	char *text = fixture_path(s->f, "text");

	fixture_run(s->f, "echo text > text; : > empty; cp layout.elf stripped; strip -R .BTF stripped");
	assert_error(kmc_types_open_btf(text, &types), KMC_ERROR_FORMAT,
		     "neither");
	assert_error(kmc_types_open_dwarf(text, &types), KMC_ERROR_FORMAT,
		     "no usable debug info");
	free(text);
	text = fixture_path(s->f, "stripped");
	assert_error(kmc_types_open_btf(text, &types), KMC_ERROR_NOT_FOUND,
		     "CONFIG_DEBUG_INFO_BTF");
	kmc_error_free(kmc_types_open_dwarf(text, &types));
	free(text);
	assert_error(kmc_types_open_btf(s->f->dir, &types), KMC_ERROR_FORMAT,
		     "regular");
	assert_error(kmc_types_open_dwarf("/nowhere", &types), KMC_ERROR_OS,
		     "cannot open");
	kmc_types_free(NULL);
}

/* ---- every source ---- */

static void compile_types(struct fixture *f, const char *cc, const char *flags)
{
	for (int variant = 0; variant < 2; variant++)
		fixture_run(f, "%s -O2 %s -ffreestanding -fno-pic %s -c src/layout.c -o layout%d.o",
			    cc, flags, variant ? "-DVARIANT" : "", variant);
	fixture_run(f, "%s -nostdlib -static -Wl,-e,keep layout0.o layout1.o -o layout.elf",
		    cc);
}

static int open_types(void **out, const char *cc, const char *flags, bool btf)
{
	struct state *s = calloc(1, sizeof(*s));
	char *path;

	assert_non_null(s);
	s->btf = btf;
	s->f = fixture_new(cc, flags);
	compile_types(s->f, cc, flags);
	if (btf)
		fixture_run(s->f, "pahole -J layout.elf");
	path = fixture_path(s->f, "layout.elf");
	assert_no_error(btf ? kmc_types_open_btf(path, &s->types) :
			      kmc_types_open_dwarf(path, &s->types));
	free(path);
	*out = s;
	return 0;
}

static int gcc_5(void **state)
{
	return open_types(state, "gcc", "-gdwarf-5", false);
}

static int gcc_4(void **state)
{
	return open_types(state, "gcc", "-gdwarf-4", false);
}

/* Bit-fields are counted from the other end there. */
static int gcc_2(void **state)
{
	return open_types(state, "gcc", "-gdwarf-2 -gstrict-dwarf", false);
}

static int gcc_compressed(void **state)
{
	return open_types(state, "gcc", "-gdwarf-5 -gz", false);
}

static int clang_5(void **state)
{
	return open_types(state, "clang", "-gdwarf-5", false);
}

static int gcc_btf(void **state)
{
	return open_types(state, "gcc", "-gdwarf-4", true);
}

static int teardown(void **state)
{
	struct state *s = *state;

	kmc_types_free(s->types);
	fixture_free(s->f);
	free(s);
	return 0;
}

static const struct {
	const char *name;
	const char *program;
	CMFixtureFunction setup;
} variants[] = {
	{ "gcc, DWARF 5", "gcc", gcc_5 },
	{ "gcc, DWARF 4", "gcc", gcc_4 },
	{ "gcc, DWARF 2", "gcc", gcc_2 },
	{ "gcc, compressed", "gcc", gcc_compressed },
	{ "clang, DWARF 5", "clang", clang_5 },
	{ "BTF", "pahole", gcc_btf },
};

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declarations_are_written_as_in_c),
		cmocka_unit_test(typedefs_of_one_type_have_its_id),
		cmocka_unit_test(same_question_same_type),
		cmocka_unit_test(dimensions_come_one_by_one),
		cmocka_unit_test(enums_are_found_and_keep_their_sign),
		cmocka_unit_test(declared_only_is_incomplete),
		cmocka_unit_test(void_is_a_type),
		cmocka_unit_test(no_such_type_is_an_error),
		cmocka_unit_test(each_layout_of_a_name_is_found_once),
		cmocka_unit_test(typedefs_and_types_in_functions_are_found),
		cmocka_unit_test(only_typedefs_of_complete_types_are_found),
		cmocka_unit_test(blanks_behind_the_keyword_do_not_count),
		cmocka_unit_test(list_has_names_once),
		cmocka_unit_test(holes_and_padding_are_counted),
		cmocka_unit_test(only_what_is_touched_is_told),
		cmocka_unit_test(bits_have_their_place),
		cmocka_unit_test(packed_bits_reach_beyond_their_unit),
		cmocka_unit_test(all_arms_of_a_union_are_told),
		cmocka_unit_test(union_is_padded_where_no_arm_reaches),
		cmocka_unit_test(anonymous_members_have_no_place_in_the_path),
		cmocka_unit_test(arrays_come_by_element),
		cmocka_unit_test(flexible_array_takes_what_is_behind),
		cmocka_unit_test(flexible_array_is_padding_inside_of_the_type),
		cmocka_unit_test(nothing_is_outside_of_everything),
		cmocka_unit_test(too_many_fields_are_cut),
		cmocka_unit_test(paths_are_resolved),
		cmocka_unit_test(wrong_paths_are_refused),
		cmocka_unit_test(every_field_is_where_its_path_leads),
		cmocka_unit_test(parts_are_known_by_name_and_size),
		cmocka_unit_test(other_files_are_refused),
	};
	int failed = 0;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(variants); i++) {
		if (!fixture_has(variants[i].program)) {
			print_message("# %s is not installed: %s left out\n",
				      variants[i].program, variants[i].name);
			continue;
		}
		failed += cmocka_run_group_tests_name(variants[i].name, tests,
						      variants[i].setup,
						      teardown);
	}
	return failed;
}
