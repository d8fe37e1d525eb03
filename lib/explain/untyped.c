// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why it is not known what an object is, though there is debug info: each place that is
 * looked at says why nothing was found there.
 */
#include "explain/untyped.h"

#include "base/buf.h"
#include "report/allocation_site.h"

static void put_module(struct kmc_buf *buf, const struct kmc_frame *frame)
{
	if (frame->module)
		kmc_buf_printf(buf, " of module %s", frame->module);
}

/* What the instruction could tell. */
static void put_instruction(struct kmc_buf *buf, const struct kmc_access *access)
{
	const struct kmc_report *report = access->report;
	const struct kmc_frame *frame = report->frames.frames;

	if (report->kind == KMC_INFOLEAK)
		kmc_buf_puts(buf, "the instruction that copied knows no type");
	else if (!report->frames.count || frame->role != KMC_ROLE_RIP)
		kmc_buf_puts(buf, "the report has no instruction");
	else if (!access->image || !frame->resolved) {
		kmc_buf_printf(buf, "%s()", frame->symbol ? frame->symbol : "the function");
		put_module(buf, frame);
		kmc_buf_puts(buf, " is not in the debug info that was found");
	} else if (!access->has_insn)
		kmc_buf_puts(buf, "the instruction could not be decoded");
	else if (!report->nregs)
		kmc_buf_puts(buf, "the report has no registers");
	else
		kmc_buf_puts(buf, "no variable in a register points to it");
}

/* What the allocation could. */
static void put_allocation(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_stack *stack = &report->alloc.stack;
	const struct kmc_frame *frame;
	struct kmc_site site;

	if (!report->object.known || !stack->count) {
		kmc_buf_puts(buf, "the report does not say who allocated it");
		return;
	}
	site = kmc_track_caller(&report->alloc);
	frame = &stack->frames[site.frame];
	if (!frame->resolved) {
		kmc_buf_printf(buf, "its allocation in %s()",
			       frame->symbol ? frame->symbol : "a function without a name");
		put_module(buf, frame);
		kmc_buf_puts(buf, " is not in the debug info");
		return;
	}
	kmc_buf_printf(buf, "no pointer to a struct that fits into it takes what %s() allocates",
		       site.level < frame->chain_len && frame->chain[site.level].function ?
		       frame->chain[site.level].function : frame->symbol);
}

struct kmc_error *kmc_untyped_say(struct kmc_access *access)
{
	struct kmc_report *report = access->report;
	struct kmc_buf buf = { };

	if (!access->di || (report->ncandidates && report->candidates->type))
		return NULL;
	put_instruction(&buf, access);
	kmc_buf_puts(&buf, ", and ");
	put_allocation(&buf, report);
	return kmc_buf_take(&buf, &report->untyped);
}
