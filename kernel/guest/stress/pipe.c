// SPDX-License-Identifier: GPL-2.0-only
/* Pipes, and what moves data through them without copying it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include "stress.h"

static void run_pipe(unsigned int round)
{
	char data[6000], back[6000];
	int ends[2], left;
	pid_t pid;

	(void)round;
	memset(data, 'x', sizeof(data));
	need(!pipe2(ends, O_CLOEXEC));
	pid = spawn();
	if (!pid) {
		/* More than fits, so that it sleeps. */
		for (int i = 0; i < 20; i++)
			write_all(ends[1], data, sizeof(data));
		_exit(0);
	}
	for (int i = 0; i < 20; i++) {
		read_all(ends[0], back, sizeof(back));
		need(!memcmp(back, data, sizeof(back)));
	}
	reap(pid);
	need(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) == 1 << 20 && fcntl(ends[0], F_GETPIPE_SZ) > 0);
	write_all(ends[1], data, 3);
	need(!ioctl(ends[0], FIONREAD, &left) && left == 3);
	need(!close(ends[0]) && !close(ends[1]));
	/* In packets. */
	need(!pipe2(ends, O_DIRECT));
	write_all(ends[1], data, 5);
	write_all(ends[1], data, 7);
	need(read(ends[0], back, sizeof(back)) == 5 && read(ends[0], back, 3) == 3);
}

static void run_fifo(unsigned int round)
{
	char byte;
	int fd;
	pid_t pid;

	(void)round;
	need(!mkfifo("fifo", 0600));
	pid = spawn();
	if (!pid) {
		fd = open("fifo", O_WRONLY);
		need(fd >= 0);
		write_all(fd, "x", 1);
		_exit(0);
	}
	fd = open("fifo", O_RDONLY);
	need(fd >= 0);
	read_all(fd, &byte, 1);
	need(read(fd, &byte, 1) == 0);
	reap(pid);
}

static void run_splice(unsigned int round)
{
	int in = open("in", O_RDWR | O_CREAT, 0600), out = open("out", O_RDWR | O_CREAT, 0600);
	int first[2], second[2], ends[2];
	char page[4096], back[4096];
	struct iovec iov = { page, sizeof(page) };

	(void)round;
	memset(page, 'p', sizeof(page));
	need(in >= 0 && out >= 0 && !pipe(first) && !pipe(second));
	need(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	for (int i = 0; i < 4; i++)
		write_all(in, page, sizeof(page));
	need(lseek(in, 0, SEEK_SET) == 0);
	/* file to pipe, to another, one of which to a file, the other to a socket */
	need(splice(in, NULL, first[1], NULL, 8192, SPLICE_F_MOVE) == 8192);
	need(tee(first[0], second[1], 8192, 0) > 0);
	need(splice(first[0], NULL, out, NULL, 8192, 0) > 0);
	need(splice(second[0], NULL, ends[0], NULL, 4096, SPLICE_F_MORE) == 4096);
	read_all(ends[1], back, sizeof(back));
	need(!memcmp(back, page, sizeof(page)));
	need(splice(second[0], NULL, out, NULL, 4096, 0) > 0);
	need(vmsplice(first[1], &iov, 1, 0) == sizeof(page));
	need(splice(first[0], NULL, out, NULL, sizeof(page), 0) == sizeof(page));
	need(sendfile(ends[0], in, NULL, 4096) == 4096);
	read_all(ends[1], back, sizeof(back));
	need(sendfile(out, in, NULL, 100) == 100);
	/* into a pipe from a socket */
	write_all(ends[0], page, 1000);
	need(splice(ends[1], NULL, second[1], NULL, 1000, 0) == 1000);
	read_all(second[0], back, 1000);
}

const struct part pipe_parts[] = {
	{ "pipe", run_pipe },
	{ "fifo", run_fifo },
	{ "splice", run_splice },
	{ }
};
