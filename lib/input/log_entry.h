/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs that come as entries with fields, one line of the log each.
 */
#ifndef KMC_LOG_ENTRY_H
#define KMC_LOG_ENTRY_H

#include "input/log.h"

/*
 * struct entry - one entry while its fields come
 * @at: line number in the input
 * @foreign: something else than the kernel said it
 * @has_message: @message is in use, even if empty
 * @message: cut after LOG_LINE_MAX bytes
 * @origin: @caller_id is of a boot or of a caller; @boot_time is made of what follows
 * @realtime: when the journal got it, microseconds since 1970, 0 if unknown
 * @monotonic: likewise since boot
 */
struct entry {
	unsigned long at;
	bool foreign;
	bool has_message;
	char message[LOG_LINE_MAX];
	size_t len;
	struct log_origin origin;
	uint64_t realtime;
	uint64_t monotonic;
};

void entry_clear(struct entry *entry);

/* A field of the journal, of dmesg --json or of Docker; what means nothing is ignored. */
void entry_set(struct entry *entry, const char *key, const char *value,
	       size_t len);

/*
 * struct entry_queue - brings entries into the order of time
 *
 * Journals that were merged are out of order by little.
 */
struct entry_queue;

/* @text: a text reader that outlives the queue; NULL when out of memory */
struct entry_queue *entry_queue_new(void *text);
void entry_queue_free(struct entry_queue *queue);

/* Put a copy into the queue if the kernel said it. */
KMC_MUST_CHECK struct kmc_error *entry_queue_add(struct entry_queue *queue,
						 const struct entry *entry);
/* Give all that is there to the text reader. */
KMC_MUST_CHECK struct kmc_error *entry_queue_flush(struct entry_queue *queue);

#endif /* KMC_LOG_ENTRY_H */
