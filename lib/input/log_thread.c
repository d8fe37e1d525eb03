// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One caller's lines to reports. From the header of a report on, its family takes
 * the lines that look like its own; what belongs to no report is passed over, for
 * other messages come in between.
 */
#include "input/log_thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/log_words.h"
#include "input/report_lines.h"
#include "report/events.h"
#include "report/model.h"

/*
 * So many lines in a row that mean nothing end a report: other messages come
 * singly or as a block of this order.
 */
#define UNRELATED_MAX		16
/* A reply written into a quoted report is longer, and is told by its quoting. */
#define REPLY_MAX		200
/* Lines between such a sentence and the first one of its report. */
#define AWAITED_MAX		8
/* Lines of a block that no family reads: a stack, tasks and locks. */
#define BLOCK_MAX		200
/* A mailer wraps a line once; narrow screens do it twice. */
#define JOINS_MAX		2

static struct kmc_event *push(struct log_thread *thread, enum kmc_event_type type)
{
	struct kmc_event *event = kmc_events_push(thread->sink->events, type);

	if (!event)
		thread->sink->nomem = true;
	return event;
}

static void close_report(struct log_thread *thread)
{
	free(thread->reading.state);
	thread->reading = (struct log_reading) { };
	thread->cut = false;
}

void log_thread_free(struct log_thread *thread)
{
	kmc_report_free(thread->reading.report);
	free(thread->reading.state);
	free(thread);
}

/*
 * A header alone behind other text is talk about a report, or one behind a prefix that
 * is not known: which of them, only the user can tell.
 */
static void push_unread(struct log_thread *thread, unsigned long at)
{
	struct kmc_event *event = push(thread, KMC_EVENT_UNREAD);

	if (!event)
		return;
	event->line = at;
	snprintf(event->message, sizeof(event->message),
		 "a report seems to begin here, but no more of it could be read");
}

/* What no family could read, but looks like a report. */
static void push_looking(struct log_thread *thread, const char *what, unsigned long at)
{
	struct kmc_event *event = push(thread, KMC_EVENT_UNREAD);

	if (!event)
		return;
	event->line = at;
	snprintf(event->message, sizeof(event->message),
		 "looks like a report, but none that can be read here: %.80s", what);
}

/* False: @line does not look like one. */
static bool push_looks(struct log_thread *thread, const struct log_line *line,
		       unsigned long at)
{
	const char *what = log_unread(line);

	if (what)
		push_looking(thread, what, at);
	return what;
}

static void finish_report(struct log_thread *thread)
{
	struct log_reading *reading = &thread->reading;
	struct kmc_report *report = reading->report;
	struct kmc_event *event = NULL;

	if (!report)
		return;
	if (thread->clean || thread->content) {
		if (reading->family->end)
			reading->family->end(reading);
		report->truncated = !reading->ended;
		log_banner_apply(&thread->sink->banner, report, &thread->sink->nomem);
		event = push(thread, KMC_EVENT_REPORT);
	} else {
		push_unread(thread, report->line);
	}
	if (event)
		event->report = report;
	else
		kmc_report_free(report);
	close_report(thread);
}

/* What @line says does not begin a report, though it looks like it. */
static void drop_broken(struct log_thread *thread)
{
	struct kmc_event found = { }, *event;

	if (!thread->joins)
		return;
	thread->joins = 0;
	if (!kmc_families_notice(&thread->broken, &found)) {
		push_looks(thread, &thread->broken, thread->broken_at);
		return;
	}
	found.line = thread->broken_at;
	event = push(thread, found.type);
	if (event)
		*event = found;
}

void log_thread_finish(struct log_thread *thread)
{
	finish_report(thread);
	drop_broken(thread);
	thread->ruled = LOG_RULED_NONE;
}

void log_thread_idle(struct log_thread *thread)
{
	if (thread->reading.report && thread->reading.ended)
		finish_report(thread);
}

/* Something else begins here, though the report may go on behind it. */
static void cut_report(struct log_thread *thread)
{
	bool open = thread->reading.report;

	finish_report(thread);
	thread->cut = open;
}

/* An empty one of this family; false when out of memory. */
static bool open_report(struct log_thread *thread, const struct kmc_family *family,
			bool crossed)
{
	struct kmc_report *report = kmc_report_new(thread->sink->source);
	void *state = calloc(1, family->state_size);

	if (!report || (!state && family->state_size)) {
		kmc_report_free(report);
		free(state);
		thread->sink->nomem = true;
		return false;
	}
	report->checker = family->name;
	thread->reading = (struct log_reading) {
		.family = family, .report = report, .state = state,
		.crossed = crossed, .nomem = &thread->sink->nomem,
	};
	return true;
}

static void take_message(struct log_thread *thread, struct kmc_report *report)
{
	if (!*thread->message)
		return;
	report->message = strdup(thread->message);
	thread->sink->nomem |= !report->message;
}

static void start_report(struct log_thread *thread,
			 const struct log_line *line, unsigned long at,
			 const struct log_header *header)
{
	bool crossed = thread->reading.report || thread->cut;
	struct kmc_report *report;

	finish_report(thread);
	thread->ruled = LOG_RULED_NONE;
	if (!open_report(thread, header->family, crossed))
		return;
	report = thread->reading.report;
	report->line = at;
	report->kind = header->kind;
	report->state = header->state;
	report->bits = header->bits;
	report->address = header->address;
	report->has_address = header->has_address;
	report->time = line->time;
	strcpy(report->kernel.boot_id, line->boot_id);
	report->kernel.boot_time = line->boot_time;
	if (*line->release) {
		report->kernel.release = strdup(line->release);
		thread->sink->nomem |= !report->kernel.release;
	}
	if (thread->awaited && header->family->takes_message)
		take_message(thread, report);
	thread->awaited = 0;
	thread->reading.line = line;
	if (header->family->begin)
		header->family->begin(&thread->reading);
	thread->chained = header->chained;
	thread->clean = header->clean;
	thread->depth = line->depth;
	thread->prefixed = line->prefixed;
	thread->content = false;
	thread->unrelated = 0;
}

/* ---- the first line of a report ---- */

/* Is it, though it looks like the first line of a report, one of the report at hand? */
static bool goes_on(const struct log_thread *thread, const struct log_header *header)
{
	const struct log_reading *reading = &thread->reading;

	if (!reading->report)
		return false;
	return (header->follows && header->family == reading->family) ||
	       (reading->family->follows && reading->family->follows(thread->line->word));
}

/* Several first lines say which functions were inlined into one another. */
static bool is_chained(struct log_thread *thread, const struct log_header *header)
{
	struct log_reading *reading = &thread->reading;

	if (!reading->report || !thread->chained || thread->content ||
	    header->family != reading->family)
		return false;
	reading->line = thread->line;
	reading->family->begin(reading);
	thread->chained = header->chained;
	return true;
}

static bool take_header(struct log_thread *thread)
{
	struct log_header header;

	switch (kmc_families_match(thread->line, &header)) {
	case LOG_YES:
		thread->joins = 0;
		if (goes_on(thread, &header))
			return false;
		if (!is_chained(thread, &header))
			start_report(thread, thread->line, thread->at, &header);
		return true;
	case LOG_PARTIAL:
		if (goes_on(thread, &header))
			return false;
		thread->broken = *thread->line;
		/* The copy's pointers have to point into the copy. */
		thread->broken.body = thread->broken.raw +
				    (thread->line->body - thread->line->raw);
		thread->broken.word = thread->broken.raw +
				    (thread->line->word - thread->line->raw);
		thread->broken_at = thread->at;
		thread->joins = 1;
		if (thread->ruled)
			thread->ruled = LOG_RULED_SAID;
		return true;
	default:
		return false;
	}
}

/* The rest of a header that was wrapped: with a blank, or within a word. */
static bool take_broken(struct log_thread *thread)
{
	size_t len = strlen(thread->broken.raw);
	struct log_header header;

	if (!thread->joins || !*thread->line->word)
		return false;
	/* What a logger has marked is a line of its own. */
	if (thread->broken.prefixed && thread->line->prefixed) {
		drop_broken(thread);
		return false;
	}
	for (int blank = 1; blank >= 0; blank--) {
		thread->broken.raw[len] = '\0';
		log_line_join(&thread->broken, thread->line, blank ? " " : "");
		switch (kmc_families_match(&thread->broken, &header)) {
		case LOG_YES:
			thread->joins = 0;
			start_report(thread, &thread->broken, thread->broken_at,
				     &header);
			return true;
		case LOG_PARTIAL:
			if (thread->joins++ < JOINS_MAX)
				return true;
			break;
		default:
			break;
		}
	}
	drop_broken(thread);
	return false;
}

/* ---- lines of a report ---- */

static void count_unrelated(struct log_thread *thread)
{
	const struct log_line *line = thread->line;
	bool reply = line->depth < thread->depth ||
		     (thread->prefixed && !line->prefixed);

	if (!*line->word || line->overwritten)
		return;
	if (++thread->unrelated > (reply ? REPLY_MAX : UNRELATED_MAX))
		finish_report(thread);
}

static enum log_taken take_report_line(struct log_thread *thread)
{
	struct log_reading *reading = &thread->reading;
	enum log_taken taken;

	reading->line = thread->line;
	taken = reading->family->line(reading);
	switch (taken) {
	case LOG_ENDS:
		cut_report(thread);
		return taken;
	case LOG_LAST:
		finish_report(thread);
		return taken;
	case LOG_TAKEN:
		thread->content = true;
		thread->unrelated = 0;
		return taken;
	case LOG_UNRELATED:
		break;
	}
	/* The rest of a Pid line that a mailer wrapped before the release. */
	if (!thread->unrelated)
		log_take_release(reading->report, thread->line->word,
				 reading->nomem);
	count_unrelated(thread);
	return taken;
}

/* ---- lines that are no part of a report, but may end one ---- */

static bool take_notice(struct log_thread *thread)
{
	struct kmc_event found = { }, *event;

	if (!kmc_families_notice(thread->line, &found))
		return false;
	found.line = thread->at;
	switch (found.type) {
	case KMC_EVENT_FATAL:
		cut_report(thread);
		break;
	case KMC_EVENT_UNREAD:
		/* In prose it ends nothing. */
		if (thread->reading.report)
			take_report_line(thread);
		break;
	default:
		/* Printed behind all that was queued, so what is at hand is whole. */
		log_thread_idle(thread);
		break;
	}
	event = push(thread, found.type);
	if (event)
		*event = found;
	return true;
}

/* Has a mailer put the rest of the sentence into this line? */
static bool continues_message(const struct log_thread *thread)
{
	const size_t len = strlen(thread->message);

	return len && thread->awaited == AWAITED_MAX && !thread->line->prefixed &&
	       *thread->line->word && !log_is_message(thread->line->word) &&
	       log_is_message(thread->message) && !strchr(".!)", thread->message[len - 1]);
}

/*
 * The kernel says in a sentence what is wrong before it says where: behind "cut here", or,
 * where that is printed by what the sentence leads to, before it.
 */
static void keep_message(struct log_thread *thread)
{
	const char *word = thread->line->word;
	const bool cut = strstr(word, "[ cut here ]");

	if (thread->reading.report && !log_is_message(word))
		return;
	if (!cut && continues_message(thread)) {
		const size_t len = strlen(thread->message);

		snprintf(thread->message + len, sizeof(thread->message) - len, " %s", word);
		return;
	}
	if (log_is_message(word) || (!cut && thread->awaited && !*thread->message && *word)) {
		snprintf(thread->message, sizeof(thread->message), "%s", word);
		thread->awaited = AWAITED_MAX;
	} else if (cut && !(thread->awaited && log_is_message(thread->message))) {
		thread->message[0] = '\0';
		thread->awaited = AWAITED_MAX;
	} else if (thread->awaited) {
		thread->awaited--;
	}
}

/* ---- a block between two rules ---- */

static void take_title(struct log_thread *thread)
{
	/* That is what follows the second rule of a report. */
	const bool behind = !strncmp(thread->line->word, "Disabling lock debugging", 24);

	thread->ruled = behind ? LOG_RULED_NONE : LOG_RULED_TITLED;
	thread->ruled_at = thread->at;
	snprintf(thread->title, sizeof(thread->title), "%s", thread->line->word);
}

/* @said: the line at hand looks like the first one of a report, which has been said */
static void take_block(struct log_thread *thread, bool said)
{
	const char *word = thread->line->word;
	const bool rule = log_is_rule(word);

	if (thread->at - thread->ruled_at > BLOCK_MAX)
		thread->ruled = LOG_RULED_NONE;
	if (thread->ruled && said) {
		thread->ruled = LOG_RULED_SAID;
	} else if (thread->ruled == LOG_RULED_NONE || thread->ruled == LOG_RULED_SAID) {
		thread->ruled = rule && !thread->ruled ? LOG_RULED_OPEN :
				rule ? LOG_RULED_NONE : thread->ruled;
		thread->ruled_at = rule ? thread->at : thread->ruled_at;
	} else if (thread->ruled == LOG_RULED_OPEN) {
		if (!rule && *word)
			take_title(thread);
	} else if (rule || log_is_task(word) || log_is_trace(word)) {
		push_looking(thread, thread->title, thread->ruled_at);
		thread->ruled = rule ? LOG_RULED_NONE : LOG_RULED_SAID;
	}
}

void log_thread_line(struct log_thread *thread, const struct log_line *line,
		     unsigned long at)
{
	enum log_taken taken = LOG_UNRELATED;

	thread->line = line;
	thread->at = at;
	if (take_broken(thread) || take_header(thread) || take_notice(thread))
		return;
	if (thread->reading.report)
		taken = take_report_line(thread);
	if (taken != LOG_TAKEN)
		keep_message(thread);
	if (taken == LOG_UNRELATED || taken == LOG_ENDS)
		take_block(thread, push_looks(thread, line, at));
}
