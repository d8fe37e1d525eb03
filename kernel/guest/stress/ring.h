/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring, by its system calls: the ring. */
#ifndef KMC_RING_H
#define KMC_RING_H

#include <linux/io_uring.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* There is one at a time. */
extern struct ring {
	int fd;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params p;
	unsigned int queued;
} ring;

/* Return: false when the kernel is without it. */
bool ring_setup(unsigned int flags);
void ring_close(void);

void ring_queue(const struct io_uring_sqe *sqe);
void ring_queue_io(int op, int fd, const void *data, size_t size, uint64_t offset, int flags);

/* Submit and wait for all. Return: the sum of the results, with none negative. */
int ring_go(void);

#endif
