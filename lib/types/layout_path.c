// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a path to its place in a type, and which type is at a place.
 */
#include "kmc/layout.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/types.h"

/* ---- path → place ---- */

/**
 * struct cursor - how far a path was followed
 * @types: where from
 * @name: for messages, the whole path
 * @at: the rest of it
 * @type: what the path leads to so far
 * @bits: where that is
 * @bit_size: how large
 * @bitfield: and that it is one
 * @depth: steps, anonymous aggregates included
 * @in_union: one of them was an arm
 * @work: members that may still be looked at
 */
struct cursor {
	struct kmc_types *types;
	const char *name;
	const char *at;
	kmc_type_id type;
	uint64_t bits;
	uint64_t bit_size;
	bool bitfield;
	unsigned int depth;
	bool in_union;
	unsigned long work;
};

KMC_PRINTF(3, 4) KMC_MUST_CHECK static struct kmc_error *
no_such(const struct cursor *cursor, const struct kmc_type *type,
	const char *fmt, ...)
{
	struct kmc_buf reason = { };
	struct kmc_error *err;
	va_list ap;

	va_start(ap, fmt);
	kmc_buf_vprintf(&reason, fmt, ap);
	va_end(ap);
	kmc_buf_add(&reason, "", 0);
	if (reason.failed)
		err = kmc_error_nomem();
	else
		err = kmc_error_new(KMC_ERROR_NOT_FOUND, NULL, 0,
				    "no '%s': %s %s", cursor->name,
				    type->declared, reason.data);
	kmc_buf_release(&reason);
	return err;
}

static void enter(struct cursor *cursor, const struct kmc_type *type,
		  const struct kmc_member *member)
{
	cursor->type = member->type;
	cursor->bits += member->bit_offset;
	cursor->bit_size = member->bit_size;
	cursor->bitfield = member->bitfield;
	cursor->in_union |= type->kind == KMC_TYPE_UNION && type->nmembers > 1;
	cursor->depth++;
}

/* Also in anonymous members; @cursor moves only when it is found. */
static struct kmc_error *find_member(struct cursor *cursor,
				     const struct kmc_type *type,
				     const char *name, size_t len, bool *found)
{
	struct kmc_error *err = NULL;

	if (!kmc_is_aggregate(type) || cursor->depth > KMC_LAYOUT_DEPTH)
		return NULL;
	for (size_t i = 0; i < type->nmembers && !*found && !err; i++) {
		const struct kmc_member *member = &type->members[i];
		struct cursor inside = *cursor;
		const struct kmc_type *inner;

		if (!cursor->work)
			return NULL;
		cursor->work--;
		enter(&inside, type, member);
		if (member->name) {
			*found = !strncmp(member->name, name, len) &&
				 !member->name[len];
		} else if (!member->bitfield) {
			err = kmc_types_get(cursor->types, member->type, &inner);
			if (!err)
				err = find_member(&inside, inner, name, len,
						  found);
			cursor->work = inside.work;
		}
		if (*found)
			*cursor = inside;
	}
	return err;
}

static struct kmc_error *step_member(struct cursor *cursor,
				     const struct kmc_type *type)
{
	size_t len = strcspn(cursor->at, ".[");
	struct kmc_error *err;
	bool found = false;

	if (len)
		err = find_member(cursor, type, cursor->at, len, &found);
	else
		return no_such(cursor, type, "has members with names");
	if (!err && !found)
		err = no_such(cursor, type, "has no member '%.*s'", (int)len,
			      cursor->at);
	cursor->at += len;
	return err;
}

static struct kmc_error *step_index(struct cursor *cursor,
				    const struct kmc_type *type)
{
	const struct kmc_type *element;
	unsigned long long index;
	struct kmc_error *err;
	uint64_t bits;
	char *end;

	if (type->kind != KMC_TYPE_ARRAY)
		return no_such(cursor, type, "is no array");
	errno = 0;
	index = strtoull(cursor->at + 1, &end, 0);
	if (errno || !isdigit((unsigned char)cursor->at[1]) || *end != ']')
		return no_such(cursor, type, "needs a number in []");
	if (!type->flexible && index >= type->count)
		return no_such(cursor, type, "has no element %llu", index);
	err = kmc_types_get(cursor->types, type->element, &element);
	if (err)
		return err;
	if (__builtin_mul_overflow(element->size, 8, &cursor->bit_size) ||
	    __builtin_mul_overflow(cursor->bit_size, index, &bits) ||
	    __builtin_add_overflow(cursor->bits, bits, &cursor->bits))
		return no_such(cursor, type, "has no element %llu", index);
	cursor->type = type->element;
	cursor->depth++;
	cursor->at = end + 1;
	return NULL;
}

static struct kmc_error *step(struct cursor *cursor)
{
	const struct kmc_type *type;
	struct kmc_error *err;

	err = kmc_types_get(cursor->types, cursor->type, &type);
	if (err)
		return err;
	if (*cursor->at == '[')
		return step_index(cursor, type);
	if (*cursor->at == '.')
		cursor->at++;
	else if (cursor->at != cursor->name)
		return no_such(cursor, type, "is followed by neither . nor [");
	return step_member(cursor, type);
}

struct kmc_error *kmc_layout_resolve(struct kmc_types *types, kmc_type_id type,
				     const char *path, struct kmc_field *out)
{
	struct cursor cursor = {
		.types = types, .name = path, .at = path, .type = type,
		.work = KMC_LAYOUT_WORK,
	};
	struct kmc_error *err;
	uint64_t end, size;
	char *copy;

	do {
		err = step(&cursor);
	} while (!err && *cursor.at);
	if (err)
		return err;
	if (__builtin_add_overflow(cursor.bits, cursor.bit_size, &end))
		return kmc_error_new(KMC_ERROR_FORMAT, NULL, 0,
				     "'%s' lies at an impossible offset", path);
	size = end / 8 + (end % 8 != 0) - cursor.bits / 8;
	copy = strdup(path);
	if (!copy)
		return kmc_error_nomem();
	*out = (struct kmc_field){
		.place = KMC_PLACE_MEMBER, .type = cursor.type, .path = copy,
		.offset = cursor.bits / 8, .size = size,
		.bit_offset = cursor.bits % 8,
		.bit_size = cursor.bit_size < UINT_MAX ? cursor.bit_size :
							 UINT_MAX,
		.bitfield = cursor.bitfield, .depth = cursor.depth,
		.in_union = cursor.in_union,
	};
	return NULL;
}

/* ---- place → type ---- */

/**
 * struct search - for an object of a type
 * @types: where from
 * @name: as it was asked for
 * @tag: without "struct " or "union "
 * @size: bytes
 * @work: types that may still be looked at
 */
struct search {
	struct kmc_types *types;
	const char *name;
	const char *tag;
	uint64_t size;
	unsigned long work;
};

static bool is_wanted(const struct search *search, const struct kmc_type *type)
{
	return kmc_is_aggregate(type) && type->size == search->size &&
	       ((type->name && !strcmp(type->name, search->tag)) ||
		!strcmp(type->declared, search->name));
}

static bool search_type(struct search *search, kmc_type_id id, uint64_t offset,
			unsigned int depth)
{
	const struct kmc_type *type;
	struct kmc_error *err;
	bool found = false;

	if (depth > KMC_LAYOUT_DEPTH || !search->work)
		return false;
	search->work--;
	err = kmc_types_get(search->types, id, &type);
	if (err) {
		kmc_error_free(err);
		return false;
	}
	if (!offset && is_wanted(search, type))
		return true;
	if (type->kind == KMC_TYPE_ARRAY) {
		const struct kmc_type *element;

		err = kmc_types_get(search->types, type->element, &element);
		if (err)
			kmc_error_free(err);
		else if (element->size &&
			 (type->flexible || offset / element->size < type->count))
			return search_type(search, type->element,
					   offset % element->size, depth + 1);
	}
	for (size_t i = 0; i < type->nmembers && !found && search->work; i++) {
		const struct kmc_member *member = &type->members[i];
		uint64_t start = member->bit_offset / 8;

		search->work--;
		/* Without a size it may be a flexible array. */
		if (!member->bitfield && offset >= start &&
		    (!member->bit_size ||
		     offset - start < member->bit_size / 8))
			found = search_type(search, member->type,
					    offset - start, depth + 1);
	}
	return found;
}

bool kmc_layout_contains(struct kmc_types *types, kmc_type_id outer,
			 uint64_t offset, const char *inner_name,
			 uint64_t inner_size)
{
	struct search search = {
		.types = types, .name = inner_name, .tag = inner_name,
		.size = inner_size, .work = KMC_LAYOUT_WORK,
	};

	if (!strncmp(inner_name, "struct ", 7))
		search.tag += 7;
	else if (!strncmp(inner_name, "union ", 6))
		search.tag += 6;
	return search_type(&search, outer, offset, 0);
}
