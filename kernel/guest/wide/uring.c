// SPDX-License-Identifier: GPL-2.0-only
/* More of io_uring: names, several answers to one request, buffers that the kernel chooses. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/time_types.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../stress/ring.h"
#include "wide.h"

static void one(const struct io_uring_sqe *sqe)
{
	ring_queue(sqe);
	ring_go();
}

static void run_uring_names(unsigned int round)
{
	char value[16] = "value";
	int fd;

	ring_setup(round & 1 ? 0 : IORING_SETUP_COOP_TASKRUN);
	fd = open("file", O_RDWR | O_CREAT, 0600);
	need(fd >= 0);
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_FALLOCATE, .fd = fd, .addr = 8192 });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_FSETXATTR, .fd = fd,
				    .addr = (uintptr_t)"trusted.x", .addr2 = (uintptr_t)value,
				    .len = 5 });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_FGETXATTR, .fd = fd,
				    .addr = (uintptr_t)"trusted.x", .addr2 = (uintptr_t)value,
				    .len = sizeof(value) });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_LINKAT, .fd = AT_FDCWD,
				    .addr = (uintptr_t)"file", .len = AT_FDCWD,
				    .addr2 = (uintptr_t)"other" });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD,
				    .addr = (uintptr_t)"other", .len = AT_FDCWD,
				    .addr2 = (uintptr_t)"third" });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_SYMLINKAT, .fd = AT_FDCWD,
				    .addr = (uintptr_t)"file", .addr2 = (uintptr_t)"link" });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD,
				    .addr = (uintptr_t)"third" });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_FADVISE, .fd = fd });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_CLOSE, .fd = fd });
	ring_close();
}

/* Buffers are given to the kernel, which takes one of them for each packet. */
static void run_uring_buffers(unsigned int round)
{
	static char buffers[4][512];
	int pair[2];

	(void)round;
	ring_setup(0);
	need(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_PROVIDE_BUFFERS, .fd = 4,
				    .addr = (uintptr_t)buffers, .len = sizeof(buffers[0]),
				    .buf_group = 7 });
	for (int i = 0; i < 4; i++) {
		ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_RECV, .fd = pair[0],
						   .len = sizeof(buffers[0]), .buf_group = 7,
						   .flags = IOSQE_BUFFER_SELECT });
		ring_queue_io(IORING_OP_SEND, pair[1], "packet", 6, 0, 0);
		need(ring_go() == 12);
	}
	need(!close(pair[0]) && !close(pair[1]));
	ring_close();
}

static void run_uring_events(unsigned int round)
{
	struct __kernel_timespec soon = { 0, 2000000 }, late = { 100, 0 };
	struct epoll_event event = { .events = EPOLLIN };
	int ends[2], epoll = epoll_create1(0);
	struct pollfd p;
	char byte;

	(void)round;
	ring_setup(0);
	need(!pipe(ends) && epoll >= 0);
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_EPOLL_CTL, .fd = epoll,
				    .len = EPOLL_CTL_ADD, .off = ends[0],
				    .addr = (uintptr_t)&event });
	/* Of two timeouts the first one ends a read that nothing else would. */
	ring_queue_io(IORING_OP_READ, ends[0], &byte, 1, 0, IOSQE_IO_LINK);
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_LINK_TIMEOUT, .fd = -1,
					   .addr = (uintptr_t)&soon, .len = 1 });
	need(syscall(SYS_io_uring_enter, ring.fd, 2, 2, IORING_ENTER_GETEVENTS, NULL, 0) == 2);
	ring.queued = 0;
	/* One that is told again and again, then taken back with all else. */
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_POLL_ADD, .fd = ends[0],
					   .poll32_events = POLLIN, .len = IORING_POLL_ADD_MULTI });
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_TIMEOUT, .fd = -1,
					   .addr = (uintptr_t)&late, .len = 1, .user_data = 5 });
	need(syscall(SYS_io_uring_enter, ring.fd, 2, 0, 0, NULL, 0) == 2);
	ring.queued = 0;
	for (int i = 0; i < 3; i++)
		need(write(ends[1], "x", 1) == 1 && read(ends[0], &byte, 1) == 1);
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_TIMEOUT_REMOVE, .fd = -1,
					   .addr = 5 });
	need(syscall(SYS_io_uring_enter, ring.fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1);
	p = (struct pollfd){ ring.fd, POLLIN, 0 };
	need(poll(&p, 1, 1000) == 1);
	ring.queued = 0;
	ring_close();
	need(!close(ends[0]) && !close(ends[1]) && !close(epoll));
}

static void run_uring_splice(unsigned int round)
{
	int ends[2], others[2], fd = open("file", O_RDWR | O_CREAT, 0600);
	char data[4096] = "text";

	(void)round;
	ring_setup(0);
	need(fd >= 0 && !pipe(ends) && !pipe(others));
	write_all(fd, data, sizeof(data));
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_SPLICE, .fd = ends[1], .splice_fd_in = fd,
				    .off = -1, .splice_off_in = 0, .len = 4096 });
	one(&(struct io_uring_sqe){ .opcode = IORING_OP_TEE, .fd = others[1],
				    .splice_fd_in = ends[0], .len = 4096 });
	read_all(others[0], data, sizeof(data));
	need(!strcmp(data, "text"));
	ring_close();
}

const struct part wide_uring_parts[] = {
	{ "uring-names", run_uring_names },
	{ "uring-buffers", run_uring_buffers },
	{ "uring-events", run_uring_events },
	{ "uring-splice", run_uring_splice },
	{ }
};
