/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which bits of what it reads an instruction uses.
 */
#ifndef KMC_USED_BITS_H
#define KMC_USED_BITS_H

#include "explain/access.h"

/*
 * Fill in the bits of the report that are tested, or changed while the others are kept,
 * by the instruction or by those that follow a load.
 */
KMC_MUST_CHECK struct kmc_error *kmc_used_bits(const struct kmc_access *access);

#endif /* KMC_USED_BITS_H */
