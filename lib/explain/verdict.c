// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a report comes to, by the state of its bytes and what they are in the layout.
 */
#include "explain/verdict.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "explain/verdict_text.h"
#include "report/model.h"
#include "report/title.h"

static bool to_blame(const struct kmc_value *value)
{
	return value->reported && !value->other && (value->state == 'u' || value->state == 'm' ||
				   value->state == '?');
}

static struct kmc_cause find_cause(const struct kmc_report *report)
{
	struct kmc_cause cause = { };

	for (size_t i = 0; i < report->nvalues; i++) {
		const struct kmc_value *value = &report->values[i];

		if (!to_blame(value))
			continue;
		if (!cause.first || (cause.first->hole && !value->hole))
			cause.first = value;
		if (value->hole) {
			cause.padding++;
			continue;
		}
		cause.members++;
		cause.bits += value->bitfield;
	}
	return cause;
}

static bool beyond_request(const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;

	return object->known && object->requested &&
	       report->address - object->start >= object->requested &&
	       report->address - object->start < object->size;
}

/* Where it was found, nothing is known of it: what is it where it came from? */
static enum kmc_verdict_class by_source(const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = report->copied.candidates;

	if (!report->copied.ncandidates || !candidate->type || !candidate->path)
		return KMC_VERDICT_UNKNOWN;
	return candidate->hole ? KMC_VERDICT_PADDING : KMC_VERDICT_MEMBER;
}

static enum kmc_verdict_class classify(const struct kmc_report *report,
				       const struct kmc_cause *cause)
{
	switch (report->state) {
	case KMC_FREED:
		return KMC_VERDICT_FREED;
	case KMC_UNALLOCATED:
		return beyond_request(report) ? KMC_VERDICT_SLACK :
						KMC_VERDICT_UNALLOCATED;
	case KMC_UNINITIALIZED:
		break;
	default:
		return KMC_VERDICT_UNKNOWN;
	}
	if (report->kind == KMC_INFOLEAK)
		return KMC_VERDICT_INFOLEAK;
	if (!cause->first)
		return by_source(report);
	if (!cause->members)
		return KMC_VERDICT_PADDING;
	/* Setting a bit keeps the others; so no bit of an all uninitialised byte was set. */
	if (cause->bits == cause->members && !(report->tested_bits && cause->first->state == 'u'))
		return KMC_VERDICT_BITFIELD;
	return cause->first->state == 'm' ? KMC_VERDICT_PARTIAL : KMC_VERDICT_MEMBER;
}

struct kmc_error *kmc_verdict_fill(struct kmc_report *report)
{
	const struct kmc_cause cause = find_cause(report);
	struct kmc_error *err;

	report->verdict.kind = classify(report, &cause);
	err = kmc_headline_say(report);
	return err ? err : kmc_verdict_say(report, &cause);
}

struct kmc_error *kmc_verdict_take(struct kmc_verdict *verdict, struct kmc_buf *headline,
				   struct kmc_buf *why, struct kmc_buf *next)
{
	struct kmc_error *err = kmc_buf_take(headline, &verdict->headline);

	if (!err)
		err = kmc_buf_take(why, &verdict->text);
	if (!err)
		err = kmc_buf_take(next, &verdict->next);
	kmc_buf_release(headline);
	kmc_buf_release(why);
	kmc_buf_release(next);
	return err;
}

struct kmc_error *kmc_verdict_plain(struct kmc_report *report)
{
	struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf headline = { }, text = { };
	struct kmc_error *err;

	verdict->kind = KMC_VERDICT_UNKNOWN;
	kmc_title_add(&headline, report);
	kmc_buf_puts(&text, report->message ? report->message : report->error);
	if (report->hint)
		kmc_buf_printf(&text, ", %s", report->hint);
	err = kmc_buf_take(&headline, &verdict->headline);
	if (err) {
		kmc_buf_release(&text);
		return err;
	}
	return kmc_buf_take(&text, &verdict->text);
}
