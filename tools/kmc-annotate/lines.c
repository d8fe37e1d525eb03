// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines that are made once and shown often.
 */
#include <stdlib.h>

#include "../common/memory.h"
#include "lines.h"

struct line *lines_add(struct lines *lines)
{
	struct line *line;

	/* Full at powers of two. */
	if (!(lines->count & (lines->count - 1)))
		lines->v = xrealloc(lines->v, (lines->count ? 2 * lines->count : 1) *
				    sizeof(*lines->v));
	line = &lines->v[lines->count++];
	line_clear(line, lines->ascii);
	return line;
}

void lines_release(struct lines *lines)
{
	free(lines->v);
	*lines = (struct lines) { .ascii = lines->ascii };
}
