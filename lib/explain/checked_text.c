// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The verdict on a report of another checker in words: the object and the member, who
 * allocated and freed it, and what to do.
 */
#include "explain/verdict_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "explain/verdict.h"
#include "report/allocation_site.h"
#include "report/model.h"

/* ---- the object ---- */

static const struct kmc_candidate *typed(const struct kmc_report *report)
{
	return report->ncandidates && report->candidates->type ? report->candidates : NULL;
}

/* "struct x (kmalloc-64)", "an object of 57 bytes (kmalloc-64)", "the variable buf" */
static void put_object(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = typed(report);
	const struct kmc_object *object = &report->object;
	const uint64_t bytes = kmc_object_bytes(object);

	if (object->variable) {
		kmc_buf_printf(buf, "the variable %s", object->variable);
		return;
	}
	if (candidate)
		kmc_buf_puts(buf, candidate->type);
	else if (bytes)
		kmc_buf_printf(buf, "an object of %" PRIu64 " byte%s", bytes,
			       bytes == 1 ? "" : "s");
	else if (object->known && object->region == KMC_REGION_SLAB)
		kmc_buf_puts(buf, "an object");
	else if (object->known && object->region != KMC_REGION_UNKNOWN)
		kmc_buf_printf(buf, "%s memory", kmc_region_name(object->region));
	else if (report->has_address && !report->hashed)
		kmc_buf_printf(buf, "memory at 0x%" PRIx64, report->address);
	else
		kmc_buf_puts(buf, "memory");
	if (object->cache)
		kmc_buf_printf(buf, " (%s)", object->cache);
}

/* "y of struct x (kmalloc-64)": the name in the way of the headline, or of a sentence. */
static void put_member(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = typed(report);
	const char *path = candidate && candidate->path ? candidate->path : "";
	int64_t offset;

	if (candidate && candidate->unplaced)
		kmc_buf_printf(buf, "a %s", candidate->type);
	else if (candidate && candidate->hole)
		kmc_buf_printf(buf, "padding of %s", candidate->type);
	else if (candidate && candidate->beyond)
		kmc_buf_printf(buf, "what follows %s", candidate->type);
	else if (candidate)
		kmc_buf_printf(buf, "%s%s%s", candidate->type, *path && *path != '[' ? "." : "",
			       path);
	else
		put_object(buf, report);
	if (candidate && candidate->unplaced)
		return;
	if (candidate && !candidate->hole)
		kmc_verdict_put_also(buf, candidate);
	if (candidate)
		kmc_buf_printf(buf, " (%+" PRId64 ")", candidate->offset);
	else if (kmc_report_offset(report, &offset))
		kmc_buf_printf(buf, " (%+" PRId64 ")", offset);
}

/* So many bytes of an access that begins in @size bytes at @offset lie behind them. */
static uint64_t overrun(const struct kmc_report *report, uint64_t offset, uint64_t size)
{
	const uint64_t done = report->bits / 8;

	return offset < size && done > size - offset ? done - (size - offset) : 0;
}

static void put_by(struct kmc_buf *buf, uint64_t over)
{
	kmc_buf_printf(buf, " by %" PRIu64 " byte%s", over, over == 1 ? "" : "s");
}

/*
 * struct outside - how an access lies to an object that it is not inside of
 * @over: so many of its bytes are behind the end, the first one is not
 * @away: else: so far it is before the start, or behind the end
 */
struct outside {
	bool before;
	uint64_t over;
	uint64_t away;
};

/* False: it is not known to be outside. */
static bool find_outside(const struct kmc_report *report, struct outside *outside)
{
	const uint64_t bytes = kmc_object_bytes(&report->object);
	int64_t offset;

	if (!kmc_report_offset(report, &offset) || (offset >= 0 && !bytes))
		return false;
	*outside = (struct outside){ .before = offset < 0 };
	if (!outside->before)
		outside->over = overrun(report, offset, bytes);
	if (outside->over)
		return true;
	outside->away = outside->before ? -(uint64_t)offset : (uint64_t)offset - bytes;
	return outside->before || (uint64_t)offset >= bytes;
}

/* "8 bytes behind the end of ...", "over the end of ... by 8 bytes" */
static void put_outside(struct kmc_buf *buf, const struct kmc_report *report,
			const struct outside *outside)
{
	const uint64_t away = outside->away;

	if (outside->over)
		kmc_buf_puts(buf, "over the end of ");
	else if (away)
		kmc_buf_printf(buf, "%" PRIu64 " byte%s %s ", away, away == 1 ? "" : "s",
			       outside->before ? "before" : "behind the end of");
	else
		kmc_buf_puts(buf, "right behind ");
	put_object(buf, report);
	if (outside->over)
		put_by(buf, outside->over);
}

/* A variable of the stack that lies before the address, and how far that is behind it. */
static const struct kmc_variable *variable_before(const struct kmc_report *report,
						  int64_t *offset)
{
	const struct kmc_variable *best = NULL;

	if (!kmc_report_offset(report, offset))
		return NULL;
	for (size_t i = 0; i < report->nvariables; i++)
		if (report->variables[i].begin <= *offset &&
		    (!best || report->variables[i].begin > best->begin))
			best = &report->variables[i];
	return best;
}

static uint64_t variable_overrun(const struct kmc_report *report,
				 const struct kmc_variable *variable, int64_t offset)
{
	return offset < variable->end ? overrun(report, offset - variable->begin,
						variable->end - variable->begin) : 0;
}

/* "right behind the variable buf of the stack"; false: nothing is known */
static bool put_stack_variable(struct kmc_buf *buf, const struct kmc_report *report)
{
	int64_t offset;
	const struct kmc_variable *variable = variable_before(report, &offset);
	const uint64_t over = variable ? variable_overrun(report, variable, offset) : 0;

	if (!variable)
		return false;
	if (over)
		kmc_buf_puts(buf, "over the end");
	else if (offset < variable->end)
		kmc_buf_printf(buf, "byte %" PRId64, offset - variable->begin);
	else if (offset == variable->end)
		kmc_buf_puts(buf, "right behind the end");
	else
		kmc_buf_printf(buf, "%" PRId64 " bytes behind the end", offset - variable->end);
	kmc_buf_printf(buf, " of the variable %s on the stack", variable->name);
	if (over)
		put_by(buf, over);
	return true;
}

/* Does what put_place() says begin with how far away it is? */
static bool is_outside(const struct kmc_report *report)
{
	struct outside outside;
	int64_t offset;
	const struct kmc_variable *variable = variable_before(report, &offset);

	if (!variable)
		return find_outside(report, &outside);
	return offset >= variable->end || variable_overrun(report, variable, offset);
}

static void put_place(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = typed(report);
	struct outside outside;

	if (put_stack_variable(buf, report))
		return;
	if (!find_outside(report, &outside)) {
		put_member(buf, report);
		return;
	}
	put_outside(buf, report, &outside);
	if (candidate && candidate->would_be)
		kmc_buf_printf(buf, ", where it would be %s", candidate->would_be);
}

/* ---- the headline ---- */

static const char *done(const struct kmc_report *report, bool outside)
{
	if (report->kind == KMC_READ)
		return outside ? "read " : "read of ";
	if (report->kind == KMC_WRITE)
		return outside ? "write " : "write to ";
	return outside ? "access " : "access to ";
}

/* "4 bytes at +64 were overwritten with 41 42 43 44" */
static void put_overwritten(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_overwritten *bytes = &report->overwritten;
	uint64_t count;

	if (!bytes->known) {
		kmc_buf_puts(buf, "bytes");
		return;
	}
	count = report->hashed ? 0 : bytes->last - bytes->first + 1;
	if (count)
		kmc_buf_printf(buf, "%" PRIu64 " byte%s", count, count == 1 ? "" : "s");
	else
		kmc_buf_puts(buf, "bytes");
}

/* The number behind @word in the kernel's sentence, into @out; false: there is none. */
static bool number_behind(const struct kmc_report *report, const char *word, struct kmc_buf *out)
{
	const char *at = report->message ? strstr(report->message, word) : NULL;
	size_t len;

	if (!at)
		return false;
	at += strlen(word);
	len = (*at == '-') + strspn(at + (*at == '-'), "0123456789");
	kmc_buf_printf(out, "%.*s", (int)len, at);
	return len > 0;
}

/* "index 7 is out of range for type 'u8 [4]': a->b[i]" */
static void put_undefined(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_undefined *undefined = &report->undefined;
	struct kmc_buf index = { };

	kmc_buf_puts(buf, report->message ?: report->error);
	if (undefined->expression)
		kmc_buf_printf(buf, ": %s", undefined->expression);
	if (!undefined->inferred || !undefined->array)
		return;
	if (undefined->value)
		kmc_buf_puts(&index, undefined->value);
	else
		number_behind(report, "index ", &index);
	kmc_buf_printf(buf, ": %s[%s], likely", undefined->array, index.len ? index.data : "");
	buf->failed |= index.failed;
	kmc_buf_release(&index);
}

static void put_headline(struct kmc_buf *buf, const struct kmc_report *report)
{
	static const char * const sure[] = {
		[KMC_GUESS] = "a guess", [KMC_LIKELY] = "likely", [KMC_CERTAIN] = "certain",
	};
	const enum kmc_verdict_class kind = report->verdict.kind;
	const struct kmc_candidate *candidate = typed(report);

	kmc_buf_printf(buf, "%s: ", kmc_verdict_name(kind));
	switch (kind) {
	case KMC_VERDICT_SLACK:
		kmc_buf_puts(buf, done(report, is_outside(report)));
		put_place(buf, report);
		break;
	case KMC_VERDICT_DOUBLE_FREE:
		kmc_buf_puts(buf, "of ");
		put_object(buf, report);
		break;
	case KMC_VERDICT_INVALID_FREE:
		kmc_buf_puts(buf, "of ");
		put_place(buf, report);
		break;
	case KMC_VERDICT_CORRUPTION:
		put_overwritten(buf, report);
		kmc_buf_puts(buf, is_outside(report) ? " overwritten " : " overwritten in ");
		put_place(buf, report);
		break;
	case KMC_VERDICT_REMAINING:
		kmc_buf_printf(buf, "in cache %s, which is destroyed", report->object.cache ?: "?");
		break;
	case KMC_VERDICT_UNINIT:
		kmc_buf_puts(buf, "use of ");
		put_place(buf, report);
		break;
	case KMC_VERDICT_UNDEFINED:
		put_undefined(buf, report);
		break;
	case KMC_VERDICT_INFOLEAK:
		put_place(buf, report);
		break;
	default:
		kmc_buf_puts(buf, done(report, false));
		put_place(buf, report);
		break;
	}
	if (candidate && kind != KMC_VERDICT_REMAINING)
		kmc_buf_printf(buf, ", %s", sure[candidate->confidence]);
}

/* ---- sentences ---- */

/* "8 bytes" */
static void put_size(struct kmc_buf *buf, const struct kmc_report *report)
{
	if (report->bits)
		kmc_buf_printf(buf, "%u byte%s", report->bits / 8, report->bits == 8 ? "" : "s");
	else
		kmc_buf_puts(buf, "it");
}

/* "were", and "was" of what is one */
static const char *were(const struct kmc_report *report)
{
	return report->bits > 8 ? "were" : "was";
}

static const char *verb(const struct kmc_report *report)
{
	return report->kind == KMC_READ ? "read" : report->kind == KMC_WRITE ? "written" : "used";
}

static void put_decoded(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_overwritten *bytes = &report->overwritten;

	if (bytes->known)
		kmc_buf_printf(buf, ": the first one is 0x%02x instead of 0x%02x", bytes->found,
			       bytes->expected);
	if (bytes->what)
		kmc_buf_printf(buf, "%s %s", bytes->known ? ", all are" : ":", bytes->what);
}

/* ": i was 7, and a->b has 4 elements" */
static void say_operands(struct kmc_buf *buf, const struct kmc_report *report)
{
	static const char * const words[] = { "index ", "shift exponent ", " by " };
	const struct kmc_undefined *undefined = &report->undefined;
	struct kmc_buf number = { }, bound = { };
	bool said = false;

	for (size_t i = 0; undefined->value && !said && i < KMC_ARRAY_SIZE(words); i++)
		said = number_behind(report, words[i], &number);
	/* A number in the source is as it is. */
	said = said && strcmp(undefined->value, number.data);
	if (said)
		kmc_buf_printf(buf, ": %s was %s", undefined->value, number.data);
	if (undefined->array && number_behind(report, "[", &bound))
		kmc_buf_printf(buf, "%s%s has %s elements", said ? ", and " : ": ",
			       undefined->array, bound.data);
	buf->failed |= number.failed | bound.failed;
	kmc_buf_release(&number);
	kmc_buf_release(&bound);
}

/* RCU frees long after it was asked to, by whom the bug is. */
static void put_freer(struct kmc_buf *buf, const char *what, const struct kmc_report *report)
{
	const struct kmc_track *freer = kmc_report_freer(report);

	kmc_verdict_put_track(buf, what, freer);
	if (freer != &report->free)
		kmc_buf_puts(buf, " through RCU");
}

static void say_corruption(struct kmc_buf *buf, const struct kmc_report *report)
{
	const bool one = report->overwritten.known && !report->hashed &&
			 report->overwritten.first == report->overwritten.last;

	put_overwritten(buf, report);
	kmc_buf_puts(buf, is_outside(report) ? " " : " in ");
	put_place(buf, report);
	kmc_buf_printf(buf, " %s not as %s left", one ? "is" : "are",
		       one ? "it was" : "they were");
	put_decoded(buf, report);
	put_freer(buf, "; it was freed in ", report);
}

static void say_why(struct kmc_buf *buf, const struct kmc_report *report)
{
	switch (report->verdict.kind) {
	case KMC_VERDICT_FREED:
		put_place(buf, report);
		kmc_buf_printf(buf, " was %s ", verb(report));
		if (report->bits) {
			kmc_buf_puts(buf, "(");
			put_size(buf, report);
			kmc_buf_puts(buf, ") ");
		}
		kmc_buf_puts(buf, strstr(report->error, "scope") ?
			     "after its scope had ended" : "after it had been freed");
		put_freer(buf, " in ", report);
		break;
	case KMC_VERDICT_SLACK:
		put_size(buf, report);
		kmc_buf_printf(buf, " %s %s%s ", were(report), verb(report),
			       is_outside(report) ? "" : " in");
		put_place(buf, report);
		kmc_verdict_put_track(buf, "; it was allocated in ", &report->alloc);
		break;
	case KMC_VERDICT_DOUBLE_FREE:
		put_object(buf, report);
		kmc_buf_puts(buf, " is freed again");
		put_freer(buf, ", after it had been freed in ", report);
		break;
	case KMC_VERDICT_INVALID_FREE:
		kmc_buf_puts(buf, "what was freed is not what an allocator has returned: ");
		put_place(buf, report);
		break;
	case KMC_VERDICT_CORRUPTION:
		say_corruption(buf, report);
		break;
	case KMC_VERDICT_REMAINING:
		kmc_buf_printf(buf, "objects of cache %s are still allocated when it is destroyed",
			       report->object.cache ?: "?");
		break;
	case KMC_VERDICT_UNINIT:
	case KMC_VERDICT_INFOLEAK:
		put_place(buf, report);
		kmc_buf_puts(buf, report->verdict.kind == KMC_VERDICT_UNINIT ?
			     " was used, but not initialized" :
			     " left the kernel, but not all of it was initialized");
		kmc_verdict_put_track(buf, report->object.region == KMC_REGION_STACK ?
				      "; it is on the stack of " : "; it was allocated in ",
				      &report->alloc);
		break;
	case KMC_VERDICT_UNDEFINED:
		kmc_buf_puts(buf, report->message ?: report->error);
		say_operands(buf, report);
		break;
	default:
		kmc_buf_puts(buf, report->message ? report->message : report->error);
		if (report->hint)
			kmc_buf_printf(buf, ", %s", report->hint);
		break;
	}
}

static void put_users(struct kmc_buf *buf, const struct kmc_report *report)
{
	kmc_verdict_put_culprit(buf, "; used in ", report);
}

static void say_next(struct kmc_buf *buf, const struct kmc_report *report)
{
	switch (report->verdict.kind) {
	case KMC_VERDICT_FREED:
		kmc_buf_puts(buf, "find out why it still had a pointer");
		put_freer(buf, " to what was freed in ", report);
		kmc_verdict_put_track(buf, ", allocated in ", &report->alloc);
		put_users(buf, report);
		break;
	case KMC_VERDICT_SLACK:
		kmc_buf_puts(buf, "compare the index or length");
		kmc_verdict_put_culprit(buf, " in ", report);
		kmc_buf_puts(buf, " with how much there is");
		kmc_verdict_put_track(buf, ": allocated in ", &report->alloc);
		break;
	case KMC_VERDICT_DOUBLE_FREE:
		kmc_buf_puts(buf, "find out which of the two has to free it");
		put_freer(buf, ": first ", report);
		kmc_verdict_put_culprit(buf, report->free.stack.count ? ", then " : ": now ",
					report);
		kmc_verdict_put_track(buf, "; allocated in ", &report->alloc);
		break;
	case KMC_VERDICT_INVALID_FREE:
		kmc_buf_puts(buf, "free the start of what was allocated");
		kmc_verdict_put_track(buf, " in ", &report->alloc);
		kmc_verdict_put_culprit(buf, "; freed in ", report);
		break;
	case KMC_VERDICT_CORRUPTION:
		kmc_buf_puts(buf, "see what the bytes are, and who else has a pointer there: who did it is not on the stack, but KASAN finds it");
		kmc_verdict_put_track(buf, "; allocated in ", &report->alloc);
		break;
	case KMC_VERDICT_REMAINING:
		kmc_buf_puts(buf, "free them all before kmem_cache_destroy()");
		kmc_verdict_put_track(buf, ": allocated in ", &report->alloc);
		break;
	case KMC_VERDICT_UNINIT:
	case KMC_VERDICT_INFOLEAK:
		kmc_buf_puts(buf, report->verdict.kind == KMC_VERDICT_UNINIT ?
			     "write all of it before it is used" :
			     "write all of it, padding too, before it is copied");
		kmc_verdict_put_track(buf, report->object.region == KMC_REGION_STACK ?
				      ", or clear it with memset() in " :
				      ", or have it zeroed by the allocation in ",
				      &report->alloc);
		put_users(buf, report);
		break;
	case KMC_VERDICT_UNDEFINED:
		kmc_buf_puts(buf, "test the value before it is used");
		kmc_verdict_put_culprit(buf, " in ", report);
		break;
	default:
		break;
	}
}

struct kmc_error *kmc_checked_say(struct kmc_report *report)
{
	struct kmc_buf headline = { }, text = { }, next = { };

	put_headline(&headline, report);
	say_why(&text, report);
	say_next(&next, report);
	return kmc_verdict_take(&report->verdict, &headline, &text, &next);
}
