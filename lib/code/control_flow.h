/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control flow of a function, made by following its instructions and the
 * kernel's tables. Ways that are not taken do no harm, a way that is missed does;
 * so whatever cannot be followed makes the whole unusable, with a reason.
 */
#ifndef KMC_CONTROL_FLOW_H
#define KMC_CONTROL_FLOW_H

#include "base/map.h"
#include "code/code.h"
#include "code/insn.h"

struct kmc_node {
	struct kmc_insn insn;
	uint64_t callee;
	bool has_callee;
	bool keeps_all;
};

/* From a node to a node, by number. */
struct kmc_edge {
	uint32_t from;
	uint32_t to;
	bool fault;
};

#define KMC_FLOW_RANGES	4

/* The function and what the compiler moved out of it; [start, end). */
struct kmc_extent {
	uint64_t start;
	uint64_t end;
};

/**
 * struct kmc_flow - the instructions of a function that can be reached
 * @nodes: in reverse post-order, the first one is the entrance
 * @edges: sorted by where they go
 * @index: address → number of the node + 1
 * @leaves_indirectly: some node does
 * @ranges: the function itself first
 */
struct kmc_flow {
	struct kmc_node *nodes;
	size_t count;
	struct kmc_edge *edges;
	size_t nedges;
	struct kmc_map index;
	bool leaves_indirectly;
	struct kmc_extent ranges[KMC_FLOW_RANGES];
	size_t nranges;
};

/**
 * kmc_flow_read() - follow a function
 * @code: of the image
 * @start: its first instruction
 * @size: bytes
 * @flow: all zero; to be released in any case
 * @why_not: NULL, or why it cannot be followed
 */
KMC_MUST_CHECK struct kmc_error *
kmc_flow_read(const struct kmc_code *code, uint64_t start, uint64_t size,
	      struct kmc_flow *flow, const char **why_not);
/* The node at @address, NULL if that is not reached. */
const struct kmc_node *kmc_flow_at(const struct kmc_flow *flow,
				   uint64_t address);
void kmc_flow_release(struct kmc_flow *flow);

#endif /* KMC_CONTROL_FLOW_H */
