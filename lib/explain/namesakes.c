// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of several functions that share a name a frame is of.
 *
 * Each question below may strike out functions. One that strikes out all of them was
 * the wrong one to ask: a stack may lack frames, and code be changed as it runs.
 */
#include "explain/namesakes.h"

#include <string.h>

#include "base/error.h"
#include "code/successors.h"
#include "debuginfo/symbolize.h"
#include "explain/registers.h"
#include "report/model.h"
#include "report/walk.h"

/* Functions that one is looked for in, from where a call goes on. */
#define MAX_REACHED	8

/**
 * struct question - which one is it?
 * @report: has the frame
 * @stack: the one it is in
 * @index: its place there
 * @image: that all of the functions are in
 * @code: of @image
 * @found: the functions that are left
 */
struct question {
	struct kmc_report *report;
	struct kmc_stack *stack;
	size_t index;
	struct kmc_image *image;
	struct kmc_code *code;
	struct kmc_namesakes found;
};

enum answer { MAYBE, NO, YES };

static struct kmc_frame *frame_of(const struct question *q)
{
	return &q->stack->frames[q->index];
}

/* The instruction itself, which old kernels have twice. */
static bool is_instruction(const struct question *q)
{
	return !q->index ? frame_of(q)->role == KMC_ROLE_RIP :
	       q->index == 1 && kmc_stack_repeats_rip(q->stack);
}

/* ---- code ---- */

/*
 * The instruction that ends at @end, or else the one that begins there. False: no
 * instruction does, counted from the function's start.
 */
static bool read_at(const struct kmc_code *code, uint64_t start, uint64_t end, bool ends,
		    struct kmc_successors *out)
{
	bool any = false;

	for (uint64_t at = start; at < end; at += out->insn.length, any = true)
		if (kmc_successors_read(code, at, out) || out->insn.length > end - at)
			return false;
	return ends ? any : !kmc_successors_read(code, end, out);
}

/* The functions that @from jumps to: what was split off it, and tail calls. */
static void add_jumps(const struct kmc_code *code, const struct kmc_symbol *from,
		      uint64_t *reached, size_t *count)
{
	const uint64_t end = from->address + kmc_symbol_code_size(from);
	struct kmc_successors next;

	for (uint64_t at = from->address; at < end; at += next.insn.length) {
		const struct kmc_symbol *to;
		bool known = false;

		if (kmc_successors_read(code, at, &next))
			break;
		if (!next.insn.is_jump || next.insn.indirect ||
		    next.insn.target - from->address < end - from->address)
			continue;
		to = kmc_symtab_at(code->symtab, next.insn.target);
		for (size_t i = 0; to && i < *count; i++)
			known |= reached[i] == to->address;
		if (to && !known && *count < MAX_REACHED)
			reached[(*count)++] = to->address;
	}
}

/* Does a call of @callee get to the function at @start without another call? */
static bool reaches(const struct kmc_code *code, uint64_t callee, uint64_t start)
{
	uint64_t reached[MAX_REACHED] = { callee };
	size_t count = 1;

	for (size_t i = 0; i < count; i++) {
		const struct kmc_symbol *symbol = kmc_symtab_at(code->symtab, reached[i]);

		if (!symbol)
			continue;
		if (symbol->address == start)
			return true;
		add_jumps(code, symbol, reached, &count);
	}
	return false;
}

static const struct kmc_symbol *function_of(const struct question *q,
					    const struct kmc_frame *frame)
{
	const char *own = frame_of(q)->module, *its = frame->module;

	if (!frame->resolved || !own != !its || (own && strcmp(own, its)))
		return NULL;
	return kmc_symtab_at(q->code->symtab, frame->link_address -
			     (frame->role == KMC_ROLE_RETURN && !frame->exact));
}

/* ---- questions ---- */

/* Another frame says how far the kernel was moved. */
static enum answer ask_address(const struct question *q, uint64_t start)
{
	const struct kmc_frame *frame = frame_of(q);
	const struct kmc_stack *stack;

	if (!frame->has_address || frame->module)
		return MAYBE;
	for (size_t i = 0; (stack = kmc_report_stack(q->report, i)); i++) {
		for (size_t j = 0; j < stack->count; j++) {
			const struct kmc_frame *other = &stack->frames[j];

			if (other->resolved && other->has_address && !other->module)
				return frame->address - frame->offset - start ==
				       other->address - other->link_address ? YES : NO;
		}
	}
	return MAYBE;
}

static enum answer ask_caller(const struct question *q, uint64_t start)
{
	size_t caller = q->index + 1;
	const struct kmc_symbol *function;
	struct kmc_successors call;

	if (!q->index && kmc_stack_repeats_rip(q->stack))
		caller++;
	if (caller >= q->stack->count)
		return MAYBE;
	function = function_of(q, &q->stack->frames[caller]);
	if (!function || !read_at(q->code, function->address,
				  q->stack->frames[caller].link_address, true, &call) ||
	    !call.insn.is_call || !call.has_callee)
		return MAYBE;
	return reaches(q->code, call.callee, start) ? YES : NO;
}

/* A return address is behind a call, and that of the frame before. */
static enum answer ask_callee(const struct question *q, uint64_t start)
{
	const struct kmc_symbol *function;
	struct kmc_successors call;

	if (is_instruction(q))
		return MAYBE;
	if (!read_at(q->code, start, start + frame_of(q)->offset, true, &call) ||
	    !call.insn.is_call)
		return NO;
	if (!q->index || !call.has_callee)
		return MAYBE;
	function = function_of(q, &q->stack->frames[q->index - 1]);
	if (!function)
		return MAYBE;
	return reaches(q->code, call.callee, function->address) ? YES : NO;
}

/* Could @mem be what was accessed? */
static bool is_accessed(const struct kmc_report *report, const struct kmc_insn *insn,
			const struct kmc_mem *mem)
{
	uint64_t at;

	if (!(report->kind == KMC_WRITE ? mem->write : mem->read))
		return false;
	if (insn->string)
		return true;
	return mem->size == report->bits / 8 &&
	       (!kmc_mem_address(mem, insn, report, &at) || at == report->address);
}

static enum answer ask_offset(const struct question *q, uint64_t start)
{
	struct kmc_successors at;

	if (!is_instruction(q))
		return MAYBE;
	return read_at(q->code, start, start + frame_of(q)->offset, false, &at) ? YES : NO;
}

static enum answer ask_instruction(const struct question *q, uint64_t start)
{
	const struct kmc_report *report = q->report;
	struct kmc_successors at;

	/* That of a leak has only found it. */
	if (q->stack != &report->frames || !is_instruction(q) ||
	    report->kind == KMC_INFOLEAK)
		return MAYBE;
	if (!read_at(q->code, start, start + frame_of(q)->offset, false, &at))
		return NO;
	for (size_t i = 0; i < at.insn.nmem; i++)
		if (is_accessed(report, &at.insn, &at.insn.mem[i]))
			return YES;
	return NO;
}

static const struct {
	enum answer (*ask)(const struct question *q, uint64_t start);
	const char *words;
} questions[] = {
	{ ask_address, "its address" },
	{ ask_caller, "what its caller calls" },
	{ ask_callee, "what it calls" },
	{ ask_offset, "its offset" },
	{ ask_instruction, "its instruction" },
};

/* Those that the answer was not NO for; or all, if there are none. */
static bool strike_out(struct question *q, size_t which)
{
	struct kmc_namesakes left = { .all = q->found.all };

	for (size_t i = 0; i < q->found.fitting; i++)
		if (questions[which].ask(q, q->found.v[i]) != NO)
			left.v[left.fitting++] = q->found.v[i];
	if (!left.fitting || left.fitting == q->found.fitting)
		return false;
	q->found = left;
	return true;
}

/* ---- the whole ---- */

static struct kmc_error *settle(struct question *q, bool *settled)
{
	struct kmc_frame *frame = frame_of(q);
	const char *told_by = NULL;

	kmc_symtab_namesakes(&q->image->symtab, frame->symbol, frame->size, &q->found);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(questions) && q->found.fitting > 1; i++)
		if (strike_out(q, i))
			told_by = questions[i].words;
	if (q->found.fitting != 1)
		return NULL;
	frame->told_by = told_by;
	*settled = true;
	return kmc_frame_place(q->report, frame, q->image, q->found.v[0] + frame->offset);
}

static struct kmc_error *settle_frame(struct kmc_debuginfo *di, struct kmc_report *report,
				      struct kmc_stack *stack, size_t index, bool *settled)
{
	struct question q = { .report = report, .stack = stack, .index = index };
	const struct kmc_frame *frame = frame_of(&q);
	struct kmc_error *err;

	if (frame->resolved || !frame->namesakes)
		return NULL;
	err = kmc_debuginfo_image(di, frame->module, &q.image);
	if (!err)
		err = kmc_code_get(q.image, &q.code);
	return err ? err : settle(&q, settled);
}

struct kmc_error *kmc_settle_namesakes(struct kmc_debuginfo *di, struct kmc_report *report)
{
	struct kmc_stack *stack;
	struct kmc_error *err = NULL;
	bool settled;

	/* What is settled may settle others. */
	do {
		settled = false;
		for (size_t i = 0; (stack = kmc_report_stack(report, i)); i++)
			for (size_t j = 0; !err && j < stack->count; j++)
				err = settle_frame(di, report, stack, j, &settled);
	} while (!err && settled);
	return err;
}
