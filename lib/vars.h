/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables that DWARF says are in registers at an address.
 */
#ifndef KMC_VARS_H
#define KMC_VARS_H

#include "debuginfo.h"

/* As DWARF numbers them: 0 rax, 1 rdx, 2 rcx, 3 rbx, 4 rsi, 5 rdi, 6 rbp, 7 rsp. */
#define KMC_DWARF_REGS		17

/**
 * struct kmc_place_ops - how to compute what a variable holds
 * @ops: DWARF operations, borrowed from libdw
 * @count: of them
 * @regs: bit N: register N (DWARF's numbering) is read
 */
struct kmc_place_ops {
	Dwarf_Op *ops;
	size_t count;
	uint32_t regs;
};

/**
 * struct kmc_var - a pointer to a struct or union that is live at an address
 * @name: of the variable, borrowed from libdw
 * @function: that it belongs to, innermost of inlined ones; NULL if unknown
 * @level: 0 for the innermost inline level, growing outwards
 * @target: DIE of the struct or union pointed to
 * @place: where its value is
 */
struct kmc_var {
	const char *name;
	const char *function;
	unsigned int level;
	Dwarf_Die target;
	struct kmc_place_ops place;
};

struct kmc_vars {
	struct kmc_var *v;
	size_t count;
};

/**
 * kmc_vars_at() - pointers to structs and unions whose value is known at an address
 * @image: vmlinux or module
 * @address: link-time address
 * @out: all scopes around the address, outermost first; release it
 */
KMC_MUST_CHECK struct kmc_error *
kmc_vars_at(struct kmc_image *image, uint64_t address, struct kmc_vars *out);
void kmc_vars_release(struct kmc_vars *vars);

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

/**
 * kmc_die_pointee() - what a type points to, typedefs and qualifiers taken off
 * @type: a type's DIE
 * @target: set to the struct or union
 *
 * Return: whether @type is a pointer to a struct or union.
 */
bool kmc_die_pointee(Dwarf_Die *type, Dwarf_Die *target);
/* Takes typedefs and qualifiers off; false: void, or damaged. */
bool kmc_die_peel(Dwarf_Die *type, Dwarf_Die *out);
/* The type of a variable, member or function; false: void. */
bool kmc_die_type(Dwarf_Die *die, Dwarf_Die *type);

#endif /* KMC_VARS_H */
