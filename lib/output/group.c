// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports by bug. Of each bug one report is kept, and the number of bugs has a
 * limit, so that a log of any length can be grouped.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "kmc/output.h"
#include "report/signature.h"

/* A report takes some 20 kB; a kernel with so many bugs has other worries. */
#define MAX_BUGS	10000

/*
 * struct entry - a bug and when it came
 * @order: 0 for the first one
 */
struct entry {
	struct kmc_bug bug;
	size_t order;
};

/*
 * struct kmc_group - the bugs so far
 * @by_hash: hash of the signature → struct entry; one whose hash is taken goes to
 *	the next free number
 * @sorted: array of pointers to the same
 * @dropped: reports of bugs beyond @max
 */
struct kmc_group {
	struct kmc_map by_hash;
	struct entry **sorted;
	size_t count;
	size_t max;
	uint64_t dropped;
};

struct kmc_error *kmc_group_new(size_t max, struct kmc_group **out)
{
	struct kmc_group *group = calloc(1, sizeof(*group));

	if (!group)
		return kmc_error_nomem();
	group->max = max ? max : MAX_BUGS;
	*out = group;
	return NULL;
}

static void entry_free(struct entry *entry)
{
	/* Most bugs are all in one file. */
	if (entry->bug.last.source != entry->bug.first.source)
		free(entry->bug.last.source);
	free(entry->bug.first.source);
	free(entry->bug.signature);
	kmc_report_free(entry->bug.example);
	free(entry);
}

void kmc_group_free(struct kmc_group *group)
{
	if (!group)
		return;
	for (size_t i = 0; i < group->count; i++)
		entry_free(group->sorted[i]);
	free(group->sorted);
	kmc_map_release(&group->by_hash, NULL);
	free(group);
}

/* False when out of memory; @seen is as before then. */
static bool set_last(struct kmc_bug *bug, const struct kmc_report *report)
{
	struct kmc_seen *last = &bug->last;
	char *source = bug->first.source;

	if (strcmp(source, report->source)) {
		source = last->source != bug->first.source &&
			 !strcmp(last->source, report->source) ?
			 last->source : strdup(report->source);
		if (!source)
			return false;
	}
	if (source != last->source && last->source != bug->first.source)
		free(last->source);
	*last = (struct kmc_seen) {
		.source = source, .from_stream = report->from_stream,
		.line = report->line, .seq = report->seq, .time = report->time,
	};
	return true;
}

static struct entry *entry_new(const struct kmc_report *report, char *signature)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct kmc_bug *bug;

	if (!entry)
		return NULL;
	bug = &entry->bug;
	bug->first.source = strdup(report->source);
	bug->last.source = bug->first.source;
	if (!bug->first.source || !set_last(bug, report)) {
		free(bug->first.source);
		free(entry);
		return NULL;
	}
	bug->first = bug->last;
	bug->signature = signature;
	kmc_signature_hash(signature, bug->hash);
	return entry;
}

/* A new bug at @key; takes @signature over unless it fails. */
static struct kmc_error *group_push(struct kmc_group *group, uint64_t key,
				    const struct kmc_report *report,
				    char *signature, struct entry **out)
{
	struct entry *entry, **slot;

	slot = kmc_grow(&group->sorted, group->count, sizeof(entry));
	entry = slot ? entry_new(report, signature) : NULL;
	if (!entry)
		return kmc_error_nomem();
	if (!kmc_map_put(&group->by_hash, key, entry)) {
		entry->bug.signature = NULL;
		entry_free(entry);
		return kmc_error_nomem();
	}
	entry->order = group->count++;
	*slot = entry;
	*out = entry;
	return NULL;
}

/* What to show: a whole report rather than the first. */
static void set_example(struct kmc_bug *bug, struct kmc_report *report)
{
	struct kmc_report *old = bug->example;

	if (!old || (old->truncated && !report->truncated)) {
		bug->example = report;
		report = old;
	}
	kmc_report_free(report);
}

/* NULL if there is none; @key: where it is, or would be. */
static struct entry *group_find(const struct kmc_group *group, const char *signature,
				uint64_t *key)
{
	char hash[KMC_HASH_SIZE];
	struct entry *entry;

	kmc_signature_hash(signature, hash);
	*key = strtoull(hash, NULL, 16);
	while ((entry = kmc_map_get(&group->by_hash, *key)) &&
	       strcmp(entry->bug.signature, signature))
		++*key;
	return entry;
}

/* NULL in @out when there are too many bugs. */
static struct kmc_error *group_get(struct kmc_group *group, const struct kmc_report *report,
				   struct entry **out)
{
	struct kmc_error *err;
	char *signature;
	uint64_t key;

	err = kmc_signature(report, &signature);
	if (err)
		return err;
	*out = group_find(group, signature, &key);
	if (!*out && group->count < group->max) {
		err = group_push(group, key, report, signature, out);
		if (!err)
			return NULL;
	}
	free(signature);
	return err;
}

static struct kmc_error *count(struct entry *entry, struct kmc_report *report)
{
	if (!set_last(&entry->bug, report))
		return kmc_error_nomem();
	entry->bug.reports++;
	/* A stream may say any count; the sum must not start anew. */
	if (__builtin_add_overflow(entry->bug.count, report->count,
				   &entry->bug.count))
		entry->bug.count = UINT64_MAX;
	set_example(&entry->bug, report);
	return NULL;
}

struct kmc_error *kmc_group_add(struct kmc_group *group,
				struct kmc_report *report)
{
	struct entry *entry = NULL;
	struct kmc_error *err = group_get(group, report, &entry);

	if (err)
		return err;
	if (entry)
		return count(entry, report);
	group->dropped++;
	kmc_report_free(report);
	return NULL;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_kernel(const struct kmc_kernel *a, const struct kmc_kernel *b)
{
	return same_text(a->release, b->release) && same_text(a->banner, b->banner) &&
	       a->build_id_len == b->build_id_len &&
	       !memcmp(a->build_id, b->build_id, a->build_id_len);
}

struct kmc_error *kmc_group_count(struct kmc_group *group, struct kmc_report *report,
				  bool *counted)
{
	struct kmc_error *err;
	struct entry *entry;
	char *signature;
	uint64_t key;

	*counted = false;
	err = kmc_signature_as_read(report, &signature);
	if (err || !signature)
		return err;
	entry = group_find(group, signature, &key);
	free(signature);
	/* One that may be shown, or that is of another kernel, has to be looked at. */
	if (!entry || (entry->bug.example->truncated && !report->truncated) ||
	    !same_kernel(&entry->bug.example->kernel, &report->kernel))
		return NULL;
	err = count(entry, report);
	*counted = !err;
	return err;
}

static int compare(const void *pa, const void *pb)
{
	const struct entry *a = *(struct entry *const *)pa;
	const struct entry *b = *(struct entry *const *)pb;

	if (a->bug.count != b->bug.count)
		return a->bug.count > b->bug.count ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void kmc_group_sort(struct kmc_group *group)
{
	if (group->count)
		qsort(group->sorted, group->count, sizeof(*group->sorted),
		      compare);
}

const struct kmc_bug *kmc_group_get(const struct kmc_group *group, size_t index)
{
	return index < group->count ? &group->sorted[index]->bug : NULL;
}

uint64_t kmc_group_dropped(const struct kmc_group *group)
{
	return group->dropped;
}
