/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why it is not known what an object is.
 */
#ifndef KMC_UNTYPED_H
#define KMC_UNTYPED_H

#include "explain/access.h"

/* Says where a type was looked for in vain, if it was. */
KMC_MUST_CHECK struct kmc_error *kmc_untyped_say(struct kmc_access *access);

#endif /* KMC_UNTYPED_H */
