/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bugs for the other checkers to find. Where one is made is marked with its name and what
 * happens there, as in "uaf_read: access", so that a test can tell.
 */
#ifndef CHECKED_H
#define CHECKED_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct checked_item {
	u32 id;
	u32 state;
	struct list_head link;
	u64 owner;
	u16 length;
	u8 sort;
	u64 stamp;
	u32 values[4];
};

struct checked_table {
	u32 count;
	u32 flags;
	u64 entries[];
};

struct checked_node {
	u32 key;
	u32 users;
	struct checked_node *parent;
	struct rcu_head rcu;
	u64 time;
};

struct checked_bug {
	const char *name;
	void (*trigger)(void);
};

/* The tables end with a row without a name. */
extern const struct checked_bug checked_heap[];
extern const struct checked_bug checked_blind[];
extern const struct checked_bug checked_undefined[];

/* What the compiler knows about it must not spoil the bug. */
#define forget(x) ({ typeof(x) x_ = (x); OPTIMIZER_HIDE_VAR(x_); x_; })

#endif /* CHECKED_H */
