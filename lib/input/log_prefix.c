// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What loggers put in front of a line: timestamps, levels, hosts, callers.
 */
#include "input/log_prefix.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "input/families.h"
#include "input/log_pattern.h"

/* A logger's own prefix is not longer than this; it bounds the search. */
#define PREFIX_MAX	160
/* A date with the names of day and month in any language's UTF-8. */
#define DATE_MAX	64

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

/* More digits than a double keeps are no time of a kernel. */
#define TIME_DIGITS	15

double log_seconds(const char *s, unsigned int exponent)
{
	double value = 0, power = 1;
	unsigned int digits = 0;
	bool fraction = false;

	for (s += strspn(s, " "); isdigit((unsigned char)*s) || (*s == '.' && !fraction); s++) {
		if (*s == '.') {
			fraction = true;
			continue;
		}
		if (digits == TIME_DIGITS && !fraction)
			return -1;
		if (digits == TIME_DIGITS)
			break;
		digits += digits || *s != '0';
		value = 10 * value + (*s - '0');
		power *= fraction ? 10 : 1;
	}
	/* Both are whole numbers without error, so this is the nearest double. */
	while (exponent--)
		power *= 10;
	return value / power;
}

/* A word and the one blank behind it. */
static const char *skip_word(const char *s)
{
	const char *end = s + strcspn(s, " \t");

	return end > s && *end ? end + 1 : NULL;
}

/* Three letters out of a list of such names. */
static bool is_name(const char *s, const char *names)
{
	for (; *names; names += 3) {
		if (*s == *names && !strncmp(s, names, 3))
			return true;
	}
	return false;
}

static bool is_weekday(const char *s)
{
	return is_name(s, "MonTueWedThuFriSatSun") && s[3] == ' ';
}

static bool is_month(const char *s)
{
	return is_name(s, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

static bool is_date(const char *s)
{
	if (is_month(s))
		return s[3] == ' ' &&
		       isdigit((unsigned char)*skip_blanks(s + 3));
	return skip_digits(s) == s + 4 && s[4] == '-' &&
	       isdigit((unsigned char)s[5]);
}

/* Who speaks is who a line belongs to, where several speak at once. */
static void add_caller_id(struct log_line *line, const char *s, size_t len)
{
	size_t have = strlen(line->caller_id);

	snprintf(line->caller_id + have, sizeof(line->caller_id) - have, "%.*s/",
		 (int)(len < PREFIX_MAX ? len : PREFIX_MAX), s);
}

/* ---- [...] ---- */

/* "[T123]", "[    C0]"; @in is its first letter. */
static const char *skip_caller(struct log_line *line, const char *in)
{
	const char *digits = skip_digits(in + 1);
	const char *end = skip_blanks(digits + strspn(digits, "@CT0123456789"));

	if (digits == in + 1 || *end != ']')
		return NULL;
	add_caller_id(line, in, digits - in);
	return skip_one_blank(end + 1);
}

/*
 * "Wed Nov 25 16:38:47 2026" of dmesg -T, "Nov25 16:38" of dmesg -e, in whatever
 * language: the time of day is what they have in common.
 */
static const char *skip_bracketed_date(const char *in)
{
	size_t len = strcspn(in, "[]<>()\"");

	return in[len] == ']' && len <= DATE_MAX && log_has_clock(in, len) ?
	       skip_one_blank(in + len + 1) : NULL;
}

/* dmesg prints differences of times in the language of who reads them. */
static bool is_point(char c)
{
	return c == '.' || c == ',';
}

/* "12.345678", "12.345678 <    0.000001>", "+0.000001", "<    0.000001>" */
static const char *skip_seconds(const char *in, double *time)
{
	const char *digits = skip_digits(in + (*in == '+'));
	const char *end = in;

	if (*in != '<') {
		if (!is_point(*digits) || !isdigit((unsigned char)digits[1]))
			return NULL;
		end = skip_blanks(skip_digits(digits + 1));
		if (*in != '+' && *digits == '.')
			*time = log_seconds(in, 0);
	}
	if (*end == '<') {
		digits = skip_digits(skip_blanks(end + 1));
		if (!is_point(*digits))
			return NULL;
		end = skip_digits(digits + 1);
		if (*end++ != '>')
			return NULL;
	}
	return *end == ']' ? skip_one_blank(end + 1) : NULL;
}

static const char *skip_bracket(struct log_line *line, const char *s)
{
	const char *in = skip_blanks(s + 1);
	const char *end;

	if (*s != '[')
		return NULL;
	if ((*in == 'T' || *in == 'C') && isdigit((unsigned char)in[1]))
		return skip_caller(line, in);
	end = skip_seconds(in, &line->time);
	if (end)
		return end;
	end = skip_bracketed_date(in);
	if (end)
		return end;
	end = skip_digits(in);
	if (end == in || (*end != '-' && *end != ':'))
		return NULL;
	end = in + strspn(in, "0123456789-:.,+ TZ");
	return *end == ']' ? skip_one_blank(end + 1) : NULL;
}

/*
 * A login prompt, or whatever a serial line had not ended when the kernel spoke,
 * stands before the kernel's own timestamp: blanks and six decimals.
 */
static const char *skip_to_timestamp(struct log_line *line, const char *s)
{
	for (const char *p = s; (p = strchr(p, '[')); p++) {
		const char *dot = skip_digits(skip_blanks(p + 1));
		const char *end;

		if (*dot != '.' || skip_digits(dot + 1) != dot + 7)
			continue;
		end = skip_seconds(skip_blanks(p + 1), &line->time);
		if (end)
			return end;
	}
	return NULL;
}

/* ---- syslog and the journal ---- */

/* Behind "kernel:", if the word before it is a host. */
static const char *skip_host(struct log_line *line, const char *s)
{
	const char *blank = s + strcspn(s, " \t");

	if (!*blank || blank == s || blank[-1] == ':' ||
	    strncmp(blank, " kernel:", 8) || (blank[8] && blank[8] != ' '))
		return NULL;
	add_caller_id(line, s, blank - s);
	return skip_one_blank(blank + 8);
}

/* Behind a date of any kind there is the rest of it, then the host. */
static const char *skip_dated(struct log_line *line, const char *s)
{
	const char *tag = strstr(s, " kernel:");
	const char *host;

	if (tag && tag - s < PREFIX_MAX) {
		host = memrchr(s, ' ', tag - s);
		add_caller_id(line, host ? host : s, tag - (host ? host : s));
		return skip_one_blank(tag + 8);
	}
	/* A continuous-integration log: an ISO date and nothing else. */
	return s[4] == '-' ? skip_word(s) : NULL;
}

/* Is there a time of day, to the second, before the host, as in any language? */
static bool is_clock_of_host(const char *s)
{
	const char *tag = strstr(s, " kernel:");
	const char *clock = tag && tag - s < PREFIX_MAX ?
			    log_has_clock(s, tag - s) : NULL;

	return clock && *clock == ':';
}

/*
 * "Sep  1 12:00:00 host kernel: ", "host kernel: ", "kernel: ". Only a date or
 * a single word may stand before "kernel: ": the name of a task may be that too.
 */
static const char *skip_syslog(struct log_line *line, const char *s)
{
	const char *p;

	if (!strncmp(s, "kernel: ", 8))
		return s + 8;
	if (!strcmp(s, "kernel:"))
		return s + 7;
	if (is_date(s) || (is_weekday(s) && is_date(s + 4)) || is_clock_of_host(s))
		return skip_dated(line, s);
	/* journalctl -o short-unix: "1764088727.123456 host kernel: " */
	p = skip_digits(s);
	if (p - s >= 9 && *p == '.' && skip_digits(p + 1) == p + 7 &&
	    p[7] == ' ')
		return skip_host(line, p + 8);
	return skip_host(line, s);
}

/* "[timeQuality tzKnown=\"1\"]": within quotes a bracket ends nothing. */
static const char *skip_element(const char *s)
{
	bool quoted = false;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (*s == ']' && !quoted)
			return s + 1;
	}
	return NULL;
}

/* RFC 5424 behind its <priority>: "1 TIME HOST kernel PROCID MSGID DATA TEXT" */
static const char *skip_rfc5424(struct log_line *line, const char *s)
{
	const char *host, *p;

	if (strncmp(s, "1 ", 2) || (s[2] != '-' && !is_date(s + 2)))
		return NULL;
	host = skip_word(s + 2);
	p = host ? skip_word(host) : NULL;
	if (!p || strncmp(p, "kernel ", 7))
		return NULL;
	add_caller_id(line, host, p - 1 - host);
	p = skip_word(p + 7);
	p = p ? skip_word(p) : NULL;
	if (!p)
		return NULL;
	while (*p == '[') {
		p = skip_element(p);
		if (!p)
			return NULL;
	}
	p = skip_one_blank(p + (*p == '-'));
	return strncmp(p, "\357\273\277", 3) ? p : p + 3;
}

/* "<4>" of a console, of pstore, and of syslog on the wire, with its length */
static const char *skip_priority(struct log_line *line, const char *s)
{
	const char *p = skip_digits(s), *next;

	if (p > s && *p == ' ' && p[1] == '<')
		s = p + 1;
	if (*s != '<')
		return NULL;
	p = skip_digits(s + 1);
	if (p == s + 1 || *p != '>')
		return NULL;
	next = skip_rfc5424(line, p + 1);
	return next ? next : p + 1;
}

/* "kern  :warn  : " of dmesg -x */
static const char *skip_decoded(const char *s)
{
	static const char * const levels[] = {
		"emerg", "alert", "crit", "err", "warn", "notice", "info",
		"debug",
	};
	const char *p = s + strspn(s, "abcdefghijklmnopqrstuvwxyz01234567");

	if (p == s || p - s > 8)
		return NULL;
	p = skip_blanks(p);
	if (*p++ != ':')
		return NULL;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(levels); i++) {
		size_t len = strlen(levels[i]);
		const char *end = skip_blanks(p + len);

		if (!strncmp(p, levels[i], len) && !strncmp(end, ": ", 2))
			return end + 2;
	}
	return NULL;
}

/* ---- /dev/kmsg and netconsole ---- */

/* Newlines, backslashes and all beyond ASCII come as \xNN. */
static void unescape(char *s)
{
	char *to = s;
	unsigned int byte;

	while (*s) {
		if (s[0] == '\\' && s[1] == 'x' &&
		    isxdigit((unsigned char)s[2]) &&
		    isxdigit((unsigned char)s[3]) &&
		    sscanf(s + 2, "%2x", &byte) == 1) {
			if (byte)
				*to++ = byte;
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* "4,1234,5678901,-,caller=T1;", with the release in front if netconsole does */
static const char *skip_kmsg(struct log_line *line, const char *s)
{
	const char *fields = s, *p = skip_digits(s), *end, *caller;

	if (p > s && *p == '.') {
		fields = s + strcspn(s, ", ");
		if (*fields++ != ',')
			return NULL;
		p = skip_digits(fields);
	}
	if (p == fields || *p != ',')
		return NULL;
	p = skip_digits(p + 1);
	if (*p != ',' || !isdigit((unsigned char)p[1]))
		return NULL;
	end = strchr(p, ';');
	if (!end)
		return NULL;
	line->time = log_seconds(p + 1, 6);
	if (fields > s && (size_t)(fields - s) <= sizeof(line->release))
		snprintf(line->release, sizeof(line->release), "%.*s",
			 (int)(fields - 1 - s), s);
	caller = strstr(p, ",caller=");
	if (caller && caller < end)
		add_caller_id(line, caller + 8, strcspn(caller + 8, ",;"));
	unescape(line->raw + (end + 1 - line->raw));
	return end + 1;
}

/* ---- all of them, in any order ---- */

static const char *skip_any(struct log_line *line, const char *s)
{
	const char *next = skip_bracket(line, s);

	if (!next)
		next = skip_syslog(line, s);
	if (!next && !strncmp(s, "MESSAGE=", 8))
		next = s + 8;
	if (!next)
		next = skip_priority(line, s);
	if (!next)
		next = skip_kmsg(line, s);
	if (!next)
		next = skip_decoded(s);
	return next;
}

/* @first: nothing was skipped before @p */
static void skip_known(struct log_line *line, const char *p, bool first)
{
	bool diff = !first;

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
		next = skip_any(line, word);
		if (!next && first && !line->prefixed)
			next = skip_to_timestamp(line, word);
		if (!next)
			break;
		line->prefixed = true;
		p = next;
	}
	line->body = p;
	line->word = skip_blanks(p);
}

void log_skip_prefix(struct log_line *line)
{
	skip_known(line, line->raw, true);
}

/* ---- those that nobody has told us of ---- */

/*
 * Where the kernel's own timestamp and caller begin, if nothing is between them and
 * @end: these have to be known, for they tell callers apart.
 */
static const char *find_kernel_time(struct log_line *line, const char *end)
{
	char caller_id[LOG_CALLER_ID_MAX];
	double time = line->time;

	strcpy(caller_id, line->caller_id);
	for (const char *s = line->word; (s = strchr(s, '[')) && s < end; s++) {
		const char *p = s;

		line->time = -1;
		while (p && p < end)
			p = skip_bracket(line, p);
		if (p == end && line->time >= 0)
			return s;
		strcpy(line->caller_id, caller_id);
	}
	line->time = time;
	return NULL;
}

void log_learn_prefix(struct log_line *line, const char *header,
		      struct log_pattern *pattern)
{
	const char *known = find_kernel_time(line, header);
	const char *end = known ? known : header;

	log_pattern_set(pattern, line->word, end - line->word);
	if (!known)
		return;
	line->prefixed = true;
	line->body = header;
	line->word = header;
}

void log_skip_learned(struct log_line *line, struct log_pattern *pattern)
{
	const char *p = NULL;

	if (*line->word)
		p = log_pattern_skip(pattern, line->word, kmc_families_know);
	if (p)
		skip_known(line, p, false);
}
