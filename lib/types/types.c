// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types as people see them, over either source: typedefs taken off, written as
 * in C, found by name. Chains of typedefs and pointers may be damaged into
 * cycles, so everything that follows one counts its steps.
 */
#include "types/types.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"

/* No kernel type comes near these. */
#define MAX_STEPS	64
#define MAX_NODES	512	/* in one declaration */
#define MAX_DECLARED	4096	/* bytes of it */
#define MAX_NAME	1024	/* bytes; twice what kallsyms allows */
#define MAX_DISTINCT	256	/* layouts of one name */
/* After so many comparisons, all of one origin are taken to be alike. */
#define COMPARED	8
#define MAX_ORIGINS	64

/* struct kmc_type first: users hold a pointer to it. */
struct type_entry {
	struct kmc_type type;
	struct kmc_raw_type raw;
	char *declared;
};

struct kmc_types {
	char *path;
	const struct kmc_types_ops *ops;
	void *source;
	struct kmc_map entries;
	struct kmc_index index;		/* each as often as it is there */
	struct kmc_type_name *list;	/* each once */
	size_t nlist;
	bool indexed;
};

/* ---- life ---- */

struct kmc_error *kmc_types_new(const char *path,
				const struct kmc_types_ops *ops, void *source,
				struct kmc_types **out)
{
	struct kmc_types *types = calloc(1, sizeof(*types));

	if (types)
		types->path = strdup(path);
	if (!types || !types->path) {
		free(types);
		ops->free(source);
		return kmc_error_nomem();
	}
	types->ops = ops;
	types->source = source;
	*out = types;
	return NULL;
}

static void raw_release(struct kmc_raw_type *raw)
{
	free(raw->members);
	free(raw->enumerators);
}

static void entry_free(void *value)
{
	struct type_entry *entry = value;

	if (!entry)
		return;
	raw_release(&entry->raw);
	free(entry->declared);
	free(entry);
}

void kmc_types_free(struct kmc_types *types)
{
	if (!types)
		return;
	kmc_map_release(&types->entries, entry_free);
	free(types->index.v);
	free(types->list);
	types->ops->free(types->source);
	free(types->path);
	free(types);
}

/* ---- one node ---- */

static const struct kmc_raw_type raw_void = { .kind = KMC_TYPE_VOID };

/* A string whose end is lost may be as long as the file. */
static bool too_long(const char *name)
{
	return name && strnlen(name, MAX_NAME + 1) > MAX_NAME;
}

static void drop_long_names(struct kmc_raw_type *raw)
{
	if (too_long(raw->name))
		raw->name = NULL;
	for (size_t i = 0; i < raw->nmembers; i++)
		if (too_long(raw->members[i].name))
			raw->members[i].name = NULL;
	for (size_t i = 0; i < raw->nenumerators; i++)
		if (too_long(raw->enumerators[i].name))
			raw->enumerators[i].name = "";
}

static struct kmc_error *read_raw(struct kmc_types *types, kmc_type_id id,
				  bool children, struct kmc_raw_type *raw)
{
	struct kmc_error *err;

	if (!id) {
		*raw = raw_void;
		return NULL;
	}
	*raw = (struct kmc_raw_type){ };
	err = types->ops->read(types->source, id, children, raw);
	if (!err)
		drop_long_names(raw);
	return err;
}

static struct kmc_error *too_deep(const struct kmc_types *types, kmc_type_id id)
{
	return kmc_error_new(KMC_ERROR_FORMAT, types->path, 0,
			     "type %llu is damaged: it refers to itself or nests too deep",
			     (unsigned long long)id);
}

/* The first that is no typedef or qualifier, without its children. */
static struct kmc_error *strip(struct kmc_types *types, kmc_type_id *id,
			       struct kmc_raw_type *raw)
{
	struct kmc_error *err;

	for (int i = 0; i < MAX_STEPS; i++) {
		err = read_raw(types, *id, false, raw);
		if (err || raw->alias == KMC_ALIAS_NONE)
			return err;
		*id = raw->target;
	}
	return too_deep(types, *id);
}

/* Bytes; 0 also for what has no size or more than fits. */
static struct kmc_error *size_of(struct kmc_types *types, kmc_type_id id,
				 uint64_t *size)
{
	struct kmc_raw_type raw;
	struct kmc_error *err;
	uint64_t times = 1;

	for (int i = 0; i < MAX_STEPS; i++) {
		err = strip(types, &id, &raw);
		if (err)
			return err;
		if (raw.kind != KMC_TYPE_ARRAY) {
			if (__builtin_mul_overflow(raw.size, times, size))
				*size = 0;
			return NULL;
		}
		if (__builtin_mul_overflow(times, raw.count, &times))
			times = 0;
		id = raw.target;
	}
	return too_deep(types, id);
}

/* ---- as C writes it ---- */

/**
 * struct declaration - an abstract declarator that is being written
 * @types: where from
 * @nodes: that may still be read, over all parameters
 * @inner: what stands around the name that is not there; grows outwards
 * @behind_pointer: [] and () bind tighter than the last "*"
 * @anonymous: as in struct kmc_type
 * @qualified: the next node is, by these of qualifier_words
 */
struct declaration {
	struct kmc_types *types;
	unsigned int *nodes;
	struct kmc_buf inner;
	bool behind_pointer;
	bool anonymous;
	bool qualified[3];
};

/* As enum kmc_alias counts them from KMC_ALIAS_CONST on. */
static const char *const qualifier_words[] = { "const", "volatile", "restrict" };

static struct kmc_error *declare(struct kmc_types *types, kmc_type_id id,
				 unsigned int *nodes, char **out, bool *anonymous);

static void wrap(struct declaration *d, const char *before, const char *after)
{
	struct kmc_buf outer = { };

	kmc_buf_puts(&outer, before);
	kmc_buf_add(&outer, d->inner.data, d->inner.len);
	kmc_buf_puts(&outer, after);
	outer.failed |= d->inner.failed;
	kmc_buf_release(&d->inner);
	d->inner = outer;
}

/* In front of what there is, a space behind each, except before nothing. */
static void add_qualifiers(struct declaration *d)
{
	for (size_t i = KMC_ARRAY_SIZE(qualifier_words); i-- > 0;) {
		if (!d->qualified[i])
			continue;
		if (d->inner.len)
			wrap(d, " ", "");
		wrap(d, qualifier_words[i], "");
		d->qualified[i] = false;
	}
}

static void add_pointer(struct declaration *d)
{
	add_qualifiers(d);
	wrap(d, "*", "");
	d->behind_pointer = true;
}

static void add_suffix(struct declaration *d, const char *suffix)
{
	if (d->behind_pointer)
		wrap(d, "(", ")");
	wrap(d, "", suffix);
	d->behind_pointer = false;
}

static void add_array(struct declaration *d, const struct kmc_raw_type *raw)
{
	char suffix[32] = "[]";

	if (!raw->flexible)
		snprintf(suffix, sizeof(suffix), "[%llu]",
			 (unsigned long long)raw->count);
	add_suffix(d, suffix);
}

static struct kmc_error *add_function(struct declaration *d,
				      const struct kmc_raw_type *raw)
{
	struct kmc_buf list = { };
	struct kmc_error *err = NULL;

	kmc_buf_puts(&list, "(");
	for (size_t i = 0; i < raw->nmembers && !err && *d->nodes; i++) {
		char *text KMC_AUTO_FREE = NULL;

		err = declare(d->types, raw->members[i].type, d->nodes, &text,
			      &d->anonymous);
		if (!err)
			kmc_buf_printf(&list, "%s%s", i ? ", " : "", text);
	}
	if (raw->variadic)
		kmc_buf_puts(&list, raw->nmembers ? ", ..." : "...");
	else if (!raw->nmembers)
		kmc_buf_puts(&list, "void");
	kmc_buf_puts(&list, ")");
	if (!err && list.failed)
		err = kmc_error_nomem();
	if (!err)
		add_suffix(d, list.data);
	kmc_buf_release(&list);
	return err;
}

/* The end of the chain: what stands leftmost. */
static void add_base(struct declaration *d, const struct kmc_raw_type *raw)
{
	const char *keyword = "", *name = raw->name;

	if (raw->alias == KMC_ALIAS_NONE) {
		if (raw->kind == KMC_TYPE_STRUCT)
			keyword = "struct ";
		else if (raw->kind == KMC_TYPE_UNION)
			keyword = "union ";
		else if (raw->kind == KMC_TYPE_ENUM)
			keyword = "enum ";
		else if (raw->kind == KMC_TYPE_VOID)
			name = "void";
	}
	if (!name) {
		d->anonymous |= *keyword;
		name = *keyword ? "{...}" : "?";
	}
	if (d->inner.len)
		wrap(d, " ", "");
	wrap(d, name, "");
	wrap(d, keyword, "");
	add_qualifiers(d);
}

/* Goes one node inwards; sets @done at the last one. */
static struct kmc_error *declare_step(struct declaration *d, kmc_type_id *id,
				      bool *done)
{
	struct kmc_raw_type raw;
	struct kmc_error *err;

	/* Children only where they are shown: read again as a whole. */
	err = read_raw(d->types, *id, false, &raw);
	if (!err && raw.alias == KMC_ALIAS_NONE && raw.kind == KMC_TYPE_FUNCTION)
		err = read_raw(d->types, *id, true, &raw);
	if (err)
		return err;
	*id = raw.target;
	if (raw.alias >= KMC_ALIAS_CONST && raw.alias <= KMC_ALIAS_RESTRICT)
		d->qualified[raw.alias - KMC_ALIAS_CONST] = true;
	else if (raw.alias == KMC_ALIAS_NONE && raw.kind == KMC_TYPE_POINTER)
		add_pointer(d);
	else if (raw.alias == KMC_ALIAS_NONE && raw.kind == KMC_TYPE_ARRAY)
		add_array(d, &raw);
	else if (raw.alias == KMC_ALIAS_NONE && raw.kind == KMC_TYPE_FUNCTION)
		err = add_function(d, &raw);
	else if (raw.alias != KMC_ALIAS_OTHER)
		*done = true;
	if (*done)
		add_base(d, &raw);
	raw_release(&raw);
	return err;
}

static struct kmc_error *declare(struct kmc_types *types, kmc_type_id id,
				 unsigned int *nodes, char **out, bool *anonymous)
{
	struct declaration d = { .types = types, .nodes = nodes };
	struct kmc_error *err = NULL;
	bool done = false;

	while (!err && !done && *nodes && d.inner.len < MAX_DECLARED) {
		--*nodes;
		err = declare_step(&d, &id, &done);
	}
	/* Cut: no such type is written by hand. */
	if (!err && !done)
		wrap(&d, "... ", "");
	*anonymous |= d.anonymous;
	if (!err)
		return kmc_buf_take(&d.inner, out);
	kmc_buf_release(&d.inner);
	return err;
}

/* ---- a whole type ---- */

/* The size of what the member's type is; bit-fields have theirs. */
static struct kmc_error *size_members(struct kmc_types *types,
				      struct kmc_raw_type *raw)
{
	for (size_t i = 0; i < raw->nmembers; i++) {
		struct kmc_member *member = &raw->members[i];
		struct kmc_error *err;
		uint64_t size;

		if (member->bitfield)
			continue;
		err = size_of(types, member->type, &size);
		if (err)
			return err;
		if (__builtin_mul_overflow(size, 8, &member->bit_size))
			member->bit_size = 0;
	}
	return NULL;
}

static struct kmc_error *fill_type(struct kmc_types *types, kmc_type_id id,
				   struct type_entry *entry)
{
	const struct kmc_raw_type *raw = &entry->raw;
	unsigned int nodes = MAX_NODES;
	struct kmc_error *err;
	bool anonymous = false;
	uint64_t size;

	if (raw->kind == KMC_TYPE_STRUCT || raw->kind == KMC_TYPE_UNION) {
		err = size_members(types, &entry->raw);
		if (err)
			return err;
	}
	err = size_of(types, id, &size);
	if (!err)
		err = declare(types, id, &nodes, &entry->declared, &anonymous);
	if (err)
		return err;
	entry->type = (struct kmc_type){
		.kind = raw->kind, .name = raw->name,
		.declared = entry->declared, .anonymous = anonymous, .size = size,
		.is_signed = raw->is_signed, .incomplete = raw->incomplete,
		.count = raw->count, .flexible = raw->flexible,
		.enumerators = raw->enumerators,
		.nenumerators = raw->nenumerators,
	};
	if (raw->kind == KMC_TYPE_ARRAY)
		entry->type.element = raw->target;
	else if (raw->kind == KMC_TYPE_POINTER)
		entry->type.target = raw->target;
	else if (raw->kind != KMC_TYPE_FUNCTION) {
		entry->type.members = raw->members;
		entry->type.nmembers = raw->nmembers;
	}
	return NULL;
}

static struct kmc_error *load(struct kmc_types *types, kmc_type_id id,
			      struct type_entry **out)
{
	struct type_entry *entry = calloc(1, sizeof(*entry));
	kmc_type_id real = id;
	struct kmc_error *err;

	if (!entry)
		return kmc_error_nomem();
	err = strip(types, &real, &entry->raw);
	if (!err)
		err = read_raw(types, real, true, &entry->raw);
	if (!err)
		err = fill_type(types, id, entry);
	if (!err && !kmc_map_put(&types->entries, id, entry))
		err = kmc_error_nomem();
	if (err) {
		entry_free(entry);
		return err;
	}
	entry->type.id = real;
	*out = entry;
	return NULL;
}

struct kmc_error *kmc_types_get(struct kmc_types *types, kmc_type_id id,
				const struct kmc_type **out)
{
	struct type_entry *entry = kmc_map_get(&types->entries, id);

	if (!entry) {
		struct kmc_error *err = load(types, id, &entry);

		if (err)
			return err;
	}
	*out = &entry->type;
	return NULL;
}

/* ---- names ---- */

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

/* FNV-1a over what makes an entry of the list. */
static uint64_t name_hash(const struct kmc_type_name *name)
{
	uint64_t hash = 0xcbf29ce484222325 ^ name->size << 8 ^
			(uint64_t)name->kind << 1 ^ name->is_typedef;

	for (const char *p = name->name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
	return hash;
}

static bool same_name(const struct kmc_type_name *a,
		      const struct kmc_type_name *b)
{
	return a->kind == b->kind && a->size == b->size &&
	       a->is_typedef == b->is_typedef && !strcmp(a->name, b->name);
}

/* The list is the index without repetitions. */
static bool make_list(struct kmc_types *types)
{
	struct kmc_map seen = { };
	bool ok = true;

	for (size_t i = 0; i < types->index.count && ok; i++) {
		struct kmc_type_name *name = &types->index.v[i].name;
		struct kmc_type_name *other, *slot;
		uint64_t hash = name_hash(name);

		while ((other = kmc_map_get(&seen, hash)) &&
		       !same_name(name, other))
			hash++;
		if (other)
			continue;
		slot = kmc_grow(&types->list, types->nlist, sizeof(*slot));
		ok = slot && kmc_map_put(&seen, hash, name);
		if (ok) {
			*slot = *name;
			types->nlist++;
		}
	}
	kmc_map_release(&seen, NULL);
	return ok;
}

static struct kmc_error *need_index(struct kmc_types *types)
{
	struct kmc_error *err;

	if (types->indexed)
		return NULL;
	err = types->ops->index(types->source, &types->index);
	if (!err && !make_list(types))
		err = kmc_error_nomem();
	if (err) {
		free(types->index.v);
		free(types->list);
		types->index = (struct kmc_index){ };
		types->list = NULL;
		types->nlist = 0;
		return err;
	}
	types->indexed = true;
	return NULL;
}

struct kmc_error *kmc_types_list(struct kmc_types *types,
				 const struct kmc_type_name **out,
				 size_t *count)
{
	struct kmc_error *err = need_index(types);

	if (err)
		return err;
	*out = types->list;
	*count = types->nlist;
	return NULL;
}

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
			     !strcmp(ta->declared, tb->declared));
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

/* Does an entry answer to "struct x", "union x", "x"? */
static bool name_fits(const struct kmc_type_name *entry, const char *name)
{
	static const struct {
		const char *prefix;
		enum kmc_type_kind kind;
	} keywords[] = {
		{ "struct", KMC_TYPE_STRUCT }, { "union", KMC_TYPE_UNION },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(keywords); i++) {
		size_t len = strlen(keywords[i].prefix);

		if (strncmp(name, keywords[i].prefix, len) ||
		    !isblank((unsigned char)name[len]))
			continue;
		name += len + strspn(name + len, " \t");
		return entry->kind == keywords[i].kind && !entry->is_typedef &&
		       !strcmp(name, entry->name);
	}
	return !strcmp(name, entry->name);
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

struct kmc_error *kmc_types_find(struct kmc_types *types, const char *name,
				 kmc_type_id **ids, size_t *count)
{
	struct kmc_error *err = need_index(types);
	struct origins origins = { };
	kmc_type_id *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < types->index.count && !err; i++) {
		const struct kmc_index_entry *entry = &types->index.v[i];

		if (name_fits(&entry->name, name) && !is_known(&origins, entry))
			err = add_distinct(types, entry->name.id, &found, &n);
	}
	if (!err && !n)
		err = kmc_error_new(KMC_ERROR_NOT_FOUND, types->path, 0,
				    "has no complete struct, union or typedef of one called '%s'",
				    name);
	if (err) {
		free(found);
		return err;
	}
	*ids = found;
	*count = n;
	return NULL;
}
