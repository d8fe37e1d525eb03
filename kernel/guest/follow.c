// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copy kmemcheck's report stream to a file or serial port until told to stop,
 * then what is left, and wait until that is on the wire. The shell cannot: every
 * process it starts makes reports of its own, and it cannot read without waiting.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			data += n;
			size -= n;
		}
	}
	return 0;
}

/* Everything there is now. */
static int copy(int from, int to)
{
	static char buf[65536];
	ssize_t n;

	for (;;) {
		n = read(from, buf, sizeof(buf));
		if (n > 0 && write_all(to, buf, n))
			return -1;
		if (!n || (n < 0 && errno == EAGAIN))
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
	}
}

static int open_output(const char *path)
{
	struct termios t;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, 0600);

	/* Or the terminal layer would turn each \n into \r\n. */
	if (fd >= 0 && !tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

static int follow(int from, int to)
{
	struct pollfd p = { .fd = from, .events = POLLIN };
	sigset_t block, old;

	/* A signal between the test and the wait must end the wait. */
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	/* From here on nothing is missed: whoever waits may go on. */
	puts("ready");
	fflush(stdout);
	while (!stop) {
		if (ppoll(&p, 1, NULL, &old) < 0 && errno != EINTR)
			return -1;
		if (copy(from, to))
			return -1;
	}
	return copy(from, to);
}

/* "-" is what the shell has opened as standard input. */
static int open_reports(const char *path)
{
	if (strcmp(path, "-"))
		return open(path, O_RDONLY | O_NONBLOCK);
	return fcntl(0, F_SETFL, O_RDONLY | O_NONBLOCK) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc == 4 ? argv[1] : "";
	int from, to;

	if (argc != 3 && strcmp(mode, "--new") && strcmp(mode, "--once")) {
		fputs("usage: follow [--new | --once] REPORTS OUTPUT\n", stderr);
		return 2;
	}
	signal(SIGTERM, on_signal);
	from = open_reports(argv[argc - 2]);
	to = open_output(argv[argc - 1]);
	if (from < 0 || to < 0 ||
	    (!strcmp(mode, "--new") && lseek(from, 0, SEEK_END) < 0) ||
	    (strcmp(mode, "--once") ? follow(from, to) : copy(from, to))) {
		perror("follow");
		return 1;
	}
	tcdrain(to);
	return 0;
}
