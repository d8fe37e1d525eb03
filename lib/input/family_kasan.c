// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of KASAN, in all its modes, from 4.0 on.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/kasan_object.h"
#include "input/report_body.h"
#include "input/scan.h"
#include "report/model.h"

#define BEGINS	"BUG: KASAN: "
/* Tags may be checked later than the access was made: nobody knows where that was. */
#define ASYNCHRONOUS	"invalid-access"
/* Lines that a mailer breaks are not as long. */
#define HALF_MAX	256

/*
 * struct state - of an open report
 * @object: what the lines about the memory have said so far
 * @pid: the next line has the PID of this track, as before 4.9; NULL: it has not
 * @shadow: rows of it follow
 * @half: a line of which the rest may be in the next one; "": none
 * @before: @object as it was before that
 */
struct state {
	struct log_body body;
	struct log_kasan_object object;
	struct kmc_track *pid;
	bool shadow;
	char half[HALF_MAX];
	struct log_kasan_object before;
};

/* ---- the first line ---- */

/* " in " behind the error, of which there are such as "double-free or invalid-free". */
static const char *find_in(const char *error)
{
	const char *in = strstr(error, " in ");

	for (const char *s = error; in && s < in; s++)
		if (!isalpha((unsigned char)*s) && !strchr("- ", *s))
			return NULL;
	return in;
}

static bool names_function(const char *s)
{
	struct kmc_frame frame = { };
	bool nomem = false;
	const bool found = log_scan_function(s, &frame, &nomem);

	kmc_frame_release(&frame);
	return found || log_is_inlined(s) || !strncmp(s, "0x", 2);
}

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	const char *start = strstr(line->body, BEGINS);
	const char *error, *in;

	if (!start)
		return LOG_NO;
	error = start + strlen(BEGINS);
	in = find_in(error);
	out->start = start;
	out->clean = start == line->word;
	out->chained = log_is_inlined(error);
	if (in && names_function(in + 4))
		return LOG_YES;
	if (!in && (strstr(error, " on address ") || !strcmp(error, ASYNCHRONOUS)))
		return LOG_YES;
	/* A mailer has broken it. */
	return !in || !strchr(in + 4, ' ') ? LOG_PARTIAL : LOG_NO;
}

static enum kmc_state state_of(const char *error)
{
	if (strstr(error, "use-after-free") || strstr(error, "use-after-scope"))
		return KMC_FREED;
	return strstr(error, "out-of-bounds") ? KMC_UNALLOCATED : KMC_UNKNOWN_STATE;
}

/* Before 4.9 the address was in the first line: "in f+0x1/0x2 at addr ffff880000000000". */
static void take_address(struct kmc_report *report, const char *s)
{
	const char *at = s ? strstr(s, "addr") : NULL;

	if (!at || report->has_address)
		return;
	at += strcspn(at, " ");
	at += strspn(at, " ");
	report->has_address = log_scan_pointer(at, &report->address);
	/* Where there is no object, a small address is what was used. */
	report->hashed |= report->has_address && report->state != KMC_UNKNOWN_STATE &&
			  log_is_hash(at);
}

static void begin(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;
	const char *error = strstr(reading->line->body, BEGINS) + strlen(BEGINS);
	const char *in = find_in(error);
	const char *end = in ? in : strstr(error, " on address");

	if (!end)
		end = error + strlen(error);
	log_set_text(&report->error, error, end - error, reading->nomem);
	if (report->error)
		report->state = state_of(report->error);
	if (in && !report->named.symbol)
		log_scan_function(in + 4, &report->named, reading->nomem);
	take_address(report, end);
}

/* ---- who did what ---- */

/* "by task syz-executor.0/6659": the name may have a slash itself */
static void take_task(struct kmc_report *report, const char *s, bool *nomem)
{
	const char *task = strstr(s, "by task "), *slash = task ? strrchr(task, '/') : NULL;

	if (!slash || report->comm)
		return;
	task += strlen("by task ");
	if (slash < task)
		return;
	log_set_text(&report->comm, task, slash - task, nomem);
	report->pid = strtol(slash + 1, NULL, 10);
}

/* "Read of size 8 at addr A by task T/1", "Write at addr A by task T/1", "Free of addr A" */
static bool take_access(struct kmc_report *report, const char *word, bool *nomem)
{
	const char *read = log_skip(word, "Read "), *write = log_skip(word, "Write ");
	const char *s = read ? read : write ? write : log_skip(word, "Free ");
	unsigned int size;

	if (!s || (strncmp(s, "of ", 3) && strncmp(s, "at ", 3)))
		return false;
	if (read || write)
		report->kind = read ? KMC_READ : KMC_WRITE;
	if (sscanf(s, "of size %u", &size) == 1 && size && size <= UINT32_MAX / 8)
		report->bits = size * 8;
	take_address(report, s);
	take_task(report, s, nomem);
	return true;
}

static bool take_tags(struct kmc_report *report, const char *word)
{
	unsigned int pointer, memory;

	if (sscanf(word, "Pointer tag: [%x], memory tag: [%x]", &pointer, &memory) != 2)
		return false;
	report->tags[0] = pointer;
	report->tags[1] = memory;
	report->has_tags = true;
	return true;
}

/* ---- stacks ---- */

static struct kmc_track *relate(struct log_reading *reading, enum kmc_relation relation)
{
	struct kmc_related *related = kmc_report_relate(reading->report, relation);

	*reading->nomem |= !related;
	if (!related)
		return NULL;
	/* It is to be filled in by log_begin_track(). */
	related->track.known = false;
	return &related->track;
}

/* The stack that the line begins; @pid: that of the task is in the next line. */
static struct kmc_track *track_of(struct log_reading *reading, const char *word, bool *pid)
{
	struct kmc_report *report = reading->report;

	*pid = !strcmp(word, "Allocated:") || !strcmp(word, "Freed:");
	if (log_skip(word, "Allocated by task ") || !strcmp(word, "Allocated:"))
		return &report->alloc;
	if (log_skip(word, "Freed by task ") || !strcmp(word, "Freed:"))
		return &report->free;
	if (strstr(word, "potentially related work creation:") ||
	    (strstr(word, "ast call_rcu()") && strchr(word, ':')))
		return relate(reading, KMC_WORK);
	if (log_skip(word, "page last allocated via"))
		return relate(reading, KMC_PAGE_ALLOC);
	if (log_skip(word, "page last free "))
		return relate(reading, KMC_PAGE_FREE);
	return NULL;
}

static bool take_track(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_track *track;
	const char *pid;
	bool later;

	track = track_of(reading, word, &later);
	if (track) {
		log_begin_track(&state->body, track, word);
		state->pid = later ? track : NULL;
		pid = strstr(word, "pid ");
		if (pid && track->pid < 0 && isdigit((unsigned char)pid[4]))
			track->pid = strtol(pid + 4, NULL, 10);
		return true;
	}
	pid = state->pid ? log_skip(word, "PID = ") : NULL;
	if (pid)
		state->pid->pid = strtol(pid, NULL, 10);
	state->pid = NULL;
	return pid;
}

/* ---- all of them ---- */

/* Does it begin a line of which a mailer has put the rest into the next one? */
static bool is_half(const char *word)
{
	static const struct {
		const char *begins;
		const char *needs;
	} lines[] = {
		{ "Read of size", " by task " }, { "Write of size", " by task " },
		{ "Read at addr", " by task " }, { "Write at addr", " by task " },
		{ "Allocated by task", ":" }, { "Freed by task", ":" },
		{ "The buggy address belongs to the object", " at " },
		{ "The buggy address is located", " of" },
		{ "which belongs to the cache", " of size " },
		{ "allocated ", ")" }, { "freed ", ")" }, { "requested ", ")" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(lines); i++)
		if (log_skip(word, lines[i].begins))
			return !strstr(word, lines[i].needs);
	return strstr(word, "-byte region [") && !strchr(word, ')');
}

/* What only KASAN says. */
static bool take_fact(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;

	if (take_access(report, word, reading->nomem) || take_tags(report, word) ||
	    take_track(reading, word))
		return true;
	if (!log_take_kasan_object(&state->object, report, word, reading->nomem))
		return false;
	state->body.stack = NULL;
	return true;
}

/* The line before and this one are one: what the first part alone has led to is undone. */
static bool take_rest(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *word = reading->line->word;
	char joined[2 * HALF_MAX];

	if (!state->half[0] || reading->line->prefixed || strlen(word) >= HALF_MAX)
		return false;
	snprintf(joined, sizeof(joined), "%s %s", state->half, word);
	state->half[0] = '\0';
	if (is_half(joined))
		return false;
	state->object = state->before;
	if (log_skip(joined, "Allocated by task") && !report->alloc.stack.count)
		report->alloc.known = false;
	if (log_skip(joined, "Freed by task") && !report->free.stack.count)
		report->free.known = false;
	return take_fact(reading, joined);
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;

	if (log_skip(word, "Memory state around the buggy address")) {
		state->shadow = true;
		state->body.stack = NULL;
		return LOG_TAKEN;
	}
	if (state->shadow && log_take_shadow(reading->report, reading->line, reading->nomem))
		return LOG_TAKEN;
	if (take_rest(reading))
		return LOG_TAKEN;
	state->half[0] = '\0';
	if (is_half(word) && strlen(word) < HALF_MAX) {
		strcpy(state->half, word);
		state->before = state->object;
	}
	if (take_fact(reading, word) || log_skip(word, "Disabling lock debugging"))
		return LOG_TAKEN;
	return log_take_body(reading, &state->body);
}

static bool knows(const char *text, bool sure)
{
	text += strspn(text, " \t");
	return log_skip(text, "Read of size ") || log_skip(text, "Write of size ") ||
	       log_knows_body(text, sure);
}

static void end(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;
	const struct state *state = reading->state;

	log_fold_own(report, reading->nomem);
	log_end_kasan_object(&state->object, report);
	log_end_shadow(report);
}

const struct kmc_family kmc_family_kasan = {
	.name = "KASAN",
	.word = BEGINS,
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.knows = knows,
	.line = take_line,
	.end = end,
};
