/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From an address to its inline chain.
 */
#ifndef KMC_INLINE_CHAIN_H
#define KMC_INLINE_CHAIN_H

#include "debuginfo/image.h"
#include "kmc/report.h"

/* An inline chain; strings are borrowed from the image. */
struct kmc_chain {
	size_t count;
	struct kmc_location v[];
};

/* @out is NULL when nothing is known of @address. */
KMC_MUST_CHECK struct kmc_error *
kmc_image_chain(struct kmc_image *image, uint64_t address,
		const struct kmc_chain **out);
/* CU of an address (not biased); false: none. */
bool kmc_image_cu(struct kmc_image *image, Dwarf_Addr address, Dwarf_Die *cu);

/**
 * kmc_image_function() - the function that an address is in
 * @image: vmlinux or module
 * @address: link-time address
 * @function: its DIE, when it was @found
 * @found: false: no debug info
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_function(struct kmc_image *image, uint64_t address,
		   Dwarf_Die *function, bool *found);

#endif /* KMC_INLINE_CHAIN_H */
