// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of a log, freed from what syslog, dmesg, mail and diff put before them.
 */
#include "text.h"

#include <ctype.h>

/* A logger's own prefix is not longer than this; it bounds the search. */
#define PREFIX_MAX	160

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

static const char *skip_one_blank(const char *s)
{
	return *s == ' ' ? s + 1 : s;
}

static const char *skip_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

/* "[  340.154639]", "[T123]", "[    C0]", "[2024-01-01 12:00:00]" */
static const char *skip_bracket(const char *s, double *time)
{
	const char *in = skip_blanks(s + 1);
	const char *digits = skip_digits(in + (*in == 'T' || *in == 'C'));
	const char *end;

	if (*s != '[')
		return NULL;
	if (*in == 'T' || *in == 'C') {
		end = digits + strspn(digits, "@CT0123456789");
		end = skip_blanks(end);
		return digits > in + 1 && *end == ']' ?
		       skip_one_blank(end + 1) : NULL;
	}
	if (digits == in)
		return NULL;
	if (*digits == '.') {
		end = skip_blanks(skip_digits(digits + 1));
		if (*end != ']')
			return NULL;
		*time = strtod(in, NULL);
		return skip_one_blank(end + 1);
	}
	if (*digits != '-' && *digits != ':')
		return NULL;
	end = in + strspn(in, "0123456789-:.,+ TZ");
	return *end == ']' ? skip_one_blank(end + 1) : NULL;
}

static bool is_date(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; months[i]; i += 3) {
		if (!strncmp(s, months + i, 3))
			return s[3] == ' ' &&
			       isdigit((unsigned char)*skip_blanks(s + 3));
	}
	return skip_digits(s) == s + 4 && s[4] == '-' &&
	       isdigit((unsigned char)s[5]);
}

/*
 * "Sep  1 12:00:00 host kernel: ", "host kernel: ", "kernel: ". Only a date or
 * a single word may stand before "kernel: ": the name of a task may be that too.
 */
static const char *skip_syslog(const char *s)
{
	const char *blank = s + strcspn(s, " \t");
	const char *tag;

	if (!strncmp(s, "kernel: ", 8))
		return s + 8;
	if (!strcmp(s, "kernel:"))
		return s + 7;
	if (is_date(s)) {
		tag = strstr(s, " kernel:");
		if (tag && tag - s < PREFIX_MAX)
			return skip_one_blank(tag + 8);
		/* A continuous-integration log: an ISO date and nothing else. */
		return s[4] == '-' && *blank ? blank + 1 : NULL;
	}
	if (*blank && blank > s && blank[-1] != ':' &&
	    !strncmp(blank, " kernel: ", 9))
		return blank + 9;
	return NULL;
}

/* "4,1234,5678901,-;" of /dev/kmsg, "<4>" of pstore, journal export */
static const char *skip_raw(const char *s, double *time)
{
	const char *p = skip_digits(s);

	if (!strncmp(s, "MESSAGE=", 8))
		return s + 8;
	if (*s == '<') {
		p = skip_digits(s + 1);
		return p > s + 1 && *p == '>' ? p + 1 : NULL;
	}
	if (p == s || *p != ',')
		return NULL;
	p = skip_digits(p + 1);
	if (*p != ',' || !isdigit((unsigned char)p[1]))
		return NULL;
	/* microseconds */
	*time = strtod(p + 1, NULL) / 1e6;
	p = strchr(p, ';');
	return p ? p + 1 : NULL;
}

static void skip_prefix(struct text_line *line)
{
	const char *p = line->raw;
	bool diff = false;

	for (;;) {
		const char *word = skip_blanks(p);
		const char *next;

		if (*word == '>' || *word == '|') {
			p = skip_one_blank(word + 1);
			line->depth++;
			continue;
		}
		if ((*p == '-' || *p == '+') && !diff) {
			diff = true;
			p++;
			continue;
		}
		next = skip_bracket(word, &line->time);
		if (!next)
			next = skip_syslog(word);
		if (!next)
			next = skip_raw(word, &line->time);
		if (!next)
			break;
		line->prefixed = true;
		p = next;
	}
	line->body = p;
	line->word = skip_blanks(p);
}

/* "\033[1;31m": the one escape sequence that well-meaning tools leave in logs. */
static size_t sgr_length(const char *s, size_t len)
{
	size_t i = 2;

	if (len < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	while (i < len && (isdigit((unsigned char)s[i]) || s[i] == ';'))
		i++;
	return i < len && s[i] == 'm' ? i + 1 : 0;
}

static void chop(char *s, size_t len)
{
	/* quoted-printable ends a line that goes on with = */
	if (len && s[len - 1] == '=')
		len--;
	for (;;) {
		while (len && isspace((unsigned char)s[len - 1]))
			len--;
		/* quoted-printable shows a blank at the end of a line as =20 */
		if (len < 3 || strncmp(s + len - 3, "=20", 3))
			break;
		len -= 3;
	}
	s[len] = '\0';
}

void text_line_clean(struct text_line *line, const char *data, size_t len,
		     bool sgr)
{
	size_t n = 0;

	line->depth = 0;
	line->prefixed = false;
	line->time = -1;
	for (size_t i = 0; i < len && n < sizeof(line->raw) - 1; i++) {
		size_t skip = sgr ? sgr_length(data + i, len - i) : 0;

		if (skip)
			i += skip - 1;
		else if (data[i])
			line->raw[n++] = data[i];
	}
	chop(line->raw, n);
	skip_prefix(line);
}

void text_line_join(struct text_line *line, const struct text_line *next,
		    const char *glue)
{
	size_t len = strlen(line->raw);

	/* body and word point into raw, which keeps its place. */
	snprintf(line->raw + len, sizeof(line->raw) - len, "%s%s", glue,
		 next->word);
}

int text_column(const char *from, const char *at)
{
	int column = 0;

	for (; from < at; from++)
		column = *from == '\t' ? (column / 8 + 1) * 8 : column + 1;
	return column;
}
