// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words that lines have which are worth looking at between reports.
 *
 * Logs are gigabytes, and nearly none of their lines has one: all words are searched for
 * at once, by two letters of each that are rare together.
 */
#include "input/log_words.h"

#include <ctype.h>
#include <string.h>

#include "base/compiler.h"
#include "report/uts_version.h"

/* Bytes that are looked at together. */
#define BLOCK	64
/* Of a word, up to its second letter that is looked at. */
#define REACH	16
/* KMSAN's is the shortest that a checker draws, and programs draw shorter ones. */
#define RULE_MIN	50

/*
 * WORD(text, i, j) - a line may begin a report, or say something about one, when it has
 * this; i and j are the places of the two letters. What is behind the families' words and
 * those of log_unread() has to be here.
 */
#define WORDS						\
	WORD("kmemcheck: ", 3, 4)			\
	WORD("BUG", 1, 2)				\
	WORD("UBSAN: ", 1, 2)				\
	WORD("WARNING: ", 6, 7)				\
	WORD("nable to handle kernel", 2, 9)		\
	WORD("general protection", 0, 8)		\
	WORD("Internal error: ", 0, 10)			\
	WORD("Unhandled fault: ", 0, 10)		\
	WORD("Oops", 0, 1)				\
	WORD(" [#", 1, 2)				\
	WORD("[ cut here ]", 0, 6)			\
	WORD("corruption", 0, 5)			\
	WORD("list_add double", 4, 12)			\
	WORD("usercopy: ", 4, 7)			\
	WORD("buffer overflow", 8, 14)			\
	WORD("CFI failure", 0, 1)			\
	WORD("refcount_t: ", 2, 3)			\
	WORD("INFO: ", 3, 4)				\
	WORD(LOG_RULE, 0, 8)				\
	WORD(KMC_BANNER, 0, 6)

static const struct {
	const char *text;
	size_t len;
} words[] = {
#define WORD(text, i, j)	{ text, sizeof(text) - 1 },
	WORDS
#undef WORD
};

/* So many bytes are compared by one instruction. */
typedef unsigned char letters __attribute__((vector_size(16)));

static inline letters load(const char *s)
{
	letters v;

	memcpy(&v, s, sizeof(v));
	return v;
}

/* Where a byte is this one, all bits are set. */
static inline letters equal(const char *s, char c)
{
	return (letters)(load(s) == (letters) { } + (unsigned char)c);
}

/* May a word begin at one of these? Reads REACH bytes beyond them. */
static bool may_have_word(const char *s)
{
	letters any = { };
	uint64_t halves[2];

	for (int at = 0; at < BLOCK; at += sizeof(letters)) {
		const char *p = s + at;

#define WORD(text, i, j)	any |= equal(p + i, text[i]) & equal(p + j, text[j]);
		WORDS
#undef WORD
	}
	memcpy(halves, &any, sizeof(halves));
	return halves[0] | halves[1];
}

/* The same for what is too short to be read that far. */
static bool rest_may_have_word(const char *s, size_t len)
{
	char padded[BLOCK + REACH] = { };

	memcpy(padded, s, len);
	return may_have_word(padded);
}

/* How words begin. */
static const bool first_letters[256] = {
	['k'] = true, ['B'] = true, ['U'] = true, ['W'] = true, ['n'] = true, ['g'] = true,
	['I'] = true, ['O'] = true, [' '] = true, ['['] = true, ['c'] = true, ['r'] = true,
	['L'] = true, ['='] = true, ['l'] = true, ['u'] = true, ['b'] = true, ['C'] = true,
};

static bool is_word(const char *s, size_t len)
{
	if (!first_letters[(unsigned char)*s])
		return false;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(words); i++)
		if (*s == *words[i].text && len >= words[i].len &&
		    !memcmp(s, words[i].text, words[i].len))
			return true;
	return false;
}

const char *log_words_find(const char *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const size_t left = len - at, n = left < BLOCK ? left : BLOCK;

		if (left < BLOCK + REACH ? rest_may_have_word(data + at, left) :
		    may_have_word(data + at))
			for (size_t i = 0; i < n; i++)
				if (is_word(data + at + i, left - i))
					return data + at + i;
		at += n;
	}
	return NULL;
}

/* ---- what lines say ---- */

static bool begins(const char *word, const char *with)
{
	return *word == *with && !strncmp(word, with, strlen(with));
}

bool log_is_message(const char *word)
{
	static const char * const starts[] = {
		"list_add corruption", "list_del corruption", "list_add double add", "refcount_t: ",
		"usercopy: ", "CFI failure at ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++)
		if (begins(word, starts[i]))
			return true;
	/* "memcpy: detected buffer overflow: 8 byte write", and without the function */
	return strstr(word, "detected buffer overflow");
}

/* "CPU: 1 PID: 2 at F:L", "at F:L", and what lockdep says */
static bool is_warning(const char *s)
{
	return begins(s, "CPU: ") || begins(s, "at ") || strstr(s, " detected") ||
	       strstr(s, " at ") || strstr(s, "lock");
}

bool log_is_rule(const char *word)
{
	const size_t len = strspn(word, "=");

	return len >= RULE_MIN && !word[len];
}

const char *log_unread(const struct log_line *line)
{
	static const char * const starts[] = {
		"BUG:", "UBSAN:", "Oops:", "Oops -", "general protection fault", "kernel BUG",
		"Unable to handle kernel", "Internal error:", "Unhandled fault:", "watchdog: BUG:",
	};
	static const char * const anywhere[] = {
		"BUG: KASAN:", "BUG: KMSAN:", "BUG: KFENCE:", "BUG: KCSAN:", "BUG: unable to handle",
		"kernel BUG at ", "BUG: kernel NULL pointer",
	};
	const char *word = line->word, *s;

	/* It is the title of what follows. */
	if (strstr(word, "BUG: kmemcheck: "))
		return NULL;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++)
		if (begins(word, starts[i]))
			return word;
	if (begins(word, "WARNING: "))
		return line->prefixed && is_warning(word + 9) ? word : NULL;
	s = line->prefixed ? strstr(word, " BUG: ") : NULL;
	if (s)
		return s + 1;
	if (begins(word, "BUG ") && strstr(word, "ainted"))
		return word;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(anywhere); i++) {
		s = strstr(word, anywhere[i]);
		if (s)
			return s;
	}
	return NULL;
}
