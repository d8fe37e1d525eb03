/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files that find out which object an access was in.
 */
#ifndef KMC_LOCATE_H
#define KMC_LOCATE_H

#include "code/insn.h"
#include "debuginfo/vars.h"

/**
 * struct kmc_scene - a report and what is known of the instruction
 * @di: debug info, NULL if there is none
 * @report: being explained
 * @image: that the instruction is in, NULL if unknown
 * @pc: its link-time address, when @image is known
 * @function: link-time address of the function around it
 * @function_size: bytes of the function
 * @has_insn: @insn is valid
 * @rep: how far a REP has come
 * @mem: operand of @insn that was accessed, NULL if none fits
 * @address: of the first reported byte as the registers have it
 * @disagrees: which is not what the header says
 * @regs: values before the instruction, by DWARF's number
 * @known: bit N: @regs[N] is known
 */
struct kmc_scene {
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
	uint64_t address;
	bool disagrees;
	uint64_t regs[KMC_DWARF_REGS];
	uint32_t known;
};

/* Everything above but @di and @report; what cannot be known stays empty. */
KMC_MUST_CHECK struct kmc_error *kmc_scene_set(struct kmc_scene *scene);

/**
 * kmc_types_of() - the layout of a type that DWARF names
 * @image: vmlinux or module that @die belongs to
 * @die: of a struct or union
 * @types: source of the layout, borrowed from @image
 * @id: of it
 *
 * BTF, which is faster, when it has one such type of that size; else DWARF.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_types_of(struct kmc_image *image, Dwarf_Die *die, struct kmc_types **types,
	     kmc_type_id *id);

/**
 * struct kmc_pointee - what a register points to
 * @found: the rest is valid
 * @weak: a step on the way was no more than plausible
 * @die: a type, typedefs and qualifiers taken off
 * @offset: the register is so much beyond its start
 * @how: in words
 * @member: of use while it is looked for
 */
struct kmc_pointee {
	bool found;
	bool weak;
	Dwarf_Die die;
	int64_t offset;
	char how[256];
	char member[64];
};

/* Where no variable is the register: follow its value back. */
KMC_MUST_CHECK struct kmc_error *
kmc_typeflow(struct kmc_image *image, uint64_t at, enum kmc_reg reg,
	     struct kmc_pointee *out);

/* Fill in the candidates of the report. */
KMC_MUST_CHECK struct kmc_error *kmc_locate(struct kmc_scene *scene);

/* Past the allocator and what wraps it; the very first level if there is nothing else. */
struct kmc_site kmc_track_site(const struct kmc_track *track);

/* Values of the best candidate: value.c */
KMC_MUST_CHECK struct kmc_error *kmc_values_fill(struct kmc_debuginfo *di,
						 struct kmc_report *report);
/* One more name for a value, up to a few; others are left out. */
KMC_MUST_CHECK struct kmc_error *
kmc_value_add_name(struct kmc_value *value, const char *name);
/* Names from macros: macro.c */
KMC_MUST_CHECK struct kmc_error *
kmc_macros_for(struct kmc_image *image, const struct kmc_report *report,
	       uint64_t number, struct kmc_value *value);
/* What it comes to: verdict.c */
KMC_MUST_CHECK struct kmc_error *kmc_verdict_fill(struct kmc_report *report);

#endif /* KMC_LOCATE_H */
