/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where control may go from one instruction.
 */
#ifndef KMC_SUCCESSORS_H
#define KMC_SUCCESSORS_H

#include "code/code.h"
#include "code/insn.h"

/**
 * struct kmc_successor - a control-flow edge out of an instruction
 * @to: address of the instruction it leads to
 * @jump: not to the next instruction
 * @patch: into or out of what may replace the instruction
 * @fault: the instruction has faulted, the registers may hold anything
 */
struct kmc_successor {
	uint64_t to;
	bool jump;
	bool patch;
	bool fault;
};

#define KMC_SUCCESSORS_MAX	8

/**
 * struct kmc_successors - an instruction and the control-flow edges out of it
 * @insn: the instruction
 * @callee: of a call whose code can be looked at
 * @has_callee: @callee is set
 * @keeps_all: of a call: it changes no register at all
 * @leaves: it jumps to a function whose code cannot be looked at
 * @leaves_indirectly: it jumps to where a register or memory says; often a tail call
 * @v: the edges
 * @count: of @v
 */
struct kmc_successors {
	struct kmc_insn insn;
	uint64_t callee;
	bool has_callee;
	bool keeps_all;
	bool leaves;
	bool leaves_indirectly;
	struct kmc_successor v[KMC_SUCCESSORS_MAX];
	size_t count;
};

/* Of the instruction at @address. Return: NULL, or why it cannot be followed. */
const char *kmc_successors_read(const struct kmc_code *code, uint64_t address,
				struct kmc_successors *out);

#endif /* KMC_SUCCESSORS_H */
