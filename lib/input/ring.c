// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The binary stream of debugfs/kmemcheck/reports: finds whole, undamaged records
 * in bytes that come in pieces of any size.
 */
#include <endian.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "input/families.h"
#include "input/reader.h"
#include "input/ring_decode.h"
#include "report/events.h"
#include "report/model.h"

/*
 * struct ring - the state of reading one stream
 * @buf: what was read last, with less than two records from @pos on
 * @pos: of the first byte there that is not yet understood
 * @offset: of the same byte in the stream
 * @damage_at: where the bytes that are being passed over began
 * @damage: how many they are so far
 * @kernel: from the last header
 * @next_seq: that the next report should have, 0 before the first; one that stands
 *	twice, because bytes were repeated, does not set it back
 * @gaps: reports missing between those that came, since the last header
 * @declared: reports that lost records spoke of, since the last header
 */
struct ring {
	const char *source;
	struct kmc_events *events;
	struct kmc_buf buf;
	size_t pos;
	uint64_t offset;
	uint64_t damage_at;
	uint64_t damage;
	struct kmc_kernel kernel;
	uint64_t next_seq;
	uint64_t gaps;
	uint64_t declared;
	bool nomem;
};

static void *ring_new(const char *source, struct kmc_events *events)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (!ring)
		return NULL;
	ring->source = source;
	ring->events = events;
	return ring;
}

static void ring_free(void *reader)
{
	struct ring *ring = reader;

	if (!ring)
		return;
	kmc_buf_release(&ring->buf);
	kmc_kernel_release(&ring->kernel);
	free(ring);
}

static struct kmc_event *push(struct ring *ring, enum kmc_event_type type)
{
	struct kmc_event *event = kmc_events_push(ring->events, type);

	if (!event)
		ring->nomem = true;
	return event;
}

/* ---- one record ---- */

static bool head_is_sane(const struct kmemcheck_record *head)
{
	uint32_t size = le32toh(head->size);

	return le32toh(head->magic) == KMEMCHECK_MAGIC &&
	       size >= sizeof(*head) && size <= KMEMCHECK_RECORD_MAX &&
	       size % KMEMCHECK_ALIGN == 0;
}

static bool crc_is_right(const char *data, const struct kmemcheck_record *head)
{
	const size_t at = offsetof(struct kmemcheck_record, crc);
	const unsigned char *bytes = (const unsigned char *)data;
	static const unsigned char zero[4];
	uint32_t crc;

	crc = crc32(0, bytes, at);
	crc = crc32(crc, zero, sizeof(zero));
	crc = crc32(crc, bytes + at + sizeof(zero),
		    le32toh(head->size) - at - sizeof(zero));
	return crc == le32toh(head->crc);
}

enum found {
	FOUND_NOTHING,		/* no record starts here */
	FOUND_PART,		/* one may start here, its end has not come yet */
	FOUND_RECORD,
};

static enum found look(const char *data, size_t len,
		       struct kmemcheck_record *head)
{
	static const char magic[] = "KMCR";

	if (memcmp(data, magic, len < 4 ? len : 4))
		return FOUND_NOTHING;
	if (len < sizeof(*head))
		return FOUND_PART;
	memcpy(head, data, sizeof(*head));
	if (!head_is_sane(head))
		return FOUND_NOTHING;
	if (len < le32toh(head->size))
		return FOUND_PART;
	return crc_is_right(data, head) ? FOUND_RECORD : FOUND_NOTHING;
}

bool kmc_ring_detect(const char *data, size_t len)
{
	const char *end = data + len;
	struct kmemcheck_record head;

	if (len >= 4 && !memcmp(data, "KMCR", 4))
		return true;
	/* One that is damaged at its beginning: no other file has the like of a head. */
	while ((data = memmem(data, end - data, "KMCR", 4)) &&
	       (size_t)(end - data) >= sizeof(head)) {
		memcpy(&head, data, sizeof(head));
		if (head_is_sane(&head) && head.version == htole16(KMEMCHECK_VERSION))
			return true;
		data++;
	}
	return false;
}

/* ---- what the records mean ---- */

/* Losses show twice, as a gap and as a record; neither is counted again. */
static void count_lost(struct ring *ring, uint64_t gaps, uint64_t declared)
{
	uint64_t before, after;
	struct kmc_event *event;

	before = ring->gaps > ring->declared ? ring->gaps : ring->declared;
	ring->gaps += gaps;
	ring->declared += declared;
	after = ring->gaps > ring->declared ? ring->gaps : ring->declared;
	if (after == before)
		return;
	event = push(ring, KMC_EVENT_LOST);
	if (event)
		event->lost = after - before;
}

static void take_header(struct ring *ring, const struct ring_record *record)
{
	kmc_kernel_release(&ring->kernel);
	ring->next_seq = 0;
	ring->gaps = 0;
	ring->declared = 0;
	if (!ring_decode_kernel(record, &ring->kernel))
		ring->nomem = true;
}

static void damaged(struct ring *ring, uint64_t at, uint64_t bytes,
		    const char *what)
{
	struct kmc_event *event = push(ring, KMC_EVENT_DAMAGE);

	if (!event)
		return;
	event->lost = bytes;
	snprintf(event->message, sizeof(event->message),
		 "byte %" PRIu64 ": %s, %" PRIu64 " bytes passed over", at,
		 what, bytes);
}

static void take_report(struct ring *ring, const struct ring_record *record)
{
	struct kmc_report *report = kmc_report_new(ring->source);
	struct kmc_event *event;

	if (!report) {
		ring->nomem = true;
		return;
	}
	report->checker = kmc_family_kmemcheck.name;
	report->from_stream = true;
	report->seq = record->seq;
	if (ring->next_seq && record->seq > ring->next_seq)
		count_lost(ring, record->seq - ring->next_seq, 0);
	if (record->seq >= ring->next_seq)
		ring->next_seq = record->seq + 1;
	switch (ring_decode_report(record, &ring->kernel, report)) {
	case RING_OK:
		event = push(ring, KMC_EVENT_REPORT);
		if (event) {
			event->report = report;
			return;
		}
		break;
	case RING_BAD:
		damaged(ring, ring->offset, record->size,
			"report that makes no sense");
		break;
	case RING_NOMEM:
		ring->nomem = true;
		break;
	}
	kmc_report_free(report);
}

static void take_lost(struct ring *ring, const struct ring_record *record)
{
	struct kmemcheck_lost lost;

	if (ring_copy_section(record, KMEMCHECK_SECTION_LOST, &lost,
			      sizeof(lost)))
		count_lost(ring, 0, le64toh(lost.count));
}

static struct kmc_error *take_record(struct ring *ring,
				     const struct kmemcheck_record *head)
{
	const struct ring_record record = {
		.seq = le64toh(head->seq),
		.size = le32toh(head->size),
		.sections = ring->buf.data + ring->pos + sizeof(*head),
		.sections_len = le32toh(head->size) - sizeof(*head),
	};

	if (le16toh(head->version) > KMEMCHECK_VERSION)
		return kmc_error_new(KMC_ERROR_FORMAT, ring->source, 0,
				     "stream of version %u, this program knows %u; use a newer kmc-report",
				     le16toh(head->version), KMEMCHECK_VERSION);
	switch (le16toh(head->type)) {
	case KMEMCHECK_RECORD_HEADER:
		take_header(ring, &record);
		break;
	case KMEMCHECK_RECORD_REPORT:
		take_report(ring, &record);
		break;
	case KMEMCHECK_RECORD_LOST:
		take_lost(ring, &record);
		break;
	default:
		/* from a newer kernel that old readers may skip */
		break;
	}
	return NULL;
}

/* ---- the stream ---- */

static size_t bytes_left(const struct ring *ring)
{
	return ring->buf.len - ring->pos;
}

static void advance(struct ring *ring, size_t len)
{
	ring->pos += len;
	ring->offset += len;
}

static void end_damage(struct ring *ring)
{
	if (ring->damage)
		damaged(ring, ring->damage_at, ring->damage,
			"damaged or not a record");
	ring->damage = 0;
}

/* Go to the next place where a record may start, at least one byte on. */
static void resynchronise(struct ring *ring)
{
	const char *data = ring->buf.data + ring->pos;
	size_t len = bytes_left(ring);
	const char *next = data;
	size_t skip;

	do {
		next = memchr(next + 1, 'K', len - (next + 1 - data));
		skip = next ? (size_t)(next - data) : len;
	} while (next && memcmp(next, "KMCR", len - skip < 4 ? len - skip : 4));
	if (!ring->damage)
		ring->damage_at = ring->offset;
	ring->damage += skip;
	advance(ring, skip);
}

/* @final: nothing will follow, so what is not whole never will be. */
static struct kmc_error *parse(struct ring *ring, bool final)
{
	struct kmemcheck_record head;
	struct kmc_error *err;

	while (bytes_left(ring)) {
		switch (look(ring->buf.data + ring->pos, bytes_left(ring),
			     &head)) {
		case FOUND_RECORD:
			end_damage(ring);
			err = take_record(ring, &head);
			advance(ring, le32toh(head.size));
			if (err)
				return err;
			break;
		case FOUND_PART:
			if (!final)
				return NULL;
			/* fall through */
		case FOUND_NOTHING:
			resynchronise(ring);
			break;
		}
	}
	return NULL;
}

/* Called for pieces, so that the buffer stays small. */
static void refill(struct ring *ring, const char *data, size_t len)
{
	size_t left = bytes_left(ring);

	if (left)
		memmove(ring->buf.data, ring->buf.data + ring->pos, left);
	ring->buf.len = left;
	ring->pos = 0;
	kmc_buf_add(&ring->buf, data, len);
}

static struct kmc_error *status(struct ring *ring)
{
	return ring->nomem || ring->buf.failed ? kmc_error_nomem() : NULL;
}

static struct kmc_error *ring_feed(void *reader, const char *data, size_t len)
{
	struct ring *ring = reader;

	while (len) {
		size_t n = len < KMEMCHECK_RECORD_MAX ? len :
			   KMEMCHECK_RECORD_MAX;
		struct kmc_error *err;

		refill(ring, data, n);
		err = ring->buf.failed ? NULL : parse(ring, false);
		if (err)
			return err;
		data += n;
		len -= n;
	}
	return status(ring);
}

/* Is there a whole record behind the head of the one that waits for its end? */
static bool hides_record(const struct ring *ring)
{
	const char *end = ring->buf.data + ring->buf.len;
	const char *at = ring->buf.data + ring->pos;
	struct kmemcheck_record head;

	while (at < end && (at = memmem(at + 1, end - at - 1, "KMCR", 4))) {
		if (look(at, end - at, &head) == FOUND_RECORD)
			return true;
	}
	return false;
}

/*
 * The kernel writes a record in one go. When one waits for its end in a silence and
 * others are there already, its size is damaged: they must not wait, too.
 */
static struct kmc_error *ring_idle(void *reader)
{
	struct ring *ring = reader;
	struct kmc_error *err = NULL;

	while (!err && bytes_left(ring) && hides_record(ring)) {
		resynchronise(ring);
		err = parse(ring, false);
	}
	return err ? err : status(ring);
}

/*
 * What is left starts like a record. Either the stream was cut off within it,
 * or its size is damaged and whole records hide behind its head; the latter is
 * known by finding one.
 */
static struct kmc_error *ring_end(void *reader)
{
	struct ring *ring = reader;
	uint64_t at = ring->damage ? ring->damage_at : ring->offset;
	size_t left = bytes_left(ring);
	bool torn = !ring->damage && left;
	struct kmc_error *err = parse(ring, true);

	if (err)
		return err;
	if (torn && ring->damage && ring->damage_at == at) {
		ring->damage = 0;
		return kmc_error_new(KMC_ERROR_FORMAT, ring->source, 0,
				     "stream is cut off within the record at byte %" PRIu64 " (%zu bytes of it are there); copy it again, whole",
				     at, left);
	}
	end_damage(ring);
	return status(ring);
}

const struct kmc_reader_ops kmc_ring_reader = {
	.new = ring_new,
	.feed = ring_feed,
	.idle = ring_idle,
	.end = ring_end,
	.free = ring_free,
};
