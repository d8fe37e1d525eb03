// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Extended netconsole sends a message that is too long for a packet in several:
 * "6,416,1758426,-,ncfrag=0/31;the first chunk," is its first 16 of 31 bytes.
 */
#include "input/log_frag.h"

#include <stdio.h>
#include <string.h>

static const char mark[] = ",ncfrag=";

const char *log_frag_find(const char *data, size_t len)
{
	return memmem(data, len, mark, strlen(mark));
}

/* The message whose header this is; else the oldest gives way to it. */
static struct log_frag *find(struct log_frags *frags, const char *id,
			     size_t len)
{
	struct log_frag *oldest = &frags->list[0];

	for (size_t i = 0; i < LOG_FRAGS; i++) {
		struct log_frag *frag = &frags->list[i];

		if (frag->total && strlen(frag->id) == len &&
		    !memcmp(frag->id, id, len))
			return frag;
		if (!frag->total || (oldest->total && frag->at < oldest->at))
			oldest = frag;
	}
	memset(oldest, 0, sizeof(*oldest));
	memcpy(oldest->id, id, len);
	return oldest;
}

/* Each byte counts once, even when a packet came twice. */
static void copy(struct log_frag *frag, size_t offset, const char *data,
		 size_t len)
{
	if (len > frag->total - offset)
		len = frag->total - offset;
	for (size_t i = 0; i < len; i++) {
		frag->got += !frag->data[offset + i];
		frag->data[offset + i] = data[i] ? data[i] : '?';
	}
}

static struct log_frag *add_one(struct log_frags *frags, unsigned long at,
				const char *id, size_t id_len,
				const char *data, size_t len)
{
	char numbers[32];
	size_t offset, total, n = 0;
	struct log_frag *frag;
	int end = 0;

	while (n < len && n < sizeof(numbers) - 1 && data[n] != ';') {
		numbers[n] = data[n];
		n++;
	}
	numbers[n] = '\0';
	if (n == len || data[n] != ';' ||
	    sscanf(numbers, "%4zu/%4zu%n", &offset, &total, &end) != 2 ||
	    (size_t)end != n || offset >= total || total >= LOG_LINE_MAX / 2)
		return NULL;
	frag = find(frags, id, id_len);
	if (frag->total && frag->total != total)
		return NULL;
	frag->total = total;
	frag->at = at;
	copy(frag, offset, data + n + 1, len - n - 1);
	return frag->got == total ? frag : NULL;
}

struct log_frag *log_frag_add(struct log_frags *frags, unsigned long at,
			      const char *data, size_t len)
{
	const char *end = data + len;
	const char *found = log_frag_find(data, len);
	size_t id_len = found - data;
	struct log_frag *whole = NULL;

	if (!id_len || id_len >= sizeof(frags->list[0].id) ||
	    memchr(data, '\0', id_len))
		return NULL;
	/* Packets have no line end between them, unless a receiver adds one. */
	while (found) {
		const char *body = found + strlen(mark);
		const char *next = memmem(body, end - body, data,
					  id_len + strlen(mark));
		const char *stop = next ? next : end;

		if (stop > body && stop[-1] == '\r')
			stop--;
		whole = add_one(frags, at, data, id_len, body, stop - body);
		found = next ? next + id_len : NULL;
	}
	return whole;
}

bool log_frag_pending(struct log_frags *frags, unsigned long before)
{
	bool pending = false;

	for (size_t i = 0; i < LOG_FRAGS; i++) {
		struct log_frag *frag = &frags->list[i];

		if (frag->total && frag->at < before)
			frag->total = 0;
		pending |= frag->total;
	}
	return pending;
}
