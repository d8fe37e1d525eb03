/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control flow of a function, made by following its instructions and the
 * kernel's tables. Ways that are not taken do no harm, a way that is missed does;
 * so whatever cannot be followed makes the whole unusable, with a reason.
 */
#ifndef KMC_FLOW_H
#define KMC_FLOW_H

#include "code/code.h"

/* ---- one step: step.c ---- */

/**
 * struct kmc_way - where control may go from an instruction
 * @jump: not to the next instruction
 * @patch: into or out of what may replace the instruction
 * @fault: the instruction has faulted, the registers may hold anything
 */
struct kmc_way {
	uint64_t to;
	bool jump;
	bool patch;
	bool fault;
};

#define KMC_STEP_WAYS	8

/**
 * struct kmc_step - an instruction and its ways
 * @callee: of a call whose code can be looked at
 * @has_callee: @callee is set
 * @keeps_all: of a call: it changes no register at all
 * @leaves: it jumps to a function whose code cannot be looked at
 * @leaves_indirectly: it jumps, nobody knows where; often a tail call
 */
struct kmc_step {
	struct kmc_insn insn;
	uint64_t callee;
	bool has_callee;
	bool keeps_all;
	bool leaves;
	bool leaves_indirectly;
	struct kmc_way ways[KMC_STEP_WAYS];
	size_t nways;
};

/* Return: NULL, or why it cannot be followed. */
const char *kmc_step(const struct kmc_code *code, uint64_t address,
		     struct kmc_step *out);

/* ---- a function: flow.c, entrance.c ---- */

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

/*
 * Why control may get into the function elsewhere than at its start, or NULL; @code
 * keeps the answer.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_flow_entrance(struct kmc_code *code, const struct kmc_flow *flow,
		  const char **why_not);

/* ---- what a call does: callee.c ---- */

/**
 * kmc_callee_changes() - the registers that a call may change
 * @code: of the image; keeps the answer
 * @callee: where it goes
 * @out: a bit for each; of those that every function keeps by the ABI, none
 */
KMC_MUST_CHECK struct kmc_error *
kmc_callee_changes(struct kmc_code *code, uint64_t callee, uint32_t *out);

/* The registers that a function may change by the ABI. */
#define KMC_REGS_VOLATILE \
	(KMC_REG_BIT(KMC_REG_RAX) | KMC_REG_BIT(KMC_REG_RCX) | \
	 KMC_REG_BIT(KMC_REG_RDX) | KMC_REG_BIT(KMC_REG_RSI) | \
	 KMC_REG_BIT(KMC_REG_RDI) | KMC_REG_BIT(KMC_REG_R8) | \
	 KMC_REG_BIT(KMC_REG_R9) | KMC_REG_BIT(KMC_REG_R10) | \
	 KMC_REG_BIT(KMC_REG_R11))

#endif /* KMC_FLOW_H */
