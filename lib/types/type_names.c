// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The names of the types of a file, and the types of a name.
 */
#include "types/types.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"

#define MAX_DISTINCT	256	/* layouts of one name */
/* After so many comparisons, all of one origin are taken to be alike. */
#define COMPARED	8
#define MAX_ORIGINS	64

bool kmc_index_add(struct kmc_index *index, const struct kmc_index_entry *entry)
{
	struct kmc_index_entry *slot;

	slot = kmc_grow(&index->v, index->count, sizeof(*slot));
	if (!slot)
		return false;
	*slot = *entry;
	index->count++;
	return true;
}

/* Over what makes an entry of the list. */
static uint64_t name_hash(const struct kmc_type_name *name)
{
	const uint64_t start = KMC_HASH_START ^ name->size << 8 ^ (uint64_t)name->kind << 1 ^
			       name->is_typedef;

	return kmc_hash_bytes(start, name->name, strlen(name->name));
}

static bool same_name(const struct kmc_type_name *a,
		      const struct kmc_type_name *b)
{
	return a->kind == b->kind && a->size == b->size &&
	       a->is_typedef == b->is_typedef && !strcmp(a->name, b->name);
}

static bool same_enumerators(const struct kmc_type *a, const struct kmc_type *b)
{
	bool same = a->nenumerators == b->nenumerators;

	for (size_t i = 0; i < a->nenumerators && same; i++)
		same = a->enumerators[i].value == b->enumerators[i].value &&
		       !strcmp(a->enumerators[i].name, b->enumerators[i].name);
	return same;
}

/* Enums without a name may begin alike and be others. */
static bool same_constants(struct kmc_types *types, kmc_type_id a, kmc_type_id b)
{
	const struct kmc_type *x, *y;
	struct kmc_error *err = kmc_types_get(types, a, &x);

	if (!err)
		err = kmc_types_get(types, b, &y);
	if (!err)
		return same_enumerators(x, y);
	kmc_error_free(err);
	return false;
}

/*
 * What was seen with an entry's name, size and origin; else NULL, and @hash is free for it
 * and @again whether it is the same as one that was.
 */
static struct kmc_index_entry *find_seen(struct kmc_types *types, const struct kmc_map *seen,
					 const struct kmc_index_entry *entry, uint64_t *hash,
					 bool *again)
{
	struct kmc_index_entry *other;

	for (; (other = kmc_map_get(seen, *hash)); ++*hash) {
		if (!same_name(&entry->name, &other->name))
			continue;
		if (!entry->first || entry->origin == other->origin)
			break;
		*again = *again || same_constants(types, entry->name.id, other->name.id);
	}
	return other;
}

/* The list is the index without repetitions. */
static bool make_list(struct kmc_types *types, const struct kmc_index *index,
		      struct kmc_type_name **list, size_t *count)
{
	struct kmc_map seen = { };
	bool ok = true;

	for (size_t i = 0; i < index->count && ok; i++) {
		struct kmc_index_entry *entry = &index->v[i];
		uint64_t hash = name_hash(&entry->name);
		struct kmc_type_name *slot;
		bool again = false;

		if (find_seen(types, &seen, entry, &hash, &again))
			continue;
		ok = kmc_map_put(&seen, hash, entry);
		if (again || !ok)
			continue;
		slot = kmc_grow(list, *count, sizeof(*slot));
		ok = slot;
		if (ok) {
			*slot = entry->name;
			++*count;
		}
	}
	kmc_map_release(&seen, NULL);
	return ok;
}

/* "{IPPROTO_IP, ...}": what no enum with a name is called. NULL: out of memory. */
static const char *label_of(struct kmc_types *types, const char *first)
{
	const size_t len = strlen(first);
	uint64_t hash = kmc_hash_bytes(KMC_HASH_START, first, len);
	char *label;

	while ((label = kmc_map_get(&types->labels, hash)) &&
	       (strncmp(label + 1, first, len) || strcmp(label + 1 + len, ", ...}")))
		hash++;
	if (label)
		return label;
	if (asprintf(&label, "{%s, ...}", first) < 0)
		return NULL;
	if (kmc_map_put(&types->labels, hash, label))
		return label;
	free(label);
	return NULL;
}

static bool name_nameless(struct kmc_types *types)
{
	for (size_t i = 0; i < types->index.count; i++) {
		struct kmc_index_entry *entry = &types->index.v[i];

		if (!entry->first)
			continue;
		entry->name.name = label_of(types, entry->first);
		if (!entry->name.name)
			return false;
	}
	return true;
}

/* What has no members is kept apart from what has. */
static bool move_enums(struct kmc_types *types)
{
	struct kmc_index *index = &types->index;
	size_t n = 0;

	for (size_t i = 0; i < index->count; i++) {
		if (index->v[i].name.kind != KMC_TYPE_ENUM)
			index->v[n++] = index->v[i];
		else if (!kmc_index_add(&types->enum_index, &index->v[i]))
			return false;
	}
	index->count = n;
	return true;
}

void kmc_types_drop_index(struct kmc_types *types)
{
	free(types->index.v);
	free(types->enum_index.v);
	free(types->list);
	free(types->enums);
	kmc_map_release(&types->labels, free);
	types->index = (struct kmc_index){ };
	types->enum_index = (struct kmc_index){ };
	types->list = NULL;
	types->enums = NULL;
	types->nlist = 0;
	types->nenums = 0;
	types->indexed = false;
	types->listed = false;
}

struct kmc_error *kmc_types_index(struct kmc_types *types)
{
	struct kmc_error *err;

	if (types->indexed)
		return NULL;
	err = types->ops->index(types->source, &types->index);
	if (!err && (!name_nameless(types) || !move_enums(types)))
		err = kmc_error_nomem();
	if (err) {
		kmc_types_drop_index(types);
		return err;
	}
	types->indexed = true;
	return NULL;
}

static struct kmc_error *need_lists(struct kmc_types *types)
{
	struct kmc_error *err = kmc_types_index(types);

	if (err || types->listed)
		return err;
	if (!make_list(types, &types->index, &types->list, &types->nlist) ||
	    !make_list(types, &types->enum_index, &types->enums, &types->nenums)) {
		kmc_types_drop_index(types);
		return kmc_error_nomem();
	}
	types->listed = true;
	return NULL;
}

struct kmc_error *kmc_types_list(struct kmc_types *types,
				 const struct kmc_type_name **out,
				 size_t *count)
{
	struct kmc_error *err = need_lists(types);

	if (err)
		return err;
	*out = types->list;
	*count = types->nlist;
	return NULL;
}

struct kmc_error *kmc_types_enums(struct kmc_types *types,
				  const struct kmc_type_name **out, size_t *count)
{
	struct kmc_error *err = need_lists(types);

	if (err)
		return err;
	*out = types->enums;
	*count = types->nenums;
	return NULL;
}

/* ---- functions ---- */

bool kmc_functions_add(struct kmc_functions *functions, const char *name, kmc_type_id id)
{
	struct kmc_function_name *slot;

	slot = kmc_grow(&functions->v, functions->count, sizeof(*slot));
	if (!slot)
		return false;
	*slot = (struct kmc_function_name){ name, id };
	functions->count++;
	return true;
}

static int compare_functions(const void *a, const void *b)
{
	const struct kmc_function_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

struct kmc_error *kmc_types_functions(struct kmc_types *types,
				      const struct kmc_function_name **out, size_t *count)
{
	struct kmc_functions *all = &types->functions;
	struct kmc_error *err;
	size_t n = 0;

	if (!types->has_functions) {
		err = types->ops->functions(types->source, all);
		if (err) {
			free(all->v);
			*all = (struct kmc_functions){ };
			return err;
		}
		if (all->count)
			qsort(all->v, all->count, sizeof(*all->v), compare_functions);
		for (size_t i = 0; i < all->count; i++)
			if (!n || strcmp(all->v[n - 1].name, all->v[i].name))
				all->v[n++] = all->v[i];
		all->count = n;
		types->has_functions = true;
	}
	*out = all->v;
	*count = all->count;
	return NULL;
}

/* ---- the types of a name ---- */

static bool same_string(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/*
 * Is it the same to look at? Members are compared as they are declared; an
 * anonymous struct or union is compared as a whole, @depth deep.
 */
static struct kmc_error *same_layout(struct kmc_types *types, kmc_type_id a,
				     kmc_type_id b, int depth, bool *same)
{
	const struct kmc_type *ta, *tb;
	struct kmc_error *err;

	err = kmc_types_get(types, a, &ta);
	if (!err)
		err = kmc_types_get(types, b, &tb);
	if (err)
		return err;
	*same = ta == tb || (ta->kind == tb->kind && ta->size == tb->size &&
			     ta->nmembers == tb->nmembers &&
			     !strcmp(ta->declared, tb->declared) &&
			     same_enumerators(ta, tb));
	if (ta == tb || (depth && ta->name))
		return NULL;
	for (size_t i = 0; i < ta->nmembers && *same && depth < 8; i++) {
		const struct kmc_member *ma = &ta->members[i];
		const struct kmc_member *mb = &tb->members[i];

		*same = ma->bit_offset == mb->bit_offset &&
			ma->bit_size == mb->bit_size &&
			ma->bitfield == mb->bitfield &&
			same_string(ma->name, mb->name);
		if (!*same)
			break;
		err = same_layout(types, ma->type, mb->type, depth + 1, same);
		if (err)
			return err;
	}
	return NULL;
}

/* What C++ declares in a class or namespace answers to its last name, too. */
static bool is_called(const char *whole, const char *name)
{
	size_t len = strlen(whole), tail = strlen(name);

	if (len < tail + 2)
		return !strcmp(whole, name);
	return !strcmp(whole, name) ||
	       (!strcmp(whole + len - tail, name) && !strncmp(whole + len - tail - 2, "::", 2));
}

/* Does an entry answer to "struct x", "union x", "enum x", "x"? */
static bool name_fits(const struct kmc_type_name *entry, const char *name)
{
	static const struct {
		const char *prefix;
		enum kmc_type_kind kind;
	} keywords[] = {
		{ "struct", KMC_TYPE_STRUCT }, { "union", KMC_TYPE_UNION },
		{ "enum", KMC_TYPE_ENUM },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(keywords); i++) {
		size_t len = strlen(keywords[i].prefix);

		if (strncmp(name, keywords[i].prefix, len) ||
		    !isblank((unsigned char)name[len]))
			continue;
		name += len + strspn(name + len, " \t");
		return entry->kind == keywords[i].kind && !entry->is_typedef &&
		       is_called(entry->name, name);
	}
	return is_called(entry->name, name);
}

static struct kmc_error *add_distinct(struct kmc_types *types, kmc_type_id id,
				      kmc_type_id **ids, size_t *count)
{
	kmc_type_id *slot;

	for (size_t i = 0; i < *count; i++) {
		struct kmc_error *err;
		bool same;

		err = same_layout(types, id, (*ids)[i], 0, &same);
		if (err || same)
			return err;
	}
	/* More are of damage; what is there still answers the question. */
	if (*count == MAX_DISTINCT)
		return NULL;
	slot = kmc_grow(ids, *count, sizeof(*slot));
	if (!slot)
		return kmc_error_nomem();
	*slot = id;
	++*count;
	return NULL;
}

/* How often each origin was compared; what does not fit is always compared. */
struct origins {
	struct {
		uint64_t origin;
		uint64_t size;
		unsigned int compared;
	} v[MAX_ORIGINS];
	size_t count;
};

/*
 * A thousand units have a copy of the larger structs; to compare the 200 members
 * of each takes seconds.
 */
static bool is_known(struct origins *origins,
		     const struct kmc_index_entry *entry)
{
	size_t i = 0;

	if (!entry->origin)
		return false;
	while (i < origins->count &&
	       (origins->v[i].origin != entry->origin ||
		origins->v[i].size != entry->name.size))
		i++;
	if (i == MAX_ORIGINS)
		return false;
	if (i == origins->count) {
		origins->v[i].origin = entry->origin;
		origins->v[i].size = entry->name.size;
		origins->v[i].compared = 0;
		origins->count++;
	}
	return origins->v[i].compared++ >= COMPARED;
}

/* *@count is 0 when there is none. */
static struct kmc_error *find_in(struct kmc_types *types, const struct kmc_index *index,
				 const char *name, kmc_type_id **ids, size_t *count)
{
	struct origins origins = { };
	struct kmc_error *err = NULL;
	kmc_type_id *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < index->count && !err; i++) {
		const struct kmc_index_entry *entry = &index->v[i];

		if (name_fits(&entry->name, name) && !is_known(&origins, entry))
			err = add_distinct(types, entry->name.id, &found, &n);
	}
	if (err || !n) {
		free(found);
		*count = 0;
		return err;
	}
	*ids = found;
	*count = n;
	return NULL;
}

struct kmc_error *kmc_types_find(struct kmc_types *types, const char *name,
				 kmc_type_id **ids, size_t *count)
{
	struct kmc_error *err = kmc_types_index(types);
	size_t n = 0;

	if (!err)
		err = find_in(types, &types->index, name, ids, &n);
	if (!err && !n)
		err = kmc_error_new(KMC_ERROR_NOT_FOUND, types->path, 0,
				    "has no complete struct, union or typedef of one called '%s'",
				    name);
	if (!err)
		*count = n;
	return err;
}

struct kmc_error *kmc_types_find_enum(struct kmc_types *types, const char *name,
				      kmc_type_id **ids, size_t *count)
{
	struct kmc_error *err = kmc_types_index(types);
	size_t n = 0;

	if (!err)
		err = find_in(types, &types->enum_index, name, ids, &n);
	if (!err && !n)
		err = kmc_error_new(KMC_ERROR_NOT_FOUND, types->path, 0,
				    "has no complete struct, union, enum or typedef of one called '%s'",
				    name);
	if (!err)
		*count = n;
	return err;
}
