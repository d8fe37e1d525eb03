// SPDX-License-Identifier: GPL-2.0-only
/* io_uring, by its system calls. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/time_types.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "ring.h"
#include "stress.h"

static void run_uring_file(unsigned int round)
{
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	char data[4096] = "text", back[4096];
	struct iovec iov = { data, sizeof(data) };
	struct statx stx;

	(void)round;
	if (!ring_setup(0))
		return;
	need(fd >= 0);
	ring_queue_io(IORING_OP_NOP, -1, NULL, 0, 0, 0);
	/* One after the other, two of them in a kernel thread. */
	ring_queue_io(IORING_OP_WRITE, fd, data, sizeof(data), 0, IOSQE_IO_LINK);
	ring_queue_io(IORING_OP_FSYNC, fd, NULL, 0, 0, IOSQE_IO_LINK | IOSQE_ASYNC);
	ring_queue_io(IORING_OP_READ, fd, back, sizeof(back), 0, IOSQE_IO_LINK | IOSQE_ASYNC);
	ring_queue_io(IORING_OP_WRITEV, fd, &iov, 1, 4096, 0);
	need(ring_go() == 3 * 4096 && !memcmp(data, back, sizeof(data)));
	/* Memory and files that the ring knows. */
	need(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &iov, 1));
	need(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd, 1));
	ring_queue_io(IORING_OP_READ_FIXED, 0, data, sizeof(data), 0, IOSQE_FIXED_FILE);
	ring_queue_io(IORING_OP_WRITE_FIXED, 0, data, sizeof(data), 8192, IOSQE_FIXED_FILE);
	need(ring_go() == 2 * 4096);
	need(!syscall(SYS_io_uring_register, ring.fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_STATX, .fd = AT_FDCWD,
				      .addr = (uintptr_t)"file", .off = (uintptr_t)&stx,
				      .len = STATX_ALL });
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
				      .addr = (uintptr_t)"new", .len = 0600,
				      .open_flags = O_CREAT | O_RDWR });
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD,
				      .addr = (uintptr_t)"directory", .len = 0700 });
	ring_go();
	need(stx.stx_size == 12288 && !rmdir("directory"));
	ring_close();
}

static void run_uring_poll(unsigned int round)
{
	struct __kernel_timespec soon = { 0, 1000000 };
	char byte, data[2000] = "";
	int ends[2], pair[2];

	(void)round;
	if (!ring_setup(IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP))
		return;
	need(!pipe(ends) && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	/* The read waits for the write. */
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_POLL_ADD, .fd = ends[0],
				      .poll32_events = POLLIN });
	ring_queue_io(IORING_OP_READ, ends[0], &byte, 1, 0, 0);
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_TIMEOUT, .fd = -1,
				      .addr = (uintptr_t)&soon, .len = 1 });
	ring_queue_io(IORING_OP_WRITE, ends[1], "x", 1, 0, 0);
	ring_go();
	ring_queue_io(IORING_OP_RECV, pair[0], data, 1000, 0, 0);
	ring_queue_io(IORING_OP_SEND, pair[1], data, 1000, 0, 0);
	need(ring_go() == 2000);
	ring_queue_io(IORING_OP_READ, ends[0], &byte, 1, 0, IOSQE_IO_LINK);
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_ASYNC_CANCEL, .fd = -1,
				      .addr = 12345 });
	ring.queued = 0;
	/* Left as it is: the end of the ring cancels it. */
	need(syscall(SYS_io_uring_enter, ring.fd, 2, 0, 0, NULL, 0) == 2);
	ring_close();
}

static void run_uring_net(unsigned int round)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct iovec iov = { "text", 4 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);

	(void)round;
	if (!ring_setup(0))
		return;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(!bind(listener, (struct sockaddr *)&address, size) && !listen(listener, 1));
	need(!getsockname(listener, (struct sockaddr *)&address, &size));
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_ACCEPT, .fd = listener });
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_CONNECT, .fd = fd, .off = size,
				      .addr = (uintptr_t)&address });
	need(ring_go() > 0);
	ring_queue_io(IORING_OP_SENDMSG, fd, &message, 1, 0, IOSQE_ASYNC | IOSQE_IO_LINK);
	ring_queue(&(struct io_uring_sqe){ .opcode = IORING_OP_SHUTDOWN, .fd = fd,
					   .len = SHUT_WR });
	ring_go();
	ring_close();
}

const struct part uring_parts[] = {
	{ "uring-file", run_uring_file },
	{ "uring-poll", run_uring_poll },
	{ "uring-net", run_uring_net },
	{ }
};
