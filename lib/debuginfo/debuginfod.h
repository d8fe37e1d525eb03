/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug info from debuginfod servers.
 */
#ifndef KMC_DEBUGINFOD_H
#define KMC_DEBUGINFOD_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "kmc/error.h"

/**
 * struct kmc_fetch - asking debuginfod servers
 * @progress, @arg: as in struct kmc_debuginfo_options
 * @stopped: the user wants no more of it
 */
struct kmc_fetch {
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	bool stopped;
};

/* Are there servers, and may they be asked? */
bool kmc_fetch_wanted(const struct kmc_fetch *fetch);
/* What libdw itself asks for on behalf of @dwfl, which @fetch has to outlive. */
void kmc_fetch_watch(struct kmc_fetch *fetch, Dwfl *dwfl);
/* *path is a file in the user's cache, yours; NULL if no server has it. */
KMC_MUST_CHECK struct kmc_error *
kmc_fetch_debuginfo(struct kmc_fetch *fetch, const uint8_t *build_id,
		    size_t len, char **path);

#endif /* KMC_DEBUGINFOD_H */
