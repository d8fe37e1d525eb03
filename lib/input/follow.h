/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows a file by its name, as tail -F does: while it grows, when it is truncated, and
 * when another file gets its name.
 */
#ifndef KMC_FOLLOW_H
#define KMC_FOLLOW_H

#include <stddef.h>
#include <sys/types.h>

struct kmc_follow;

/*
 * kmc_follow_new() - follow a file
 * @path: its name, which outlives this; "-": it has none
 * @fd: the file; from now on it is kmc_follow_read() that reads it, and closes it when
 *	another one takes its place
 *
 * Return: NULL when out of memory.
 */
struct kmc_follow *kmc_follow_new(const char *path, int fd);

/* All but the file that is being read. */
void kmc_follow_free(struct kmc_follow *follow);

/* The file that is being read. */
int kmc_follow_fd(const struct kmc_follow *follow);

/* Readable when something may have happened; -1 if it can only be looked for. */
int kmc_follow_notify(const struct kmc_follow *follow);

/*
 * enum kmc_follow_name - what has the name
 * @FOLLOW_KNOWN: nothing new
 * @FOLLOW_OTHER: another file, which will be read next
 * @FOLLOW_GONE: none, for longer than a rotation takes
 */
enum kmc_follow_name { FOLLOW_KNOWN, FOLLOW_OTHER, FOLLOW_GONE };

/* Each change is told once; what has the name only between two calls is never seen. */
enum kmc_follow_name kmc_follow_look(struct kmc_follow *follow);

/*
 * enum kmc_follow_state - what was read
 * @FOLLOW_SAME: what follows that before; at the end, nothing
 * @FOLLOW_TRUNCATED: nothing, the file was truncated and is read anew
 * @FOLLOW_NEXT: nothing, the next file is read from now on
 */
enum kmc_follow_state { FOLLOW_SAME, FOLLOW_TRUNCATED, FOLLOW_NEXT };

/*
 * kmc_follow_read() - read on
 * @follow: the file
 * @data: room for what is read
 * @size: bytes there
 * @n: as from read(2)
 */
enum kmc_follow_state kmc_follow_read(struct kmc_follow *follow, char *data, size_t size,
				      ssize_t *n);

#endif /* KMC_FOLLOW_H */
