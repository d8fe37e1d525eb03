// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The reports of KFENCE. Their addresses are hashes, unless the kernel was told otherwise.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/call_lines.h"
#include "input/report_body.h"
#include "input/scan.h"
#include "report/model.h"

#define BEGINS	"BUG: KFENCE: "
/* Bytes around an object that it shows. */
#define CANARY_MAX	64
/* Lines that a mailer breaks are not as long. */
#define HALF_MAX	256

/*
 * struct state - of an open report
 * @half: a line of which a mailer has put the rest into the next one; "": none
 * @distance: bytes before or behind the object's first one
 * @side: -1: before it, 1: behind it, 0: unknown
 */
struct state {
	struct log_body body;
	char half[HALF_MAX];
	uint64_t distance;
	int side;
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
	in = strstr(start + strlen(BEGINS), " in ");
	found = in && (log_scan_function(in + 4, &frame, &nomem) || !strncmp(in + 4, "0x", 2) ||
		       log_is_inlined(in + 4));
	out->chained = in && log_is_inlined(in + 4);
	kmc_frame_release(&frame);
	if (found)
		return LOG_YES;
	return !in || !strchr(in + 4, ' ') ? LOG_PARTIAL : LOG_NO;
}

static void begin(struct log_reading *reading)
{
	static const struct {
		const char *word;
		enum kmc_kind kind;
	} kinds[] = { { " read", KMC_READ }, { " write", KMC_WRITE } };
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *error = strstr(reading->line->body, BEGINS) + strlen(BEGINS);
	const char *in = strstr(error, " in ");
	size_t len = in - error;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(kinds); i++) {
		const size_t word = strlen(kinds[i].word);

		if (len <= word || strncmp(in - word, kinds[i].word, word))
			continue;
		report->kind = kinds[i].kind;
		len -= word;
	}
	log_set_text(&report->error, error, len, reading->nomem);
	if (log_skip(error, "use-after-free"))
		report->state = KMC_FREED;
	else if (log_skip(error, "out-of-bounds"))
		report->state = KMC_UNALLOCATED;
	if (!report->named.symbol)
		log_scan_function(in + 4, &report->named, reading->nomem);
	state->body.stack = &report->frames;
	state->body.traced = true;
}

static void set_address(struct kmc_report *report, const char *s)
{
	report->has_address = log_scan_pointer(s, &report->address);
	report->hashed = report->has_address && log_is_hash(s);
}

/* "[ 0xac . . ! ]": bytes from the address on */
static void take_canary(struct kmc_report *report, const char *s, bool *nomem)
{
	uint8_t bytes[CANARY_MAX];
	char marks[CANARY_MAX + 1];
	struct kmc_dump_row *row;
	size_t count = 0;
	uint64_t byte;

	for (s += strspn(s, "[ "); *s && *s != ']' && count < CANARY_MAX; s += strspn(s, " ")) {
		const char *end = strncmp(s, "0x", 2) ? NULL : kmc_scan_hex(s + 2, &byte);

		if (!end && *s != '.' && *s != '!')
			break;
		marks[count] = end ? 'x' : *s;
		bytes[count++] = end ? byte : 0;
		s = end ? end : s + 1;
	}
	row = count ? kmc_dump_push(&report->dump) : NULL;
	if (!row)
		return;
	row->address = report->address;
	row->label = strdup("canary");
	row->marks = strndup(marks, count);
	row->bytes = malloc(count);
	*nomem |= !row->label || !row->marks || !row->bytes;
	if (!row->bytes)
		return;
	memcpy(row->bytes, bytes, count);
	row->len = count;
	report->dump.granule = 1;
}

/* "Out-of-bounds read at A (1B left of kfence-#24):", "Corrupted memory at A [ ... ]" */
static bool take_access(struct log_reading *reading, const char *word)
{
	static const char * const starts[] = {
		"Out-of-bounds ", "Use-after-free ", "Invalid ", "Corrupted memory ",
	};
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const char *at = NULL, *list;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts) && !at; i++) {
		at = log_skip(word, starts[i]) ? strstr(word, " at ") : NULL;
		if (!at && log_skip(word, "Invalid free of "))
			at = word + strlen("Invalid free of ") - 4;
	}
	if (!at || report->has_address)
		return false;
	set_address(report, at + 4);
	list = strchr(word, '(');
	if (list && sscanf(list, "(%" SCNu64 "B", &state->distance) == 1)
		state->side = strstr(list, "left of") ? -1 : strstr(list, "right of") ? 1 : 0;
	list = strchr(at, '[');
	if (list && log_skip(word, "Corrupted"))
		take_canary(report, list, reading->nomem);
	state->body.stack = &report->frames;
	return true;
}

/* "kfence-#24 [A-B, size=32, cache=kmalloc-32] allocated by task 1:", "kfence-#206: A-B, ..." */
static bool take_object(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_object *object = &reading->report->object;
	const char *p = strchr(word, ' '), *size = strstr(word, "size="), *cache, *by;
	uint64_t start, last;
	size_t len;

	if (!log_skip(word, "kfence-#") || !p || !size)
		return false;
	cache = strstr(size, "cache=");
	p += strspn(p, " [");
	object->known = true;
	object->region = KMC_REGION_SLAB;
	object->size = strtoull(size + 5, NULL, 10);
	object->hashed = log_is_hash(p);
	p = log_scan_pointer(p, &start);
	if (p && *p == '-' && log_scan_pointer(p + 1, &last)) {
		object->has_start = true;
		object->start = start;
		/* The last byte; a hash of it is nothing that one can be added to. */
		object->end = object->hashed ? last : last + 1;
	}
	if (cache) {
		cache += strlen("cache=");
		len = strcspn(cache, "]\\");
		log_set_text(&object->cache, cache, len, reading->nomem);
	}
	by = strstr(word, "] allocated by task ");
	state->body.stack = NULL;
	if (by)
		log_begin_track(&state->body, &reading->report->alloc, by + 2);
	return true;
}

static bool take_track(struct log_reading *reading, const char *word)
{
	struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	const bool alloc = log_skip(word, "allocated by task "),
		   freed = log_skip(word, "freed by task ") ||
			   log_skip(word, "rcu freeing by task ");

	if (alloc)
		log_begin_track(&state->body, &report->alloc, word);
	else if (freed)
		log_begin_track(&state->body, &report->free, word);
	return alloc || freed;
}

static bool take_fact(struct log_reading *reading, const char *word)
{
	return take_access(reading, word) || take_object(reading, word) ||
	       take_track(reading, word);
}

/* Does it begin one of these, and not end it? */
static bool is_half(const char *word)
{
	static const struct {
		const char *begins;
		const char *needs;
	} lines[] = {
		{ "Out-of-bounds ", ":" }, { "Use-after-free ", ":" }, { "Invalid free of ", ":" },
		{ "Invalid read at ", ":" }, { "Invalid write at ", ":" },
		{ "Corrupted memory at ", ":" }, { "kfence-#", "cache=" },
		{ "allocated by task ", ":" }, { "freed by task ", ":" },
		{ "rcu freeing by task ", ":" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(lines); i++)
		if (log_skip(word, lines[i].begins))
			return !strstr(word, lines[i].needs) && !strstr(word, " unused") &&
			       strlen(word) < HALF_MAX;
	return false;
}

static bool take_facts(struct log_reading *reading)
{
	struct state *state = reading->state;
	const char *word = reading->line->word;
	char joined[2 * HALF_MAX];

	if (state->half[0] && !reading->line->prefixed && strlen(word) < HALF_MAX) {
		snprintf(joined, sizeof(joined), "%s %s", state->half, word);
		state->half[0] = '\0';
		if (!is_half(joined) && take_fact(reading, joined))
			return true;
	}
	state->half[0] = '\0';
	if (!is_half(word))
		return take_fact(reading, word);
	strcpy(state->half, word);
	return true;
}

static enum log_taken take_line(struct log_reading *reading)
{
	struct state *state = reading->state;

	if (take_facts(reading))
		return LOG_TAKEN;
	return log_take_body(reading, &state->body);
}

static bool knows(const char *text, bool sure)
{
	text += strspn(text, " \t");
	return log_skip(text, "kfence-#") || log_knows_body(text, sure);
}

static void end(struct log_reading *reading)
{
	const struct state *state = reading->state;
	struct kmc_report *report = reading->report;
	struct kmc_object *object = &report->object;

	log_fold_own(report, reading->nomem);
	/* Its page fault has kept the instruction; others have been called. */
	if (report->frames.count && !report->own.count && report->frames.frames[0].symbol &&
	    (strstr(report->error, "use-after-free") || strstr(report->error, "out-of-bounds")))
		report->frames.frames[0].exact = true;
	if (!state->side || !object->known || state->distance > INT64_MAX)
		return;
	/* In both directions counted from its first byte. */
	object->has_offset = true;
	object->offset = state->side < 0 ? -(int64_t)state->distance : (int64_t)state->distance;
}

const struct kmc_family kmc_family_kfence = {
	.name = "KFENCE",
	.word = BEGINS,
	.state_size = sizeof(struct state),
	.match = match,
	.begin = begin,
	.knows = knows,
	.line = take_line,
	.end = end,
};
