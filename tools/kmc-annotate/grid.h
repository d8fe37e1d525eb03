/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grid of cells that a screen is.
 */
#ifndef GRID_H
#define GRID_H

#include <wchar.h>

#include "line.h"

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
 * @skip: columns of the line that lie to the left of the screen, behind those that stay
 * @match: what is marked in it, NULL or "" for nothing
 */
void grid_put(struct grid *grid, int row, int col, const struct line *line, int skip,
	      enum cell_mark mark, const char *match);
/* The screen as text, without blanks at the ends of rows. */
void grid_print(const struct grid *grid, FILE *out);

#endif /* GRID_H */
