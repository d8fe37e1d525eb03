/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements of arrays that only a pointer to the first one is known of.
 */
#ifndef KMC_ELEMENT_H
#define KMC_ELEMENT_H

#include "explain/candidates.h"

/* The instruction adds an index to a pointer: the object is what that points to. */
KMC_MUST_CHECK struct kmc_error *kmc_elements_find(struct kmc_search *search);

#endif /* KMC_ELEMENT_H */
