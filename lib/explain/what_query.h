/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of an object that nobody knows the type of.
 */
#ifndef KMC_WHAT_QUERY_H
#define KMC_WHAT_QUERY_H

#include "explain/allocations.h"

/**
 * enum kmc_pattern - what is known of bytes
 * @KMC_PATTERN_NONE: nothing
 * @KMC_PATTERN_POINTER: a pointer
 * @KMC_PATTERN_FUNCTION: a pointer to a function
 * @KMC_PATTERN_POINTS_TO: a pointer to a type
 * @KMC_PATTERN_LIST: an entry or head of a list
 * @KMC_PATTERN_TEXT: characters
 * @KMC_PATTERN_NUMBER: a number
 * @KMC_PATTERN_TYPE: something of a type
 */
enum kmc_pattern {
	KMC_PATTERN_NONE,
	KMC_PATTERN_POINTER,
	KMC_PATTERN_FUNCTION,
	KMC_PATTERN_POINTS_TO,
	KMC_PATTERN_LIST,
	KMC_PATTERN_TEXT,
	KMC_PATTERN_NUMBER,
	KMC_PATTERN_TYPE,
};

/**
 * struct kmc_what_place - a place in the object
 * @offset: from its start
 * @pattern: what is there
 * @type: of POINTS_TO and TYPE: as C writes it, * and ? stand for anything; yours
 * @word: bytes that an address has there
 */
struct kmc_what_place {
	uint64_t offset;
	enum kmc_pattern pattern;
	char *type;
	unsigned int word;
};

#define KMC_WHAT_PLACES		64

/**
 * struct kmc_what - the object
 * @word: bytes of an address
 * @cache: its cache, NULL if unknown
 * @is_kmalloc: that is one of kmalloc()'s
 * @kind: then, which
 * @over: then, its objects are larger than that
 * @up_to: and at most that
 * @size: bytes of the object, or that were asked for; 0 if unknown
 * @exact: @size is what was asked for
 * @places: what is known of bytes; the first one is the place that is asked for
 * @nplaces: of @places
 */
struct kmc_what {
	unsigned int word;
	char *cache;
	bool is_kmalloc;
	enum kmc_kmalloc_kind kind;
	uint64_t over;
	uint64_t up_to;
	uint64_t size;
	bool exact;
	struct kmc_what_place places[KMC_WHAT_PLACES];
	size_t nplaces;
};

/* Sets what follows from the name of the cache. */
void kmc_what_set_class(struct kmc_what *what);
/* The bytes of the kmalloc() cache that @size comes from. */
uint64_t kmc_kmalloc_class(uint64_t size);
/* Adds what @len bytes at @offset tell; what they do not tell is left out. */
void kmc_what_add_bytes(struct kmc_what *what, uint64_t offset, const uint8_t *bytes,
			size_t len);

#endif /* KMC_WHAT_QUERY_H */
