// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an object may be by its cache, beside what the evidence of a report says.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "explain/candidates.h"
#include "kmc/what.h"
#include "report/model.h"

/* The evidence knows it, or it was offered before. */
static bool is_known(const struct kmc_report *report, const char *type)
{
	for (size_t i = 0; i < report->ncandidates; i++)
		if (report->candidates[i].type && !strcmp(report->candidates[i].type, type))
			return true;
	return false;
}

/* The member that the access begins in. */
static struct kmc_error *find_member(struct kmc_candidate *candidate)
{
	struct kmc_fields fields = { };
	const struct kmc_field *first;
	struct kmc_error *err;
	bool truncated;

	candidate->beyond = candidate->offset < 0 ||
			    (uint64_t)candidate->offset >= candidate->type_size;
	if (candidate->beyond)
		return NULL;
	err = kmc_layout_fields(candidate->types, candidate->type_id, candidate->offset, 1,
				&fields, &truncated);
	if (!err && fields.count) {
		first = fields.v;
		candidate->hole = first->place != KMC_PLACE_MEMBER;
		candidate->path = strdup(first->path);
		candidate->after = first->after ? strdup(first->after) : NULL;
		if (!candidate->path || (first->after && !candidate->after))
			err = kmc_error_nomem();
	}
	kmc_fields_release(&fields);
	return err;
}

static struct kmc_error *fill(struct kmc_candidate *candidate,
			      const struct kmc_what_answer *answer)
{
	struct kmc_error *err;

	candidate->type = strdup(answer->type);
	if (!candidate->type)
		return kmc_error_nomem();
	candidate->type_id = answer->id;
	candidate->types = answer->types;
	candidate->type_size = answer->size;
	/* That the evidence names nothing is a reason for doubt. */
	candidate->confidence = answer->confidence > KMC_LIKELY ? KMC_LIKELY :
								  answer->confidence;
	err = find_member(candidate);
	for (size_t i = 0; !err && i < answer->nreasons; i++)
		err = kmc_evidence_add(candidate, KMC_BY_ALLOCATION, candidate->offset, true,
				       "%s", answer->reasons[i]);
	return err;
}

struct kmc_error *kmc_what_offer(struct kmc_report *report,
				 const struct kmc_what_answers *answers, size_t max)
{
	const struct kmc_object *object = &report->object;
	const int64_t offset = object->has_start ? (int64_t)(report->address - object->start) :
						   object->offset;
	struct kmc_error *err = NULL;

	for (size_t i = 0, n = 0; !err && i < answers->count && n < max; i++) {
		const struct kmc_what_answer *answer = &answers->v[i];
		struct kmc_candidate *slot;

		if (!answer->types || is_known(report, answer->type))
			continue;
		slot = kmc_grow(&report->candidates, report->ncandidates, sizeof(*slot));
		if (!slot)
			return kmc_error_nomem();
		report->ncandidates++;
		n++;
		/* Of an array, the element. */
		slot->offset = offset >= 0 ? (int64_t)answer->offset : offset;
		slot->start = object->start + (offset - slot->offset);
		err = fill(slot, answer);
	}
	return err;
}
