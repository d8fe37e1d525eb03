/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a register points to, where no variable is in it.
 */
#ifndef KMC_TYPE_PROPAGATION_H
#define KMC_TYPE_PROPAGATION_H

#include "code/insn.h"
#include "debuginfo/image.h"

/**
 * struct kmc_pointee - what a register points to
 * @found: the rest is valid
 * @weak: some link of the chain was no more than plausible
 * @die: a type, typedefs and qualifiers taken off
 * @offset: the register is so much beyond its start
 * @how: in words
 * @member: of use while it is looked for
 * @indexed: likewise: it is an element of an array
 */
struct kmc_pointee {
	bool found;
	bool weak;
	Dwarf_Die die;
	int64_t offset;
	char how[256];
	char member[64];
	bool indexed;
};

/* Where no variable is the register: propagate the type from its value's origin. */
KMC_MUST_CHECK struct kmc_error *
kmc_type_propagate(struct kmc_image *image, uint64_t at, enum kmc_reg reg,
		   struct kmc_pointee *out);

/* What a store of eight bytes stores points to: by the place that it stores them to. */
KMC_MUST_CHECK struct kmc_error *
kmc_type_stored(struct kmc_image *image, const struct kmc_insn *store,
		struct kmc_pointee *out);

#endif /* KMC_TYPE_PROPAGATION_H */
