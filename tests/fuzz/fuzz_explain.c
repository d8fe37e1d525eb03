// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any input to reports of the manual's kernel, explained with its debug info and printed.
 * KMC_FUZZ_VMLINUX names that kernel, KMC_FUZZ_SOURCE its source; it stays open.
 */
#include "debuginfo/debuginfo.h"
#include <stdlib.h>

#include "fuzz.h"

static struct kmc_debuginfo *debuginfo;

static void open_debuginfo(void)
{
	const struct kmc_debuginfo_options opts = {
		.size = sizeof(opts), .vmlinux = getenv("KMC_FUZZ_VMLINUX"), .force = true,
		.source = getenv("KMC_FUZZ_SOURCE"),
	};
	const struct kmc_kernel kernel = { 0 };
	struct kmc_error *err;

	if (!opts.vmlinux)
		fuzz_fail("KMC_FUZZ_VMLINUX names no vmlinux");
	err = kmc_debuginfo_open(&opts, &kernel, &debuginfo);
	if (err)
		fuzz_fail("%s", err->message);
}

static void check(struct kmc_report *report, size_t way)
{
	kmc_error_free(kmc_symbolize_report(debuginfo, report));
	kmc_error_free(kmc_explain_report(debuginfo, report));
	fuzz_check_print(report, way);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!debuginfo)
		open_debuginfo();
	fuzz_each_report(data, size, check);
	return 0;
}
