// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A type of two kernels side by side.
 */
#include <kmc/compare.h>
#include <kmc/output.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "session.h"
#include "type_line.h"
#include "views.h"

/* Columns between the sides, and those that a side needs at least. */
#define MARKS		5
#define SIDE_MIN	24
/* Where a type begins in a side that has room for it. */
#define TYPE_AT		38

/*
 * struct sides - a type of two kernels
 * @width: of the left side when nothing of it is cut
 */
struct sides {
	struct kmc_comparison comparison;
	int width;
	struct kmc_type_name a;
	struct kmc_type_name b;
};

static size_t count(const struct view *view)
{
	const struct sides *sides = view->data;

	return sides->comparison.count + 1;
}

/* A hole has no type either, but it has a size. */
static bool is_constant(const struct kmc_compared_member *member)
{
	return member->path && !member->declared && !member->bit_size;
}

static void put_constant(struct line *line, const struct kmc_compared_member *member,
			 const struct kmc_type_name *of, bool hex, enum kmc_style style)
{
	char value[NUMBER_MAX];

	if (hex)
		number(value, true, bits_of(of->size, member->value));
	else
		snprintf(value, sizeof(value), "%" PRId64, member->value);
	line_say(line, KMC_STYLE_DIM, "%12s  ", value);
	line->stays = line_columns(line);
	line_quote(line, style, member->path);
}

static void put_side(struct line *line, const struct kmc_compared_member *member,
		     const struct kmc_type_name *of, bool hex, enum kmc_style style, int type_at)
{
	char offset[NUMBER_MAX], size[NUMBER_MAX + 1] = ":";

	if (!member->path)
		return;
	if (is_constant(member)) {
		put_constant(line, member, of, hex, style);
		return;
	}
	number(offset, hex, member->bit_offset / 8);
	if (member->bitfield || member->bit_offset % 8 || member->bit_size % 8) {
		snprintf(offset + strlen(offset), sizeof(offset) - strlen(offset), ":%u",
			 (unsigned int)(member->bit_offset % 8));
		number(size + 1, false, member->bit_size);
	} else {
		number(size, hex, member->bit_size / 8);
	}
	line_say(line, KMC_STYLE_DIM, "%6s %5s ", offset, size);
	line->stays = line_columns(line);
	line_quote(line, style, member->path);
	if (!member->declared)
		return;
	line_say(line, KMC_STYLE_PLAIN, "  ");
	line_pad(line, type_at);
	line_quote(line, KMC_STYLE_LOCATION, member->declared);
}

/* "mst": moved, another size, another type; "v" another value; "-" gone, "+" new */
static const char *marks_of(unsigned int changes, char text[5])
{
	size_t n = 0;

	if (changes & KMC_CHANGE_GONE)
		return "-";
	if (changes & KMC_CHANGE_NEW)
		return "+";
	if (changes & KMC_CHANGE_MOVED)
		text[n++] = 'm';
	if (changes & KMC_CHANGE_RESIZED)
		text[n++] = 's';
	if (changes & KMC_CHANGE_RETYPED)
		text[n++] = 't';
	if (changes & KMC_CHANGE_VALUE)
		text[n++] = 'v';
	text[n] = '\0';
	return text;
}

static enum kmc_style style_of(const struct kmc_compared_row *row)
{
	if (row->changes & KMC_CHANGE_GONE)
		return KMC_STYLE_FREED;
	if (row->changes & KMC_CHANGE_NEW)
		return KMC_STYLE_INITIALIZED;
	return row->changes ? KMC_STYLE_UNINITIALIZED : KMC_STYLE_PLAIN;
}

static void summary_line(const struct sides *sides, struct line *out)
{
	const bool is_enum = (sides->b.name ? sides->b.kind : sides->a.kind) == KMC_TYPE_ENUM;
	const char *what = is_enum ? "constant" : "member";
	size_t by[6] = { };

	for (size_t i = 0; i < sides->comparison.count; i++) {
		const struct kmc_compared_row *row = &sides->comparison.rows[i];

		for (size_t bit = 0; bit < ARRAY_SIZE(by) && !row->hole; bit++)
			by[bit] += row->changes >> bit & 1;
	}
	line_say(out, KMC_STYLE_DIM, "%zu %s%s differ%s: ", sides->comparison.changed, what,
		 sides->comparison.changed == 1 ? "" : "s",
		 sides->comparison.changed == 1 ? "s" : "");
	if (is_enum)
		line_say(out, KMC_STYLE_DIM, "%zu of another value (v), ", by[5]);
	else
		line_say(out, KMC_STYLE_DIM, "%zu moved (m), %zu of another size (s), %zu of another type (t), ",
			 by[0], by[1], by[2]);
	line_say(out, KMC_STYLE_DIM, "%zu gone (-), %zu new (+)", by[3], by[4]);
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct sides *sides = view->data;
	const struct app *app = view->app;
	const struct kmc_compared_row *row = &sides->comparison.rows[i];
	int half = (app->cols - 1 - MARKS) / 2, type_at = TYPE_AT;
	struct line side;
	char text[5];

	if (i == sides->comparison.count) {
		summary_line(sides, out);
		return;
	}
	if (app->printing)
		half = sides->width;
	half = half < SIDE_MIN ? SIDE_MIN : half;
	if (half < 2 * TYPE_AT - SIDE_MIN)
		type_at = (half + SIDE_MIN) / 2;
	line_clear(&side, out->ascii);
	put_side(&side, &row->a, &sides->a, app->hex, style_of(row), type_at);
	if (!app->printing)
		line_scroll(&side, view->left);
	line_cut(&side, half);
	line_append(out, &side);
	line_pad(out, half);
	line_say(out, style_of(row), " %-3s ", marks_of(row->changes, text));
	line_clear(&side, out->ascii);
	put_side(&side, &row->b, &sides->b, app->hex, style_of(row), type_at);
	if (!app->printing) {
		line_scroll(&side, view->left);
		line_cut(&side, half);
	}
	line_append(out, &side);
	/* Each side was scrolled. */
	out->stays = line_columns(out);
}

static void put_size(struct line *out, const struct app *app, const struct kmc_type_name *name)
{
	char text[NUMBER_MAX];

	if (name->name)
		line_say(out, KMC_STYLE_PLAIN, "%s bytes",
			 number(text, app->hex, name->size));
	else
		line_say(out, KMC_STYLE_PLAIN, "not there");
}

static void title(const struct view *view, struct line *out)
{
	const struct sides *sides = view->data;
	const struct kmc_type_name *name = sides->b.name ? &sides->b : &sides->a;
	const char *keyword = keyword_of(name->kind);

	if (!name->is_typedef && strncmp(name->name, keyword, strlen(keyword)))
		line_say(out, KMC_STYLE_TITLE, "%s ", keyword);
	line_quote(out, KMC_STYLE_TITLE, name->name);
	line_say(out, KMC_STYLE_PLAIN, ": ");
	put_size(out, view->app, &sides->a);
	line_say(out, KMC_STYLE_PLAIN, " in ");
	line_quote(out, KMC_STYLE_PLAIN, view->app->session->types_path);
	line_say(out, KMC_STYLE_PLAIN, " | ");
	put_size(out, view->app, &sides->b);
	line_say(out, KMC_STYLE_PLAIN, " in ");
	line_quote(out, KMC_STYLE_PLAIN, view->app->session->other_path);
}

/* The next member that differs. */
static void next_change(struct view *view, bool back)
{
	const struct sides *sides = view->data;
	size_t n = sides->comparison.count, i = 0;

	view_current(view, &i);
	for (size_t step = 1; step <= n; step++) {
		size_t at = (back ? i + n + 1 - step : i + step) % (n + 1);

		if (at == n || !sides->comparison.rows[at].changes)
			continue;
		view_set_filter(view, "");
		view_select(view, at);
		return;
	}
	app_say(view->app, "nothing differs");
}

/* The layout that has what the cursor is on, the second one if both have it, at that. */
static void open_side(struct view *view)
{
	const struct sides *sides = view->data;
	const struct session *session = view->app->session;
	const struct kmc_compared_row *row = NULL;
	const struct kmc_compared_member *member;
	char where[24];
	bool second;
	size_t i;

	if (view_current(view, &i) && i < sides->comparison.count)
		row = &sides->comparison.rows[i];
	second = sides->b.name && (!row || row->b.path);
	if (!row) {
		type_open(view->app, second ? session->other : session->types,
			  second ? sides->b.id : sides->a.id, NULL);
		return;
	}
	member = second ? &row->b : &row->a;
	snprintf(where, sizeof(where), "%" PRIu64, member->bit_offset / 8);
	type_open(view->app, second ? session->other : session->types,
		  second ? sides->b.id : sides->a.id,
		  *member->path == '(' ? where : member->path);
}

static bool request(struct view *view, enum request what)
{
	switch (what) {
	case REQUEST_NEXT_RUN:
	case REQUEST_PREVIOUS_RUN:
		next_change(view, what == REQUEST_PREVIOUS_RUN);
		return true;
	case REQUEST_ENTER:
	case REQUEST_TYPE:
		open_side(view);
		return true;
	default:
		return false;
	}
}

static bool json(const struct view *view, FILE *out)
{
	const struct sides *sides = view->data;
	struct kmc_error *err;
	char *text = NULL;

	err = kmc_json_comparison(sides->a.name ? &sides->a : NULL,
				  sides->b.name ? &sides->b : NULL, &sides->comparison, &text);
	return json_put(err, text, out);
}

static void free_data(void *data)
{
	struct sides *sides = data;

	kmc_comparison_release(&sides->comparison);
	free(sides);
}

static const struct hint hints[] = {
	{ REQUEST_NEXT_RUN, "next difference" }, { REQUEST_TYPE, "the type" }, HINTS_END
};

static const struct view_ops compared_view = {
	.name = "a comparison",
	.hints = hints,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.json = json,
	.free = free_data,
};

struct kmc_error *compared_open(struct app *app, const struct kmc_type_name *a,
				const struct kmc_type_name *b)
{
	struct sides *sides = xcalloc(1, sizeof(*sides));
	struct kmc_error *err;

	if (a)
		sides->a = *a;
	if (b)
		sides->b = *b;
	err = kmc_compare(app->session->types, sides->a.id, app->session->other, sides->b.id,
			  &sides->comparison);
	if (err) {
		free(sides);
		return err;
	}
	for (size_t i = 0; i < sides->comparison.count; i++) {
		struct line side;

		line_clear(&side, app->ascii);
		put_side(&side, &sides->comparison.rows[i].a, &sides->a, false,
			 KMC_STYLE_PLAIN, TYPE_AT);
		if (line_columns(&side) > sides->width)
			sides->width = line_columns(&side);
	}
	view_open(app, &compared_view, sides);
	return NULL;
}
