// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug info from the servers that DEBUGINFOD_URLS names, if it does: asked for
 * here, or by libdw when a file has its debug info elsewhere.
 */
#include "debuginfo/debuginfod.h"

#include <elfutils/debuginfod.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/build_id.h"

/* Tells the user and asks whether to go on: anything but 0 stops it. */
static int on_progress(debuginfod_client *client, long done, long total)
{
	struct kmc_debuginfod *fetch = debuginfod_get_user_data(client);

	/* Before the download begins, @done counts something else. */
	if (total <= 0 || done < 0)
		done = total = 0;
	if (!fetch->stopped && fetch->progress &&
	    !fetch->progress(fetch->arg, done, total))
		fetch->stopped = true;
	return fetch->stopped;
}

bool kmc_debuginfod_wanted(const struct kmc_debuginfod *fetch)
{
	const char *urls = getenv(DEBUGINFOD_URLS_ENV_VAR);

	return urls && *urls && !fetch->stopped;
}

static void watch(struct kmc_debuginfod *fetch, debuginfod_client *client)
{
	debuginfod_set_user_data(client, fetch);
	debuginfod_set_progressfn(client, on_progress);
}

void kmc_debuginfod_watch(struct kmc_debuginfod *fetch, Dwfl *dwfl)
{
	debuginfod_client *client = NULL;

	if (kmc_debuginfod_wanted(fetch))
		client = dwfl_get_debuginfod_client(dwfl);
	if (client)
		watch(fetch, client);
}

/* An empty file in the cache says that no server has it. */
static void remove_empty(const char *dir, const char *below, const char *id)
{
	struct kmc_buf path = { };
	struct stat st;

	if (!dir)
		return;
	kmc_buf_printf(&path, "%s%s/%s/debuginfo", dir, below, id);
	if (!path.failed && !lstat(path.data, &st) && S_ISREG(st.st_mode) &&
	    !st.st_size)
		unlink(path.data);
	kmc_buf_release(&path);
}

/*
 * libdebuginfod 0.188 notes a download that was stopped as "not there", and would
 * not try again for ten minutes.
 */
static void forget_miss(const uint8_t *build_id, size_t len)
{
	char id[KMC_BUILD_ID_HEX];

	kmc_build_id_hex(id, build_id, len);
	remove_empty(getenv(DEBUGINFOD_CACHE_PATH_ENV_VAR), "", id);
	remove_empty(getenv("XDG_CACHE_HOME"), "/debuginfod_client", id);
	remove_empty(getenv("HOME"), "/.cache/debuginfod_client", id);
}

struct kmc_error *kmc_debuginfod_find(struct kmc_debuginfod *fetch,
				      const uint8_t *build_id, size_t len,
				      char **path)
{
	debuginfod_client *client;
	char *found = NULL;
	int fd;

	*path = NULL;
	if (!len || !kmc_debuginfod_wanted(fetch))
		return NULL;
	client = debuginfod_begin();
	if (!client)
		return kmc_error_nomem();
	watch(fetch, client);
	fd = debuginfod_find_debuginfo(client, build_id, len, &found);
	debuginfod_end(client);
	if (fd >= 0) {
		/* It is opened by its name, as any other file. */
		close(fd);
		*path = found;
		return NULL;
	}
	if (fetch->stopped) {
		forget_miss(build_id, len);
		return kmc_error_os(EINTR, NULL, "the download of debug info was stopped");
	}
	if (fd == -ENOENT)
		return NULL;
	return kmc_error_os(-fd, NULL, "cannot get debug info from DEBUGINFOD_URLS");
}
