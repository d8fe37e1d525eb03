// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Queries for types, in words: "40..64 bytes with a hole at 12", ".si_code",
 * ": struct list_head", "contains struct x", "takes struct file".
 */
#include "types/find_query.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

#define WORDS_MAX	64
#define QUERY_MAX	1024

/*
 * struct words - what is left to read
 * @v: words, @count of them; @at: the next
 */
struct words {
	char *v[WORDS_MAX];
	size_t count;
	size_t at;
};

/* In "void *" and "void (*)(int)" a star is C's. */
static bool glob(const char *start, const char *pattern, const char *text)
{
	for (; *pattern; pattern++, text++) {
		if (*pattern == '*' && (pattern == start || !strchr(" *(", pattern[-1]))) {
			for (; *text; text++)
				if (glob(start, pattern + 1, text))
					return true;
			return glob(start, pattern + 1, text);
		}
		if (!*text || (*pattern != '?' && *pattern != *text))
			return false;
	}
	return !*text;
}

bool kmc_query_glob(const char *pattern, const char *text)
{
	return glob(pattern, pattern, text);
}

void kmc_query_release(struct kmc_query *query)
{
	free(query->type);
	free(query->member);
	free(query->member_type);
	free(query->contains);
	free(query->points);
	free(query->takes);
	free(query->returns);
	*query = (struct kmc_query) { };
}

static struct kmc_error *misread(const char *what)
{
	return kmc_error_new(KMC_ERROR_FORMAT, NULL, 0,
			     "cannot search for '%s': a query is a name, .MEMBER, : TYPE, at N, N..M bytes, hole [at N] [of N], contains TYPE, points to TYPE, takes TYPE, returns TYPE",
			     what);
}

/* "12", "0xc", "40..64" */
static bool read_range(const char *text, struct kmc_range *range)
{
	char *end;

	if (*text == '+')
		text++;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	range->from = strtoull(text, &end, 0);
	range->to = range->from;
	if (!strncmp(end, "..", 2) && end[2] >= '0' && end[2] <= '9')
		range->to = strtoull(end + 2, &end, 0);
	range->set = !*end && !errno && range->from <= range->to;
	return range->set;
}

static const char *next(struct words *words)
{
	return words->at < words->count ? words->v[words->at] : NULL;
}

static bool take(struct words *words, const char *word)
{
	const char *there = next(words);

	if (!there || strcmp(there, word))
		return false;
	words->at++;
	return true;
}

static bool is_keyword(const char *word)
{
	static const char * const all[] = {
		"at", "hole", "contains", "points", "takes", "returns", "with", "size", ":",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(all); i++)
		if (!strcmp(word, all[i]))
			return true;
	return false;
}

/* Up to the next word of ours; false: there is none. */
static bool take_type(struct words *words, char **out)
{
	struct kmc_buf buf = { };
	const char *word;

	while ((word = next(words)) && !is_keyword(word) && *word != '.') {
		struct kmc_range range;

		/* "40..64 bytes" is no part of a type. */
		if (read_range(word, &range) && words->at + 1 < words->count &&
		    !strcmp(words->v[words->at + 1], "bytes"))
			break;
		kmc_buf_printf(&buf, "%s%s", buf.len ? " " : "", word);
		words->at++;
	}
	if (!buf.len || buf.failed || *out) {
		kmc_buf_release(&buf);
		return false;
	}
	*out = buf.data;
	return true;
}

static bool take_range(struct words *words, struct kmc_range *range)
{
	const char *word = next(words);

	if (!word || !read_range(word, range))
		return false;
	words->at++;
	take(words, "bytes");
	return true;
}

static bool take_hole(struct words *words, struct kmc_query *query)
{
	query->hole = true;
	for (;;) {
		if (take(words, "at")) {
			if (!take_range(words, &query->hole_at))
				return false;
		} else if (take(words, "of")) {
			if (!take_range(words, &query->hole_of))
				return false;
		} else {
			return true;
		}
	}
}

/* The words that stand for themselves, and what follows them. */
static bool take_clause(struct words *words, struct kmc_query *query)
{
	if (take(words, "hole"))
		return take_hole(words, query);
	if (take(words, ":"))
		return take_type(words, &query->member_type);
	if (take(words, "contains"))
		return take_type(words, &query->contains);
	if (take(words, "takes"))
		return take_type(words, &query->takes);
	if (take(words, "returns"))
		return take_type(words, &query->returns);
	if (take(words, "at"))
		return take_range(words, &query->at);
	if (take(words, "size"))
		return take_range(words, &query->size);
	if (!take(words, "points"))
		return false;
	take(words, "to");
	return take_type(words, &query->points);
}

static bool take_word(struct words *words, struct kmc_query *query)
{
	const char *word = next(words);
	struct kmc_range range;

	if (is_keyword(word))
		return take_clause(words, query);
	words->at++;
	if (*word == '+' && read_range(word, &query->at))
		return true;
	if (read_range(word, &range)) {
		query->size = range;
		return take(words, "bytes");
	}
	if (*word == '.' && word[1] && !query->member) {
		query->member = strdup(word + 1);
		return query->member;
	}
	if (!strcmp(word, "struct") || !strcmp(word, "union") || !strcmp(word, "enum"))
		return next(words);
	if (query->type || *word == '.')
		return false;
	query->type = strdup(word);
	return query->type;
}

/* Around ":" there need be no blanks; "with a" and "and" are for people. */
static void split(char *text, struct words *words)
{
	static const char * const fillers[] = { "with", "a", "an", "and" };

	for (char *word = strtok(text, " \t\n"); word && words->count < WORDS_MAX;
	     word = strtok(NULL, " \t\n")) {
		bool filler = false;

		for (size_t i = 0; i < KMC_ARRAY_SIZE(fillers); i++)
			filler |= !strcmp(word, fillers[i]);
		if (!filler)
			words->v[words->count++] = word;
	}
}

struct kmc_error *kmc_query_parse(const char *text, struct kmc_query *query)
{
	char spaced[2 * QUERY_MAX];
	struct words words = { };
	size_t n = 0;

	for (const char *at = text; *at && n + 4 < sizeof(spaced); at++) {
		bool colon = *at == ':' && at[1] != ':' && (at == text || at[-1] != ':');

		n += snprintf(spaced + n, sizeof(spaced) - n, colon ? " %c " : "%c", *at);
	}
	spaced[n] = '\0';
	split(spaced, &words);
	if (!words.count || strlen(text) > QUERY_MAX)
		return misread(text);
	while (next(&words))
		if (!take_word(&words, query)) {
			kmc_query_release(query);
			return misread(text);
		}
	return NULL;
}
