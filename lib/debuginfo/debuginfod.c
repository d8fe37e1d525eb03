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
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/build_id.h"

/* Seconds without progress, unless DEBUGINFOD_TIMEOUT says otherwise; and in all. */
#define STALL_MAX	60
#define TOTAL_MAX	(60 * 60)
/* Seconds between two downloads, as far as can be told. */
#define PAUSE_MIN	10

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	/* Long after 0, which stands for never. */
	return ts.tv_sec + 2 * PAUSE_MIN;
}

static unsigned long stall_max(void)
{
	const char *set = getenv(DEBUGINFOD_TIMEOUT_ENV_VAR);
	unsigned long limit = set ? strtoul(set, NULL, 10) : 0;

	return limit ? limit : STALL_MAX;
}

/*
 * libdebuginfod has a limit of its own, but that of a connection which is not answered
 * is five minutes.
 */
static bool takes_too_long(struct kmc_debuginfod *fetch, uint64_t done)
{
	const unsigned long limit = stall_max();
	const int64_t at = now();

	/* libdw says nothing when it begins one; within one it asks every second. */
	if (at - fetch->asked > PAUSE_MIN)
		fetch->began = fetch->moved = at;
	fetch->asked = at;
	if (done != fetch->done)
		fetch->moved = at;
	fetch->done = done;
	if (at - fetch->moved >= (int64_t)limit)
		fetch->limit = limit;
	else if (at - fetch->began >= TOTAL_MAX)
		fetch->limit = TOTAL_MAX;
	return fetch->limit;
}

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
	if (!fetch->stopped && takes_too_long(fetch, done))
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
	fetch->asked = 0;
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
		if (fetch->limit)
			return kmc_error_new(KMC_ERROR_OS, NULL, 0,
					     "the download of debug info was given up after %lu seconds%s; nothing more is asked of DEBUGINFOD_URLS",
					     fetch->limit, fetch->limit == TOTAL_MAX ? "" :
					     " without progress (DEBUGINFOD_TIMEOUT)");
		return kmc_error_os(EINTR, NULL, "the download of debug info was stopped");
	}
	if (fd == -ENOENT)
		return NULL;
	return kmc_error_os(-fd, NULL, "cannot get debug info from DEBUGINFOD_URLS");
}
