// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Follows a file by its name. Nothing that was written to it is lost: one that has lost
 * its name is read to its end, and left when the next one has something to read.
 */
#include "input/follow.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* So much of a file's beginning, and of what was read last, tells it from another. */
#define SAMPLE		4096
/* Of /proc/self/pagemap: the page is mapped, or on its way to another place. */
#define PAGE_PRESENT	(1ULL << 63)
#define PAGE_MOVED	(1ULL << 62)
/* Files that have had the name since the one that is being read. */
#define NEXT_MAX	64
/* For so long a rotation may leave no file of that name. */
#define GONE_NS		1000000000ULL

/*
 * struct sample - bytes of the file as they were read
 * @at: where they are
 */
struct sample {
	off_t at;
	size_t len;
	char data[SAMPLE];
};

/*
 * struct kmc_follow - a file and its successors
 * @path: NULL if it has no name
 * @fd: of the file
 * @offset: where it is read next
 * @page: the first of it, mapped and locked; NULL if that cannot be
 * @first: its beginning
 * @last: what was read last
 * @next: those that have got its name, in this order
 * @count: of them
 * @dev: of the last of all of these, @ino: likewise
 * @gone: when there was none of that name first; 0: there is one
 * @notify: inotify for the file and its directory, -1 if there is none
 * @watched: the file there, -1 if it is not
 */
struct kmc_follow {
	const char *path;
	int fd;
	off_t offset;
	void *page;
	struct sample first;
	struct sample last;
	int next[NEXT_MAX];
	size_t count;
	dev_t dev;
	ino_t ino;
	uint64_t gone;
	int notify;
	int watched;
};

/* ---- the page ---- */

/*
 * A file that is truncated may grow again with the same bytes before anybody looks. What
 * tells it then is that the kernel takes its pages out of all mappings: ours is locked, so
 * that nothing else does. 0: it was taken out.
 */
static uint64_t page_entry(const void *page)
{
	off_t at = (uintptr_t)page / sysconf(_SC_PAGESIZE) * sizeof(uint64_t);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (fd < 0)
		return PAGE_PRESENT;
	if (pread(fd, &entry, sizeof(entry), at) != sizeof(entry))
		entry = PAGE_PRESENT;
	close(fd);
	return entry & (PAGE_PRESENT | PAGE_MOVED);
}

static void unmap_page(struct kmc_follow *follow)
{
	if (follow->page)
		munmap(follow->page, sysconf(_SC_PAGESIZE));
	follow->page = NULL;
}

/* Nobody reads it, for that could be a fault. */
static void map_page(struct kmc_follow *follow)
{
	size_t size = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_LOCKED, follow->fd, 0);

	if (page == MAP_FAILED)
		return;
	follow->page = page;
	if (!page_entry(page))
		unmap_page(follow);
}

/* ---- the name ---- */

/* Without a watch it has to be looked for. */
static void watch_name(struct kmc_follow *follow)
{
	const char *slash = strrchr(follow->path, '/');
	char *dir = slash ? strndup(follow->path, slash + 1 - follow->path) : strdup(".");

	if (dir)
		inotify_add_watch(follow->notify, dir, IN_CREATE | IN_MOVED_TO);
	free(dir);
}

static void watch_file(struct kmc_follow *follow)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", follow->fd);
	if (follow->watched >= 0)
		inotify_rm_watch(follow->notify, follow->watched);
	follow->watched = inotify_add_watch(follow->notify, name, IN_MODIFY);
}

struct kmc_follow *kmc_follow_new(const char *path, int fd)
{
	struct kmc_follow *follow = calloc(1, sizeof(*follow));
	struct stat st;

	if (!follow)
		return NULL;
	follow->fd = fd;
	follow->offset = lseek(fd, 0, SEEK_CUR);
	follow->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	follow->watched = -1;
	watch_file(follow);
	if (!strcmp(path, "-") || fstat(fd, &st))
		return follow;
	follow->path = path;
	follow->dev = st.st_dev;
	follow->ino = st.st_ino;
	watch_name(follow);
	return follow;
}

void kmc_follow_free(struct kmc_follow *follow)
{
	if (!follow)
		return;
	for (size_t i = 0; i < follow->count; i++)
		close(follow->next[i]);
	if (follow->notify >= 0)
		close(follow->notify);
	unmap_page(follow);
	free(follow);
}

int kmc_follow_fd(const struct kmc_follow *follow)
{
	return follow->fd;
}

int kmc_follow_notify(const struct kmc_follow *follow)
{
	return follow->notify;
}

/* What woke us up is looked at anyway. */
static void drain(int fd)
{
	char events[4096];

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		;
}

/* The file that has the name now, unless it is known already; -1 for none. */
static int open_other(const struct kmc_follow *follow, struct stat *st, bool *gone)
{
	int fd;

	*gone = stat(follow->path, st) || !S_ISREG(st->st_mode);
	if (*gone || (st->st_dev == follow->dev && st->st_ino == follow->ino))
		return -1;
	fd = open(follow->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	/* It may be yet another one by now. */
	if (fd >= 0 && (fstat(fd, st) || !S_ISREG(st->st_mode))) {
		close(fd);
		fd = -1;
	}
	*gone = fd < 0;
	return fd;
}

static uint64_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000ULL + at.tv_nsec;
}

/* Said once, when it is longer than a rotation takes. */
static bool is_gone(struct kmc_follow *follow, bool gone)
{
	if (!gone || !follow->gone) {
		follow->gone = gone ? now() : 0;
		return false;
	}
	if (follow->gone == UINT64_MAX || now() - follow->gone < GONE_NS)
		return false;
	follow->gone = UINT64_MAX;
	return true;
}

enum kmc_follow_name kmc_follow_look(struct kmc_follow *follow)
{
	struct stat st;
	bool gone;
	int fd;

	if (!follow->path || follow->count == NEXT_MAX)
		return FOLLOW_KNOWN;
	fd = open_other(follow, &st, &gone);
	if (is_gone(follow, gone))
		return FOLLOW_GONE;
	if (fd < 0)
		return FOLLOW_KNOWN;
	follow->dev = st.st_dev;
	follow->ino = st.st_ino;
	follow->next[follow->count++] = fd;
	return FOLLOW_OTHER;
}

/* ---- the bytes ---- */

static bool is_there(int fd, const struct sample *sample)
{
	char now[SAMPLE];

	return pread(fd, now, sample->len, sample->at) == (ssize_t)sample->len &&
	       !memcmp(now, sample->data, sample->len);
}

/*
 * A file that was truncated may have grown beyond where we are since. Where its page does
 * not tell, what was read before is compared.
 */
static bool is_rewritten(const struct kmc_follow *follow)
{
	struct stat st;

	if (fstat(follow->fd, &st) || !S_ISREG(st.st_mode))
		return false;
	return st.st_size < follow->offset ||
	       (follow->page && !page_entry(follow->page)) ||
	       !is_there(follow->fd, &follow->first) ||
	       !is_there(follow->fd, &follow->last);
}

static void remember(struct kmc_follow *follow, const char *data, size_t n)
{
	struct sample *first = &follow->first, *last = &follow->last;
	size_t keep;

	if (!first->len)
		first->at = follow->offset;
	if (first->at + (off_t)first->len == follow->offset) {
		keep = n < SAMPLE - first->len ? n : SAMPLE - first->len;
		memcpy(first->data + first->len, data, keep);
		first->len += keep;
	}
	if (n < SAMPLE) {
		keep = last->len < SAMPLE - n ? last->len : SAMPLE - n;
		memmove(last->data, last->data + last->len - keep, keep);
		memcpy(last->data + keep, data, n);
		last->len = keep + n;
	} else {
		memcpy(last->data, data + n - SAMPLE, SAMPLE);
		last->len = SAMPLE;
	}
	follow->offset += n;
	last->at = follow->offset - last->len;
}

static void restart(struct kmc_follow *follow)
{
	unmap_page(follow);
	follow->offset = lseek(follow->fd, 0, SEEK_SET);
	follow->first.len = 0;
	follow->last.len = 0;
}

static bool has_bytes(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_size;
}

/* When the next one has something to read, nobody writes to this one any more. */
static bool is_left(const struct kmc_follow *follow)
{
	return follow->count > 1 || (follow->count && has_bytes(follow->next[0]));
}

static void take_next(struct kmc_follow *follow)
{
	close(follow->fd);
	follow->fd = follow->next[0];
	follow->count--;
	memmove(follow->next, follow->next + 1, follow->count * sizeof(follow->next[0]));
	watch_file(follow);
	restart(follow);
}

enum kmc_follow_state kmc_follow_read(struct kmc_follow *follow, char *data, size_t size,
				      ssize_t *n)
{
	bool left = false, once_more;

	drain(follow->notify);
	do {
		if (!follow->page)
			map_page(follow);
		*n = read(follow->fd, data, size);
		if (*n < 0)
			return FOLLOW_SAME;
		if (is_rewritten(follow)) {
			restart(follow);
			return FOLLOW_TRUNCATED;
		}
		if (*n > 0) {
			remember(follow, data, *n);
			return FOLLOW_SAME;
		}
		/* It may have got its last bytes just before it was left. */
		once_more = !left && is_left(follow);
		left |= once_more;
	} while (once_more);
	if (!left)
		return FOLLOW_SAME;
	take_next(follow);
	return FOLLOW_NEXT;
}
