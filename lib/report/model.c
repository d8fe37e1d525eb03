// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model: a report as every reader fills it and every printer reads it.
 */
#include "report/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* More do not fit a line. */
#define MAX_VALUE_NAMES	4

/* More are no report of ours. */
#define MAX_RUNS	16

static void track_init(struct kmc_track *track)
{
	track->pid = -1;
	track->time = -1;
}

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
	track_init(&report->alloc);
	track_init(&report->free);
	track_init(&report->copy);
	track_init(&report->source_alloc);
	track_init(&report->fill);
	report->object.slab_offset = -1;
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
	free(frame->from_log);
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
	free(candidate->would_be);
	for (size_t i = 0; i < candidate->nalso; i++)
		free(candidate->also[i]);
	free(candidate->also);
	for (size_t i = 0; i < candidate->nevidence; i++)
		free(candidate->evidence[i].detail);
	free(candidate->evidence);
	*candidate = (struct kmc_candidate) { };
}

void kmc_candidates_forget(struct kmc_candidate **list, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		kmc_candidate_release(&(*list)[i]);
	free(*list);
	*list = NULL;
	*count = 0;
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

void kmc_report_forget_fault(struct kmc_report *report)
{
	free(report->fault.name);
	free(report->fault.what);
	report->fault = (struct kmc_fault) { };
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

static void dump_release(struct kmc_dump *dump)
{
	for (size_t i = 0; i < dump->count; i++) {
		free(dump->rows[i].label);
		free(dump->rows[i].bytes);
		free(dump->rows[i].marks);
	}
	free(dump->rows);
}

void kmc_report_forget_undefined(struct kmc_report *report)
{
	free(report->undefined.expression);
	free(report->undefined.array);
	free(report->undefined.value);
	report->undefined = (struct kmc_undefined) { };
}

/* What checkers other than kmemcheck have said. */
static void said_release(struct kmc_report *report)
{
	free(report->error);
	free(report->message);
	free(report->hint);
	kmc_frame_release(&report->named);
	free(report->place.file);
	dump_release(&report->dump);
	free(report->overwritten.what);
	for (size_t i = 0; i < report->nvariables; i++)
		free(report->variables[i].name);
	free(report->variables);
	free(report->object.variable);
}

void kmc_report_free(struct kmc_report *report)
{
	struct kmc_stack *stack;
	size_t index = 0;

	if (!report)
		return;
	free((char *)report->source);
	free(report->comm);
	free(report->memory);
	free(report->shadow);
	free(report->regs);
	free(report->code);
	while ((stack = kmc_report_stack(report, index++)))
		stack_release(stack);
	free(report->related);
	said_release(report);
	kmc_report_forget_runs(report);
	free(report->runs);
	free(report->copied.object.cache);
	free(report->object.cache);
	for (size_t i = 0; i < report->nmodules; i++)
		free(report->modules[i].name);
	free(report->modules);
	free(report->insn);
	kmc_report_forget_fault(report);
	kmc_report_forget_undefined(report);
	free(report->untyped);
	free(report->inside);
	kmc_candidates_forget(&report->candidates, &report->ncandidates);
	kmc_candidates_forget(&report->copied.candidates, &report->copied.ncandidates);
	kmc_report_forget_values(report);
	kmc_report_forget_doubts(report);
	kmc_kernel_release(&report->kernel);
	free(report);
}

/* Stacks that each report has, if only empty. */
static const struct {
	size_t stack;
	const char *name;
} stacks[] = {
	{ offsetof(struct kmc_report, frames), "accessed" },
	{ offsetof(struct kmc_report, alloc.stack), "allocated" },
	{ offsetof(struct kmc_report, free.stack), "freed" },
	{ offsetof(struct kmc_report, copy.stack), "stored to memory" },
	{ offsetof(struct kmc_report, source_alloc.stack), "source allocated" },
	{ offsetof(struct kmc_report, fill.stack), "filled" },
	{ offsetof(struct kmc_report, own), "reported" },
};

struct kmc_stack *kmc_report_stack(const struct kmc_report *report, size_t index)
{
	if (index < KMC_ARRAY_SIZE(stacks))
		return (struct kmc_stack *)((char *)report + stacks[index].stack);
	index -= KMC_ARRAY_SIZE(stacks);
	return index < report->nrelated ? &report->related[index].track.stack : NULL;
}

const char *kmc_report_stack_name(const struct kmc_report *report, size_t index)
{
	return index < KMC_ARRAY_SIZE(stacks) ? stacks[index].name :
	       kmc_relation_name(report->related[index - KMC_ARRAY_SIZE(stacks)].relation);
}

struct kmc_related *kmc_report_relate(struct kmc_report *report, enum kmc_relation relation)
{
	struct kmc_related *related = kmc_grow(&report->related, report->nrelated,
					       sizeof(*related));

	if (!related)
		return NULL;
	related->relation = relation;
	track_init(&related->track);
	related->track.known = true;
	report->nrelated++;
	return related;
}

struct kmc_dump_row *kmc_dump_push(struct kmc_dump *dump)
{
	struct kmc_dump_row *row = kmc_grow(&dump->rows, dump->count, sizeof(*row));

	dump->count += row != NULL;
	return row;
}

const char *kmc_checker_name(size_t index)
{
	static const char * const names[] = {
		"kmemcheck", "KASAN", "KMSAN", "KFENCE", "UBSAN", "SLUB", "oops", "gpf", "BUG",
		"WARNING", "list", "refcount", "lockdep",
	};

	return index < KMC_ARRAY_SIZE(names) ? names[index] : NULL;
}

uint64_t kmc_object_bytes(const struct kmc_object *object)
{
	return object->requested ? object->requested : object->size;
}

bool kmc_report_is_kmemcheck(const struct kmc_report *report)
{
	return !report->error;
}

bool kmc_report_offset(const struct kmc_report *report, int64_t *offset)
{
	const struct kmc_object *object = &report->object;

	if (!object->known)
		return false;
	if (object->has_offset)
		*offset = object->offset;
	else if (object->has_start && report->has_address && !object->hashed && !report->hashed)
		*offset = report->address - object->start;
	else if (object->has_start && report->has_address && object->hashed && report->hashed &&
		 report->address == object->start)
		*offset = 0;
	else
		return false;
	return true;
}

/* ---- runs ---- */

bool kmc_report_add_run(struct kmc_report *report, uint64_t address, uint64_t size,
			enum kmc_state state)
{
	const struct kmc_run *last = report->nruns ? &report->runs[report->nruns - 1] : NULL;
	const uint64_t offset = address - report->access_start;
	struct kmc_run *run;

	if (!size || offset >= report->access_length || size > report->access_length - offset ||
	    (last && offset < last->address + last->size - report->access_start) ||
	    report->nruns == MAX_RUNS)
		return true;
	run = kmc_grow(&report->runs, report->nruns, sizeof(*run));
	if (!run)
		return false;
	*run = (struct kmc_run) { .address = address, .size = size, .state = state };
	report->nruns++;
	return true;
}

void kmc_report_finish_runs(struct kmc_report *report, uint64_t count, uint64_t bytes)
{
	const struct kmc_run *first = report->runs;
	uint64_t sum = 0;

	for (size_t i = 0; i < report->nruns; i++)
		sum += report->runs[i].size;
	report->run_count = count > report->nruns ? count : report->nruns;
	/* What cannot be is not known. */
	if (report->run_count == report->nruns)
		bytes = sum;
	report->run_bytes = bytes >= sum && bytes <= report->access_length ? bytes : 0;
	if (report->nruns && report->run_count == 1 && first->address == report->address &&
	    first->size == report->bits / 8 && first->state == report->state)
		report->nruns = 0;
	if (!report->nruns)
		report->run_count = report->run_bytes = 0;
}

void kmc_report_forget_runs(struct kmc_report *report)
{
	for (size_t i = 0; i < report->nruns; i++) {
		free(report->runs[i].what);
		report->runs[i].what = NULL;
	}
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
		[KMC_FETCH] = "fetch",
		[KMC_UNKNOWN_KIND] = "unknown",
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
		[KMC_UNKNOWN_STATE] = "unknown",
	};

	return names[state];
}

const char *kmc_confidence_name(enum kmc_confidence confidence)
{
	static const char * const names[] = {
		[KMC_GUESS] = "guess",
		[KMC_LIKELY] = "likely",
		[KMC_CERTAIN] = "certain",
	};

	return names[confidence];
}

const char *kmc_region_name(enum kmc_region region)
{
	static const char * const names[] = {
		[KMC_REGION_UNKNOWN] = "unknown",
		[KMC_REGION_SLAB] = "slab",
		[KMC_REGION_STACK] = "stack",
		[KMC_REGION_GLOBAL] = "global",
		[KMC_REGION_VMALLOC] = "vmalloc",
		[KMC_REGION_PAGE] = "page",
	};

	return names[region];
}

const char *kmc_relation_name(enum kmc_relation relation)
{
	static const char * const names[] = {
		[KMC_STORED] = "stored to memory",
		[KMC_WORK] = "related work",
		[KMC_PAGE_ALLOC] = "page allocated",
		[KMC_PAGE_FREE] = "page freed",
	};

	return names[relation];
}

const char *kmc_pointer_name(enum kmc_pointer_kind kind)
{
	static const char * const names[] = {
		[KMC_POINTER_UNKNOWN] = "unknown",
		[KMC_POINTER_NULL] = "null",
		[KMC_POINTER_ERROR] = "error",
		[KMC_POINTER_LIST_POISON] = "list-poison",
		[KMC_POINTER_FREED] = "freed-poison",
		[KMC_POINTER_FRESH] = "new-poison",
		[KMC_POINTER_REDZONE] = "redzone",
		[KMC_POINTER_POISON] = "poison",
		[KMC_POINTER_CHARACTERS] = "text",
		[KMC_POINTER_USER] = "user",
		[KMC_POINTER_NON_CANONICAL] = "non-canonical",
		[KMC_POINTER_STACK] = "stack",
		[KMC_POINTER_IMAGE] = "image",
	};

	return names[kind];
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
		[KMC_VERDICT_NULL] = "null-dereference",
		[KMC_VERDICT_ERROR_POINTER] = "error-pointer",
		[KMC_VERDICT_STALE] = "use-after-free-suspected",
		[KMC_VERDICT_FRESH] = "pointer-not-set",
		[KMC_VERDICT_USER] = "user-address",
		[KMC_VERDICT_WILD] = "wild-pointer",
		[KMC_VERDICT_LIST] = "list-corruption",
		[KMC_VERDICT_REFCOUNT] = "refcount",
		[KMC_VERDICT_ASSERTION] = "assertion",
		[KMC_VERDICT_UNINIT] = "uninitialized-value",
		[KMC_VERDICT_DOUBLE_FREE] = "double-free",
		[KMC_VERDICT_INVALID_FREE] = "invalid-free",
		[KMC_VERDICT_CORRUPTION] = "memory-corruption",
		[KMC_VERDICT_REMAINING] = "objects-remaining",
		[KMC_VERDICT_UNDEFINED] = "undefined-behaviour",
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
	       (report->alloc.time >= 0 || report->free.time >= 0 || report->copy.time >= 0 ||
		report->source_alloc.time >= 0 || report->fill.time >= 0);
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

struct kmc_extent kmc_report_extent(const struct kmc_report *report)
{
	const uint64_t offset = report->address - report->access_start;
	struct kmc_extent extent = {
		.bytes = report->bits / 8, .affected = kmc_report_affected(report), .ranges = 1,
	};

	/* What one instruction read of a run is its own operand. */
	if ((report->nruns || report->kind == KMC_INFOLEAK) && offset < report->access_length &&
	    extent.bytes <= report->access_length - offset)
		extent.bytes = report->access_length;
	if (report->nruns) {
		extent.ranges = report->run_count;
		extent.affected = report->run_bytes;
	}
	/* Of more runs than are listed at least these are known. */
	for (size_t i = 0; !report->run_bytes && i < report->nruns; i++)
		extent.affected += report->runs[i].size;
	return extent;
}

const char *kmc_extent_least(const struct kmc_report *report)
{
	return report->nruns && !report->run_bytes ? "at least " : "";
}

void kmc_report_what(const struct kmc_report *report, struct kmc_buf *buf)
{
	static const char * const phrases[] = {
		[KMC_READ] = "read of",
		[KMC_WRITE] = "write to",
		[KMC_INFOLEAK] = "infoleak of",
		[KMC_FETCH] = "fetch of",
		[KMC_UNKNOWN_KIND] = "access to",
	};

	const struct kmc_extent extent = kmc_report_extent(report);
	const bool part = extent.affected < extent.bytes;

	/* Of a copy, the bits are those of its first range. */
	if (extent.bytes == report->bits / 8)
		kmc_buf_printf(buf, "%u-bit ", report->bits);
	kmc_buf_printf(buf, "%s ", phrases[report->kind]);
	if (part)
		kmc_buf_printf(buf, "%" PRIu64 " bytes, %s%" PRIu64 " of them ", extent.bytes,
			       kmc_extent_least(report), extent.affected);
	if (part && report->state != KMC_INVALID)
		kmc_buf_puts(buf, kmc_state_name(report->state));
	else if (part)
		kmc_buf_puts(buf, "in an invalid state");
	else if (report->state == KMC_INVALID)
		kmc_buf_puts(buf, "memory in an invalid state");
	else
		kmc_buf_printf(buf, "%s memory", kmc_state_name(report->state));
	if (extent.ranges > 1)
		kmc_buf_printf(buf, ", in %" PRIu64 " ranges", extent.ranges);
}
