// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a register holds before an instruction.
 *
 * Each register is followed through the function as "origin + offset". An origin
 * is a constant, the register at the function's start, what an instruction left
 * in a register when it was last executed (AFTER), or what a register held when
 * control last got to a join point of different values (BEFORE).
 * Two registers of one origin differ by a constant, whatever the origin was.
 *
 * Which registers need a BEFORE at which node is not known from the start: each
 * pass takes those found so far and follows the nodes in reverse post-order; then
 * the edges that go back are compared with what was assumed. A node only ever
 * gains some, so this ends.
 */
#include "code/reaching_definitions.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "code/callees.h"
#include "code/code.h"
#include "code/control_flow.h"
#include "code/function_entries.h"

enum origin_kind { ORIGIN_CONSTANT, ORIGIN_START, ORIGIN_AFTER, ORIGIN_BEFORE };

/**
 * struct value - what a register holds
 * @kind, @node, @reg: the origin; a constant has neither node nor register
 * @offset: is added to it
 * @definition: address of the instruction that made it; not part of the value
 * @calls: passed since then; not part of the value
 */
struct value {
	uint8_t kind;
	int8_t reg;
	uint32_t node;
	uint64_t offset;
	uint64_t definition;
	unsigned int calls;
};

struct state {
	struct value regs[KMC_REG_GENERAL];
};

/**
 * struct scan - an analysis at work
 * @in, @out: before and after each node
 * @merged: node → a bit for each register that has a BEFORE there
 * @uses_df: it sets the direction flag somewhere
 */
struct scan {
	struct kmc_code *code;
	const struct kmc_cfg *cfg;
	struct state *in;
	struct state *out;
	uint32_t *merged;
	bool uses_df;
};

/* Kernel functions need four; each is a walk over the function. */
#define MAX_PASSES	200

static bool same_origin(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && a->node == b->node && a->reg == b->reg;
}

static bool same_value(const struct value *a, const struct value *b)
{
	return same_origin(a, b) && a->offset == b->offset;
}

static struct value opaque(enum origin_kind kind, uint32_t node, int reg,
			   uint64_t definition)
{
	return (struct value){
		.kind = kind, .reg = reg, .node = node,
		.definition = definition,
	};
}

/* ---- one instruction ---- */

/* So that what is the same is equal, also where it has come about in another way. */
static void settle_width(const struct kmc_machine *machine, struct value *value)
{
	value->offset = value->kind == ORIGIN_CONSTANT ?
			kmc_machine_cut(machine, value->offset) :
			(uint64_t)kmc_machine_difference(machine, value->offset);
}

static void apply_effect(const struct kmc_code *code,
			 const struct kmc_insn *insn, const struct state *in,
			 struct state *out)
{
	const struct kmc_effect *e = &insn->effect;
	struct value value = {
		.kind = ORIGIN_CONSTANT, .definition = insn->address,
	};

	if (e->dest == KMC_REG_NONE || kmc_code_is_address(code, e->value))
		return;
	if (e->base != KMC_REG_NONE)
		value = in->regs[e->base];
	value.offset += (uint64_t)e->value;
	/* A copy is as old as what it copies; a sum is new. */
	if (e->base == KMC_REG_NONE || e->value) {
		value.definition = insn->address;
		value.calls = 0;
	}
	if (e->narrow) {
		if (value.kind != ORIGIN_CONSTANT)
			return;
		value.offset &= UINT32_MAX;
	}
	settle_width(code->machine, &value);
	if (value.kind == ORIGIN_CONSTANT && kmc_code_is_address(code, value.offset))
		return;
	out->regs[e->dest] = value;
}

/* A string instruction that has run to its end, the direction flag clear. */
static void apply_string(const struct kmc_insn *insn, const struct state *in,
			 struct state *out)
{
	const struct value *count = &in->regs[KMC_REG_RCX];
	uint64_t n = 1;

	if (!insn->string || insn->early)
		return;
	if (insn->rep) {
		out->regs[KMC_REG_RCX] = (struct value){
			.kind = ORIGIN_CONSTANT, .definition = insn->address,
		};
		if (count->kind != ORIGIN_CONSTANT)
			return;
		n = count->offset;
	}
	for (enum kmc_reg reg = KMC_REG_RSI; reg <= KMC_REG_RDI; reg++) {
		if (!(insn->changes & KMC_REG_BIT(reg)))
			continue;
		out->regs[reg] = in->regs[reg];
		out->regs[reg].offset += n * insn->element;
		settle_width(insn->machine, &out->regs[reg]);
		out->regs[reg].definition = insn->address;
	}
}

static struct kmc_error *call_changes(const struct scan *scan,
				      const struct kmc_cfg_node *node,
				      uint32_t *out)
{
	*out = 0;
	if (node->keeps_all)
		return NULL;
	if (!node->has_callee) {
		*out = scan->code->machine->changed;
		return NULL;
	}
	return kmc_callee_changes(scan->code, node->callee, out);
}

static struct kmc_error *transfer(const struct scan *scan, uint32_t number)
{
	const struct kmc_cfg_node *node = &scan->cfg->nodes[number];
	const struct kmc_insn *insn = &node->insn;
	const struct state *in = &scan->in[number];
	struct state *out = &scan->out[number];
	uint32_t changes = insn->changes;
	struct kmc_error *err;

	*out = *in;
	if (insn->is_call) {
		err = call_changes(scan, node, &changes);
		if (err)
			return err;
		for (int reg = 0; reg < KMC_REG_GENERAL; reg++)
			out->regs[reg].calls++;
	}
	for (int reg = 0; reg < KMC_REG_GENERAL; reg++)
		if (changes & KMC_REG_BIT(reg))
			out->regs[reg] = opaque(ORIGIN_AFTER, number, reg,
						insn->address);
	apply_effect(scan->code, insn, in, out);
	if (!scan->uses_df)
		apply_string(insn, in, out);
	return NULL;
}

/* ---- join points ---- */

/* The edges to a node; there are @count of them. */
static const struct kmc_cfg_edge *edges_to(const struct kmc_cfg *cfg,
					   uint32_t node, size_t *count)
{
	size_t lo = 0, hi = cfg->nedges, end;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cfg->edges[mid].to < node)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < cfg->nedges && cfg->edges[end].to == node; end++)
		;
	*count = end - lo;
	return cfg->edges + lo;
}

static void join_value(struct value *value, const struct value *other)
{
	if (value->definition != other->definition)
		value->definition = 0;
	if (value->calls < other->calls)
		value->calls = other->calls;
}

/* What is known of a node's registers from the nodes before it in order. */
static void join(struct scan *scan, uint32_t node)
{
	struct state *in = &scan->in[node];
	const uint64_t address = scan->cfg->nodes[node].insn.address;
	bool any = false;
	size_t count;
	const struct kmc_cfg_edge *edges = edges_to(scan->cfg, node, &count);

	if (!node) {
		for (int reg = 0; reg < KMC_REG_GENERAL; reg++)
			in->regs[reg] = opaque(ORIGIN_START, 0, reg, address);
		any = true;
	}
	for (size_t i = 0; i < count && edges[i].from < node; i++) {
		const struct state *out = &scan->out[edges[i].from];

		if (edges[i].fault)
			scan->merged[node] = KMC_REG_BIT(KMC_REG_GENERAL) - 1;
		if (!any)
			*in = *out;
		for (int reg = 0; any && reg < KMC_REG_GENERAL; reg++) {
			if (same_value(&in->regs[reg], &out->regs[reg]))
				join_value(&in->regs[reg], &out->regs[reg]);
			else
				scan->merged[node] |= KMC_REG_BIT(reg);
		}
		any = true;
	}
	for (int reg = 0; reg < KMC_REG_GENERAL; reg++)
		if (scan->merged[node] & KMC_REG_BIT(reg))
			in->regs[reg] = opaque(ORIGIN_BEFORE, node, reg,
					       address);
}

/* Compare the edges that go back; false: a node has gained a BEFORE. */
static bool settle(struct scan *scan)
{
	const struct kmc_cfg *cfg = scan->cfg;
	bool settled = true;

	for (size_t i = 0; i < cfg->nedges; i++) {
		const struct kmc_cfg_edge *edge = &cfg->edges[i];
		uint32_t differ = 0;

		if (edge->from < edge->to)
			continue;
		for (int reg = 0; reg < KMC_REG_GENERAL; reg++)
			if (edge->fault ||
			    !same_value(&scan->in[edge->to].regs[reg],
					&scan->out[edge->from].regs[reg]))
				differ |= KMC_REG_BIT(reg);
		if (differ & ~scan->merged[edge->to])
			settled = false;
		scan->merged[edge->to] |= differ;
	}
	return settled;
}

static struct kmc_error *run(struct scan *scan, const char **why_not)
{
	struct kmc_error *err = NULL;
	int passes = 0;

	do {
		if (passes++ == MAX_PASSES) {
			*why_not = "the function is too intricate";
			return NULL;
		}
		for (size_t i = 0; !err && i < scan->cfg->count; i++) {
			join(scan, i);
			err = transfer(scan, i);
		}
	} while (!err && !settle(scan));
	return err;
}

/* ---- what a jump tells ---- */

static const struct value null = { .kind = ORIGIN_CONSTANT };

/* Instructions without a branch between a jump and where it is known what it told. */
#define MAX_TOLD	16

/* Is @reg 0 on this edge? It is, or equals, what a TEST in front of a jump found so. */
static bool is_null_on(const struct scan *scan, const struct kmc_cfg_edge *edge,
		       enum kmc_reg reg)
{
	const struct kmc_cfg_node *nodes = scan->cfg->nodes;
	const struct kmc_insn *jump = &nodes[edge->from].insn;
	const uint64_t next = jump->address + jump->length;
	const uint64_t zero = jump->on_zero ? jump->target : next;
	const struct kmc_cfg_edge *before;
	enum kmc_reg tested;
	size_t count;

	if (edge->fault || (!jump->on_zero && !jump->on_nonzero) ||
	    jump->target == next || nodes[edge->to].insn.address != zero)
		return false;
	before = edges_to(scan->cfg, edge->from, &count);
	if (count != 1 || before->fault)
		return false;
	tested = nodes[before->from].insn.tests;
	return tested != KMC_REG_NONE &&
	       same_value(&scan->out[edge->from].regs[reg],
			  &scan->out[edge->from].regs[tested]);
}

/* Has a jump on the only path to @node told that @reg is 0? */
static bool is_null(const struct scan *scan, uint32_t node, enum kmc_reg reg)
{
	for (int i = 0; i < MAX_TOLD; i++) {
		const struct kmc_cfg_edge *edge;
		size_t count;

		edge = edges_to(scan->cfg, node, &count);
		if (!node || count != 1)
			return false;
		if (is_null_on(scan, edge, reg))
			return true;
		if (edge->fault || !same_value(&scan->in[edge->from].regs[reg],
					       &scan->out[edge->from].regs[reg]))
			return false;
		node = edge->from;
	}
	return false;
}

/* ---- the answer ---- */

static void unknown(struct kmc_reaching *out, const char *why_not)
{
	*out = (struct kmc_reaching){
		.base = KMC_REG_NONE, .why_not = why_not,
	};
}

static const char *why_unknown(const struct value *value)
{
	switch (value->kind) {
	case ORIGIN_START:
		return "it is what the function was called with";
	case ORIGIN_BEFORE:
		return "it depends on the path that control took";
	default:
		return "it is computed or read from memory";
	}
}

/*
 * Another register that still has the same origin: rather one that a string
 * instruction at that place does not change.
 */
static enum kmc_reg find_base(const struct state *state, enum kmc_reg reg)
{
	static const enum kmc_reg order[] = {
		KMC_REG_RAX, KMC_REG_RDX, KMC_REG_RBX, KMC_REG_RBP,
		KMC_REG_R8, KMC_REG_R9, KMC_REG_R10, KMC_REG_R11,
		KMC_REG_R12, KMC_REG_R13, KMC_REG_R14, KMC_REG_R15,
		KMC_REG_RSP, KMC_REG_RSI, KMC_REG_RDI, KMC_REG_RCX,
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(order); i++)
		if (order[i] != reg && same_origin(&state->regs[reg],
						   &state->regs[order[i]]))
			return order[i];
	return KMC_REG_NONE;
}

static void origin_of(const struct kmc_cfg *cfg, const struct value *value,
		      struct kmc_origin *out)
{
	static const enum kmc_origin_kind kinds[] = {
		[ORIGIN_CONSTANT] = KMC_ORIGIN_CONSTANT,
		[ORIGIN_START] = KMC_ORIGIN_START,
		[ORIGIN_AFTER] = KMC_ORIGIN_AFTER,
		[ORIGIN_BEFORE] = KMC_ORIGIN_BEFORE,
	};

	out->kind = kinds[value->kind];
	out->at = cfg->nodes[value->node].insn.address;
	out->reg = value->reg;
	out->offset = (int64_t)value->offset;
}

static void answer(const struct scan *scan, uint32_t node, enum kmc_reg reg,
		   struct kmc_reaching *out)
{
	const struct state *state = &scan->in[node];
	const struct value *value = is_null(scan, node, reg) ? &null :
				    &state->regs[reg];
	struct kmc_reaching found = {
		.base = KMC_REG_NONE,
		.value = (int64_t)value->offset,
		.definition = value->definition,
		.calls = value->calls,
	};

	found.known = value->kind == ORIGIN_CONSTANT;
	if (!found.known) {
		found.base = find_base(state, reg);
		found.known = found.base != KMC_REG_NONE;
		if (found.known)
			found.value = kmc_machine_difference(scan->code->machine,
				value->offset - state->regs[found.base].offset);
	}
	if (found.known)
		*out = found;
	else
		unknown(out, why_unknown(value));
	origin_of(scan->cfg, value, &out->origin);
}

/**
 * struct query - what is asked of a finished scan
 * @at: the instruction
 * @reg: the register
 * @out: what it holds before that
 * @origins, @max, @count: or, if @out is NULL, as for kmc_reaching_merge()
 */
struct query {
	uint64_t at;
	enum kmc_reg reg;
	/* Without a look at who jumps into the function. */
	bool own_code;
	struct kmc_reaching *out;
	struct kmc_origin *origins;
	size_t max;
	size_t *count;
};

/* What cannot be known has no origins, or is UNKNOWN. */
static void refuse(const struct query *q, const char *why_not)
{
	if (q->out)
		unknown(q->out, why_not);
	else
		*q->count = 0;
}

static bool among(const struct query *q, const struct kmc_origin *origin)
{
	for (size_t i = 0; i < *q->count; i++)
		if (q->origins[i].kind == origin->kind &&
		    q->origins[i].at == origin->at &&
		    q->origins[i].reg == origin->reg &&
		    q->origins[i].offset == origin->offset)
			return true;
	return false;
}

static void answer_ways(const struct scan *scan, uint32_t node,
			const struct query *q)
{
	const struct value *before = &scan->in[node].regs[q->reg];
	size_t nedges;
	const struct kmc_cfg_edge *edges = edges_to(scan->cfg, node, &nedges);

	*q->count = 0;
	for (size_t i = 0; i < nedges; i++) {
		const struct value *value = &scan->out[edges[i].from].regs[q->reg];
		struct kmc_origin origin;

		if (edges[i].fault || same_origin(value, before))
			continue;
		origin_of(scan->cfg, is_null_on(scan, &edges[i], q->reg) ? &null :
			  value, &origin);
		if (among(q, &origin))
			continue;
		if (*q->count == q->max) {
			*q->count = 0;
			return;
		}
		q->origins[(*q->count)++] = origin;
	}
}

static struct kmc_error *scan_cfg(struct scan *scan, const struct query *q)
{
	const struct kmc_cfg *cfg = scan->cfg;
	const struct kmc_cfg_node *node = kmc_cfg_at(cfg, q->at);
	const char *why_not = NULL;
	struct kmc_error *err;

	if (!node) {
		refuse(q, "no path to it from the function's start was found");
		return NULL;
	}
	for (size_t i = 0; i < cfg->count; i++)
		scan->uses_df |= cfg->nodes[i].insn.sets_df;
	err = run(scan, &why_not);
	if (!err && !why_not && !q->own_code)
		err = kmc_function_entries(scan->code, cfg, &why_not);
	if (err)
		return err;
	if (why_not)
		refuse(q, why_not);
	else if (q->out)
		answer(scan, node - cfg->nodes, q->reg, q->out);
	else
		answer_ways(scan, node - cfg->nodes, q);
	return NULL;
}

static struct kmc_error *scan_function(struct kmc_code *code, uint64_t function,
				       uint64_t size, const struct query *q)
{
	struct kmc_cfg cfg = { };
	struct scan scan = { .code = code, .cfg = &cfg };
	const char *why_not = NULL;
	struct kmc_error *err;

	err = kmc_cfg_read(code, function, size, &cfg, &why_not);
	if (!err && why_not)
		refuse(q, why_not);
	if (!err && !why_not) {
		scan.in = calloc(cfg.count, sizeof(*scan.in));
		scan.out = calloc(cfg.count, sizeof(*scan.out));
		scan.merged = calloc(cfg.count, sizeof(*scan.merged));
		err = scan.in && scan.out && scan.merged ?
		      scan_cfg(&scan, q) : kmc_error_nomem();
	}
	free(scan.in);
	free(scan.out);
	free(scan.merged);
	kmc_cfg_release(&cfg);
	return err;
}

/*
 * foo.cold is entered from the middle of foo, so it is foo that has to be
 * followed. False: it cannot be told which function that is.
 */
static bool whole_function(const struct kmc_code *code, uint64_t *function,
			   uint64_t *size)
{
	char *name KMC_AUTO_FREE = NULL;
	const struct kmc_symbol *symbol = kmc_symtab_at(code->symtab, *function);
	const char *cold = symbol ? strstr(symbol->name, ".cold") : NULL;
	struct kmc_error *err;

	if (!cold)
		return true;
	name = strndup(symbol->name, cold - symbol->name);
	if (!name)
		return false;
	err = kmc_symtab_resolve(code->symtab, NULL, name, 0, function);
	kmc_error_free(err);
	symbol = err ? NULL : kmc_symtab_at(code->symtab, *function);
	if (symbol)
		*size = symbol->size;
	return symbol;
}

static struct kmc_error *ask(struct kmc_image *image, uint64_t function,
			     uint64_t size, const struct query *q)
{
	struct kmc_code *code;
	struct kmc_error *err;

	if (q->reg < 0 || q->reg >= KMC_REG_GENERAL) {
		refuse(q, "it is no general register");
		return NULL;
	}
	err = kmc_code_get(image, &code);
	if (err)
		return err;
	if (whole_function(code, &function, &size))
		return scan_function(code, function, size, q);
	refuse(q, "which function this was moved out of is ambiguous");
	return NULL;
}

/* ---- what was asked before ---- */

struct known_value {
	uint64_t function;
	uint64_t size;
	uint64_t at;
	enum kmc_reg reg;
	bool own_code;
	struct kmc_reaching value;
};

/* The high bits of all addresses in a kernel are the same. */
static uint64_t value_key(uint64_t at, enum kmc_reg reg)
{
	return at * KMC_REG_GENERAL + reg;
}

/* What also other code was looked at for answers both questions. */
static const struct kmc_reaching *recall(const struct kmc_code *code,
					 const struct known_value *query)
{
	const struct known_value *known =
		kmc_map_get(&code->answers, value_key(query->at, query->reg));

	return known && known->function == query->function &&
	       known->size == query->size && known->at == query->at &&
	       known->reg == query->reg && (query->own_code || !known->own_code) ?
	       &known->value : NULL;
}

static struct kmc_error *remember(struct kmc_code *code,
				  const struct known_value *answer)
{
	const uint64_t key = value_key(answer->at, answer->reg);
	struct known_value *copy = kmc_map_get(&code->answers, key);

	/* Of another extent of the function: whoever asked last will ask again. */
	if (copy)
		*copy = *answer;
	if (copy || code->answers.count == KMC_CODE_MEMORY)
		return NULL;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return kmc_error_nomem();
	*copy = *answer;
	if (!kmc_map_put(&code->answers, key, copy)) {
		free(copy);
		return kmc_error_nomem();
	}
	return NULL;
}

struct kmc_error *kmc_reaching_ask(struct kmc_image *image, uint64_t function, uint64_t size,
				   uint64_t at, enum kmc_reg reg, bool own_code,
				   struct kmc_reaching *out)
{
	struct known_value answer = {
		.function = function, .size = size, .at = at, .reg = reg, .own_code = own_code,
	};
	const struct query q = {
		.at = at, .reg = reg, .own_code = own_code, .out = &answer.value,
	};
	const struct kmc_reaching *known;
	struct kmc_code *code;
	struct kmc_error *err;

	err = kmc_code_get(image, &code);
	if (err)
		return err;
	known = recall(code, &answer);
	if (known) {
		*out = *known;
		return NULL;
	}
	err = ask(image, function, size, &q);
	if (!err)
		err = remember(code, &answer);
	if (!err)
		*out = answer.value;
	return err;
}

struct kmc_error *kmc_reaching_merge(struct kmc_image *image, uint64_t function,
				     uint64_t size, uint64_t at, enum kmc_reg reg,
				     struct kmc_origin *out, size_t max,
				     size_t *count)
{
	const struct query q = {
		.at = at, .reg = reg, .origins = out, .max = max, .count = count,
	};

	return ask(image, function, size, &q);
}
