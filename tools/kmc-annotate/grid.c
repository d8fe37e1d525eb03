// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A screen in memory: what curses shows, what P writes, and what tests compare.
 */
#include "grid.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "../common/memory.h"

void grid_resize(struct grid *grid, int cols, int rows)
{
	struct cell *cells = xcalloc((size_t)cols * rows, sizeof(*cells));

	for (int i = 0; i < cols * rows; i++)
		cells[i] = (struct cell) { .ch = ' ' };
	free(grid->cells);
	*grid = (struct grid) { cols, rows, cells };
}

void grid_release(struct grid *grid)
{
	free(grid->cells);
	*grid = (struct grid) { };
}

/* The next character and its columns; what cannot be shown is a question mark. */
static size_t next_char(const struct line *line, size_t at, wchar_t *ch, int *width)
{
	mbstate_t state = { };
	size_t n = mbrtowc(ch, line->text + at, line->len - at, &state);

	if (!n || n > line->len - at) {
		*ch = L'?';
		*width = 1;
		return 1;
	}
	*width = wcwidth(*ch);
	if (*width < 0) {
		*ch = L'?';
		*width = 1;
	}
	return n;
}

static enum kmc_style style_at(const struct line *line, size_t at, size_t *run)
{
	while (*run + 1 < line->nruns && line->runs[*run + 1].at <= at)
		++*run;
	return line->nruns ? line->runs[*run].style : KMC_STYLE_PLAIN;
}

static size_t match_at(const struct line *line, size_t at, const char *match)
{
	size_t len = match ? strlen(match) : 0;

	return len && !strncasecmp(line->text + at, match, len) ? at + len : 0;
}

void grid_put(struct grid *grid, int row, int col, const struct line *line, int skip,
	      enum cell_mark mark, const char *match)
{
	size_t run = 0, matched = 0, at = 0;
	int column = 0;

	while (at < line->len) {
		enum kmc_style style = style_at(line, at, &run);
		size_t end = match_at(line, at, match);
		int width, to;
		wchar_t ch;

		matched = end > matched ? end : matched;
		to = at < matched ? MARK_MATCH : mark;
		at += next_char(line, at, &ch, &width);
		/* One that combines with what is before it has no cell. */
		if (!width)
			continue;
		column += width;
		if (skip > 0 && column > line->stays) {
			skip -= width;
			continue;
		}
		if (col + width > grid->cols)
			break;
		*grid_cell(grid, row, col) = (struct cell) { ch, style, to };
		for (int i = 1; i < width; i++)
			*grid_cell(grid, row, col + i) = (struct cell) { 0, style, to };
		col += width;
	}
	for (; mark != MARK_NONE && col < grid->cols; col++)
		grid_cell(grid, row, col)->mark = mark;
}

static void print_char(wchar_t ch, FILE *out)
{
	char bytes[MB_LEN_MAX];
	mbstate_t state = { };
	size_t n = wcrtomb(bytes, ch, &state);

	if (n == (size_t)-1)
		fputc('?', out);
	else
		fwrite(bytes, 1, n, out);
}

void grid_print(const struct grid *grid, FILE *out)
{
	for (int row = 0; row < grid->rows; row++) {
		int end = grid->cols;

		while (end && grid_cell(grid, row, end - 1)->ch == ' ')
			end--;
		for (int col = 0; col < end; col++)
			if (grid_cell(grid, row, col)->ch)
				print_char(grid_cell(grid, row, col)->ch, out);
		fputc('\n', out);
	}
}
