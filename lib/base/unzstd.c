// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules compressed with zstd, as Ubuntu has them: a libdw that was built without
 * zstd, as Debian's was for long, takes them for damaged.
 */
#include "base/unzstd.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "base/error.h"

/* A module with debug info has some 50 MB at most; a bomb has no end. */
#define UNPACKED_MAX	(512ULL << 20)

bool kmc_is_zstd(int fd)
{
	static const char magic[] = "\050\265\057\375";
	char head[sizeof(magic) - 1];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       !memcmp(head, magic, sizeof(head));
}

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

struct unpacking {
	const char *path;
	ZSTD_DStream *stream;
	char *from;
	char *to;
	uint64_t written;
	int fd;
};

/* What is in @in; @left is 0 at the end of a frame. */
static struct kmc_error *decompress(struct unpacking *u, ZSTD_inBuffer *in,
				    size_t *left)
{
	while (in->pos < in->size) {
		ZSTD_outBuffer out = { u->to, ZSTD_DStreamOutSize(), 0 };

		*left = ZSTD_decompressStream(u->stream, &out, in);
		if (ZSTD_isError(*left))
			return kmc_error_new(KMC_ERROR_FORMAT, u->path, 0,
					     "is damaged: %s; copy it again",
					     ZSTD_getErrorName(*left));
		u->written += out.pos;
		if (u->written > UNPACKED_MAX)
			return kmc_error_new(KMC_ERROR_FORMAT, u->path, 0,
					     "is larger than any module when unpacked");
		if (!write_all(u->fd, u->to, out.pos))
			return kmc_error_os(errno, u->path, "cannot unpack");
	}
	return NULL;
}

static struct kmc_error *decompress_all(struct unpacking *u, int fd)
{
	struct kmc_error *err = NULL;
	size_t left = 1;
	ssize_t n = 0;

	u->stream = ZSTD_createDStream();
	u->from = malloc(ZSTD_DStreamInSize());
	u->to = malloc(ZSTD_DStreamOutSize());
	if (!u->stream || !u->from || !u->to)
		return kmc_error_nomem();
	while (!err && (n = read(fd, u->from, ZSTD_DStreamInSize())) > 0) {
		ZSTD_inBuffer in = { u->from, n, 0 };

		err = decompress(u, &in, &left);
	}
	if (!err && n < 0)
		err = kmc_error_os(errno, u->path, "cannot read");
	if (!err && left)
		err = kmc_error_new(KMC_ERROR_FORMAT, u->path, 0,
				    "is cut off; copy it again");
	return err;
}

struct kmc_error *kmc_unzstd(const char *path, int fd, int *out)
{
	struct unpacking u = { .path = path };
	struct kmc_error *err;

	u.fd = memfd_create("kmc-module", MFD_CLOEXEC);
	if (u.fd < 0)
		return kmc_error_os(errno, path, "cannot unpack");
	err = decompress_all(&u, fd);
	ZSTD_freeDStream(u.stream);
	free(u.from);
	free(u.to);
	if (err)
		close(u.fd);
	else
		*out = u.fd;
	return err;
}
