// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the unit tests share: feeding a reader, building a stream.
 */
#include "helper.h"

#include <elf.h>
#include <endian.h>
#include <linux/kmemcheck.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void reading_run(struct reading *reading, const struct kmc_reader_ops *ops,
		 const char *data, size_t len, size_t piece)
{
	void *reader;

	memset(reading, 0, sizeof(*reading));
	reader = ops->new("input", &reading->events);
	assert_non_null(reader);
	while (len && !reading->err) {
		size_t n = piece && piece < len ? piece : len;
		/* A copy of its own lets the sanitizer see a read beyond it. */
		char *copy = malloc(n);

		memcpy(copy, data, n);
		reading->err = ops->feed(reader, copy, n);
		free(copy);
		data += n;
		len -= n;
	}
	if (!reading->err)
		reading->err = ops->end(reader);
	ops->free(reader);
}

void reading_free(struct reading *reading)
{
	kmc_events_release(&reading->events);
	kmc_error_free(reading->err);
}

size_t reading_count(const struct reading *reading, enum kmc_event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < reading->events.count; i++)
		n += reading->events.list[i].type == type;
	return n;
}

struct kmc_report *reading_report(const struct reading *reading, size_t n)
{
	for (size_t i = 0; i < reading->events.count; i++) {
		if (reading->events.list[i].report && !n--)
			return reading->events.list[i].report;
	}
	fail_msg("no such report");
	return NULL;
}

static void add_section(struct kmc_buf *buf, uint16_t type, const void *data,
			size_t len)
{
	struct kmemcheck_section head = {
		.type = htole16(type), .size = htole32(len),
	};

	kmc_buf_add(buf, &head, sizeof(head));
	kmc_buf_add(buf, data, len);
	kmc_buf_putc(buf, 0, -len % KMEMCHECK_ALIGN);
}

static void add_record(struct kmc_buf *stream, uint16_t type, uint64_t seq,
		       struct kmc_buf *sections)
{
	struct kmemcheck_record head = {
		.magic = htole32(KMEMCHECK_MAGIC),
		.size = htole32(sizeof(head) + sections->len),
		.type = htole16(type),
		.version = htole16(KMEMCHECK_VERSION),
		.seq = htole64(seq),
	};
	uint32_t crc = crc32(0, (unsigned char *)&head, sizeof(head));

	crc = crc32(crc, (unsigned char *)sections->data, sections->len);
	head.crc = htole32(crc);
	kmc_buf_add(stream, &head, sizeof(head));
	kmc_buf_add(stream, sections->data, sections->len);
	kmc_buf_release(sections);
}

void stream_header_of(struct kmc_buf *stream, const char *release, uint32_t machine)
{
	struct kmemcheck_kernel kernel = {
		.machine = htole32(machine), .kaslr_offset = htole64(0x1000),
	};
	struct kmc_buf sections = { };

	add_section(&sections, KMEMCHECK_SECTION_KERNEL, &kernel, sizeof(kernel));
	add_section(&sections, KMEMCHECK_SECTION_RELEASE, release,
		    strlen(release));
	add_record(stream, KMEMCHECK_RECORD_HEADER, 0, &sections);
}

void stream_header(struct kmc_buf *stream, const char *release)
{
	stream_header_of(stream, release, EM_X86_64);
}

static void add_report(struct kmc_buf *stream, uint64_t seq, const char *bytes,
		       uint16_t type, const void *data, size_t len)
{
	static const char symbols[] = "here+0x1/0x2\0there+0x3/0x4 [mod]";
	const uint64_t stack = htole64(0xffffffff81000100);
	struct kmemcheck_access access = {
		.address = htole64(0xffff888000001024),
		.start = htole64(0xffff888000001000), .length = htole64(64),
		.size = htole32(4), .count = htole32(1), .pid = htole32(7),
		.kind = htole16(KMEMCHECK_READ),
		.state = htole16(KMEMCHECK_UNINITIALIZED), .comm = "init",
	};
	struct kmemcheck_regs regs = {
		.mask = htole64(KMEMCHECK_REGS_ALL),
		.rip = htole64(0xffffffff81000000),
	};
	struct kmemcheck_object object = {
		.start = htole64(0xffff888000001000), .size = htole32(64),
		.cache = "kmalloc-64",
	};
	struct kmc_buf sections = { };

	/* Behind the NUL that ends the name. */
	memcpy(object.cache + 16, bytes, 8);
	add_section(&sections, KMEMCHECK_SECTION_ACCESS, &access, sizeof(access));
	if (type != KMEMCHECK_SECTION_REGS)
		add_section(&sections, KMEMCHECK_SECTION_REGS, &regs, sizeof(regs));
	add_section(&sections, KMEMCHECK_SECTION_STACK, &stack, sizeof(stack));
	add_section(&sections, KMEMCHECK_SECTION_OBJECT, &object, sizeof(object));
	add_section(&sections, KMEMCHECK_SECTION_SYMBOLS, symbols,
		    sizeof(symbols));
	if (type)
		add_section(&sections, type, data, len);
	add_record(stream, KMEMCHECK_RECORD_REPORT, seq, &sections);
}

void stream_report_with(struct kmc_buf *stream, uint64_t seq, const char *bytes)
{
	add_report(stream, seq, bytes, 0, NULL, 0);
}

void stream_report_section(struct kmc_buf *stream, uint64_t seq, uint16_t type,
			   const void *data, size_t len)
{
	static const char nothing[8];

	add_report(stream, seq, nothing, type, data, len);
}

void stream_report(struct kmc_buf *stream, uint64_t seq)
{
	static const char nothing[8];

	stream_report_with(stream, seq, nothing);
}

void stream_lost(struct kmc_buf *stream, uint64_t count)
{
	struct kmemcheck_lost lost = { .count = htole64(count) };
	struct kmc_buf sections = { };

	add_section(&sections, KMEMCHECK_SECTION_LOST, &lost, sizeof(lost));
	add_record(stream, KMEMCHECK_RECORD_LOST, 0, &sections);
}

uint32_t next_random(uint32_t *state)
{
	/* xorshift32 */
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}
