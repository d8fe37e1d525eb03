// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of a log, freed from what terminals, mail and archives make of them.
 */
#include "input/log_line.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "input/log_prefix.h"

/* "\033[1;31m", and "\033[K" of grep: what well-meaning tools leave in logs. */
static size_t sgr_length(const char *s, size_t len)
{
	size_t i = 2;

	if (len < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	while (i < len && (isdigit((unsigned char)s[i]) || s[i] == ';'))
		i++;
	return i < len && (s[i] == 'm' || s[i] == 'K') ? i + 1 : 0;
}

static void chop(char *s, size_t len)
{
	/* quoted-printable ends a line that goes on with = */
	if (len && s[len - 1] == '=')
		len--;
	for (;;) {
		while (len && isspace((unsigned char)s[len - 1]))
			len--;
		/* A sentence that ends in a newline of its own, in what escapes it. */
		if (len >= 4 && !strncmp(s + len - 4, "\\x0a", 4)) {
			len -= 4;
			continue;
		}
		/* quoted-printable shows a blank at the end of a line as =20 */
		if (len < 3 || strncmp(s + len - 3, "=20", 3))
			break;
		len -= 3;
	}
	s[len] = '\0';
}

/* Archives on the web escape what HTML gives a meaning to, and the plus sign. */
static void decode_entities(char *s)
{
	static const struct {
		const char *name;
		char c;
	} entities[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&#43;", '+' },
		{ "&amp;", '&' }, { "&quot;", '"' }, { "&#39;", '\'' },
		{ "&nbsp;", ' ' }, { "&#160;", ' ' },
	};
	char *to = strchr(s, '&');

	if (!to)
		return;
	for (s = to; *s; s++, to++) {
		*to = *s;
		for (size_t i = 0; i < KMC_ARRAY_SIZE(entities); i++) {
			size_t len = strlen(entities[i].name);

			if (strncmp(s, entities[i].name, len))
				continue;
			*to = entities[i].c;
			s += len - 1;
			break;
		}
	}
	*to = '\0';
}

/* Without NULs and colours, and what a terminal writes over. Returns the bytes that are left. */
static size_t copy_shown(char raw[LOG_LINE_MAX], const char *data, size_t len, bool sgr)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < LOG_LINE_MAX - 1; i++) {
		size_t skip = sgr ? sgr_length(data + i, len - i) : 0;

		if (skip)
			i += skip - 1;
		else if (data[i] == '\r' && i + 1 < len && data[i + 1] != '\r')
			/* A terminal writes what follows over what was there. */
			n = 0;
		else if (data[i])
			raw[n++] = data[i];
	}
	return n;
}

void log_line_clean(struct log_line *line, const char *data, size_t len,
		    bool sgr)
{
	size_t n;

	line->depth = 0;
	line->prefixed = false;
	line->overwritten = false;
	line->wordless = false;
	line->time = -1;
	line->caller_id[0] = '\0';
	line->release[0] = '\0';
	line->boot_id[0] = '\0';
	line->boot_time = 0;
	if (!sgr && len < sizeof(line->raw) && !memchr(data, '\r', len) &&
	    !memchr(data, '\0', len)) {
		memcpy(line->raw, data, len);
		n = len;
	} else {
		n = copy_shown(line->raw, data, len, sgr);
	}
	chop(line->raw, n);
	decode_entities(line->raw);
	log_skip_prefix(line);
}

void log_line_join(struct log_line *line, const struct log_line *next,
		   const char *glue)
{
	size_t len = strlen(line->raw);

	/* body and word point into raw, which keeps its place. */
	snprintf(line->raw + len, sizeof(line->raw) - len, "%s%s", glue,
		 next->word);
}

int log_column(const char *from, const char *at)
{
	int column = 0;

	for (; from < at; from++)
		column = *from == '\t' ? (column / 8 + 1) * 8 : column + 1;
	return column;
}
