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
 * struct kmc_debuginfod - asking debuginfod servers
 * @progress: as in struct kmc_debuginfo_options
 * @arg: likewise
 * @stopped: the user wants no more of it, or it took too long
 * @limit: seconds without progress after which it was given up, 0 if it was not
 * @began: when the download at hand did
 * @moved: when more of it had come
 * @asked: when its progress was last asked for
 * @done: bytes of it
 */
struct kmc_debuginfod {
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	bool stopped;
	unsigned long limit;
	int64_t began;
	int64_t moved;
	int64_t asked;
	uint64_t done;
};

/* Are there servers, and may they be asked? */
bool kmc_debuginfod_wanted(const struct kmc_debuginfod *fetch);
/* What libdw itself asks for on behalf of @dwfl, which @fetch has to outlive. */
void kmc_debuginfod_watch(struct kmc_debuginfod *fetch, Dwfl *dwfl);
/* *path is a file in the user's cache, yours; NULL if no server has it. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfod_find(struct kmc_debuginfod *fetch, const uint8_t *build_id,
		    size_t len, char **path);

#endif /* KMC_DEBUGINFOD_H */
