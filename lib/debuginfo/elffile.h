/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an ELF file is, before it is trusted.
 */
#ifndef KMC_ELFFILE_H
#define KMC_ELFFILE_H

#include <stddef.h>
#include <stdint.h>

#include "kmc/error.h"

#define KMC_VERSIONS_MAX	4

/**
 * struct kmc_elf_facts - what is known of an ELF file before it is trusted
 * @build_id: its build-ID
 * @build_id_len: bytes of it, 0 if it has none
 * @release: from the kernel's banner, NULL if there is none
 * @versions: from its banners, as uname -v; the linker's passes may leave several
 * @nversions: of them
 */
struct kmc_elf_facts {
	uint8_t build_id[64];
	size_t build_id_len;
	char *release;
	char *versions[KMC_VERSIONS_MAX];
	size_t nversions;
};

/* Check that @path is a vmlinux with debug info; every refusal says what to do. */
KMC_MUST_CHECK struct kmc_error *
kmc_elf_check_vmlinux(const char *path, struct kmc_elf_facts *facts);
void kmc_elf_facts_release(struct kmc_elf_facts *facts);

#endif /* KMC_ELFFILE_H */
