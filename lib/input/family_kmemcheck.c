// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of kmemcheck: what each of their lines looks like, and their order.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/extent_lines.h"
#include "input/families.h"
#include "input/log_prefix.h"
#include "input/log_scan.h"
#include "input/object_lines.h"
#include "input/register_lines.h"
#include "input/report_lines.h"
#include "input/scan.h"
#include "kmc/kmc.h"
#include "report/model.h"

/* Bytes of the smallest copy that the kernel's configuration allows. */
#define COPY_MIN	4

/* A report begins with it. */
#define CAUGHT		"kmemcheck: Caught"

/* A line of bytes with 16 ranges, each up to nine digits a number, has less. */
#define HALF_MAX	512

/* Lines of a report in the order in which they come. */
enum part {
	PART_OTHER,		/* belongs to no report */
	PART_DUMP,
	PART_SHADOW,
	PART_CARET,
	PART_TASK,
	PART_RIP,
	PART_REGISTERS,
	PART_STACK,
	PART_EXTENT,
	PART_OBJECT,
	PART_TRACK,
};

/*
 * struct state - of an open report
 * @track: whose stack is being read, NULL for the report's own
 * @column_raw, @column_body: where the first letter of the shadow stood, counted
 *	from the start of the line and from the end of its prefixes
 * @part: the last line that the report got
 * @dangling: name of a register whose value is in the next line, or empty
 * @half: a line behind the stack whose rest is in the next one, or empty
 * @extent: which bytes of the access are to blame
 * @mixed: lines of another report were taken, so there is nothing but the header
 */
struct state {
	struct kmc_track *track;
	int column_raw;
	int column_body;
	enum part part;
	char dangling[LOG_REGISTER_MAX];
	char half[HALF_MAX];
	struct log_extent extent;
	bool mixed;
};

/* ---- the first line ---- */

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	static const struct log_named kinds[] = {
		{ "-bit read from ", KMC_READ },
		{ "-bit write to ", KMC_WRITE },
		{ "-bit infoleak from ", KMC_INFOLEAK },
		{ }
	};
	static const struct log_named states[] = {
		{ "uninitialized memory (", KMC_UNINITIALIZED },
		{ "unallocated memory (", KMC_UNALLOCATED },
		{ "initialized memory (", KMC_INITIALIZED },
		{ "freed memory (", KMC_FREED },
		{ "(invalid shadow state) memory (", KMC_INVALID },
		{ }
	};
	const char *start = strstr(line->body, CAUGHT);
	enum log_match result = LOG_NO;
	const char *before, *s;
	int kind, state;

	if (!start)
		return LOG_NO;
	before = start;
	if (before - line->body >= 9 && !strncmp(before - 9, "WARNING: ", 9))
		before -= 9;
	out->start = before;
	s = log_scan_fixed(start, CAUGHT " ", &result);
	s = log_scan_number(s, &out->bits, &result);
	s = log_scan_named(s, kinds, &kind, &result);
	s = log_scan_named(s, states, &state, &result);
	s = log_scan_address(s, &out->address, &result);
	if (!s)
		return result;
	out->kind = kind;
	out->state = state;
	out->has_address = true;
	out->clean = before == line->word;
	return LOG_YES;
}

/* ---- lines that are no part of a report ---- */

static bool is_lost(const struct log_line *line, struct kmc_event *event)
{
	static const char lost[] = "kmemcheck: Lost ";
	const char *s = strstr(line->body, lost);
	unsigned long long n;
	char *end;

	if (!s)
		return false;
	n = strtoull(s + strlen(lost), &end, 10);
	if (end == s + strlen(lost) || strncmp(end, " error reports", 14))
		return false;
	event->type = KMC_EVENT_LOST;
	event->lost = n;
	return true;
}

static bool notice(const struct log_line *line, struct kmc_event *event)
{
	if (is_lost(line, event))
		return true;
	if (strstr(line->body, CAUGHT)) {
		event->type = KMC_EVENT_UNREAD;
		snprintf(event->message, sizeof(event->message),
			 "says \"" CAUGHT "\", but is no first line of a report that could be read");
		return true;
	}
	if (!strstr(line->body, "kmemcheck: Fatal error"))
		return false;
	/* Registers and a stack follow, which are not those of a report. */
	event->type = KMC_EVENT_FATAL;
	snprintf(event->message, sizeof(event->message),
		 "kmemcheck itself failed here; its registers and stack are in the log");
	return true;
}

/* ---- dump and shadow ---- */

/* Digits of a row of memory, 0 if it is none. */
static size_t count_digits(const char *word)
{
	size_t digits = strspn(word, "0123456789abcdefABCDEF");

	return word[digits] || digits < 2 * COPY_MIN || digits % 2 ? 0 : digits;
}

static bool take_dump(struct kmc_report *report, const char *word, bool *nomem)
{
	size_t digits = count_digits(word);
	uint8_t *memory;

	if (!digits || report->memory || report->shadow)
		return false;
	memory = malloc(digits / 2);
	if (!memory) {
		*nomem = true;
		return false;
	}
	for (size_t i = 0; i < digits; i += 2) {
		const char byte[3] = { word[i], word[i + 1], '\0' };

		memory[i / 2] = strtoul(byte, NULL, 16);
	}
	report->memory = memory;
	report->memory_len = digits / 2;
	return true;
}

/* Letters with a blank between each, or, before 2.6.31, with none at all. */
static size_t count_letters(const char *s, bool *spaced)
{
	size_t n = 0;

	*spaced = s[0] && s[1] == ' ';
	while (*s) {
		if (!strchr("auif?", *s))
			return 0;
		n++;
		s++;
		if (!*s)
			return n;
		if ((*s == ' ') != *spaced)
			return 0;
		s += *spaced;
	}
	return 0;
}

/* A long row that a mailer wrapped comes in several pieces. */
static bool wants_shadow(const struct kmc_report *report)
{
	return !report->shadow || report->shadow_len < report->memory_len;
}

static bool take_shadow(struct kmc_report *report, const char *word, bool *nomem)
{
	bool spaced;
	size_t n = count_letters(word, &spaced);
	char *shadow;

	if (!n || !wants_shadow(report) || (!report->shadow && n < COPY_MIN))
		return false;
	shadow = realloc(report->shadow, report->shadow_len + n + 1);
	if (!shadow) {
		*nomem = true;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		shadow[report->shadow_len++] = word[i * (spaced ? 2 : 1)];
	shadow[report->shadow_len] = '\0';
	report->shadow = shadow;
	return true;
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

static bool is_caret(const char *word)
{
	return !strcmp(word, "^");
}

/*
 * Two reports that were printed at the same time into a log without callers: the
 * header of the second cut the first off, then lines of both came. That shows by
 * a line that came already, or too late; whose each line was does not. What is
 * certain is the header.
 */
static void drop_mixture(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *old = reading->report;
	struct kmc_report *report = kmc_report_new(old->source);

	if (!report) {
		*reading->nomem = true;
		return;
	}
	report->checker = old->checker;
	report->line = old->line;
	report->kind = old->kind;
	report->state = old->state;
	report->bits = old->bits;
	report->address = old->address;
	report->has_address = old->has_address;
	report->time = old->time;
	strcpy(report->kernel.boot_id, old->kernel.boot_id);
	report->kernel.boot_time = old->kernel.boot_time;
	reading->report = report;
	state->track = NULL;
	state->half[0] = '\0';
	state->extent = (struct log_extent) { };
	reading->ended = false;
	state->mixed = true;
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
static bool take_caret(struct log_reading *reading)
{
	const struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const struct log_line *line = reading->line;
	int raw = log_column(line->raw, line->word);
	int body = log_column(line->body, line->word);
	size_t row = report->shadow_len > report->memory_len ?
		     report->shadow_len : report->memory_len;
	int expected;

	if (!is_caret(line->word) || !report->shadow || report->caret >= 0)
		return false;
	expected = is_power_of_two(row) ? (int)(report->address % row) : -1;
	if (caret_fits(report, body, state->column_body))
		report->caret = (body - state->column_body) / 2;
	if (caret_fits(report, raw, state->column_raw) &&
	    (report->caret < 0 ||
	     (raw - state->column_raw) / 2 == expected))
		report->caret = (raw - state->column_raw) / 2;
	/* The caret of another report's shadow, unless nothing could be measured. */
	if (reading->crossed && state->column_raw >= 0 && expected >= 0 &&
	    report->caret != expected)
		drop_mixture(reading);
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

static bool take_rows(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const struct log_line *line = reading->line;
	bool wrapped;

	if (report->frames.count)
		return false;
	if (take_dump(report, line->word, reading->nomem))
		return true;
	wrapped = report->shadow;
	if (take_shadow(report, line->word, reading->nomem)) {
		/* Nothing can be measured in a row that was wrapped. */
		state->column_raw = wrapped ? -1 :
				   log_column(line->raw, line->word);
		state->column_body = wrapped ? -1 :
				    log_column(line->body, line->word);
		return true;
	}
	if (is_caret(line->word) && !report->shadow && report->memory) {
		dump_was_shadow(report);
		return true;
	}
	return take_caret(reading);
}

/* ---- behind the stack ---- */

static bool take_stack(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *word = reading->line->word;
	struct kmc_track *track;

	track = log_take_track(report, word);
	if (track) {
		state->track = track;
		reading->ended = true;
		return true;
	}
	if (log_is_terminator(word)) {
		state->track = NULL;
		reading->ended = true;
		return true;
	}
	if (state->track)
		return log_take_frame(&state->track->stack, word, reading->nomem);
	if (reading->ended)
		return false;
	return log_take_frame(&report->frames, word, reading->nomem);
}

/* ---- all of them ---- */

/* What one line says behind the stack; none of these has to be there. */
static bool take_fact(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;

	return log_take_extent(&state->extent, word) ||
	       log_take_object(reading->report, word, reading->nomem) ||
	       log_take_source(reading->report, word, reading->nomem);
}

/* Such a line is long: a mailer wraps it. */
static bool take_facts(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;
	char joined[HALF_MAX];

	if (state->half[0]) {
		const int len = snprintf(joined, sizeof(joined), "%s %s", state->half, word);

		state->half[0] = '\0';
		if (len < HALF_MAX && take_fact(reading, joined))
			return true;
		if (len < HALF_MAX && log_continues_extent(word)) {
			strcpy(state->half, joined);
			return true;
		}
	}
	if (take_fact(reading, word))
		return true;
	if (strlen(word) >= HALF_MAX || !(log_begins_extent(word) || log_begins_object(word) ||
					  log_begins_source(word)))
		return false;
	strcpy(state->half, word);
	return true;
}

static bool take_part(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *word = reading->line->word;

	if (reading->ended)
		return take_facts(reading) ||
		       log_take_count(report, word) || take_stack(reading);
	if (take_facts(reading)) {
		reading->ended = true;
		return true;
	}
	if (log_ends_dangling(word, state->dangling) &&
	    log_take_wrapped_registers(report, word, state->dangling, reading->nomem))
		return true;
	if (log_take_rip(report, word, reading->nomem)) {
		log_keep_dangling(word, state->dangling);
		return true;
	}
	return take_rows(reading) ||
	       log_take_task(report, word, reading->nomem) ||
	       log_take_wrapped_registers(report, word, state->dangling,
					  reading->nomem) ||
	       take_stack(reading);
}

/* What a line looks like, wherever it stands. */
static enum part part_of(const char *word)
{
	char name[16];
	bool flag;

	if (is_caret(word))
		return PART_CARET;
	if (count_letters(word, &flag) >= COPY_MIN)
		return PART_SHADOW;
	if (count_digits(word))
		return PART_DUMP;
	if (log_is_task(word))
		return PART_TASK;
	if (log_is_rip(word))
		return PART_RIP;
	if (log_scan_register(word, name))
		return PART_REGISTERS;
	if (log_begins_extent(word))
		return PART_EXTENT;
	if (log_begins_object(word))
		return PART_OBJECT;
	if (log_is_track(word) || log_begins_source(word))
		return PART_TRACK;
	return log_is_frame(word) ? PART_STACK : PART_OTHER;
}

/* Behind an "x" where no prefix ends, a row of the shadow is still one. */
static bool knows(const char *text, bool sure)
{
	enum part part = part_of(text + strspn(text, " \t"));

	return part != PART_OTHER &&
	       (sure || part == PART_DUMP || part == PART_TASK || part == PART_RIP);
}

/* A selector is in two lines: with what it is of, and by itself. */
static bool is_selector(const char *name)
{
	return name[1] == 's' && !name[2] && strchr("cdegs", name[0]);
}

/* Is it one that the report has already, or registers that it has? */
static bool is_second(const struct kmc_report *report, enum part part,
		      const char *word)
{
	uint64_t value;
	char name[16];

	switch (part) {
	case PART_DUMP:
		return report->memory;
	case PART_SHADOW:
		return !wants_shadow(report);
	case PART_CARET:
		return report->caret >= 0;
	case PART_TASK:
		return report->comm;
	case PART_RIP:
		return report->frames.count;
	case PART_REGISTERS:
		return log_scan_register(word, name) && !is_selector(name) &&
		       kmc_report_register(report, name, &value);
	case PART_OBJECT:
		return report->object.known;
	default:
		return false;
	}
}

static bool is_misplaced(const struct log_reading *reading, enum part part)
{
	const struct state *state = reading->state;
	const struct kmc_report *report = reading->report;

	if (part == PART_OTHER)
		return false;
	/* Stacks follow the lines that say whose they are. */
	if (part == PART_STACK)
		return state->part >= PART_STACK && reading->ended &&
		       !state->track;
	return part < state->part ||
	       is_second(report, part, reading->line->word);
}

/* The other half of the line before: it looks like something else, and is not. */
static bool continues(const struct log_reading *reading)
{
	const struct state *state = reading->state;
	const char *word = reading->line->word;

	return log_completes_rip(reading->report, word) ||
	       log_ends_dangling(word, state->dangling);
}

/* Is the line of a report that cannot be told from another? */
static bool take_mixture(struct log_reading *reading)
{
	struct state *state = reading->state;
	enum part part;

	if (!reading->crossed || (!state->mixed && continues(reading)))
		return false;
	part = part_of(reading->line->word);
	if (!state->mixed && is_misplaced(reading, part))
		drop_mixture(reading);
	if (part != PART_OTHER)
		state->part = part;
	return state->mixed && part != PART_OTHER;
}

static enum log_taken take_line(struct log_reading *reading)
{
	const struct state *state = reading->state;
	const char *word = reading->line->word;

	if (log_begins_other(word) || !strncmp(word, "kmemcheck: ", 11))
		return LOG_ENDS;
	if (take_mixture(reading) || (!state->mixed && take_part(reading)))
		return LOG_TAKEN;
	return LOG_UNRELATED;
}

static void end(struct log_reading *reading)
{
	const struct state *state = reading->state;

	place_caret(reading->report);
	if (!log_give_extent(&state->extent, reading->report))
		*reading->nomem = true;
}

const struct kmc_family kmc_family_kmemcheck = {
	.name = "kmemcheck",
	.word = "kmemcheck: ",
	.state_size = sizeof(struct state),
	.match = match,
	.notice = notice,
	.knows = knows,
	.line = take_line,
	.end = end,
};
