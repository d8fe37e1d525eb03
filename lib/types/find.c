// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions about all types of a file: what a query says is tried on one after the other.
 */
#include "kmc/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/find_query.h"
#include "types/types.h"

/* Structs without a name that lie in each other. */
#define DEPTH_MAX	16
/* Pointers to pointers, and arrays of arrays. */
#define STEPS_MAX	16

/*
 * struct inside - that an object of the type asked for is in a type, and where
 * @known: false: it is being looked for, or there is none
 */
struct inside {
	bool known;
	char *path;
	uint64_t bit_offset;
};

/*
 * struct search - one run
 * @inside: id → struct inside, for the types that were looked into
 * @type: whose members are looked at; @name: of it
 * @path: of the struct without a name that they are in
 * @go_on: the user wants more
 */
struct search {
	const struct kmc_query *query;
	struct kmc_types *types;
	bool (*found)(void *arg, const struct kmc_answer *found);
	void *arg;
	struct kmc_map inside;
	const struct kmc_type_name *name;
	struct kmc_buf path;
	bool go_on;
	size_t count;
};

struct kmc_find {
	struct kmc_query query;
};

struct kmc_error *kmc_find_new(const char *query, struct kmc_find **out)
{
	struct kmc_find *find = calloc(1, sizeof(*find));
	struct kmc_error *err;

	if (!find)
		return kmc_error_nomem();
	err = kmc_query_parse(query, &find->query);
	if (err) {
		kmc_find_free(find);
		return err;
	}
	*out = find;
	return NULL;
}

void kmc_find_free(struct kmc_find *find)
{
	if (!find)
		return;
	kmc_query_release(&find->query);
	free(find);
}

/* ---- types ---- */

/* What is damaged answers no question. */
static const struct kmc_type *get(struct search *s, kmc_type_id id)
{
	const struct kmc_type *type = NULL;

	kmc_error_free(kmc_types_get(s->types, id, &type));
	return type;
}

static const struct kmc_type *element_of(struct search *s, kmc_type_id id)
{
	const struct kmc_type *type = get(s, id);

	for (int i = 0; type && type->kind == KMC_TYPE_ARRAY && i < STEPS_MAX; i++)
		type = get(s, type->element);
	return type;
}

/* Behind at least one pointer; NULL: it is none. */
static const struct kmc_type *target_of(struct search *s, kmc_type_id id)
{
	const struct kmc_type *type = element_of(s, id);
	bool pointer = false;

	for (int i = 0; type && type->kind == KMC_TYPE_POINTER && i < STEPS_MAX; i++) {
		pointer = true;
		type = element_of(s, type->target);
	}
	return pointer ? type : NULL;
}

static bool is_called(const struct kmc_type *type, const char *name)
{
	if (!type)
		return false;
	if (kmc_query_glob(name, type->declared))
		return true;
	return type->name && kmc_is_aggregate(type) && kmc_query_glob(name, type->name);
}

/* ---- who contains it ---- */

static void inside_free(void *value)
{
	struct inside *inside = value;

	free(inside->path);
	free(inside);
}

static char *join(const char *a, const char *b)
{
	char *path;

	if (asprintf(&path, "%s%s%s", a ? a : "", a && *b && *b != '[' ? "." : "", b) < 0)
		return NULL;
	return path;
}

static const struct inside *look_into(struct search *s, const struct kmc_type *type, int depth);

/* Is the member such an object, or does it hold one? */
static bool holds(struct search *s, const struct kmc_member *member, int depth, char **path,
		  uint64_t *bit_offset)
{
	const struct kmc_type *type = element_of(s, member->type);
	const struct inside *inside;

	*bit_offset = member->bit_offset;
	if (!type)
		return false;
	if (is_called(type, s->query->contains)) {
		*path = join(member->name, "");
		return *path;
	}
	if (!kmc_is_aggregate(type))
		return false;
	inside = look_into(s, type, depth + 1);
	if (!inside || !inside->known)
		return false;
	*bit_offset += inside->bit_offset;
	*path = join(member->name, inside->path);
	return *path;
}

static const struct inside *look_into(struct search *s, const struct kmc_type *type, int depth)
{
	struct inside *inside = kmc_map_get(&s->inside, type->id);

	if (inside || depth > KMC_LAYOUT_DEPTH)
		return inside;
	inside = calloc(1, sizeof(*inside));
	if (!inside || !kmc_map_put(&s->inside, type->id, inside)) {
		free(inside);
		return NULL;
	}
	for (size_t i = 0; i < type->nmembers && !inside->known; i++)
		inside->known = holds(s, &type->members[i], depth, &inside->path,
				      &inside->bit_offset);
	return inside;
}

/* ---- members ---- */

static void tell(struct search *s, const struct kmc_answer *found)
{
	s->count++;
	s->go_on = s->found(s->arg, found);
}

static void tell_member(struct search *s, const char *path, uint64_t bit_offset,
			const struct kmc_member *member)
{
	const struct kmc_type *type = get(s, member->type);
	const struct kmc_answer found = {
		.name = s->name, .path = path, .declared = type ? type->declared : "",
		.bit_offset = bit_offset, .bit_size = member->bit_size,
		.bitfield = member->bitfield,
	};

	tell(s, &found);
}

static bool in_range(const struct kmc_range *range, uint64_t value)
{
	return !range->set || (value >= range->from && value <= range->to);
}

static bool member_fits(struct search *s, const struct kmc_member *member, uint64_t bit_offset)
{
	const struct kmc_query *query = s->query;
	const struct kmc_type *type;

	if (query->member &&
	    (!member->name || !kmc_query_glob(query->member, member->name)))
		return false;
	if (!in_range(&query->at, bit_offset / 8))
		return false;
	if (query->member_type) {
		type = get(s, member->type);
		if (!type || !kmc_query_glob(query->member_type, type->declared))
			return false;
	}
	return !query->points || is_called(target_of(s, member->type), query->points);
}

static void try_member(struct search *s, const struct kmc_member *member, uint64_t base)
{
	uint64_t bit_offset = member->bit_offset;
	const size_t len = s->path.len;
	const char *name;
	char *path = NULL;

	if (!member_fits(s, member, base + bit_offset))
		return;
	if (s->query->contains && !holds(s, member, 0, &path, &bit_offset))
		return;
	name = path ? path : member->name ? member->name : "";
	if (len && *name)
		kmc_buf_puts(&s->path, ".");
	kmc_buf_puts(&s->path, name);
	if (!s->path.failed)
		tell_member(s, s->path.data ? s->path.data : "", base + bit_offset, member);
	s->path.len = len;
	if (s->path.data)
		s->path.data[len] = '\0';
	free(path);
}

/* Also those of structs without a name, which are found in no other way. */
static void try_members(struct search *s, const struct kmc_type *type, uint64_t base, int depth)
{
	const size_t len = s->path.len;

	for (size_t i = 0; i < type->nmembers && s->go_on && depth < DEPTH_MAX; i++) {
		const struct kmc_member *member = &type->members[i];
		const struct kmc_type *inner = element_of(s, member->type);
		bool nameless = inner && kmc_is_aggregate(inner) && !inner->name;

		/* What is in one without a name is told with its own path. */
		if (member->name || !nameless)
			if (!(nameless && s->query->contains))
				try_member(s, member, base);
		if (!nameless || !s->go_on)
			continue;
		if (member->name)
			kmc_buf_printf(&s->path, "%s%s%s", len ? "." : "", member->name,
				       get(s, member->type)->kind == KMC_TYPE_ARRAY ? "[]" : "");
		try_members(s, inner, base + member->bit_offset, depth + 1);
		s->path.len = len;
		if (s->path.data)
			s->path.data[len] = '\0';
	}
}

/* ---- a type ---- */

/* A hole that lies, or begins, where it is asked for; NULL: there is none. */
static bool find_hole(const struct kmc_query *query, const struct kmc_type *type,
		      struct kmc_gap *out)
{
	struct kmc_gap *gaps = NULL;
	size_t count = 0;
	bool found = false;

	kmc_error_free(kmc_layout_gaps(type, &gaps, &count));
	for (size_t i = 0; i < count && !found; i++) {
		uint64_t first = gaps[i].bit_offset / 8;
		uint64_t last = (gaps[i].bit_offset + gaps[i].bit_size - 1) / 8;

		*out = gaps[i];
		found = (!query->hole_at.set ||
			 (first <= query->hole_at.to && last >= query->hole_at.from)) &&
			in_range(&query->hole_of, (gaps[i].bit_size + 7) / 8);
	}
	free(gaps);
	return found;
}

static bool name_fits(const struct kmc_query *query, const char *name)
{
	if (!query->type)
		return true;
	return strpbrk(query->type, "*?[") ? kmc_query_glob(query->type, name) :
	       !!strcasestr(name, query->type);
}

static void try_type(struct search *s, const struct kmc_type_name *name)
{
	const struct kmc_query *query = s->query;
	const struct kmc_type *type;
	struct kmc_answer found = { .name = name, .path = "", .declared = "" };
	struct kmc_gap gap = { };

	if (!name_fits(query, name->name) || !in_range(&query->size, name->size))
		return;
	type = get(s, name->id);
	/* A typedef of what has a name is found by that. */
	if (!type || (name->is_typedef && type->name && !query->type))
		return;
	if (query->hole && !find_hole(query, type, &gap))
		return;
	s->name = name;
	if (kmc_query_of_members(query)) {
		try_members(s, type, 0, 0);
		return;
	}
	found.bit_size = name->size * 8;
	if (query->hole) {
		found.path = gap.place == KMC_PLACE_TAIL ? "(padding)" : "(hole)";
		found.bit_offset = gap.bit_offset;
		found.bit_size = gap.bit_size;
	}
	tell(s, &found);
}

/* ---- enums ---- */

static void try_values(struct search *s, const struct kmc_type *type, struct kmc_answer *found)
{
	for (size_t i = 0; i < type->nenumerators && s->go_on; i++) {
		found->path = type->enumerators[i].name;
		found->value = type->enumerators[i].value;
		if (kmc_query_glob(s->query->member, found->path))
			tell(s, found);
	}
}

static void try_enum(struct search *s, const struct kmc_type_name *name)
{
	const struct kmc_query *query = s->query;
	struct kmc_answer found = {
		.name = name, .path = "", .declared = "", .bit_size = name->size * 8,
	};
	const struct kmc_type *type;

	if (!name_fits(query, name->name) || !in_range(&query->size, name->size))
		return;
	type = get(s, name->id);
	/* A typedef of what has a name is found by that. */
	if (!type || (name->is_typedef && type->name && !query->type))
		return;
	if (query->member)
		try_values(s, type, &found);
	else
		tell(s, &found);
}

static struct kmc_error *try_enums(struct search *s)
{
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t n = 0;

	if (!kmc_query_of_enums(s->query))
		return NULL;
	err = kmc_types_enums(s->types, &names, &n);
	for (size_t i = 0; !err && i < n && s->go_on; i++)
		try_enum(s, &names[i]);
	return err;
}

/* ---- functions ---- */

static void try_function(struct search *s, const struct kmc_function_name *function)
{
	const struct kmc_query *query = s->query;
	const struct kmc_type *type;
	const struct kmc_type_name name = { .name = function->name, .id = function->id };
	struct kmc_answer found = {
		.name = &name, .function = true, .path = "",
	};
	bool takes = !query->takes;

	if (!name_fits(query, function->name))
		return;
	type = get(s, function->id);
	if (!type || type->kind != KMC_TYPE_FUNCTION)
		return;
	for (size_t i = 0; i < type->nmembers && !takes; i++)
		takes = is_called(target_of(s, type->members[i].type), query->takes) ||
			is_called(get(s, type->members[i].type), query->takes);
	if (!takes || (query->returns && !is_called(target_of(s, type->target), query->returns) &&
		       !is_called(get(s, type->target), query->returns)))
		return;
	found.declared = type->declared;
	tell(s, &found);
}

static struct kmc_error *try_functions(struct search *s)
{
	const struct kmc_function_name *functions;
	struct kmc_error *err;
	size_t count;

	err = kmc_types_functions(s->types, &functions, &count);
	for (size_t i = 0; !err && i < count && s->go_on; i++)
		try_function(s, &functions[i]);
	return err;
}

struct kmc_error *kmc_find_run(const struct kmc_find *find, struct kmc_types *types,
			       bool (*found)(void *arg, const struct kmc_answer *found),
			       void *arg, size_t *count)
{
	struct search s = {
		.query = &find->query, .types = types, .found = found, .arg = arg,
		.go_on = true,
	};
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t n = 0;

	if (kmc_query_of_functions(s.query)) {
		err = try_functions(&s);
	} else {
		err = kmc_types_list(types, &names, &n);
		for (size_t i = 0; !err && i < n && s.go_on; i++)
			try_type(&s, &names[i]);
		if (!err)
			err = try_enums(&s);
	}
	kmc_map_release(&s.inside, inside_free);
	kmc_buf_release(&s.path);
	*count = s.count;
	return err;
}
