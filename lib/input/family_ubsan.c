// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of UBSAN.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "report/model.h"

#define BEGINS	"UBSAN: "
/* Before 5.9; which behaviour shows in the next line. */
#define OLD	"Undefined behaviour"

struct state {
	struct log_body body;
};

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	const char *start = strstr(line->body, BEGINS), *in;
	struct kmc_source_place place = { };
	bool nomem = false;
	const char *end;

	/* A trap of ARM that says so has registers, which is for those. */
	if (!start || strstr(line->body, "Internal error: ") || (start > line->body && !strchr(" \t|", start[-1])))
		return LOG_NO;
	out->start = start;
	out->clean = start == line->word;
	in = strstr(start, " in ");
	if (!in)
		return strlen(start) < 64 ? LOG_PARTIAL : LOG_NO;
	end = log_scan_place(in + 4, &place, &nomem);
	free(place.file);
	if (end)
		return LOG_YES;
	return strchr(in + 4, ' ') ? LOG_NO : LOG_PARTIAL;
}

static void begin(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;
	const char *error = strstr(reading->line->body, BEGINS) + strlen(BEGINS);
	const char *in = strstr(error, " in ");

	if (!log_skip(error, OLD))
		log_set_text(&report->error, error, in - error, reading->nomem);
	log_scan_place(in + 4, &report->place, reading->nomem);
}

/* What the old form has left open, by the sentence that follows. */
static const char *error_of(const char *message)
{
	static const struct {
		const char *has;
		const char *error;
	} kinds[] = {
		{ "is out of range for type", "array-index-out-of-bounds" },
		{ "shift exponent", "shift-out-of-bounds" },
		{ "left shift of", "shift-out-of-bounds" },
		{ "signed integer overflow", "signed-integer-overflow" },
		{ "unsigned integer overflow", "unsigned-integer-overflow" },
		{ "negation of", "negation-overflow" },
		{ "division of", "division-overflow" },
		{ "division by zero", "division-overflow" },
		{ "cannot be represented in type", "signed-integer-overflow" },
		{ "null pointer", "null-ptr-deref" },
		{ "misaligned address", "misaligned-access" },
		{ "with insufficient space", "object-size-mismatch" },
		{ "not a valid value for type", "invalid-load" },
		{ "calling __builtin_unreachable", "unreachable" },
		{ "variable length array bound", "vla-bound-not-positive" },
		{ "pointer overflow", "pointer-overflow" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(kinds); i++)
		if (strstr(message, kinds[i].has))
			return kinds[i].error;
	return NULL;
}

/* The sentence stands right behind the first line. */
static bool take_message(struct kmc_report *report, const char *word, bool *nomem)
{
	if (report->message || report->comm || report->frames.count || !*word)
		return false;
	if (!error_of(word) && (isupper((unsigned char)*word) || !strchr(word, ' ')))
		return false;
	log_set_text(&report->message, word, strlen(word), nomem);
	return true;
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;

	if (take_message(reading->report, word, reading->nomem))
		return LOG_TAKEN;
	return log_take_body(reading, &state->body);
}

static bool knows(const char *text, bool sure)
{
	return log_knows_body(text, sure);
}

static void end(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;
	const char *error = report->message ? error_of(report->message) : NULL;

	log_fold_own(report, reading->nomem);
	if (!report->error && !error)
		error = "undefined-behaviour";
	if (!report->error)
		log_set_text(&report->error, error, strlen(error), reading->nomem);
	/* The trace is all there is to wait for, and it may not have been posted. */
	reading->ended |= report->message != NULL;
}

const struct kmc_family kmc_family_ubsan = {
	.name = "UBSAN",
	.word = BEGINS,
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.knows = knows,
	.line = take_line,
	.end = end,
};
