// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A source file, at a line.
 */
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "session.h"
#include "views.h"

/* Longer files are generated. */
#define LINES_MAX	1000000

struct source {
	char *file;
	int line;
	int count;
};

bool source_line(struct app *app, const char *file, int number, bool here, int indent,
		 struct line *line)
{
	size_t len;
	const char *text = kmc_source_line(app->session->source, file, number, &len);
	char expanded[LINE_TEXT];
	size_t n = 0;

	if (!text)
		return false;
	for (size_t i = 0; i < len && n + 8 < sizeof(expanded); i++) {
		if (text[i] == '\t')
			do
				expanded[n++] = ' ';
			while (n % 8);
		else if (text[i] != '\r')
			expanded[n++] = text[i];
	}
	line_say(line, here ? KMC_STYLE_CARET : KMC_STYLE_DIM, "%*s%s%6d  ", indent, "",
		 here ? ">" : " ", number);
	line->stays = line_columns(line);
	line_quote_bytes(line, here ? KMC_STYLE_TITLE : KMC_STYLE_PLAIN, expanded, n);
	return true;
}

void source_edit(struct app *app, const char *file, int line)
{
	char path[PROMPT_MAX * 4];
	size_t len;

	/* This also keeps it within the tree. */
	if (!file || !kmc_source_line(app->session->source, file, line > 0 ? line : 1, &len)) {
		app_say(app, "no source file here; --source names the tree");
		return;
	}
	if (snprintf(path, sizeof(path), "%s/%s", app->session->source_dir, file) <
	    (int)sizeof(path))
		app_edit(app, path, line);
}

static size_t count(const struct view *view)
{
	const struct source *source = view->data;

	return source->count;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct source *source = view->data;

	source_line(view->app, source->file, i + 1, (int)i + 1 == source->line, 0, out);
}

static void title(const struct view *view, struct line *out)
{
	const struct source *source = view->data;

	line_quote(out, KMC_STYLE_TITLE, source->file);
	line_say(out, KMC_STYLE_PLAIN, ":%d", source->line);
}

static bool request(struct view *view, enum request what)
{
	const struct source *source = view->data;
	size_t i;

	if (what != REQUEST_EDIT || !view_current(view, &i))
		return false;
	source_edit(view->app, source->file, i + 1);
	return true;
}

static bool go(struct view *view, const char *where)
{
	const struct source *source = view->data;
	char *end;
	long number = strtol(where, &end, 10);

	if (*end || number < 1 || number > source->count) {
		app_say(view->app, "the file has lines 1 to %d", source->count);
		return false;
	}
	view_set_filter(view, "");
	view_select(view, number - 1);
	return true;
}

static void free_data(void *data)
{
	struct source *source = data;

	free(source->file);
	free(source);
}

static const struct hint hints[] = {
	{ REQUEST_EDIT, "edit" }, { REQUEST_GOTO, "go to line" }, HINTS_END
};

static const struct view_ops source_view = {
	.name = "a source file",
	.hints = hints,
	.count = count,
	.line = line,
	.title = title,
	.request = request,
	.go = go,
	.free = free_data,
};

/* Lines of a file: asked for, because it is kept anyway. */
static int count_lines(struct app *app, const char *file)
{
	int lo = 0, hi = LINES_MAX;
	size_t len;

	while (lo < hi) {
		int mid = lo + (hi - lo + 1) / 2;

		if (kmc_source_line(app->session->source, file, mid, &len))
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

void source_open(struct app *app, const char *file, int number)
{
	struct source *source;
	int lines = file ? count_lines(app, file) : 0;

	if (!lines) {
		app_say(app, "no source file here; --source names the tree");
		return;
	}
	source = xcalloc(1, sizeof(*source));
	source->file = xstrdup(file);
	source->line = number;
	source->count = lines;
	view_open(app, &source_view, source);
	view_select(app->top, number > 0 ? number - 1 : 0);
}
