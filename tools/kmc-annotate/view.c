// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What all views have in common: a cursor on lines, a filter, a search.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "app.h"

void view_open(struct app *app, const struct view_ops *ops, void *data)
{
	struct view *view = xcalloc(1, sizeof(*view));

	*view = (struct view) {
		.ops = ops, .app = app, .data = data, .below = app->top,
	};
	app->top = view;
}

void view_close(struct view *view)
{
	view->app->top = view->below;
	view->ops->free(view->data);
	free(view->shown);
	free(view);
}

size_t view_count(const struct view *view)
{
	return view->shown ? view->nshown : view->ops->count(view);
}

static size_t line_of(const struct view *view, size_t shown)
{
	return view->shown ? view->shown[shown] : shown;
}

bool view_current(const struct view *view, size_t *i)
{
	if (view->cursor >= view_count(view))
		return false;
	*i = line_of(view, view->cursor);
	return true;
}

static void make_line(const struct view *view, size_t i, struct line *line)
{
	line_clear(line, view->app->ascii);
	view->ops->line(view, i, line);
}

/* Is the text in it, on the screen or not? */
static bool line_has(const struct view *view, size_t i, const char *text)
{
	struct app *app = view->app;
	const bool printing = app->printing;
	struct line line;

	app->printing = true;
	make_line(view, i, &line);
	app->printing = printing;
	return strcasestr(line.text, text);
}

/* ---- filter ---- */

static void show(struct view *view, size_t i)
{
	if (!view->nshown || view->shown[view->nshown - 1] < i)
		view->shown[view->nshown++] = i;
}

/* What a line of a tree is in: the nearest lines above it that are less deep. */
static void show_ancestors(struct view *view, size_t i)
{
	size_t chain[64], count = 0;
	int depth = view->ops->depth(view, i);

	for (size_t at = i; at-- && depth > 0 && count < ARRAY_SIZE(chain);) {
		if (view->ops->depth(view, at) >= depth)
			continue;
		depth = view->ops->depth(view, at);
		chain[count++] = at;
	}
	while (count)
		show(view, chain[--count]);
}

static void refilter(struct view *view)
{
	size_t count = view->ops->count(view);

	free(view->shown);
	view->shown = NULL;
	view->nshown = 0;
	if (!*view->filter)
		return;
	view->shown = xcalloc(count, sizeof(*view->shown));
	for (size_t i = 0; i < count; i++) {
		if (!line_has(view, i, view->filter))
			continue;
		if (view->ops->depth)
			show_ancestors(view, i);
		show(view, i);
	}
}

void view_changed(struct view *view)
{
	size_t count;

	if (!view->ops->refilter)
		refilter(view);
	count = view_count(view);
	if (view->cursor >= count)
		view->cursor = count ? count - 1 : 0;
}

void view_set_filter(struct view *view, const char *text)
{
	size_t i = 0;
	bool had = view_current(view, &i);

	snprintf(view->filter, sizeof(view->filter), "%s", text);
	if (view->ops->refilter)
		view->ops->refilter(view);
	else
		refilter(view);
	view->top = 0;
	view->cursor = 0;
	if (had && !view->ops->refilter)
		view_select(view, i);
}

/* ---- cursor ---- */

void view_select(struct view *view, size_t i)
{
	size_t lo = 0, hi = view_count(view);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (line_of(view, mid) < i)
			lo = mid + 1;
		else
			hi = mid;
	}
	view->cursor = lo;
	view_changed(view);
}

static bool search_folded(struct view *view, size_t at, const char *text, bool back,
			  bool unfold)
{
	size_t row;

	if (!view->ops->below ||
	    !view->ops->below(view, line_of(view, at), text, back, unfold ? &row : NULL))
		return false;
	view->cursor = at;
	if (unfold) {
		view_changed(view);
		view_select(view, row);
	}
	return true;
}

enum found view_search(struct view *view, const char *text, size_t from, bool back,
		       bool unfold, bool *wrapped)
{
	size_t count = view_count(view);

	for (size_t n = 0; n < count; n++) {
		size_t at = (back ? from + count - n : from + n) % count;

		if (wrapped)
			*wrapped = back ? n > from : from + n >= count;
		if (back && search_folded(view, at, text, back, unfold))
			return FOUND_FOLDED;
		if (line_has(view, line_of(view, at), text)) {
			view->cursor = at;
			return FOUND_LINE;
		}
		if (!back && search_folded(view, at, text, back, unfold))
			return FOUND_FOLDED;
	}
	return FOUND_NOTHING;
}

enum found view_search_next(struct view *view, const char *text, bool back, bool *wrapped)
{
	size_t count = view_count(view), before = view->cursor, from;
	enum found found;

	if (!count)
		return FOUND_NOTHING;
	if (!back && search_folded(view, before, text, back, true)) {
		*wrapped = false;
		return FOUND_FOLDED;
	}
	from = back ? (before + count - 1) % count : (before + 1) % count;
	found = view_search(view, text, from, back, true, wrapped);
	*wrapped |= back ? from > before : from <= before;
	return found;
}

/* ---- movement ---- */

static void move_by(struct view *view, long by)
{
	size_t count = view_count(view);

	if (by < 0 && view->cursor < (size_t)-by)
		view->cursor = 0;
	else
		view->cursor += by;
	if (view->cursor >= count)
		view->cursor = count ? count - 1 : 0;
}

/* The lines move, and the cursor with them. */
static void page(struct view *view, long by)
{
	if (by < 0)
		view->top = view->top < (size_t)-by ? 0 : view->top + by;
	else if (view->top + by < view_count(view))
		view->top += by;
	move_by(view, by);
}

bool view_move(struct view *view, enum request request, int rows)
{
	switch (request) {
	case REQUEST_UP:
		move_by(view, -1);
		return true;
	case REQUEST_DOWN:
		move_by(view, 1);
		return true;
	case REQUEST_PAGE_UP:
		page(view, -rows);
		return true;
	case REQUEST_PAGE_DOWN:
		page(view, rows);
		return true;
	case REQUEST_FIRST:
		view->cursor = 0;
		return true;
	case REQUEST_LAST:
		view->cursor = view_count(view);
		move_by(view, 0);
		return true;
	case REQUEST_LEFT:
		view->left = view->left > 8 ? view->left - 8 : 0;
		return true;
	case REQUEST_RIGHT:
		if (view->left < LINE_TEXT)
			view->left += 8;
		return true;
	default:
		return false;
	}
}

/* ---- output ---- */

/*
 * The cursor is on the screen, in its middle if it has come from afar, and no row is wasted
 * at the end.
 */
static void scroll(struct view *view, size_t rows)
{
	size_t count = view_count(view);

	if (view->cursor + 1 < view->top || view->cursor > view->top + rows)
		view->top = view->cursor > rows / 2 ? view->cursor - rows / 2 : 0;
	if (view->cursor < view->top)
		view->top = view->cursor;
	if (view->cursor >= view->top + rows)
		view->top = view->cursor - rows + 1;
	if (view->top + rows > count)
		view->top = count > rows ? count - rows : 0;
}

void view_draw(struct view *view, struct grid *grid, int row, int rows,
	       const char *match)
{
	size_t count = view_count(view);
	struct line line;

	if (rows < 1)
		return;
	scroll(view, rows);
	for (int i = 0; i < rows && view->top + i < count; i++) {
		size_t at = view->top + i;
		bool here = at == view->cursor;

		make_line(view, line_of(view, at), &line);
		grid_put(grid, row + i, 1, &line, view->left,
			 here ? MARK_CURSOR : MARK_NONE, match);
		/* Seen without colour, too. */
		if (here && grid->cols)
			*grid_cell(grid, row + i, 0) = (struct cell) {
				'>', KMC_STYLE_CARET, MARK_CURSOR,
			};
	}
}

void view_print(const struct view *view, FILE *out)
{
	struct line line;

	line_clear(&line, view->app->ascii);
	view->ops->title(view, &line);
	fprintf(out, "%s\n", line.text);
	for (size_t i = 0; i < view_count(view); i++) {
		make_line(view, line_of(view, i), &line);
		while (line.len && line.text[line.len - 1] == ' ')
			line.text[--line.len] = '\0';
		fprintf(out, "%s\n", line.text);
	}
}

bool view_json_list(FILE *out, const char *name, size_t count,
		    struct kmc_error *(*one)(const void *data, size_t i, char **text),
		    const void *data)
{
	fprintf(out, "{\"version\":1,\"%s\":[", name);
	for (size_t i = 0; i < count; i++) {
		char *text;
		struct kmc_error *err = one(data, i, &text);

		if (err) {
			message_error(err);
			return false;
		}
		fprintf(out, "%s%s", i ? ",\n" : "\n", text);
		free(text);
	}
	fputs("]}\n", out);
	return true;
}
