// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the keys do, from their table.
 */
#include <stdlib.h>

#include "../common/memory.h"
#include "views.h"

/* What the screen says without words. */
static const char * const notation[] = {
	"Notation",
	"  52:2  :6          offset, :bit; size in bits",
	"  iiii  uuuu        states, a letter a byte: i initialized, u uninitialized,",
	"                    a unallocated, f freed, a dot: not in the report",
	"  8.4i4u8i+         runs of them: 8 dots, 4 i, 4 u, 8 i, and (+) more",
	"  (hole) (padding)  no member is there: between two, behind the last",
	"  ──── cache line   begins here, or so many bytes before",
	"  (anonymous)       its members are taken for those of what it is in",
	"  struct_group      its members are shown once, and found by both paths",
	"  ◀ here            what was accessed",
	"  * name            in a better order: it has moved",
};

static size_t count(const struct view *view)
{
	size_t rows;

	(void)view;
	request_rows(&rows);
	return rows + ARRAY_SIZE(notation);
}

static void line(const struct view *view, size_t i, struct line *out)
{
	const struct request_row *row;
	size_t rows;

	(void)view;
	row = request_rows(&rows);
	if (i >= rows) {
		line_say(out, i == rows ? KMC_STYLE_TITLE : KMC_STYLE_PLAIN, "%s",
			 notation[i - rows]);
		return;
	}
	row += i;
	if (!row->keys) {
		line_say(out, KMC_STYLE_TITLE, "%s", row->help);
		return;
	}
	line_say(out, KMC_STYLE_LOCATION, "  %s", row->keys);
	line_pad(out, 23);
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
	.count = count,
	.line = line,
	.title = title,
	.free = free_data,
};

void help_open(struct app *app)
{
	view_open(app, &help_view, NULL);
}
