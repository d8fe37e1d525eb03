/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports as they come, read by a thread of their own so that keys never wait, and put
 * together by the bug they are of.
 */
#ifndef INBOX_H
#define INBOX_H

#include "../common/symbols.h"

/* Reports of one bug that are kept; of the rest only how many there were. */
#define BUG_REPORTS	16

/*
 * struct bug - reports of the same bug
 * @signature: what they have in common
 * @reports: the first ones, @nreports of them
 * @seen: how many reports there were, @accesses: and how many they stand for
 * @open: its reports are shown one by one
 */
struct bug {
	char *signature;
	struct kmc_report *reports[BUG_REPORTS];
	size_t nreports;
	uint64_t seen;
	uint64_t accesses;
	bool open;
};

enum inbox_order {
	INBOX_ARRIVAL,
	INBOX_COUNT,		/* most reports first */
	INBOX_TIME,		/* of the first report */
	INBOX_MEMBER,		/* type and member, by name */
	INBOX_ORDERS,
};

/*
 * struct inbox - reports of one input, or of several, one behind the other
 * @paths: of them, NULL behind the last; borrowed
 * @at: which one is read; @path: of it; @live: more may come
 * @symbols: that explain reports; borrowed
 * @bugs: in the order they came
 * @order: indexes into @bugs, as they are sorted; @sorted: by what
 * @seen: reports so far
 * @dropped: reports of bugs beyond those that are kept apart
 * @paused: what comes waits
 * @ended: nothing more comes
 * @failed: something of it could not be read, or the vmlinux does not fit
 */
struct inbox {
	const char *const *paths;
	size_t at;
	const char *path;
	bool live;
	struct symbols *symbols;
	struct bug *bugs;
	size_t *order;
	enum inbox_order sorted;
	size_t nbugs;
	uint64_t seen;
	uint64_t dropped;
	bool paused;
	bool ended;
	bool failed;
	struct reader *reader;
};

/* @paths: at least one; of those behind it an error is said when their turn comes. */
struct kmc_error *inbox_open(const char *const *paths, bool live, struct symbols *symbols,
			     struct inbox **out);
/* Sort anew; what is equal keeps the order in which it came. */
void inbox_sort(struct inbox *inbox, enum inbox_order how);
/* Where in the order a bug is. */
size_t inbox_place(const struct inbox *inbox, size_t bug);
void inbox_free(struct inbox *inbox);
/* For poll(): readable when something has come; -1 without an inbox. */
int inbox_fd(const struct inbox *inbox);
/*
 * inbox_take() - take what has come, but for no longer than a moment
 * @changed: set to whether anything came, the end included
 *
 * Return: whether there is more.
 */
bool inbox_take(struct inbox *inbox, bool *changed);
/* Until something has come. */
void inbox_wait(const struct inbox *inbox);

#endif /* INBOX_H */
