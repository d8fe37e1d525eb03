// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A verdict in words: a sentence why, one what to do next, and C to add.
 */
#include "explain/verdict_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "report/allocation_site.h"
#include "report/model.h"
#include "report/walk.h"

/* Of members at one place, besides the first. */
#define MAX_NAMED	3

/* ---- words ---- */

static void put_function(struct kmc_buf *buf, const char *name)
{
	if (name)
		kmc_buf_printf(buf, "%s()", name);
	else
		kmc_buf_printf(buf, "a function without a name");
}

/* "do_it() (kernel/signal.c:431)", as far as it is known. */
static void put_place(struct kmc_buf *buf, const struct kmc_location *at)
{
	put_function(buf, at->function);
	if (at->file && at->line)
		kmc_buf_printf(buf, " (%s:%d)", at->file, at->line);
}

static void put_frame(struct kmc_buf *buf, const struct kmc_frame *frame)
{
	if (frame->chain_len)
		put_place(buf, &frame->chain[0]);
	else
		put_function(buf, frame->symbol);
}

void kmc_verdict_put_culprit(struct kmc_buf *buf, const char *what,
			     const struct kmc_report *report)
{
	struct kmc_level level;

	if (!kmc_walk_culprit(report, false, &level))
		return;
	kmc_buf_puts(buf, what);
	if (!level.function)
		kmc_buf_printf(buf, "a function");
	else if (level.where)
		put_place(buf, level.where);
	else
		kmc_buf_printf(buf, "%.*s()", (int)level.len, level.function);
}

void kmc_verdict_put_track(struct kmc_buf *buf, const char *what,
			   const struct kmc_track *track)
{
	struct kmc_site site = kmc_track_site(track);
	const struct kmc_frame *frame;

	if (!track->stack.count)
		return;
	frame = &track->stack.frames[site.frame];
	kmc_buf_printf(buf, "%s", what);
	if (frame->chain_len)
		put_place(buf, &frame->chain[site.level]);
	else
		put_frame(buf, frame);
}

static void put_value(struct kmc_buf *buf, const struct kmc_value *value)
{
	if (!value->hole)
		kmc_buf_printf(buf, "%s", value->path);
	else if (value->after)
		kmc_buf_printf(buf, "the padding behind %s%s%s", value->path,
			       *value->path ? "." : "", value->after);
	else
		kmc_buf_printf(buf, "padding");
}

static void put_object(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = report->candidates;
	const struct kmc_object *object = &report->object;

	if (report->ncandidates && candidate->type)
		kmc_buf_printf(buf, "%s", candidate->type);
	else if (object->known && object->cache)
		kmc_buf_printf(buf, "an object of cache %s", object->cache);
	else
		kmc_buf_printf(buf, "memory");
}

static void put_bytes(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = report->candidates;
	const struct kmc_extent extent = kmc_report_extent(report);

	if (extent.affected < extent.bytes)
		kmc_buf_printf(buf, "%s%" PRIu64 " of the ", kmc_extent_least(report),
			       extent.affected);
	kmc_buf_printf(buf, "%" PRIu64 " byte%s", extent.bytes, extent.bytes == 1 ? "" : "s");
	if (extent.ranges > 1)
		kmc_buf_printf(buf, ", in %" PRIu64 " ranges,", extent.ranges);
	if (report->ncandidates)
		kmc_buf_printf(buf, " %s +%" PRId64,
			       extent.ranges > 1 ? "from" : "at", candidate->offset);
	if (report->ncandidates && extent.ranges > 1)
		kmc_buf_puts(buf, " on");
	if (report->ncandidates && candidate->beyond)
		kmc_buf_printf(buf, ", behind the %" PRIu64 " bytes", candidate->type_size);
	kmc_buf_printf(buf, " of ");
	put_object(buf, report);
	if (report->inside)
		kmc_buf_printf(buf, ", %s%s,", report->inside,
			       report->inside_sure == KMC_GUESS ? " (a guess)" : "");
}

static bool is_one(const struct kmc_report *report)
{
	return kmc_report_extent(report).affected == 1;
}

/* "were" and "them" of several bytes, "was" and "it" of one. */
static const char *were(const struct kmc_report *report)
{
	return is_one(report) ? "was" : "were";
}

static const char *them(const struct kmc_report *report)
{
	return is_one(report) ? "it" : "them";
}

static const char *they(const struct kmc_report *report)
{
	return is_one(report) ? "it" : "they";
}

/* "since they were allocated in f() (file:line)" */
static void put_since(struct kmc_buf *buf, const struct kmc_report *report)
{
	/* That of the copy has nothing to do with it. */
	if (!report->alloc.stack.count || report->copied.known)
		return;
	kmc_buf_printf(buf, " since %s %s", they(report), were(report));
	kmc_verdict_put_track(buf, " allocated in ", &report->alloc);
}

/* Arms of a union that nothing chooses from, and all bits that are used, are named. */
void kmc_verdict_put_also(struct kmc_buf *buf, const struct kmc_candidate *candidate)
{
	for (size_t i = 0; i < candidate->nalso && i < MAX_NAMED; i++)
		kmc_buf_printf(buf, "%s%s", candidate->together ? ", " : " or ",
			       candidate->also[i]);
	if (candidate->nalso > MAX_NAMED)
		kmc_buf_printf(buf, " %s %zu more", candidate->together ? "and" : "or",
			       candidate->nalso - MAX_NAMED);
}

static void put_cause(struct kmc_buf *buf, const struct kmc_report *report,
		      const struct kmc_cause *cause)
{
	const struct kmc_candidate *candidate = report->candidates;

	if (!candidate->nalso || cause->first->hole) {
		put_value(buf, cause->first);
		if (cause->padding + cause->members > 1)
			kmc_buf_printf(buf, " and others");
		return;
	}
	kmc_buf_puts(buf, candidate->path);
	kmc_verdict_put_also(buf, candidate);
}

/* A number is all of it, and has no members. */
static bool has_name(const struct kmc_value *value)
{
	return value && (value->hole || *value->path);
}

/* "alg_name of struct xfrm_algo_auth" */
static void put_source_member(struct kmc_buf *buf, const struct kmc_candidate *candidate)
{
	if (candidate->beyond)
		kmc_buf_puts(buf, "what follows");
	else if (candidate->hole && candidate->after)
		kmc_buf_printf(buf, "the padding behind %s%s%s of", candidate->path,
			       *candidate->path ? "." : "", candidate->after);
	else if (candidate->hole)
		kmc_buf_puts(buf, "padding of");
	else
		kmc_buf_printf(buf, "%s of",
			       candidate->path && *candidate->path ? candidate->path : "all");
	kmc_buf_printf(buf, " %s", candidate->type);
}

/* "; they were stored to memory in f() (file:line) from an object of cache x, ..." */
static void put_origin(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_copied *copied = &report->copied;

	if (!copied->known) {
		kmc_verdict_put_track(buf, "; filled in ", &report->fill);
		return;
	}
	kmc_buf_printf(buf, "; %s %s stored to memory", they(report), were(report));
	kmc_verdict_put_track(buf, " in ", &report->copy);
	kmc_buf_puts(buf, " from an object");
	if (copied->object.cache)
		kmc_buf_printf(buf, " of cache %s", copied->object.cache);
	kmc_verdict_put_track(buf, ", allocated in ", &report->source_alloc);
	kmc_buf_puts(buf, ": ");
	if (copied->ncandidates && copied->candidates->type)
		put_source_member(buf, copied->candidates);
	else
		kmc_buf_printf(buf, "from %+" PRId64 " on", copied->offset);
	if (copied->copies > 1)
		kmc_buf_printf(buf, ", %" PRIu64 " copies ago", copied->copies);
}

/* What the instruction does to the bits that it changes. */
static const char *change_of(const struct kmc_report *report)
{
	static const struct {
		const char *begin;
		const char *verb;
	} verbs[] = {
		{ "or", "sets" }, { "bts", "sets" }, { "and", "clears" }, { "btr", "clears" },
		{ "xor", "flips" }, { "btc", "flips" },
	};
	const char *insn = report->insn ? report->insn : "";

	if (!strncmp(insn, "lock ", 5))
		insn += 5;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(verbs); i++)
		if (!strncmp(insn, verbs[i].begin, strlen(verbs[i].begin)))
			return verbs[i].verb;
	return "changes";
}

/* To write some bits, the others are read: that is no use of them. */
static void put_change(struct kmc_buf *buf, const struct kmc_report *report)
{
	const uint64_t bits = report->changed_bits;
	const int first = bits ? __builtin_ctzll(bits) : 0;
	const int count = __builtin_popcountll(bits);

	if (!bits || report->kind != KMC_READ || report->state != KMC_UNINITIALIZED)
		return;
	kmc_buf_printf(buf, "; the instruction %s ", change_of(report));
	if (count == 1)
		kmc_buf_printf(buf, "bit %d", first);
	else if (bits >> first == (count < 64 ? (1ULL << count) - 1 : ~0ULL))
		kmc_buf_printf(buf, "bits %d to %d", first, first + count - 1);
	else
		kmc_buf_printf(buf, "bits 0x%" PRIx64, bits);
	kmc_buf_printf(buf, " of %s, which %s read first", them(report), were(report));
	if (report->verdict.kind == KMC_VERDICT_UNKNOWN)
		kmc_buf_puts(buf, ", as of a bit-field or of flags");
}

/* ---- sentences ---- */

static void say_why(struct kmc_buf *buf, const struct kmc_report *report,
		    const struct kmc_cause *cause, enum kmc_verdict_class kind)
{
	const char *done = report->kind == KMC_WRITE ? "written" : "read";

	put_bytes(buf, report);
	if (has_name(cause->first) && kind != KMC_VERDICT_FREED) {
		kmc_buf_printf(buf, ", ");
		put_cause(buf, report, cause);
		kmc_buf_printf(buf, ",");
	}
	switch (kind) {
	case KMC_VERDICT_PADDING:
		kmc_buf_printf(buf, " %s copied: no member is there, so nothing initializes %s",
			       were(report), them(report));
		break;
	case KMC_VERDICT_BITFIELD:
		if (report->changed_bits)
			kmc_buf_printf(buf, " %s changed, and the bits beside it, which were not written, stay as they are",
				       were(report));
		else
			kmc_buf_printf(buf, " %s read, and not all of the bits were written",
				       were(report));
		break;
	case KMC_VERDICT_MEMBER:
		kmc_buf_printf(buf, " %s used, but not initialized", were(report));
		put_since(buf, report);
		break;
	case KMC_VERDICT_PARTIAL:
		kmc_buf_printf(buf, " %s used, and only a part of %s was written",
			       were(report), them(report));
		put_since(buf, report);
		break;
	case KMC_VERDICT_SLACK:
		kmc_buf_printf(buf, " %s %s, but only %" PRIu64 " bytes were asked for",
			       were(report), done, report->object.requested);
		break;
	case KMC_VERDICT_UNALLOCATED:
		kmc_buf_printf(buf, " %s %s, but %s not allocated", were(report),
			       done, is_one(report) ? "is" : "are");
		break;
	case KMC_VERDICT_FREED:
		kmc_buf_printf(buf, " %s %s after %s had been freed", were(report),
			       done, they(report));
		kmc_verdict_put_track(buf, " in ", &report->free);
		break;
	case KMC_VERDICT_INFOLEAK:
		kmc_buf_printf(buf, " left the kernel, but %s not initialized", were(report));
		put_since(buf, report);
		break;
	default:
		kmc_buf_printf(buf, " %s %s, state %s", were(report), done,
			       kmc_state_name(report->state));
		break;
	}
	put_change(buf, report);
	put_origin(buf, report);
}

/* Which function it was is the first thing to know. */
static bool put_ambiguous(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_frame *frame = report->frames.frames;

	if (!report->frames.count || frame->role != KMC_ROLE_RIP || !frame->namesakes ||
	    frame->told_by)
		return false;
	kmc_buf_printf(buf, "find out which of %zu functions %s() this is, by its address and where the kernel was loaded",
		       frame->namesakes, frame->symbol);
	return true;
}

/* Who can do something about it: not who only copied. */
static void say_where(struct kmc_buf *buf, const struct kmc_report *report)
{
	if (report->copied.known) {
		kmc_buf_puts(buf, "write all of it before it is copied");
		kmc_verdict_put_track(buf, " in ", &report->copy);
		kmc_verdict_put_track(buf, ", or have it zeroed by the allocation in ",
			  &report->source_alloc);
	} else if (report->fill.stack.count) {
		kmc_buf_puts(buf, "write all of it, padding too,");
		kmc_verdict_put_track(buf, " where it is filled, in ", &report->fill);
	} else {
		kmc_buf_puts(buf, "write all of it before it is used");
		kmc_verdict_put_track(buf, ", or have it zeroed by the allocation in ", &report->alloc);
	}
}

static void say_next(struct kmc_buf *buf, const struct kmc_report *report,
		     enum kmc_verdict_class kind)
{
	const struct kmc_track *alloc = report->copied.known ? &report->source_alloc :
							       &report->alloc;

	switch (kind) {
	case KMC_VERDICT_PADDING:
	case KMC_VERDICT_BITFIELD:
		kmc_buf_printf(buf, kind == KMC_VERDICT_PADDING || report->changed_bits ?
			       "false positive: annotate it" :
			       "when only other bits are used, a false positive: annotate it");
		kmc_verdict_put_track(buf, " behind the allocation in ", alloc);
		if (!alloc->stack.count)
			kmc_buf_printf(buf, " where the object is allocated");
		break;
	case KMC_VERDICT_MEMBER:
	case KMC_VERDICT_PARTIAL:
	case KMC_VERDICT_INFOLEAK:
		say_where(buf, report);
		break;
	case KMC_VERDICT_FREED:
		kmc_buf_printf(buf, "find out why it still had a pointer");
		kmc_verdict_put_track(buf, " to what was freed in ", &report->free);
		break;
	case KMC_VERDICT_SLACK:
		kmc_buf_printf(buf, "ask for more, or use ksize() and no more than it says");
		kmc_verdict_put_track(buf, ": allocated in ", &report->alloc);
		break;
	case KMC_VERDICT_UNKNOWN:
		if (put_ambiguous(buf, report))
			break;
		if (report->inside) {
			say_where(buf, report);
			break;
		}
		if (report->ncandidates && report->candidates->beyond) {
			kmc_buf_puts(buf, "find out what lies behind it");
			kmc_verdict_put_track(buf, ": it was allocated in ", &report->alloc);
			break;
		}
		if (report->untyped) {
			kmc_buf_printf(buf, "find out what it is: %s", report->untyped);
			break;
		}
		if (!report->ncandidates || !report->candidates->type) {
			kmc_buf_printf(buf, "with debug info of that kernel it could be said what lies there");
			break;
		}
		/* fallthrough */
	default:
		kmc_buf_printf(buf, "look at where the pointer comes from");
		break;
	}
	if (kind != KMC_VERDICT_PADDING && kind != KMC_VERDICT_BITFIELD)
		kmc_verdict_put_culprit(buf, "; used in ", report);
}

/* All bytes of bit-fields that the access touched: one cannot be told from the others. */
static void put_bits(struct kmc_buf *buf, const struct kmc_report *report,
		     const struct kmc_value *first)
{
	uint64_t end = first->offset + first->size;

	for (size_t i = 0; i < report->nvalues; i++) {
		const struct kmc_value *value = &report->values[i];

		if (value->reported && value->bitfield && !value->hole &&
		    value->offset + value->size > end)
			end = value->offset + value->size;
	}
	kmc_buf_printf(buf, " + %" PRIu64 ", %" PRIu64 ");", first->offset,
		       end - first->offset);
}

/* A name that may stand in a comment. */
static bool is_plain(const char *type)
{
	for (; *type; type++)
		if (!isalnum((unsigned char)*type) && *type != '_' && *type != ' ')
			return false;
	return true;
}

/* The object to annotate is the one that was copied. */
static void put_source_annotation(struct kmc_buf *buf, const struct kmc_copied *copied,
				  unsigned int bytes)
{
	const struct kmc_candidate *candidate = copied->candidates;

	if (!copied->ncandidates || !candidate->type || candidate->offset < 0)
		return;
	if (is_plain(candidate->type))
		kmc_buf_printf(buf, "/* p: the new %s */\n", candidate->type);
	kmc_buf_printf(buf, "kmemcheck_mark_initialized((void *)p + %" PRId64 ", %u);",
		       candidate->offset, bytes);
}

/* "p" is for the reader to put in. */
static void put_annotation(struct kmc_buf *buf, const struct kmc_report *report,
			   const struct kmc_cause *cause, enum kmc_verdict_class kind)
{
	const struct kmc_candidate *candidate = report->candidates;
	const struct kmc_value *value = cause->first;

	if (kind != KMC_VERDICT_PADDING && kind != KMC_VERDICT_BITFIELD)
		return;
	if (report->copied.known) {
		put_source_annotation(buf, &report->copied, report->bits / 8);
		return;
	}
	if (report->ncandidates && candidate->type && is_plain(candidate->type))
		kmc_buf_printf(buf, "/* p: the new %s */\n", candidate->type);
	kmc_buf_puts(buf, "kmemcheck_mark_initialized((void *)p");
	if (kind == KMC_VERDICT_BITFIELD)
		put_bits(buf, report, value);
	else
		kmc_buf_printf(buf, " + %" PRIu64 ", %" PRIu64 ");", value->offset,
			       value->size);
}

static struct kmc_error *take(struct kmc_buf *buf, char **out)
{
	if (!buf->len && !buf->failed)
		return NULL;
	return kmc_buf_take(buf, out);
}

struct kmc_error *kmc_verdict_say(struct kmc_report *report,
				  const struct kmc_cause *cause)
{
	struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf why = { }, next = { }, annotation = { };
	struct kmc_error *err;

	say_why(&why, report, cause, verdict->kind);
	say_next(&next, report, verdict->kind);
	put_annotation(&annotation, report, cause, verdict->kind);
	err = take(&why, &verdict->text);
	if (!err)
		err = take(&next, &verdict->next);
	if (!err)
		err = take(&annotation, &verdict->annotation);
	kmc_buf_release(&why);
	kmc_buf_release(&next);
	kmc_buf_release(&annotation);
	return err;
}
