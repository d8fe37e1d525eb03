// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Running readers for the fuzzers.
 */
#include "fuzz.h"

#include <endian.h>
#include <linux/kmemcheck.h>
#include <zlib.h>

void fuzz_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

bool fuzz_read(const struct kmc_reader_ops *ops, const uint8_t *data,
	       size_t size, size_t piece, struct kmc_events *events)
{
	struct kmc_error *err = NULL;
	void *reader;
	bool good;

	memset(events, 0, sizeof(*events));
	reader = ops->new("input", events);
	if (!reader)
		fuzz_fail("no reader");
	while (size && !err) {
		size_t n = piece && piece < size ? piece : size;
		char *copy = malloc(n);

		memcpy(copy, data, n);
		err = ops->feed(reader, copy, n);
		free(copy);
		data += n;
		size -= n;
	}
	if (!err)
		err = ops->end(reader);
	good = !err;
	kmc_error_free(err);
	ops->free(reader);
	return good;
}

static void compare_reports(const struct kmc_report *one,
			    const struct kmc_report *two)
{
	char *a = NULL, *b = NULL;

	if (!one && !two)
		return;
	if (kmc_json_report(one, &a) || kmc_json_report(two, &b))
		fuzz_fail("no JSON");
	if (strcmp(a, b))
		fuzz_fail("pieces differ:\n%s\n%s", a, b);
	free(a);
	free(b);
}

void fuzz_compare_pieces(const struct kmc_reader_ops *ops, const uint8_t *data,
			 size_t size)
{
	struct kmc_events whole, pieces;
	/* Any will do, but the same for the same input. */
	size_t piece = size % 97 + 1;

	if (fuzz_read(ops, data, size, 0, &whole) !=
	    fuzz_read(ops, data, size, piece, &pieces))
		fuzz_fail("an error depends on the pieces");
	if (whole.count != pieces.count)
		fuzz_fail("%zu events, %zu in pieces", whole.count,
			  pieces.count);
	for (size_t i = 0; i < whole.count; i++) {
		if (whole.list[i].type != pieces.list[i].type ||
		    whole.list[i].lost != pieces.list[i].lost ||
		    !whole.list[i].report != !pieces.list[i].report)
			fuzz_fail("event %zu differs", i);
		/* JSON takes longer than reading: for one input in four. */
		if (size % 4 == 0)
			compare_reports(whole.list[i].report, pieces.list[i].report);
	}
	kmc_events_release(&whole);
	kmc_events_release(&pieces);
}

void fuzz_mend_stream(uint8_t *data, size_t size)
{
	struct kmemcheck_record head;
	uint8_t *p = data;

	while (size - (p - data) >= sizeof(head)) {
		size_t left = size - (p - data), length;

		memcpy(&head, p, sizeof(head));
		length = le32toh(head.size);
		if (le32toh(head.magic) != KMEMCHECK_MAGIC ||
		    length < sizeof(head) || length > left) {
			p++;
			continue;
		}
		head.crc = 0;
		memcpy(p, &head, sizeof(head));
		head.crc = htole32(crc32(0, p, length));
		memcpy(p, &head, sizeof(head));
		p += length;
	}
}
