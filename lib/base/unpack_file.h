/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressed modules: gzip, xz and zstd, told by their first bytes.
 */
#ifndef KMC_UNPACK_FILE_H
#define KMC_UNPACK_FILE_H

#include "kmc/error.h"

/*
 * kmc_unpack_file() - what a file is when unpacked
 * @path: for messages
 * @fd: the file; taken over unless there is an error
 * @out: @fd itself if it is not compressed, else a file in memory
 */
KMC_MUST_CHECK struct kmc_error *kmc_unpack_file(const char *path, int fd, int *out);

#endif /* KMC_UNPACK_FILE_H */
