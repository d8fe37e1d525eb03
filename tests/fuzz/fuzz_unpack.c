// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as an archive, unpacked through a small window.
 */
#include "fuzz.h"
#include "base/unpack.h"

/* An archive may be a bomb; what it holds is not the point. */
#define OUTPUT_MAX	(1024 * 1024)

static struct kmc_error *unpack(struct kmc_unpack *unpack, const char *data,
				size_t len, size_t *total)
{
	char out[4096];
	struct kmc_error *err;
	size_t n;

	kmc_unpack_give(unpack, data, len);
	do {
		err = kmc_unpack_take(unpack, out, sizeof(out), &n);
		if (n > sizeof(out))
			fuzz_fail("more than there is room for");
		*total += n;
	} while (!err && n && *total < OUTPUT_MAX);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct kmc_unpack *archive;
	struct kmc_error *err;
	size_t total = 0, half = size / 2;

	if (!kmc_unpack_detect(bytes, size))
		return 0;
	err = kmc_unpack_new("input", bytes, size, &archive);
	if (err)
		fuzz_fail("no archive");
	err = unpack(archive, bytes, half, &total);
	if (!err && total < OUTPUT_MAX)
		err = unpack(archive, bytes + half, size - half, &total);
	if (!err && total < OUTPUT_MAX)
		err = kmc_unpack_end(archive);
	kmc_error_free(err);
	kmc_unpack_free(archive);
	return 0;
}
