// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: decoded instructions, for each CPU its own.
 */
#include <linux/hash.h>
#include <linux/kmemcheck_engine.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "cache.h"
#include "memory.h"

/*
 * Decoded instructions, by address: 3 MiB for each CPU. A find over /sys executes
 * some ten thousand different ones, and decoding one costs more than its fault.
 */
#define CACHE_SHIFT	16
#define CACHE_SIZE	(1U << CACHE_SHIFT)

static DEFINE_PER_CPU(struct kmemcheck_decoded *, cache);

/* And those that poison is propagated through, most of which never access tracked memory. */
#define ASIDE_SHIFT	12
#define ASIDE_SIZE	(1U << ASIDE_SHIFT)

static DEFINE_PER_CPU(struct kmemcheck_decoded *, aside);

/**
 * kmemcheck_cache_prepare() - make room for decoded instructions
 * @cpu: that is about to be brought up, each time
 *
 * Return: 0, or -ENOMEM.
 */
int kmemcheck_cache_prepare(unsigned int cpu)
{
	struct kmemcheck_decoded *table = per_cpu(cache, cpu);

	if (table)
		return 0;
	table = vzalloc_node((CACHE_SIZE + ASIDE_SIZE) * sizeof(*table), cpu_to_node(cpu));
	if (!table)
		return -ENOMEM;
	per_cpu(aside, cpu) = table + CACHE_SIZE;
	per_cpu(cache, cpu) = table;
	return 0;
}

/**
 * kmemcheck_is_code() - can code be read where a register or memory has led to?
 * @ip: the address
 */
bool kmemcheck_is_code(unsigned long ip)
{
	u8 opcode;

	return ip >= TASK_SIZE_MAX && kmemcheck_load_nofault(&opcode, ip, sizeof(opcode));
}

/**
 * kmemcheck_fetch() - decode the instruction at an address
 * @ip: its address
 * @d: where to
 *
 * It may end at the end of a page, with nothing mapped behind.
 *
 * Return: whether it is known.
 */
bool kmemcheck_fetch(unsigned long ip, struct kmemcheck_decoded *d)
{
	u8 code[MAX_CODE] = {};
	size_t size = min_t(size_t, MAX_CODE, PAGE_SIZE - offset_in_page(ip));

	memcpy(code, (void *)ip, size);
	if (kmemcheck_decode(d, code, size) || size == MAX_CODE)
		return d->op != OP_UNKNOWN;
	if (copy_from_kernel_nofault(code + size, (void *)ip + size, MAX_CODE - size))
		return false;
	return kmemcheck_decode(d, code, MAX_CODE);
}

/* The bytes of @code that belong to an instruction of @length. */
static __always_inline u64 mask(unsigned int length)
{
	return length >= 8 ? ~0ULL : (1ULL << 8 * length) - 1;
}

/*
 * Code changes: modules, BPF programs, and probes reuse addresses. So the code
 * itself is compared, and need not lie where it did: it means the same anywhere.
 */
static __always_inline bool is_same_code(const struct kmemcheck_decoded *d,
					 unsigned long ip)
{
	const u64 *code = (const u64 *)ip;

	if (likely(d->length <= 8))
		return d->length && !((code[0] ^ d->code[0]) & mask(d->length));
	return code[0] == d->code[0] && !((code[1] ^ d->code[1]) & mask(d->length - 8));
}

static noinline void decode(unsigned long ip, struct kmemcheck_decoded *d)
{
	kmemcheck_count(KMEMCHECK_COUNTER_DECODED);
	kmemcheck_fetch(ip, d);
}

/* At the end of a page the words that is_same_code() reads may not be mapped. */
static noinline bool is_same_code_at_end(const struct kmemcheck_decoded *d,
					 unsigned long ip)
{
	return d->length && offset_in_page(ip) + d->length <= PAGE_SIZE &&
	       !memcmp((void *)ip, d->code, d->length);
}

static __always_inline bool matches(const struct kmemcheck_decoded *d, unsigned long ip)
{
	if (likely(offset_in_page(ip) <= PAGE_SIZE - MAX_CODE))
		return is_same_code(d, ip);
	return is_same_code_at_end(d, ip);
}

/* An instruction has this many places, the ones of its group. */
#define WAYS	4

/* In another place than the first one. Return: NULL when it is not there. */
static struct kmemcheck_decoded *find_behind(unsigned int nr, unsigned long ip)
{
	struct kmemcheck_decoded *table = this_cpu_read(cache);
	unsigned int way;

	for (way = 1; way < WAYS; way++)
		if (matches(&table[nr ^ way], ip))
			return &table[nr ^ way];
	return NULL;
}

static DEFINE_PER_CPU(u32, random_state);

/* 1, 2 or 3; numbers as in Numerical Recipes' quick generator. */
static unsigned int random_way(void)
{
	u32 next = this_cpu_read(random_state) * 1664525 + 1013904223;

	this_cpu_write(random_state, next);
	return (next >> 16) % (WAYS - 1) + 1;
}

/*
 * Into the first place. What stood there moves to one of the other three, by chance, or
 * those that have each other's first place among them would throw each other out for ever.
 */
static struct kmemcheck_decoded *insert(unsigned int nr, unsigned long ip)
{
	struct kmemcheck_decoded *table = this_cpu_read(cache);

	table[nr ^ random_way()] = table[nr];
	decode(ip, &table[nr]);
	return &table[nr];
}

/* What is executed again is likely to be executed often. */
static noinline struct kmemcheck_decoded *move_to_front(unsigned int nr, unsigned long ip)
{
	struct kmemcheck_decoded *first = this_cpu_read(cache) + nr;
	struct kmemcheck_decoded *d = find_behind(nr, ip);

	if (!d)
		return insert(nr, ip);
	swap(*first, *d);
	return first;
}

/**
 * kmemcheck_decode_cached() - the decoded instruction at an address
 * @ip: its address; it can be read there
 *
 * Not in an NMI, which may have interrupted this. What it returned before may hold
 * another instruction then.
 */
struct kmemcheck_decoded *kmemcheck_decode_cached(unsigned long ip)
{
	unsigned int nr = hash_long(ip, CACHE_SHIFT);
	struct kmemcheck_decoded *d = this_cpu_read(cache) + nr;

	return likely(matches(d, ip)) ? d : move_to_front(nr, ip);
}

/**
 * kmemcheck_lookup_decoded() - as kmemcheck_decode_cached(), but leave the cache alone
 * @ip: its address; it can be read there
 *
 * So the instruction that has faulted stays where it is. One that is not in the cache is
 * kept beside it, until the next call.
 *
 * Return: NULL when there is no cache yet.
 */
const struct kmemcheck_decoded *kmemcheck_lookup_decoded(unsigned long ip)
{
	unsigned int nr = hash_long(ip, CACHE_SHIFT);
	struct kmemcheck_decoded *d = this_cpu_read(cache);

	if (!d)
		return NULL;
	if (matches(d + nr, ip))
		return d + nr;
	d = find_behind(nr, ip);
	if (d)
		return d;
	d = this_cpu_read(aside) + hash_long(ip, ASIDE_SHIFT);
	if (!matches(d, ip))
		decode(ip, d);
	return d;
}
