// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is no part of everything: it leaves little to the others, of the memory or
 * of the way that reports go; or it is not work at all.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "stress.h"

/* More and more memory until the kernel kills us, before anybody else. */
static void run_hog(unsigned int round)
{
	size_t size = 4 << 20;

	(void)round;
	write_file("/proc/self/oom_score_adj", "1000");
	/* Or the others are done before the memory is full. */
	need(!setpriority(PRIO_PROCESS, 0, -15));
	for (;;)
		need(mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED);
}

/* A file, with what is left for it; it is removed with the directory. */
static void run_fill(unsigned int round)
{
	static char block[1 << 20];
	int fd = open("file", O_WRONLY | O_CREAT, 0600);

	(void)round;
	need(fd >= 0 && !setpriority(PRIO_PROCESS, 0, -15));
	for (int i = 0; i < 30; i++)
		need(write(fd, block, sizeof(block)) > 0);
}

/*
 * The bugs of the sample module as fast as they come, once with the console, at
 * whose speed that is, and once without.
 */
static void run_flood(unsigned int round)
{
	static const char * const samples[] = {
		"never_written", "padding_copy", "use_after_free", "bitfield", "copy_to_user",
	};
	char path[64], data[256];
	int fds[ARRAY_SIZE(samples)];

	write_file("/proc/sys/kernel/printk", round & 1 ? "1" : "7");
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/kmemcheck_samples/%s", samples[i]);
		fds[i] = open(path, i + 1 < ARRAY_SIZE(samples) ? O_WRONLY : O_RDONLY);
		need(fds[i] >= 0);
	}
	for (int n = 0; n < (round & 1 ? 300 : 10); n++) {
		for (size_t i = 0; i + 1 < ARRAY_SIZE(samples); i++)
			write_all(fds[i], "1", 1);
		need(pread(fds[ARRAY_SIZE(samples) - 1], data, sizeof(data), 0) > 0);
	}
}

/*
 * Hold what the kernel patches its code for, so that it does not for every round
 * of others. When it does, guests with a thread for each CPU in QEMU 7.2 have died
 * of the breakpoint of such a patch after it was gone, with kmemcheck off, too.
 */
static void run_hold(unsigned int round)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_DUMMY,
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	(void)round;
	need(fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)));
	need(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) >= 0);
	alarm(0);
	for (;;)
		pause();
}

const struct part hog_parts[] = {
	{ "hog", run_hog },
	{ "fill", run_fill },
	{ "flood", run_flood },
	{ "hold", run_hold },
	{ }
};
