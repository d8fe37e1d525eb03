// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which types the kernel allocates: searched for once, and kept for the next time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "session.h"

#include "../common/memory.h"

/* Where the user's caches are (XDG Base Directory Specification); yours, NULL: nowhere. */
static char *cache_dir(void)
{
	const char *base = getenv("XDG_CACHE_HOME"), *below = "/kmc";
	size_t size;
	char *dir;

	if (!base || *base != '/') {
		base = getenv("HOME");
		below = "/.cache/kmc";
	}
	if (!base || *base != '/')
		return NULL;
	size = strlen(base) + strlen(below) + 1;
	dir = xcalloc(size, 1);
	snprintf(dir, size, "%s%s", base, below);
	return dir;
}

/* A screen has its own way to say that this takes time. */
static bool on_progress(void *arg, uint64_t done, uint64_t total)
{
	const struct options *opts = arg;
	const unsigned int percent = done * 100 / total;

	if (isatty(STDERR_FILENO) && (opts->dump || opts->keys || !isatty(STDOUT_FILENO)) &&
	    percent != (done ? (done - 1) * 100 / total : 100))
		fprintf(stderr, "\rsearching the code for allocations, %u %%%s", percent,
			done + 1 == total ? "\r\033[K" : "");
	return true;
}

static struct kmc_error *open_debuginfo(struct session *session, const struct options *opts)
{
	struct kmc_kernel kernel = { };
	struct kmc_error *err;
	struct utsname names;

	if (session->symbols.di)
		return NULL;
	uname(&names);
	if (!opts->debuginfo.vmlinux)
		kernel.release = names.release;
	err = kmc_debuginfo_open(&opts->debuginfo, &kernel, &session->symbols.di);
	symbols_end_download(&session->symbols);
	return err;
}

struct kmc_error *session_allocations(struct session *session, const struct options *opts,
				      const struct kmc_allocations **out)
{
	struct kmc_allocations_options how = {
		.size = sizeof(how), .progress = on_progress, .arg = (void *)opts,
	};
	struct kmc_error *err = open_debuginfo(session, opts);

	if (!err && session->allocations_of != session->symbols.di) {
		char *dir = cache_dir();

		kmc_allocations_free(session->allocations);
		session->allocations = NULL;
		session->allocations_of = NULL;
		how.cache_dir = dir;
		err = kmc_allocations_open(session->symbols.di, &how, &session->allocations);
		if (!err)
			session->allocations_of = session->symbols.di;
		free(dir);
	}
	if (!err)
		*out = session->allocations;
	return err;
}
