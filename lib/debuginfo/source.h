/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a source tree.
 */
#ifndef KMC_SOURCE_H
#define KMC_SOURCE_H

#include "kmc/kmc.h"

/* No further file will be read: open it anew. */
bool kmc_source_is_full(const struct kmc_source *source);

#endif /* KMC_SOURCE_H */
