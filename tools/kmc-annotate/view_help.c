// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the keys do, from their table.
 */
#include <stdlib.h>

#include "views.h"

static size_t count(const struct view *view)
{
	size_t rows;

	(void)view;
	request_rows(&rows);
	return rows;
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct request_row *row;
	size_t rows;

	(void)view;
	row = &request_rows(&rows)[i];
	if (!row->keys) {
		line_say(out, KMC_STYLE_TITLE, "%s", row->help);
		return;
	}
	line_say(out, KMC_STYLE_LOCATION, "  %s", row->keys);
	line_pad(out, 20);
	line_say(out, KMC_STYLE_PLAIN, "%s", row->help);
}

static void title(const struct view *view, struct line *out)
{
	(void)view;
	line_say(out, KMC_STYLE_TITLE, "Keys of kmc-annotate " KMC_VERSION);
}

static void free_data(void *data)
{
	(void)data;
}

const struct view_ops help_view = {
	.name = "the help",
	.hints = "q back  / search",
	.count = count,
	.line = line,
	.title = title,
	.free = free_data,
};

void help_open(struct app *app)
{
	view_open(app, &help_view, NULL);
}
