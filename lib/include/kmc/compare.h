/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of two kernels, compared. Included by kmc.h.
 */
#ifndef KMC_COMPARE_H
#define KMC_COMPARE_H

#include <kmc/layout.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- two kernels: compare.c, compare_types.c ---- */

enum kmc_change {
	KMC_CHANGE_MOVED = 1,		/* its offset */
	KMC_CHANGE_RESIZED = 2,		/* its size */
	KMC_CHANGE_RETYPED = 4,		/* how it is declared */
	KMC_CHANGE_GONE = 8,		/* not in the second */
	KMC_CHANGE_NEW = 16,		/* not in the first */
	KMC_CHANGE_VALUE = 32,		/* of a constant of an enum */
};

/**
 * struct kmc_compared_member - one side of a row
 * @path: "info.code", through structs without a name; "(hole)", "(padding)"; a constant of an
 *	enum; NULL: it is not on this side
 * @declared: its type, NULL of a hole or constant; borrowed from its types
 * @bit_offset: from the start of the type
 * @bit_size: of it
 * @bitfield: declared with a width
 * @value: of a constant
 */
struct kmc_compared_member {
	char *path;
	const char *declared;
	uint64_t bit_offset;
	uint64_t bit_size;
	bool bitfield;
	int64_t value;
};

/**
 * struct kmc_compared_row - a member or constant of both, or of one
 * @a: in the first
 * @b: in the second
 * @changes: of enum kmc_change, or-ed
 * @hole: it is none; a change of it follows from those of members
 */
struct kmc_compared_row {
	struct kmc_compared_member a;
	struct kmc_compared_member b;
	unsigned int changes;
	bool hole;
};

/**
 * struct kmc_comparison - two layouts of a type beside each other
 * @rows: in the order of the second; what is gone stands where it was
 * @count: of @rows
 * @changed: members, not holes, that differ in any way
 */
struct kmc_comparison {
	struct kmc_compared_row *rows;
	size_t count;
	size_t changed;
};

/**
 * kmc_compare() - two layouts member by member
 * @a: types of the first, with @id_a; 0: it has none
 * @id_a: a struct, a union or an enum
 * @b: types of the second
 * @id_b: likewise
 * @out: release with kmc_comparison_release()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_compare(struct kmc_types *a, kmc_type_id id_a, struct kmc_types *b, kmc_type_id id_b,
	    struct kmc_comparison *out);

KMC_PUBLIC void kmc_comparison_release(struct kmc_comparison *comparison);

/**
 * struct kmc_compared_type - a type that differs
 * @a: of the first, NULL: it is new
 * @b: of the second, NULL: it is gone
 * @changed: as in struct kmc_comparison; 0: padding alone
 */
struct kmc_compared_type {
	const struct kmc_type_name *a;
	const struct kmc_type_name *b;
	size_t changed;
};

/**
 * kmc_compare_types() - every struct, union and enum that differs
 * @a: types of the first
 * @b: types of the second
 * @differs: gets each, by name; false: it wants no more
 * @arg: for @differs
 *
 * Of a name with several layouts those are told that the other kernel has not. Typedefs
 * count when what they are of has no name. An enum that has neither goes by its first
 * constant.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_compare_types(struct kmc_types *a, struct kmc_types *b,
		  bool (*differs)(void *arg, const struct kmc_compared_type *type),
		  void *arg);

#ifdef __cplusplus
}
#endif

#endif /* KMC_COMPARE_H */
