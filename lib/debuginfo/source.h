/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a source tree.
 */
#ifndef KMC_SOURCE_H
#define KMC_SOURCE_H

#include "kmc/kmc.h"

/* The number of the @index-th line that begins with '#'; 0: there are no more. */
int kmc_source_directive(struct kmc_source *source, const char *name, size_t index);

#endif /* KMC_SOURCE_H */
