/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a name means where an instruction is.
 */
#ifndef KMC_SCOPE_NAMES_H
#define KMC_SCOPE_NAMES_H

#include "debuginfo/image.h"

/* What a compilation unit declares. */
enum kmc_name_kind { KMC_NAME_STRUCT, KMC_NAME_FUNCTION, KMC_NAME_VARIABLE };

/**
 * kmc_scope_variable() - a parameter or local variable, wherever its value is
 * @image: vmlinux or module
 * @address: link-time address of the instruction
 * @level: of the inline chain, 0 is the innermost
 * @name: the variable's
 * @len: of @name
 * @type: set to what it is declared as, typedefs and qualifiers taken off
 * @found: whether there is one
 */
KMC_MUST_CHECK struct kmc_error *
kmc_scope_variable(struct kmc_image *image, uint64_t address, unsigned int level,
		   const char *name, size_t len, Dwarf_Die *type, bool *found);

/**
 * kmc_scope_each() - all parameters and local variables of a function
 * @image: vmlinux or module
 * @address: link-time address of an instruction in it
 * @level: of the inline chain, 0 is the innermost
 * @take: called with each; a name may come twice
 * @arg: for @take
 */
KMC_MUST_CHECK struct kmc_error *
kmc_scope_each(struct kmc_image *image, uint64_t address, unsigned int level,
	       void (*take)(void *arg, Dwarf_Die *variable), void *arg);

/**
 * kmc_unit_name() - what the compilation unit around an instruction declares
 * @image: vmlinux or module
 * @address: link-time address of the instruction
 * @kind: what is looked for; a struct may be a union, and has to be complete
 * @name: of it
 * @len: of @name
 * @die: set to its DIE
 * @found: whether there is one
 */
KMC_MUST_CHECK struct kmc_error *
kmc_unit_name(struct kmc_image *image, uint64_t address, enum kmc_name_kind kind,
	      const char *name, size_t len, Dwarf_Die *die, bool *found);

#endif /* KMC_SCOPE_NAMES_H */
