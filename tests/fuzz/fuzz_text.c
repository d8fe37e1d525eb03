// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a log in the form that they seem to have.
 */
#include "fuzz.h"
#include "input/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kmc_reader_ops *ops = &kmc_text_reader;
	struct kmc_error *err;

	/* What is refused is still worth a try as a log. */
	err = kmc_detect("input", (const char *)data, size, &ops);
	kmc_error_free(err);
	if (ops != &kmc_ring_reader)
		fuzz_compare_pieces(ops, data, size);
	return 0;
}
