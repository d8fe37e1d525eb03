// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compressed modules. libdw unpacks them, too, but not zstd where it was built without,
 * as Debian's was for long, and not for those who want BTF.
 */
#include "base/unpack_file.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/unpack.h"

/* A module with debug info has some 50 MB at most; a bomb has no end. */
#define UNPACKED_MAX	(512ULL << 20)
#define PIECE		(128 * 1024)

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			len -= n;
		}
	}
	return true;
}

/* All that can be unpacked of what was given. */
static struct kmc_error *take(struct kmc_unpack *unpack, const char *path, int out,
			      char *to, uint64_t *written)
{
	struct kmc_error *err;
	size_t n;

	do {
		err = kmc_unpack_take(unpack, to, PIECE, &n);
		if (err)
			return err;
		*written += n;
		if (*written > UNPACKED_MAX)
			return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
					     "is larger than any module when unpacked");
		if (!write_all(out, to, n))
			return kmc_error_os(errno, path, "cannot unpack");
	} while (n);
	return NULL;
}

/* @from holds the first @n bytes of @fd; it and @to have PIECE. */
static struct kmc_error *unpack_to(struct kmc_unpack *unpack, const char *path, int fd,
				   int out, char *from, ssize_t n, char *to)
{
	struct kmc_error *err = NULL;
	uint64_t written = 0;

	while (!err && n > 0) {
		kmc_unpack_give(unpack, from, n);
		err = take(unpack, path, out, to, &written);
		if (!err)
			n = read(fd, from, PIECE);
	}
	if (!err && n < 0)
		err = kmc_error_os(errno, path, "cannot read");
	return err ? err : kmc_unpack_end(unpack);
}

static struct kmc_error *unpack_all(const char *path, int fd, char *from, ssize_t n, int *out)
{
	char *to KMC_AUTO_FREE = malloc(PIECE);
	struct kmc_unpack *unpack = NULL;
	struct kmc_error *err;
	int file;

	if (!to)
		return kmc_error_nomem();
	file = memfd_create("kmc-module", MFD_CLOEXEC);
	if (file < 0)
		return kmc_error_os(errno, path, "cannot unpack");
	err = kmc_unpack_new(path, from, n, &unpack);
	if (!err)
		err = unpack_to(unpack, path, fd, file, from, n, to);
	kmc_unpack_free(unpack);
	if (!err) {
		*out = file;
		return NULL;
	}
	close(file);
	if (err->code != KMC_ERROR_FORMAT)
		return err;
	/* What it says is for logs, of which a part is better than nothing. */
	kmc_error_free(err);
	return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
			     "is damaged, cut off or too large when unpacked; copy it again");
}

struct kmc_error *kmc_unpack_file(const char *path, int fd, int *out)
{
	char *from KMC_AUTO_FREE = malloc(PIECE);
	struct kmc_error *err;
	ssize_t n;

	if (!from)
		return kmc_error_nomem();
	n = pread(fd, from, UNPACK_DETECT, 0);
	if (n <= 0 || !kmc_unpack_detect(from, n)) {
		*out = fd;
		return NULL;
	}
	n = read(fd, from, PIECE);
	if (n < UNPACK_DETECT)
		return kmc_error_os(n < 0 ? errno : EIO, path, "cannot read");
	err = unpack_all(path, fd, from, n, out);
	if (!err)
		close(fd);
	return err;
}
