/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compressed logs and streams: gzip, xz and zstd, told by their first bytes.
 */
#ifndef KMC_UNPACK_H
#define KMC_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "kmc/error.h"

struct kmc_unpack;

/* So many bytes tell whether something is compressed. */
#define UNPACK_DETECT	6

/* Is this the beginning of something that can be unpacked? */
bool kmc_unpack_detect(const char *data, size_t len);

/*
 * kmc_unpack_new() - begin to unpack
 * @path: name of the file for errors, copied
 * @data: its first bytes, which kmc_unpack_detect() knew
 * @len: how many
 * @out: free it with kmc_unpack_free()
 *
 * Memory is bounded whatever the file asks for: what needs more is refused.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_unpack_new(const char *path, const char *data, size_t len,
	       struct kmc_unpack **out);
void kmc_unpack_free(struct kmc_unpack *unpack);

/* The next bytes of the file; they stay in place until they are used up. */
void kmc_unpack_give(struct kmc_unpack *unpack, const char *data, size_t len);

/*
 * kmc_unpack_take() - unpack some of what was given
 * @unpack: the archive
 * @out: where to
 * @cap: bytes there
 * @n: bytes written, also when an error is returned; 0: all that was given is
 *	used up
 */
KMC_MUST_CHECK struct kmc_error *
kmc_unpack_take(struct kmc_unpack *unpack, char *out, size_t cap, size_t *n);

/* The file has ended: an error when it should not have. */
KMC_MUST_CHECK struct kmc_error *kmc_unpack_end(struct kmc_unpack *unpack);

#endif /* KMC_UNPACK_H */
