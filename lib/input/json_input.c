// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Logs in JSON: the journal's json, json-pretty, json-seq and json-sse, dmesg --json,
 * and Docker's. Reads byte by byte and keeps one object, not the document; the
 * innermost objects are the entries, wherever they stand.
 */
#include "input/json_input.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "input/log.h"
#include "input/log_entry.h"

/* Entries lie three levels deep; what is deeper than this is damage. */
#define DEPTH_MAX	32

enum state {
	OUTSIDE,		/* of any object */
	BETWEEN,		/* values */
	BARE,			/* number, true, false, null */
	STRING,
	ESCAPE,
	UNICODE,
};

/*
 * struct json - the state of reading one input
 * @lines: line ends so far
 * @depth: of objects and arrays
 * @objects: bit n: level n is an object
 * @is_key: the next string is a key
 * @key: of the value at hand
 * @value, @len: the value at hand, NUL-terminated; an array of numbers is bytes
 * @digits, @unit: of \uXXXX
 * @high: the first half of a character that takes two of these
 */
struct json {
	void *text;
	struct entry_queue *queue;
	struct entry entry;
	enum state state;
	unsigned long lines;
	unsigned int depth;
	uint64_t objects;
	bool is_key;
	char key[64];
	char value[LOG_LINE_MAX + 1];
	size_t len;
	char bare[32];
	size_t bare_len;
	unsigned int digits;
	uint32_t unit;
	uint32_t high;
};

static void json_free(void *reader)
{
	struct json *json = reader;

	if (!json)
		return;
	entry_queue_free(json->queue);
	if (json->text)
		kmc_text_reader.free(json->text);
	free(json);
}

static void *json_new(const char *source, struct kmc_events *events)
{
	struct json *json = calloc(1, sizeof(*json));

	if (!json)
		return NULL;
	entry_clear(&json->entry);
	json->text = kmc_text_reader.new(source, events);
	json->queue = json->text ? entry_queue_new(json->text) : NULL;
	if (json->queue)
		return json;
	json_free(json);
	return NULL;
}

/* ---- values ---- */

static void add_byte(struct json *json, unsigned char byte)
{
	if (json->len < LOG_LINE_MAX)
		json->value[json->len++] = byte;
}

static void add_utf8(struct json *json, uint32_t c)
{
	if (c < 0x80) {
		add_byte(json, c);
	} else if (c < 0x800) {
		add_byte(json, 0xc0 | c >> 6);
		add_byte(json, 0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		add_byte(json, 0xe0 | c >> 12);
		add_byte(json, 0x80 | (c >> 6 & 0x3f));
		add_byte(json, 0x80 | (c & 0x3f));
	} else {
		add_byte(json, 0xf0 | c >> 18);
		add_byte(json, 0x80 | (c >> 12 & 0x3f));
		add_byte(json, 0x80 | (c >> 6 & 0x3f));
		add_byte(json, 0x80 | (c & 0x3f));
	}
}

static bool in_object(const struct json *json)
{
	return json->depth && json->objects >> json->depth & 1;
}

static void set_field(struct json *json)
{
	json->value[json->len] = '\0';
	entry_set(&json->entry, json->key, json->value, json->len);
	json->len = 0;
}

static void end_string(struct json *json)
{
	json->state = BETWEEN;
	if (!json->is_key) {
		set_field(json);
		return;
	}
	/* No key that counts is as long. */
	if (json->len >= sizeof(json->key))
		json->len = 0;
	memcpy(json->key, json->value, json->len);
	json->key[json->len] = '\0';
	json->len = 0;
	json->is_key = false;
}

/* In an array it is a byte of text; alone it is a number. */
static void end_bare(struct json *json)
{
	json->bare[json->bare_len] = '\0';
	json->state = BETWEEN;
	if (in_object(json))
		entry_set(&json->entry, json->key, json->bare, json->bare_len);
	else if (isdigit((unsigned char)json->bare[0]))
		add_byte(json, atoi(json->bare));
}

static void take_unicode(struct json *json, char c)
{
	uint32_t unit;

	if (!isxdigit((unsigned char)c)) {
		json->state = STRING;
		return;
	}
	c = tolower((unsigned char)c);
	json->unit = json->unit << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
	if (++json->digits < 4)
		return;
	json->state = STRING;
	unit = json->unit;
	if (unit >= 0xd800 && unit < 0xdc00) {
		json->high = unit;
		return;
	}
	if (unit >= 0xdc00 && unit < 0xe000)
		unit = json->high ? 0x10000 + ((json->high - 0xd800) << 10) +
		       (unit - 0xdc00) : 0xfffd;
	json->high = 0;
	add_utf8(json, unit);
}

static void take_escape(struct json *json, char c)
{
	static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
	const char *name = c ? strchr(names, c) : NULL;

	json->state = STRING;
	if (c == 'u') {
		json->state = UNICODE;
		json->digits = 0;
		json->unit = 0;
	} else {
		add_byte(json, name ? values[name - names] : c);
	}
}

/* ---- structure ---- */

static void leave_document(struct json *json)
{
	json->state = OUTSIDE;
	json->depth = 0;
	json->len = 0;
	entry_clear(&json->entry);
}

static struct kmc_error *open_level(struct json *json, bool object)
{
	struct kmc_error *err = NULL;

	if (json->depth + 1 == DEPTH_MAX) {
		leave_document(json);
		return NULL;
	}
	/* What collects logs adds objects of its own to an entry. */
	if (object)
		err = entry_queue_add(json->queue, &json->entry);
	json->depth++;
	json->objects &= ~(1ULL << json->depth);
	json->objects |= (uint64_t)object << json->depth;
	json->is_key = object;
	json->len = 0;
	json->state = BETWEEN;
	if (object) {
		entry_clear(&json->entry);
		json->entry.at = json->lines + 1;
	}
	return err;
}

static struct kmc_error *close_level(struct json *json)
{
	struct kmc_error *err = NULL;

	if (in_object(json)) {
		err = entry_queue_add(json->queue, &json->entry);
		entry_clear(&json->entry);
	} else if (json->len) {
		set_field(json);
	}
	json->len = 0;
	json->is_key = false;
	if (json->depth && !--json->depth)
		leave_document(json);
	return err;
}

static struct kmc_error *take_between(struct json *json, char c)
{
	switch (c) {
	case '{':
	case '[':
		return open_level(json, c == '{');
	case '}':
	case ']':
		return close_level(json);
	case '"':
		json->state = STRING;
		if (in_object(json))
			json->len = 0;
		break;
	case ',':
		json->is_key = in_object(json);
		break;
	default:
		if (!isalnum((unsigned char)c) && c != '-')
			break;
		json->bare[0] = c;
		json->bare_len = 1;
		json->state = BARE;
	}
	return NULL;
}

/*
 * Between documents: json-seq's separator, json-sse's "data: ", blanks; whatever
 * else stands there is a line of a log that got in.
 */
static struct kmc_error *take_outside(struct json *json, char c)
{
	struct kmc_error *err = NULL;

	json->value[json->len] = '\0';
	if (c == '{' && (!json->len || !strcmp(json->value, "data: "))) {
		err = open_level(json, true);
	} else if (c == '\n') {
		if (json->len)
			err = log_reader_line(json->text, json->lines, NULL,
					      json->value, json->len);
		json->len = 0;
	} else if (json->len || !(isspace((unsigned char)c) || c == '\036')) {
		add_byte(json, c);
	}
	return err;
}

static struct kmc_error *take_byte(struct json *json, char c)
{
	if (c == '\n') {
		json->lines++;
		/* A string holds no line end, so this one was cut off. */
		if (json->state >= STRING)
			leave_document(json);
	}
	switch (json->state) {
	case OUTSIDE:
		return take_outside(json, c);
	case STRING:
		if (c == '"')
			end_string(json);
		else if (c == '\\')
			json->state = ESCAPE;
		else
			add_byte(json, c);
		return NULL;
	case ESCAPE:
		take_escape(json, c);
		return NULL;
	case UNICODE:
		take_unicode(json, c);
		return NULL;
	case BARE:
		if (isalnum((unsigned char)c) || c == '+' || c == '-' || c == '.') {
			if (json->bare_len < sizeof(json->bare) - 1)
				json->bare[json->bare_len++] = c;
			return NULL;
		}
		end_bare(json);
		break;
	case BETWEEN:
		break;
	}
	return take_between(json, c);
}

static struct kmc_error *json_feed(void *reader, const char *data, size_t len)
{
	struct json *json = reader;
	struct kmc_error *err = NULL;

	for (size_t i = 0; i < len && !err; i++)
		err = take_byte(json, data[i]);
	return err;
}

static struct kmc_error *json_idle(void *reader)
{
	struct json *json = reader;
	struct kmc_error *err = entry_queue_flush(json->queue);

	return err ? err : kmc_text_reader.idle(json->text);
}

static struct kmc_error *json_end(void *reader)
{
	struct json *json = reader;
	struct kmc_error *err = entry_queue_flush(json->queue);

	if (!err && json->state == OUTSIDE && json->len)
		err = log_reader_line(json->text, json->lines + 1, NULL,
				      json->value, json->len);
	return err ? err : kmc_text_reader.end(json->text);
}

const struct kmc_reader_ops kmc_json_reader = {
	.new = json_new,
	.feed = json_feed,
	.idle = json_idle,
	.end = json_end,
	.free = json_free,
};
