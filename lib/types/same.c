// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types of two kernels that look alike, seen at once: most of them are, and to write down how
 * each member is declared takes ten times as long as to see that nothing in it differs.
 */
#include "types/same.h"

#include <string.h>

/* Nodes from a member to the name of its type. */
#define STEPS_MAX	64
/* Aggregates without a name in each other. */
#define DEPTH_MAX	16
/* Nodes read for one answer; the kernel's largest type needs 1 %. */
#define WORK_MAX	100000

void kmc_same_release(struct kmc_same *same)
{
	kmc_map_release(&same->known, NULL);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Both nodes; false, and neither is to be released. */
static bool read_both(struct kmc_same *same, kmc_type_id x, kmc_type_id y, bool children,
		      struct kmc_raw_type *a, struct kmc_raw_type *b)
{
	struct kmc_error *err;

	if (!same->work)
		return false;
	same->work--;
	err = kmc_types_read(same->a, x, children, a);
	if (!err) {
		err = kmc_types_read(same->b, y, children, b);
		if (err)
			kmc_raw_release(a);
	}
	kmc_error_free(err);
	return !err;
}

static bool same_children(struct kmc_same *same, const struct kmc_raw_type *a,
			  const struct kmc_raw_type *b, int depth);

/* Of two nodes that are alike in all but their children. */
static bool same_inside(struct kmc_same *same, kmc_type_id x, kmc_type_id y, int depth)
{
	struct kmc_raw_type a, b;
	bool alike;

	if (depth > DEPTH_MAX || !read_both(same, x, y, true, &a, &b))
		return false;
	alike = same_children(same, &a, &b, depth);
	kmc_raw_release(&a);
	kmc_raw_release(&b);
	return alike;
}

/*
 * struct chain - from a member to what its type is of
 * @pointed: behind a pointer or a function, where sizes count for nothing
 * @named: behind a typedef: what it is of has no other name
 */
struct chain {
	kmc_type_id x, y;
	bool pointed, named;
	int depth;
};

/* The last node, of which one says how large the whole is. */
static bool same_end(struct kmc_same *same, const struct chain *chain,
		     const struct kmc_raw_type *a, const struct kmc_raw_type *b)
{
	if (!chain->pointed && a->size != b->size)
		return false;
	if (chain->named || a->name || a->kind == KMC_TYPE_VOID)
		return true;
	return !chain->pointed && same_inside(same, chain->x, chain->y, chain->depth + 1);
}

/* One node; sets @done at the last one that matters. */
static bool same_node(struct kmc_same *same, struct chain *chain, const struct kmc_raw_type *a,
		      const struct kmc_raw_type *b, bool *done)
{
	if (a->alias != b->alias || a->kind != b->kind ||
	    (!chain->named && !same_text(a->name, b->name)))
		return false;
	if (a->alias != KMC_ALIAS_NONE) {
		chain->named |= a->alias == KMC_ALIAS_TYPEDEF;
		*done = chain->named && chain->pointed;
		return true;
	}
	switch (a->kind) {
	case KMC_TYPE_ARRAY:
		return a->count == b->count && a->flexible == b->flexible;
	case KMC_TYPE_FUNCTION:
		if (!chain->named && !same_inside(same, chain->x, chain->y, chain->depth + 1))
			return false;
		/* Fall through. */
	case KMC_TYPE_POINTER:
		chain->pointed = true;
		*done = chain->named;
		return a->size == b->size;
	default:
		*done = true;
		return same_end(same, chain, a, b);
	}
}

/* Are they declared alike, and as large? */
static bool same_type(struct kmc_same *same, kmc_type_id x, kmc_type_id y, int depth)
{
	struct chain chain = { .x = x, .y = y, .depth = depth };
	struct kmc_raw_type a, b;
	bool done = false;

	for (int i = 0; i < STEPS_MAX; i++) {
		if (!read_both(same, chain.x, chain.y, false, &a, &b) ||
		    !same_node(same, &chain, &a, &b, &done))
			return false;
		if (done)
			return true;
		chain.x = a.target;
		chain.y = b.target;
	}
	return false;
}

/* A type that many members have is looked at once. */
static bool same_known(struct kmc_same *same, kmc_type_id x, kmc_type_id y, int depth)
{
	const void *known;

	if (!x || !y)
		return x == y;
	known = kmc_map_get(&same->known, x);
	if (known && (uintptr_t)known == y)
		return true;
	if (!same_type(same, x, y, depth))
		return false;
	/* Without memory it is looked at again. */
	if (!known)
		(void)kmc_map_put(&same->known, x, (void *)(uintptr_t)y);
	return true;
}

static bool same_children(struct kmc_same *same, const struct kmc_raw_type *a,
			  const struct kmc_raw_type *b, int depth)
{
	if (a->nmembers != b->nmembers || a->nenumerators != b->nenumerators ||
	    a->variadic != b->variadic)
		return false;
	for (size_t i = 0; i < a->nmembers; i++) {
		const struct kmc_member *m = &a->members[i], *n = &b->members[i];

		if (m->bit_offset != n->bit_offset || m->bit_size != n->bit_size ||
		    m->bitfield != n->bitfield || !same_text(m->name, n->name) ||
		    !same_known(same, m->type, n->type, depth))
			return false;
	}
	for (size_t i = 0; i < a->nenumerators; i++)
		if (a->enumerators[i].value != b->enumerators[i].value ||
		    strcmp(a->enumerators[i].name, b->enumerators[i].name))
			return false;
	return true;
}

bool kmc_certainly_same(struct kmc_same *same, kmc_type_id x, kmc_type_id y)
{
	struct kmc_raw_type a, b;

	same->work = WORK_MAX;
	for (int i = 0; i < STEPS_MAX && read_both(same, x, y, false, &a, &b); i++) {
		if (a.alias != b.alias || a.kind != b.kind)
			return false;
		if (a.alias == KMC_ALIAS_NONE)
			return a.size == b.size && a.incomplete == b.incomplete &&
			       same_inside(same, x, y, 0);
		x = a.target;
		y = b.target;
	}
	return false;
}
