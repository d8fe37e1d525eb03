/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the mixed workload share. A part is one file's worth of a
 * subject; it runs one round in a process and a directory of its own, and checks
 * everything it does: whatever goes wrong ends that process.
 */
#ifndef KMC_STRESS_H
#define KMC_STRESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct part {
	const char *name;
	/* Rounds differ where there is more to do than fits into one. */
	void (*run)(unsigned int round);
};

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* End the process, and say so, when this does not hold. */
#define need(condition)							\
	do {								\
		if (!(condition))					\
			failed(__FILE__, __LINE__, #condition);		\
	} while (0)

void failed(const char *file, int line, const char *what) __attribute__((noreturn));

/*
 * Say that the kernel was built without something, which a test compares with its
 * configuration.
 */
void without(const char *option);

void write_all(int fd, const void *data, size_t size);
void read_all(int fd, void *data, size_t size);
void write_file(const char *path, const char *text);

/* Wait for a child that has to end with status 0. */
void reap(pid_t pid);

/* fork(), which has to work; in the child, what fails ends only the child. */
pid_t spawn(void);

/* A child that ends at once. */
void spawn_and_reap(void);

/* All that this program does, and an end. */
extern const struct part * const tables[];

/* One for each file, each ends with an empty entry. */
extern const struct part process_parts[];
extern const struct part trace_parts[];
extern const struct part namespace_parts[];
extern const struct part signal_parts[];
extern const struct part event_parts[];
extern const struct part ipc_parts[];
extern const struct part memory_parts[];
extern const struct part file_parts[];
extern const struct part pipe_parts[];
extern const struct part inet_parts[];
extern const struct part netlink_parts[];
extern const struct part uring_parts[];
extern const struct part filter_parts[];
/* Only when named. */
extern const struct part hog_parts[];

#endif
