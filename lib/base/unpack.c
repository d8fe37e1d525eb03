// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unpacks what comes in pieces into pieces, members one behind the other.
 */
#include "base/unpack.h"

#include <inttypes.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"

/* xz -9 needs 65 MiB; what needs more was not made for a log. */
#define XZ_MEMORY	(100 * 1024 * 1024)
/* Largest window, as a power of two: 64 MiB, more than zstd -19 uses. */
#define ZSTD_WINDOW	26

struct codec {
	const char *magic;
	size_t magic_len;
	const char *name;
	bool (*open)(struct kmc_unpack *unpack);
	void (*close)(struct kmc_unpack *unpack);
	/* Take from @in, write to @out; what is wrong with the file, or NULL. */
	const char *(*run)(struct kmc_unpack *unpack);
	/* Nothing follows: was that the end of a member? */
	bool (*whole)(struct kmc_unpack *unpack);
};

/*
 * struct kmc_unpack - an archive that is being unpacked
 * @in, @in_len: given and not used up
 * @out, @out_len: room for what comes out
 * @offset: of @in in the file
 * @between: no member is open (gzip, zstd)
 */
struct kmc_unpack {
	const struct codec *codec;
	char *path;
	const char *in;
	size_t in_len;
	char *out;
	size_t out_len;
	uint64_t offset;
	bool between;
	union {
		z_stream gzip;
		lzma_stream xz;
		ZSTD_DStream *zstd;
	};
};

static void used(struct kmc_unpack *unpack, size_t in, size_t out)
{
	unpack->in += in;
	unpack->in_len -= in;
	unpack->offset += in;
	unpack->out += out;
	unpack->out_len -= out;
}

/* ---- gzip ---- */

static bool gzip_open(struct kmc_unpack *unpack)
{
	/* 15: the largest window there is; 16: with gzip's header. */
	return inflateInit2(&unpack->gzip, 15 + 16) == Z_OK;
}

static void gzip_close(struct kmc_unpack *unpack)
{
	inflateEnd(&unpack->gzip);
}

static const char *gzip_run(struct kmc_unpack *unpack)
{
	z_stream *z = &unpack->gzip;
	bool first = unpack->between;
	int status;

	/* Tapes and block devices pad with zeros. */
	while (unpack->between && unpack->in_len && !*unpack->in)
		used(unpack, 1, 0);
	if (unpack->between) {
		if (!unpack->in_len)
			return NULL;
		inflateReset(z);
		unpack->between = false;
	}
	z->next_in = (unsigned char *)unpack->in;
	z->avail_in = unpack->in_len;
	z->next_out = (unsigned char *)unpack->out;
	z->avail_out = unpack->out_len;
	status = inflate(z, Z_NO_FLUSH);
	used(unpack, unpack->in_len - z->avail_in,
	     unpack->out_len - z->avail_out);
	if (status == Z_STREAM_END)
		unpack->between = true;
	else if (status == Z_MEM_ERROR)
		return "out of memory";
	else if (status != Z_OK && status != Z_BUF_ERROR)
		return first && unpack->offset > 2 ?
		       "something else follows its end" : "its data are wrong";
	return NULL;
}

static bool between_members(struct kmc_unpack *unpack)
{
	return unpack->between;
}

/* ---- xz ---- */

static bool xz_open(struct kmc_unpack *unpack)
{
	unpack->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&unpack->xz, XZ_MEMORY,
				   LZMA_CONCATENATED) == LZMA_OK;
}

static void xz_close(struct kmc_unpack *unpack)
{
	lzma_end(&unpack->xz);
}

static lzma_ret xz_code(struct kmc_unpack *unpack, lzma_action action)
{
	lzma_stream *xz = &unpack->xz;
	lzma_ret status;

	xz->next_in = (const uint8_t *)unpack->in;
	xz->avail_in = unpack->in_len;
	xz->next_out = (uint8_t *)unpack->out;
	xz->avail_out = unpack->out_len;
	status = lzma_code(xz, action);
	used(unpack, unpack->in_len - xz->avail_in,
	     unpack->out_len - xz->avail_out);
	return status;
}

static const char *xz_run(struct kmc_unpack *unpack)
{
	switch (xz_code(unpack, LZMA_RUN)) {
	case LZMA_OK:
	case LZMA_STREAM_END:
	case LZMA_BUF_ERROR:
		return NULL;
	case LZMA_MEMLIMIT_ERROR:
		return "it needs more than 100 MiB to unpack";
	case LZMA_MEM_ERROR:
		return "out of memory";
	case LZMA_FORMAT_ERROR:
		return "something else follows its end";
	case LZMA_OPTIONS_ERROR:
		return "it uses what this program's liblzma does not know";
	default:
		return "its data are wrong";
	}
}

static bool xz_whole(struct kmc_unpack *unpack)
{
	return xz_code(unpack, LZMA_FINISH) == LZMA_STREAM_END;
}

/* ---- zstd ---- */

static bool zstd_open(struct kmc_unpack *unpack)
{
	unpack->zstd = ZSTD_createDStream();
	if (!unpack->zstd)
		return false;
	return !ZSTD_isError(ZSTD_DCtx_setParameter(unpack->zstd,
						    ZSTD_d_windowLogMax,
						    ZSTD_WINDOW));
}

static void zstd_close(struct kmc_unpack *unpack)
{
	ZSTD_freeDStream(unpack->zstd);
}

static const char *zstd_run(struct kmc_unpack *unpack)
{
	ZSTD_inBuffer in = { .src = unpack->in, .size = unpack->in_len };
	ZSTD_outBuffer out = { .dst = unpack->out, .size = unpack->out_len };
	size_t status;

	if (unpack->between && !unpack->in_len)
		return NULL;
	status = ZSTD_decompressStream(unpack->zstd, &out, &in);
	used(unpack, in.pos, out.pos);
	unpack->between = !status;
	return ZSTD_isError(status) ? ZSTD_getErrorName(status) : NULL;
}

/* ---- all of them ---- */

static const struct codec codecs[] = {
	{
		.magic = "\037\213", .magic_len = 2, .name = "gzip",
		.open = gzip_open, .close = gzip_close, .run = gzip_run,
		.whole = between_members,
	}, {
		.magic = "\3757zXZ", .magic_len = 6, .name = "xz",
		.open = xz_open, .close = xz_close, .run = xz_run,
		.whole = xz_whole,
	}, {
		.magic = "(\265/\375", .magic_len = 4, .name = "zstd",
		.open = zstd_open, .close = zstd_close, .run = zstd_run,
		.whole = between_members,
	},
};

static const struct codec *find_codec(const char *data, size_t len)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(codecs); i++) {
		if (len >= codecs[i].magic_len &&
		    !memcmp(data, codecs[i].magic, codecs[i].magic_len))
			return &codecs[i];
	}
	return NULL;
}

bool kmc_unpack_detect(const char *data, size_t len)
{
	return find_codec(data, len);
}

struct kmc_error *kmc_unpack_new(const char *path, const char *data, size_t len,
				 struct kmc_unpack **out)
{
	struct kmc_unpack *unpack = calloc(1, sizeof(*unpack));

	if (!unpack)
		return kmc_error_nomem();
	unpack->between = true;
	unpack->path = strdup(path);
	unpack->codec = find_codec(data, len);
	if (!unpack->path || !unpack->codec->open(unpack)) {
		kmc_unpack_free(unpack);
		return kmc_error_nomem();
	}
	*out = unpack;
	return NULL;
}

void kmc_unpack_free(struct kmc_unpack *unpack)
{
	if (!unpack)
		return;
	unpack->codec->close(unpack);
	free(unpack->path);
	free(unpack);
}

void kmc_unpack_give(struct kmc_unpack *unpack, const char *data, size_t len)
{
	unpack->in = data;
	unpack->in_len = len;
}

struct kmc_error *kmc_unpack_take(struct kmc_unpack *unpack, char *out,
				  size_t cap, size_t *n)
{
	const char *wrong;
	size_t before;

	unpack->out = out;
	unpack->out_len = cap;
	/* Heads and checksums are taken without anything coming out. */
	do {
		before = unpack->in_len;
		wrong = unpack->codec->run(unpack);
	} while (!wrong && unpack->out_len == cap && unpack->in_len &&
		 unpack->in_len != before);
	*n = cap - unpack->out_len;
	if (!wrong)
		return NULL;
	return kmc_error_new(KMC_ERROR_FORMAT, unpack->path, 0,
			     "byte %" PRIu64 ": damaged %s file, %s; what came before was read",
			     unpack->offset, unpack->codec->name, wrong);
}

struct kmc_error *kmc_unpack_end(struct kmc_unpack *unpack)
{
	char none;

	unpack->out = &none;
	unpack->out_len = 0;
	if (unpack->codec->whole(unpack))
		return NULL;
	return kmc_error_new(KMC_ERROR_FORMAT, unpack->path, 0,
			     "byte %" PRIu64 ": the %s file is cut off here; what came before was read",
			     unpack->offset, unpack->codec->name);
}
