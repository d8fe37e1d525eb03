/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: where uninitialised bytes came from that were copied.
 *
 * What copies is in <linux/kmemcheck_engine.h>.
 */
#ifndef _MM_KMEMCHECK_ORIGIN_H
#define _MM_KMEMCHECK_ORIGIN_H

#include "owner.h"

/* Of a copy; it may be made where the stack cannot be put into the depot. */
#define KMEMCHECK_COPY_DEPTH	12

/*
 * struct kmemcheck_origin - the copy that brought some bytes to where they are
 * @source: where they were at first
 * @alloc: of @source, @fill: likewise
 * @time: of the last copy, @pid and @cpu: that made it
 * @stack: of it, @nr_stack: entries
 */
struct kmemcheck_origin {
	struct kmemcheck_source source;
	struct kmemcheck_event alloc;
	struct kmemcheck_event fill;
	u64 time;
	s32 pid;
	u32 cpu;
	unsigned int nr_stack;
	unsigned long stack[KMEMCHECK_COPY_DEPTH];
};

int kmemcheck_origin_init(void);
void kmemcheck_find_origin(unsigned long addr, const struct kmemcheck_object *object,
			   const struct kmemcheck_owner *owner,
			   struct kmemcheck_origin *origin);

#endif /* _MM_KMEMCHECK_ORIGIN_H */
