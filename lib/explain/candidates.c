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
#include "explain/fault.h"
#include "report/model.h"
#include "types/image_types.h"

#define MAX_CANDIDATES		8
/* Objects of a cache are as large as their type, and then aligned. */
#define ALIGNMENT		64
/* "rax = 0xff11000000002000 is p of f()" */
#define HOLDS			" is "

bool kmc_object_holds(const struct kmc_object *object, uint64_t address)
{
	return object->known && object->size &&
	       address - object->start < object->size;
}

bool kmc_found_is_called(const struct kmc_found *found, const struct kmc_type *type)
{
	const char *tag = strchr(found->candidate.type, ' ');

	return type->size == found->size &&
	       (!strcmp(type->declared, found->candidate.type) ||
		(tag && type->name && !strcmp(type->name, tag + 1)));
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

/* Is @what one of the things that are listed behind @list? */
static bool lists(const char *list, const char *what)
{
	const size_t len = strlen(what);

	for (const char *at = list; (at = strstr(at, what)); at += len) {
		const bool begins = at == list || at[-1] == ' ';

		if (begins && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

struct kmc_error *kmc_evidence_add_holder(struct kmc_candidate *candidate,
					  const char *what, const char *where)
{
	const size_t len = strlen(where);

	for (size_t i = 0; i < candidate->nevidence; i++) {
		struct kmc_evidence *evidence = &candidate->evidence[i];
		char *joined, *holds = strstr(evidence->detail, HOLDS);

		if (evidence->by != KMC_BY_REGISTER || !holds)
			continue;
		if (lists(holds + strlen(HOLDS), what))
			return NULL;
		if (holds != evidence->detail + len || strncmp(evidence->detail, where, len))
			continue;
		if (asprintf(&joined, "%s, %s", evidence->detail, what) < 0)
			return kmc_error_nomem();
		free(evidence->detail);
		evidence->detail = joined;
		return NULL;
	}
	return kmc_evidence_add(candidate, KMC_BY_REGISTER, candidate->offset, true,
				"%s" HOLDS "%s", where, what);
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
static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

struct kmc_error *kmc_search_add_type(struct kmc_search *search, struct kmc_types *types,
				      kmc_type_id id, uint64_t start, struct kmc_found **out)
{
	struct kmc_found *place = place_at(search, types, id, start);
	struct kmc_error *err = NULL;

	*out = NULL;
	if (!place && search->count < KMC_SEARCH_MAX)
		err = new_place(search, types, id, start, &place);
	if (!err)
		*out = place;
	return only_nomem(err);
}

struct kmc_error *kmc_search_add(struct kmc_search *search, Dwarf_Die *die,
				 struct kmc_image *image, uint64_t start,
				 struct kmc_found **out)
{
	struct kmc_types *types;
	struct kmc_error *err;
	kmc_type_id id;

	*out = NULL;
	err = kmc_image_type(image, die, &types, &id);
	if (err)
		return only_nomem(err);
	err = kmc_search_add_type(search, types, id, start, out);
	if (!err && *out && !(*out)->image) {
		(*out)->die = *die;
		(*out)->image = image;
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
			if (outer->base || inner->base)
				outer->agreed = true;
			outer->reasons |= inner->reasons;
			outer->base |= inner->base;
			outer->rep_start |= inner->rep_start;
			if (inner->rank > outer->rank)
				outer->rank = inner->rank;
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
	if (place->named)
		score += 60;
	if (place->overruled)
		score -= 300;
	for (size_t i = 0; i < search->count; i++)
		if (holds(place, &search->places[i]))
			score += 30;
	score += 10 * __builtin_popcount(place->reasons);
	return score;
}

/* An index is for an array: what else it gets at was cast to one. */
static bool fits_index(const struct kmc_access *access, const struct kmc_found *place)
{
	return !access->mem || access->mem->index == KMC_REG_NONE || place->indexed ||
	       (place->candidate.path && strchr(place->candidate.path, '['));
}

/*
 * Reasons that do not depend on the type that the register is declared to have. The
 * displacement is none: that the instruction gets at a member is why the type fits.
 */
static bool has_second(const struct kmc_found *place)
{
	return place->agreed || place->named || place->rep_start ||
	       place->reasons & 1u << KMC_BY_ALLOCATION;
}

static bool is_cache_of(const struct kmc_object *object, const struct kmc_found *place)
{
	const char *tag = strchr(place->candidate.type, ' ');

	return object->cache && tag && !strcmp(object->cache, tag + 1);
}

/* The kernel recorded what the address is in. */
static enum kmc_confidence recorded_confidence(const struct kmc_object *object,
					       const struct kmc_found *place)
{
	if (place->start != object->start)
		return kmc_object_holds(object, place->start) && place->base &&
		       place->start + place->size <= object->start + object->size &&
		       !place->may_pass ? KMC_LIKELY : KMC_GUESS;
	if (place->size > object->size || place->weak)
		return KMC_GUESS;
	if (place->cast && !has_second(place))
		return KMC_LIKELY;
	if (place->size == kmc_object_bytes(object) || is_cache_of(object, place) ||
	    has_second(place))
		return KMC_CERTAIN;
	return place->may_pass ? KMC_GUESS : KMC_LIKELY;
}

/* kmalloc-64 is for all that fits into it; others are for what is as large as they are. */
static bool is_of_its_size(const struct kmc_report *report, const struct kmc_found *place)
{
	const struct kmc_object *object = &report->object;

	if (object->requested)
		return place->size == object->requested;
	if (place->size != object->size || !object->cache)
		return false;
	/* KFENCE says how much was asked for. */
	return !strcmp(report->checker, "KFENCE") || !strstr(object->cache, "kmalloc-");
}

/*
 * Is there no room in the object for a larger type that begins with this one, as a struct
 * tcp_sock does with a struct sock?
 */
static bool fills(const struct kmc_object *object, const struct kmc_found *place)
{
	if (object->requested)
		return place->size == object->requested;
	if (object->cache && strstr(object->cache, "kmalloc-"))
		return 2 * place->size > object->size;
	return object->size - place->size < ALIGNMENT;
}

/*
 * Of what another checker reports, no register is known. Who allocated it, what the code
 * takes the pointer for, the cache's name and its size do not depend on each other.
 */
static enum kmc_confidence checked_confidence(const struct kmc_report *report,
					      const struct kmc_found *place)
{
	const struct kmc_object *object = &report->object;
	const bool allocated = place->reasons & 1u << KMC_BY_ALLOCATION;
	const int count = allocated + place->base + is_cache_of(object, place) +
			  is_of_its_size(report, place);
	int64_t offset;
	const bool known = kmc_report_offset(report, &offset);

	if (place->start != object->start)
		return kmc_object_holds(object, place->start) && place->base && !place->weak &&
		       !place->may_pass ? KMC_LIKELY : KMC_GUESS;
	if (place->size > object->size || (!allocated && (place->weak || place->may_pass)))
		return KMC_GUESS;
	/* Where only the code says at which offset it was, it is no reason of its own. */
	if (count > 1 && (known || !place->base || count > 2) && fills(object, place))
		return place->candidate.beyond && !allocated ? KMC_LIKELY : KMC_CERTAIN;
	return count ? KMC_LIKELY : KMC_GUESS;
}

static enum kmc_confidence confidence_of(const struct kmc_search *search,
					 const struct kmc_found *place)
{
	const struct kmc_access *access = search->access;
	const bool second = has_second(place);

	enum kmc_confidence confidence;

	if (place->overruled)
		return KMC_GUESS;
	if (!kmc_report_is_kmemcheck(access->report) && !kmc_fault_is(access->report))
		return checked_confidence(access->report, place);
	if (access->report->object.known) {
		confidence = recorded_confidence(&access->report->object, place);
		/* Of what follows it, not even the type is known. */
		return place->candidate.beyond && confidence > KMC_LIKELY ? KMC_LIKELY :
									   confidence;
	}
	if (!place->base || place->astray || !fits_index(access, place))
		return KMC_GUESS;
	if (!second)
		return place->leaf && !place->weak && !place->may_pass && !access->disagrees ?
		       KMC_LIKELY : KMC_GUESS;
	return !place->weak && !access->disagrees &&
	       (place->leaf || place->part || place->run || place->rep_start) ?
	       KMC_CERTAIN : KMC_LIKELY;
}

static bool are_compatible(const struct kmc_found *a, const struct kmc_found *b)
{
	return holds(a, b) || holds(b, a);
}

/* Of variables in the same register, the nearest to the instruction counts. */
static void overrule(struct kmc_search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		struct kmc_found *place = &search->places[i];

		for (size_t j = 0; j < search->count; j++) {
			const struct kmc_found *other = &search->places[j];

			if (i != j && place->base && other->base && other->rank > place->rank &&
			    other->start == place->start && !are_compatible(place, other) &&
			    !(place->named && !other->named))
				place->overruled = true;
		}
	}
}

/*
 * What excludes each other is not as sure as it seems, and of what does not, being one in
 * the other, one is the answer.
 */
static void settle(struct kmc_search *search)
{
	struct kmc_found *best = &search->places[0];
	enum kmc_confidence most = KMC_GUESS;

	for (size_t i = 1; i < search->count; i++) {
		struct kmc_found *other = &search->places[i];

		if (are_compatible(best, other)) {
			if (other->confidence == KMC_CERTAIN)
				other->confidence = KMC_LIKELY;
			continue;
		}
		most = other->confidence > most ? other->confidence : most;
		other->confidence = KMC_GUESS;
	}
	if (search->count && most == best->confidence)
		best->confidence = KMC_GUESS;
}

static int by_rank(const void *a, const void *b)
{
	const struct kmc_found *one = a, *other = b;

	if (one->confidence != other->confidence)
		return one->confidence < other->confidence ? 1 : -1;
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
		place->candidate.confidence = place->confidence;
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
	overrule(search);
	for (size_t i = 0; i < search->count; i++) {
		struct kmc_found *place = &search->places[i];

		place->score = score_of(search, place);
		place->confidence = confidence_of(search, place);
	}
	qsort(search->places, search->count, sizeof(search->places[0]), by_rank);
	settle(search);
	/* Where two exclude each other, what lies in both of them is surer than either. */
	qsort(search->places, search->count, sizeof(search->places[0]), by_rank);
	return hand_over(search);
}
