// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The object of a report as JSON, and what else it may be.
 */
#include <inttypes.h>
#include <stdio.h>

#include "output/json.h"
#include "report/model.h"

static json_t *signed_if(const int64_t *value)
{
	return value ? json_integer(*value) : json_null();
}

static json_t *evidence_of(const struct kmc_candidate *candidate)
{
	static const char * const by[] = {
		[KMC_BY_RECORD] = "record",
		[KMC_BY_REGISTER] = "register",
		[KMC_BY_REP] = "rep",
		[KMC_BY_DISPLACEMENT] = "displacement",
		[KMC_BY_ALLOCATION] = "allocation",
		[KMC_BY_SOURCE] = "source",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < candidate->nevidence; i++) {
		const struct kmc_evidence *evidence = &candidate->evidence[i];

		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:b}",
			"by", by[evidence->by], "detail", kmc_json_text(evidence->detail),
			"offset", signed_if(candidate->unplaced ? NULL : &evidence->offset),
			"agrees", evidence->agrees));
	}
	return list;
}

/* Reports that were not explained have the record's object only. */
static json_t *record_only(const struct kmc_object *object, const int64_t *offset)
{
	char detail[128];
	json_t *evidence;

	if (!object->known)
		return json_null();
	if (object->has_start)
		snprintf(detail, sizeof(detail),
			 "the kernel recorded the object at 0x%" PRIx64, object->start);
	else
		snprintf(detail, sizeof(detail), "the kernel recorded the object");
	evidence = json_pack("[{s:s, s:s, s:o, s:b}]", "by", "record",
			     "detail", detail, "offset", signed_if(offset),
			     "agrees", 1);
	return json_pack(
		"{s:n, s:n, s:o, s:o, s:o, s:n, s:b, s:n, s:o, s:o, s:o, s:s}",
		"type",
		"type_start",
		"offset", signed_if(offset),
		"size", kmc_json_integer_if(object->size, object->size),
		"requested", kmc_json_integer_if(object->requested, object->requested),
		"path",
		"hole", 0,
		"after",
		"cache", kmc_json_text(object->cache),
		"start", kmc_json_address_if(object->has_start, object->start),
		"evidence", evidence,
		"confidence", "certain");
}

static json_t *also_of(const struct kmc_candidate *candidate)
{
	json_t *list = json_array();

	for (size_t i = 0; i < candidate->nalso; i++)
		json_array_append_new(list, kmc_json_text(candidate->also[i]));
	return list;
}

/* @offset: of the first reported byte from the recorded object's start, or NULL */
static json_t *object_json(const struct kmc_object *object, const int64_t *offset,
			   const struct kmc_candidate *candidate)
{
	uint64_t start, size;
	int64_t placed;
	json_t *out;

	if (!candidate || !candidate->type)
		return record_only(object, offset);
	/* The type may be that of a part of what was allocated. */
	start = object->known ? object->start : candidate->start;
	placed = candidate->start - start + candidate->offset;
	size = object->known ? object->size : candidate->type_size;
	out = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:s}",
		"type", kmc_json_text(candidate->type),
		"type_start", kmc_json_address_if(!candidate->startless, candidate->start),
		"offset", signed_if(candidate->unplaced ? NULL : &placed),
		"size", kmc_json_integer_if(size, size),
		"requested", kmc_json_integer_if(object->requested, object->requested),
		"path", kmc_json_text(candidate->path),
		"hole", candidate->hole,
		"after", kmc_json_text(candidate->after),
		"cache", kmc_json_text(object->cache),
		"start", kmc_json_address_if(!candidate->startless, start),
		"evidence", evidence_of(candidate),
		"confidence", kmc_confidence_name(candidate->confidence));
	if (candidate->nalso)
		json_object_set_new(out, "also", also_of(candidate));
	if (candidate->beyond)
		json_object_set_new(out, "beyond", json_true());
	if (candidate->would_be)
		json_object_set_new(out, "would_be", kmc_json_text(candidate->would_be));
	return out;
}

/* What other checkers than kmemcheck say about it. */
static void add_memory(json_t *out, const struct kmc_object *object)
{
	json_object_set_new(out, "region", json_string(kmc_region_name(object->region)));
	if (object->end)
		json_object_set_new(out, "end", kmc_json_address(object->end));
	if (object->hashed)
		json_object_set_new(out, "hashed", json_true());
	if (object->variable)
		json_object_set_new(out, "variable", kmc_json_text(object->variable));
	if (object->slab_offset >= 0)
		json_object_set_new(out, "slab_offset", json_integer(object->slab_offset));
}

json_t *kmc_json_object(const struct kmc_report *report)
{
	int64_t offset;
	const bool known = kmc_report_offset(report, &offset);
	json_t *out = object_json(&report->object, known ? &offset : NULL,
				  report->ncandidates ? report->candidates : NULL);

	if (!kmc_report_is_kmemcheck(report) && report->object.known)
		add_memory(out, &report->object);
	return out;
}

json_t *kmc_json_copied(const struct kmc_report *report)
{
	const struct kmc_copied *copied = &report->copied;
	json_t *out = object_json(&copied->object, &copied->offset,
				  copied->ncandidates ? copied->candidates : NULL);

	json_object_set_new(out, "copies", json_integer(copied->copies));
	return out;
}

json_t *kmc_json_candidates(const struct kmc_report *report)
{
	json_t *list = json_array();
	int64_t offset;
	const bool known = kmc_report_offset(report, &offset);

	for (size_t i = 0; i < report->ncandidates; i++)
		json_array_append_new(list, object_json(&report->object, known ? &offset : NULL,
							&report->candidates[i]));
	return list;
}
