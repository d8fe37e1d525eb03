// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does a type have at an offset what is known of the bytes there? Of the arms of a union
 * any may be meant.
 */
#include "explain/what_match.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "types/find_query.h"
#include "types/types.h"

/* Pointers to pointers, and arrays of arrays. */
#define STEPS_MAX	16

void kmc_what_seen_release(struct kmc_what_seen *seen)
{
	free(seen->agreed);
	free(seen->contradicted);
	*seen = (struct kmc_what_seen) { };
}

static const struct kmc_type *get(struct kmc_types *types, kmc_type_id id)
{
	const struct kmc_type *type = NULL;

	kmc_error_free(kmc_types_get(types, id, &type));
	return type;
}

static bool is_called(const struct kmc_type *type, const char *name)
{
	return type && (kmc_query_glob(name, type->declared) ||
			(type->name && kmc_is_aggregate(type) &&
			 kmc_query_glob(name, type->name)));
}

static bool points_to(struct kmc_types *types, const struct kmc_type *type, const char *name)
{
	for (int i = 0; type && type->kind == KMC_TYPE_POINTER && i < STEPS_MAX; i++) {
		type = get(types, type->target);
		if (is_called(type, name))
			return true;
	}
	return false;
}

static bool is_function(struct kmc_types *types, const struct kmc_type *type)
{
	const struct kmc_type *target;

	if (type->kind != KMC_TYPE_POINTER)
		return false;
	target = get(types, type->target);
	return target && target->kind == KMC_TYPE_FUNCTION;
}

static bool in_list(struct kmc_types *types, kmc_type_id id, uint64_t offset)
{
	/* A list's second pointer is at +8. */
	return kmc_layout_contains(types, id, offset, "list_head", 16) ||
	       kmc_layout_contains(types, id, offset, "hlist_node", 16) ||
	       kmc_layout_contains(types, id, offset, "hlist_head", 8) ||
	       (offset >= 8 && (kmc_layout_contains(types, id, offset - 8, "list_head", 16) ||
				kmc_layout_contains(types, id, offset - 8, "hlist_node", 16)));
}

/* A struct or union at @offset, or around it and beginning there. */
static bool contains(struct kmc_types *types, kmc_type_id id, uint64_t offset, const char *name)
{
	kmc_type_id *ids = NULL;
	struct kmc_error *err;
	size_t count = 0;
	bool found = false;

	err = kmc_types_find(types, name, &ids, &count);
	kmc_error_free(err);
	for (size_t i = 0; !err && i < count && !found; i++) {
		const struct kmc_type *type = get(types, ids[i]);

		found = type && type->name &&
			kmc_layout_contains(types, id, offset, type->name, type->size);
	}
	free(ids);
	return found;
}

static bool is_number(const struct kmc_type *type)
{
	return type->kind == KMC_TYPE_INT || type->kind == KMC_TYPE_BOOL ||
	       type->kind == KMC_TYPE_ENUM || type->kind == KMC_TYPE_CHAR;
}

/* Is this member what is known to be there? */
static bool field_fits(struct kmc_types *types, const struct kmc_field *field, uint64_t offset,
		       const struct kmc_what_place *place)
{
	const struct kmc_type *type = field->place == KMC_PLACE_MEMBER ?
				      get(types, field->type) : NULL;
	const bool begins = field->offset == offset;

	if (!type)
		return false;
	switch (place->pattern) {
	case KMC_PATTERN_POINTER:
		return begins && type->kind == KMC_TYPE_POINTER;
	case KMC_PATTERN_FUNCTION:
		return begins && is_function(types, type);
	case KMC_PATTERN_POINTS_TO:
		return begins && points_to(types, type, place->type);
	case KMC_PATTERN_TEXT:
		return type->size == 1 && is_number(type);
	case KMC_PATTERN_NUMBER:
		return is_number(type) && type->kind != KMC_TYPE_CHAR;
	case KMC_PATTERN_TYPE:
		return begins && is_called(type, place->type);
	default:
		return false;
	}
}

/* What a number is may be known of it in parts, and an address may be kept as one. */
static bool may_be(const struct kmc_field *field, const struct kmc_type *type,
		   const struct kmc_what_place *place)
{
	if (!type || place->type)
		return false;
	return place->pattern == KMC_PATTERN_POINTER && field->size == place->word &&
	       is_number(type);
}

static char *say(const struct kmc_field *field, uint64_t offset, const struct kmc_type *type)
{
	char *text;

	if (asprintf(&text, "+%" PRIu64 " is %s%s%s", offset,
		     field->place == KMC_PLACE_MEMBER ? field->path : "padding",
		     type ? ", " : "", type ? type->declared : "") < 0)
		return NULL;
	return text;
}

static void note(char **slot, const struct kmc_field *field, uint64_t offset,
		 struct kmc_types *types)
{
	if (!*slot)
		*slot = say(field, offset, field->place == KMC_PLACE_MEMBER ?
			    get(types, field->type) : NULL);
}

int kmc_what_fits(struct kmc_types *types, kmc_type_id id, uint64_t offset,
		  const struct kmc_what_place *place, struct kmc_what_seen *seen)
{
	const bool list = place->pattern == KMC_PATTERN_LIST && in_list(types, id, offset);
	const bool whole = place->pattern == KMC_PATTERN_TYPE &&
			   contains(types, id, offset, place->type);
	struct kmc_fields fields = { };
	bool truncated, open = false;
	struct kmc_error *err;
	int fits = 0;

	if (place->pattern == KMC_PATTERN_NONE)
		return 0;
	err = kmc_layout_fields(types, id, offset, 1, &fields, &truncated);
	kmc_error_free(err);
	for (size_t i = 0; !err && i < fields.count && fits < 1; i++) {
		const struct kmc_field *field = &fields.v[i];
		const struct kmc_type *type = field->place == KMC_PLACE_MEMBER ?
					      get(types, field->type) : NULL;

		/* What lies behind the type is not known. */
		open |= field->place == KMC_PLACE_OUTSIDE || may_be(field, type, place);
		fits = list || whole || field_fits(types, field, offset, place) ? 1 : -1;
		if (fits > 0)
			note(&seen->agreed, field, offset, types);
	}
	if (fits < 0 && open)
		fits = 0;
	if (fits < 0)
		note(&seen->contradicted, &fields.v[0], offset, types);
	kmc_fields_release(&fields);
	return fits;
}

static bool is_gap(const struct kmc_field *field)
{
	return field->place == KMC_PLACE_HOLE || field->place == KMC_PLACE_TAIL;
}

bool kmc_what_in_hole(struct kmc_types *types, kmc_type_id id, uint64_t offset)
{
	struct kmc_fields fields = { };
	bool truncated, hole;
	struct kmc_error *err = kmc_layout_fields(types, id, offset, 1, &fields, &truncated);

	hole = !err && fields.count;
	kmc_error_free(err);
	for (size_t i = 0; i < fields.count; i++)
		hole &= is_gap(&fields.v[i]);
	kmc_fields_release(&fields);
	return hole;
}

struct kmc_error *kmc_what_path(struct kmc_types *types, kmc_type_id id, uint64_t offset,
				char **out)
{
	struct kmc_fields fields = { };
	bool truncated;
	struct kmc_error *err = kmc_layout_fields(types, id, offset, 1, &fields, &truncated);
	const struct kmc_field *first = fields.v;

	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	if (!err && fields.count) {
		*out = strdup(first->place == KMC_PLACE_MEMBER ? first->path :
			      is_gap(first) ? "(padding)" : "(behind it)");
		err = *out ? NULL : kmc_error_nomem();
	} else {
		err = NULL;
	}
	kmc_fields_release(&fields);
	return err;
}

bool kmc_what_tail(struct kmc_types *types, kmc_type_id id, uint64_t *start, uint64_t *element)
{
	const struct kmc_type *type = get(types, id), *array;
	const struct kmc_member *last;

	if (!type || type->kind != KMC_TYPE_STRUCT || !type->nmembers)
		return false;
	last = &type->members[type->nmembers - 1];
	array = get(types, last->type);
	if (!array || array->kind != KMC_TYPE_ARRAY || !array->flexible)
		return false;
	type = get(types, array->element);
	*start = last->bit_offset / 8;
	*element = type ? type->size : 0;
	return *element;
}
