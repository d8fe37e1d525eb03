// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings that mean the same place become one candidate, which lists them as its
 * evidence. A struct within another one that was found as well is evidence for the
 * outer one.
 */
#include "explain/candidates.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/image_types.h"

#define MAX_CANDIDATES		8

uint64_t kmc_object_bytes(const struct kmc_object *object)
{
	return object->requested ? object->requested : object->size;
}

bool kmc_object_holds(const struct kmc_object *object, uint64_t address)
{
	return object->known && object->size &&
	       address - object->start < object->size;
}

/* ---- evidence ---- */

struct kmc_error *
kmc_evidence_add(struct kmc_candidate *candidate, enum kmc_evidence_by by,
		 int64_t offset, bool agrees, const char *fmt, ...)
{
	struct kmc_evidence *slot;
	va_list ap;
	int len;

	slot = kmc_grow(&candidate->evidence, candidate->nevidence, sizeof(*slot));
	if (!slot)
		return kmc_error_nomem();
	va_start(ap, fmt);
	len = vasprintf(&slot->detail, fmt, ap);
	va_end(ap);
	if (len < 0)
		return kmc_error_nomem();
	slot->by = by;
	slot->offset = offset;
	slot->agrees = agrees;
	candidate->nevidence++;
	return NULL;
}

static struct kmc_found *place_at(struct kmc_search *search, struct kmc_types *types,
				  kmc_type_id id, uint64_t start)
{
	for (size_t i = 0; i < search->count; i++) {
		struct kmc_found *place = &search->places[i];

		if (place->types == types && place->id == id &&
		    place->start == start)
			return place;
	}
	return NULL;
}

static struct kmc_error *new_place(struct kmc_search *search, struct kmc_types *types,
				   kmc_type_id id, uint64_t start,
				   struct kmc_found **out)
{
	struct kmc_found *place = &search->places[search->count];
	const struct kmc_type *type;
	struct kmc_error *err;

	err = kmc_types_get(types, id, &type);
	if (err)
		return err;
	*place = (struct kmc_found) {
		.types = types, .id = id, .size = type->size, .start = start,
	};
	place->candidate = (struct kmc_candidate) {
		.type_id = id, .types = types, .type_size = type->size,
		.start = start,
		.offset = search->access->address - start,
		.type = strdup(type->declared ? type->declared : "struct"),
	};
	if (!place->candidate.type)
		return kmc_error_nomem();
	search->count++;
	*out = place;
	return NULL;
}

/* A type that cannot be laid out explains nothing. */
struct kmc_error *kmc_search_add(struct kmc_search *search, Dwarf_Die *die,
				 struct kmc_image *image, uint64_t start,
				 struct kmc_found **out)
{
	struct kmc_types *types;
	struct kmc_error *err;
	struct kmc_found *place;
	kmc_type_id id;

	*out = NULL;
	err = kmc_image_type(image, die, &types, &id);
	if (!err) {
		place = place_at(search, types, id, start);
		if (!place && search->count < KMC_SEARCH_MAX)
			err = new_place(search, types, id, start, &place);
		if (!err)
			*out = place;
	}
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}

/* ---- ranking ---- */

/* Does @outer hold @inner at the place where that was found? */
static bool holds(const struct kmc_found *outer, const struct kmc_found *inner)
{
	const uint64_t offset = inner->start - outer->start;
	const char *name = inner->candidate.type;

	return outer != inner && outer->size > inner->size &&
	       offset < outer->size && outer->types == inner->types &&
	       kmc_layout_contains(outer->types, outer->id, offset, name,
				   inner->size);
}

static struct kmc_error *merge(struct kmc_search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		struct kmc_found *outer = &search->places[i];

		for (size_t j = 0; j < search->count; j++) {
			const struct kmc_found *inner = &search->places[j];
			const uint64_t delta = inner->start - outer->start;
			struct kmc_error *err;

			if (!holds(outer, inner))
				continue;
			outer->reasons |= inner->reasons;
			outer->base |= inner->base;
			if (!inner->candidate.nevidence)
				continue;
			err = kmc_evidence_add(&outer->candidate,
					       inner->candidate.evidence[0].by,
					       inner->candidate.offset + delta, true,
					       "%s in it: %s", inner->candidate.type,
					       inner->candidate.evidence[0].detail);
			if (err)
				return err;
		}
	}
	return NULL;
}

static int score_of(const struct kmc_search *search, const struct kmc_found *place)
{
	const struct kmc_object *object = &search->access->report->object;
	int score = 0;

	if (object->known && place->start == object->start)
		score += place->size == kmc_object_bytes(object) ? 400 : 200;
	else if (object->known)
		score -= 100;
	if (place->base)
		score += 40;
	if (place->leaf)
		score += 20;
	for (size_t i = 0; i < search->count; i++)
		if (holds(place, &search->places[i]))
			score += 30;
	score += 10 * __builtin_popcount(place->reasons);
	return score;
}

/* An index is for an array: what else it gets at was cast to one. */
static bool fits_index(const struct kmc_access *access, const struct kmc_found *place)
{
	return !access->mem || access->mem->index == KMC_REG_NONE ||
	       (place->candidate.path && strchr(place->candidate.path, '['));
}

static enum kmc_confidence confidence_of(const struct kmc_search *search,
					 const struct kmc_found *place)
{
	const struct kmc_object *object = &search->access->report->object;
	const unsigned int free_of_it = place->reasons & ~(1u << KMC_BY_RECORD);
	const bool two = free_of_it & (free_of_it - 1);

	if (object->known) {
		if (place->start != object->start)
			return kmc_object_holds(object, place->start) && place->base ?
			       KMC_LIKELY : KMC_GUESS;
		if (place->size > object->size)
			return KMC_GUESS;
		return place->size == kmc_object_bytes(object) || two ? KMC_CERTAIN :
		       KMC_LIKELY;
	}
	if (!place->base || place->weak || !fits_index(search->access, place) ||
	    !(place->leaf || free_of_it & 1u << KMC_BY_REP))
		return KMC_GUESS;
	if (search->access->disagrees)
		return two ? KMC_LIKELY : KMC_GUESS;
	return two ? KMC_CERTAIN : KMC_LIKELY;
}

static int by_score(const void *a, const void *b)
{
	const struct kmc_found *one = a, *other = b;

	if (one->score != other->score)
		return one->score < other->score ? 1 : -1;
	/* The larger one says more; the order of addresses only makes it definite. */
	if (one->size != other->size)
		return one->size < other->size ? 1 : -1;
	return one->start < other->start ? 1 : -(one->start > other->start);
}

static struct kmc_error *hand_over(struct kmc_search *search)
{
	struct kmc_report *report = search->access->report;

	for (size_t i = 0; i < search->count; i++) {
		struct kmc_found *place = &search->places[i];
		struct kmc_candidate *slot;

		if (report->ncandidates == MAX_CANDIDATES)
			break;
		slot = kmc_grow(&report->candidates, report->ncandidates,
				sizeof(*slot));
		if (!slot)
			return kmc_error_nomem();
		place->candidate.confidence = confidence_of(search, place);
		*slot = place->candidate;
		place->candidate = (struct kmc_candidate) { };
		report->ncandidates++;
	}
	return NULL;
}

struct kmc_error *kmc_search_finish(struct kmc_search *search)
{
	struct kmc_error *err = merge(search);

	if (err)
		return err;
	for (size_t i = 0; i < search->count; i++)
		search->places[i].score = score_of(search, &search->places[i]);
	qsort(search->places, search->count, sizeof(search->places[0]), by_score);
	return hand_over(search);
}
