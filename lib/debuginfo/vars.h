/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables that DWARF says are in registers at an address.
 */
#ifndef KMC_VARS_H
#define KMC_VARS_H

#include "debuginfo/image.h"

/**
 * struct kmc_place_ops - how to compute what a variable holds
 * @ops: DWARF operations, borrowed from libdw
 * @count: of them
 * @regs: bit N: register N (DWARF's numbering) is read
 * @machine: whose registers these are
 */
struct kmc_place_ops {
	Dwarf_Op *ops;
	size_t count;
	uint32_t regs;
	const struct kmc_machine *machine;
};

/**
 * struct kmc_var - a pointer that is live at an address
 * @name: of the variable, borrowed from libdw
 * @function: that it belongs to, innermost of inlined ones; NULL if unknown
 * @level: 0 for the innermost inline level, growing outwards
 * @target: DIE of what it points to, typedefs and qualifiers taken off
 * @aggregate: that is a struct or union
 * @place: where its value is
 */
struct kmc_var {
	const char *name;
	const char *function;
	unsigned int level;
	Dwarf_Die target;
	bool aggregate;
	struct kmc_place_ops place;
};

struct kmc_vars {
	struct kmc_var *v;
	size_t count;
};

/**
 * kmc_vars_at() - pointers whose value is known at an address
 * @image: vmlinux or module
 * @address: link-time address
 * @out: all scopes around the address, outermost first; kept by @image until the
 *	next such question
 */
KMC_MUST_CHECK struct kmc_error *
kmc_vars_at(struct kmc_image *image, uint64_t address, struct kmc_vars **out);

/**
 * kmc_place_value() - compute a variable's value
 * @place: where it is
 * @regs: values by DWARF number
 * @known: bit N: @regs[N] is known
 * @out: the value; untouched when it cannot be computed
 */
bool kmc_place_value(const struct kmc_place_ops *place,
		     const uint64_t regs[KMC_DWARF_REGS], uint32_t known,
		     uint64_t *out);

/* Is the value that of one register, as it is? */
bool kmc_place_is_register(const struct kmc_place_ops *place);
/* Or that register plus @offset? DWARF's number of it, -1 if it is neither. */
int kmc_place_register(const struct kmc_place_ops *place, int64_t *offset);

/**
 * kmc_vars_holder() - the variable, other than a pointer, that a register holds
 * @image: vmlinux or module
 * @address: link-time address of the instruction before which it does
 * @regnum: DWARF's number of the register
 * @name: of that of the innermost function, borrowed from libdw; NULL: there is none, or
 *	there are several
 */
KMC_MUST_CHECK struct kmc_error *
kmc_vars_holder(struct kmc_image *image, uint64_t address, unsigned int regnum,
		const char **name);

/**
 * struct kmc_slot - a variable in the function's frame
 * @found: the rest is valid
 * @name: borrowed from libdw, NULL if it has none
 * @type: of the variable, typedefs and qualifiers taken off
 * @offset: so far into it
 */
struct kmc_slot {
	bool found;
	const char *name;
	Dwarf_Die type;
	uint64_t offset;
};

/**
 * kmc_vars_slot() - the variable that is at a place of the frame
 * @image: vmlinux or module
 * @address: link-time address of the instruction
 * @cfa: the place, counted from where the stack pointer was before the call
 * @out: the innermost such variable
 */
KMC_MUST_CHECK struct kmc_error *
kmc_vars_slot(struct kmc_image *image, uint64_t address, int64_t cfa,
	      struct kmc_slot *out);

#endif /* KMC_VARS_H */
