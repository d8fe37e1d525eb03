/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a type have at an offset what is known of the bytes there?
 */
#ifndef KMC_WHAT_MATCH_H
#define KMC_WHAT_MATCH_H

#include "explain/what_query.h"

/**
 * struct kmc_what_seen - the first bytes that are known, in words; yours
 * @agreed: what is there as it should be, NULL: nothing
 * @contradicted: what is there instead
 */
struct kmc_what_seen {
	char *agreed;
	char *contradicted;
};

void kmc_what_seen_release(struct kmc_what_seen *seen);

/* 1: it has, and @seen says what; -1: something else is there; 0: nothing can be said. */
int kmc_what_fits(struct kmc_types *types, kmc_type_id id, uint64_t offset,
		  const struct kmc_what_place *place, struct kmc_what_seen *seen);
/* Is nothing there but padding? */
bool kmc_what_in_hole(struct kmc_types *types, kmc_type_id id, uint64_t offset);
/* What is there, in words; NULL if nothing is known. */
KMC_MUST_CHECK struct kmc_error *
kmc_what_path(struct kmc_types *types, kmc_type_id id, uint64_t offset, char **out);

/* The array without a number of elements that a struct ends with; false: there is none. */
bool kmc_what_tail(struct kmc_types *types, kmc_type_id id, uint64_t *start, uint64_t *element);

#endif /* KMC_WHAT_MATCH_H */
