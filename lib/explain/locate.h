/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which object an access was in.
 */
#ifndef KMC_LOCATE_H
#define KMC_LOCATE_H

#include "explain/candidates.h"

/* Fill in the candidates of the report. */
KMC_MUST_CHECK struct kmc_error *kmc_locate(struct kmc_access *access);

/* What the object was assigned to, by who allocated it. */
KMC_MUST_CHECK struct kmc_error *kmc_allocation_find(struct kmc_search *search);

/* The type whose size was asked for, where the source says so. */
KMC_MUST_CHECK struct kmc_error *kmc_allocation_sizeof(struct kmc_search *search);

/* Who allocated it: the first function that is in the debug info and no allocator. */
struct kmc_frame *kmc_allocation_frame(const struct kmc_access *access,
				       struct kmc_image **image);

/* The same for what another checker has reported, which knows no registers. */
KMC_MUST_CHECK struct kmc_error *kmc_checked_locate(struct kmc_access *access);

#endif /* KMC_LOCATE_H */
