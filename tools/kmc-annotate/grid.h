/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of styled text, and the grid of cells that a screen is.
 */
#ifndef GRID_H
#define GRID_H

#include <kmc/kmc.h>

/* Bytes of a line; what does not fit is not shown on any terminal. */
#define LINE_TEXT	1024
/* A row of 16 bytes has two for each. */
#define LINE_RUNS	96

/*
 * struct line - a line of text before it is cut to a width
 * @text: printable UTF-8, or ASCII when @ascii
 * @runs: from @at on, the text has that style
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
};

void line_clear(struct line *line, bool ascii);
/* Text of our own. */
__attribute__((format(printf, 3, 4)))
void line_say(struct line *line, enum kmc_style style, const char *fmt, ...);
/* Text of somebody else's, escaped. */
void line_quote(struct line *line, enum kmc_style style, const char *text);
void line_quote_bytes(struct line *line, enum kmc_style style, const char *text,
		      size_t len);
/* Blanks up to a column, counted from 0; none if it is behind that. */
void line_pad(struct line *line, int column);
int line_columns(const struct line *line);
/* Cut off the end, which is replaced by dots, so that @columns are left. */
void line_cut(struct line *line, int columns);

/* What a cell has beside a style. */
enum cell_mark {
	MARK_NONE,
	MARK_BAR,		/* title and prompt */
	MARK_CURSOR,		/* the line that the cursor is on */
	MARK_MATCH,		/* what was searched for */
};

/*
 * struct cell - a column of a screen
 * @ch: a character; 0: the one before it is wide and lies here, too
 */
struct cell {
	wchar_t ch;
	uint8_t style;
	uint8_t mark;
};

struct grid {
	int cols;
	int rows;
	struct cell *cells;
};

/* All blanks. */
void grid_resize(struct grid *grid, int cols, int rows);
void grid_release(struct grid *grid);
static inline struct cell *grid_cell(const struct grid *grid, int row, int col)
{
	return &grid->cells[(size_t)row * grid->cols + col];
}

/*
 * grid_put() - a line into a row
 * @col: where it begins
 * @skip: columns of the line that lie to the left of the screen
 * @match: what is marked in it, NULL or "" for nothing
 */
void grid_put(struct grid *grid, int row, int col, const struct line *line, int skip,
	      enum cell_mark mark, const char *match);
/* The screen as text, without blanks at the ends of rows. */
void grid_print(const struct grid *grid, FILE *out);

#endif /* GRID_H */
