// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of families, and questions to all of them.
 */
#include "input/families.h"

#include <string.h>

#include "base/compiler.h"

static const struct kmc_family * const families[] = {
#define FAMILY(name)	(&kmc_family_ ## name)
#include "input/families.def"
#undef FAMILY
};

enum log_match kmc_families_match(const struct log_line *line,
				  struct log_header *out)
{
	*out = (struct log_header) { .kind = KMC_UNKNOWN_KIND, .state = KMC_UNKNOWN_STATE };
	/* As nearly all lines of a report are. */
	if (line->wordless)
		return LOG_NO;
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
	if (line->wordless)
		return false;
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
		if (families[i]->knows && families[i]->knows(text, sure))
			return true;
	}
	return false;
}
