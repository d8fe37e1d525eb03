// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of families, and questions to all of them.
 */
#include "input/families.h"

#include <string.h>

#include "base/compiler.h"

/*
 * Bytes that are searched for one family's word before the next one's: a word that is
 * rare must not be searched for to the end for each place where another one is.
 */
#define WINDOW		(16 * 1024)

static const struct kmc_family * const families[] = {
#define FAMILY(name)	(&kmc_family_ ## name)
#include "input/families.def"
#undef FAMILY
};

const char *kmc_families_find(const char *data, size_t len)
{
	const char *first = NULL;

	for (size_t at = 0; at < len && !first; at += WINDOW) {
		for (size_t i = 0; i < KMC_ARRAY_SIZE(families); i++) {
			const char *word = families[i]->word;
			size_t size = strlen(word), n = len - at, most = WINDOW + size - 1;
			const char *hit;

			hit = memmem(data + at, n < most ? n : most, word, size);
			if (hit && (!first || hit < first))
				first = hit;
		}
	}
	return first;
}

enum log_match kmc_families_match(const struct log_line *line,
				  struct log_header *out)
{
	*out = (struct log_header) { .kind = KMC_UNKNOWN_KIND, .state = KMC_UNKNOWN_STATE };
	for (size_t i = 0; i < KMC_ARRAY_SIZE(families); i++) {
		const struct kmc_family *family = families[i];
		enum log_match match = LOG_NO;

		if (strstr(line->body, family->word))
			match = family->match(line, out);
		if (match == LOG_NO)
			continue;
		out->family = family;
		return match;
	}
	return LOG_NO;
}

bool kmc_families_notice(const struct log_line *line, struct kmc_event *event)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(families); i++) {
		const struct kmc_family *family = families[i];

		if (family->notice && strstr(line->body, family->word) &&
		    family->notice(line, event))
			return true;
	}
	return false;
}

bool kmc_families_know(const char *text, bool sure)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(families); i++) {
		if (families[i]->knows(text, sure))
			return true;
	}
	return false;
}
