// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What SLUB finds in its own objects: poison, red zones, padding and free pointers that
 * were overwritten, objects that are still in use, and those that were freed twice.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "input/scan.h"
#include "report/model.h"

#define BEGINS		"BUG "
/* A mailer breaks each line at most once. */
#define HALF_MAX	256
#define ROW		16

/*
 * struct state - of an open report
 * @half: a line that may go on with the next one
 * @row: the last one, of which there may be a rest: bytes that it has; 0: there is none
 * @object: bytes in rows of the object
 * @at: offset in the slab of the first byte that was overwritten, negative if unknown
 */
struct state {
	struct log_body body;
	char half[HALF_MAX];
	size_t row;
	uint64_t object;
	int64_t at;
};

/* ---- the first line ---- */

/* " (Not tainted): " or " (Tainted: G B ): " behind the cache: *@error is what follows. */
static const char *find_taint(const char *cache, const char **error)
{
	const char *taint = NULL, *end;

	for (const char *s = cache; (s = strstr(s, " (")); s++)
		if (!strncmp(s, " (Not tainted)", 14) || !strncmp(s, " (Tainted: ", 11))
			taint = s;
	end = taint ? strchr(taint, ')') : NULL;
	if (!end || end[1] != ':')
		return NULL;
	*error = end + 2 + strspn(end + 2, " ");
	return taint;
}

static enum log_match match(const struct log_line *line, struct log_header *out)
{
	const char *start = strstr(line->body, BEGINS), *error;

	if (!start || (start > line->body && isalnum((unsigned char)start[-1])))
		return LOG_NO;
	if (!find_taint(start + strlen(BEGINS), &error))
		return LOG_NO;
	out->start = start;
	out->clean = start == line->word;
	return *error ? LOG_YES : LOG_PARTIAL;
}

/* Up to what differs from one time to the next: an address, or how many. */
static size_t error_length(const char *error)
{
	static const char * const details[] = {
		". 0x", " 0x", "(0x", ". Found ", ". Counter is ",
	};
	size_t len = strlen(error);

	for (size_t i = 0; i < KMC_ARRAY_SIZE(details); i++) {
		const char *at = strstr(error, details[i]);

		if (at && (size_t)(at - error) < len)
			len = at - error;
	}
	return len;
}

/* "Padding overwritten. 0xA-0xB @offset=4080", "Invalid object pointer 0xA" */
static void take_detail(struct kmc_report *report, const char *error, const char *detail,
			bool *nomem)
{
	const char *address = strstr(detail, "0x");

	log_set_text(&report->message, error, strlen(error), nomem);
	if (!address || !log_scan_pointer(address, &report->address))
		return;
	report->has_address = true;
	report->hashed |= log_is_hash(address);
}

static void begin(struct log_reading *reading)
{
	struct kmc_report *report = reading->report;
	const char *cache = strstr(reading->line->body, BEGINS) + strlen(BEGINS);
	const char *error, *taint = find_taint(cache, &error);
	const size_t len = error_length(error);

	log_set_text(&report->error, error, len, reading->nomem);
	if (error[len])
		take_detail(report, error, error + len, reading->nomem);
	((struct state *)reading->state)->at = -1;
	report->object.known = true;
	report->object.region = KMC_REGION_SLAB;
	log_set_text(&report->object.cache, cache, taint - cache, reading->nomem);
}

/* ---- lines ---- */

/* "[Poison overwritten] 0xA-0xB", since it says it in both lines */
static const char *skip_name(const char *s)
{
	return *s == '[' && strstr(s, " overwritten] ") ? strstr(s, "] ") + 2 : s;
}

/* "0xA-0xB @offset=1296. First byte 0x6c instead of 0x6b" */
static bool take_overwritten(struct log_reading *reading, const char *s)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	struct kmc_overwritten *bytes = &report->overwritten;
	unsigned int found, expected;
	const char *p, *first = strstr(s, "First byte ");
	uint64_t from, to;

	s = skip_name(s);
	if (strncmp(s, "0x", 2) || !first || bytes->known ||
	    sscanf(first, "First byte %x instead of %x", &found, &expected) != 2)
		return false;
	p = log_scan_pointer(s, &from);
	if (!p || *p != '-' || !log_scan_pointer(p + 1, &to))
		return false;
	*bytes = (struct kmc_overwritten) {
		.known = true, .first = from, .last = to, .found = found, .expected = expected,
	};
	report->has_address = true;
	report->address = from;
	report->hashed |= log_is_hash(s);
	first = strstr(s, "@offset=");
	state->at = first ? strtoll(first + 8, NULL, 10) : -1;
	return true;
}

/* "Allocated in f+0x1/0x2 age=79 cpu=0 pid=1329", and in an address without a name */
static bool take_track(struct log_reading *reading, const char *s)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *alloc = log_skip(s, "Allocated in "), *freed = log_skip(s, "Freed in ");
	struct kmc_track *track = alloc ? &report->alloc : &report->free;
	const char *pid = strstr(s, " pid=");

	if ((!alloc && !freed) || !strstr(s, "age="))
		return false;
	state->body.stack = NULL;
	if (track->known)
		return true;
	track->known = true;
	state->body.stack = &track->stack;
	if (pid)
		track->pid = strtol(pid + 5, NULL, 10);
	return true;
}

static bool take_object(struct log_reading *reading, const char *s)
{
	struct kmc_object *object = &reading->report->object;
	const char *start = log_skip(s, "Object "), *at = strstr(s, "@offset=");
	const char *end;

	if (!start || !at || object->has_start)
		return false;
	end = log_scan_pointer(start, &object->start);
	if (!end || (*end != ' ' && *end))
		return false;
	object->has_start = true;
	object->hashed = log_is_hash(start);
	object->slab_offset = strtoll(at + 8, NULL, 10);
	return true;
}

/* A row's label: "Bytes b4", "Redzone", "Right Redzone"; 0: it is none */
static size_t scan_label(const char *s)
{
	static const char * const labels[] = {
		"Bytes b4", "Object", "Redzone", "Left Redzone", "Right Redzone", "Padding",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(labels); i++)
		if (log_skip(s, labels[i]))
			return strlen(labels[i]);
	return 0;
}

/* Pairs of digits at @s, into @row up to its end; what is behind them is their text. */
static size_t take_bytes(struct kmc_dump_row *row, const char *s)
{
	size_t count = 0;

	while (row->len < ROW) {
		uint64_t byte;
		const char *at = s + strspn(s, " "), *end = kmc_scan_hex(at, &byte);

		if (!end || end - at != 2 || (*end && *end != ' '))
			break;
		row->bytes[row->len++] = byte;
		count++;
		s = end;
	}
	return count;
}

static bool take_row(struct log_reading *reading, const char *s)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const size_t label = scan_label(s);
	struct kmc_dump_row *row;
	const char *number = s + label + strspn(s + label, " "), *end;
	uint64_t address;

	end = label ? log_scan_pointer(number, &address) : NULL;
	if (!end || *end != ':')
		return false;
	row = kmc_dump_push(&report->dump);
	if (!row) {
		*reading->nomem = true;
		return true;
	}
	row->address = address;
	row->label = strndup(s, label);
	row->bytes = malloc(ROW);
	*reading->nomem |= !row->label || !row->bytes;
	report->dump.granule = 1;
	state->body.stack = NULL;
	if (!row->bytes)
		return true;
	state->row = take_bytes(row, end + 1);
	if (log_skip(s, "Object"))
		state->object += state->row;
	report->hashed |= log_is_hash(number);
	return true;
}

/* The rest of a row that a mailer has broken. */
static bool take_row_rest(struct log_reading *reading)
{
	struct state *state = reading->state;
	struct kmc_dump *dump = &reading->report->dump;
	struct kmc_dump_row *row = dump->count ? &dump->rows[dump->count - 1] : NULL;
	size_t count;

	if (!state->row || state->row == ROW || !row || !row->bytes)
		return false;
	count = take_bytes(row, reading->line->word);
	state->row = count ? state->row + count : 0;
	if (row->label && !strcmp(row->label, "Object"))
		state->object += count;
	return count;
}

static bool take_fact(struct log_reading *reading, const char *word)
{
	const char *s = log_skip(word, "INFO: ");

	if (!s)
		s = word;
	if (take_overwritten(reading, s) || take_track(reading, s) ||
	    take_object(reading, s) || take_row(reading, s))
		return true;
	if (!log_skip(s, "Slab 0x") && !log_skip(word, "FIX "))
		return false;
	((struct state *)reading->state)->body.stack = NULL;
	reading->ended |= log_skip(word, "FIX ") != NULL;
	return true;
}

/* Does it begin one of these, of which the rest is still to come? */
static bool begins_fact(const char *word)
{
	const char *s = log_skip(word, "INFO: ");

	if (!s)
		s = word;
	return (!strncmp(skip_name(s), "0x", 2) && strchr(s, '-')) || log_skip(s, "Allocated in ") ||
	       log_skip(s, "Freed in ") || log_skip(s, "Slab 0x") ||
	       (log_skip(s, "Object 0x") && !strchr(s, ':'));
}

static bool take_facts(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;
	char joined[2 * HALF_MAX];

	if (state->half[0] && strlen(word) < HALF_MAX) {
		snprintf(joined, sizeof(joined), "%s %s", state->half, word);
		state->half[0] = '\0';
		if (take_fact(reading, joined))
			return true;
	}
	state->half[0] = '\0';
	if (take_row_rest(reading) || take_fact(reading, word))
		return true;
	if (!begins_fact(word) || strlen(word) >= HALF_MAX)
		return false;
	strcpy(state->half, word);
	return true;
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;

	if (log_skip(word, "----------") && !strchr(word, '['))
		return LOG_TAKEN;
	if (log_skip(word, "Disabling lock debugging"))
		return LOG_TAKEN;
	if (take_facts(reading))
		return LOG_TAKEN;
	return log_take_body(reading, &state->body);
}

static bool knows(const char *text, bool sure)
{
	text += strspn(text, " \t");
	return sure && (log_skip(text, "INFO: ") || scan_label(text));
}

/*
 * Rows of the same sort follow each other, and the first one of an object is where it
 * begins: in hashes, which 32 bits do not show, nothing does.
 */
static bool rows_agree(const struct kmc_report *report)
{
	const struct kmc_dump *dump = &report->dump;
	const struct kmc_dump_row *before = NULL;

	for (size_t i = 0; i < dump->count; i++) {
		const struct kmc_dump_row *row = &dump->rows[i];
		const bool same = before && before->label && row->label &&
				  !strcmp(before->label, row->label);

		if (same && before->len == ROW && row->address != before->address + ROW)
			return false;
		if (!same && row->label && !strcmp(row->label, "Object") &&
		    report->object.has_start && row->address != report->object.start)
			return false;
		before = row;
	}
	return true;
}

/* What follows the rows of the object says that those were all. */
static bool has_whole_object(const struct kmc_dump *dump)
{
	bool object = false;

	for (size_t i = 0; i < dump->count; i++) {
		const char *label = dump->rows[i].label;

		if (label && !strcmp(label, "Object"))
			object = true;
		else if (object)
			return true;
	}
	return false;
}

static void end(struct log_reading *reading)
{
	const struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	struct kmc_object *object = &report->object;

	log_fold_own(report, reading->nomem);
	if (!object->size && has_whole_object(&report->dump))
		object->size = state->object;
	if (!rows_agree(report))
		report->hashed = object->hashed = true;
	if (state->at >= 0 && object->slab_offset >= 0) {
		object->has_offset = true;
		object->offset = state->at - object->slab_offset;
	}
	reading->ended |= report->comm && (report->dump.count || report->frames.count > 1);
}

const struct kmc_family kmc_family_slub = {
	.name = "SLUB",
	.word = BEGINS,
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.knows = knows,
	.line = take_line,
	.end = end,
};
