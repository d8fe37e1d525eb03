/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where control may go from one instruction.
 */
#ifndef KMC_SUCCESSORS_H
#define KMC_SUCCESSORS_H

#include "code/code.h"
#include "code/insn.h"

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

#endif /* KMC_SUCCESSORS_H */
