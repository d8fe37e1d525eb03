/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs that come as entries with fields, one line of the log each.
 */
#ifndef KMC_LOG_ENTRY_H
#define KMC_LOG_ENTRY_H

#include "input/log_line.h"

/* A boot ID, or the mark of a caller; longer ones are cut. */
#define ENTRY_CALLER_ID_MAX	48

/*
 * struct entry - one entry while its fields come
 * @at: line number in the input
 * @foreign: something else than the kernel said it
 * @has_message: @message is in use, even if empty
 * @message: cut after LOG_LINE_MAX bytes
 * @caller_id: boot or caller, empty if unknown
 * @time: seconds since boot, negative if unknown
 */
struct entry {
	unsigned long at;
	bool foreign;
	bool has_message;
	char message[LOG_LINE_MAX];
	size_t len;
	char caller_id[ENTRY_CALLER_ID_MAX];
	double time;
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
