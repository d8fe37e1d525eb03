// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints layouts through the library, for comparing with pahole.
 *
 * usage: kmc-layout btf|dwarf FILE [NAME]...
 *	all structs and unions, or those of a name; each is
 *		struct NAME SIZE
 *		  m NAME BIT_OFFSET BIT_SIZE BITFIELD TYPE
 *		  g hole|tail BIT_OFFSET BIT_SIZE
 *	with members of anonymous members indented deeper
 * usage: kmc-layout btf|dwarf FILE --fields NAME [OFFSET SIZE]
 * usage: kmc-layout btf|dwarf FILE --id ID
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kmc/kmc.h"

/* Deeper is damage. */
#define MAX_DEPTH	32

static struct kmc_error *print_type(struct kmc_types *types, kmc_type_id id,
				    int depth)
{
	const struct kmc_type *type, *inner;
	struct kmc_gap *gaps = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_types_get(types, id, &type);
	for (size_t i = 0; !err && i < type->nmembers; i++) {
		const struct kmc_member *m = &type->members[i];

		err = kmc_types_get(types, m->type, &inner);
		if (err)
			break;
		printf("%*sm %s %" PRIu64 " %" PRIu64 " %d %s\n", depth * 2, "",
		       m->name ? m->name : "-", m->bit_offset, m->bit_size,
		       m->bitfield, inner->declared);
		if (!m->name && depth < MAX_DEPTH)
			err = print_type(types, m->type, depth + 1);
	}
	if (!err)
		err = kmc_layout_gaps(type, &gaps, &count);
	for (size_t i = 0; i < count; i++)
		printf("%*sg %s %" PRIu64 " %" PRIu64 "\n", depth * 2, "",
		       gaps[i].place == KMC_PLACE_HOLE ? "hole" : "tail",
		       gaps[i].bit_offset, gaps[i].bit_size);
	free(gaps);
	return err;
}

static struct kmc_error *print_named(struct kmc_types *types, kmc_type_id id,
				     const char *name)
{
	const struct kmc_type *type;
	struct kmc_error *err = kmc_types_get(types, id, &type);

	if (err)
		return err;
	printf("%s %s %" PRIu64 "\n",
	       type->kind == KMC_TYPE_UNION ? "union" : "struct", name,
	       type->size);
	return print_type(types, id, 1);
}

static struct kmc_error *print_all(struct kmc_types *types)
{
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t count;

	err = kmc_types_list(types, &names, &count);
	for (size_t i = 0; !err && i < count; i++)
		if (!names[i].is_typedef)
			err = print_named(types, names[i].id, names[i].name);
	return err;
}

static struct kmc_error *print_one(struct kmc_types *types, const char *name)
{
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_types_find(types, name, &ids, &count);
	for (size_t i = 0; !err && i < count; i++)
		err = print_named(types, ids[i], name);
	free(ids);
	return err;
}

static void print_field(const struct kmc_field *field)
{
	static const char *const places[] = {
		"member", "hole", "tail", "outside",
	};

	printf("%s %" PRIu64 " %" PRIu64 " bit %u+%u depth %u%s%s path '%s'%s%s\n",
	       places[field->place], field->offset, field->size,
	       field->bit_offset, field->bit_size, field->depth,
	       field->bitfield ? " bitfield" : "",
	       field->in_union ? " union" : "", field->path,
	       field->after ? " after " : "", field->after ? field->after : "");
}

static struct kmc_error *print_fields(struct kmc_types *types, const char *name,
				      uint64_t offset, uint64_t size)
{
	struct kmc_fields fields = { };
	kmc_type_id *ids = NULL;
	bool truncated = false;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_types_find(types, name, &ids, &count);
	if (!err)
		err = kmc_layout_fields(types, ids[0], offset, size, &fields,
					&truncated);
	for (size_t i = 0; i < fields.count; i++)
		print_field(&fields.v[i]);
	if (truncated)
		printf("truncated\n");
	kmc_fields_release(&fields);
	free(ids);
	return err;
}

static struct kmc_error *run(struct kmc_types *types, int argc, char **argv)
{
	struct kmc_error *err = NULL;

	if (!argc)
		return print_all(types);
	if (argc == 2 && !strcmp(argv[0], "--id"))
		return print_named(types, strtoull(argv[1], NULL, 0), argv[1]);
	if (argc >= 2 && !strcmp(argv[0], "--fields"))
		return print_fields(types, argv[1],
				    argc > 2 ? strtoull(argv[2], NULL, 0) : 0,
				    argc > 3 ? strtoull(argv[3], NULL, 0) :
					       UINT64_MAX / 16);
	for (int i = 0; i < argc && !err; i++)
		err = print_one(types, argv[i]);
	return err;
}

int main(int argc, char **argv)
{
	struct kmc_types *types;
	struct kmc_error *err;

	if (argc < 3 || (strcmp(argv[1], "btf") && strcmp(argv[1], "dwarf"))) {
		fprintf(stderr, "usage: kmc-layout btf|dwarf FILE [NAME]...\n");
		return 2;
	}
	if (!strcmp(argv[1], "btf"))
		err = kmc_types_open_btf(argv[2], &types);
	else
		err = kmc_types_open_dwarf(argv[2], &types);
	if (!err) {
		err = run(types, argc - 3, argv + 3);
		kmc_types_free(types);
	}
	if (!err)
		return 0;
	fprintf(stderr, "kmc-layout: %s%s%s\n", err->path ? err->path : "",
		err->path ? ": " : "", err->message);
	kmc_error_free(err);
	return 1;
}
