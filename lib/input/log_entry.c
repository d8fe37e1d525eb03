// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries of the journal and of dmesg --json to lines in the order of time.
 */
#include "input/log_entry.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "input/log.h"
#include "input/log_prefix.h"

/* So many entries may come too early; a report has less than a hundred lines. */
#define WINDOW		256

struct slot {
	unsigned long at;
	struct log_origin origin;
	size_t len;
	char message[];
};

/*
 * struct entry_queue - entries in order
 * @text: where they go
 */
struct entry_queue {
	void *text;
	struct slot *slots[WINDOW];
	size_t count;
};

/* ---- fields ---- */

void entry_clear(struct entry *entry)
{
	entry->foreign = false;
	entry->has_message = false;
	entry->len = 0;
	entry->realtime = 0;
	entry->monotonic = 0;
	entry->origin = (struct log_origin) { .time = -1 };
}

/* Not a date, which begins as one. */
static bool is_number(const char *s)
{
	s += strspn(s, " ");
	return isdigit((unsigned char)*s) && !s[strspn(s, "0123456789.")];
}

/*
 * The field of one message. dmesg --json with --file of util-linux 2.38 puts the
 * rest of the file behind it, where each line starts with "<4>" again.
 */
static size_t one_message(const char *value, size_t len)
{
	const char *rest = memmem(value, len, "\n<", 2);

	return rest ? (size_t)(rest - value) : len;
}

static void set_message(struct entry *entry, const char *value, size_t len)
{
	entry->len = len < sizeof(entry->message) ? len :
		     sizeof(entry->message);
	memcpy(entry->message, value, entry->len);
	entry->has_message = true;
}

/* The journal's; Docker's, and those of what collects logs from there. */
static bool is_message(const char *key)
{
	static const char * const keys[] = { "MESSAGE", "log", "message" };

	for (size_t i = 0; i < KMC_ARRAY_SIZE(keys); i++) {
		if (!strcmp(key, keys[i]))
			return true;
	}
	return false;
}

/* Lines of one boot are one text; what is no UUID tells them apart all the same. */
static void set_boot(struct entry *entry, const char *value)
{
	struct log_origin *origin = &entry->origin;
	const size_t len = strlen(value);

	snprintf(origin->caller_id, sizeof(origin->caller_id), "%s", value);
	if (len < sizeof(origin->boot_id) && strspn(value, "0123456789abcdef-") == len)
		memcpy(origin->boot_id, value, len + 1);
}

/* 0: it is no number, or none that a clock has. */
static uint64_t microseconds(const char *value)
{
	const size_t len = strspn(value, "0123456789");

	return len && len <= 16 && !value[len] ? strtoull(value, NULL, 10) : 0;
}

void entry_set(struct entry *entry, const char *key, const char *value,
	       size_t len)
{
	if (is_message(key))
		set_message(entry, value, len);
	else if (!strcmp(key, "msg"))
		set_message(entry, value, one_message(value, len));
	else if (!strcmp(key, "_TRANSPORT"))
		entry->foreign = strcmp(value, "kernel") != 0;
	else if (!strcmp(key, "_BOOT_ID"))
		set_boot(entry, value);
	else if (!strcmp(key, "caller"))
		snprintf(entry->origin.caller_id, sizeof(entry->origin.caller_id), "%s", value);
	else if (!strcmp(key, "__REALTIME_TIMESTAMP"))
		entry->realtime = microseconds(value);
	else if (!strcmp(key, "__MONOTONIC_TIMESTAMP"))
		entry->monotonic = microseconds(value);
	/* When it was printed, in place of when the journal got it. */
	else if (!strcmp(key, "_SOURCE_MONOTONIC_TIMESTAMP") && is_number(value))
		entry->origin.time = log_seconds(value, 6);
	else if (!strcmp(key, "time") && is_number(value))
		entry->origin.time = log_seconds(value, 0);
}

/* ---- order ---- */

struct entry_queue *entry_queue_new(void *text)
{
	struct entry_queue *queue = calloc(1, sizeof(*queue));

	if (queue)
		queue->text = text;
	return queue;
}

void entry_queue_free(struct entry_queue *queue)
{
	if (!queue)
		return;
	for (size_t i = 0; i < queue->count; i++)
		free(queue->slots[i]);
	free(queue);
}

/* One entry may hold several lines. */
static struct kmc_error *give(struct entry_queue *queue,
			      const struct slot *slot)
{
	const char *data = slot->message;
	size_t left = slot->len;
	struct kmc_error *err;

	do {
		const char *eol = memchr(data, '\n', left);
		size_t len = eol ? (size_t)(eol - data) : left;

		err = log_reader_line(queue->text, slot->at, &slot->origin, data, len);
		len += eol != NULL;
		data += len;
		left -= len;
	} while (left && !err);
	return err;
}

static struct kmc_error *give_first(struct entry_queue *queue, size_t n)
{
	struct kmc_error *err = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!err)
			err = give(queue, queue->slots[i]);
		free(queue->slots[i]);
	}
	queue->count -= n;
	memmove(queue->slots, queue->slots + n,
		queue->count * sizeof(queue->slots[0]));
	return err;
}

/* In front of those of the same boot that are later; nearly always the end. */
static size_t find_place(const struct entry_queue *queue,
			 const struct slot *slot)
{
	size_t place = queue->count;

	if (slot->origin.time < 0)
		return place;
	for (size_t i = queue->count; i-- > 0;) {
		const struct slot *other = queue->slots[i];

		if (strcmp(other->origin.caller_id, slot->origin.caller_id))
			continue;
		if (other->origin.time <= slot->origin.time)
			break;
		place = i;
	}
	return place;
}

struct kmc_error *entry_queue_add(struct entry_queue *queue,
				  const struct entry *entry)
{
	struct kmc_error *err = NULL;
	struct slot *slot;
	size_t place;

	if (!entry->has_message || entry->foreign)
		return NULL;
	if (queue->count == WINDOW)
		err = give_first(queue, WINDOW / 2);
	if (err)
		return err;
	slot = malloc(sizeof(*slot) + entry->len);
	if (!slot)
		return kmc_error_nomem();
	slot->at = entry->at;
	slot->origin = entry->origin;
	/* The clocks may differ by more when the machine was suspended. */
	if (entry->monotonic && entry->realtime > entry->monotonic)
		slot->origin.boot_time = (entry->realtime - entry->monotonic) * 1000;
	slot->len = entry->len;
	memcpy(slot->message, entry->message, entry->len);
	place = find_place(queue, slot);
	memmove(queue->slots + place + 1, queue->slots + place,
		(queue->count - place) * sizeof(queue->slots[0]));
	queue->slots[place] = slot;
	queue->count++;
	return NULL;
}

struct kmc_error *entry_queue_flush(struct entry_queue *queue)
{
	return give_first(queue, queue->count);
}
