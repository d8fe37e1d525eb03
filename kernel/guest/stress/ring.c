// SPDX-License-Identifier: GPL-2.0-only
/* io_uring, by its system calls: the ring. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "ring.h"
#include "stress.h"

#define ENTRIES	16

struct ring ring;

static void *map_ring(size_t size, off_t offset)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
		       offset);

	need(p != MAP_FAILED);
	return p;
}

bool ring_setup(unsigned int flags)
{
	memset(&ring, 0, sizeof(ring));
	ring.p.flags = flags;
	ring.p.cq_entries = 4 * ENTRIES;
	ring.fd = syscall(SYS_io_uring_setup, ENTRIES, &ring.p);
	if (ring.fd < 0 && errno == ENOSYS) {
		without("CONFIG_IO_URING");
		return false;
	}
	need(ring.fd >= 0);
	ring.sq = map_ring(ring.p.sq_off.array + ring.p.sq_entries * 4, IORING_OFF_SQ_RING);
	ring.cq = map_ring(ring.p.cq_off.cqes + ring.p.cq_entries * sizeof(struct io_uring_cqe),
			   IORING_OFF_CQ_RING);
	ring.sqes = map_ring(ring.p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	return true;
}

void ring_close(void)
{
	munmap(ring.sq, ring.p.sq_off.array + ring.p.sq_entries * 4);
	munmap(ring.cq, ring.p.cq_off.cqes + ring.p.cq_entries * sizeof(struct io_uring_cqe));
	munmap(ring.sqes, ring.p.sq_entries * sizeof(struct io_uring_sqe));
	need(!close(ring.fd));
}

void ring_queue(const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (void *)(ring.sq + ring.p.sq_off.tail);
	unsigned int i = *tail & (ring.p.sq_entries - 1);

	ring.sqes[i] = *sqe;
	((unsigned int *)(ring.sq + ring.p.sq_off.array))[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	ring.queued++;
}

int ring_go(void)
{
	unsigned int *head = (void *)(ring.cq + ring.p.cq_off.head);
	unsigned int *tail = (void *)(ring.cq + ring.p.cq_off.tail);
	struct io_uring_cqe *cqes = (void *)(ring.cq + ring.p.cq_off.cqes);
	int sum = 0;

	need(syscall(SYS_io_uring_enter, ring.fd, ring.queued, ring.queued,
		     IORING_ENTER_GETEVENTS, NULL, 0) == (long)ring.queued);
	for (; ring.queued; ring.queued--) {
		struct io_uring_cqe *cqe;

		while (*head == __atomic_load_n(tail, __ATOMIC_ACQUIRE))
			need(!syscall(SYS_io_uring_enter, ring.fd, 0, 1, IORING_ENTER_GETEVENTS,
				      NULL, 0));
		cqe = &cqes[*head & (ring.p.cq_entries - 1)];
		/* A timeout ends with this. */
		errno = -cqe->res;
		need(cqe->res >= 0 || cqe->res == -ETIME);
		sum += cqe->res > 0 ? cqe->res : 0;
		__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	}
	return sum;
}

void ring_queue_io(int op, int fd, const void *data, size_t size, uint64_t offset, int flags)
{
	ring_queue(&(struct io_uring_sqe){ .opcode = op, .fd = fd, .addr = (uintptr_t)data,
				      .len = size, .off = offset, .flags = flags });
}
