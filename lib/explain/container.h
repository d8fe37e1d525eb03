/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that are accessed through a pointer to a member of theirs.
 */
#ifndef KMC_CONTAINER_H
#define KMC_CONTAINER_H

#include "explain/candidates.h"

/*
 * The instruction's register points to something, but the access lies outside of that:
 * what has it as a member may be the object.
 */
KMC_MUST_CHECK struct kmc_error *kmc_containers_find(struct kmc_search *search);

#endif /* KMC_CONTAINER_H */
