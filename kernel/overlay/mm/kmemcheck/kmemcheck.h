/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: shared between the files of this directory.
 */
#ifndef _MM_KMEMCHECK_H
#define _MM_KMEMCHECK_H

#include <linux/kmemcheck_engine.h>
#include <linux/list.h>
#include <linux/stackdepot.h>
#include <linux/wait.h>

#undef pr_fmt
#define pr_fmt(fmt) "kmemcheck: " fmt

#define KMEMCHECK_COPY_SIZE	(1UL << CONFIG_KMEMCHECK_SHADOW_COPY_SHIFT)

/* Deep enough for a system call through a file system and a block device. */
#define KMEMCHECK_STACK_DEPTH	32

/* As much as an oops shows: 42 bytes before the instruction, 22 from it on. */
#define KMEMCHECK_CODE_BEFORE	42
#define KMEMCHECK_CODE_SIZE	64

/* Who allocated or freed an object; @stack is 0 while nobody did. */
struct kmemcheck_who {
	u64 time;
	depot_stack_handle_t stack;
	s32 pid;
	u32 cpu;
};

/* What is kept for each object of a slab, or for a block of pages, beside it. */
struct kmemcheck_owner {
	struct kmemcheck_who alloc;
	struct kmemcheck_who free;
	const char *name;		/* of a block of pages */
	u32 size;			/* that was asked for */
	bool zeroed;			/* when it was allocated */
};

/* One report as the fault leaves it in the queue. */
struct kmemcheck_report {
	u64 seq;
	struct kmemcheck_access access;
	struct kmemcheck_regs regs;
	struct kmemcheck_object object;
	struct kmemcheck_owner owner;
	bool has_object;
	bool ready;			/* pairs with the release in report.c */
	unsigned int nr_stack;
	unsigned int code_size;
	unsigned long code_start;
	unsigned long copy_start;
	unsigned long stack[KMEMCHECK_STACK_DEPTH];
	u8 code[KMEMCHECK_CODE_SIZE];
	u8 memory[KMEMCHECK_COPY_SIZE];
	u8 shadow[KMEMCHECK_COPY_SIZE];
};

/* core.c */
u64 kmemcheck_counter(enum kmemcheck_counter counter);
extern const char * const kmemcheck_counter_names[];

static __always_inline bool kmemcheck_in_pool(unsigned long addr)
{
	return addr - kmemcheck_pool_start < kmemcheck_pool_size;
}

/* The alias of an address that is known to lie in the pool. */
static inline void *kmemcheck_pool_alias(unsigned long addr)
{
	return (void *)(addr + kmemcheck_alias_offset);
}

/*
 * shadow.c: all ranges are cut to the pool. A byte for four; states are read
 * eight bytes at a time.
 */
#define KMEMCHECK_SHADOW_SIZE(size)	((size) / 4 + 8)

int kmemcheck_shadow_init(u8 *shadow, unsigned long pages);
void kmemcheck_give_up(unsigned long addr);
bool kmemcheck_begin_hiding(unsigned long addr);
void kmemcheck_end_hiding(unsigned long addr);
enum kmemcheck_state kmemcheck_shadow_get(unsigned long addr);
void kmemcheck_shadow_set(unsigned long addr, size_t size,
			  enum kmemcheck_state state);
size_t kmemcheck_shadow_run(unsigned long addr, size_t size, bool good);
size_t kmemcheck_shadow_owned(unsigned long addr, size_t size);

/* pool.c */
int kmemcheck_pool_init(void);
void kmemcheck_pool_release(void);
unsigned long kmemcheck_pool_reserved(void);
int kmemcheck_find_pool(void);
void kmemcheck_pool_hide(void);
struct page *kmemcheck_pool_alloc(unsigned int order, int node, bool compound);
void kmemcheck_pool_free(struct page *page, unsigned int order);
unsigned long kmemcheck_pool_used(void);

/* slab.c */
int kmemcheck_slab_init(unsigned long pages);
bool kmemcheck_find_object(unsigned long addr, struct kmemcheck_object *object,
			   struct kmemcheck_owner *owner);
depot_stack_handle_t kmemcheck_find_stack(unsigned long addr);
void kmemcheck_note_pages(const void *start, unsigned int order, size_t size,
			  const char *name, unsigned long caller, gfp_t flags);
void kmemcheck_note_pages_freed(const void *start, unsigned long caller);

/* report.c */
void kmemcheck_report_range(enum kmemcheck_kind kind, unsigned long ip,
			    unsigned long addr, size_t size);
extern unsigned int kmemcheck_ratelimit;
int kmemcheck_report_init(void);
struct kmemcheck_report *kmemcheck_report_next(void);
void kmemcheck_report_done(struct kmemcheck_report *report);
u64 kmemcheck_report_lost(void);

/* log.c */
void kmemcheck_log_init(void);
void kmemcheck_log_queue(void);
void kmemcheck_log_sync(void);
const char *kmemcheck_state_name(unsigned int state);

/* record.c */
size_t kmemcheck_encode_report(const struct kmemcheck_report *report, void *buf,
			       size_t size);
size_t kmemcheck_encode_lost(u64 count, enum kmemcheck_lost_where where,
			     void *buf, size_t size);
size_t kmemcheck_encode_header(void *buf, size_t size);

/* ring.c */
struct kmemcheck_reader {
	u64 pos;		/* in the ring's byte stream */
	u64 nr;			/* reports before pos */
	u64 missed;		/* to be told with the next record */
	bool started;		/* has got the header */
};

extern struct wait_queue_head kmemcheck_ring_wait;

int kmemcheck_ring_init(void);
void kmemcheck_ring_append(const void *record, size_t size, u64 nr);
void kmemcheck_reader_init(struct kmemcheck_reader *reader);
void kmemcheck_reader_skip(struct kmemcheck_reader *reader);
bool kmemcheck_reader_ready(struct kmemcheck_reader *reader);
ssize_t kmemcheck_reader_next(struct kmemcheck_reader *reader, void *buf);

/* debugfs.c */
void kmemcheck_debugfs_init(void);

/* profile.c */
struct dentry;
#ifdef CONFIG_KMEMCHECK_PROFILE
void kmemcheck_profile_init(struct dentry *dir);
#else
static inline void kmemcheck_profile_init(struct dentry *dir) { }
#endif

#endif /* _MM_KMEMCHECK_H */
