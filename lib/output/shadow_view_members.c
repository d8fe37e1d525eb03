// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Member names tied to their bytes by lines, as one draws it by hand:
 *
 *	╭─ si_code = 0x80 (SI_KERNEL)
 *	│            ╭─ (padding)
 *	├─────────╯  ├─────────╯
 *	80 00 00 00  00 00 00 00
 */
#include "output/shadow_view_members.h"

#include <string.h>

#include "base/buf.h"
#include "base/escape.h"

/* Parts that a row can have: every byte one, and one that began before. */
#define MAX_PARTS	(KMC_ROW_MAX + 1)

/*
 * struct part - a member or hole within a row
 * @value: which one
 * @from, @end: indexes of its bytes in this row
 * @begins: it does so in this row, so its name is due here
 * @others: how many more members of a union begin at the same byte
 */
struct part {
	const struct kmc_value *value;
	size_t from;
	size_t end;
	bool begins;
	unsigned int others;
};

struct lines {
	const char *down;
	const char *corner;
	const char *across;
	const char *start;
	const char *end;
	const char *dots;
};

static const struct lines unicode = { "│", "╭", "─", "├", "╯", "…" };
static const struct lines ascii = { "|", ".", "-", "|", "'", "..." };

static const struct lines *lines_of(const struct kmc_canvas *c)
{
	return c->ascii ? &ascii : &unicode;
}

/* Index of the byte at an offset of the object; below the first one it is negative. */
static int64_t index_of(const struct kmc_canvas *c, uint64_t offset)
{
	return (int64_t)(c->start + offset - c->report->memory_start);
}

/* Of the arms of a union, which one to name: the higher the better, 0: none. */
static int rank(const struct kmc_canvas *c, const struct kmc_value *value, int64_t at,
		bool row_begins)
{
	const int64_t begin = index_of(c, value->offset);
	const size_t len = strlen(value->path);

	if (at < begin || at >= begin + (int64_t)value->size ||
	    (at > begin && !row_begins))
		return 0;
	if (value->reported && !value->hole && value->size == c->report->bits / 8)
		return 3;
	/* An array over all of the union says least. */
	return value->in_union && len && value->path[len - 1] == ']' ? 1 : 2;
}

/* Members that do not overlap, from left to right. */
static const struct kmc_value *pick(const struct kmc_canvas *c, int64_t at,
				    bool row_begins, unsigned int *others)
{
	const struct kmc_report *report = c->report;
	const struct kmc_value *best = NULL;
	int best_rank = 0;

	*others = 0;
	for (size_t i = 0; i < report->nvalues; i++) {
		int found = rank(c, &report->values[i], at, row_begins);

		if (!found)
			continue;
		if (best)
			++*others;
		if (found > best_rank) {
			best = &report->values[i];
			best_rank = found;
		}
	}
	return best;
}

static size_t find_parts(const struct kmc_canvas *c, size_t first, size_t end,
			 struct part *parts)
{
	size_t count = 0;

	for (size_t i = first; i < end && count < MAX_PARTS;) {
		struct part *part = &parts[count];
		int64_t begin, behind;

		part->value = pick(c, i, i == first, &part->others);
		if (!part->value) {
			i++;
			continue;
		}
		begin = index_of(c, part->value->offset);
		behind = begin + (int64_t)part->value->size;
		part->from = i;
		part->end = behind < (int64_t)end ? (size_t)behind : end;
		part->begins = begin == (int64_t)i || (!i && begin < 0);
		count++;
		i = part->end;
	}
	return count;
}

/* ---- text ---- */

static void put_name(struct kmc_buf *buf, const struct kmc_canvas *c,
		     const struct part *part)
{
	const struct kmc_value *value = part->value;

	if (value->hole) {
		kmc_buf_puts(buf, "(padding)");
	} else {
		kmc_buf_escape(buf, value->path, strlen(value->path), c->ascii);
		if (part->others)
			kmc_buf_printf(buf, " or %u more", part->others);
	}
	if (value->text || value->nnames)
		kmc_buf_puts(buf, " = ");
	if (value->text)
		kmc_buf_escape(buf, value->text, strlen(value->text), c->ascii);
	for (size_t i = 0; i < value->nnames; i++) {
		kmc_buf_puts(buf, i ? ", " : value->text ? " (" : "");
		kmc_buf_escape(buf, value->names[i], strlen(value->names[i]),
			       c->ascii);
	}
	if (value->text && value->nnames)
		kmc_buf_puts(buf, ")");
}

static size_t columns(const char *text)
{
	return kmc_utf8_columns(text, strlen(text));
}

/* The end of a path says more than its beginning. */
static const char *cut(const char *text, size_t room, const struct lines *lines,
		       const char **dots)
{
	*dots = "";
	if (columns(text) <= room)
		return text;
	*dots = lines->dots;
	room = room > columns(lines->dots) ? room - columns(lines->dots) : 0;
	while (columns(text) > room)
		do
			text++;
		while ((*text & 0xc0) == 0x80);
	return text;
}

/* ---- rows ---- */

/* Lines down to the names that are still to come. -> columns used */
static int put_downs(struct kmc_canvas *c, size_t first, const struct part *parts,
		     size_t count)
{
	int column = 0;

	for (size_t i = 0; i < count; i++) {
		int at = kmc_canvas_column(first, parts[i].from);

		if (!parts[i].begins)
			continue;
		kmc_canvas_add(c, KMC_STYLE_DIM, "%*s%s", at - column, "",
			       lines_of(c)->down);
		column = at + 1;
	}
	return column;
}

static void name_row(struct kmc_canvas *c, size_t first, const struct part *parts,
		     size_t which)
{
	const struct lines *lines = lines_of(c);
	const struct part *part = &parts[which];
	struct kmc_buf buf = { };
	const char *text, *dots;
	int column, at, room;

	put_name(&buf, c, part);
	if (buf.failed || !buf.data) {
		c->nomem |= buf.failed;
		kmc_buf_release(&buf);
		return;
	}
	kmc_canvas_row(c, "");
	column = put_downs(c, first, parts, which);
	at = kmc_canvas_column(first, part->from);
	kmc_canvas_add(c, KMC_STYLE_DIM, "%*s%s%s ", at - column, "", lines->corner,
		       lines->across);
	room = (int)c->width - c->label_width - 2 - at - 3;
	text = cut(buf.data, room > 0 ? room : 0, lines, &dots);
	kmc_canvas_add(c, part->value->reported ? KMC_STYLE_CARET :
		       kmc_state_style(part->value->state), "%s%s", dots, text);
	kmc_buf_release(&buf);
}

static void extent_row(struct kmc_canvas *c, size_t first, const struct part *parts,
		       size_t count)
{
	const struct lines *lines = lines_of(c);
	int column = 0;

	kmc_canvas_row(c, "");
	for (size_t i = 0; i < count; i++) {
		int from = kmc_canvas_column(first, parts[i].from);
		int last = kmc_canvas_column(first, parts[i].end - 1) + 1;

		kmc_canvas_add(c, KMC_STYLE_DIM, "%*s%s", from - column, "",
			       parts[i].begins ? lines->start : lines->across);
		for (int at = from + 1; at < last; at++)
			kmc_canvas_add(c, KMC_STYLE_DIM, "%s", lines->across);
		kmc_canvas_add(c, KMC_STYLE_DIM, "%s", lines->end);
		column = last + 1;
	}
}

void kmc_canvas_members(struct kmc_canvas *c, size_t first, size_t end)
{
	struct part parts[MAX_PARTS];
	size_t count;

	if (!c->has_start || !c->report->nvalues)
		return;
	count = find_parts(c, first, end, parts);
	for (size_t i = 0; i < count && !c->nomem; i++)
		if (parts[i].begins)
			name_row(c, first, parts, i);
	if (count)
		extent_row(c, first, parts, count);
}
