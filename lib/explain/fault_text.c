// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A fault in words: "NULL `sk` read at sk->sk_prot (+0x28) in f(), likely".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain/fault.h"
#include "explain/verdict.h"
#include "explain/verdict_text.h"
#include "report/model.h"
#include "report/reporter.h"

/* "what sk_alloc() returned", which is no expression of C */
#define RETURNED	"what "

static const struct kmc_candidate *best(const struct kmc_report *report)
{
	return report->ncandidates && report->candidates->type && report->candidates->path &&
	       !report->candidates->beyond ? report->candidates : NULL;
}

/* ---- words ---- */

static const char *kind_words(enum kmc_pointer_kind kind)
{
	static const char * const words[] = {
		[KMC_POINTER_UNKNOWN] = "bad pointer",
		[KMC_POINTER_NULL] = "NULL",
		[KMC_POINTER_ERROR] = "error pointer",
		[KMC_POINTER_LIST_POISON] = "list poison",
		[KMC_POINTER_FREED] = "poison of freed memory",
		[KMC_POINTER_FRESH] = "poison of new memory",
		[KMC_POINTER_REDZONE] = "red zone",
		[KMC_POINTER_POISON] = "poison",
		[KMC_POINTER_CHARACTERS] = "text",
		[KMC_POINTER_USER] = "user-space address",
		[KMC_POINTER_NON_CANONICAL] = "non-canonical address",
		[KMC_POINTER_STACK] = "address of the stack",
		[KMC_POINTER_IMAGE] = "address of the kernel's image",
	};

	return words[kind];
}

/* "NULL", "LIST_POISON1 + 0x8", "user-space address 0x7f0012345678" */
static void put_value(struct kmc_buf *buf, const struct kmc_fault *fault)
{
	if (fault->is_index && fault->has_value) {
		kmc_buf_printf(buf, "index %" PRId64 " (0x%" PRIx64 ")", (int64_t)fault->value,
			       fault->value);
		return;
	}
	if (fault->name && fault->pointer == KMC_POINTER_CHARACTERS)
		kmc_buf_puts(buf, "text ");
	if (fault->name) {
		kmc_buf_puts(buf, fault->name);
		return;
	}
	kmc_buf_puts(buf, kind_words(fault->pointer));
	if (fault->has_value || fault->has_address)
		kmc_buf_printf(buf, " 0x%" PRIx64,
			       fault->has_value ? fault->value : fault->address);
}

static const char *done_word(const struct kmc_fault *fault, bool now)
{
	if (fault->called)
		return now ? "calls" : "called";
	if (fault->writes && !fault->reads)
		return now ? "writes" : "written";
	if (fault->writes)
		return now ? "changes" : "changed";
	return fault->reads ? now ? "reads" : "read" : now ? "uses" : "used";
}

static bool is_returned(const char *what)
{
	return !strncmp(what, RETURNED, strlen(RETURNED));
}

/* "`sk`", "what sk_alloc() returned" */
static void put_what(struct kmc_buf *buf, const char *what)
{
	const bool returned = is_returned(what);

	kmc_buf_printf(buf, "%s%s%s", returned ? "" : "`", what, returned ? "" : "`");
}

/* "sk->sk_prot", "struct sock.sk_prot", or "struct sock" where no member has a name */
static void put_member(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *candidate = best(report);
	const struct kmc_fault *fault = &report->fault;
	const char *after = candidate->hole && candidate->after ? candidate->after : "";
	const char *path = candidate->path;

	if (candidate->hole)
		kmc_buf_puts(buf, *after ? "padding behind " : "padding of ");
	if (fault->what && fault->typed && (*path || *after) && !is_returned(fault->what))
		kmc_buf_printf(buf, "%s->%s%s%s", fault->what, path, *path && *after ? "." : "",
			       after);
	else
		kmc_buf_printf(buf, "%s%s%s%s%s", candidate->type, *path ? "." : "", path,
			       *after ? "." : "", after);
	kmc_verdict_put_also(buf, candidate);
}

static void put_offset(struct kmc_buf *buf, int64_t offset)
{
	kmc_buf_printf(buf, "%c0x%" PRIx64, offset < 0 ? '-' : '+',
		       offset < 0 ? -(uint64_t)offset : (uint64_t)offset);
}

static void put_function(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_stack *stack = &report->frames;
	const struct kmc_frame *frame = NULL;

	/* Where tags are checked, the instruction may be in a function that does just that. */
	for (size_t i = 0; i < stack->count && !frame; i++)
		if ((stack->frames[i].chain_len || stack->frames[i].symbol) &&
		    !kmc_is_reporter(stack->frames[i].symbol))
			frame = &stack->frames[i];
	if (frame && frame->chain_len && frame->chain[0].function)
		kmc_buf_printf(buf, " in %s()", frame->chain[0].function);
	else if (frame && frame->symbol)
		kmc_buf_printf(buf, " in %s()", frame->symbol);
	else if (report->named.symbol)
		kmc_buf_printf(buf, " in %s()", report->named.symbol);
}

/* ---- the headline ---- */

static void say_called(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_fault *fault = &report->fault;

	kmc_buf_puts(buf, " ");
	if (best(report)) {
		kmc_buf_puts(buf, "`");
		put_member(buf, report);
		kmc_buf_puts(buf, "` ");
	} else if (fault->what) {
		put_what(buf, fault->what);
		kmc_buf_puts(buf, " ");
	}
	kmc_buf_puts(buf, "called");
}

static void say_headline(struct kmc_buf *buf, const struct kmc_report *report)
{
	static const char * const sure[] = {
		[KMC_GUESS] = "a guess", [KMC_LIKELY] = "likely", [KMC_CERTAIN] = "certain",
	};
	const struct kmc_candidate *candidate = best(report);
	const struct kmc_fault *fault = &report->fault;

	put_value(buf, fault);
	if (fault->called) {
		say_called(buf, report);
	} else {
		if (fault->what) {
			kmc_buf_puts(buf, fault->is_index ? " of " : " ");
			put_what(buf, fault->what);
		}
		kmc_buf_printf(buf, " %s", done_word(fault, false));
		if (candidate) {
			kmc_buf_puts(buf, " at ");
			put_member(buf, report);
			kmc_buf_puts(buf, " (");
			put_offset(buf, candidate->offset);
			kmc_buf_puts(buf, ")");
		} else if (fault->reg && fault->has_disp) {
			kmc_buf_puts(buf, " at ");
			put_offset(buf, fault->disp);
		}
	}
	put_function(buf, report);
	if (candidate)
		kmc_buf_printf(buf, ", %s", sure[report->candidates->confidence]);
	else if (fault->off)
		kmc_buf_printf(buf, ", %s", sure[KMC_GUESS]);
}

/* ---- why ---- */

static void say_register(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_fault *fault = &report->fault;

	if (fault->reg) {
		kmc_buf_printf(buf, "%s", fault->reg);
		if (fault->what && !fault->is_index) {
			kmc_buf_puts(buf, ", ");
			put_what(buf, fault->what);
			kmc_buf_puts(buf, ",");
		}
		kmc_buf_puts(buf, " is ");
	} else {
		kmc_buf_puts(buf, fault->called ? "the function's address is " : "the address is ");
	}
	if (fault->is_index || fault->name)
		put_value(buf, fault);
	if (fault->is_index || (fault->name && (!fault->has_value ||
						fault->pointer == KMC_POINTER_NULL)))
		return;
	kmc_buf_printf(buf, fault->name ? " (0x%" PRIx64 ")" : "0x%" PRIx64,
		       fault->has_value ? fault->value : fault->address);
}

static void say_meaning(struct kmc_buf *buf, const struct kmc_report *report)
{
	static const char * const meanings[] = {
		[KMC_POINTER_ERROR] = "an error that was not tested for with IS_ERR()",
		[KMC_POINTER_LIST_POISON] = "what list_del() leaves in an entry that is on no list any more",
		[KMC_POINTER_FREED] = "what freed memory is filled with",
		[KMC_POINTER_FRESH] = "what new memory is filled with: the pointer was not initialized",
		[KMC_POINTER_REDZONE] = "what lies beside an object: the pointer was read beyond its end",
		[KMC_POINTER_POISON] = "a number that the kernel puts where nothing must be used any more",
		[KMC_POINTER_CHARACTERS] = "no address, but characters: text was written over the pointer, or taken for one",
		[KMC_POINTER_USER] = "an address of user space",
		[KMC_POINTER_NON_CANONICAL] = "which is no address (non-canonical)",
		[KMC_POINTER_STACK] = "an address of the task's own stack",
		[KMC_POINTER_IMAGE] = "an address of the kernel's code or data",
	};
	const struct kmc_fault *fault = &report->fault;

	if (fault->is_index || (size_t)fault->pointer >= KMC_ARRAY_SIZE(meanings) ||
	    !meanings[fault->pointer])
		return;
	kmc_buf_printf(buf, ", %s", meanings[fault->pointer]);
}

static void say_instruction(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_fault *fault = &report->fault;

	if (!report->insn)
		return;
	kmc_buf_printf(buf, "; %s %s", report->insn, done_word(fault, true));
	if (fault->size && !fault->called)
		kmc_buf_printf(buf, " %u byte%s", fault->size, fault->size == 1 ? "" : "s");
	if (fault->called)
		kmc_buf_puts(buf, " it");
	else if (fault->has_address && !fault->off)
		kmc_buf_printf(buf, " at 0x%" PRIx64, fault->address);
	if (!fault->called && best(report)) {
		kmc_buf_puts(buf, ", ");
		put_member(buf, report);
	}
	if (fault->shadow)
		kmc_buf_printf(buf, ", and KASAN looked at the shadow of that first");
	if (fault->off)
		kmc_buf_printf(buf, ", but its registers do not give 0x%" PRIx64
			       ", which the report says was used", report->address);
}

static void say_why(struct kmc_buf *buf, const struct kmc_report *report)
{
	say_register(buf, report);
	say_meaning(buf, report);
	say_instruction(buf, report);
}

/* ---- next ---- */

static void say_next(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_fault *fault = &report->fault;
	char pointer[160] = "the pointer";

	if (fault->what && !fault->called)
		snprintf(pointer, sizeof(pointer), is_returned(fault->what) ? "%s" : "`%s`",
			 fault->what);
	switch (report->verdict.kind) {
	case KMC_VERDICT_NULL:
		if (fault->called)
			kmc_buf_puts(buf, "find out who was to set the function, or test it before the call");
		else
			kmc_buf_printf(buf, "find out why %s is NULL here, or test it before", pointer);
		break;
	case KMC_VERDICT_ERROR_POINTER:
		kmc_buf_printf(buf, "test %s with IS_ERR() where it is returned", pointer);
		break;
	case KMC_VERDICT_STALE:
		kmc_buf_printf(buf, "find out who freed or deleted what %s was read from: KASAN names both",
			       pointer);
		break;
	case KMC_VERDICT_FRESH:
		kmc_buf_printf(buf, "set %s where its object is allocated, or have that zeroed",
			       pointer);
		break;
	case KMC_VERDICT_USER:
		kmc_buf_printf(buf, "use copy_from_user() or its kin for an address of user space, or find out who wrote over %s",
			       pointer);
		break;
	default:
		if (fault->is_index)
			kmc_buf_printf(buf, "find out where the index in %s comes from, and test it",
				       fault->reg);
		else
			kmc_buf_printf(buf, "find out where %s comes from", pointer);
		break;
	}
	kmc_verdict_put_culprit(buf, "; used in ", report);
}

static enum kmc_verdict_class classify(const struct kmc_fault *fault)
{
	if (fault->is_index)
		return KMC_VERDICT_WILD;
	switch (fault->pointer) {
	case KMC_POINTER_NULL:
		return KMC_VERDICT_NULL;
	case KMC_POINTER_ERROR:
		return KMC_VERDICT_ERROR_POINTER;
	case KMC_POINTER_LIST_POISON:
	case KMC_POINTER_FREED:
	case KMC_POINTER_POISON:
		return KMC_VERDICT_STALE;
	case KMC_POINTER_FRESH:
		return KMC_VERDICT_FRESH;
	case KMC_POINTER_USER:
		return KMC_VERDICT_USER;
	default:
		return KMC_VERDICT_WILD;
	}
}

struct kmc_error *kmc_fault_say(struct kmc_report *report)
{
	struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf headline = { }, why = { }, next = { };

	verdict->kind = classify(&report->fault);
	say_headline(&headline, report);
	say_why(&why, report);
	say_next(&next, report);
	return kmc_verdict_take(verdict, &headline, &why, &next);
}
