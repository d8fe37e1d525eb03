// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a stream, as they are and with right checksums.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *mended = malloc(size + 1);

	memcpy(mended, data, size);
	fuzz_compare_pieces(&kmc_ring_reader, data, size);
	fuzz_mend_stream(mended, size);
	if (memcmp(mended, data, size))
		fuzz_compare_pieces(&kmc_ring_reader, mended, size);
	free(mended);
	return 0;
}
