// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The journal's export format: "KEY=value" lines, or the key alone, a length and
 * that many bytes; an empty line ends an entry.
 */
#include "input/journal_export.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "input/log_entry.h"

/* The journal has no larger field, so a length beyond is damage. */
#define FIELD_MAX	(768ULL * 1024 * 1024)
/* Of a line: a key and as much of its value as counts. */
#define LINE_MAX_BYTES	(LOG_LINE_MAX + 64)

enum state { IN_LINE, IN_LENGTH, IN_DATA };

/*
 * struct export - the state of reading one export
 * @state: what the next byte belongs to
 * @lines: ends of lines, and binary fields, so far
 * @buf: the line, the length, or the data at hand, @len bytes, NUL-terminated
 * @key: of the binary field at hand
 * @left: bytes of it that are to come, its newline included
 */
struct export {
	void *text;
	struct entry_queue *queue;
	struct entry entry;
	enum state state;
	unsigned long lines;
	char buf[LINE_MAX_BYTES + 1];
	size_t len;
	char key[64];
	uint64_t left;
};

static void export_free(void *reader)
{
	struct export *export = reader;

	if (!export)
		return;
	entry_queue_free(export->queue);
	if (export->text)
		kmc_text_reader.free(export->text);
	free(export);
}

static void *export_new(const char *source, struct kmc_events *events)
{
	struct export *export = calloc(1, sizeof(*export));

	if (!export)
		return NULL;
	entry_clear(&export->entry);
	export->text = kmc_text_reader.new(source, events);
	export->queue = export->text ? entry_queue_new(export->text) : NULL;
	if (export->queue)
		return export;
	export_free(export);
	return NULL;
}

static void add(struct export *export, const char *data, size_t len)
{
	size_t room = LINE_MAX_BYTES - export->len;

	if (len > room)
		len = room;
	memcpy(export->buf + export->len, data, len);
	export->len += len;
	export->buf[export->len] = '\0';
}

static void set_field(struct export *export, const char *key,
		      const char *value, size_t len)
{
	if (!strcmp(key, "MESSAGE"))
		export->entry.at = export->lines;
	entry_set(&export->entry, key, value, len);
}

static struct kmc_error *end_entry(struct export *export)
{
	struct kmc_error *err = entry_queue_add(export->queue, &export->entry);

	entry_clear(&export->entry);
	return err;
}

static struct kmc_error *take_line(struct export *export)
{
	char *equals = memchr(export->buf, '=', export->len);
	size_t len = export->len;

	export->lines++;
	export->len = 0;
	if (!len)
		return end_entry(export);
	if (equals) {
		*equals = '\0';
		set_field(export, export->buf, equals + 1,
			  export->buf + len - (equals + 1));
	} else if (len < sizeof(export->key)) {
		memcpy(export->key, export->buf, len + 1);
		export->state = IN_LENGTH;
	}
	return NULL;
}

static void take_length(struct export *export)
{
	uint64_t length;

	memcpy(&length, export->buf, sizeof(length));
	length = le64toh(length);
	export->len = 0;
	export->buf[0] = '\0';
	export->left = length + 1;
	export->state = length > FIELD_MAX ? IN_LINE : IN_DATA;
}

static void take_data(struct export *export)
{
	/* Its newline is no part of it. */
	size_t len = export->len < LINE_MAX_BYTES ? export->len - 1 :
		     export->len;

	export->lines++;
	export->buf[len] = '\0';
	set_field(export, export->key, export->buf, len);
	export->len = 0;
	export->state = IN_LINE;
}

/* Take some bytes; returns how many. */
static size_t take_some(struct export *export, const char *data, size_t len,
			struct kmc_error **err)
{
	const char *eol;
	size_t n;

	switch (export->state) {
	case IN_LINE:
		eol = memchr(data, '\n', len);
		add(export, data, eol ? (size_t)(eol - data) : len);
		if (!eol)
			return len;
		*err = take_line(export);
		return eol + 1 - data;
	case IN_LENGTH:
		add(export, data, 1);
		if (export->len == sizeof(uint64_t))
			take_length(export);
		return 1;
	default:
		n = len < export->left ? len : export->left;
		add(export, data, n);
		export->left -= n;
		if (!export->left)
			take_data(export);
		return n;
	}
}

static struct kmc_error *export_feed(void *reader, const char *data, size_t len)
{
	struct export *export = reader;
	struct kmc_error *err = NULL;

	while (len && !err) {
		size_t n = take_some(export, data, len, &err);

		data += n;
		len -= n;
	}
	return err;
}

static struct kmc_error *export_idle(void *reader)
{
	struct export *export = reader;
	struct kmc_error *err = entry_queue_flush(export->queue);

	return err ? err : kmc_text_reader.idle(export->text);
}

static struct kmc_error *export_end(void *reader)
{
	struct export *export = reader;
	struct kmc_error *err = NULL;

	if (export->state == IN_LINE && export->len)
		err = take_line(export);
	if (!err)
		err = end_entry(export);
	if (!err)
		err = entry_queue_flush(export->queue);
	return err ? err : kmc_text_reader.end(export->text);
}

const struct kmc_reader_ops kmc_export_reader = {
	.new = export_new,
	.feed = export_feed,
	.idle = export_idle,
	.end = export_end,
	.free = export_free,
};
