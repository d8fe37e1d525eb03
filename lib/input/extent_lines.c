// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines that say which bytes of an access are to blame:
 *
 *	Bytes 4-7, 20-23 (freed) and 3 more ranges of 72 are uninitialized
 *	Memory access of size 72 starts at ffff888003a1c000
 */
#include "input/extent_lines.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "input/scan.h"
#include "report/model.h"

/* No access is longer. */
#define LENGTH_MAX	UINT32_MAX
#define BYTES	"Bytes "
#define BYTE	"Byte "
#define MEMORY	"Memory access of size "
#define STARTS	" starts at "

/* Behind @expect, or NULL, also when @s is. */
static const char *skip(const char *s, const char *expect)
{
	const size_t len = strlen(expect);

	return s && !strncmp(s, expect, len) ? s + len : NULL;
}

/* Behind the digits, or NULL; what does not fit is no number. */
static const char *scan_number(const char *s, uint64_t *out)
{
	char *end;

	if (!s || !isdigit((unsigned char)*s))
		return NULL;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return errno ? NULL : end;
}

/* Behind the name of one, or NULL. */
static const char *scan_state(const char *s, enum kmc_state *state)
{
	static const enum kmc_state states[] = {
		KMC_UNINITIALIZED, KMC_UNALLOCATED, KMC_FREED, KMC_INITIALIZED, KMC_INVALID,
	};
	const char *end = NULL;

	for (size_t i = 0; s && !end && i < KMC_ARRAY_SIZE(states); i++) {
		end = skip(s, kmc_state_name(states[i]));
		*state = states[i];
	}
	return end;
}

/* "4-7", or "4" alone; "4-7 (freed)" when that is not the line's state */
static const char *scan_range(const char *s, struct log_range *range)
{
	const char *own;

	s = scan_number(s, &range->first);
	range->last = range->first;
	range->state = KMC_INVALID;
	if (s && *s == '-')
		s = scan_number(s + 1, &range->last);
	own = skip(s, " (");
	return own ? skip(scan_state(own, &range->state), ")") : s;
}

/* "4-7, 20-23": one more than there is room for is no such list. */
static const char *scan_ranges(const char *s, struct log_extent *out)
{
	for (; s && out->count < LOG_RANGES_MAX; s += 2) {
		s = scan_range(s, &out->ranges[out->count]);
		out->count++;
		if (!s || strncmp(s, ", ", 2))
			return s;
	}
	return NULL;
}

static bool scan_bytes(const char *word, struct log_extent *out)
{
	const char *s = skip(word, BYTES), *more;

	s = scan_ranges(s ? s : skip(word, BYTE), out);
	more = skip(s, " and ");
	if (more)
		s = skip(scan_number(more, &out->more), " more range");
	if (more && s)
		s += *s == 's';
	s = scan_number(skip(s, " of "), &out->length);
	more = skip(s, " are ");
	s = scan_state(more ? more : skip(s, " is "), &out->state);
	return s && !*s;
}

static bool scan_start(const char *word, struct log_extent *out)
{
	const char *s = skip(scan_number(skip(word, MEMORY), &out->length), STARTS);

	if (s && !strncmp(s, "0x", 2))
		s += 2;
	s = s ? kmc_scan_hex(s, &out->start) : NULL;
	return s && !*s;
}

bool log_begins_extent(const char *word)
{
	const char *s = skip(word, BYTES);

	if (!s)
		s = skip(word, BYTE);
	return (s && isdigit((unsigned char)*s)) || skip(word, MEMORY);
}

bool log_continues_extent(const char *word)
{
	const char *s = strncmp(word, "and ", 4) ? word : word + 4;

	return isdigit((unsigned char)*s) && strspn(s, "0123456789-, ") > 1 &&
	       !strchr(s, '[') && !strchr(s, '<');
}

bool log_take_extent(struct log_extent *extent, const char *word)
{
	struct log_extent line;

	if (!log_begins_extent(word))
		return false;
	line = (struct log_extent) { };
	if (!extent->count && scan_bytes(word, &line)) {
		line.start = extent->start;
		line.has_start = extent->has_start;
		*extent = line;
		return true;
	}
	line = (struct log_extent) { };
	if (extent->has_start || !scan_start(word, &line))
		return false;
	extent->length = line.length;
	extent->start = line.start;
	extent->has_start = true;
	return true;
}

bool log_give_extent(const struct log_extent *extent, struct kmc_report *report)
{
	bool ok = true;

	if (!extent->length || extent->length > LENGTH_MAX)
		return true;
	/* The reported byte is the first of them. */
	report->access_start = extent->has_start ? extent->start :
			       report->address - (extent->count ? extent->ranges[0].first : 0);
	report->access_length = extent->length;
	for (size_t i = 0; ok && i < extent->count; i++) {
		const struct log_range *range = &extent->ranges[i];

		if (range->last >= range->first && range->last < extent->length)
			ok = kmc_report_add_run(report, report->access_start + range->first,
						range->last - range->first + 1,
						range->state == KMC_INVALID ? extent->state :
									      range->state);
	}
	kmc_report_finish_runs(report, extent->count + (uint64_t)extent->more, 0);
	return ok;
}
