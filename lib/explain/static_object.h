/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of the kernel itself, and those that each CPU has.
 */
#ifndef KMC_STATIC_OBJECT_H
#define KMC_STATIC_OBJECT_H

#include "explain/candidates.h"

/* The instruction names the object by its address, or by that in each CPU's memory. */
KMC_MUST_CHECK struct kmc_error *kmc_static_objects_find(struct kmc_search *search);

#endif /* KMC_STATIC_OBJECT_H */
