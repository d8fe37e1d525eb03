// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types as people see them, over either source: typedefs taken off, written as
 * in C. Chains of typedefs and pointers may be damaged into cycles, so everything
 * that follows one counts its steps.
 */
#include "types/types.h"

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

/* struct kmc_type first: users hold a pointer to it. */
struct type_entry {
	struct kmc_type type;
	struct kmc_raw_type raw;
	char *declared;
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

void kmc_raw_release(struct kmc_raw_type *raw)
{
	free(raw->members);
	free(raw->enumerators);
}

static void entry_free(void *value)
{
	struct type_entry *entry = value;

	if (!entry)
		return;
	kmc_raw_release(&entry->raw);
	free(entry->declared);
	free(entry);
}

void kmc_types_free(struct kmc_types *types)
{
	if (!types)
		return;
	kmc_map_release(&types->entries, entry_free);
	kmc_types_drop_index(types);
	free(types->functions.v);
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

struct kmc_error *kmc_types_read(struct kmc_types *types, kmc_type_id id, bool children,
				 struct kmc_raw_type *raw)
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
		err = kmc_types_read(types, *id, false, raw);
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
	const size_t len = strlen(before), had = d->inner.len;

	/* Room for it; then what there is moves behind it. */
	kmc_buf_puts(&d->inner, before);
	if (d->inner.failed)
		return;
	memmove(d->inner.data + len, d->inner.data, had);
	memcpy(d->inner.data, before, len);
	kmc_buf_puts(&d->inner, after);
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
		else if (raw->kind == KMC_TYPE_VOID && !name)
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
	err = kmc_types_read(d->types, *id, false, &raw);
	if (!err && raw.alias == KMC_ALIAS_NONE && raw.kind == KMC_TYPE_FUNCTION)
		err = kmc_types_read(d->types, *id, true, &raw);
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
	kmc_raw_release(&raw);
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
	else if (raw->kind == KMC_TYPE_FUNCTION)
		entry->type.target = raw->target;
	entry->type.members = raw->members;
	entry->type.nmembers = raw->nmembers;
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
		err = kmc_types_read(types, real, true, &entry->raw);
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
