// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All types of two kernels, and which of them differ.
 */
#include "kmc/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/types.h"

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

static struct kmc_error *read_names(struct kmc_types *types, struct side *side)
{
	const struct kmc_type_name *names;
	struct kmc_error *err;
	size_t count, n = 0;

	side->types = types;
	/* It makes the index. */
	err = kmc_types_list(types, &names, &count);
	if (err)
		return err;
	side->v = calloc(types->index.count + 1, sizeof(*side->v));
	if (!side->v)
		return kmc_error_nomem();
	for (size_t i = 0; i < types->index.count; i++) {
		const struct kmc_index_entry *entry = &types->index.v[i];
		const struct kmc_type *type = NULL;

		if (entry->name.is_typedef)
			kmc_error_free(kmc_types_get(types, entry->name.id, &type));
		if (!entry->name.is_typedef || (type && !type->name))
			side->v[side->count++] = entry;
	}
	qsort(side->v, side->count, sizeof(*side->v), by_name);
	for (size_t i = 0; i < side->count; i++)
		if (!n || !side->v[i]->origin || by_name(&side->v[n - 1], &side->v[i]))
			side->v[n++] = side->v[i];
	side->count = n;
	return NULL;
}

static size_t run_of(const struct side *side, size_t at)
{
	size_t n = at < side->count;

	while (at + n < side->count && !compare_names(&side->v[at]->name, &side->v[at + n]->name))
		n++;
	return n;
}

/* What is damaged is not said to differ. */
static size_t changed(struct kmc_types *a, kmc_type_id x, struct kmc_types *b, kmc_type_id y)
{
	struct kmc_comparison comparison;
	struct kmc_error *err = kmc_compare(a, x, b, y, &comparison);
	size_t n;

	if (err) {
		kmc_error_free(err);
		return 0;
	}
	n = comparison.changed;
	kmc_comparison_release(&comparison);
	return n;
}

static size_t difference(const struct side *a, size_t i, const struct side *b, size_t j)
{
	size_t n = changed(a->types, a->v[i]->name.id, b->types, b->v[j]->name.id);

	/* It may have grown by padding alone. */
	return n ? n : a->v[i]->name.size != b->v[j]->name.size;
}

/* Layouts of one name: told are those without an equal one on the other side. */
static bool tell_run(const struct side *a, size_t i, size_t na, const struct side *b, size_t j,
		     size_t nb, bool (*differs)(void *arg, const struct kmc_compared_type *type),
		     void *arg)
{
	bool found_a[LAYOUTS_MAX] = { }, found_b[LAYOUTS_MAX] = { };
	size_t y = 0;

	na = na < LAYOUTS_MAX ? na : LAYOUTS_MAX;
	nb = nb < LAYOUTS_MAX ? nb : LAYOUTS_MAX;
	for (size_t x = 0; x < na; x++)
		for (size_t k = 0; k < nb; k++)
			if ((!found_a[x] || !found_b[k]) && !difference(a, i + x, b, j + k))
				found_a[x] = found_b[k] = true;
	for (size_t x = 0; x < na; x++) {
		struct kmc_compared_type type = { .a = &a->v[i + x]->name };

		if (found_a[x])
			continue;
		while (y < nb && found_b[y])
			y++;
		if (y < nb) {
			type.b = &b->v[j + y]->name;
			type.changed = changed(a->types, a->v[i + x]->name.id, b->types,
					       b->v[j + y]->name.id);
			y++;
		}
		if (!differs(arg, &type))
			return false;
	}
	for (; y < nb; y++) {
		const struct kmc_compared_type type = { .b = &b->v[j + y]->name };

		if (!found_b[y] && !differs(arg, &type))
			return false;
	}
	return true;
}

struct kmc_error *kmc_compare_types(struct kmc_types *a, struct kmc_types *b,
				    bool (*differs)(void *arg,
						    const struct kmc_compared_type *type),
				    void *arg)
{
	struct side x = { }, y = { };
	struct kmc_error *err = read_names(a, &x);
	size_t i = 0, j = 0;
	bool go_on = true;

	if (!err)
		err = read_names(b, &y);
	while (!err && go_on && (i < x.count || j < y.count)) {
		int order = i == x.count ? 1 : j == y.count ? -1 :
				    compare_names(&x.v[i]->name, &y.v[j]->name);
		size_t na = order <= 0 ? run_of(&x, i) : 0, nb = order >= 0 ? run_of(&y, j) : 0;

		go_on = tell_run(&x, i, na, &y, j, nb, differs, arg);
		i += na;
		j += nb;
	}
	free(x.v);
	free(y.v);
	return err;
}
