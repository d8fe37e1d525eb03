// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a prefix looks like whose meaning nobody knows.
 */
#include "input/log_pattern.h"

#include <ctype.h>
#include <string.h>

/*
 * A prefix is before each line. If the next ones lack it, it was a line that had not
 * ended: one of the kernel's, whose like may come in the report. There are two lines of
 * any report before the first that begins with a word.
 */
#define CHANCES		2

/* Which words may differ from those of the example. */
enum fit {
	FIT_NUMBERS,		/* numbers, and beside a time of day all words */
	FIT_COUNTERS,		/* hexadecimal numbers and single letters, too */
	FIT_WORDS,		/* all */
};

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

/* Of a word or a number; what is beyond ASCII are letters of some language. */
static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

const char *log_has_clock(const char *s, size_t len)
{
	for (size_t i = 0; i + 5 <= len; i++) {
		if ((!i || !is_letter(s[i - 1])) && is_digit(s[i]) &&
		    is_digit(s[i + 1]) && s[i + 2] == ':' && is_digit(s[i + 3]) &&
		    is_digit(s[i + 4]) && (i + 5 == len || !is_letter(s[i + 5])))
			return s + i + 5;
	}
	return NULL;
}

void log_pattern_set(struct log_pattern *pattern, const char *prefix, size_t len)
{
	if (len > LOG_PATTERN_MAX)
		len = 0;
	memcpy(pattern->example, prefix, len);
	pattern->example[len] = '\0';
	pattern->dated = log_has_clock(pattern->example, len);
	pattern->loose = false;
	pattern->confirmed = false;
	pattern->chances = CHANCES;
}

static size_t count_blanks(const char *s)
{
	return strspn(s, " \t");
}

static size_t count_letters(const char *s)
{
	size_t n = 0;

	while (is_letter(s[n]))
		n++;
	return n;
}

static size_t count_digits(const char *s)
{
	size_t n = 0;

	while (is_digit(s[n]))
		n++;
	return n;
}

/* Are two words the same but for the numbers in them, as 0s and 12s are? */
static bool is_numbered(const char *like, size_t size, const char *s, size_t len)
{
	const char *end = like + size, *to = s + len;

	if (!size || !is_digit(*like))
		return false;
	while (like < end && s < to) {
		size_t digits = count_digits(like);

		if (!digits != !count_digits(s) || (!digits && *like != *s))
			return false;
		like += digits ? digits : 1;
		s += digits ? count_digits(s) : 1;
	}
	return like == end && s == to;
}

/* "1f", "0x1f" */
static bool is_hex(const char *s, size_t len)
{
	size_t i = len > 2 && s[0] == '0' && s[1] == 'x' ? 2 : 0;

	while (i < len && isxdigit((unsigned char)s[i]))
		i++;
	return len && i == len;
}

static bool is_counter(const char *like, size_t size, const char *s, size_t len)
{
	return (is_hex(like, size) && is_hex(s, len)) ||
	       (size == 1 && len == 1 && isalpha((unsigned char)*like) &&
		isalpha((unsigned char)*s));
}

static bool word_fits(const struct log_pattern *pattern, enum fit fit, const char *like,
		      size_t size, const char *s, size_t len)
{
	bool number = count_digits(like) == size;

	if (number ? len && count_digits(s) == len :
		     (len == size && !memcmp(like, s, len)) || is_numbered(like, size, s, len))
		return true;
	if (fit == FIT_WORDS || (fit == FIT_COUNTERS && is_counter(like, size, s, len)))
		return len;
	return !number && pattern->dated && len && count_digits(s) != len;
}

/* Behind a word or a number at *@s that is like that at *@like. */
static bool skip_word(const struct log_pattern *pattern, enum fit fit, const char **like,
		      const char **s)
{
	size_t size = count_letters(*like), len = count_letters(*s);

	if (!word_fits(pattern, fit, *like, size, *s, len))
		return false;
	*like += size;
	*s += len;
	return true;
}

/* The same for blanks, which the kernel's line may begin with: those are not ours. */
static bool skip_blanks(const char **like, const char **s)
{
	size_t size = count_blanks(*like), len = count_blanks(*s);

	if (!(*like)[size]) {
		if (strncmp(*like, *s, size) && (*s)[len])
			return false;
		len = len < size ? len : size;
	} else if (!is_digit((*like)[size]) && !len != !size) {
		return false;
	}
	*like += size;
	*s += len;
	return true;
}

/* What is behind it. */
static const char *skip_like(const struct log_pattern *pattern, enum fit fit, const char *s)
{
	const char *like = pattern->example;

	while (*like) {
		/* Also none, where a number has grown into the room before it. */
		if (!skip_blanks(&like, &s))
			return NULL;
		if (is_letter(*like)) {
			if (!skip_word(pattern, fit, &like, &s))
				return NULL;
		} else if (*like) {
			/* grep -n marks the line it found with ":" and its context with "-". */
			if (*like != *s && (*like != ':' || *s != '-'))
				return NULL;
			like++;
			s++;
		}
	}
	return s;
}

/* The same where words have not been seen to differ yet. */
static const char *skip_unlike(struct log_pattern *pattern, const char *s,
			       bool (*is_line)(const char *text, bool sure))
{
	const char *end = pattern->confirmed ? skip_like(pattern, FIT_COUNTERS, s) : NULL;

	if (end)
		return end;
	end = skip_like(pattern, FIT_WORDS, s);
	pattern->loose = end && is_line(end, pattern->confirmed);
	return pattern->loose ? end : NULL;
}

const char *log_pattern_skip(struct log_pattern *pattern, const char *s,
			     bool (*is_line)(const char *text, bool sure))
{
	const char *end;

	if (!*pattern->example)
		return NULL;
	end = skip_like(pattern, pattern->loose ? FIT_WORDS : FIT_NUMBERS, s);
	if (!end && !pattern->loose)
		end = skip_unlike(pattern, s, is_line);
	if (end)
		pattern->confirmed = true;
	else if (!pattern->confirmed && !--pattern->chances)
		pattern->example[0] = '\0';
	return end;
}
