// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report in one line: what was done to which member of what, and how sure that is.
 */
#include "explain/verdict_text.h"

#include <inttypes.h>

#include "base/buf.h"
#include "report/model.h"

/* "padding behind struct sigqueue.info.si_code", "struct sock.a or b (+8)" */
static void put_member(struct kmc_buf *buf, const struct kmc_candidate *candidate)
{
	const char *path = candidate->path ? candidate->path : "";
	const char *after = candidate->hole && candidate->after ? candidate->after : "";

	if (candidate->beyond)
		kmc_buf_puts(buf, "what follows ");
	if (candidate->hole)
		kmc_buf_puts(buf, *after ? "padding behind " : "padding of ");
	kmc_buf_printf(buf, "%s%s%s%s%s", candidate->type, *path ? "." : "", path,
		       *after ? "." : "", after);
	kmc_verdict_put_also(buf, candidate);
	kmc_buf_printf(buf, " (%+" PRId64 ")", candidate->offset);
}

/* What is known of it when its type is not. */
static void put_memory(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;

	if (object->known && object->cache)
		kmc_buf_printf(buf, "an object of cache %s", object->cache);
	else if (object->known && object->size)
		kmc_buf_printf(buf, "an object of %" PRIu64 " bytes", object->size);
	else
		kmc_buf_printf(buf, "%u byte%s at 0x%" PRIx64, report->bits / 8,
			       report->bits == 8 ? "" : "s", report->address);
	if (object->known && (object->cache || object->size))
		kmc_buf_printf(buf, " (%+" PRId64 ")",
			       (int64_t)(report->address - object->start));
}

static bool is_in_type(const struct kmc_report *report)
{
	return report->ncandidates && report->candidates->type && !report->candidates->beyond;
}

/* What names a type first: where the bytes came from tells more than where they were found. */
static void put_thing(struct kmc_buf *buf, const struct kmc_report *report)
{
	static const char * const sure[] = {
		[KMC_GUESS] = "a guess", [KMC_LIKELY] = "likely", [KMC_CERTAIN] = "certain",
	};
	const struct kmc_copied *copied = &report->copied;

	if (copied->ncandidates && copied->candidates->type) {
		put_member(buf, copied->candidates);
		kmc_buf_printf(buf, ", %s, copied to ", sure[copied->candidates->confidence]);
	} else if (report->inside && !is_in_type(report)) {
		kmc_buf_printf(buf, "%s, %s, in ", report->inside, sure[report->inside_sure]);
	}
	if (report->ncandidates && report->candidates->type) {
		put_member(buf, report->candidates);
		kmc_buf_printf(buf, ", %s", sure[report->candidates->confidence]);
	} else {
		put_memory(buf, report);
	}
}

struct kmc_error *kmc_headline_say(struct kmc_report *report)
{
	static const char * const done[] = {
		[KMC_READ] = "read of ", [KMC_WRITE] = "write to ", [KMC_INFOLEAK] = "",
		[KMC_FETCH] = "fetch of ", [KMC_UNKNOWN_KIND] = "",
	};
	const struct kmc_extent extent = kmc_report_extent(report);
	struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf buf = { };

	if (verdict->kind != KMC_VERDICT_UNKNOWN)
		kmc_buf_printf(&buf, "%s: %s", kmc_verdict_name(verdict->kind),
			       done[report->kind]);
	else
		kmc_buf_printf(&buf, "%s-%s: ", kmc_state_name(report->state),
			       kmc_kind_name(report->kind));
	put_thing(&buf, report);
	if (extent.affected < extent.bytes)
		kmc_buf_printf(&buf, ", %s%" PRIu64 " of %" PRIu64 " bytes",
			       kmc_extent_least(report), extent.affected, extent.bytes);
	if (extent.ranges > 1)
		kmc_buf_printf(&buf, ", in %" PRIu64 " ranges", extent.ranges);
	else if (extent.affected < extent.bytes)
		kmc_buf_printf(&buf, " %s", kmc_state_name(report->state));
	return kmc_buf_take(&buf, &verdict->headline);
}
