// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control flow graph of a function, an instruction a node.
 */
#include "code/control_flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "code/successors.h"

/* The largest function of a kernel has about 10,000. */
#define MAX_NODES	30000

/**
 * struct builder - a graph under construction
 * @first: node → its first edge; edges lie in the order of the nodes they leave
 */
struct builder {
	const struct kmc_code *code;
	struct kmc_flow *flow;
	size_t *first;
	const char *why_not;
	bool nomem;
};

static bool in_extent(const struct kmc_extent *extent, uint64_t address)
{
	return address >= extent->start && address < extent->end;
}

static const struct kmc_extent *range_of(const struct kmc_flow *flow,
					 uint64_t address)
{
	for (size_t i = 0; i < flow->nranges; i++)
		if (in_extent(&flow->ranges[i], address))
			return &flow->ranges[i];
	return NULL;
}

/* ---- what belongs to the function ---- */

/* GCC moves unlikely code of foo to foo.cold, and jumps to and fro. */
static bool add_cold(struct builder *b, const struct kmc_symbol *symbol)
{
	struct kmc_flow *flow = b->flow;

	if (!strstr(symbol->name, ".cold"))
		return false;
	if (flow->nranges == KMC_FLOW_RANGES) {
		b->why_not = "the function has too many parts";
		return true;
	}
	flow->ranges[flow->nranges++] = (struct kmc_extent){
		.start = symbol->address,
		.end = symbol->address + symbol->size,
	};
	return true;
}

/* These hold pieces of functions, each jumped to from one place, and no symbols. */
static bool is_aside(const struct kmc_code *code, uint64_t address)
{
	static const char *const names[] = {
		".altinstr_replacement", ".altinstr_aux", ".fixup",
	};
	const struct kmc_code_section *section = kmc_code_section(code, address);

	for (size_t i = 0; section && i < KMC_ARRAY_SIZE(names); i++)
		if (!strcmp(section->name, names[i]))
			return true;
	return false;
}

/* Does this way stay in the function? */
static bool stays(struct builder *b, const struct kmc_way *way)
{
	const struct kmc_symbol *symbol;

	if (range_of(b->flow, way->to) || way->patch ||
	    is_aside(b->code, way->to))
		return true;
	/* Behind the end of a function, after a call that never comes back. */
	if (!way->jump)
		return false;
	symbol = kmc_symtab_at(b->code->symtab, way->to);
	if (symbol && add_cold(b, symbol))
		return true;
	if (!symbol || symbol->address != way->to)
		b->why_not = "it jumps into the middle of another function";
	return false;
}

/* ---- building ---- */

static size_t node_number(const struct kmc_flow *flow, uint64_t address)
{
	return (uintptr_t)kmc_map_get(&flow->index, address);
}

static bool discover(struct builder *b, uint64_t address, size_t *out)
{
	struct kmc_flow *flow = b->flow;
	size_t number = node_number(flow, address);

	if (!number) {
		struct kmc_node *node = kmc_grow(&flow->nodes, flow->count,
						 sizeof(*node));

		number = flow->count + 1;
		if (!node || !kmc_map_put(&flow->index, address,
					  (void *)(uintptr_t)number)) {
			b->nomem = true;
			return false;
		}
		node->insn.address = address;
		flow->count++;
	}
	*out = number - 1;
	return true;
}

static void add_edge(struct builder *b, size_t from, const struct kmc_way *way)
{
	struct kmc_flow *flow = b->flow;
	struct kmc_edge *edge;
	size_t to;

	if (!discover(b, way->to, &to))
		return;
	edge = kmc_grow(&flow->edges, flow->nedges, sizeof(*edge));
	if (!edge) {
		b->nomem = true;
		return;
	}
	*edge = (struct kmc_edge){ .from = from, .to = to, .fault = way->fault };
	flow->nedges++;
}

static void follow(struct builder *b, size_t number)
{
	struct kmc_node *node = &b->flow->nodes[number];
	const uint64_t start = b->flow->ranges[0].start;
	struct kmc_step step;

	b->why_not = kmc_step(b->code, node->insn.address, &step);
	if (b->why_not)
		return;
	node->insn = step.insn;
	node->callee = step.callee;
	node->has_callee = step.has_callee;
	node->keeps_all = step.keeps_all;
	if (step.has_callee && step.callee != start &&
	    range_of(b->flow, step.callee))
		b->why_not = "it calls into the middle of itself";
	if (step.leaves_indirectly) {
		b->flow->leaves_indirectly = true;
		/* A switch may do so, with targets all over the function. */
		if (step.insn.table)
			b->why_not = "it has a jump table";
		else if (step.insn.indirect && !step.insn.nmem)
			b->why_not = "it jumps to where a register says";
	}
	for (size_t i = 0; !b->why_not && !b->nomem && i < step.nways; i++)
		if (stays(b, &step.ways[i]) && !b->why_not)
			add_edge(b, number, &step.ways[i]);
}

static void build(struct builder *b, uint64_t start)
{
	struct kmc_flow *flow = b->flow;
	size_t number;

	if (!discover(b, start, &number))
		return;
	for (size_t i = 0; i < flow->count && !b->why_not && !b->nomem; i++) {
		size_t *first = kmc_grow(&b->first, i, sizeof(*first));

		if (!first) {
			b->nomem = true;
			return;
		}
		*first = flow->nedges;
		if (i == MAX_NODES)
			b->why_not = "the function is too large";
		else
			follow(b, i);
	}
}

/* ---- reverse post-order ---- */

/* Visits depth-first; @rank gets each node's number in reverse post-order. */
static bool rank_nodes(const struct builder *b, uint32_t *rank)
{
	const struct kmc_flow *flow = b->flow;
	size_t *next = calloc(flow->count, sizeof(*next));
	uint32_t *stack = calloc(flow->count, sizeof(*stack));
	bool *seen = calloc(flow->count, sizeof(*seen));
	const bool good = next && stack && seen;
	size_t depth = 0, left = flow->count;

	if (good) {
		stack[depth++] = 0;
		seen[0] = true;
	}
	while (depth) {
		const uint32_t node = stack[depth - 1];
		const size_t at = b->first[node] + next[node];
		const size_t end = node + 1 < flow->count ?
				   b->first[node + 1] : flow->nedges;

		if (at == end) {
			rank[node] = --left;
			depth--;
			continue;
		}
		next[node]++;
		if (!seen[flow->edges[at].to]) {
			seen[flow->edges[at].to] = true;
			stack[depth++] = flow->edges[at].to;
		}
	}
	free(next);
	free(stack);
	free(seen);
	return good;
}

static int edge_compare(const void *pa, const void *pb)
{
	const struct kmc_edge *a = pa, *b = pb;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

/* Puts the nodes where @rank says. */
static bool move_nodes(struct kmc_flow *flow, const uint32_t *rank)
{
	struct kmc_node *nodes = calloc(flow->count, sizeof(*nodes));

	if (!nodes)
		return false;
	for (size_t i = 0; i < flow->count; i++)
		nodes[rank[i]] = flow->nodes[i];
	free(flow->nodes);
	flow->nodes = nodes;
	for (size_t i = 0; i < flow->nedges; i++) {
		flow->edges[i].from = rank[flow->edges[i].from];
		flow->edges[i].to = rank[flow->edges[i].to];
	}
	if (flow->nedges)
		qsort(flow->edges, flow->nedges, sizeof(*flow->edges),
		      edge_compare);
	kmc_map_release(&flow->index, NULL);
	for (size_t i = 0; i < flow->count; i++)
		if (!kmc_map_put(&flow->index, flow->nodes[i].insn.address,
				 (void *)(uintptr_t)(i + 1)))
			return false;
	return true;
}

static bool sort_nodes(struct builder *b)
{
	uint32_t *rank = calloc(b->flow->count, sizeof(*rank));
	bool good = rank && rank_nodes(b, rank) && move_nodes(b->flow, rank);

	free(rank);
	return good;
}

/* ---- the whole ---- */

struct kmc_error *kmc_flow_read(const struct kmc_code *code, uint64_t start,
				uint64_t size, struct kmc_flow *flow,
				const char **why_not)
{
	struct builder b = {
		.code = code, .flow = flow, .why_not = code->why_not,
	};

	flow->ranges[0] = (struct kmc_extent){ start, start + size };
	flow->nranges = 1;
	if (!b.why_not)
		build(&b, start);
	if (!b.why_not && !b.nomem)
		b.nomem = !sort_nodes(&b);
	free(b.first);
	if (b.nomem)
		return kmc_error_nomem();
	*why_not = b.why_not;
	return NULL;
}

const struct kmc_node *kmc_flow_at(const struct kmc_flow *flow,
				   uint64_t address)
{
	size_t number = node_number(flow, address);

	return number ? &flow->nodes[number - 1] : NULL;
}

void kmc_flow_release(struct kmc_flow *flow)
{
	free(flow->nodes);
	free(flow->edges);
	kmc_map_release(&flow->index, NULL);
}
