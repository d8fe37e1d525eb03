// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The allocations of a kernel: searched for once, and then read from a file.
 */
#include "explain/allocations.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/map.h"
#include "base/options.h"
#include "debuginfo/build_id.h"
#include "debuginfo/debuginfo.h"

/* A kernel with everything in it needs a tenth. */
#define MAX_FILE	(64u << 20)
/* A build-ID, and a number for which modules. */
#define KEY_MAX		(KMC_BUILD_ID_HEX + 17)

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

/* Which modules they are; 0: none. To open each for its build-ID would take seconds. */
static uint64_t hash_modules(const struct kmc_module_files *files)
{
	uint64_t hash = KMC_HASH_START;

	for (size_t i = 0; i < files->count; i++) {
		const char *path = files->v[i].path;
		struct stat st = { };

		hash = kmc_hash_bytes(hash, path, strlen(path));
		if (stat(path, &st))
			continue;
		hash = kmc_hash_bytes(hash, &st.st_size, sizeof(st.st_size));
		hash = kmc_hash_bytes(hash, &st.st_mtim, sizeof(st.st_mtim));
	}
	return files->count ? hash : 0;
}

/* NULL: nothing is kept of a file that has no build-ID. */
static char *file_path(const struct kmc_debuginfo *di, const struct kmc_module_files *modules,
		       const char *dir, char key[KEY_MAX])
{
	const uint64_t hash = hash_modules(modules);
	char build_id[KMC_BUILD_ID_HEX];
	char *path;

	if (!dir || !di->facts.build_id_len)
		return NULL;
	kmc_build_id_hex(build_id, di->facts.build_id, di->facts.build_id_len);
	if (hash)
		snprintf(key, KEY_MAX, "%s-%016" PRIx64, build_id, hash);
	else
		snprintf(key, KEY_MAX, "%s", build_id);
	return asprintf(&path, "%s/%s.allocations", dir, key) < 0 ? NULL : path;
}

/* One that cannot be used has none. */
static struct kmc_error *scan_module(struct kmc_debuginfo *di, const struct kmc_module_file *file,
				     struct kmc_allocations *all)
{
	const struct kmc_allocations_options silent = { .size = sizeof(silent) };
	struct kmc_image *image = NULL;
	struct kmc_error *err = kmc_image_open(file->name, file->path, NULL, &image);

	if (!err)
		err = kmc_debuginfo_fits(di, image, NULL);
	if (!err)
		err = kmc_allocations_scan(image, &silent, all);
	kmc_image_free(image);
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *scan_all(struct kmc_debuginfo *di,
				  const struct kmc_module_files *modules,
				  const struct kmc_allocations_options *opts,
				  struct kmc_allocations *all)
{
	struct kmc_error *err = kmc_allocations_scan(di->vmlinux, opts, all);

	for (size_t i = 0; !err && i < modules->count; i++) {
		if (opts->progress && !opts->progress(opts->arg, i, modules->count))
			return kmc_error_new(KMC_ERROR_NOT_FOUND, modules->v[i].path, 0,
					     "the search for its allocations was stopped");
		err = scan_module(di, &modules->v[i], all);
	}
	return err;
}

struct kmc_error *kmc_allocations_open(struct kmc_debuginfo *di,
				       const struct kmc_allocations_options *theirs,
				       struct kmc_allocations **out)
{
	char *path KMC_AUTO_FREE = NULL;
	struct kmc_allocations *all = calloc(1, sizeof(*all));
	struct kmc_module_files modules = { };
	struct kmc_allocations_options opts;
	struct kmc_error *err = NULL;
	char key[KEY_MAX];

	if (!all)
		return kmc_error_nomem();
	kmc_options_copy(&opts, sizeof(opts), theirs);
	if (di->modules_dir)
		err = kmc_modules_scan(&modules, di->modules_dir);
	path = file_path(di, &modules, opts.cache_dir, key);
	if (!err && (!path || !load(all, path, key))) {
		err = scan_all(di, &modules, &opts, all);
		if (!err && path)
			save(all, opts.cache_dir, path, key);
	}
	kmc_modules_release(&modules);
	if (err)
		kmc_allocations_free(all);
	else
		*out = all;
	return err;
}
