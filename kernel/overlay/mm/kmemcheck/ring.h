/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the ring of records that readers of debugfs follow.
 */
#ifndef _MM_KMEMCHECK_RING_H
#define _MM_KMEMCHECK_RING_H

#include <linux/types.h>
#include <linux/wait.h>

struct kmemcheck_reader {
	u64 pos;		/* in the ring's byte stream */
	u64 nr;			/* reports before pos */
	u64 missed;		/* to be told with the next record */
	bool started;		/* has got the header */
};

extern struct wait_queue_head kmemcheck_ring_wait;

int kmemcheck_ring_init(void);
void kmemcheck_ring_append(const void *record, size_t size, u64 nr);
void kmemcheck_reader_init(struct kmemcheck_reader *reader);
void kmemcheck_reader_skip(struct kmemcheck_reader *reader);
bool kmemcheck_reader_ready(struct kmemcheck_reader *reader);
size_t kmemcheck_reader_next(struct kmemcheck_reader *reader, void *buf);

#endif /* _MM_KMEMCHECK_RING_H */
