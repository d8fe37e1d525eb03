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
	struct kmc_cfg *cfg;
	size_t *first;
	const char *why_not;
	bool nomem;
};

static bool in_range(const struct kmc_cfg_range *range, uint64_t address)
{
	return address >= range->start && address < range->end;
}

static const struct kmc_cfg_range *range_of(const struct kmc_cfg *cfg,
					    uint64_t address)
{
	for (size_t i = 0; i < cfg->nranges; i++)
		if (in_range(&cfg->ranges[i], address))
			return &cfg->ranges[i];
	return NULL;
}

/* ---- what belongs to the function ---- */

/* GCC moves unlikely code of foo to foo.cold, and jumps to and fro. */
static bool add_cold(struct builder *b, const struct kmc_symbol *symbol)
{
	struct kmc_cfg *cfg = b->cfg;

	if (!strstr(symbol->name, ".cold"))
		return false;
	if (cfg->nranges == KMC_CFG_RANGES) {
		b->why_not = "the function has too many parts";
		return true;
	}
	cfg->ranges[cfg->nranges++] = (struct kmc_cfg_range){
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

/* Does control stay in the function? */
static bool stays(struct builder *b, const struct kmc_successor *succ)
{
	const struct kmc_symbol *symbol;

	if (range_of(b->cfg, succ->to) || succ->patch ||
	    is_aside(b->code, succ->to))
		return true;
	/* Behind the end of a function, after a call that never comes back. */
	if (!succ->jump)
		return false;
	symbol = kmc_symtab_at(b->code->symtab, succ->to);
	if (symbol && add_cold(b, symbol))
		return true;
	if (!symbol || symbol->address != succ->to)
		b->why_not = "it jumps into the middle of another function";
	return false;
}

/* ---- building ---- */

static size_t node_number(const struct kmc_cfg *cfg, uint64_t address)
{
	return (uintptr_t)kmc_map_get(&cfg->index, address);
}

static bool discover(struct builder *b, uint64_t address, size_t *out)
{
	struct kmc_cfg *cfg = b->cfg;
	size_t number = node_number(cfg, address);

	if (!number) {
		struct kmc_cfg_node *node = kmc_grow(&cfg->nodes, cfg->count,
						     sizeof(*node));

		number = cfg->count + 1;
		if (!node || !kmc_map_put(&cfg->index, address,
					  (void *)(uintptr_t)number)) {
			b->nomem = true;
			return false;
		}
		node->insn.address = address;
		cfg->count++;
	}
	*out = number - 1;
	return true;
}

static void add_edge(struct builder *b, size_t from, const struct kmc_successor *succ)
{
	struct kmc_cfg *cfg = b->cfg;
	struct kmc_cfg_edge *edge;
	size_t to;

	if (!discover(b, succ->to, &to))
		return;
	edge = kmc_grow(&cfg->edges, cfg->nedges, sizeof(*edge));
	if (!edge) {
		b->nomem = true;
		return;
	}
	*edge = (struct kmc_cfg_edge){ .from = from, .to = to, .fault = succ->fault };
	cfg->nedges++;
}

static void follow(struct builder *b, size_t number)
{
	struct kmc_cfg_node *node = &b->cfg->nodes[number];
	const uint64_t start = b->cfg->ranges[0].start;
	struct kmc_successors next;

	b->why_not = kmc_successors_read(b->code, node->insn.address, &next);
	if (b->why_not)
		return;
	node->insn = next.insn;
	node->callee = next.callee;
	node->has_callee = next.has_callee;
	node->keeps_all = next.keeps_all;
	if (next.has_callee && next.callee != start &&
	    range_of(b->cfg, next.callee))
		b->why_not = "it calls into the middle of itself";
	if (next.leaves_indirectly) {
		b->cfg->leaves_indirectly = true;
		/* A switch may do so, with targets all over the function. */
		if (next.insn.table)
			b->why_not = "it has a jump table";
		else if (next.insn.indirect && !next.insn.nmem)
			b->why_not = "it jumps to where a register says";
	}
	for (size_t i = 0; !b->why_not && !b->nomem && i < next.count; i++)
		if (stays(b, &next.v[i]) && !b->why_not)
			add_edge(b, number, &next.v[i]);
}

static void build(struct builder *b, uint64_t start)
{
	struct kmc_cfg *cfg = b->cfg;
	size_t number;

	if (!discover(b, start, &number))
		return;
	for (size_t i = 0; i < cfg->count && !b->why_not && !b->nomem; i++) {
		size_t *first = kmc_grow(&b->first, i, sizeof(*first));

		if (!first) {
			b->nomem = true;
			return;
		}
		*first = cfg->nedges;
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
	const struct kmc_cfg *cfg = b->cfg;
	size_t *next = calloc(cfg->count, sizeof(*next));
	uint32_t *stack = calloc(cfg->count, sizeof(*stack));
	bool *seen = calloc(cfg->count, sizeof(*seen));
	const bool good = next && stack && seen;
	size_t depth = 0, left = cfg->count;

	if (good) {
		stack[depth++] = 0;
		seen[0] = true;
	}
	while (depth) {
		const uint32_t node = stack[depth - 1];
		const size_t at = b->first[node] + next[node];
		const size_t end = node + 1 < cfg->count ?
				   b->first[node + 1] : cfg->nedges;

		if (at == end) {
			rank[node] = --left;
			depth--;
			continue;
		}
		next[node]++;
		if (!seen[cfg->edges[at].to]) {
			seen[cfg->edges[at].to] = true;
			stack[depth++] = cfg->edges[at].to;
		}
	}
	free(next);
	free(stack);
	free(seen);
	return good;
}

static int edge_compare(const void *pa, const void *pb)
{
	const struct kmc_cfg_edge *a = pa, *b = pb;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

/* Puts the nodes where @rank says. */
static bool move_nodes(struct kmc_cfg *cfg, const uint32_t *rank)
{
	struct kmc_cfg_node *nodes = calloc(cfg->count, sizeof(*nodes));

	if (!nodes)
		return false;
	for (size_t i = 0; i < cfg->count; i++)
		nodes[rank[i]] = cfg->nodes[i];
	free(cfg->nodes);
	cfg->nodes = nodes;
	for (size_t i = 0; i < cfg->nedges; i++) {
		cfg->edges[i].from = rank[cfg->edges[i].from];
		cfg->edges[i].to = rank[cfg->edges[i].to];
	}
	if (cfg->nedges)
		qsort(cfg->edges, cfg->nedges, sizeof(*cfg->edges),
		      edge_compare);
	kmc_map_release(&cfg->index, NULL);
	for (size_t i = 0; i < cfg->count; i++)
		if (!kmc_map_put(&cfg->index, cfg->nodes[i].insn.address,
				 (void *)(uintptr_t)(i + 1)))
			return false;
	return true;
}

static bool sort_nodes(struct builder *b)
{
	uint32_t *rank = calloc(b->cfg->count, sizeof(*rank));
	bool good = rank && rank_nodes(b, rank) && move_nodes(b->cfg, rank);

	free(rank);
	return good;
}

/* ---- the whole ---- */

struct kmc_error *kmc_cfg_read(const struct kmc_code *code, uint64_t start,
			       uint64_t size, struct kmc_cfg *cfg,
			       const char **why_not)
{
	struct builder b = {
		.code = code, .cfg = cfg, .why_not = code->why_not,
	};

	cfg->ranges[0] = (struct kmc_cfg_range){ start, start + size };
	cfg->nranges = 1;
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

const struct kmc_cfg_node *kmc_cfg_at(const struct kmc_cfg *cfg,
				      uint64_t address)
{
	size_t number = node_number(cfg, address);

	return number ? &cfg->nodes[number - 1] : NULL;
}

void kmc_cfg_release(struct kmc_cfg *cfg)
{
	free(cfg->nodes);
	free(cfg->edges);
	kmc_map_release(&cfg->index, NULL);
}
