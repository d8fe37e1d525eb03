// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last row while something is asked for. A search and a filter show what they
 * find as one types.
 */
#include "prompt.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "../common/memory.h"
#include "session.h"
#include "views.h"

static const char *label(enum prompt prompt)
{
	switch (prompt) {
	case PROMPT_SEARCH:
		return "/";
	case PROMPT_SEARCH_BACK:
		return "?";
	case PROMPT_FILTER:
		return "&";
	case PROMPT_GOTO:
		return "go to offset or member: ";
	case PROMPT_PRINT:
		return "write this screen to file: ";
	case PROMPT_WRITE:
		return "write the diff to file: ";
	case PROMPT_FIND:
		return "search all types for: ";
	default:
		return "";
	}
}

void prompt_line(const struct app *app, struct line *line)
{
	line_say(line, KMC_STYLE_TITLE, "%s", label(app->prompt));
	line_quote(line, KMC_STYLE_PLAIN, app->input);
}

static bool is_search(enum prompt prompt)
{
	return prompt == PROMPT_SEARCH || prompt == PROMPT_SEARCH_BACK;
}

/* What is typed has changed. Nothing is unfolded before it is accepted. */
static void changed(struct app *app)
{
	struct view *view = app->top;
	enum found found = FOUND_LINE;

	if (app->prompt == PROMPT_FILTER) {
		view_set_filter(view, app->input);
		if (*app->input && !view_count(view))
			app_say(app, "(nothing has that)");
		return;
	}
	if (!is_search(app->prompt))
		return;
	view->cursor = app->origin;
	if (*app->input)
		found = view_search(view, app->input, app->origin,
				    app->prompt == PROMPT_SEARCH_BACK, false, NULL);
	if (found == FOUND_NOTHING)
		app_say(app, "(not found)");
	else if (found == FOUND_FOLDED)
		app_say(app, "(folded; Enter unfolds it)");
}

static void insert(struct app *app, int key)
{
	char bytes[MB_LEN_MAX];
	mbstate_t state = { };
	size_t n = wcrtomb(bytes, key, &state), len = strlen(app->input);

	if (n == (size_t)-1 || len + n >= sizeof(app->input))
		return;
	memcpy(app->input + len, bytes, n);
	app->input[len + n] = '\0';
}

static void erase(struct app *app)
{
	size_t len = strlen(app->input);

	while (len && ((unsigned char)app->input[--len] & 0xc0) == 0x80)
		;
	app->input[len] = '\0';
}

/* ---- done ---- */

static void print_screen(struct app *app, const char *path)
{
	struct grid grid = { };
	FILE *out = fopen(path, "wx");

	if (!out) {
		app_say(app, "%s: %s", path, strerror(errno));
		return;
	}
	app->prompt = PROMPT_NONE;
	grid_resize(&grid, app->cols, app->rows);
	app_draw(app, &grid);
	grid_print(&grid, out);
	grid_release(&grid);
	if (ferror(out) | fclose(out))
		app_say(app, "%s: cannot be written", path);
	else
		app_say(app, "%s: written", path);
}

static void remember(struct history *history, const char *text)
{
	size_t at = 0;

	if (!*text)
		return;
	while (at < history->count && strcmp(history->v[at], text))
		at++;
	if (at == history->count && history->count < HISTORY_MAX)
		history->count++;
	if (at == HISTORY_MAX)
		at--;
	memmove(history->v[1], history->v[0], at * sizeof(*history->v));
	snprintf(history->v[0], sizeof(*history->v), "%s", text);
}

static void accept_search(struct app *app, bool back)
{
	struct view *view = app->top;

	app->search_back = back;
	snprintf(app->search, sizeof(app->search), "%s", app->input);
	view->cursor = app->origin;
	if (*app->input && view_search(view, app->input, app->origin, back, true,
				       NULL) == FOUND_NOTHING)
		app_say(app, "'%s' is not here", app->input);
}

static void accept(struct app *app)
{
	enum prompt prompt = app->prompt;

	app->prompt = PROMPT_NONE;
	remember(&app->history[prompt], app->input);
	if (is_search(prompt)) {
		accept_search(app, prompt == PROMPT_SEARCH_BACK);
		return;
	}
	if (prompt == PROMPT_FILTER) {
		/* In a list of types, typing a name and Enter opens it. */
		if (app->top->ops->refilter)
			app->top->ops->request(app->top, REQUEST_ENTER);
		return;
	}
	if (!*app->input)
		return;
	if (prompt == PROMPT_PRINT)
		print_screen(app, app->input);
	else if (prompt == PROMPT_WRITE)
		annotation_write(app, app->input);
	else if (prompt == PROMPT_FIND)
		app->errand = ERRAND_FIND;
	else if (!app->top->ops->go(app->top, app->input) && !*app->message)
		app_say(app, "there is no '%s' in this type", app->input);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The last word of a question as a name of a type. */
static void complete_type(struct app *app, struct completion *completion)
{
	const char *space = strrchr(app->input, ' '), **fit;
	const char *word = space ? space + 1 : app->input + (*app->input == ':');
	const struct kmc_type_name *names = NULL;
	struct kmc_types *types = NULL;
	char whole[2 * PROMPT_MAX];
	size_t count = 0, n = 0;

	if (!*word)
		return;
	kmc_error_free(session_types(app->session, app->opts, &types));
	if (types)
		kmc_error_free(kmc_types_list(types, &names, &count));
	fit = xcalloc(count + 1, sizeof(*fit));
	for (size_t i = 0; i < count; i++)
		if (!strncmp(names[i].name, word, strlen(word)))
			fit[n++] = names[i].name;
	qsort(fit, n, sizeof(*fit), by_name);
	for (size_t i = 0; i < n; i++) {
		/* Of a struct and a typedef, or of several. */
		if (i && !strcmp(fit[i - 1], fit[i]))
			continue;
		snprintf(whole, sizeof(whole), "%.*s%s", (int)(word - app->input), app->input,
			 fit[i]);
		completion_add(completion, whole, fit[i]);
	}
	free(fit);
}

/* Up to where all that it may become part. */
static void complete(struct app *app)
{
	struct completion completion = { };
	struct view *view = app->top;

	if (app->prompt == PROMPT_PRINT || app->prompt == PROMPT_WRITE)
		complete_file(app->input, &completion);
	else if (app->prompt == PROMPT_FIND)
		complete_type(app, &completion);
	else if (app->prompt != PROMPT_SEARCH && app->prompt != PROMPT_SEARCH_BACK &&
		 view->ops->complete)
		view->ops->complete(view, app->input, &completion);
	if (completion.count)
		snprintf(app->input, sizeof(app->input), "%s", completion.common);
	changed(app);
	if (!completion.count)
		app_say(app, "(no such name)");
	else if (completion.count > 1)
		app_say(app, "(%zu: %s)", completion.count, completion.list);
}

/* Further back, or less far; in front of all is nothing. */
static void recall(struct app *app, bool back)
{
	const struct history *history = &app->history[app->prompt];

	/* What is typed stays. */
	if (back && !history->count) {
		app_say(app, "(nothing was asked here before)");
		return;
	}
	if (back && app->recalled < history->count)
		app->recalled++;
	else if (!back && app->recalled)
		app->recalled--;
	snprintf(app->input, sizeof(app->input), "%s",
		 app->recalled ? history->v[app->recalled - 1] : "");
	changed(app);
}

/* In a filter, the cursor moves: it is how one of what is left is taken. */
static bool move(struct app *app, int key)
{
	if (app->prompt == PROMPT_FILTER || key == KEY_OF_PAGE_UP || key == KEY_OF_PAGE_DOWN)
		return view_move(app->top, request_of(key), app_body(app));
	recall(app, key == KEY_OF_UP);
	return true;
}

static void cancel(struct app *app)
{
	enum prompt prompt = app->prompt;

	app->prompt = PROMPT_NONE;
	app->message[0] = '\0';
	if (is_search(prompt))
		app->top->cursor = app->origin;
	/* A list of types stays narrowed: Esc only ends the typing. */
	else if (prompt == PROMPT_FILTER && !app->top->ops->refilter)
		view_set_filter(app->top, "");
}

bool prompt_key(struct app *app, int key)
{
	switch (key) {
	case KEY_OF_ENTER:
	case '\n':
		accept(app);
		return true;
	case KEY_OF_ESC:
	case 'C' & 0x1f:
		cancel(app);
		return true;
	case KEY_OF_BACKSPACE:
	case 0x7f:
	case 'H' & 0x1f:
		if (!*app->input) {
			cancel(app);
			return true;
		}
		erase(app);
		changed(app);
		return true;
	case 'U' & 0x1f:
		app->input[0] = '\0';
		changed(app);
		return true;
	case KEY_OF_TAB:
		complete(app);
		return true;
	case 'P' & 0x1f:
	case 'N' & 0x1f:
		recall(app, key == ('P' & 0x1f));
		return true;
	case KEY_OF_UP:
	case KEY_OF_DOWN:
	case KEY_OF_PAGE_UP:
	case KEY_OF_PAGE_DOWN:
		return move(app, key);
	default:
		if (key < ' ' || key >= KEY_OF_UP)
			return false;
		insert(app, key);
		changed(app);
		return true;
	}
}
