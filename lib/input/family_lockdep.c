// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of lockdep: what it calls the error, the task and its stack. The locks and
 * what depends on them are passed over.
 */
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "report/model.h"

/* Lines before the stack: chains of locks are long, but none is longer. */
#define LINES_MAX	4000

struct state {
	struct log_body body;
	unsigned int lines;
};

static const char *find_error(const char *body)
{
	static const char * const errors[] = {
		"possible circular locking dependency detected",
		"possible recursive locking detected",
		"possible irq lock inversion dependency detected",
		"inconsistent lock state", "lock order detected",
		"suspicious RCU usage", "bad unlock balance detected", "held lock freed",
		"Nested lock was not taken", "lock held when returning to user space",
		"bad contention detected", "Invalid wait context",
	};
	static const char * const begins[] = { "WARNING: ", "INFO: ", "BUG: " };

	for (size_t i = 0; i < KMC_ARRAY_SIZE(begins); i++) {
		const char *start = strstr(body, begins[i]);

		for (size_t j = 0; start && j < KMC_ARRAY_SIZE(errors); j++)
			if (strstr(start, errors[j]))
				return start;
	}
	return NULL;
}

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	out->start = find_error(line->body);
	/* Old kernels put a bracket before it. */
	out->clean = out->start && (out->start == line->word || line->word[0] == '[');
	return out->clean ? LOG_YES : LOG_NO;
}

static void begin(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;
	const char *error = strchr(find_error(reading->line->body), ':') + 2;
	size_t len = strlen(error);

	while (len && strchr(" ]!.", error[len - 1]))
		len--;
	log_set_text(&report->error, error, len, reading->nomem);
}

/* "(&lock){+.+.}, at: [<ffffffff81000000>] f+0x1/0x2": where the lock was to be taken */
static void take_place(struct kmc_report *report, const char *word, bool *nomem)
{
	const char *at = strstr(word, " at: ");

	if (!at || report->named.symbol)
		return;
	at += 5;
	if (!strncmp(at, "[<", 2))
		at += strcspn(at, " ") + 1;
	log_scan_function(at, &report->named, nomem);
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;
	enum log_taken taken;

	take_place(reading->report, word, reading->nomem);
	if (log_is_trace(word)) {
		state->body.traced = false;
	} else if (!state->body.stack) {
		/* Frames here are those of other places that took these locks. */
		state->body.traced = true;
	}
	if (log_skip(word, "----------") || log_skip(word, "=========="))
		return reading->report->frames.count ? LOG_LAST : LOG_TAKEN;
	taken = log_take_body(reading, &state->body);
	if (taken == LOG_UNRELATED && !reading->report->frames.count && state->lines++ < LINES_MAX)
		return LOG_TAKEN;
	return taken;
}

static void end(struct log_reading *reading)
{
	log_fold_own(reading->report, reading->nomem);
	reading->ended |= reading->report->frames.count;
}

const struct kmc_family kmc_family_lockdep = {
	.name = "lockdep",
	.word = "",
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.line = take_line,
	.end = end,
};
