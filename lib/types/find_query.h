/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a query for types asks for.
 */
#ifndef KMC_FIND_QUERY_H
#define KMC_FIND_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "kmc/error.h"

struct kmc_range {
	bool set;
	uint64_t from;
	uint64_t to;
};

/**
 * struct kmc_query - all of it has to be true; NULL, or not set: any
 * @type: in the name of the type or function
 * @member: name of a member, or of a value of an enum
 * @member_type: of it, as C writes it
 * @at: offset of it
 * @size: of the type
 * @hole: it has one, or padding
 * @hole_at: a byte of that
 * @hole_of: bytes of that
 * @contains: what is in it, however deep
 * @points: what a member points to
 * @takes: a parameter of a function
 * @returns: what a function returns
 */
struct kmc_query {
	char *type;
	char *member;
	char *member_type;
	struct kmc_range at;
	struct kmc_range size;
	bool hole;
	struct kmc_range hole_at;
	struct kmc_range hole_of;
	char *contains;
	char *points;
	char *takes;
	char *returns;
};

KMC_MUST_CHECK struct kmc_error *kmc_query_parse(const char *text, struct kmc_query *query);
void kmc_query_release(struct kmc_query *query);

static inline bool kmc_query_of_functions(const struct kmc_query *query)
{
	return query->takes || query->returns;
}

/* What is asked of a member's place or type, none of their values has. */
static inline bool kmc_query_of_enums(const struct kmc_query *query)
{
	return (query->type || query->member) && !query->member_type && !query->at.set &&
	       !query->hole && !query->contains && !query->points;
}

static inline bool kmc_query_of_members(const struct kmc_query *query)
{
	return query->member || query->member_type || query->at.set || query->contains ||
	       query->points;
}

/* "*" and "?" stand for what they do in file names; [ is that of C. */
bool kmc_query_glob(const char *pattern, const char *text);

#endif /* KMC_FIND_QUERY_H */
