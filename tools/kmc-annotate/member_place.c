// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bytes of an object as C says where they are: numbers do not follow when a struct changes.
 */
#include "member_place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

#define WORDS		512

/*
 * struct place - bytes in a type
 * @type: "struct x", whose members can be named
 */
struct place {
	struct kmc_types *types;
	kmc_type_id id;
	const char *type;
	uint64_t offset;
	uint64_t size;
};

/* A member that has an address, and begins or ends where it is asked for. */
static bool has_address(const struct kmc_field *field)
{
	return field->place == KMC_PLACE_MEMBER && !field->bitfield && *field->path;
}

/* What ends at @end: the last of several, which is the innermost; false: nothing. */
static bool ending_at(const struct place *place, uint64_t end, char *path, size_t size)
{
	struct kmc_fields fields = { };
	bool truncated, found = false;

	if (!end)
		return false;
	kmc_error_free(kmc_layout_fields(place->types, place->id, end - 1, 1, &fields,
					 &truncated));
	for (size_t i = 0; i < fields.count && !found; i++) {
		const struct kmc_field *field = &fields.v[i];

		if (!has_address(field) || field->offset + field->size != end)
			continue;
		found = snprintf(path, size, "%s", field->path) < (int)size;
	}
	kmc_fields_release(&fields);
	return found;
}

static bool beginning_at(const struct place *place, uint64_t start, char *path, size_t size)
{
	struct kmc_fields fields = { };
	bool truncated, found = false;

	kmc_error_free(kmc_layout_fields(place->types, place->id, start, 1, &fields,
					 &truncated));
	for (size_t i = 0; i < fields.count && !found; i++) {
		const struct kmc_field *field = &fields.v[i];

		if (!has_address(field) || field->offset != start)
			continue;
		found = snprintf(path, size, "%s", field->path) < (int)size;
	}
	kmc_fields_release(&fields);
	return found;
}

static bool hole_words(const struct place *place, char offset[WORDS], char size[WORDS])
{
	uint64_t end = place->offset + place->size;
	const struct kmc_type *type = NULL;
	char before[WORDS / 2 - 64], behind[WORDS / 2 - 64];

	kmc_error_free(kmc_types_get(place->types, place->id, &type));
	if (!type || !ending_at(place, place->offset, before, sizeof(before)))
		return false;
	snprintf(offset, WORDS, "offsetofend(%s, %s)", place->type, before);
	if (end == type->size)
		snprintf(size, WORDS, "sizeof(%s) - offsetofend(%s, %s)", place->type,
			 place->type, before);
	else if (beginning_at(place, end, behind, sizeof(behind)))
		snprintf(size, WORDS, "offsetof(%s, %s) - offsetofend(%s, %s)", place->type,
			 behind, place->type, before);
	else
		return false;
	return true;
}

static bool member_words(const struct place *place, const char *path, char offset[WORDS],
			 char size[WORDS])
{
	struct kmc_field field = { };
	bool whole;

	kmc_error_free(kmc_layout_resolve(place->types, place->id, path, &field));
	whole = field.path && !field.bitfield && field.offset == place->offset &&
		field.size == place->size;
	kmc_field_release(&field);
	if (!whole || strlen(path) + strlen(place->type) + 32 > WORDS)
		return false;
	snprintf(offset, WORDS, "offsetof(%s, %s)", place->type, path);
	snprintf(size, WORDS, "sizeof_field(%s, %s)", place->type, path);
	return true;
}

void member_place(const struct kmc_report *report, const struct kmc_value *value,
		  char **offset, char **size)
{
	const struct kmc_candidate *best = report->ncandidates ? report->candidates : NULL;
	char where[WORDS], much[WORDS];
	bool found = false;

	if (best && best->types && best->type && strlen(best->type) < 128 &&
	    (!strncmp(best->type, "struct ", 7) || !strncmp(best->type, "union ", 6))) {
		const struct place place = {
			best->types, best->type_id, best->type, value->offset, value->size,
		};

		found = value->hole ? hole_words(&place, where, much) :
			value->path && member_words(&place, value->path, where, much);
	}
	if (!found) {
		snprintf(where, sizeof(where), "%" PRIu64, value->offset);
		snprintf(much, sizeof(much), "%" PRIu64, value->size);
	}
	*offset = xstrdup(where);
	*size = xstrdup(much);
}
