// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints layouts through the library, for comparing with pahole.
 *
 * usage: kmc-layout btf|dwarf FILE [NAME...]
 *	all structs and unions, or those of a name; each is
 *		struct|union|typedef NAME SIZE MEMBERS
 *		m DEPTH BIT_OFFSET BIT_SIZE BITFIELD NAME TYPE
 *		g DEPTH hole|tail BIT_OFFSET BIT_SIZE
 *	like pahole with what has no name of its own written out in its place
 * usage: kmc-layout btf|dwarf FILE --fields NAME [OFFSET SIZE]
 * usage: kmc-layout btf|dwarf FILE --id ID
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kmc/kmc.h"

/* Deeper is damage. */
#define MAX_DEPTH	32

static void print_gaps(const struct kmc_gap *gaps, size_t count, uint64_t base,
		       int depth)
{
	for (size_t i = 0; i < count; i++)
		printf("g %d %s %" PRIu64 " %" PRIu64 "\n", depth,
		       gaps[i].place == KMC_PLACE_HOLE ? "hole" : "tail",
		       base + gaps[i].bit_offset, gaps[i].bit_size);
}

/*
 * The struct or union that is written out where it is used; NULL: none is. What
 * a pointer leads to begins at 0.
 */
static struct kmc_error *written_out(struct kmc_types *types, kmc_type_id id,
				     const struct kmc_type **out,
				     uint64_t *base)
{
	const struct kmc_type *type = NULL;
	struct kmc_error *err;
	int depth = 0;

	*out = NULL;
	do {
		err = kmc_types_get(types, id, &type);
		if (err)
			return err;
		id = type->element;
		if (type->kind == KMC_TYPE_POINTER) {
			id = type->target;
			*base = 0;
		}
	} while (id && ++depth < MAX_DEPTH);
	/* Without a name and without a typedef. */
	if (strstr(type->declared, "struct {...}") ||
	    strstr(type->declared, "union {...}"))
		*out = type;
	return NULL;
}

static struct kmc_error *print_type(struct kmc_types *types,
				    const struct kmc_type *type, uint64_t base,
				    int depth)
{
	const struct kmc_type *inner;
	struct kmc_gap *gaps = NULL;
	struct kmc_error *err = NULL;
	size_t count = 0;

	for (size_t i = 0; !err && i < type->nmembers; i++) {
		const struct kmc_member *m = &type->members[i];
		uint64_t start = base + m->bit_offset;

		err = kmc_types_get(types, m->type, &inner);
		if (err)
			break;
		printf("m %d %" PRIu64 " %" PRIu64 " %d %s %s\n", depth,
		       start, m->bit_size, m->bitfield,
		       m->name ? m->name : "-", inner->declared);
		err = written_out(types, m->type, &inner, &start);
		if (!err && inner && inner->nmembers && depth < MAX_DEPTH)
			err = print_type(types, inner, start, depth + 1);
	}
	if (!err)
		err = kmc_layout_gaps(type, &gaps, &count);
	if (!err)
		print_gaps(gaps, count, base, depth);
	free(gaps);
	return err;
}

static struct kmc_error *print_named(struct kmc_types *types, kmc_type_id id,
				     const char *name, bool is_typedef)
{
	const struct kmc_type *type;
	struct kmc_error *err = kmc_types_get(types, id, &type);

	if (err)
		return err;
	printf("%s %s %" PRIu64 " %zu\n",
	       is_typedef ? "typedef" :
	       type->kind == KMC_TYPE_UNION ? "union" : "struct",
	       name, type->size, type->nmembers);
	return print_type(types, type, 0, 1);
}

static struct kmc_error *print_all(struct kmc_types *types)
{
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t count;

	err = kmc_types_list(types, &names, &count);
	for (size_t i = 0; !err && i < count; i++)
		err = print_named(types, names[i].id, names[i].name,
				  names[i].is_typedef);
	return err;
}

/* "struct x" or, behind a keyword that C does not have there, "typedef x". */
static struct kmc_error *print_one(struct kmc_types *types, const char *name)
{
	const char *space = strchr(name, ' ');
	const char *bare = space ? space + 1 : name;
	bool is_typedef = !strncmp(name, "typedef ", 8);
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_types_find(types, is_typedef ? bare : name, &ids, &count);
	for (size_t i = 0; !err && i < count; i++)
		err = print_named(types, ids[i], bare, is_typedef);
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
		return print_named(types, strtoull(argv[1], NULL, 0), argv[1],
				   false);
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
