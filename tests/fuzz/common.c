// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Running readers and printers for the fuzzers.
 */
#include "fuzz.h"
#include "input/detect.h"

#include <endian.h>
#include <jansson.h>
#include <linux/kmemcheck.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* JSON takes far longer than reading or text: for one input in so many. */
#define JSON_EVERY	16

void fuzz_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/*
 * Room for pieces that ends where each of them does: a read beyond one is seen, and one of
 * it when it was taken.
 */
struct room {
	char *end;
	size_t size;
};

static struct room make_room(size_t size)
{
	char *start = malloc(size);

	if (!start)
		fuzz_fail("no room");
	ASAN_POISON_MEMORY_REGION(start, size);
	return (struct room) { start + size, size };
}

static char *put(const struct room *room, const uint8_t *data, size_t size)
{
	char *copy = room->end - size;

	ASAN_UNPOISON_MEMORY_REGION(copy, size);
	memcpy(copy, data, size);
	return copy;
}

bool fuzz_read(const struct kmc_reader_ops *ops, const uint8_t *data,
	       size_t size, size_t piece, struct kmc_events *events)
{
	const struct room room = make_room(piece && piece < size ? piece : size + !size);
	struct kmc_error *err = NULL;
	void *reader;
	bool good;

	memset(events, 0, sizeof(*events));
	reader = ops->new("input", events);
	if (!reader)
		fuzz_fail("no reader");
	while (size && !err) {
		const size_t n = room.size < size ? room.size : size;

		err = ops->feed(reader, put(&room, data, n), n);
		ASAN_POISON_MEMORY_REGION(room.end - room.size, room.size);
		data += n;
		size -= n;
	}
	if (!err)
		err = ops->end(reader);
	good = !err;
	kmc_error_free(err);
	ops->free(reader);
	free(room.end - room.size);
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
		if (size % JSON_EVERY == 0)
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

static void check_json(const struct kmc_report *report)
{
	json_error_t error;
	json_t *json;
	char *text;

	if (kmc_json_report(report, &text))
		fuzz_fail("no JSON");
	for (const char *s = text; *s; s++) {
		if (*s < ' ' || *s > '~')
			fuzz_fail("JSON is not one line of ASCII");
	}
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fuzz_fail("JSON: %s: %s", error.text, text);
	json_decref(json);
	free(text);
}

static void check_text(const struct kmc_report *report,
		       const struct kmc_print_options *opts)
{
	char *text;

	if (kmc_print_report(report, opts, &text))
		fuzz_fail("no text");
	for (const char *s = text; *s; s++) {
		if ((*s < ' ' && *s != '\n' && *s != '\033' && *s > 0) ||
		    (*s == '\033' && !opts->color))
			fuzz_fail("a control character was printed");
	}
	free(text);
}

void fuzz_check_print(const struct kmc_report *report, size_t way)
{
	static const unsigned int widths[] = { 40, 80, 200 };
	const struct kmc_print_options opts = {
		.size = sizeof(opts), .width = widths[way % 3], .ascii = way & 1,
		.color = way % 3 == 2,
	};

	if (way % JSON_EVERY)
		check_text(report, &opts);
	else
		check_json(report);
}

void fuzz_each_report(const uint8_t *data, size_t size,
		      void (*check)(struct kmc_report *report, size_t way))
{
	const struct kmc_reader_ops *ops;
	uint8_t *mended = malloc(size + 1);
	struct kmc_events events;
	struct kmc_error *err;

	memcpy(mended, data, size);
	fuzz_mend_stream(mended, size);
	err = kmc_detect("input", (const char *)mended, size, &ops);
	if (err) {
		kmc_error_free(err);
		free(mended);
		return;
	}
	fuzz_read(ops, mended, size, 0, &events);
	for (size_t i = 0; i < events.count; i++) {
		if (events.list[i].report)
			check(events.list[i].report, size + i);
	}
	kmc_events_release(&events);
	free(mended);
}
