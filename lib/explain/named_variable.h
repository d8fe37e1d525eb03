/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that the source gets at through a variable that is in no register.
 */
#ifndef KMC_NAMED_VARIABLE_H
#define KMC_NAMED_VARIABLE_H

#include "explain/candidates.h"

/* Where nothing else has accounted for the instruction's registers. */
KMC_MUST_CHECK struct kmc_error *kmc_named_variables_find(struct kmc_search *search);

#endif /* KMC_NAMED_VARIABLE_H */
