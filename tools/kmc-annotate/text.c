// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines that are made once and shown often.
 */
#include <stdlib.h>

#include "../common/memory.h"
#include "text.h"

struct line *text_add(struct text *text)
{
	struct line *line;

	/* Full at powers of two. */
	if (!(text->count & (text->count - 1)))
		text->lines = xrealloc(text->lines, (text->count ? 2 * text->count : 1) *
				       sizeof(*text->lines));
	line = &text->lines[text->count++];
	line_clear(line, text->ascii);
	return line;
}

void text_release(struct text *text)
{
	free(text->lines);
	*text = (struct text) { .ascii = text->ascii };
}
