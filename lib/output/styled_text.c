// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text in styles, which are colours if they are wanted.
 */
#include "output/styled_text.h"

#include <string.h>

#include "base/escape.h"

static void style_begin(struct kmc_printer *p, enum kmc_style style)
{
	static const char * const sgr[] = {
		[KMC_STYLE_PLAIN] = NULL,
		[KMC_STYLE_TITLE] = "1",
		[KMC_STYLE_DIM] = "2",
		[KMC_STYLE_INITIALIZED] = "32",
		[KMC_STYLE_UNINITIALIZED] = "33",
		[KMC_STYLE_UNALLOCATED] = "35",
		[KMC_STYLE_FREED] = "31",
		[KMC_STYLE_CARET] = "1;31",
		[KMC_STYLE_LOCATION] = "36",
	};

	if (p->opts.color && sgr[style])
		kmc_buf_printf(&p->buf, "\033[%sm", sgr[style]);
}

static void style_end(struct kmc_printer *p, enum kmc_style style)
{
	if (p->opts.color && style != KMC_STYLE_PLAIN)
		kmc_buf_puts(&p->buf, "\033[0m");
}

void kmc_print_say(struct kmc_printer *p, enum kmc_style style, const char *fmt, ...)
{
	va_list ap;

	style_begin(p, style);
	va_start(ap, fmt);
	kmc_buf_vprintf(&p->buf, fmt, ap);
	va_end(ap);
	style_end(p, style);
}

void kmc_print_quote(struct kmc_printer *p, enum kmc_style style, const char *text)
{
	style_begin(p, style);
	kmc_buf_escape(&p->buf, text, strlen(text), p->opts.ascii);
	style_end(p, style);
}

void kmc_print_newline(struct kmc_printer *p)
{
	kmc_buf_putc(&p->buf, '\n', 1);
}

void kmc_print_heading(struct kmc_printer *p, const char *text)
{
	kmc_print_newline(p);
	kmc_print_say(p, KMC_STYLE_TITLE, "  %s", text);
	kmc_print_newline(p);
}

/* ---- width ---- */

#define WIDTH_DEFAULT	80
/* How much further in a line goes on. */
#define HANGING		2

size_t kmc_print_width(const struct kmc_printer *p)
{
	return p->opts.width ? p->opts.width : WIDTH_DEFAULT;
}

/* Bytes of a character, or of a sequence that sets colours; @columns: that they take. */
static size_t step(const char *text, size_t len, size_t *columns)
{
	size_t bytes;

	if (*text == '\033') {
		*columns = 0;
		bytes = strcspn(text, "m") + 1;
		return bytes < len ? bytes : len;
	}
	*columns = kmc_utf8_width(kmc_utf8_decode(text, len, &bytes));
	return bytes;
}

/* Columns of the word that a line begins with. */
static size_t word_columns(const char *line, size_t len)
{
	size_t used = 0, bytes, columns;

	for (size_t at = 0; at < len && line[at] != ' '; at += bytes) {
		bytes = step(line + at, len - at, &columns);
		used += columns;
	}
	return used;
}

/*
 * As much of a line as there is room for: up to the last blank that has something in front
 * of it. A word that has no room in the @next line either is broken behind a slash, or
 * else where the room ends. -> bytes, those of all of it if it fits
 */
static size_t fitting(const char *line, size_t len, size_t room, size_t next)
{
	size_t used = 0, blank = 0, slash = 0, bytes, columns;
	bool begun = false;

	for (size_t at = 0; at < len; at += bytes) {
		bytes = step(line + at, len - at, &columns);
		/* A blank behind the room can end what is in it. */
		if (begun && line[at] == ' ')
			blank = at;
		if (used + columns > room) {
			if (slash > blank && (!blank || word_columns(line + blank + 1,
								     len - blank - 1) > next))
				return slash;
			return blank ? blank : at ? at : bytes;
		}
		used += columns;
		if (line[at] == '/')
			slash = at + 1;
		begun |= line[at] != ' ' && line[at] != '\033';
	}
	return len;
}

/* Where the line has its first character that is no blank. */
static size_t indent_of(const char *line, size_t len)
{
	size_t indent = 0, columns;

	for (size_t at = 0; at < len; at += step(line + at, len - at, &columns)) {
		if (line[at] != ' ' && line[at] != '\033')
			break;
		indent += line[at] == ' ';
	}
	return indent;
}

static void fold_line(struct kmc_buf *out, const char *line, size_t len, size_t width)
{
	const size_t indent = indent_of(line, len);
	size_t hanging = indent + HANGING, room = width;

	if (hanging > width / 2)
		hanging = width / 2;
	for (;;) {
		const size_t part = fitting(line, len, room, width - hanging);
		size_t shown = part;

		while (shown && part < len && line[shown - 1] == ' ')
			shown--;
		kmc_buf_add(out, line, shown);
		kmc_buf_putc(out, '\n', 1);
		line += part;
		len -= part;
		while (len && *line == ' ') {
			line++;
			len--;
		}
		if (!len)
			return;
		kmc_buf_putc(out, ' ', hanging);
		room = width - hanging;
	}
}

void kmc_print_fold(struct kmc_printer *p)
{
	const size_t width = kmc_print_width(p);
	const char *at = p->buf.data;
	struct kmc_buf out = { };

	while (at && *at) {
		const size_t len = strcspn(at, "\n");

		fold_line(&out, at, len, width);
		at += len + (at[len] ? 1 : 0);
	}
	out.failed |= p->buf.failed;
	kmc_buf_release(&p->buf);
	p->buf = out;
}
