// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The allocations of a kernel: searched for once, and then read from a file.
 */
#include "explain/allocations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/options.h"
#include "debuginfo/build_id.h"
#include "debuginfo/debuginfo.h"

/* A kernel with everything in it needs a tenth. */
#define MAX_FILE	(64u << 20)

/* ---- the list ---- */

const char *kmc_allocations_keep(struct kmc_allocations *all, const char *text)
{
	char **slot, *copy = strdup(text);

	slot = copy ? kmc_grow(&all->owned, all->nowned, sizeof(*slot)) : NULL;
	if (!slot) {
		free(copy);
		return NULL;
	}
	*slot = copy;
	all->nowned++;
	return copy;
}

bool kmc_allocations_add(struct kmc_allocations *all, const struct kmc_allocation *one)
{
	struct kmc_allocation *slot = kmc_grow(&all->v, all->count, sizeof(*slot));

	if (!slot)
		return false;
	*slot = *one;
	all->count++;
	return true;
}

static void release(struct kmc_allocations *all)
{
	for (size_t i = 0; i < all->nowned; i++)
		free(all->owned[i]);
	free(all->owned);
	free(all->v);
	free(all->text);
	*all = (struct kmc_allocations) { };
}

void kmc_allocations_free(struct kmc_allocations *all)
{
	if (!all)
		return;
	release(all);
	free(all);
}

size_t kmc_allocations_count(const struct kmc_allocations *all)
{
	return all->count;
}

/* ---- the file ---- */

/* All of a regular file; NULL: it is not there, or nothing to be read. */
static char *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size < MAX_FILE)
		text = calloc(1, st.st_size + 1);
	for (*len = 0; text && *len < (size_t)st.st_size; *len += got) {
		got = read(fd, text + *len, st.st_size - *len);
		if (got <= 0)
			break;
	}
	close(fd);
	return text;
}

static bool load(struct kmc_allocations *all, const char *path, const char *build_id)
{
	size_t len;
	char *text = read_file(path, &len);

	if (text && kmc_allocations_read(all, text, len, build_id))
		return true;
	release(all);
	return false;
}

/* With what is above it. */
static void make_directory(const char *path)
{
	char *copy KMC_AUTO_FREE = strdup(path);

	for (char *at = copy; at && *at; at++) {
		if (*at != '/' || at == copy)
			continue;
		*at = '\0';
		mkdir(copy, 0700);
		*at = '/';
	}
	if (copy)
		mkdir(copy, 0700);
}

static bool write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t done = write(fd, text, len);

		if (done <= 0)
			return false;
		text += done;
		len -= done;
	}
	return true;
}

/* Another program may read it meanwhile: it is there whole, or not at all. */
static void save(const struct kmc_allocations *all, const char *dir, const char *path,
		 const char *build_id)
{
	char *temporary KMC_AUTO_FREE = NULL;
	struct kmc_buf buf = { };
	int fd;

	kmc_allocations_write(&buf, all, build_id);
	make_directory(dir);
	if (buf.failed || asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		temporary = NULL;
		kmc_buf_release(&buf);
		return;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd >= 0) {
		bool good = write_all(fd, buf.data, buf.len);

		good &= !close(fd);
		if (!good || rename(temporary, path))
			unlink(temporary);
	}
	kmc_buf_release(&buf);
}

/* ---- the whole ---- */

/* NULL: nothing is kept of a file that has no build-ID. */
static char *file_path(const struct kmc_debuginfo *di, const char *dir,
		       char build_id[KMC_BUILD_ID_HEX])
{
	char *path;

	if (!dir || !di->facts.build_id_len)
		return NULL;
	kmc_build_id_hex(build_id, di->facts.build_id, di->facts.build_id_len);
	return asprintf(&path, "%s/%s.allocations", dir, build_id) < 0 ? NULL : path;
}

struct kmc_error *kmc_allocations_open(struct kmc_debuginfo *di,
				       const struct kmc_allocations_options *theirs,
				       struct kmc_allocations **out)
{
	char *path KMC_AUTO_FREE = NULL;
	struct kmc_allocations *all = calloc(1, sizeof(*all));
	struct kmc_allocations_options opts;
	char build_id[KMC_BUILD_ID_HEX];
	struct kmc_error *err = NULL;

	if (!all)
		return kmc_error_nomem();
	kmc_options_copy(&opts, sizeof(opts), theirs);
	path = file_path(di, opts.cache_dir, build_id);
	if (!path || !load(all, path, build_id)) {
		err = kmc_allocations_scan(di->vmlinux, &opts, all);
		if (!err && path)
			save(all, opts.cache_dir, path, build_id);
	}
	if (err)
		kmc_allocations_free(all);
	else
		*out = all;
	return err;
}
