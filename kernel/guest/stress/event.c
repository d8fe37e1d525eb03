// SPDX-License-Identifier: GPL-2.0-only
/* Waiting for things: poll, epoll and what they wait for; futexes by hand. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "stress.h"

static void run_eventfd(unsigned int round)
{
	int fd = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
	uint64_t value = 0;

	(void)round;
	need(fd >= 0);
	for (int i = 0; i < 3; i++) {
		read_all(fd, &value, sizeof(value));
		need(value == 1);
	}
	need(read(fd, &value, sizeof(value)) == -1 && errno == EAGAIN);
	write_all(fd, &value, sizeof(value));
	need(!close(fd));
}

static void run_timerfd(unsigned int round)
{
	struct itimerspec spec = { { 0, 1000000 }, { 0, 1000000 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t ticks;

	(void)round;
	need(fd >= 0);
	need(!timerfd_settime(fd, 0, &spec, NULL));
	read_all(fd, &ticks, sizeof(ticks));
	need(ticks >= 1);
	need(!timerfd_gettime(fd, &spec) && spec.it_interval.tv_nsec == 1000000);
	need(!close(fd));
}

static void run_epoll(unsigned int round)
{
	int outer = epoll_create1(EPOLL_CLOEXEC), inner = epoll_create1(0);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET }, events[8];
	int pipes[8][2];

	(void)round;
	need(outer >= 0 && inner >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++) {
		need(!pipe(pipes[i]));
		event.data.u64 = i;
		need(!epoll_ctl(inner, EPOLL_CTL_ADD, pipes[i][0], &event));
	}
	event.events = EPOLLIN;
	need(!epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event));
	need(!epoll_wait(outer, events, 8, 1));
	for (size_t i = 0; i < ARRAY_SIZE(pipes); i += 2)
		write_all(pipes[i][1], "x", 1);
	need(epoll_wait(outer, events, 8, -1) == 1);
	need(epoll_wait(inner, events, 8, -1) == 4);
	/* Edges are told once. */
	need(!epoll_wait(inner, events, 8, 0));
	event.events = EPOLLIN | EPOLLONESHOT;
	need(!epoll_ctl(inner, EPOLL_CTL_MOD, pipes[0][0], &event));
	need(epoll_pwait(inner, events, 8, -1, NULL) == 1);
	need(!epoll_ctl(inner, EPOLL_CTL_DEL, pipes[2][0], NULL));
	/* Some are closed while they are watched. */
	for (size_t i = 4; i < ARRAY_SIZE(pipes); i++)
		need(!close(pipes[i][0]) && !close(pipes[i][1]));
	need(!close(inner) && !close(outer));
}

static void run_poll(unsigned int round)
{
	struct pollfd fds[20];
	struct timeval tv = { 0, 1000 };
	struct timespec ts = { 0, 1000000 };
	fd_set set;
	int ends[2];

	(void)round;
	need(!pipe(ends));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = (struct pollfd){ .fd = ends[i & 1], .events = i & 1 ? POLLPRI : POLLIN };
	need(!poll(fds, ARRAY_SIZE(fds), 1));
	need(!ppoll(fds, ARRAY_SIZE(fds), &ts, NULL));
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	need(!select(ends[0] + 1, &set, NULL, NULL, &tv));
	write_all(ends[1], "x", 1);
	need(poll(fds, ARRAY_SIZE(fds), -1) == ARRAY_SIZE(fds) / 2);
	FD_SET(ends[0], &set);
	need(pselect(ends[0] + 1, &set, NULL, NULL, NULL, NULL) == 1);
}

static void run_inotify(unsigned int round)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), watch;
	char events[4096];

	(void)round;
	need(fd >= 0);
	need(!mkdir("watched", 0700));
	watch = inotify_add_watch(fd, "watched", IN_ALL_EVENTS);
	need(watch >= 0);
	write_file("watched/a file with a name", "text");
	need(!rename("watched/a file with a name", "watched/another"));
	need(!chmod("watched/another", 0644) && !unlink("watched/another"));
	need(read(fd, events, sizeof(events)) > 5 * (ssize_t)sizeof(struct inotify_event));
	need(!inotify_rm_watch(fd, watch));
	need(read(fd, events, sizeof(events)) == sizeof(struct inotify_event));
	need(!close(fd));
}

static void run_fanotify(unsigned int round)
{
	int fd = syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_REPORT_DFID_NAME,
			 O_RDONLY);
	char events[4096];

	(void)round;
	if (fd < 0 && errno == ENOSYS) {
		without("CONFIG_FANOTIFY");
		return;
	}
	need(fd >= 0);
	need(!mkdir("watched", 0700));
	need(!syscall(SYS_fanotify_mark, fd, FAN_MARK_ADD,
		      (uint64_t)(FAN_CREATE | FAN_DELETE | FAN_MODIFY | FAN_EVENT_ON_CHILD),
		      AT_FDCWD, "watched"));
	write_file("watched/a file with a name", "text");
	need(!unlink("watched/a file with a name"));
	need(read(fd, events, sizeof(events)) > (ssize_t)sizeof(struct fanotify_event_metadata));
	need(!close(fd));
}

static long futex(uint32_t *word, int op, uint32_t value, const void *timeout, uint32_t *other,
		  uint32_t more)
{
	return syscall(SYS_futex, word, op, value, timeout, other, more);
}

static pid_t wait_shared(uint32_t *words, int op)
{
	pid_t pid = spawn();

	if (!pid) {
		/* It may have been woken before it slept. */
		futex(words, op, 0, NULL, NULL, FUTEX_BITSET_MATCH_ANY);
		__atomic_add_fetch(&words[3], 1, __ATOMIC_SEQ_CST);
		_exit(0);
	}
	return pid;
}

static void run_futex(unsigned int round)
{
	uint32_t *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			       -1, 0);
	struct timespec soon = { 0, 1000000 };
	/* The second does not have that value. */
	struct futex_waitv waiters[2] = {
		{ 0, (uintptr_t)&words[4], FUTEX_32, 0 },
		{ 1, (uintptr_t)&words[5], FUTEX_32, 0 },
	};
	pid_t pids[4];

	(void)round;
	need(words != MAP_FAILED);
	need(futex(words, FUTEX_WAIT, 0, &soon, NULL, 0) == -1 && errno == ETIMEDOUT);
	need(futex(words, FUTEX_WAIT_PRIVATE, 1, &soon, NULL, 0) == -1 && errno == EAGAIN);
	need(!futex(words, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	need(!futex(words, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	words[0] = 0;
	need(syscall(SYS_futex_waitv, waiters, 2, 0, NULL, 0) == -1 && errno == EAGAIN);
	for (int i = 0; i < 4; i++)
		pids[i] = wait_shared(words, i & 1 ? FUTEX_WAIT : FUTEX_WAIT_BITSET);
	usleep(5000);
	/* One woken, the others moved to another word; and woken by an operation. */
	futex(words, FUTEX_CMP_REQUEUE, 1, (void *)4L, words + 1, 0);
	words[0] = 1;
	while (__atomic_load_n(&words[3], __ATOMIC_SEQ_CST) < 4) {
		need(futex(words, FUTEX_WAKE_OP, INT_MAX, (void *)(long)INT_MAX, words + 1,
			   FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_GE, 0)) >= 0);
		usleep(1000);
	}
	for (int i = 0; i < 4; i++)
		reap(pids[i]);
}

const struct part event_parts[] = {
	{ "eventfd", run_eventfd },
	{ "timerfd", run_timerfd },
	{ "epoll", run_epoll },
	{ "poll", run_poll },
	{ "inotify", run_inotify },
	{ "fanotify", run_fanotify },
	{ "futex", run_futex },
	{ }
};
