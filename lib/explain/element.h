/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements of arrays that only a pointer to the first one is known of.
 */
#ifndef KMC_ELEMENT_H
#define KMC_ELEMENT_H

#include "explain/candidates.h"

/**
 * kmc_elements_find() - the instruction adds an index to a pointer
 * @search: gets what that points to
 * @scalars: if that is a number or a pointer; else if it is a struct
 */
KMC_MUST_CHECK struct kmc_error *kmc_elements_find(struct kmc_search *search, bool scalars);

#endif /* KMC_ELEMENT_H */
