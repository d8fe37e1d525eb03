/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules compressed with zstd, which libdw may not unpack.
 */
#ifndef KMC_UNZSTD_H
#define KMC_UNZSTD_H

#include <stdbool.h>

#include "kmc/error.h"

bool kmc_is_zstd(int fd);
/* *out is a file in memory with what is unpacked from the current place of @fd. */
KMC_MUST_CHECK struct kmc_error *kmc_unzstd(const char *path, int fd, int *out);

#endif /* KMC_UNZSTD_H */
