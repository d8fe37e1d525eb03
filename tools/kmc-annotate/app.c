// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys to requests, requests to views, views to a grid.
 */
#include "app.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"

/* Lines that a notch of the wheel moves. */
#define WHEEL		3

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
	app->recalled = 0;
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
int app_body(const struct app *app)
{
	return app->rows > 2 ? app->rows - 2 : 1;
}

static void search_again(struct app *app, bool other_way)
{
	struct view *view = app->top;
	bool back = app->search_back != other_way, wrapped = false;

	if (!*app->search)
		app_say(app, "nothing to search for yet: / asks for it");
	else if (view_search_next(view, app->search, back, &wrapped) == FOUND_NOTHING)
		app_say(app, "'%s' is not here", app->search);
	else if (wrapped)
		app_say(app, "search went on from the %s", back ? "end" : "beginning");
}

static void go_back(struct app *app, bool leave)
{
	if (*app->top->filter)
		view_set_filter(app->top, "");
	else if (app->top->below)
		view_close(app->top);
	else if (leave)
		app->errand = ERRAND_QUIT;
	else
		app_say(app, "there is no view before this one; q leaves");
}

static void toggle_mouse(struct app *app)
{
	app->mouse = !app->mouse;
	app->errand = ERRAND_MOUSE;
	app_say(app, app->mouse ? "the mouse scrolls and unfolds; the terminal selects text with Shift" :
		"the mouse is the terminal's again");
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
	case REQUEST_FIND:
		app_prompt(app, PROMPT_FIND);
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
	case REQUEST_ESCAPE:
		go_back(app, request == REQUEST_BACK);
		return true;
	case REQUEST_MOUSE:
		toggle_mouse(app);
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
		/* What was made beforehand is made anew. */
		app_resize(app, app->cols, app->rows);
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
	else if (view_move(view, request, app_body(app)) ||
		 (view->ops->request && view->ops->request(view, request)) ||
		 do_common(app, request))
		return;
	else if (request == REQUEST_ENTER)
		app_say(app, "there is nothing to open on this line");
	else
		app_say(app, "nothing to do for that key in %s", view->ops->name);
}

void app_paste(struct app *app, uint32_t ch)
{
	app->pasted = true;
	if (app->prompt == PROMPT_NONE)
		app_say(app, "what is pasted goes into a prompt: / & g f open one");
	else if (ch >= ' ' && ch != 0x7f)
		app_key(app, ch);
}

void app_wheel(struct app *app, bool up)
{
	app->message[0] = '\0';
	for (int i = 0; i < WHEEL; i++)
		view_move(app->top, up ? REQUEST_UP : REQUEST_DOWN, app_body(app));
}

/* A click goes to a line, and unfolds it if that can be. */
void app_click(struct app *app, int row)
{
	struct view *view = app->top;
	size_t at = view->top + row - (app->rows > 2);

	app->message[0] = '\0';
	if (row < (app->rows > 2) || row > app_body(app) || at >= view_count(view))
		return;
	view->cursor = at;
	if (!view->ops->can)
		return;
	if (view->ops->can(view, REQUEST_UNFOLD))
		view->ops->request(view, REQUEST_UNFOLD);
	else if (view->ops->can(view, REQUEST_FOLD))
		view->ops->request(view, REQUEST_FOLD);
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

static void add_hint(struct line *line, enum request request, const char *text)
{
	char key[16];

	request_key(request, key, sizeof(key));
	line_say(line, KMC_STYLE_DIM, "%s%s %s", line->len ? "  " : "", key, text);
}

/* Only of keys that do something here. */
static void draw_hints(const struct app *app, struct line *line)
{
	const struct view *view = app->top;
	const struct view_ops *ops = view->ops;

	for (const struct hint *hint = ops->hints; hint && hint->request; hint++) {
		const char *text = hint->text ? hint->text : ops->enter(view);

		if (text && (!ops->can || ops->can(view, hint->request)))
			add_hint(line, hint->request, text);
	}
	add_hint(line, REQUEST_BACK, *view->filter ? "no filter" : view->below ? "back" :
		 "leave");
	if (ops != &help_view)
		add_hint(line, REQUEST_HELP, "help");
	add_hint(line, REQUEST_SEARCH, "search");
	if (!ops->refilter)
		add_hint(line, REQUEST_FILTER, "filter");
}

/* What is said about the input goes before the input does. */
static void draw_prompt(const struct app *app, struct grid *grid)
{
	struct line line, with;
	int skip;

	line_clear(&line, app->ascii);
	prompt_line(app, &line);
	with = line;
	if (*app->message) {
		line_say(&with, KMC_STYLE_DIM, "  ");
		line_quote(&with, KMC_STYLE_DIM, app->message);
		line_cut(&with, grid->cols);
	}
	/* Its end is where one types. */
	skip = line_columns(&line) + 1 - grid->cols;
	grid_put(grid, grid->rows - 1, 0, skip > 0 ? &line : &with, skip > 0 ? skip : 0,
		 MARK_NONE, NULL);
}

static void draw_last(const struct app *app, struct grid *grid)
{
	struct line line;

	if (app->prompt != PROMPT_NONE) {
		draw_prompt(app, grid);
		return;
	}
	line_clear(&line, app->ascii);
	if (*app->message)
		line_quote(&line, KMC_STYLE_TITLE, app->message);
	else
		draw_hints(app, &line);
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
