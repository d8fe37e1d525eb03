// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of UBSAN.
 */
#include <ctype.h>
#include <stdio.h>
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

/* "UBSAN: array index out of bounds at f+0x1/0x2": its instruction has trapped. */
static const char *find_trap(const char *error)
{
	const char *at = strstr(error, " at ");
	struct kmc_frame frame = { };
	bool nomem = false, found;

	found = at && log_scan_function(at + 4, &frame, &nomem);
	kmc_frame_release(&frame);
	return found ? at : NULL;
}

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
	in = strstr(start + strlen(BEGINS), " in ");
	if (!in && find_trap(start))
		return LOG_YES;
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
	const char *in = strstr(error, " in "), *trap = in ? NULL : find_trap(error);

	if (trap) {
		((struct state *)reading->state)->body.faulting = true;
		log_set_text(&report->error, error, trap - error, reading->nomem);
		log_scan_function(trap + 4, &report->named, reading->nomem);
		return;
	}
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

/* Has a mailer broken it within, or before, the name of a type? */
static bool is_broken(const char *message)
{
	const size_t len = strlen(message), end = strlen(" type");
	size_t quotes = 0;

	for (const char *s = message; *s; s++)
		quotes += *s == '\'';
	return quotes % 2 || (len > end && !strcmp(message + len - end, " type"));
}

/* How the sentence before it goes on in a line of its own. */
static bool take_more(struct kmc_report *report, const char *word, bool *nomem)
{
	char *whole;

	if (!report->message || report->comm || report->frames.count ||
	    (!log_skip(word, "which requires ") && !log_skip(word, "for an object of type ") &&
	     !is_broken(report->message)))
		return false;
	if (asprintf(&whole, "%s %s", report->message, word) < 0) {
		*nomem = true;
		return true;
	}
	free(report->message);
	report->message = whole;
	return true;
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

	if (take_message(reading->report, word, reading->nomem) ||
	    take_more(reading->report, word, reading->nomem))
		return LOG_TAKEN;
	return log_take_body(reading, &state->body);
}

/* What a trap dies of. */
static bool follows(const char *word)
{
	return log_skip(word, "invalid opcode: ") || log_skip(word, "Oops: invalid opcode: ");
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
	.follows = follows,
	.knows = knows,
	.line = take_line,
	.end = end,
};
