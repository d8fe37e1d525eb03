/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an input is, told by how it begins.
 */
#ifndef KMC_DETECT_H
#define KMC_DETECT_H

#include "input/reader.h"

/* Are these bytes enough for kmc_detect()? At the end of an input all are. */
bool kmc_detect_enough(const char *data, size_t len);

/*
 * kmc_detect() - choose the reader
 * @path: name of the input for errors
 * @data: how it begins, unpacked
 * @len: bytes of it
 * @out: the reader
 *
 * Return: an error that says what to do if there is none for this.
 */
KMC_MUST_CHECK struct kmc_error *kmc_detect(const char *path, const char *data,
					    size_t len,
					    const struct kmc_reader_ops **out);

#endif /* KMC_DETECT_H */
