// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of styled text: put together here, cut to the screen elsewhere.
 */
#include "line.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void line_clear(struct line *line, bool ascii)
{
	line->text[0] = '\0';
	line->len = 0;
	line->nruns = 0;
	line->stays = 0;
	line->ascii = ascii;
}

/* A new style from here on. */
static void set_style(struct line *line, enum kmc_style style)
{
	size_t last = line->nruns - 1;

	if (line->nruns && line->runs[last].style == style)
		return;
	if (line->nruns && line->runs[last].at == line->len) {
		line->runs[last].style = style;
		return;
	}
	if (line->nruns == LINE_RUNS)
		return;
	line->runs[line->nruns].at = line->len;
	line->runs[line->nruns].style = style;
	line->nruns++;
}

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void add_byte(struct line *line, char c)
{
	if (line->len + 1 >= LINE_TEXT)
		return;
	line->text[line->len++] = c;
	line->text[line->len] = '\0';
}

static void add(struct line *line, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t bytes = 1;

		while (i + bytes < len && is_inside(text[i + bytes]))
			bytes++;
		/* No half of a character. */
		if (line->len + bytes >= LINE_TEXT)
			return;
		if (line->ascii && (text[i] & 0x80))
			add_byte(line, '?');
		else
			for (size_t j = 0; j < bytes; j++)
				add_byte(line, text[i + j]);
		i += bytes - 1;
	}
}

void line_say(struct line *line, enum kmc_style style, const char *fmt, ...)
{
	char text[LINE_TEXT];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len <= 0)
		return;
	set_style(line, style);
	add(line, text, strlen(text));
}

static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

void line_quote_bytes(struct line *line, enum kmc_style style, const char *text,
		      size_t len)
{
	char *copy, *clean;

	/* More is never shown, so do not escape it. */
	len = len < LINE_TEXT ? len : LINE_TEXT;
	set_style(line, style);
	if (is_plain(text, len)) {
		add(line, text, len);
		return;
	}
	copy = strndup(text, len);
	clean = kmc_escape(copy);
	if (clean)
		add(line, clean, strlen(clean));
	free(clean);
	free(copy);
}

void line_append(struct line *line, const struct line *other)
{
	for (size_t i = 0; i < other->nruns; i++) {
		size_t at = other->runs[i].at;
		size_t end = i + 1 < other->nruns ? other->runs[i + 1].at : other->len;

		set_style(line, other->runs[i].style);
		add(line, other->text + at, end - at);
	}
}

void line_quote(struct line *line, enum kmc_style style, const char *text)
{
	line_quote_bytes(line, style, text, strnlen(text, LINE_TEXT));
}

/* Columns of the character at @at, and its bytes. */
static int width_at(const struct line *line, size_t at, size_t *bytes)
{
	mbstate_t state = { };
	wchar_t ch;
	int width;

	*bytes = 1;
	if (!(line->text[at] & 0x80))
		return 1;
	*bytes = mbrtowc(&ch, line->text + at, line->len - at, &state);
	if (!*bytes || *bytes > line->len - at) {
		*bytes = 1;
		return 1;
	}
	width = wcwidth(ch);
	return width < 0 ? 1 : width;
}

int line_columns(const struct line *line)
{
	int columns = 0;
	size_t bytes;

	for (size_t at = 0; at < line->len; at += bytes)
		columns += width_at(line, at, &bytes);
	return columns;
}

void line_pad(struct line *line, int column)
{
	for (int have = line_columns(line); have < column; have++)
		add_byte(line, ' ');
}

void line_scroll(struct line *line, int columns)
{
	const struct line whole = *line;
	size_t bytes, run = 0;
	int column = 0;

	line_clear(line, whole.ascii);
	for (size_t at = 0; at < whole.len; at += bytes) {
		int width = width_at(&whole, at, &bytes);

		while (run + 1 < whole.nruns && whole.runs[run + 1].at <= at)
			run++;
		column += width;
		if (columns > 0 && column > whole.stays) {
			columns -= width;
			continue;
		}
		set_style(line, whole.runs[run].style);
		add(line, whole.text + at, bytes);
	}
	line->stays = whole.stays;
}

void line_cut(struct line *line, int columns)
{
	const char *dots = line->ascii ? "..." : "…";
	int room = columns - (line->ascii ? 3 : 1), have = 0;
	size_t at = 0, bytes;

	if (line_columns(line) <= columns)
		return;
	while (at < line->len) {
		int width = width_at(line, at, &bytes);

		if (have + width > room)
			break;
		have += width;
		at += bytes;
	}
	line->len = at;
	line->text[at] = '\0';
	while (line->nruns && line->runs[line->nruns - 1].at >= at && at)
		line->nruns--;
	if (room >= 0)
		add(line, dots, strlen(dots));
}
