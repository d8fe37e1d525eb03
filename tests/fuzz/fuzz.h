/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzzers share: a reader run over bytes, whole or in pieces.
 */
#ifndef KMC_FUZZ_H
#define KMC_FUZZ_H

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* End with a message: what was found is no crash of its own. */
KMC_PRINTF(1, 2) void fuzz_fail(const char *fmt, ...)
	__attribute__((noreturn));

/*
 * fuzz_read() - run a reader over bytes
 * @ops: the reader
 * @piece: bytes given at once, 0 for all; each piece is a copy of its own, so
 *	that a read beyond it is seen
 * @events: what was found; release it with kmc_events_release()
 *
 * Return: whether there was no error.
 */
bool fuzz_read(const struct kmc_reader_ops *ops, const uint8_t *data,
	       size_t size, size_t piece, struct kmc_events *events);

/* Pieces of any size have to give the same: ends the program if they do not. */
void fuzz_compare_pieces(const struct kmc_reader_ops *ops, const uint8_t *data,
			 size_t size);

/* Make the checksums of a stream right, so that what they protect is reached. */
void fuzz_mend_stream(uint8_t *data, size_t size);

#endif /* KMC_FUZZ_H */
