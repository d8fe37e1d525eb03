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
struct page;
struct scatterlist;
struct slab;

/* Sorts of tracked memory that is no slab. */
enum kmemcheck_pages {
	KMEMCHECK_PAGES,
	KMEMCHECK_LARGE,
	KMEMCHECK_FRAGMENTS,
};

#ifdef CONFIG_KMEMCHECK

#include <linux/instruction_pointer.h>
#include <linux/jump_label.h>

DECLARE_STATIC_KEY_FALSE(kmemcheck_key);
DECLARE_STATIC_KEY_FALSE(kmemcheck_gaps);

extern int kmemcheck_mode;
extern unsigned long kmemcheck_alias_offset;

/*
 * Tracked memory lies here. It has gaps if there is more than one part, as on machines of
 * several nodes; then there is a map of it, with a bit for so many bytes.
 */
#define KMEMCHECK_PART_ALIGN	(8UL << 20)
extern unsigned long kmemcheck_pool_start;
extern unsigned long kmemcheck_pool_size;
extern unsigned long *kmemcheck_pool_map;

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

/* Once there is a pool. <linux/bitops.h> includes this file. */
static __always_inline bool kmemcheck_in_pool(unsigned long addr)
{
	unsigned long offset = addr - kmemcheck_pool_start;
	unsigned long bit = offset / KMEMCHECK_PART_ALIGN;

	return offset < kmemcheck_pool_size &&
	       (!static_branch_unlikely(&kmemcheck_gaps) ||
		kmemcheck_pool_map[bit / BITS_PER_LONG] >> bit % BITS_PER_LONG & 1);
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
	       kmemcheck_in_pool((unsigned long)addr);
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
bool __kmemcheck_avoid_slab(const struct slab *slab);
void __kmemcheck_slab_alloc(struct kmem_cache *s, void *object, gfp_t flags);
void __kmemcheck_slab_free(struct kmem_cache *s, void *object);
void __kmemcheck_resize(const void *object, size_t size, gfp_t flags);
size_t __kmemcheck_requested(const void *object, size_t size);
void __kmemcheck_note_fill(const void *object);
struct page *__kmemcheck_alloc_pages(gfp_t flags, unsigned int order, int node, size_t size,
				     enum kmemcheck_pages sort);
void __kmemcheck_free_pages(struct page *page, unsigned int order);
void __kmemcheck_alloc_fragment(void *start, size_t size);
void __kmemcheck_dma(unsigned long ip, const void *address, size_t size, bool to_device,
		     bool from_device);
void __kmemcheck_dma_sg(unsigned long ip, struct scatterlist *list, int nents, bool to_device,
			bool from_device);
void kmemcheck_mark_initialized(const void *address, size_t size);
void __kmemcheck_infoleak(unsigned long ip, const void *from, size_t size);
void __kmemcheck_mark_written(unsigned long ip, const void *to, size_t size);
void __kmemcheck_read_range(unsigned long ip, const void *from, size_t size);
int __kmemcheck_memcmp(const void *a, const void *b, size_t size);
void *__kmemcheck_kzalloc(size_t size, gfp_t flags, int node);

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
 * kmemcheck_avoid_slab() - shall a slab's free objects stay unused?
 * @slab: any
 *
 * A slab from before the start of the checker is not tracked, and neither would be what
 * becomes of its free objects, for as long as the kernel runs. There is no need for that
 * while the pool has room for another slab.
 */
static inline bool kmemcheck_avoid_slab(const struct slab *slab)
{
	return static_branch_unlikely(&kmemcheck_key) && __kmemcheck_avoid_slab(slab);
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
 * kmemcheck_resize() - how much of an object of kmalloc() was asked for
 * @object: its address, NULL is fine
 * @size: bytes; the rest of the object is unallocated
 * @flags: of the allocation; with __GFP_ZERO, what is more than before is zero
 */
static inline void kmemcheck_resize(const void *object, size_t size, gfp_t flags)
{
	if (kmemcheck_tracked(object))
		__kmemcheck_resize(object, size, flags);
}

/**
 * kmemcheck_requested() - how much of an object of kmalloc() was asked for
 * @object: its address
 * @size: of the whole object
 *
 * Return: bytes, @size when more is not known.
 */
static inline size_t kmemcheck_requested(const void *object, size_t size)
{
	return kmemcheck_tracked(object) ? __kmemcheck_requested(object, size) : size;
}

/**
 * kmemcheck_alloc_pages() - take pages from tracked memory
 * @flags: of the allocation
 * @order: of the pages
 * @node: wanted, or NUMA_NO_NODE
 * @size: bytes that were asked for
 * @sort: what the pages are for
 *
 * Return: the first page, or NULL when these are not to be tracked or the pool is
 * used up; then the caller goes to the page allocator.
 */
static inline struct page *kmemcheck_alloc_pages(gfp_t flags, unsigned int order, int node,
						 size_t size, enum kmemcheck_pages sort)
{
	if (static_branch_unlikely(&kmemcheck_key))
		return __kmemcheck_alloc_pages(flags, order, node, size, sort);
	return NULL;
}

/**
 * kmemcheck_free_pages() - are these pages ours?
 * @page: the first of them, without a reference
 * @address: of it
 * @order: of the pages
 *
 * Return: true when they have been taken, and the page allocator must not touch them.
 */
static __always_inline bool kmemcheck_free_pages(struct page *page, const void *address,
						 unsigned int order)
{
	if (!kmemcheck_tracked(address))
		return false;
	__kmemcheck_free_pages(page, order);
	return true;
}

/**
 * kmemcheck_alloc_fragment() - a fragment of pages goes to its owner
 * @start: its address
 * @size: bytes
 */
static inline void kmemcheck_alloc_fragment(void *start, size_t size)
{
	if (kmemcheck_tracked(start))
		__kmemcheck_alloc_fragment(start, size);
}

/**
 * kmemcheck_dma() - a device is about to access memory
 * @address: kernel virtual address of it
 * @size: bytes
 * @to_device: the device reads
 * @from_device: the device writes
 */
static __always_inline void kmemcheck_dma(const void *address, size_t size, bool to_device,
					  bool from_device)
{
	if (kmemcheck_tracked(address))
		__kmemcheck_dma(_THIS_IP_, address, size, to_device, from_device);
}

/**
 * kmemcheck_dma_sg() - a device is about to access a list of memory
 * @list: of it
 * @nents: its length
 * @to_device: the device reads
 * @from_device: the device writes
 */
static __always_inline void kmemcheck_dma_sg(struct scatterlist *list, int nents,
					     bool to_device, bool from_device)
{
	if (static_branch_unlikely(&kmemcheck_key))
		__kmemcheck_dma_sg(_THIS_IP_, list, nents, to_device, from_device);
}

/**
 * kmemcheck_copy_to_user() - memory is about to leave the kernel
 * @from: its address
 * @size: bytes
 *
 * Reports uninitialised bytes as an infoleak.
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
 * kmemcheck_note_fill() - room is reserved in a carrier of messages
 * @object: its memory, as kmalloc() has given it
 *
 * A report tells who did it first, because many messages are allocated in one place.
 */
static __always_inline void kmemcheck_note_fill(const void *object)
{
	if (kmemcheck_tracked(object))
		__kmemcheck_note_fill(object);
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

/**
 * kzalloc_notrack_node() - zeroed memory that never faults
 * @size: bytes, at most 4096
 * @flags: of the allocation
 * @node: to take it from, or NUMA_NO_NODE
 *
 * For what code that runs everywhere reads and writes all the time.
 *
 * Return: memory that kfree() takes back, or NULL.
 */
#define kzalloc_notrack_node(size, flags, node)					\
	(static_branch_unlikely(&kmemcheck_key) ?				\
	 __kmemcheck_kzalloc(size, flags, node) : kzalloc_node(size, flags, node))
#define kzalloc_notrack(size, flags)	kzalloc_notrack_node(size, flags, NUMA_NO_NODE)
#define kmalloc_array_notrack(n, size, flags)					\
	(static_branch_unlikely(&kmemcheck_key) ?				\
	 __kmemcheck_kzalloc(array_size(n, size), flags, NUMA_NO_NODE) :	\
	 kmalloc_array(n, size, flags))

#else /* !CONFIG_KMEMCHECK */

static __always_inline bool kmemcheck_enabled(void)
{
	return false;
}

static __always_inline bool kmemcheck_tracked(const void *addr)
{
	return false;
}

/* No function: gcc would take what it returns for an operand before others. */
#define kmemcheck_alias(addr)	((void *)(addr))

#define kzalloc_notrack_node	kzalloc_node
#define kzalloc_notrack		kzalloc
#define kmalloc_array_notrack	kmalloc_array

static inline void kmemcheck_alloc_pool(void) { }

static inline struct slab *kmemcheck_alloc_slab(struct kmem_cache *s,
						gfp_t flags, int node,
						unsigned int order)
{
	return NULL;
}

static inline bool kmemcheck_avoid_slab(const struct slab *slab)
{
	return false;
}

static inline bool kmemcheck_free_slab(void *start, unsigned int order)
{
	return false;
}

static inline void kmemcheck_slab_alloc(struct kmem_cache *s, void *object,
					gfp_t flags) { }
static inline void kmemcheck_slab_free(struct kmem_cache *s, void *object) { }
static inline void kmemcheck_resize(const void *object, size_t size, gfp_t flags) { }

static inline size_t kmemcheck_requested(const void *object, size_t size)
{
	return size;
}

static inline struct page *kmemcheck_alloc_pages(gfp_t flags, unsigned int order, int node,
						 size_t size, enum kmemcheck_pages sort)
{
	return NULL;
}

static __always_inline bool kmemcheck_free_pages(struct page *page, const void *address,
						 unsigned int order)
{
	return false;
}

static inline void kmemcheck_alloc_fragment(void *start, size_t size) { }
static inline void kmemcheck_dma(const void *address, size_t size, bool to_device,
				 bool from_device) { }
static inline void kmemcheck_dma_sg(struct scatterlist *list, int nents, bool to_device,
				    bool from_device) { }
static inline void kmemcheck_mark_initialized(const void *address, size_t size) { }
static inline void kmemcheck_copy_to_user(const void *from, size_t size) { }
static inline void kmemcheck_mark_written(const void *to, size_t size) { }
static inline void kmemcheck_note_fill(const void *object) { }

static inline const void *kmemcheck_read_range(const void *from, size_t size)
{
	return from;
}

static inline int __kmemcheck_memcmp(const void *a, const void *b, size_t size)
{
	return 0;
}

#endif /* CONFIG_KMEMCHECK */

/**
 * kmemcheck_bitfield_begin() - give the bit-field that follows a name
 * @name: of the bit-field
 *
 * Inside of a struct, before the first member of a bit-field. It takes no room.
 */
#ifdef CONFIG_KMEMCHECK
#define kmemcheck_bitfield_begin(name)	char name##_begin[0]
#else
#define kmemcheck_bitfield_begin(name)
#endif

/**
 * kmemcheck_bitfield_end() - the bit-field ends here
 * @name: as of its beginning
 */
#ifdef CONFIG_KMEMCHECK
#define kmemcheck_bitfield_end(name)	char name##_end[0]
#else
#define kmemcheck_bitfield_end(name)
#endif

/**
 * kmemcheck_annotate_bitfield() - no report on a bit-field
 * @ptr: to the struct that has just been allocated; NULL is fine
 * @name: of the bit-field, which counts as initialised from now on
 */
#ifdef CONFIG_KMEMCHECK
#define kmemcheck_annotate_bitfield(ptr, name)					\
do {										\
	typeof(ptr) __ptr = (ptr);						\
										\
	if (__ptr)								\
		kmemcheck_mark_initialized(__ptr->name##_begin,			\
					   __ptr->name##_end - __ptr->name##_begin);	\
} while (0)
#else
#define kmemcheck_annotate_bitfield(ptr, name)	do { } while (0)
#endif

/**
 * kmemcheck_annotate_variable() - no report on a variable
 * @var: an lvalue, which counts as initialised from now on
 */
#define kmemcheck_annotate_variable(var)	\
	kmemcheck_mark_initialized(&(var), sizeof(var))

#endif /* _LINUX_KMEMCHECK_H */
