// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All types of two kernels, and which of them differ.
 */
#include "kmc/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/same.h"

/* Layouts of one name that are compared with each other. */
#define LAYOUTS_MAX	16

/*
 * struct side - the layouts of one kernel by name, each once unless that is not known;
 *	typedefs only of what has no name
 */
struct side {
	struct kmc_types *types;
	const struct kmc_index_entry **v;
	size_t count;
};

/*
 * struct run - layouts of one name
 * @count: of @v, that are compared
 * @n: that there are
 */
struct run {
	const struct kmc_index_entry **v;
	size_t count;
	size_t n;
};

/* Who wants to know. */
struct teller {
	bool (*differs)(void *arg, const struct kmc_compared_type *type);
	void *arg;
};

static int compare_names(const struct kmc_type_name *a, const struct kmc_type_name *b)
{
	int order = strcmp(a->name, b->name);

	if (!order)
		order = (a->kind > b->kind) - (a->kind < b->kind);
	return order ? order : a->is_typedef - b->is_typedef;
}

static int by_name(const void *p, const void *q)
{
	const struct kmc_index_entry *a = *(const struct kmc_index_entry *const *)p;
	const struct kmc_index_entry *b = *(const struct kmc_index_entry *const *)q;
	int order = compare_names(&a->name, &b->name);

	if (!order)
		order = (a->name.size > b->name.size) - (a->name.size < b->name.size);
	return order ? order : (a->origin > b->origin) - (a->origin < b->origin);
}

static void add_names(struct side *side, const struct kmc_index *index)
{
	for (size_t i = 0; i < index->count; i++) {
		const struct kmc_index_entry *entry = &index->v[i];
		const struct kmc_type *type = NULL;

		if (entry->name.is_typedef)
			kmc_error_free(kmc_types_get(side->types, entry->name.id, &type));
		if (!entry->name.is_typedef || (type && !type->name))
			side->v[side->count++] = entry;
	}
}

static struct kmc_error *read_names(struct kmc_types *types, struct side *side)
{
	struct kmc_error *err;
	size_t n = 0;

	side->types = types;
	err = kmc_types_index(types);
	if (err)
		return err;
	side->v = calloc(types->index.count + types->enum_index.count + 1, sizeof(*side->v));
	if (!side->v)
		return kmc_error_nomem();
	add_names(side, &types->index);
	add_names(side, &types->enum_index);
	qsort(side->v, side->count, sizeof(*side->v), by_name);
	for (size_t i = 0; i < side->count; i++)
		if (!n || !side->v[i]->origin || by_name(&side->v[n - 1], &side->v[i]))
			side->v[n++] = side->v[i];
	side->count = n;
	return NULL;
}

/* What comes next of one kernel, if it is that of both. */
static struct run run_of(const struct side *side, size_t at, bool next)
{
	struct run run = { .v = side->v + at };

	while (next && at + run.n < side->count &&
	       !compare_names(&run.v[0]->name, &run.v[run.n]->name))
		run.n++;
	run.count = run.n < LAYOUTS_MAX ? run.n : LAYOUTS_MAX;
	return run;
}

/* What is damaged is not said to differ. */
static size_t changed(const struct kmc_same *same, kmc_type_id x, kmc_type_id y)
{
	struct kmc_comparison comparison;
	struct kmc_error *err = kmc_compare(same->a, x, same->b, y, &comparison);
	size_t n;

	if (err) {
		kmc_error_free(err);
		return 0;
	}
	n = comparison.changed;
	kmc_comparison_release(&comparison);
	return n;
}

/* *@n: members that do; it may have grown by padding alone. */
static bool differ(struct kmc_same *same, const struct kmc_type_name *a,
		   const struct kmc_type_name *b, size_t *n)
{
	*n = 0;
	if (kmc_certainly_same(same, a->id, b->id))
		return false;
	*n = changed(same, a->id, b->id);
	return *n || a->size != b->size;
}

/* Most names have one layout in each. */
static bool tell_pair(struct kmc_same *same, const struct kmc_type_name *a,
		      const struct kmc_type_name *b, const struct teller *teller)
{
	struct kmc_compared_type type = { .a = a, .b = b };

	return !differ(same, a, b, &type.changed) || teller->differs(teller->arg, &type);
}

/* Layouts of one name: told are those without an equal one on the other side. */
static bool tell_run(struct kmc_same *same, const struct run *a, const struct run *b,
		     const struct teller *teller)
{
	bool found_a[LAYOUTS_MAX] = { }, found_b[LAYOUTS_MAX] = { };
	size_t y = 0, n;

	if (a->count == 1 && b->count == 1)
		return tell_pair(same, &a->v[0]->name, &b->v[0]->name, teller);
	for (size_t x = 0; x < a->count; x++)
		for (size_t k = 0; k < b->count; k++)
			if ((!found_a[x] || !found_b[k]) &&
			    !differ(same, &a->v[x]->name, &b->v[k]->name, &n))
				found_a[x] = found_b[k] = true;
	for (size_t x = 0; x < a->count; x++) {
		struct kmc_compared_type type = { .a = &a->v[x]->name };

		if (found_a[x])
			continue;
		while (y < b->count && found_b[y])
			y++;
		if (y < b->count) {
			type.b = &b->v[y++]->name;
			type.changed = changed(same, type.a->id, type.b->id);
		}
		if (!teller->differs(teller->arg, &type))
			return false;
	}
	for (; y < b->count; y++) {
		const struct kmc_compared_type type = { .b = &b->v[y]->name };

		if (!found_b[y] && !teller->differs(teller->arg, &type))
			return false;
	}
	return true;
}

struct kmc_error *kmc_compare_types(struct kmc_types *a, struct kmc_types *b,
				    bool (*differs)(void *arg,
						    const struct kmc_compared_type *type),
				    void *arg)
{
	const struct teller teller = { differs, arg };
	struct kmc_same same = { .a = a, .b = b };
	struct side x = { }, y = { };
	struct kmc_error *err = read_names(a, &x);
	size_t i = 0, j = 0;
	bool go_on = true;

	if (!err)
		err = read_names(b, &y);
	while (!err && go_on && (i < x.count || j < y.count)) {
		int order = i == x.count ? 1 : j == y.count ? -1 :
				    compare_names(&x.v[i]->name, &y.v[j]->name);
		struct run of_a = run_of(&x, i, order <= 0), of_b = run_of(&y, j, order >= 0);

		go_on = tell_run(&same, &of_a, &of_b, &teller);
		i += of_a.n;
		j += of_b.n;
	}
	kmc_same_release(&same);
	free(x.v);
	free(y.v);
	return err;
}
