// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makes two reports the same bug.
 *
 * Functions tell bugs apart, wherever the compiler put them: an inlined one counts
 * like one that was called, so that another compiler or configuration gives the
 * same list. Lines would not survive the next patch.
 */
#include "report/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "report/allocation_site.h"
#include "report/model.h"
#include "report/title.h"
#include "report/walk.h"

/* Deeper, and callers that have nothing to do with it split a bug into several. */
#define FUNCTIONS	3
/* Of an allocation: helpers allocate for many, but not in many ways. */
#define SITE_FUNCTIONS	2
/* A function in a report may be named anything; those of Rust are long. */
#define NAME_MAX_LEN	200

static void add_function(struct kmc_buf *buf, const struct kmc_level *level)
{
	size_t len = level->len < NAME_MAX_LEN ? level->len : NAME_MAX_LEN;

	kmc_buf_add(buf, level->function, len);
	if (level->frame->module)
		kmc_buf_printf(buf, " [%.*s]", NAME_MAX_LEN,
			       level->frame->module);
}

/* Number of functions added. */
static size_t add_functions(struct kmc_buf *buf, const struct kmc_report *report,
			    bool helpers)
{
	const char *first = kmc_stack_has_culprit(report) ? " in " : " below ";
	struct kmc_walk walk = kmc_walk_start(&report->frames);
	struct kmc_level level;
	size_t count = 0;

	while (count < FUNCTIONS && kmc_walk_next(&walk, &level)) {
		/* Its callers are somebody else's only once there is a culprit. */
		if (!level.function ||
		    (!helpers && !count && kmc_level_is_helper(&level)))
			continue;
		kmc_buf_puts(buf, count ? " < " : first);
		add_function(buf, &level);
		count++;
	}
	return count;
}

static void add_place(struct kmc_buf *buf, const char *type, const char *path)
{
	static const char * const keywords[] = { "struct ", "union " };

	if (!type)
		return;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(keywords); i++) {
		if (!strncmp(type, keywords[i], strlen(keywords[i])))
			type += strlen(keywords[i]);
	}
	kmc_buf_printf(buf, ", %s%s%s", type, path && *path ? "." : "",
		       path ? path : "");
}

/* Who allocated, copied or filled it: the functions from the site outwards. */
static void add_site(struct kmc_buf *buf, const char *what, const struct kmc_track *track)
{
	const struct kmc_site site = kmc_track_site(track);
	struct kmc_walk walk = {
		.stack = &track->stack, .frame = site.frame, .level = site.level,
	};
	struct kmc_level level;

	for (size_t count = 0; count < SITE_FUNCTIONS && kmc_walk_next(&walk, &level);) {
		if (!level.function)
			continue;
		kmc_buf_puts(buf, count++ ? " < " : what);
		add_function(buf, &level);
	}
}

/*
 * What leaks was given away by the same few functions, whoever made it. Where it was copied
 * to says nothing, and a carrier is allocated in the same places for all that it carries.
 */
static void add_origin(struct kmc_buf *buf, const struct kmc_report *report)
{
	if (report->copied.known && report->source_alloc.stack.count)
		add_site(buf, ", allocated in ", &report->source_alloc);
	else if (report->copied.known)
		add_site(buf, ", copied in ", &report->copy);
	else if (report->kind == KMC_INFOLEAK)
		add_site(buf, ", allocated in ", &report->alloc);
	add_site(buf, ", filled in ", &report->fill);
}

struct kmc_error *kmc_signature_at(const struct kmc_report *report,
				   const char *type, const char *path,
				   char **out)
{
	const struct kmc_stack *stack = &report->frames;
	struct kmc_buf buf = { };

	if (!kmc_report_is_kmemcheck(report)) {
		/* Who made the object tells bugs apart where no function does. */
		if (!kmc_title_add(&buf, report)) {
			add_site(&buf, ", allocated in ", &report->alloc);
			add_site(&buf, ", freed in ", &report->free);
		}
		return kmc_buf_take(&buf, out);
	}
	kmc_buf_printf(&buf, "%s-%s", kmc_state_name(report->state),
		       kmc_kind_name(report->kind));
	/*
	 * Nothing named at all: with its address it is at least not taken for
	 * all others of that kind.
	 */
	if (!add_functions(&buf, report, false) &&
	    !add_functions(&buf, report, true) && stack->count)
		kmc_buf_printf(&buf, " at 0x%" PRIx64,
			       stack->frames[0].address -
			       report->kernel.kaslr_offset);
	add_place(&buf, type, path);
	add_origin(&buf, report);
	return kmc_buf_take(&buf, out);
}

struct kmc_error *kmc_signature(const struct kmc_report *report, char **out)
{
	const struct kmc_candidate *candidate = report->candidates;

	/* Where the bytes came from stays the same, wherever they were copied to. */
	if (report->copied.ncandidates && report->copied.candidates->type)
		candidate = report->copied.candidates;
	/* A guess may change with the next build. */
	if (!candidate || candidate->confidence == KMC_GUESS)
		return kmc_signature_at(report, NULL, NULL, out);
	return kmc_signature_at(report, candidate->type, candidate->path, out);
}

struct kmc_error *kmc_signature_as_read(const struct kmc_report *report, char **out)
{
	struct kmc_buf buf = { };

	*out = NULL;
	/* Functions that were inlined, and the object, are known later. */
	if (kmc_report_is_kmemcheck(report) || !kmc_title_add(&buf, report)) {
		kmc_buf_release(&buf);
		return NULL;
	}
	return kmc_buf_take(&buf, out);
}

void kmc_signature_hash(const char *signature, char hash[KMC_HASH_SIZE])
{
	snprintf(hash, KMC_HASH_SIZE, "%016" PRIx64,
		 kmc_hash_bytes(KMC_HASH_START, signature, strlen(signature)));
}
