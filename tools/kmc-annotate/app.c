// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys to requests, requests to views, views to a grid.
 */
#include "app.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

void app_say(struct app *app, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(app->message, sizeof(app->message), fmt, ap);
	va_end(ap);
}

void app_edit(struct app *app, const char *file, int line)
{
	snprintf(app->edit_file, sizeof(app->edit_file), "%s", file);
	app->edit_line = line > 0 ? line : 1;
	app->errand = ERRAND_EDIT;
}

void app_prompt(struct app *app, enum prompt prompt)
{
	app->prompt = prompt;
	app->origin = app->top->cursor;
	app->input[0] = '\0';
	if (prompt == PROMPT_FILTER)
		snprintf(app->input, sizeof(app->input), "%s", app->top->filter);
}

void app_close(struct app *app)
{
	while (app->top)
		view_close(app->top);
}

/* ---- requests that every view has ---- */

/* Rows between the title and the last one. */
static int body_rows(const struct app *app)
{
	return app->rows > 2 ? app->rows - 2 : 1;
}

static void search_again(struct app *app, bool other_way)
{
	struct view *view = app->top;
	bool back = app->search_back != other_way;
	size_t count = view_count(view), before = view->cursor, from;

	if (!*app->search) {
		app_say(app, "nothing to search for yet: / asks for it");
		return;
	}
	if (!count)
		return;
	from = back ? (before + count - 1) % count : (before + 1) % count;
	if (!view_search(view, app->search, from, back))
		app_say(app, "'%s' is not here", app->search);
	else if (back ? view->cursor >= before : view->cursor <= before)
		app_say(app, "search went on from the %s", back ? "end" : "beginning");
}

static void go_back(struct app *app)
{
	if (*app->top->filter)
		view_set_filter(app->top, "");
	else if (app->top->below)
		view_close(app->top);
	else
		app->errand = ERRAND_QUIT;
}

static bool ask(struct app *app, enum request request)
{
	switch (request) {
	case REQUEST_SEARCH:
		app_prompt(app, PROMPT_SEARCH);
		return true;
	case REQUEST_SEARCH_BACK:
		app_prompt(app, PROMPT_SEARCH_BACK);
		return true;
	case REQUEST_FILTER:
		app_prompt(app, PROMPT_FILTER);
		return true;
	case REQUEST_GOTO:
		if (app->top->ops->go)
			app_prompt(app, PROMPT_GOTO);
		else
			app_say(app, "no offsets to go to here");
		return true;
	case REQUEST_PRINT:
		app_prompt(app, PROMPT_PRINT);
		return true;
	default:
		return false;
	}
}

static bool do_common(struct app *app, enum request request)
{
	switch (request) {
	case REQUEST_NEXT:
	case REQUEST_PREVIOUS:
		search_again(app, request == REQUEST_PREVIOUS);
		return true;
	case REQUEST_BACK:
		go_back(app);
		return true;
	case REQUEST_QUIT:
		app->errand = ERRAND_QUIT;
		return true;
	case REQUEST_SUSPEND:
		app->errand = ERRAND_SUSPEND;
		return true;
	case REQUEST_REDRAW:
		app->errand = ERRAND_REDRAW;
		return true;
	case REQUEST_HELP:
		if (app->top->ops != &help_view)
			help_open(app);
		return true;
	case REQUEST_TYPES:
		/* DWARF takes seconds. */
		app_say(app, "reading all types");
		app->errand = ERRAND_TYPES;
		return true;
	case REQUEST_HEX:
		app->hex = !app->hex;
		return true;
	default:
		return ask(app, request);
	}
}

void app_key(struct app *app, int key)
{
	enum request request;
	struct view *view = app->top;

	app->message[0] = '\0';
	if (app->prompt != PROMPT_NONE) {
		prompt_key(app, key);
		return;
	}
	request = request_of(key);
	if (request == REQUEST_NONE)
		app_say(app, "that key does nothing; h shows which do what");
	else if (!view_move(view, request, body_rows(app)) &&
		 !(view->ops->request && view->ops->request(view, request)) &&
		 !do_common(app, request))
		app_say(app, "nothing to do for that key in %s", view->ops->name);
}

void app_resize(struct app *app, int cols, int rows)
{
	app->cols = cols;
	app->rows = rows;
	for (struct view *view = app->top; view; view = view->below) {
		if (!view->ops->resized)
			continue;
		view->ops->resized(view);
	}
}

/* ---- drawing ---- */

static void draw_title(const struct app *app, struct grid *grid)
{
	const struct view *view = app->top;
	size_t count = view_count(view);
	char where[64], filter[32] = "";
	struct line line;
	int room;

	if (*view->filter)
		snprintf(filter, sizeof(filter), "filtered, ");
	snprintf(where, sizeof(where), " %s%zu/%zu", filter,
		 count ? view->cursor + 1 : 0, count);
	line_clear(&line, app->ascii);
	view->ops->title(view, &line);
	room = grid->cols - (int)strlen(where) - 1;
	/* The position goes before the title does. */
	if (room >= 10) {
		line_cut(&line, room);
		line_pad(&line, room);
		line_say(&line, KMC_STYLE_PLAIN, "%s", where);
	}
	grid_put(grid, 0, 0, &line, 0, MARK_BAR, NULL);
}

static void draw_last(const struct app *app, struct grid *grid)
{
	struct line line;

	line_clear(&line, app->ascii);
	if (app->prompt != PROMPT_NONE) {
		prompt_line(app, &line);
		/* Its end is where one types. */
		grid_put(grid, grid->rows - 1, 0, &line,
			 line_columns(&line) + 1 > grid->cols ?
			 line_columns(&line) + 1 - grid->cols : 0, MARK_NONE, NULL);
		return;
	}
	if (*app->message)
		line_quote(&line, KMC_STYLE_TITLE, app->message);
	else
		line_say(&line, KMC_STYLE_DIM, "%s", app->top->ops->hints);
	line_cut(&line, grid->cols);
	grid_put(grid, grid->rows - 1, 0, &line, 0, MARK_NONE, NULL);
}

/* Of a screen without room, the lines remain. */
void app_draw(struct app *app, struct grid *grid)
{
	bool asks = app->prompt != PROMPT_NONE || *app->message;
	int title = grid->rows > 2, last = grid->rows > 2 || (grid->rows == 2 && asks) ||
		    app->prompt != PROMPT_NONE;
	const char *match = app->search;

	if (app->prompt == PROMPT_SEARCH || app->prompt == PROMPT_SEARCH_BACK ||
	    app->prompt == PROMPT_FILTER)
		match = app->input;
	view_draw(app->top, grid, title, grid->rows - title - last, match);
	if (title)
		draw_title(app, grid);
	if (last)
		draw_last(app, grid);
}
