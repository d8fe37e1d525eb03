// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A better order of the members of a struct, and what it saves.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "lines.h"
#include "reorder.h"
#include "tree.h"
#include "type_line.h"
#include "views.h"

struct better {
	struct kmc_types *types;
	const struct kmc_type *type;
	struct order order;
	struct lines lines;
};

static uint64_t cachelines(uint64_t size)
{
	return (size + CACHELINE - 1) / CACHELINE;
}

/* On how many the hot members are; with @was, before. */
static uint64_t hot_lines(const struct order *order, bool was)
{
	uint64_t count = 0, next = 0;

	for (size_t done = 0; done < order->count; done++) {
		uint64_t first = UINT64_MAX;

		for (size_t i = 0; i < order->count; i++) {
			const struct unit *unit = &order->v[i];
			uint64_t at = was ? unit->was : unit->is;

			if (unit->heat > 0 && (at + unit->size - 1) / CACHELINE >= next) {
				at = at / CACHELINE > next ? at / CACHELINE : next;
				first = at < first ? at : first;
			}
		}
		if (first == UINT64_MAX)
			break;
		next = first + 1;
		count++;
	}
	return count;
}

/* Bytes of a cache line that have members. */
static uint64_t used_of(const struct order *order, uint64_t line)
{
	const uint64_t from = line * CACHELINE, end = from + CACHELINE;
	uint64_t used = 0;

	for (size_t i = 0; i < order->count; i++) {
		const struct unit *unit = &order->v[i];
		uint64_t first = unit->is > from ? unit->is : from;
		uint64_t last = unit->is + unit->size < end ? unit->is + unit->size : end;

		used += last > first ? last - first : 0;
	}
	return used;
}

static void add_border(struct better *better, uint64_t line, bool hex)
{
	struct lines *lines = &better->lines;
	const char *dash = lines->ascii ? "---" : "───";
	char at[NUMBER_MAX], used[NUMBER_MAX];

	line_say(lines_add(lines), KMC_STYLE_DIM,
		 "%8s %8s %6s  %s cache line %" PRIu64 " at %s, %s bytes of the last one are used %s",
		 "", "", "", dash, line, number(at, hex, line * CACHELINE),
		 number(used, hex, used_of(&better->order, line - 1)), dash);
}

static void add_member(struct better *better, const struct unit *unit, size_t i, bool hex)
{
	const struct kmc_member *member = &better->type->members[unit->first + i];
	const struct kmc_type *type = NULL;
	struct line *line = lines_add(&better->lines);
	char was[NUMBER_MAX], is[NUMBER_MAX], size[NUMBER_MAX];
	uint64_t at = member->bit_offset / 8;

	kmc_error_free(kmc_types_get(better->types, member->type, &type));
	line_say(line, KMC_STYLE_DIM, "%8s %8s %6s  ", number(is, hex, at - unit->was + unit->is),
		 number(was, hex, at), number(size, hex, (member->bit_size + 7) / 8));
	line->stays = line_columns(line);
	line_say(line, KMC_STYLE_CARET, unit->is == unit->was ? "  " : "* ");
	line_quote(line, KMC_STYLE_TITLE, member->name ? member->name : "(anonymous)");
	if (member->bitfield)
		line_say(line, KMC_STYLE_DIM, " :%" PRIu64, member->bit_size);
	line_say(line, KMC_STYLE_PLAIN, "  ");
	line_pad(line, 52);
	line_quote(line, KMC_STYLE_LOCATION, type ? type->declared : "(damaged)");
	if (unit->heat > 0 && !i)
		line_say(line, KMC_STYLE_CARET, "  %.1f %%", unit->heat * 100);
}

static void add_hole(struct better *better, uint64_t at, uint64_t size, const char *what,
		     bool hex)
{
	struct line *line = lines_add(&better->lines);
	char is[NUMBER_MAX], bytes[NUMBER_MAX];

	line_say(line, KMC_STYLE_DIM, "%8s %8s %6s  ", number(is, hex, at), "",
		 number(bytes, hex, size));
	line->stays = line_columns(line);
	line_say(line, KMC_STYLE_DIM, "  ");
	line_say(line, KMC_STYLE_UNINITIALIZED, "%s", what);
}

static void make(struct view *view)
{
	struct better *better = view->data;
	bool hex = view->app->hex;
	uint64_t end = 0, border = 0;

	lines_release(&better->lines);
	line_say(lines_add(&better->lines), KMC_STYLE_TITLE, "%8s %8s %6s", "is", "was", "size");
	for (size_t i = 0; i < better->order.count; i++) {
		const struct unit *unit = &better->order.v[i];

		if (unit->is > end)
			add_hole(better, end, unit->is - end, "(hole)", hex);
		if (unit->is / CACHELINE > border) {
			border = unit->is / CACHELINE;
			add_border(better, border, hex);
		}
		for (size_t j = 0; j < unit->count; j++)
			add_member(better, unit, j, hex);
		end = unit->is + unit->size;
	}
	if (better->order.size > end)
		add_hole(better, end, better->order.size - end, "(padding)", hex);
}

static size_t count(const struct view *view)
{
	return ((const struct better *)view->data)->lines.count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	*out = ((const struct better *)view->data)->lines.v[i];
}

static void title(const struct view *view, struct line *out)
{
	const struct better *better = view->data;
	const bool hex = view->app->hex;
	const uint64_t lines = cachelines(better->order.size);
	char was[NUMBER_MAX], is[NUMBER_MAX];

	number(was, hex, better->type->size);
	number(is, hex, better->order.size);
	line_quote(out, KMC_STYLE_TITLE, better->type->declared);
	if (better->order.hot) {
		line_say(out, KMC_STYLE_PLAIN, ", hot members on top: on %" PRIu64
			 " cache line%s instead of %" PRIu64 "; %s bytes instead of %s",
			 hot_lines(&better->order, false),
			 hot_lines(&better->order, false) == 1 ? "" : "s",
			 hot_lines(&better->order, true), is, was);
		return;
	}
	line_say(out, KMC_STYLE_PLAIN, " in a better order: %s bytes instead of %s, %" PRIu64
		 " cache line%s instead of %" PRIu64, is, was, lines, lines == 1 ? "" : "s",
		 cachelines(better->type->size));
}

/* ---- JSON ---- */

static json_t *name_json(const char *name)
{
	char *clean = kmc_escape(name);
	json_t *json = clean ? json_string_nocheck(clean) : json_null();

	free(clean);
	return json;
}

static json_t *member_json(const struct better *better, const struct unit *unit, size_t i)
{
	const struct kmc_member *member = &better->type->members[unit->first + i];
	const int64_t moved = ((int64_t)unit->is - (int64_t)unit->was) * 8;
	const struct kmc_type *type = NULL;

	kmc_error_free(kmc_types_get(better->types, member->type, &type));
	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:b, s:o*}",
			 "name", name_json(member->name),
			 "type", name_json(type ? type->declared : NULL),
			 "bit_offset", (json_int_t)(member->bit_offset + moved),
			 "was", (json_int_t)member->bit_offset,
			 "bit_size", (json_int_t)member->bit_size,
			 "bitfield", member->bitfield,
			 "share", unit->heat > 0 && !i ? json_real(unit->heat) : NULL);
}

static json_t *both(uint64_t was, uint64_t is)
{
	return json_pack("[I, I]", (json_int_t)was, (json_int_t)is);
}

static bool json(const struct view *view, FILE *out)
{
	const struct better *better = view->data;
	const struct order *order = &better->order;
	const uint64_t was = better->type->size;
	json_t *members = json_array(), *json;
	char *text;

	for (size_t i = 0; i < order->count; i++)
		for (size_t j = 0; j < order->v[i].count; j++)
			json_array_append_new(members, member_json(better, &order->v[i], j));
	json = json_pack("{s:i, s:o, s:o, s:o, s:o*, s:o}", "version", 1,
			 "type", name_json(better->type->declared),
			 "sizes", both(was, order->size),
			 "cache_lines", both(cachelines(was), cachelines(order->size)),
			 "hot_lines", order->hot ? both(hot_lines(order, true),
							hot_lines(order, false)) : NULL,
			 "order", members);
	text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));
	json_decref(json);
	if (text)
		return json_put(NULL, text, out);
	message("out of memory");
	return false;
}

static void free_data(void *data)
{
	struct better *better = data;

	order_release(&better->order);
	lines_release(&better->lines);
	free(better);
}

static const struct view_ops order_view = {
	.name = "a better order",
	.count = count,
	.line = line,
	.title = title,
	.resized = make,
	.json = json,
	.free = free_data,
};

void order_open(struct app *app, struct kmc_types *types, const struct kmc_type *type,
		const struct heat *heat)
{
	struct better *better = xcalloc(1, sizeof(*better));
	const char *why = reorder(types, type, heat, &better->order);

	if (why) {
		app_say(app, "%s", why);
		free(better);
		return;
	}
	better->types = types;
	better->type = type;
	better->lines.ascii = app->ascii;
	view_open(app, &order_view, better);
	make(app->top);
}
