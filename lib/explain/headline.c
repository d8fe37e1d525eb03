// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report in one line: what was done to which member of what, and how sure that is.
 */
#include "explain/verdict_text.h"

#include <inttypes.h>

#include "base/buf.h"

/* "padding behind struct sigqueue.info.si_code", "struct sock.a or b (+8)" */
static void put_member(struct kmc_buf *buf, const struct kmc_candidate *candidate)
{
	const char *path = candidate->path ? candidate->path : "";
	const char *after = candidate->hole && candidate->after ? candidate->after : "";

	if (candidate->hole)
		kmc_buf_puts(buf, *after ? "padding behind " : "padding of ");
	kmc_buf_printf(buf, "%s%s%s%s%s", candidate->type, *path ? "." : "", path,
		       *after ? "." : "", after);
	for (size_t i = 0; i < candidate->nalso; i++)
		kmc_buf_printf(buf, "%s%s", candidate->together ? ", " : " or ",
			       candidate->also[i]);
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

struct kmc_error *kmc_headline_say(struct kmc_report *report)
{
	static const char * const done[] = {
		[KMC_READ] = "read of ", [KMC_WRITE] = "write to ", [KMC_INFOLEAK] = "",
	};
	static const char * const sure[] = {
		[KMC_GUESS] = "a guess", [KMC_LIKELY] = "likely", [KMC_CERTAIN] = "certain",
	};
	const struct kmc_candidate *candidate = report->candidates;
	const unsigned int affected = kmc_report_affected(report);
	struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf buf = { };

	if (verdict->kind != KMC_VERDICT_UNKNOWN)
		kmc_buf_printf(&buf, "%s: %s", kmc_verdict_name(verdict->kind),
			       done[report->kind]);
	else
		kmc_buf_printf(&buf, "%s-%s: ", kmc_state_name(report->state),
			       kmc_kind_name(report->kind));
	if (report->ncandidates && candidate->type) {
		put_member(&buf, candidate);
		kmc_buf_printf(&buf, ", %s", sure[candidate->confidence]);
	} else {
		put_memory(&buf, report);
	}
	if (affected < report->bits / 8)
		kmc_buf_printf(&buf, ", %u of %u bytes %s", affected, report->bits / 8,
			       kmc_state_name(report->state));
	return kmc_buf_take(&buf, &verdict->headline);
}
