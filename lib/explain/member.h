/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which member of a type was accessed.
 */
#ifndef KMC_MEMBER_H
#define KMC_MEMBER_H

#include "explain/candidates.h"

/* Fill in the member of each object that was found, and how well the access fits it. */
KMC_MUST_CHECK struct kmc_error *kmc_members_find(struct kmc_search *search);

#endif /* KMC_MEMBER_H */
