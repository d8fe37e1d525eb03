// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any input to reports, and these to JSON or to text with its view.
 */
#include "fuzz.h"

static void check(struct kmc_report *report, size_t way)
{
	fuzz_check_print(report, way);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_each_report(data, size, check);
	return 0;
}
