/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a register's value comes from.
 */
#ifndef KMC_REACHING_DEFINITIONS_H
#define KMC_REACHING_DEFINITIONS_H

#include "code/insn.h"
#include "debuginfo/image.h"

/**
 * enum kmc_origin_kind - where a value first was
 * @KMC_ORIGIN_UNKNOWN: the function could not be followed
 * @KMC_ORIGIN_CONSTANT: in the instruction
 * @KMC_ORIGIN_START: in a register when the function was called
 * @KMC_ORIGIN_AFTER: in a register, left there by an instruction
 * @KMC_ORIGIN_BEFORE: in a register before an instruction that is a join point
 */
enum kmc_origin_kind {
	KMC_ORIGIN_UNKNOWN,
	KMC_ORIGIN_CONSTANT,
	KMC_ORIGIN_START,
	KMC_ORIGIN_AFTER,
	KMC_ORIGIN_BEFORE,
};

/**
 * struct kmc_origin - what a value is made of: what was there, plus a number
 * @kind: where it was; the rest counts for the last three only
 * @at: address of that instruction
 * @reg: in which register
 * @offset: is added to it
 */
struct kmc_origin {
	enum kmc_origin_kind kind;
	uint64_t at;
	enum kmc_reg reg;
	int64_t offset;
};

/**
 * struct kmc_reaching - a register's value before an instruction
 * @known: the next four are valid
 * @base: NONE: the value is @value; else what this register holds before the
 *	same instruction, plus @value
 * @value: modulo 2^64, or 2^32 where a register has no more
 * @definition: address of the instruction that made it, 0: there are several,
 *	which agree, or a jump told
 * @calls: how many calls it has survived, on any path at most
 * @why_not: when not @known: why, static text
 * @origin: whether @known or not
 */
struct kmc_reaching {
	bool known;
	enum kmc_reg base;
	int64_t value;
	uint64_t definition;
	unsigned int calls;
	const char *why_not;
	struct kmc_origin origin;
};

/* Both questions below. */
KMC_MUST_CHECK struct kmc_error *
kmc_reaching_ask(struct kmc_image *image, uint64_t function, uint64_t size, uint64_t at,
		 enum kmc_reg reg, bool own_code, struct kmc_reaching *out);

/**
 * kmc_reaching_value() - find what a register holds before an instruction
 * @image: vmlinux or module
 * @function: link-time address of the function, a symbol's
 * @size: bytes of it
 * @at: the instruction
 * @reg: the register, not RIP
 * @out: never known unless it holds on every path from the function's start to
 *	@at; a path through a fault or patched code counts, too
 *
 * It is taken for granted that functions keep the registers that the ABI wants
 * kept, and the direction flag clear.
 */
KMC_MUST_CHECK static inline struct kmc_error *
kmc_reaching_value(struct kmc_image *image, uint64_t function, uint64_t size,
		   uint64_t at, enum kmc_reg reg, struct kmc_reaching *out)
{
	return kmc_reaching_ask(image, function, size, at, reg, false, out);
}

/**
 * kmc_reaching_in_own_code() - kmc_reaching_value(), if the function has one entry
 * @image: vmlinux or module
 * @function: as there
 * @size: as there
 * @at: as there
 * @reg: as there
 * @out: what kmc_reaching_value() finds, or would if no other code jumped into
 *	the middle of the function
 *
 * Without a search of all code, so ask this first when few answers are of interest.
 */
KMC_MUST_CHECK static inline struct kmc_error *
kmc_reaching_in_own_code(struct kmc_image *image, uint64_t function, uint64_t size,
			 uint64_t at, enum kmc_reg reg, struct kmc_reaching *out)
{
	return kmc_reaching_ask(image, function, size, at, reg, true, out);
}

/**
 * kmc_reaching_merge() - what a register may hold at a join point
 * @image: vmlinux or module
 * @function: link-time address of the function, a symbol's
 * @size: bytes of it
 * @at: the instruction, as an origin BEFORE has it
 * @reg: the register
 * @out: an origin for each edge into it, without repetitions and without what the register
 *	held there already
 * @max: room for so many
 * @count: how many there are; 0 when one cannot be known, or when they are more
 *	than @max
 */
KMC_MUST_CHECK struct kmc_error *
kmc_reaching_merge(struct kmc_image *image, uint64_t function, uint64_t size,
		   uint64_t at, enum kmc_reg reg, struct kmc_origin *out,
		   size_t max, size_t *count);

#endif /* KMC_REACHING_DEFINITIONS_H */
