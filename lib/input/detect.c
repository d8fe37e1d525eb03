// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tells inputs apart. Whatever is nothing else is a log.
 */
#include "input/detect.h"

#include <string.h>

#include "base/error.h"
#include "input/journal_export.h"
#include "input/json_input.h"
#include "input/log_entry.h"
#include "input/mail.h"

/* So many bytes tell all that begins with a magic number. */
#define MAGIC_MIN	16
/* The first line tells the rest; this is as much of it as matters. */
#define LINE_MIN	1024
/* A stream that is damaged at its beginning shows the head of a record within this. */
#define DAMAGED_MAX	(64 * 1024)

struct magic {
	const char *bytes;
	size_t len;
	const char *what;
};

static const struct magic foreign[] = {
	{ "BZh", 3, "bzip2-compressed; use bzcat FILE | kmc-report -" },
	{ "\004\"M\030", 4, "lz4-compressed; use lz4cat FILE | kmc-report -" },
	{ "PK\003\004", 4, "a zip archive; unpack it first" },
	{ "\177ELF", 4, "a program or vmlinux, not a log; name a vmlinux with -k" },
	{ "LPKSHHRH", 8, "a journal file; use journalctl -k -o export --file FILE | kmc-report -" },
	{ "KDUMP   ", 8, "a dump of memory; take the log out of it first" },
};

/* UTF-16 of a Latin text has a NUL in every second byte, or a mark in front. */
static bool is_utf16(const char *data, size_t len)
{
	size_t zeros[2] = { 0, 0 };
	size_t n = len < LINE_MIN ? len & ~(size_t)1 : LINE_MIN;

	if (len >= 2 && (!memcmp(data, "\377\376", 2) ||
			 !memcmp(data, "\376\377", 2)))
		return true;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += !data[i];
	return n >= MAGIC_MIN &&
	       ((zeros[0] > n / 2 * 9 / 10 && !zeros[1]) ||
		(zeros[1] > n / 2 * 9 / 10 && !zeros[0]));
}

/* What it is and what to do with it; NULL if it may be ours. */
static const char *what_foreign(const char *data, size_t len)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(foreign); i++) {
		if (len >= foreign[i].len &&
		    !memcmp(data, foreign[i].bytes, foreign[i].len))
			return foreign[i].what;
	}
	if (is_utf16(data, len))
		return "UTF-16 text; use iconv -f UTF-16 -t UTF-8 FILE | kmc-report -";
	return NULL;
}

/*
 * Numbers of 64 bits are full of zeros. A log has none, but in front: where a file was
 * made empty under a program that went on writing where it was.
 */
static size_t leading_zeros(const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && !data[n])
		n++;
	return n;
}

static bool is_binary(const char *data, size_t len)
{
	size_t start = leading_zeros(data, len), zeros = 0;

	for (size_t i = start; i < len; i++)
		zeros += !data[i];
	return zeros > (len - start) / 16;
}

static bool starts(const char *data, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && !memcmp(data, with, n);
}

static size_t skip(const char *data, size_t len, size_t i, const char *set)
{
	while (i < len && data[i] && strchr(set, data[i]))
		i++;
	return i;
}

/* An object, behind what json-seq and json-sse put before it. */
static bool is_json(const char *data, size_t len)
{
	size_t i = starts(data, len, "data: ") ? 6 : 0;

	i = skip(data, len, i, "\036 \t\r\n");
	if (i == len || data[i] != '{')
		return false;
	i = skip(data, len, i + 1, " \t\r\n");
	return i == len || data[i] == '"';
}

static bool is_export(const char *data, size_t len)
{
	return starts(data, len, "__CURSOR=") ||
	       starts(data, len, "__REALTIME_TIMESTAMP=");
}

bool kmc_detect_enough(const char *data, size_t len)
{
	if (len >= 4 && !memcmp(data, "KMCR", 4))
		return true;
	if (len >= MAGIC_MIN && !what_foreign(data, len) && is_binary(data, len))
		return len >= DAMAGED_MAX || kmc_ring_detect(data, len);
	return len >= LINE_MIN ||
	       (len >= MAGIC_MIN && memchr(data, '\n', len));
}

struct kmc_error *kmc_detect(const char *path, const char *data, size_t len,
			     const struct kmc_reader_ops **out)
{
	const char *what = what_foreign(data, len);

	if (what)
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0, "%s", what);
	if (kmc_ring_detect(data, len < DAMAGED_MAX ? len : DAMAGED_MAX))
		*out = &kmc_ring_reader;
	else if (is_json(data, len))
		*out = &kmc_json_reader;
	else if (is_export(data, len))
		*out = &kmc_export_reader;
	else if (kmc_mail_detect(data, len))
		*out = &kmc_mail_reader;
	else
		*out = &kmc_text_reader;
	return NULL;
}
