// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One speaker's lines to reports. From the header of a report on, lines are taken
 * by what they look like, and what looks like nothing that belongs to a report is
 * passed over, for other messages come in between.
 */
#include "input/text_thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/text_match.h"
#include "input/text_parse.h"
#include "report/events.h"
#include "report/model.h"

/*
 * So many lines in a row that mean nothing end a report: other messages come
 * singly or as a block of this order.
 */
#define STRANGERS_MAX		16
/* A reply written into a quoted report is longer, and is told by its quoting. */
#define REPLY_MAX		200
/* A mailer wraps a line once; narrow screens do it twice. */
#define JOINS_MAX		2

static struct kmc_event *push(struct text_thread *thread, enum kmc_event_type type)
{
	struct kmc_event *event = kmc_events_push(thread->sink->events, type);

	if (!event)
		thread->sink->nomem = true;
	return event;
}

static bool is_power_of_two(size_t n)
{
	return n && !(n & (n - 1));
}

/*
 * The row is a naturally aligned piece of memory, so the address alone tells
 * where the caret has to be: for rows whose caret line is cut off.
 */
static void place_caret(struct kmc_report *report)
{
	size_t have = report->shadow ? report->shadow_len : report->memory_len;
	size_t row = have > report->memory_len ? have : report->memory_len;

	if (report->caret < 0 && is_power_of_two(row) &&
	    report->address % row < have)
		report->caret = report->address % row;
	if (report->caret >= 0)
		report->memory_start = report->address - report->caret;
}

void text_thread_finish(struct text_thread *thread)
{
	struct kmc_report *report = thread->report;
	struct kmc_event *event;

	thread->report = NULL;
	thread->joins = 0;
	thread->cut = false;
	if (!report)
		return;
	/* A header alone in the middle of prose is talk about a report. */
	if (!thread->clean && !thread->content) {
		kmc_report_free(report);
		return;
	}
	place_caret(report);
	report->truncated = !thread->ended;
	event = push(thread, KMC_EVENT_REPORT);
	if (event)
		event->report = report;
	else
		kmc_report_free(report);
}

/* Something else begins here, though the report may go on behind it. */
static void cut_report(struct text_thread *thread)
{
	bool open = thread->report;

	text_thread_finish(thread);
	thread->cut = open;
}

static void start_report(struct text_thread *thread,
			 const struct text_line *line, unsigned long at,
			 const struct text_header *header)
{
	bool crossed = thread->report || thread->cut;
	struct kmc_report *report;

	text_thread_finish(thread);
	report = kmc_report_new(thread->sink->source);
	if (!report) {
		thread->sink->nomem = true;
		return;
	}
	report->line = at;
	report->kind = header->kind;
	report->state = header->state;
	report->bits = header->bits;
	report->address = header->address;
	report->time = line->time;
	if (*line->release) {
		report->kernel.release = strdup(line->release);
		thread->sink->nomem |= !report->kernel.release;
	}
	thread->report = report;
	thread->clean = header->clean;
	thread->depth = line->depth;
	thread->prefixed = line->prefixed;
	thread->content = false;
	thread->ended = false;
	thread->track = NULL;
	thread->strangers = 0;
	thread->crossed = crossed;
	thread->part = TEXT_OTHER;
	thread->mixed = false;
	thread->dangling[0] = '\0';
}

/* ---- lines that are no part of a report, but end one ---- */

static bool take_lost(struct text_thread *thread)
{
	static const char lost[] = "kmemcheck: Lost ";
	const char *s = strstr(thread->line->body, lost);
	struct kmc_event *event;
	char *end;
	unsigned long long n;

	if (!s)
		return false;
	n = strtoull(s + strlen(lost), &end, 10);
	if (end == s + strlen(lost) || strncmp(end, " error reports", 14))
		return false;
	/* Printed behind all that was queued, so what is at hand is whole. */
	if (thread->report && thread->ended)
		text_thread_finish(thread);
	event = push(thread, KMC_EVENT_LOST);
	if (event)
		event->lost = n;
	return true;
}

static bool take_fatal(struct text_thread *thread)
{
	struct kmc_event *event;

	if (!strstr(thread->line->body, "kmemcheck: Fatal error"))
		return false;
	/* Registers and a stack follow, which are not those of a report. */
	cut_report(thread);
	event = push(thread, KMC_EVENT_FATAL);
	if (event) {
		event->line = thread->at;
		snprintf(event->message, sizeof(event->message),
			 "kmemcheck itself failed here; its registers and stack are in the log");
	}
	return true;
}

static bool take_header(struct text_thread *thread)
{
	struct text_header header;

	switch (text_match_header(thread->line, &header)) {
	case TEXT_YES:
		thread->joins = 0;
		start_report(thread, thread->line, thread->at, &header);
		return true;
	case TEXT_PARTIAL:
		thread->broken = *thread->line;
		/* The copy's pointers have to point into the copy. */
		thread->broken.body = thread->broken.raw +
				    (thread->line->body - thread->line->raw);
		thread->broken.word = thread->broken.raw +
				    (thread->line->word - thread->line->raw);
		thread->broken_at = thread->at;
		thread->joins = 1;
		return true;
	default:
		return false;
	}
}

/* The rest of a header that was wrapped: with a blank, or within a word. */
static bool take_broken(struct text_thread *thread)
{
	size_t len = strlen(thread->broken.raw);
	struct text_header header;

	if (!thread->joins || !*thread->line->word)
		return false;
	for (int blank = 1; blank >= 0; blank--) {
		thread->broken.raw[len] = '\0';
		text_line_join(&thread->broken, thread->line, blank ? " " : "");
		switch (text_match_header(&thread->broken, &header)) {
		case TEXT_YES:
			thread->joins = 0;
			start_report(thread, &thread->broken, thread->broken_at,
				     &header);
			return true;
		case TEXT_PARTIAL:
			if (thread->joins++ < JOINS_MAX)
				return true;
			break;
		default:
			break;
		}
	}
	thread->joins = 0;
	return false;
}

/* ---- lines of a report ---- */

/* Something else begins, and its registers and stack are its own. */
static bool is_other_report(const char *word)
{
	static const char * const starts[] = {
		"------------[ cut here", "WARNING: ", "BUG: ", "INFO: ",
		"Call Trace:", "Kernel panic", "Oops:", "Oops ", "=======",
		"general protection fault", "Modules linked in:",
		"kmemcheck: ", "ERROR: ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++) {
		if (!strncmp(word, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

/*
 * Two reports that were printed at the same time into a log without callers: the
 * header of the second cut the first off, then lines of both came. That shows by
 * a line that came already, or too late; whose each line was does not. What is
 * certain is the header.
 */
static void drop_mixture(struct text_thread *thread)
{
	struct kmc_report *old = thread->report;
	struct kmc_report *report = kmc_report_new(thread->sink->source);

	if (!report) {
		thread->sink->nomem = true;
		return;
	}
	report->line = old->line;
	report->kind = old->kind;
	report->state = old->state;
	report->bits = old->bits;
	report->address = old->address;
	report->time = old->time;
	thread->report = report;
	thread->track = NULL;
	thread->ended = false;
	thread->mixed = true;
	kmc_report_free(old);
}

static bool caret_fits(const struct kmc_report *report, int column, int start)
{
	int at = column - start;

	return start >= 0 && at >= 0 && !(at % 2) &&
	       (size_t)at / 2 < report->shadow_len;
}

/*
 * The caret's column counts from the first letter of the shadow row. Where tabs
 * got into the line, it depends on who put them there whether they were expanded
 * before or behind the prefixes; the address decides, as it does between a
 * measured column and none.
 */
static bool take_caret(struct text_thread *thread)
{
	struct kmc_report *report = thread->report;
	const struct text_line *line = thread->line;
	int raw = text_column(line->raw, line->word);
	int body = text_column(line->body, line->word);
	size_t row = report->shadow_len > report->memory_len ?
		     report->shadow_len : report->memory_len;
	int expected;

	if (strcmp(line->word, "^") || !report->shadow || report->caret >= 0)
		return false;
	expected = is_power_of_two(row) ? (int)(report->address % row) : -1;
	if (caret_fits(report, body, thread->column_body))
		report->caret = (body - thread->column_body) / 2;
	if (caret_fits(report, raw, thread->column_raw) &&
	    (report->caret < 0 ||
	     (raw - thread->column_raw) / 2 == expected))
		report->caret = (raw - thread->column_raw) / 2;
	/* The caret of another report's shadow. */
	if (thread->crossed && expected >= 0 && report->caret != expected)
		drop_mixture(thread);
	return true;
}

/*
 * Before 2.6.31 there was no dump, and the shadow was letters without blanks:
 * a row of a and f only looks like a dump until a caret follows it.
 */
static void dump_was_shadow(struct kmc_report *report)
{
	size_t len = report->memory_len * 2;
	char *shadow;

	for (size_t i = 0; i < report->memory_len; i++) {
		uint8_t byte = report->memory[i];

		if (byte != 0xaa && byte != 0xaf && byte != 0xfa && byte != 0xff)
			return;
	}
	shadow = malloc(len + 1);
	if (!shadow)
		return;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = report->memory[i / 2];

		shadow[i] = (i % 2 ? byte & 15 : byte >> 4) == 10 ? 'a' : 'f';
	}
	shadow[len] = '\0';
	free(report->memory);
	report->memory = NULL;
	report->memory_len = 0;
	report->shadow = shadow;
	report->shadow_len = len;
}

static bool take_rows(struct text_thread *thread)
{
	struct kmc_report *report = thread->report;
	const struct text_line *line = thread->line;
	bool wrapped;

	if (report->frames.count)
		return false;
	if (text_take_dump(report, line->word, &thread->sink->nomem))
		return true;
	wrapped = report->shadow;
	if (text_take_shadow(report, line->word, &thread->sink->nomem)) {
		/* Nothing can be measured in a row that was wrapped. */
		thread->column_raw = wrapped ? -1 :
				   text_column(line->raw, line->word);
		thread->column_body = wrapped ? -1 :
				    text_column(line->body, line->word);
		return true;
	}
	if (!strcmp(line->word, "^") && !report->shadow && report->memory) {
		dump_was_shadow(report);
		return true;
	}
	return take_caret(thread);
}

static bool take_stack(struct text_thread *thread)
{
	struct kmc_report *report = thread->report;
	const char *word = thread->line->word;
	struct kmc_track *track;

	track = text_take_track(report, word);
	if (track) {
		thread->track = track;
		thread->ended = true;
		return true;
	}
	if (text_is_terminator(word)) {
		thread->track = NULL;
		thread->ended = true;
		return true;
	}
	if (thread->track)
		return text_take_frame(&thread->track->stack, word, &thread->sink->nomem);
	if (thread->ended)
		return false;
	return text_take_frame(&report->frames, word, &thread->sink->nomem);
}

/*
 * A mailer that breaks a line of registers does so before a value: the name of
 * that is kept, and put before the rest.
 */
static bool take_registers(struct text_thread *thread)
{
	const char *word = thread->line->word;
	bool *nomem = &thread->sink->nomem;
	char line[TEXT_LINE_MAX + sizeof(thread->dangling)];
	const char *name;
	bool taken;

	if (thread->dangling[0]) {
		snprintf(line, sizeof(line), "%s %s", thread->dangling, word);
		thread->dangling[0] = '\0';
		if (text_take_registers(thread->report, line, nomem))
			return true;
	}
	taken = text_take_registers(thread->report, word, nomem);
	name = strrchr(word, ' ');
	if (taken && name && word[strlen(word) - 1] == ':')
		snprintf(thread->dangling, sizeof(thread->dangling), "%.7s",
			 name + 1);
	return taken;
}

static bool take_part(struct text_thread *thread)
{
	struct kmc_report *report = thread->report;
	const char *word = thread->line->word;

	if (thread->ended)
		return text_take_object(report, word, &thread->sink->nomem) ||
		       text_take_count(report, word) || take_stack(thread);
	if (text_take_object(report, word, &thread->sink->nomem)) {
		thread->ended = true;
		return true;
	}
	return take_rows(thread) ||
	       text_take_task(report, word, &thread->sink->nomem) ||
	       text_take_rip(report, word, &thread->sink->nomem) ||
	       take_registers(thread) ||
	       take_stack(thread);
}

static void count_stranger(struct text_thread *thread)
{
	const struct text_line *line = thread->line;
	bool reply = line->depth < thread->depth ||
		     (thread->prefixed && !line->prefixed);

	if (!*line->word)
		return;
	if (++thread->strangers > (reply ? REPLY_MAX : STRANGERS_MAX))
		text_thread_finish(thread);
}

static bool is_misplaced(const struct text_thread *thread, enum text_part part)
{
	const struct kmc_report *report = thread->report;

	if (part == TEXT_OTHER)
		return false;
	/* Stacks follow the lines that say whose they are. */
	if (part == TEXT_STACK)
		return thread->part >= TEXT_STACK && thread->ended &&
		       !thread->track;
	return part < thread->part ||
	       text_is_second(report, part, thread->line->word);
}

/* Is the line of a report that cannot be told from another? */
static bool take_mixture(struct text_thread *thread)
{
	enum text_part part;

	if (!thread->crossed)
		return false;
	part = text_part_of(thread->line->word);
	if (!thread->mixed && is_misplaced(thread, part))
		drop_mixture(thread);
	if (part != TEXT_OTHER)
		thread->part = part;
	if (!thread->mixed || part == TEXT_OTHER)
		return false;
	thread->strangers = 0;
	return true;
}

static void take_report_line(struct text_thread *thread)
{
	const char *word = thread->line->word;

	if (is_other_report(word)) {
		cut_report(thread);
		return;
	}
	if (take_mixture(thread))
		return;
	if (!thread->mixed && take_part(thread)) {
		thread->content = true;
		thread->strangers = 0;
		return;
	}
	/* The rest of a Pid line that a mailer wrapped before the release. */
	if (!thread->strangers)
		text_take_release(thread->report, word, &thread->sink->nomem);
	count_stranger(thread);
}

void text_thread_line(struct text_thread *thread, const struct text_line *line,
		      unsigned long at)
{
	thread->line = line;
	thread->at = at;
	if (take_broken(thread) || take_header(thread) || take_lost(thread) ||
	    take_fatal(thread))
		return;
	if (thread->report)
		take_report_line(thread);
}
