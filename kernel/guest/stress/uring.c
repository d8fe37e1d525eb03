// SPDX-License-Identifier: GPL-2.0-only
/* io_uring, by its system calls. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "stress.h"

#define ENTRIES	16

static struct {
	int fd;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params p;
	unsigned int queued;
} ring;

static void *map_ring(size_t size, off_t offset)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
		       offset);

	need(p != MAP_FAILED);
	return p;
}

static bool setup(unsigned int flags)
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

static void close_ring(void)
{
	munmap(ring.sq, ring.p.sq_off.array + ring.p.sq_entries * 4);
	munmap(ring.cq, ring.p.cq_off.cqes + ring.p.cq_entries * sizeof(struct io_uring_cqe));
	munmap(ring.sqes, ring.p.sq_entries * sizeof(struct io_uring_sqe));
	need(!close(ring.fd));
}

static void queue(const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (void *)(ring.sq + ring.p.sq_off.tail);
	unsigned int i = *tail & (ring.p.sq_entries - 1);

	ring.sqes[i] = *sqe;
	((unsigned int *)(ring.sq + ring.p.sq_off.array))[i] = i;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	ring.queued++;
}

/* Submit and wait for all. Return: the sum of the results, with none negative. */
static int go(void)
{
	unsigned int *head = (void *)(ring.cq + ring.p.cq_off.head);
	unsigned int *tail = (void *)(ring.cq + ring.p.cq_off.tail);
	struct io_uring_cqe *cqes = (void *)(ring.cq + ring.p.cq_off.cqes);
	int sum = 0;

	need(syscall(SYS_io_uring_enter, ring.fd, ring.queued, ring.queued,
		     IORING_ENTER_GETEVENTS, NULL, 0) == ring.queued);
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

static void queue_io(int op, int fd, const void *data, size_t size, uint64_t offset, int flags)
{
	queue(&(struct io_uring_sqe){ .opcode = op, .fd = fd, .addr = (uintptr_t)data,
				      .len = size, .off = offset, .flags = flags });
}

static void run_uring_file(unsigned int round)
{
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	char data[4096] = "text", back[4096];
	struct iovec iov = { data, sizeof(data) };
	struct statx stx;

	(void)round;
	if (!setup(0))
		return;
	need(fd >= 0);
	queue_io(IORING_OP_NOP, -1, NULL, 0, 0, 0);
	/* One after the other, two of them in a kernel thread. */
	queue_io(IORING_OP_WRITE, fd, data, sizeof(data), 0, IOSQE_IO_LINK);
	queue_io(IORING_OP_FSYNC, fd, NULL, 0, 0, IOSQE_IO_LINK | IOSQE_ASYNC);
	queue_io(IORING_OP_READ, fd, back, sizeof(back), 0, IOSQE_IO_LINK | IOSQE_ASYNC);
	queue_io(IORING_OP_WRITEV, fd, &iov, 1, 4096, 0);
	need(go() == 3 * 4096 && !memcmp(data, back, sizeof(data)));
	/* Memory and files that the ring knows. */
	need(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &iov, 1));
	need(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd, 1));
	queue_io(IORING_OP_READ_FIXED, 0, data, sizeof(data), 0, IOSQE_FIXED_FILE);
	queue_io(IORING_OP_WRITE_FIXED, 0, data, sizeof(data), 8192, IOSQE_FIXED_FILE);
	need(go() == 2 * 4096);
	need(!syscall(SYS_io_uring_register, ring.fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_STATX, .fd = AT_FDCWD,
				      .addr = (uintptr_t)"file", .off = (uintptr_t)&stx,
				      .len = STATX_ALL });
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
				      .addr = (uintptr_t)"new", .len = 0600,
				      .open_flags = O_CREAT | O_RDWR });
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD,
				      .addr = (uintptr_t)"directory", .len = 0700 });
	go();
	need(stx.stx_size == 12288 && !rmdir("directory"));
	close_ring();
}

static void run_uring_poll(unsigned int round)
{
	struct __kernel_timespec soon = { 0, 1000000 };
	char byte, data[2000] = "";
	int ends[2], pair[2];

	(void)round;
	if (!setup(IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP))
		return;
	need(!pipe(ends) && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	/* The read waits for the write. */
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_POLL_ADD, .fd = ends[0],
				      .poll32_events = POLLIN });
	queue_io(IORING_OP_READ, ends[0], &byte, 1, 0, 0);
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_TIMEOUT, .fd = -1,
				      .addr = (uintptr_t)&soon, .len = 1 });
	queue_io(IORING_OP_WRITE, ends[1], "x", 1, 0, 0);
	go();
	queue_io(IORING_OP_RECV, pair[0], data, 1000, 0, 0);
	queue_io(IORING_OP_SEND, pair[1], data, 1000, 0, 0);
	need(go() == 2000);
	queue_io(IORING_OP_READ, ends[0], &byte, 1, 0, IOSQE_IO_LINK);
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_ASYNC_CANCEL, .fd = -1,
				      .addr = 12345 });
	ring.queued = 0;
	/* Left as it is: the end of the ring cancels it. */
	need(syscall(SYS_io_uring_enter, ring.fd, 2, 0, 0, NULL, 0) == 2);
	close_ring();
}

static void run_uring_net(unsigned int round)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct iovec iov = { "text", 4 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);

	(void)round;
	if (!setup(0))
		return;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(!bind(listener, (struct sockaddr *)&address, size) && !listen(listener, 1));
	need(!getsockname(listener, (struct sockaddr *)&address, &size));
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_ACCEPT, .fd = listener });
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_CONNECT, .fd = fd, .off = size,
				      .addr = (uintptr_t)&address });
	need(go() > 0);
	queue_io(IORING_OP_SENDMSG, fd, &message, 1, 0, IOSQE_ASYNC | IOSQE_IO_LINK);
	queue(&(struct io_uring_sqe){ .opcode = IORING_OP_SHUTDOWN, .fd = fd, .len = SHUT_WR });
	go();
	close_ring();
}

const struct part uring_parts[] = {
	{ "uring-file", run_uring_file },
	{ "uring-poll", run_uring_poll },
	{ "uring-net", run_uring_net },
	{ }
};
