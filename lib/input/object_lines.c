// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines that tell of the object, what it was copied from, and who did what to them.
 */
#include "input/object_lines.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "input/log_prefix.h"
#include "input/scan.h"

#define OBJECT	"Object "
#define SOURCE	"Source "

/* "size 80, requested 57, access at offset 36"; offset follows from address. */
static bool scan_sizes(const char *s, uint64_t *size, uint64_t *requested)
{
	int end = 0;

	if (sscanf(s, "size %" SCNu64 "%n", size, &end) != 1)
		return false;
	if (!strncmp(s + end, ", requested ", 12))
		sscanf(s + end, ", requested %" SCNu64, requested);
	return true;
}

/* All but the cache, whose name is @len bytes at @cache; @what: as the line begins. */
static bool scan_object(const char *word, const char *what, struct kmc_object *object,
			const char **cache, size_t *len)
{
	static const char of[] = " of cache ";
	const char *end;

	if (strncmp(word, what, strlen(what)))
		return false;
	word += strlen(what);
	word += strncmp(word, "0x", 2) ? 0 : 2;
	end = kmc_scan_hex(word, &object->start);
	if (!end || strncmp(end, of, strlen(of)))
		return false;
	*cache = end + strlen(of);
	/* The name of a cache is free text; the sizes are the last of these. */
	for (const char *s = *cache; (s = strstr(s, ", size ")); s++)
		end = s;
	*len = end - *cache;
	return end >= *cache &&
	       scan_sizes(end + 2, &object->size, &object->requested);
}

bool log_take_object(struct kmc_report *report, const char *word, bool *nomem)
{
	struct kmc_object object = { .known = true, .has_start = true, .slab_offset = -1 };
	const char *cache;
	size_t len;

	if (report->object.known || !scan_object(word, OBJECT, &object, &cache, &len))
		return false;
	object.cache = strndup(cache, len);
	if (!object.cache)
		*nomem = true;
	report->object = object;
	return true;
}

/* ", bytes from offset 20, copied 2 times" behind the sizes */
static bool scan_copies(const char *s, int64_t *offset, uint64_t *copies)
{
	const char *at = NULL;

	/* The name of a cache is free text here, too. */
	while ((s = strstr(s, ", bytes from offset "))) {
		at = s;
		s++;
	}
	return at && sscanf(at, ", bytes from offset %" SCNd64 ", copied %" SCNu64 " time",
			    offset, copies) == 2;
}

/* "Source ffff888000001000 of", and not "Source allocated" */
static bool begins(const char *word, const char *what)
{
	uint64_t address;

	if (strncmp(word, what, strlen(what)))
		return false;
	word += strlen(what);
	word = kmc_scan_hex(word + (strncmp(word, "0x", 2) ? 0 : 2), &address);
	return word && !strncmp(word, " of", 3);
}

bool log_begins_object(const char *word)
{
	return begins(word, OBJECT);
}

bool log_begins_source(const char *word)
{
	return begins(word, SOURCE);
}

bool log_take_source(struct kmc_report *report, const char *word, bool *nomem)
{
	struct kmc_copied source = {
		.known = true, .object.known = true, .object.has_start = true,
	};
	const char *cache;
	size_t len;

	if (report->copied.known ||
	    !scan_object(word, SOURCE, &source.object, &cache, &len) ||
	    !scan_copies(word, &source.offset, &source.copies))
		return false;
	if (!source.copies)
		source.copies = 1;
	source.object.cache = strndup(cache, len);
	if (!source.object.cache)
		*nomem = true;
	report->copied = source;
	return true;
}

/* "Allocated by task 1": returns what is behind it. @track: offset in a report */
static const char *scan_track(const char *word, size_t *track, int *pid)
{
	static const struct {
		const char *begin;
		size_t track;
	} kinds[] = {
		{ "Allocated by task ", offsetof(struct kmc_report, alloc) },
		{ "Freed by task ", offsetof(struct kmc_report, free) },
		{ "Filled by task ", offsetof(struct kmc_report, fill) },
		{ "Stored to memory by task ", offsetof(struct kmc_report, copy) },
		{ "Source allocated by task ", offsetof(struct kmc_report, source_alloc) },
	};
	int end = 0;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(kinds); i++) {
		const size_t len = strlen(kinds[i].begin);

		if (*word != *kinds[i].begin || strncmp(word, kinds[i].begin, len))
			continue;
		*track = kinds[i].track;
		return sscanf(word + len, "%d%n", pid, &end) == 1 ? word + len + end : NULL;
	}
	return NULL;
}

bool log_is_track(const char *word)
{
	size_t track;
	int pid;

	return scan_track(word, &track, &pid);
}

struct kmc_track *log_take_track(struct kmc_report *report, const char *word)
{
	struct kmc_track *track;
	size_t offset = 0;
	int pid;

	word = scan_track(word, &offset, &pid);
	track = (struct kmc_track *)((char *)report + offset);
	if (!word || track->known)
		return NULL;
	track->known = true;
	track->pid = pid;
	word = strstr(word, " at ");
	if (word && isdigit((unsigned char)word[4]))
		track->time = log_seconds(word + 4, 0);
	return track;
}

bool log_take_count(struct kmc_report *report, const char *word)
{
	uint64_t count;

	if (sscanf(word, "Seen %" SCNu64 " times since", &count) != 1 || !count)
		return false;
	report->count = count;
	return true;
}
