/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control flow of a function, made by following its instructions and the
 * kernel's tables. Edges that are never taken do no harm, an edge that is missed does;
 * so whatever cannot be followed makes the whole unusable, with a reason.
 */
#ifndef KMC_CONTROL_FLOW_H
#define KMC_CONTROL_FLOW_H

#include "base/map.h"
#include "code/code.h"
#include "code/insn.h"

struct kmc_cfg_node {
	struct kmc_insn insn;
	uint64_t callee;
	bool has_callee;
	bool keeps_all;
};

/* From a node to a node, by number. */
struct kmc_cfg_edge {
	uint32_t from;
	uint32_t to;
	bool fault;
};

#define KMC_CFG_RANGES	4

/* The function and what the compiler moved out of it; [start, end). */
struct kmc_cfg_range {
	uint64_t start;
	uint64_t end;
};

/**
 * struct kmc_cfg - the instructions of a function that can be reached
 * @nodes: in reverse post-order, the first one is the entry
 * @count: of @nodes
 * @edges: sorted by where they go
 * @nedges: of them
 * @index: address → number of the node + 1
 * @leaves_indirectly: some node does
 * @ranges: the function itself first
 * @nranges: of them
 */
struct kmc_cfg {
	struct kmc_cfg_node *nodes;
	size_t count;
	struct kmc_cfg_edge *edges;
	size_t nedges;
	struct kmc_map index;
	bool leaves_indirectly;
	struct kmc_cfg_range ranges[KMC_CFG_RANGES];
	size_t nranges;
};

/**
 * kmc_cfg_read() - make the control-flow graph of a function
 * @code: of the image
 * @start: its first instruction
 * @size: bytes
 * @cfg: all zero; to be released in any case
 * @why_not: NULL, or why it cannot be followed
 */
KMC_MUST_CHECK struct kmc_error *
kmc_cfg_read(const struct kmc_code *code, uint64_t start, uint64_t size,
	     struct kmc_cfg *cfg, const char **why_not);
/* The node at @address, NULL if that is not reached. */
const struct kmc_cfg_node *kmc_cfg_at(const struct kmc_cfg *cfg,
				      uint64_t address);
void kmc_cfg_release(struct kmc_cfg *cfg);

#endif /* KMC_CONTROL_FLOW_H */
