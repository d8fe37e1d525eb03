/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: who owns each object and each block of pages.
 */
#ifndef _MM_KMEMCHECK_OWNER_H
#define _MM_KMEMCHECK_OWNER_H

#include <linux/kmemcheck_engine.h>
#include <linux/stackdepot.h>

/* An allocation or a release; @stack is 0 as long as there was none. */
struct kmemcheck_event {
	u64 time;
	depot_stack_handle_t stack;
	s32 pid;
	u32 cpu;
};

/* What is kept for each object of a slab, or for a block of pages, beside it. */
struct kmemcheck_owner {
	struct kmemcheck_event alloc;
	struct kmemcheck_event free;	/* while it is in use and @filled: who filled it */
	const char *name;		/* of a block of pages */
	u32 size;			/* that was asked for */
	bool zeroed;			/* when it was allocated */
	bool filled;			/* a carrier: somebody has reserved room in it */
};

/* Who filled a carrier first; no stack: it is none, or that is not known. */
static inline struct kmemcheck_event kmemcheck_fill_event(const struct kmemcheck_owner *owner)
{
	return owner->filled ? owner->free : (struct kmemcheck_event) {};
}

int kmemcheck_owner_init(void);
struct kmemcheck_owner *kmemcheck_alloc_owners(const void *start, size_t size,
					       unsigned int objects, gfp_t flags);
void kmemcheck_free_owners(const void *start);
struct kmemcheck_owner *kmemcheck_owner_of(const struct kmem_cache *s,
					   const struct slab *slab, void *object);
struct kmemcheck_owner *kmemcheck_owner_of_pages(const void *start);
void kmemcheck_note_event(struct kmemcheck_event *event, unsigned long caller, gfp_t flags);
void kmemcheck_note_pages(const void *start, unsigned int order, size_t size,
			  const char *name, unsigned long caller, gfp_t flags);
void kmemcheck_note_pages_freed(const void *start, unsigned long caller);

/* For a report. */
bool kmemcheck_find_object(unsigned long addr, struct kmemcheck_object *object,
			   struct kmemcheck_owner *owner);

#endif /* _MM_KMEMCHECK_OWNER_H */
