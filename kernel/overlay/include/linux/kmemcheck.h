/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: the hooks that the rest of the kernel calls.
 *
 * Everything here compiles to nothing without CONFIG_KMEMCHECK, and to a
 * static branch while kmemcheck is off.
 */
#ifndef _LINUX_KMEMCHECK_H
#define _LINUX_KMEMCHECK_H

#include <linux/init.h>
#include <linux/types.h>

struct kmem_cache;
struct slab;

#ifdef CONFIG_KMEMCHECK

#include <linux/instruction_pointer.h>
#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(kmemcheck_key);

extern int kmemcheck_mode;
extern unsigned long kmemcheck_pool_start;
extern unsigned long kmemcheck_pool_size;
extern unsigned long kmemcheck_alias_offset;

/* The mode of kmemcheck=; one-shot turns into disabled by itself. */
enum {
	KMEMCHECK_MODE_DISABLED,
	KMEMCHECK_MODE_ENABLED,
	KMEMCHECK_MODE_ONESHOT,
};

/**
 * kmemcheck_enabled() - are accesses being checked?
 *
 * Return: true once the command line has been parsed and says so, even before
 * any memory is tracked.
 */
static __always_inline bool kmemcheck_enabled(void)
{
	return READ_ONCE(kmemcheck_mode) != KMEMCHECK_MODE_DISABLED;
}

/**
 * kmemcheck_tracked() - does this address lie in tracked memory?
 * @addr: kernel virtual address
 *
 * Return: true if an access through @addr may fault for kmemcheck.
 */
static __always_inline bool kmemcheck_tracked(const void *addr)
{
	return static_branch_unlikely(&kmemcheck_key) &&
	       (unsigned long)addr - kmemcheck_pool_start < kmemcheck_pool_size;
}

/**
 * kmemcheck_alias() - reach memory without a fault and without a check
 * @addr: kernel virtual address, tracked or not
 *
 * For an allocator's own data inside of objects. What is written this way does
 * not count as initialised.
 *
 * Return: an address of the same memory that is always mapped.
 */
static __always_inline void *kmemcheck_alias(const void *addr)
{
	if (kmemcheck_tracked(addr))
		return (void *)((unsigned long)addr + kmemcheck_alias_offset);
	return (void *)addr;
}

void __init kmemcheck_alloc_pool(void);

struct slab *__kmemcheck_alloc_slab(struct kmem_cache *s, gfp_t flags,
				    int node, unsigned int order);
void __kmemcheck_free_slab(void *start, unsigned int order);
void __kmemcheck_slab_alloc(struct kmem_cache *s, void *object, gfp_t flags);
void __kmemcheck_slab_free(struct kmem_cache *s, void *object);
void __kmemcheck_infoleak(unsigned long ip, const void *from, size_t size);
void __kmemcheck_mark_written(unsigned long ip, const void *to, size_t size);
void __kmemcheck_read_range(unsigned long ip, const void *from, size_t size);
int __kmemcheck_memcmp(const void *a, const void *b, size_t size);

/**
 * kmemcheck_alloc_slab() - take the pages of a new slab from tracked memory
 * @s: the cache
 * @flags: of the allocation
 * @node: wanted, or NUMA_NO_NODE
 * @order: of the pages
 *
 * Return: a slab, not yet set up, or NULL when this one is not to be tracked
 * or the pool is used up; then the caller goes to the page allocator.
 */
static inline struct slab *kmemcheck_alloc_slab(struct kmem_cache *s,
						gfp_t flags, int node,
						unsigned int order)
{
	if (static_branch_unlikely(&kmemcheck_key))
		return __kmemcheck_alloc_slab(s, flags, node, order);
	return NULL;
}

/**
 * kmemcheck_free_slab() - give the pages of a slab back
 * @start: address of the first page
 * @order: of the pages
 *
 * Return: false if they are not ours and the page allocator shall have them.
 */
static inline bool kmemcheck_free_slab(void *start, unsigned int order)
{
	if (!kmemcheck_tracked(start))
		return false;
	__kmemcheck_free_slab(start, order);
	return true;
}

/**
 * kmemcheck_slab_alloc() - an object goes to its new owner
 * @s: its cache
 * @object: its address, NULL is fine
 * @flags: of the allocation; __GFP_ZERO makes it initialised
 */
static inline void kmemcheck_slab_alloc(struct kmem_cache *s, void *object,
					gfp_t flags)
{
	if (kmemcheck_tracked(object))
		__kmemcheck_slab_alloc(s, object, flags);
}

/**
 * kmemcheck_slab_free() - an object comes back from its owner
 * @s: its cache
 * @object: its address
 */
static inline void kmemcheck_slab_free(struct kmem_cache *s, void *object)
{
	if (kmemcheck_tracked(object))
		__kmemcheck_slab_free(s, object);
}

/**
 * kmemcheck_copy_to_user() - memory is about to leave the kernel
 * @from: its address
 * @size: bytes
 *
 * Reports what nobody wrote as an infoleak.
 */
static __always_inline void kmemcheck_copy_to_user(const void *from,
						   size_t size)
{
	if (kmemcheck_tracked(from))
		__kmemcheck_infoleak(_THIS_IP_, from, size);
}

/**
 * kmemcheck_mark_written() - memory has been written through its alias
 * @to: its address
 * @size: bytes that have been written
 */
static __always_inline void kmemcheck_mark_written(const void *to, size_t size)
{
	if (kmemcheck_tracked(to))
		__kmemcheck_mark_written(_THIS_IP_, to, size);
}

/**
 * kmemcheck_read_range() - all of this is about to be used
 * @from: its address
 * @size: bytes
 *
 * For code that goes through memory word by word: one check instead of a fault
 * for each word.
 *
 * Return: an address of the same memory that does not fault, as
 * kmemcheck_alias().
 */
static __always_inline const void *kmemcheck_read_range(const void *from, size_t size)
{
	if (kmemcheck_tracked(from))
		__kmemcheck_read_range(_THIS_IP_, from, size);
	return kmemcheck_alias(from);
}

#else /* !CONFIG_KMEMCHECK */

static __always_inline bool kmemcheck_enabled(void)
{
	return false;
}

static __always_inline bool kmemcheck_tracked(const void *addr)
{
	return false;
}

static __always_inline void *kmemcheck_alias(const void *addr)
{
	return (void *)addr;
}

static inline void kmemcheck_alloc_pool(void) { }

static inline struct slab *kmemcheck_alloc_slab(struct kmem_cache *s,
						gfp_t flags, int node,
						unsigned int order)
{
	return NULL;
}

static inline bool kmemcheck_free_slab(void *start, unsigned int order)
{
	return false;
}

static inline void kmemcheck_slab_alloc(struct kmem_cache *s, void *object,
					gfp_t flags) { }
static inline void kmemcheck_slab_free(struct kmem_cache *s, void *object) { }
static inline void kmemcheck_copy_to_user(const void *from, size_t size) { }
static inline void kmemcheck_mark_written(const void *to, size_t size) { }

static inline const void *kmemcheck_read_range(const void *from, size_t size)
{
	return from;
}

static inline int __kmemcheck_memcmp(const void *a, const void *b, size_t size)
{
	return 0;
}

#endif /* CONFIG_KMEMCHECK */

#endif /* _LINUX_KMEMCHECK_H */
