/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions about all types of a kernel. Included by kmc.h.
 */
#ifndef KMC_FIND_H
#define KMC_FIND_H

#include <kmc/layout.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- search: find.c ---- */

struct kmc_find;

/**
 * struct kmc_answer - an answer
 * @name: of the type; of the function, if it is one, and then only its name and id count
 * @function: it is
 * @path: of the member; the name of a value of an enum; "(hole)" or "(padding)"; "": the type itself
 * @declared: type of the member or function, as C writes it; "": none
 * @bit_offset: of the member, or where the hole begins
 * @bit_size: of it; of the type when it is that itself
 * @bitfield: it is declared with a width
 * @value: of an enum, when @path names one of its values
 *
 * All of it is valid during the call that it is given to; @name of a type as long as
 * the types are.
 */
struct kmc_answer {
	const struct kmc_type_name *name;
	bool function;
	const char *path;
	const char *declared;
	uint64_t bit_offset;
	uint64_t bit_size;
	bool bitfield;
	int64_t value;
};

/**
 * kmc_find_new() - understand a query
 * @query: words, all of which have to be true: "NAME", in the name of the type or
 *	function; ".MEMBER", also a value of an enum; ": TYPE" of a member; "at N", offset of it; "N..M bytes",
 *	size of the type; "hole at N of N"; "contains TYPE"; "points to TYPE"; "takes TYPE"
 *	and "returns TYPE", of functions. * and ? stand for anything in a name.
 * @out: free with kmc_find_free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_find_new(const char *query, struct kmc_find **out);

KMC_PUBLIC void kmc_find_free(struct kmc_find *find);

/**
 * kmc_find_run() - answers, as they are found
 * @find: the query
 * @types: where from
 * @found: gets each answer; false: it wants no more
 * @arg: for @found
 * @count: set to the number of answers
 *
 * What is damaged is left out.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_find_run(const struct kmc_find *find, struct kmc_types *types,
	     bool (*found)(void *arg, const struct kmc_answer *found), void *arg,
	     size_t *count);

#ifdef __cplusplus
}
#endif

#endif /* KMC_FIND_H */
