/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of an image's two descriptions of types is asked.
 */
#ifndef KMC_IMAGE_TYPES_H
#define KMC_IMAGE_TYPES_H

#include "debuginfo/image.h"
#include "kmc/layout.h"

/**
 * kmc_image_type() - the layout of a type that DWARF names
 * @image: vmlinux or module that @die belongs to
 * @die: of a struct or union
 * @types: source of the layout, borrowed from @image
 * @id: of it
 *
 * BTF, which is faster, when it has one such type of that size; else DWARF.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_type(struct kmc_image *image, Dwarf_Die *die, struct kmc_types **types,
	       kmc_type_id *id);

/**
 * kmc_image_variable() - the type of a variable that each CPU has
 * @image: vmlinux or module
 * @name: the variable's
 * @size: of it
 * @types: as above
 * @id: likewise
 * @found: whether it is known
 *
 * For where DWARF does not help: a unit declares only the variables that it names.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_variable(struct kmc_image *image, const char *name, uint64_t size,
		   struct kmc_types **types, kmc_type_id *id, bool *found);

/**
 * kmc_image_type_named() - the layout of a type that is known by its name
 * @image: vmlinux or module
 * @name: "struct x", "union x", or a typedef of one
 * @types: as above
 * @id: of it
 * @found: there is just one of that name
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_type_named(struct kmc_image *image, const char *name, struct kmc_types **types,
		     kmc_type_id *id, bool *found);

#endif /* KMC_IMAGE_TYPES_H */
