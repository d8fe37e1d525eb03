/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The allocations that the code of a kernel has, and which types they make.
 */
#ifndef KMC_ALLOCATIONS_H
#define KMC_ALLOCATIONS_H

#include "base/buf.h"
#include "debuginfo/image.h"
#include "kmc/what.h"

/* From which caches kmalloc() takes it; the kernel need not tell all of them apart. */
enum kmc_kmalloc_kind {
	KMC_KMALLOC_NORMAL,
	KMC_KMALLOC_CGROUP,
	KMC_KMALLOC_RECLAIM,
	KMC_KMALLOC_DMA,
	KMC_KMALLOC_KINDS
};

/**
 * enum kmc_allocation_by - where it takes its memory from
 * @KMC_ALLOCATION_KMALLOC: the cache of its size
 * @KMC_ALLOCATION_CACHE: a cache
 * @KMC_ALLOCATION_CREATED: nothing yet: here a cache is created, and there is no type
 * @KMC_ALLOCATION_WAYS: how many there are
 */
enum kmc_allocation_by {
	KMC_ALLOCATION_KMALLOC,
	KMC_ALLOCATION_CACHE,
	KMC_ALLOCATION_CREATED,
	KMC_ALLOCATION_WAYS
};

/**
 * enum kmc_allocation_told - what told the type
 * @KMC_TOLD_BY_VARIABLE: the variable that takes the result
 * @KMC_TOLD_BY_MEMBER: the member or global variable that it is stored to
 * @KMC_TOLD_BY_RETURN: the function returns it
 * @KMC_TOLD_WAYS: how many there are
 */
enum kmc_allocation_told {
	KMC_TOLD_BY_VARIABLE,
	KMC_TOLD_BY_MEMBER,
	KMC_TOLD_BY_RETURN,
	KMC_TOLD_WAYS
};

/**
 * struct kmc_allocation - a call that allocates
 * @by: from what
 * @kind: of KMALLOC
 * @told: how the type is known
 * @cache: of CACHE and CREATED: its name, NULL if unknown
 * @size: bytes asked for, or of the cache's objects; 0: it is no constant
 * @type: "struct x"
 * @type_size: of it
 * @die: of it, where the kernel's DWARF has it, 0: not there
 * @function: that calls
 * @file: of the call, NULL if unknown
 * @line: likewise, 0 if unknown
 * @callers: calls of the function that has it, in all of the code
 * @module: that has it, NULL: vmlinux
 *
 * Strings belong to the struct kmc_allocations.
 */
struct kmc_allocation {
	enum kmc_allocation_by by;
	enum kmc_kmalloc_kind kind;
	enum kmc_allocation_told told;
	const char *cache;
	uint64_t size;
	const char *type;
	uint64_t type_size;
	uint64_t die;
	const char *function;
	const char *file;
	int line;
	unsigned int callers;
	const char *module;
};

/**
 * struct kmc_allocations - all of a kernel
 * @v: in the order of addresses
 * @count: of @v
 * @text: their strings, one behind the other, when they were read from a file
 * @owned: else these, each one's own
 * @nowned: of @owned
 */
struct kmc_allocations {
	struct kmc_allocation *v;
	size_t count;
	char *text;
	char **owned;
	size_t nowned;
};

/* A copy that lives as long as @all; NULL: out of memory. */
const char *kmc_allocations_keep(struct kmc_allocations *all, const char *text);
/* Another one; false: out of memory. */
bool kmc_allocations_add(struct kmc_allocations *all, const struct kmc_allocation *one);

/* allocation_scan.c: all in the code of @image; @progress as in the options. */
KMC_MUST_CHECK struct kmc_error *
kmc_allocations_scan(struct kmc_image *image, const struct kmc_allocations_options *opts,
		     struct kmc_allocations *all);

/* allocation_file.c: as a text, and back; false: that is no such text, or damaged. */
void kmc_allocations_write(struct kmc_buf *buf, const struct kmc_allocations *all,
			   const char *build_id);
/* Takes @text over, also when it fails. */
bool kmc_allocations_read(struct kmc_allocations *all, char *text, size_t len,
			  const char *build_id);

#endif /* KMC_ALLOCATIONS_H */
