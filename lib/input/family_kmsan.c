// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of KMSAN: uses of uninitialised values, and such bytes that leave the kernel.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/extent_lines.h"
#include "input/report_body.h"
#include "report/model.h"

#define BEGINS	"BUG: KMSAN: "

struct state {
	struct log_body body;
	struct log_extent extent;
};

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	const char *start = strstr(line->body, BEGINS), *in;
	struct kmc_frame frame = { };
	bool nomem = false, found;

	if (!start)
		return LOG_NO;
	out->start = start;
	out->clean = start == line->word;
	out->chained = log_is_inlined(start + strlen(BEGINS));
	in = strstr(start + strlen(BEGINS), " in ");
	found = in && (log_scan_function(in + 4, &frame, &nomem) || out->chained);
	kmc_frame_release(&frame);
	if (found)
		return LOG_YES;
	return !in || !strchr(in + 4, ' ') ? LOG_PARTIAL : LOG_NO;
}

static void begin(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *error = strstr(reading->line->body, BEGINS) + strlen(BEGINS);
	const char *in = strstr(error, " in ");

	log_set_text(&report->error, error, in - error, reading->nomem);
	if (report->error && strstr(report->error, "infoleak"))
		report->kind = KMC_INFOLEAK;
	report->state = report->error && strstr(report->error, "after-free") ? KMC_FREED :
			KMC_UNINITIALIZED;
	if (!report->named.symbol)
		log_scan_function(in + 4, &report->named, reading->nomem);
	state->body.stack = &report->frames;
	state->body.traced = true;
}

/* "Local variable intermediary created at:", "Local variable ----buf@foo created at:" */
static bool take_local(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_object *object = &reading->report->object;
	const char *name = log_skip(word, "Local variable ");
	const char *end = name ? strstr(name, " created at") : NULL;
	size_t len;

	if (!end)
		return false;
	name += strspn(name, "-");
	len = strcspn(name, "@ ");
	object->known = true;
	object->region = KMC_REGION_STACK;
	log_set_text(&object->variable, name, len, reading->nomem);
	log_begin_track(&state->body, &reading->report->alloc, word);
	return true;
}

static bool take_origin(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_related *related;

	if (log_skip(word, "Uninit was stored to memory at")) {
		state->body.stack = NULL;
		related = kmc_report_relate(reading->report, KMC_STORED);
		*reading->nomem |= !related;
		if (related)
			state->body.stack = &related->track.stack;
		return true;
	}
	if (log_skip(word, "Uninit was created")) {
		/* Bytes that were freed are so since then. */
		log_begin_track(&state->body, reading->report->state == KMC_FREED ?
				&reading->report->free : &reading->report->alloc, word);
		return true;
	}
	return take_local(reading, word);
}

static bool take_extent(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *user = log_skip(word, "Data copied to user address ");

	if (user) {
		state->body.stack = NULL;
		return true;
	}
	if (!log_take_extent(&state->extent, word))
		return false;
	state->body.stack = NULL;
	if (state->extent.has_start && !report->has_address) {
		report->has_address = true;
		report->address = state->extent.start;
	}
	return true;
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;

	if (take_origin(reading, word) || take_extent(reading, word))
		return LOG_TAKEN;
	/* Before it was merged, its stack stood behind the task's line, as that of others. */
	if (log_is_trace(word) && !reading->report->frames.count)
		state->body.traced = false;
	return log_take_body(reading, &state->body);
}

static bool knows(const char *text, bool sure)
{
	text += strspn(text, " \t");
	return log_skip(text, "Uninit was ") || log_knows_body(text, sure);
}

/* An address counts from the first byte that is to blame; the access may begin before. */
static void end(struct log_reading *reading)
{
	const struct log_extent *extent = &((struct state *)reading->state)->extent;
	struct kmc_report *report = reading->report;

	log_fold_own(report, reading->nomem);
	if (report->has_address && extent->count) {
		const struct log_range *first = &extent->ranges[0];

		report->address += first->first;
		if (first->last - first->first < UINT32_MAX / 8)
			report->bits = (first->last - first->first + 1) * 8;
	} else if (extent->length && extent->length < UINT32_MAX / 8) {
		report->bits = extent->length * 8;
	}
	if (extent->length && !log_give_extent(extent, report))
		*reading->nomem = true;
}

const struct kmc_family kmc_family_kmsan = {
	.name = "KMSAN",
	.word = BEGINS,
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.knows = knows,
	.line = take_line,
	.end = end,
};
