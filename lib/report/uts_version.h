/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel says of its build beside its release: "#1 SMP Debian 6.1.192-3", which
 * uname -v prints, its banner ends in, and reports quote in part.
 */
#ifndef KMC_UTS_VERSION_H
#define KMC_UTS_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#define KMC_BANNER	"Linux version "

/**
 * struct kmc_banner - the parts of a banner, borrowed from its text
 * @release: as uname -r
 * @release_len: bytes of it
 * @version: as uname -v; NULL if the text ends before it
 * @version_len: bytes of it
 */
struct kmc_banner {
	const char *release;
	size_t release_len;
	const char *version;
	size_t version_len;
};

/* What is behind KMC_BANNER; false: that begins no banner. */
bool kmc_banner_read(const char *text, size_t len, struct kmc_banner *out);

/**
 * kmc_uts_versions_agree() - may two texts be of one build?
 * @said: what a report says: all of it, or its first word and what the kernel has
 *	printed behind that, as the package or the machine
 * @full: as uname -v; its number may be missing ("# SMP"), as the linker's first pass
 *	leaves it
 */
bool kmc_uts_versions_agree(const char *said, const char *full);

#endif /* KMC_UTS_VERSION_H */
