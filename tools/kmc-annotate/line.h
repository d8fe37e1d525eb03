/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of styled text.
 */
#ifndef LINE_H
#define LINE_H

#include <kmc/kmc.h>

/* Bytes of a line; what does not fit is not shown on any terminal. */
#define LINE_TEXT	1024
/* A row of 16 bytes has two for each. */
#define LINE_RUNS	96

/*
 * struct line - a line of text before it is cut to a width
 * @text: printable UTF-8, or ASCII when @ascii
 * @runs: from @at on, the text has that style
 * @stays: columns at its beginning that stay when the rest is scrolled sideways
 */
struct line {
	char text[LINE_TEXT];
	size_t len;
	struct {
		size_t at;
		enum kmc_style style;
	} runs[LINE_RUNS];
	size_t nruns;
	bool ascii;
	int stays;
};

void line_clear(struct line *line, bool ascii);
/* Text of our own. */
__attribute__((format(printf, 3, 4)))
void line_say(struct line *line, enum kmc_style style, const char *fmt, ...);
/* Text of somebody else's, escaped. */
void line_quote(struct line *line, enum kmc_style style, const char *text);
void line_quote_bytes(struct line *line, enum kmc_style style, const char *text,
		      size_t len);
/* The text and styles of another one, behind what there is. */
void line_append(struct line *line, const struct line *other);
/* Blanks up to a column, counted from 0; none if it is behind that. */
void line_pad(struct line *line, int column);
int line_columns(const struct line *line);
/* Leave out @columns behind those that stay. */
void line_scroll(struct line *line, int columns);
/* Cut off the end, which is replaced by dots, so that @columns are left. */
void line_cut(struct line *line, int columns);

#endif /* LINE_H */
