// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the ring that readers of debugfs follow.
 *
 * A ring of bytes that holds whole records; a new one overwrites the oldest.
 * Each reader has its own position and takes nothing away from the others.
 */
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "kmemcheck.h"
#include "report.h"
#include "ring.h"

/* Some 300 reports. */
#define RING_SIZE	(1UL << 20)

static struct {
	raw_spinlock_t lock;
	u8 *data;
	u64 head;		/* bytes ever written */
	u64 tail;		/* of them, overwritten */
	u64 head_nr;		/* the same in reports, lost ones included */
	u64 tail_nr;
} ring = { .lock = __RAW_SPIN_LOCK_UNLOCKED(ring.lock) };

DECLARE_WAIT_QUEUE_HEAD(kmemcheck_ring_wait);

int kmemcheck_ring_init(void)
{
	BUILD_BUG_ON(!is_power_of_2(RING_SIZE));
	BUILD_BUG_ON(RING_SIZE < 4 * KMEMCHECK_RECORD_MAX);
	ring.data = vzalloc(RING_SIZE);
	return ring.data ? 0 : -ENOMEM;
}

static void copy_in(u64 pos, const void *src, size_t size)
{
	size_t at = pos % RING_SIZE, first = min(size, RING_SIZE - at);

	memcpy(ring.data + at, src, first);
	memcpy(ring.data, src + first, size - first);
}

static void copy_out(void *dst, u64 pos, size_t size)
{
	size_t at = pos % RING_SIZE, first = min(size, RING_SIZE - at);

	memcpy(dst, ring.data + at, first);
	memcpy(dst + first, ring.data, size - first);
}

/* How many reports the record at @pos stands for. */
static u64 record_weight(u64 pos, const struct kmemcheck_record *head)
{
	struct kmemcheck_lost lost;

	if (head->type == KMEMCHECK_RECORD_REPORT)
		return 1;
	copy_out(&lost, pos + sizeof(*head) + sizeof(struct kmemcheck_section),
		 sizeof(lost));
	return lost.count;
}

static void drop_oldest(void)
{
	struct kmemcheck_record head;

	copy_out(&head, ring.tail, sizeof(head));
	/* Nothing can be found behind it: forget all of them. */
	if (KMEMCHECK_WARN_ON(head.magic != KMEMCHECK_MAGIC || head.size < sizeof(head) ||
			      head.size > ring.head - ring.tail)) {
		ring.tail_nr = ring.head_nr;
		ring.tail = ring.head;
		return;
	}
	ring.tail_nr += record_weight(ring.tail, &head);
	ring.tail += head.size;
}

/**
 * kmemcheck_ring_append() - add a record
 * @record: a report or a loss
 * @size: of it
 * @nr: number of reports it stands for
 */
void kmemcheck_ring_append(const void *record, size_t size, u64 nr)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ring.lock, flags);
	while (ring.head + size - ring.tail > RING_SIZE)
		drop_oldest();
	copy_in(ring.head, record, size);
	ring.head += size;
	ring.head_nr += nr;
	raw_spin_unlock_irqrestore(&ring.lock, flags);
}

/**
 * kmemcheck_reader_init() - start at the oldest record there is
 * @reader: to set up
 *
 * What was overwritten before anybody could open the file is told, too.
 */
void kmemcheck_reader_init(struct kmemcheck_reader *reader)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ring.lock, flags);
	*reader = (struct kmemcheck_reader) {
		.pos = ring.tail,
		.nr = ring.tail_nr,
		.missed = ring.tail_nr,
	};
	raw_spin_unlock_irqrestore(&ring.lock, flags);
}

/**
 * kmemcheck_reader_skip() - go behind the newest record
 * @reader: that is not interested in the past, nor in what it misses there
 */
void kmemcheck_reader_skip(struct kmemcheck_reader *reader)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&ring.lock, flags);
	reader->pos = ring.head;
	reader->nr = ring.head_nr;
	reader->missed = 0;
	raw_spin_unlock_irqrestore(&ring.lock, flags);
}

bool kmemcheck_reader_ready(struct kmemcheck_reader *reader)
{
	return !reader->started || reader->missed || READ_ONCE(ring.head) != reader->pos;
}

/* Move a reader that was overtaken to what is left. */
static void catch_up(struct kmemcheck_reader *reader)
{
	if (reader->pos >= ring.tail)
		return;
	reader->missed += ring.tail_nr - reader->nr;
	kmemcheck_counter_add(KMEMCHECK_COUNTER_OVERRUNS, ring.tail_nr - reader->nr);
	reader->pos = ring.tail;
	reader->nr = ring.tail_nr;
}

/**
 * kmemcheck_reader_next() - the next record for this reader
 * @reader: its position
 * @buf: KMEMCHECK_RECORD_MAX bytes
 *
 * Where newer records have overwritten what the reader had not read, there is a record
 * that says how many those were.
 *
 * Return: bytes in @buf, 0 when there is nothing new.
 */
size_t kmemcheck_reader_next(struct kmemcheck_reader *reader, void *buf)
{
	struct kmemcheck_record *head = buf;
	unsigned long flags;
	size_t size = 0;
	u64 missed;

	if (!reader->started) {
		reader->started = true;
		return kmemcheck_encode_header(buf, KMEMCHECK_RECORD_MAX);
	}

	raw_spin_lock_irqsave(&ring.lock, flags);
	catch_up(reader);
	missed = reader->missed;
	reader->missed = 0;
	if (!missed && reader->pos != ring.head) {
		copy_out(head, reader->pos, sizeof(*head));
		copy_out(buf, reader->pos, head->size);
		reader->nr += record_weight(reader->pos, head);
		reader->pos += head->size;
		size = head->size;
	}
	raw_spin_unlock_irqrestore(&ring.lock, flags);
	return missed ? kmemcheck_encode_lost(missed, KMEMCHECK_LOST_READER, buf,
					      KMEMCHECK_RECORD_MAX) : size;
}
