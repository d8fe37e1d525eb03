// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints inline chains as `addr2line -afi` lays them out, for comparing.
 *
 * usage: kmc-chain VMLINUX < ADDRESSES
 */
#include <inttypes.h>
#include <stdlib.h>

#include "kmc/kmc.h"

static int fail(struct kmc_error *err)
{
	fprintf(stderr, "kmc-chain: %s%s%s\n", err->path ? err->path : "",
		err->path ? ": " : "", err->message);
	kmc_error_free(err);
	return 1;
}

static void print_chain(uint64_t address, const struct kmc_location *chain,
			size_t count)
{
	printf("0x%016" PRIx64 "\n", address);
	if (!count)
		printf("??\n??:0\n");
	for (size_t i = 0; i < count; i++)
		printf("%s\n%s:%d\n",
		       chain[i].function ? chain[i].function : "??",
		       chain[i].file ? chain[i].file : "??", chain[i].line);
}

int main(int argc, char **argv)
{
	struct kmc_debuginfo_options opts = { .size = sizeof(opts), .vmlinux = argv[1] };
	struct kmc_debuginfo *di;
	struct kmc_error *err;
	char line[64];

	if (argc != 2) {
		fprintf(stderr, "usage: kmc-chain VMLINUX < ADDRESSES\n");
		return 2;
	}
	err = kmc_debuginfo_open(&opts, NULL, &di);
	if (err)
		return fail(err);
	while (!err && fgets(line, sizeof(line), stdin)) {
		uint64_t address = strtoull(line, NULL, 16);
		const struct kmc_location *chain;
		size_t count;

		err = kmc_symbolize_address(di, NULL, address, &chain, &count);
		if (!err)
			print_chain(address, chain, count);
	}
	kmc_debuginfo_free(di);
	return err ? fail(err) : 0;
}
