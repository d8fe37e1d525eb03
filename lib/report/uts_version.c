// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a kernel says of its build, read and compared.
 */
#include "report/uts_version.h"

#include <ctype.h>
#include <string.h>

#include "base/compiler.h"

/* A word, or none: without length. */
struct word {
	const char *text;
	size_t len;
};

static const char blanks[] = " \t";

static struct word next_word(const char **at)
{
	struct word word = { .text = *at + strspn(*at, blanks) };

	word.len = strcspn(word.text, " \t\n");
	*at = word.text + word.len;
	return word;
}

static bool same(struct word a, struct word b)
{
	return a.len == b.len && !memcmp(a.text, b.text, a.len);
}

static bool is(struct word word, const char *text)
{
	return same(word, (struct word) { text, strlen(text) });
}

/* ---- banners ---- */

/* "… (gcc (Debian 12.2.0) 12.2.0, GNU ld 2.40) #1 SMP": the last parenthesis counts. */
static const char *find_version(const char *text, const char *end)
{
	for (const char *p = end; p - text >= 3; p--)
		if (!memcmp(p - 3, ") #", 3))
			return p - 1;
	return NULL;
}

bool kmc_banner_read(const char *text, size_t len, struct kmc_banner *out)
{
	const char *end = text, *p = text;

	/* The text may be that of a whole section. */
	while ((size_t)(end - text) < len && *end && *end != '\n' && *end != '\r')
		end++;
	while (p < end && *p > ' ' && *p < 0x7f)
		p++;
	/* Other strings start so too: "Linux version %s". */
	if (p == text || !isdigit((unsigned char)*text) || p == end || *p != ' ')
		return false;
	*out = (struct kmc_banner) { .release = text, .release_len = p - text };
	out->version = find_version(p, end);
	if (out->version)
		out->version_len = end - out->version;
	return true;
}

/* ---- versions ---- */

/* "#1", "#21~22.04-Ubuntu"; "#" alone stands for any. */
static bool same_number(struct word said, struct word full)
{
	/* "(2.6.31-tip #206)" */
	while (said.len && strchr("),", said.text[said.len - 1]))
		said.len--;
	return is(full, "#") || is(said, "#") || same(said, full);
}

/* Such words follow the number of a version; of a machine they would be odd names. */
static bool goes_on(struct word word)
{
	static const char * const words[] = {
		"SMP", "PREEMPT", "PREEMPT_RT", "PREEMPT_DYNAMIC", "PREEMPT_LAZY",
		"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun",
		"Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(words); i++)
		if (is(word, words[i]))
			return true;
	return false;
}

/* Up to where one of them ends, be it within a word: both are cut at 64 bytes. */
static bool same_words(const char *said, const char *full)
{
	struct word a, b;

	do {
		a = next_word(&said);
		b = next_word(&full);
	} while (a.len && same(a, b));
	if (!*said && a.len < b.len)
		return !memcmp(a.text, b.text, a.len);
	return !b.len || (!*full && b.len < a.len && !memcmp(a.text, b.text, b.len));
}

/* What Debian's kernels print behind the number is their package's version. */
static struct word package(const char *text)
{
	struct word word;

	do {
		word = next_word(&text);
	} while (word.len && !is(word, "Debian"));
	/* It is followed by a version, unless it names a machine. */
	if (word.len)
		word = next_word(&text);
	return word.len && isdigit((unsigned char)*word.text) ? word : (struct word) { };
}

bool kmc_uts_versions_agree(const char *said, const char *full)
{
	struct word mine, theirs;
	const char *rest;

	mine = next_word(&said);
	theirs = next_word(&full);
	if (!same_number(mine, theirs))
		return false;
	rest = said;
	if (goes_on(next_word(&rest)))
		return same_words(said, full);
	mine = package(said);
	theirs = package(full);
	return !mine.len || !theirs.len || same(mine, theirs);
}
