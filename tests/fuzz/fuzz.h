/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzzers share: a reader run over bytes, whole or in pieces, and printers run
 * over its reports.
 */
#ifndef KMC_FUZZ_H
#define KMC_FUZZ_H

#include "base/compiler.h"
#include "input/reader.h"
#include "report/events.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* End with a message: what was found is no crash of its own. */
KMC_PRINTF(1, 2) void fuzz_fail(const char *fmt, ...)
	__attribute__((noreturn));

/*
 * fuzz_read() - run a reader over bytes
 * @ops: the reader
 * @piece: bytes given at once, 0 for all; a read beyond them, or later, is seen
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

/* Print a report in one of several ways: each is dear, so @way, any number, picks one. */
void fuzz_check_print(const struct kmc_report *report, size_t way);

/* Read bytes in the form they seem to have; @way depends on the input alone. */
void fuzz_each_report(const uint8_t *data, size_t size,
		      void (*check)(struct kmc_report *report, size_t way));

#endif /* KMC_FUZZ_H */
