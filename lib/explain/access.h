/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction of a report, and the registers as they were before it.
 */
#ifndef KMC_ACCESS_H
#define KMC_ACCESS_H

#include "debuginfo/debuginfo.h"
#include "debuginfo/vars.h"
#include "explain/registers.h"

/**
 * struct kmc_access - the access of a report and what is known of its instruction
 * @di: debug info, NULL if there is none
 * @report: being explained
 * @image: that the instruction is in, NULL if unknown
 * @pc: its link-time address, when @image is known
 * @function: link-time address of the function around it
 * @function_size: bytes of the function
 * @insn: the instruction
 * @has_insn: @insn is valid
 * @rep: how far a REP has come
 * @mem: operand of @insn that was accessed, NULL if none fits
 * @mem_known: what @mem comes to is known: it is @mem_at
 * @mem_at: run-time address of @mem
 * @address: of the first reported byte as the registers have it
 * @ahead: so far into @mem that is
 * @disagrees: which is not what the header says
 * @bad: the operand's base register holds no address: others that hold the same do not
 *	tell what is there
 * @patched: the report's bytes of the instruction are not those of the image
 * @regs: values before the instruction, by DWARF's number
 * @known: bit N: @regs[N] is known
 */
struct kmc_access {
	struct kmc_debuginfo *di;
	struct kmc_report *report;
	struct kmc_image *image;
	uint64_t pc;
	uint64_t function;
	uint64_t function_size;
	struct kmc_insn insn;
	bool has_insn;
	struct kmc_rep rep;
	const struct kmc_mem *mem;
	bool mem_known;
	uint64_t mem_at;
	uint64_t address;
	uint64_t ahead;
	bool disagrees;
	bool bad;
	bool patched;
	uint64_t regs[KMC_DWARF_REGS];
	uint32_t known;
};

/* Everything above but @di and @report; what cannot be known stays empty. */
KMC_MUST_CHECK struct kmc_error *kmc_access_set(struct kmc_access *access);

/*
 * It was not the instruction of the report, but the one at @pc of the same image, or of
 * the function around it: the instruction, function and registers become its own, the
 * operand is left open.
 */
KMC_MUST_CHECK struct kmc_error *kmc_access_move(struct kmc_access *access, uint64_t pc);

/* The operand's address, if all that it is made of is known. */
bool kmc_access_operand(const struct kmc_access *access, const struct kmc_mem *mem, uint64_t *at);

/* That of the image, or else of the report. */
static inline const struct kmc_machine *kmc_access_machine(const struct kmc_access *access)
{
	return access->image && access->image->machine->elf ? access->image->machine :
							      kmc_report_machine(access->report);
}

/* How far the kernel, or the module, was moved: run-time less link-time address, 0 if unknown. */
uint64_t kmc_access_slide(const struct kmc_access *access);

/* Are the registers those of x86? */
bool kmc_report_is_x86(const struct kmc_report *report);

#endif /* KMC_ACCESS_H */
