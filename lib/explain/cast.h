/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the source says of an object's type, other than what its variable is declared as.
 */
#ifndef KMC_CAST_H
#define KMC_CAST_H

#include "base/buf.h"
#include "explain/candidates.h"

/* Is a member at the place of the access one that the source names? */
KMC_MUST_CHECK struct kmc_error *
kmc_place_is_named(const struct kmc_search *search, const struct kmc_found *place, bool *named);

/* Types that a variable's may have been cast to, as the record or the source has it. */
KMC_MUST_CHECK struct kmc_error *kmc_casts_find(struct kmc_search *search);

/* The first name that the source has of the member that was found; empty: none. */
KMC_MUST_CHECK struct kmc_error *kmc_named_member(const struct kmc_search *search,
						  const struct kmc_found *place,
						  struct kmc_buf *name);

#endif /* KMC_CAST_H */
