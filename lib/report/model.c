// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model: a report as every reader fills it and every printer reads it.
 */
#include "report/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* More do not fit a line. */
#define MAX_VALUE_NAMES	4

struct kmc_report *kmc_report_new(const char *source)
{
	struct kmc_report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->source = strdup(source);
	if (!report->source) {
		free(report);
		return NULL;
	}
	report->count = 1;
	report->cpu = -1;
	report->pid = -1;
	report->tgid = -1;
	report->time = -1;
	report->caret = -1;
	report->alloc.pid = -1;
	report->alloc.time = -1;
	report->free.pid = -1;
	report->free.time = -1;
	return report;
}

static void stack_release(struct kmc_stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		kmc_frame_release(&stack->frames[i]);
	free(stack->frames);
}

void kmc_frame_release(struct kmc_frame *frame)
{
	free(frame->symbol);
	free(frame->module);
	free(frame->chain);
	*frame = (struct kmc_frame) { };
}

void kmc_kernel_release(struct kmc_kernel *kernel)
{
	free(kernel->release);
	free(kernel->banner);
	free(kernel->taint);
	*kernel = (struct kmc_kernel) { };
}

void kmc_candidate_release(struct kmc_candidate *candidate)
{
	free(candidate->type);
	free(candidate->path);
	free(candidate->after);
	for (size_t i = 0; i < candidate->nalso; i++)
		free(candidate->also[i]);
	free(candidate->also);
	for (size_t i = 0; i < candidate->nevidence; i++)
		free(candidate->evidence[i].detail);
	free(candidate->evidence);
	*candidate = (struct kmc_candidate) { };
}

static void doubt_release(struct kmc_doubt *doubt)
{
	free(doubt->module);
	free(doubt->file);
	free(doubt->why);
}

void kmc_report_forget_doubts(struct kmc_report *report)
{
	for (size_t i = 0; i < report->ndoubts; i++)
		doubt_release(&report->doubts[i]);
	free(report->doubts);
	report->doubts = NULL;
	report->ndoubts = 0;
}

struct kmc_error *kmc_report_doubt(struct kmc_report *report, const char *module,
				   const char *file, const char *why)
{
	struct kmc_doubt *doubt;

	for (size_t i = 0; i < report->ndoubts; i++)
		if (!strcmp(report->doubts[i].file, file) &&
		    !strcmp(report->doubts[i].why, why))
			return NULL;
	doubt = kmc_grow(&report->doubts, report->ndoubts, sizeof(*doubt));
	if (!doubt)
		return kmc_error_nomem();
	doubt->module = module ? strdup(module) : NULL;
	doubt->file = strdup(file);
	doubt->why = strdup(why);
	if ((!module || doubt->module) && doubt->file && doubt->why) {
		report->ndoubts++;
		return NULL;
	}
	doubt_release(doubt);
	return kmc_error_nomem();
}

void kmc_report_forget_values(struct kmc_report *report)
{
	for (size_t i = 0; i < report->nvalues; i++) {
		struct kmc_value *value = &report->values[i];

		free(value->path);
		free(value->after);
		free(value->text);
		for (size_t j = 0; j < value->nnames; j++)
			free(value->names[j]);
		free(value->names);
	}
	free(report->values);
	report->values = NULL;
	report->nvalues = 0;
	free(report->verdict.headline);
	free(report->verdict.text);
	free(report->verdict.next);
	free(report->verdict.annotation);
	report->verdict = (struct kmc_verdict) { };
}

struct kmc_error *kmc_value_add_name(struct kmc_value *value, const char *name)
{
	char **slot;

	if (value->nnames == MAX_VALUE_NAMES)
		return NULL;
	slot = kmc_grow(&value->names, value->nnames, sizeof(*slot));
	if (!slot)
		return kmc_error_nomem();
	*slot = strdup(name);
	if (!*slot)
		return kmc_error_nomem();
	value->nnames++;
	return NULL;
}

void kmc_report_free(struct kmc_report *report)
{
	if (!report)
		return;
	free((char *)report->source);
	free(report->comm);
	free(report->memory);
	free(report->shadow);
	free(report->regs);
	free(report->code);
	stack_release(&report->frames);
	stack_release(&report->alloc.stack);
	stack_release(&report->free.stack);
	free(report->object.cache);
	for (size_t i = 0; i < report->nmodules; i++)
		free(report->modules[i].name);
	free(report->modules);
	free(report->insn);
	for (size_t i = 0; i < report->ncandidates; i++)
		kmc_candidate_release(&report->candidates[i]);
	free(report->candidates);
	kmc_report_forget_values(report);
	kmc_report_forget_doubts(report);
	kmc_kernel_release(&report->kernel);
	free(report);
}

struct kmc_frame *kmc_stack_push(struct kmc_stack *stack, enum kmc_role role)
{
	struct kmc_frame *frame = kmc_grow(&stack->frames, stack->count,
					   sizeof(*frame));

	if (!frame)
		return NULL;
	frame->role = role;
	stack->count++;
	return frame;
}

bool kmc_report_register(const struct kmc_report *report, const char *name,
			 uint64_t *value)
{
	for (size_t i = 0; i < report->nregs; i++) {
		if (strcmp(report->regs[i].name, name))
			continue;
		*value = report->regs[i].value;
		return true;
	}
	return false;
}

bool kmc_report_set_register(struct kmc_report *report, const char *name,
			     uint64_t value)
{
	struct kmc_register *reg;
	uint64_t old;

	/* The first mention wins: "RIP: 0010:" names cs before "CS:" does. */
	if (kmc_report_register(report, name, &old))
		return true;
	reg = kmc_grow(&report->regs, report->nregs, sizeof(*reg));
	if (!reg)
		return false;
	snprintf(reg->name, sizeof(reg->name), "%s", name);
	reg->value = value;
	report->nregs++;
	return true;
}

const char *kmc_kind_name(enum kmc_kind kind)
{
	static const char * const names[] = {
		[KMC_READ] = "read",
		[KMC_WRITE] = "write",
		[KMC_INFOLEAK] = "infoleak",
	};

	return names[kind];
}

const char *kmc_state_name(enum kmc_state state)
{
	static const char * const names[] = {
		[KMC_UNALLOCATED] = "unallocated",
		[KMC_UNINITIALIZED] = "uninitialized",
		[KMC_INITIALIZED] = "initialized",
		[KMC_FREED] = "freed",
		[KMC_INVALID] = "invalid",
	};

	return names[state];
}

const char *kmc_verdict_name(enum kmc_verdict_class kind)
{
	static const char * const names[] = {
		[KMC_VERDICT_UNKNOWN] = "unknown",
		[KMC_VERDICT_PADDING] = "padding",
		[KMC_VERDICT_BITFIELD] = "bitfield",
		[KMC_VERDICT_MEMBER] = "uninitialized-member",
		[KMC_VERDICT_PARTIAL] = "partly-initialized",
		[KMC_VERDICT_SLACK] = "out-of-bounds",
		[KMC_VERDICT_UNALLOCATED] = "unallocated",
		[KMC_VERDICT_FREED] = "use-after-free",
		[KMC_VERDICT_INFOLEAK] = "infoleak",
	};

	return names[kind];
}

bool kmc_frame_note(const struct kmc_frame *frame, char *buf, size_t size)
{
	static const char * const words[] = {
		[2] = "two", "three", "four", "five", "six", "seven", "eight", "nine",
		"ten", "eleven", "twelve",
	};
	const size_t count = frame->namesakes;
	char number[24];

	*buf = '\0';
	if (count < 2)
		return false;
	snprintf(number, sizeof(number), "%zu", count);
	snprintf(buf, size, frame->told_by ? "one of %s functions of that name, told by %s" :
		 "ambiguous: %s functions of that name",
		 count < KMC_ARRAY_SIZE(words) ? words[count] : number, frame->told_by);
	return true;
}

bool kmc_report_mixes_clocks(const struct kmc_report *report)
{
	return !report->from_stream && report->time >= 0 &&
	       (report->alloc.time >= 0 || report->free.time >= 0);
}

static bool is_state(enum kmc_state state, char letter)
{
	static const char letters[] = {
		[KMC_UNALLOCATED] = 'a',
		[KMC_UNINITIALIZED] = 'u',
		[KMC_FREED] = 'f',
		[KMC_INVALID] = '?',
	};

	return state < sizeof(letters) && letters[state] == letter;
}

unsigned int kmc_report_affected(const struct kmc_report *report)
{
	const unsigned int bytes = report->bits / 8;
	unsigned int count = 0;

	if (report->caret < 0 || (size_t)report->caret > report->shadow_len ||
	    bytes > report->shadow_len - report->caret)
		return bytes;
	for (unsigned int i = 0; i < bytes; i++)
		count += is_state(report->state, report->shadow[report->caret + i]);
	return count ? count : bytes;
}

void kmc_report_what(const struct kmc_report *report, struct kmc_buf *buf)
{
	static const char * const phrases[] = {
		[KMC_READ] = "read of",
		[KMC_WRITE] = "write to",
		[KMC_INFOLEAK] = "infoleak of",
	};

	const unsigned int bytes = report->bits / 8;
	const unsigned int affected = kmc_report_affected(report);

	kmc_buf_printf(buf, "%u-bit %s ", report->bits, phrases[report->kind]);
	if (affected < bytes)
		kmc_buf_printf(buf, "%u bytes, %u of them ", bytes, affected);
	if (affected < bytes && report->state != KMC_INVALID)
		kmc_buf_puts(buf, kmc_state_name(report->state));
	else if (affected < bytes)
		kmc_buf_puts(buf, "in an invalid state");
	else if (report->state == KMC_INVALID)
		kmc_buf_puts(buf, "memory in an invalid state");
	else
		kmc_buf_printf(buf, "%s memory", kmc_state_name(report->state));
}
