// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: remember where uninitialised bytes were copied from.
 *
 * Who copies a buffer is rarely to blame for what it does not hold. So each copy of
 * uninitialised bytes leaves a note, in a table of fixed size: the newest ones stay, also
 * of objects that are no more.
 *
 * Notes are made inside of a page fault, too: no lock is waited for, and no memory
 * allocated. Not in an NMI.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "kmemcheck.h"
#include "origin.h"
#include "report.h"
#include "shadow.h"

/*
 * struct note - one copy
 * @version: odd while it is being written
 * @object: that was copied to; @allocated: when it was, which tells it from others there
 * @start: what was copied to, @end: behind it
 * @origin: of the byte at @start
 */
struct note {
	unsigned int version;
	unsigned long object;
	u64 allocated;
	unsigned long start;
	unsigned long end;
	struct kmemcheck_origin origin;
};

/* Objects share a set by chance, and an object may be put together from several. */
#define SETS_SHIFT	8
#define WAYS		8

static struct note (*sets)[WAYS] __read_mostly;

/**
 * kmemcheck_origin_init() - before the first copy
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_origin_init(void)
{
	sets = vzalloc(sizeof(*sets) << SETS_SHIFT);
	return sets ? 0 : -ENOMEM;
}

static struct note *set_of(unsigned long object)
{
	return sets[hash_long(object, SETS_SHIFT)];
}

/* Return: false while somebody else writes it. */
static bool begin_note(struct note *note, unsigned int *version)
{
	*version = READ_ONCE(note->version);
	if (*version & 1 || arch_cmpxchg(&note->version, *version, *version + 1) != *version)
		return false;
	/* Before what is written; pairs with smp_rmb() in read_note(). */
	smp_wmb();
	return true;
}

static void end_note(struct note *note, unsigned int version)
{
	/* Pairs with the barriers in read_note(). */
	smp_store_release(&note->version, version + 2);
}

static bool read_note(const struct note *note, struct note *copy)
{
	/* Pairs with the release in end_note(). */
	unsigned int version = smp_load_acquire(&note->version);

	if (version & 1)
		return false;
	*copy = *note;
	/* All of it before the version is looked at again; pairs with begin_note(). */
	smp_rmb();
	return READ_ONCE(note->version) == version;
}

static bool is_about(const struct note *note, unsigned long object, u64 allocated)
{
	return READ_ONCE(note->object) == object && READ_ONCE(note->allocated) == allocated;
}

/* The last copy to @addr that is not younger than @before. */
static bool find_note(unsigned long addr, unsigned long object, u64 allocated, u64 before,
		      struct kmemcheck_origin *origin)
{
	const struct note *set = set_of(object);
	struct note note;
	bool found = false;
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (!is_about(&set[i], object, allocated) || !read_note(&set[i], &note) ||
		    !is_about(&note, object, allocated) || addr < note.start ||
		    addr >= note.end || note.origin.time > before ||
		    (found && note.origin.time < origin->time))
			continue;
		*origin = note.origin;
		origin->source.offset += addr - note.start;
		found = true;
	}
	return found;
}

/* More copies of copies than this are not followed back. */
#define MAX_HOPS	8

/**
 * kmemcheck_find_origin() - where were these bytes copied from?
 * @addr: of the first one
 * @object: that it lies in
 * @owner: of @object
 * @origin: the last copy of it and the first source; without hops when that is not known
 */
void kmemcheck_find_origin(unsigned long addr, const struct kmemcheck_object *object,
			   const struct kmemcheck_owner *owner,
			   struct kmemcheck_origin *origin)
{
	struct kmemcheck_source *source = &origin->source;
	struct kmemcheck_origin earlier;

	if (!find_note(addr, object->start, owner->alloc.time, U64_MAX, origin)) {
		source->hops = 0;
		return;
	}
	for (source->hops = 1; source->hops < MAX_HOPS; source->hops++) {
		if (!find_note(source->object.start + source->offset, source->object.start,
			       origin->alloc.time, origin->time, &earlier))
			break;
		source->object = earlier.source.object;
		source->offset = earlier.source.offset;
		origin->alloc = earlier.alloc;
		origin->fill = earlier.fill;
	}
}

static void save_copy(struct kmemcheck_origin *origin, struct pt_regs *regs,
		      unsigned long to, size_t size)
{
	origin->source.copy = to;
	origin->source.size = size;
	origin->time = ktime_get_boot_fast_ns();
	origin->pid = current->pid;
	origin->cpu = raw_smp_processor_id();
	/* Not the functions of kmemcheck itself. */
	origin->nr_stack = kmemcheck_walk_stack(regs, origin->stack, KMEMCHECK_COPY_DEPTH,
						regs ? 0 : 4);
	/* Return addresses lie behind their instruction. */
	if (regs && origin->nr_stack && origin->stack[0] == instruction_pointer(regs))
		origin->stack[0]++;
}

/* A copy word by word is one copy. */
static bool is_continued(const struct note *note, unsigned long to,
			 const struct kmemcheck_origin *origin)
{
	return note->end == to &&
	       note->origin.source.object.start == origin->source.object.start &&
	       note->origin.source.offset + (s64)(to - note->start) == origin->source.offset;
}

static bool continue_note(struct note *set, const struct note *new)
{
	unsigned int i, version;
	bool done = false;

	for (i = 0; !done && i < WAYS; i++) {
		if (!is_about(&set[i], new->object, new->allocated) ||
		    !begin_note(&set[i], &version))
			continue;
		if (is_about(&set[i], new->object, new->allocated) &&
		    is_continued(&set[i], new->start, &new->origin)) {
			set[i].origin.source.size += new->end - new->start;
			set[i].end = new->end;
			done = true;
		}
		end_note(&set[i], version);
	}
	return done;
}

/* In the place of the same copy, or of the oldest one. */
static void write_note(struct note *set, const struct note *new)
{
	struct note *place = set;
	unsigned int i, version;

	for (i = 0; i < WAYS; i++) {
		if (is_about(&set[i], new->object, new->allocated) &&
		    set[i].start == new->start) {
			place = &set[i];
			break;
		}
		if (set[i].origin.time < place->origin.time)
			place = &set[i];
	}
	if (!begin_note(place, &version))
		return;
	place->object = new->object;
	place->allocated = new->allocated;
	place->start = new->start;
	place->end = new->end;
	place->origin = new->origin;
	end_note(place, version);
}

/**
 * kmemcheck_note_copy() - uninitialised bytes are about to be copied
 * @regs: before the instruction that does it, or NULL
 * @to: where, in the pool
 * @from: an address in the pool
 * @size: bytes
 */
noinline void kmemcheck_note_copy(struct pt_regs *regs, unsigned long to, unsigned long from,
				  size_t size)
{
	struct note new = { .start = to, .end = to + size };
	struct kmemcheck_source *source = &new.origin.source;
	struct kmemcheck_object object;
	struct kmemcheck_owner owner;

	if (in_nmi() || !kmemcheck_enabled() ||
	    !kmemcheck_find_object(from, &source->object, &owner))
		return;
	source->offset = from - source->object.start;
	new.origin.alloc = owner.alloc;
	new.origin.fill = kmemcheck_fill_event(&owner);

	/* Within one object nothing new is learnt. */
	if (!kmemcheck_find_object(to, &object, &owner) || !owner.alloc.time ||
	    object.start == source->object.start)
		return;
	new.object = object.start;
	new.allocated = owner.alloc.time;
	if (continue_note(set_of(new.object), &new))
		return;
	save_copy(&new.origin, regs, to, size);
	write_note(set_of(new.object), &new);
}

/**
 * kmemcheck_copy_state() - bytes are about to be copied, and their states with them
 * @regs: before the instruction that does it, or NULL
 * @to: where, in the pool
 * @from: from where, in the pool
 * @size: bytes
 */
void kmemcheck_copy_state(struct pt_regs *regs, unsigned long to, unsigned long from,
			  size_t size)
{
	if (!kmemcheck_is_initialized(from, size))
		kmemcheck_note_copy(regs, to, from, size);
	kmemcheck_shadow_copy(to, from, size);
}
