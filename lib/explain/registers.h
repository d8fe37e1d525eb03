/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a report, and what they were before its instruction began.
 */
#ifndef KMC_REGISTERS_H
#define KMC_REGISTERS_H

#include "code/insn.h"
#include "code/reaching_definitions.h"
#include "kmc/report.h"

/* The machine whose registers a report has, x86-64 where it has none. */
const struct kmc_machine *kmc_report_machine(const struct kmc_report *report);

/* A register of a report, whether it names it "rax" or "eax". */
bool kmc_report_reg(const struct kmc_report *report, enum kmc_reg reg,
		    uint64_t *value);

/* As the report names it; NULL for what is no register. */
const char *kmc_report_reg_name(const struct kmc_report *report, enum kmc_reg reg);

/**
 * kmc_mem_address() - effective address of a memory operand
 * @mem: the operand
 * @insn: its instruction
 * @report: has the registers as they were before that instruction
 * @out: address of the first byte
 *
 * Return: false when a register is missing or a segment's base is.
 */
bool kmc_mem_address(const struct kmc_mem *mem, const struct kmc_insn *insn,
		     const struct kmc_report *report, uint64_t *out);

/*
 * Is the displacement the address of something in the kernel, so that KASLR changes it?
 * @image: that the instruction is in, NULL if unknown
 */
bool kmc_mem_is_absolute(const struct kmc_mem *mem, struct kmc_image *image);

/**
 * struct kmc_rep - how far a repeated string instruction had got
 * @known: the next four are valid
 * @initial: elements when it began
 * @left: elements it still had to do, the one at fault among them
 * @done: the difference
 * @offset: @done in bytes: how far into source and destination
 * @element: bytes of one
 * @count: how @initial was found
 * @why_not: when not @known: why, static text
 */
struct kmc_rep {
	bool known;
	uint64_t initial;
	uint64_t left;
	uint64_t done;
	uint64_t offset;
	unsigned int element;
	struct kmc_reaching count;
	const char *why_not;
};

/**
 * kmc_rep_progress() - how far the instruction of a report had got
 * @image: vmlinux or module
 * @function: link-time address of its function
 * @size: bytes of that
 * @insn: the instruction, at its link-time address
 * @report: has the registers
 * @out: not known for an instruction that does not repeat, for a count that is
 *	not known, and for registers that contradict it
 */
KMC_MUST_CHECK struct kmc_error *
kmc_rep_progress(struct kmc_image *image, uint64_t function, uint64_t size,
		 const struct kmc_insn *insn, const struct kmc_report *report,
		 struct kmc_rep *out);

/**
 * kmc_register_before() - a register before the instruction did anything
 * @insn: the instruction
 * @rep: its progress; NULL is as good as not known
 * @report: has the registers as the fault found them
 * @reg: which
 * @value: set when known
 *
 * A fault leaves everything as it was, except in the middle of a repetition.
 *
 * Return: whether it is known.
 */
bool kmc_register_before(const struct kmc_insn *insn, const struct kmc_rep *rep,
			 const struct kmc_report *report, enum kmc_reg reg,
			 uint64_t *value);

#endif /* KMC_REGISTERS_H */
