/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a source tree.
 */
#ifndef KMC_SOURCE_H
#define KMC_SOURCE_H

#include "kmc/kmc.h"

/* No further file will be read: open it anew. */
bool kmc_source_is_full(const struct kmc_source *source);

/* The number of the @index-th line that begins with '#'; 0: there are no more. */
int kmc_source_directive(struct kmc_source *source, const char *name, size_t index);

#endif /* KMC_SOURCE_H */
