// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The annotated shadow view: from a report to rows of styled text, no output.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/options.h"
#include "output/canvas.h"
#include "output/shadow_view_members.h"
#include "report/model.h"

#define LABEL_MAX	24

void kmc_shadow_view_free(struct kmc_shadow_view *view)
{
	if (!view)
		return;
	for (size_t i = 0; i < view->count; i++) {
		for (size_t j = 0; j < view->rows[i].count; j++)
			free(view->rows[i].spans[j].text);
		free(view->rows[i].spans);
	}
	free(view->rows);
	free(view);
}

/* ---- what a byte is ---- */

static uint64_t address_of(const struct kmc_canvas *c, size_t i)
{
	return c->report->memory_start + i;
}

static bool object_known(const struct kmc_canvas *c)
{
	return c->report->object.known && c->report->caret >= 0;
}

static enum kmc_style state_style(const struct kmc_canvas *c, size_t i)
{
	const struct kmc_object *object = &c->report->object;

	/* Outside of the object it is somebody else's business. */
	if (object_known(c) && object->size &&
	    address_of(c, i) - object->start >= object->size)
		return KMC_STYLE_DIM;
	return kmc_state_style(i < c->report->shadow_len ? c->report->shadow[i] : '?');
}

/* What stands before byte @i: where the object begins and ends. */
static char bound_before(const struct kmc_canvas *c, size_t i, bool row_start)
{
	const struct kmc_object *object = &c->report->object;

	if (!object_known(c) || !object->size)
		return ' ';
	if (address_of(c, i) == object->start)
		return '[';
	/* An end at the start of a row was shown at the end of the last one. */
	if (!row_start && address_of(c, i) == object->start + object->size)
		return ']';
	return ' ';
}

static bool bound_behind(const struct kmc_canvas *c, size_t i)
{
	const struct kmc_object *object = &c->report->object;

	return object_known(c) && object->size &&
	       address_of(c, i) + 1 == object->start + object->size;
}

/* ---- rows ---- */

static void format_offset(const struct kmc_canvas *c, int64_t offset, char text[LABEL_MAX])
{
	if (c->hex)
		snprintf(text, LABEL_MAX, "%c0x%" PRIx64, offset < 0 ? '-' : '+',
			 offset < 0 ? -(uint64_t)offset : (uint64_t)offset);
	else
		snprintf(text, LABEL_MAX, "%+" PRId64, offset);
}

/* What looks the same in both is not marked. */
static const char *format_size(const struct kmc_canvas *c, uint64_t bytes, char text[LABEL_MAX])
{
	snprintf(text, LABEL_MAX, c->hex && bytes > 9 ? "0x%" PRIx64 : "%" PRIu64, bytes);
	return text;
}

static void format_label(const struct kmc_canvas *c, size_t i, char label[LABEL_MAX])
{
	const struct kmc_report *report = c->report;
	int digits = report->address >> 32 ? 16 : 8;

	if (report->caret < 0)
		snprintf(label, LABEL_MAX, "%zu", i);
	else if (c->has_start)
		format_offset(c, address_of(c, i) - c->start, label);
	else
		snprintf(label, LABEL_MAX, "0x%0*" PRIx64, digits,
			 address_of(c, i));
}

static size_t row_end(const struct kmc_canvas *c, size_t first)
{
	return first + c->per_row < c->count ? first + c->per_row : c->count;
}

static const char *gap_before(size_t first, size_t i)
{
	return i > first && (i - first) % KMC_ROW_GROUP == 0 ? " " : "";
}

static void bytes_row(struct kmc_canvas *c, size_t first)
{
	const struct kmc_report *report = c->report;
	size_t end = row_end(c, first);
	char label[LABEL_MAX];

	format_label(c, first, label);
	kmc_canvas_row(c, label);
	for (size_t i = first; i < end; i++) {
		char bound = bound_before(c, i, i == first);

		kmc_canvas_add(c, KMC_STYLE_PLAIN, "%s%c", gap_before(first, i), bound);
		if (bound != ' ' || bound_behind(c, i))
			c->bounded = true;
		if (i < report->memory_len)
			kmc_canvas_add(c, state_style(c, i), "%02x", report->memory[i]);
		else
			kmc_canvas_add(c, KMC_STYLE_DIM, "..");
	}
	if (end > first && bound_behind(c, end - 1))
		kmc_canvas_add(c, KMC_STYLE_PLAIN, "]");
}

/* KASAN shows nothing but states. */
static bool has_bytes(const struct kmc_canvas *c)
{
	return c->report->memory_len || kmc_report_is_kmemcheck(c->report);
}

static void states_row(struct kmc_canvas *c, size_t first)
{
	const struct kmc_report *report = c->report;
	char label[LABEL_MAX] = "";

	if (!has_bytes(c))
		format_label(c, first, label);
	kmc_canvas_row(c, label);
	for (size_t i = first; i < row_end(c, first); i++) {
		kmc_canvas_add(c, KMC_STYLE_PLAIN, "%s  ", gap_before(first, i));
		kmc_canvas_add(c, state_style(c, i), "%c",
		    i < report->shadow_len ? report->shadow[i] : ' ');
	}
}

/* "4 bytes at +36, 2 of them uninitialized", "12 of 72 bytes, in 3 ranges, from +36 on" */
static void format_note(const struct kmc_canvas *c, char *note, size_t size)
{
	const struct kmc_report *report = c->report;
	const struct kmc_extent extent = kmc_report_extent(report);
	const unsigned int bytes = report->bits / 8;
	const unsigned int affected = kmc_report_affected(report);
	const int64_t offset = address_of(c, c->marks[0].from) - c->start;
	char at[LABEL_MAX], some[LABEL_MAX], all[LABEL_MAX];
	int len;

	format_offset(c, offset, at);
	if (report->overwritten.known) {
		len = snprintf(note, size, "overwritten");
		if (report->overwritten.what)
			snprintf(note + len, size - len, ": %s", report->overwritten.what);
		return;
	}
	if (!bytes) {
		snprintf(note, size, "at %s", at);
		return;
	}
	if (report->nruns) {
		len = snprintf(note, size, "%s%s of %s bytes", kmc_extent_least(report),
			       format_size(c, extent.affected, some),
			       format_size(c, extent.bytes, all));
		if (extent.ranges > 1)
			len += snprintf(note + len, size - len, ", in %" PRIu64 " ranges",
					extent.ranges);
		if (c->has_start)
			snprintf(note + len, size - len, ", from %s on", at);
		return;
	}
	if (report->bits % 8 || !bytes)
		len = snprintf(note, size, "%u bits", report->bits);
	else
		len = snprintf(note, size, "%s byte%s", format_size(c, bytes, all),
			       bytes == 1 ? "" : "s");
	if (c->has_start)
		len += snprintf(note + len, size - len, " at %s", at);
	if (affected < bytes)
		snprintf(note + len, size - len, ", %u of them %s", affected,
			 kmc_state_name(report->state));
}

/* The part of a mark in the row of bytes from @first on, in columns. False: none is. */
static bool in_row(const struct kmc_canvas *c, const struct kmc_mark *mark, size_t first,
		   int *start, int *end)
{
	const size_t from = first > mark->from ? first : mark->from;
	const size_t stop = row_end(c, first) < mark->end ? row_end(c, first) : mark->end;

	if (from >= stop)
		return false;
	*start = kmc_canvas_column(first, from);
	*end = kmc_canvas_column(first, stop - 1) + 2;
	return true;
}

/*
 * Where the note on all marks is to stand in their row: behind them if there is room, or
 * else in front, or nowhere.
 */
enum side { NOWHERE, IN_FRONT, BEHIND };

static enum side side_of(const struct kmc_canvas *c, size_t first, const char *note)
{
	int start, end, front = 0, behind = 0;

	if (c->marks[0].from < first)
		return NOWHERE;
	for (size_t i = 0; i < c->nmarks; i++) {
		if (!in_row(c, &c->marks[i], first, &start, &end))
			continue;
		if (!behind)
			front = start;
		behind = end;
	}
	if (c->label_width + 2 + behind + 1 + strlen(note) <= c->width)
		return BEHIND;
	return (int)strlen(note) + 2 <= front ? IN_FRONT : NOWHERE;
}

/* The marks under the reported bytes, as compilers do it: "^~~~~". */
static void caret_row(struct kmc_canvas *c, size_t first)
{
	char note[128], text[4 * KMC_ROW_MAX];
	int start, end, column = 0;
	enum side side = NOWHERE;
	bool any = false;

	for (size_t i = 0; i < c->nmarks; i++) {
		const struct kmc_mark *mark = &c->marks[i];

		if (!in_row(c, mark, first, &start, &end))
			continue;
		if (!any) {
			kmc_canvas_row(c, "");
			format_note(c, note, sizeof(note));
			side = side_of(c, first, note);
		}
		memset(text, '~', end - start);
		text[end - start] = '\0';
		if (mark->from >= first)
			text[0] = '^';
		if (!any && side == IN_FRONT) {
			kmc_canvas_add(c, KMC_STYLE_PLAIN, "%*s",
				       start - 1 - (int)strlen(note), "");
			kmc_canvas_add(c, KMC_STYLE_CARET, "%s %s", note, text);
		} else {
			kmc_canvas_add(c, KMC_STYLE_PLAIN, "%*s", start - column, "");
			kmc_canvas_add(c, KMC_STYLE_CARET, "%s", text);
		}
		column = end;
		any = true;
	}
	if (side == BEHIND)
		kmc_canvas_add(c, KMC_STYLE_CARET, " %s", note);
}

static void legend_row(struct kmc_canvas *c)
{
	static const struct {
		char letter;
		enum kmc_style style;
		const char *meaning[2];
	} states[] = {
		{ 'i', KMC_STYLE_INITIALIZED, { "initialized", "in use" } },
		{ 'u', KMC_STYLE_UNINITIALIZED, { "uninitialized", "uninitialized" } },
		{ 'f', KMC_STYLE_FREED, { "freed", "freed" } },
		{ 'a', KMC_STYLE_UNALLOCATED, { "unallocated", "not of the object" } },
		{ '?', KMC_STYLE_PLAIN, { "unknown", "unknown" } },
	};
	const struct kmc_report *report = c->report;
	const bool other = !kmc_report_is_kmemcheck(report);
	unsigned int used = c->label_width + 2;

	kmc_canvas_row(c, "");
	for (size_t i = 0; i < KMC_ARRAY_SIZE(states); i++) {
		if (!report->shadow_len ||
		    !memchr(report->shadow, states[i].letter,
			    report->shadow_len))
			continue;
		used += strlen(states[i].meaning[other]) + 4;
		if (used > c->width) {
			kmc_canvas_row(c, "");
			used = c->label_width + 6 + strlen(states[i].meaning[other]);
		}
		kmc_canvas_add(c, KMC_STYLE_DIM, "  ");
		kmc_canvas_add(c, states[i].style, "%c", states[i].letter);
		kmc_canvas_add(c, KMC_STYLE_DIM, " %s", states[i].meaning[other]);
	}
	if (!c->bounded)
		return;
	if (used + 14 > c->width)
		kmc_canvas_row(c, "");
	kmc_canvas_add(c, KMC_STYLE_DIM, "  [ ] the object");
}

/* ---- layout ---- */

/* The widest label of rows that start @step bytes apart. */
static int widest_label(const struct kmc_canvas *c, size_t step)
{
	char label[LABEL_MAX];
	int width = 0;

	for (size_t i = 0; i < c->count; i += step) {
		int len;

		format_label(c, i, label);
		len = strlen(label);
		if (len > width)
			width = len;
	}
	return width;
}

/* As much of these bytes as is in view. */
static void add_mark(struct kmc_canvas *c, uint64_t address, uint64_t size)
{
	const uint64_t ahead = c->report->memory_start - address;
	const uint64_t from = address - c->report->memory_start;
	struct kmc_mark *mark = &c->marks[c->nmarks];

	if (c->nmarks == KMC_MARKS_MAX || (from >= c->count && ahead >= size))
		return;
	mark->from = from < c->count ? from : 0;
	if (from >= c->count)
		size -= ahead;
	mark->end = size < c->count - mark->from ? mark->from + size : c->count;
	c->nmarks++;
}

static void lay_out(struct kmc_canvas *c)
{
	const struct kmc_report *report = c->report;
	size_t bytes = (report->bits + 7) / 8;

	c->count = report->memory_len > report->shadow_len ?
		   report->memory_len : report->shadow_len;
	/* Without members, states alone say no more than KASAN's rows do. */
	if (!has_bytes(c) && (!report->ncandidates || !report->candidates->type))
		c->count = 0;
	/* What was found counts from its own start, wherever the record's is. */
	if (report->ncandidates && report->caret >= 0) {
		c->has_start = true;
		c->start = report->memory_start + report->caret -
			   report->candidates[0].offset;
	} else if (report->object.known && report->caret >= 0) {
		c->has_start = true;
		c->start = report->object.start;
	}
	/* label, " |", a blank and two digits a byte, the gap, a bound */
	c->per_row = KMC_ROW_MAX;
	while (c->per_row > KMC_ROW_MIN &&
	       widest_label(c, c->per_row) + 4 + 3 * c->per_row > c->width)
		c->per_row /= 2;
	c->label_width = widest_label(c, c->per_row);
	if (report->caret < 0)
		return;
	if (report->overwritten.known) {
		add_mark(c, report->overwritten.first,
			 report->overwritten.last - report->overwritten.first + 1);
		return;
	}
	for (size_t i = 0; i < report->nruns; i++)
		add_mark(c, report->runs[i].address, report->runs[i].size);
	if (!report->nruns)
		add_mark(c, report->memory_start + report->caret, bytes ? bytes : 1);
}

/* ---- cut ---- */

/* A long object is shown around the reported bytes, so many rows to either side. */
#define NEAR_ROWS	2
#define ALL_ROWS	5

static bool is_far(const struct kmc_canvas *c, size_t first)
{
	const size_t near = NEAR_ROWS * c->per_row;

	for (size_t i = 0; i < c->nmarks; i++)
		if (first + c->per_row + near > c->marks[i].from &&
		    first < c->marks[i].end + near)
			return false;
	return c->count > ALL_ROWS * c->per_row && c->nmarks;
}

/* One row for all that follow each other. -> where the last of them starts */
static size_t skip_far(struct kmc_canvas *c, size_t first)
{
	char bytes[LABEL_MAX];
	size_t last = first;

	while (last + c->per_row < c->count && is_far(c, last + c->per_row))
		last += c->per_row;
	kmc_canvas_row(c, "");
	kmc_canvas_add(c, KMC_STYLE_DIM, " %s %s bytes", c->ascii ? "..." : "…",
		       format_size(c, row_end(c, last) - first, bytes));
	return last;
}

struct kmc_error *kmc_shadow_view_new(const struct kmc_report *report,
				      const struct kmc_shadow_view_options *opts,
				      struct kmc_shadow_view **out)
{
	struct kmc_canvas c = { .report = report };
	struct kmc_shadow_view_options own;

	kmc_options_copy(&own, sizeof(own), opts);
	c.gutter = own.ascii ? "|" : "│";
	c.ascii = own.ascii;
	c.hex = own.hex;
	c.width = own.width ? own.width : 80;
	c.view = calloc(1, sizeof(*c.view));
	if (!c.view)
		return kmc_error_nomem();
	lay_out(&c);
	for (size_t i = 0; i < c.count && !c.nomem; i += c.per_row) {
		if (is_far(&c, i)) {
			i = skip_far(&c, i);
			continue;
		}
		kmc_canvas_members(&c, i, row_end(&c, i));
		if (has_bytes(&c))
			bytes_row(&c, i);
		if (report->shadow_len)
			states_row(&c, i);
		caret_row(&c, i);
	}
	if (c.count && report->shadow_len)
		legend_row(&c);
	if (c.nomem) {
		kmc_shadow_view_free(c.view);
		return kmc_error_nomem();
	}
	*out = c.view;
	return NULL;
}
