// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two layouts of a type, member by member, or two enums. Members and constants are found by
 * their names, since what was inserted moves all that is behind it.
 */
#include "kmc/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "types/types.h"

#define DEPTH_MAX	16
/* A type with more is damaged. */
#define MEMBERS_MAX	100000

/*
 * struct item - a member, or what no member is at
 * @key: what it is found by: the path, of a hole with that of the member before it
 * @other: it was found on the other side
 * @values: hash of the enumerators of an enum that is declared right here
 * @hole: it is none
 */
struct item {
	struct kmc_compared_member member;
	char *key;
	long other;
	uint64_t values;
	bool hole;
};

struct items {
	struct kmc_types *types;
	struct item *v;
	size_t count;
};

static void items_release(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->v[i].member.path);
		free(items->v[i].key);
	}
	free(items->v);
}

/* Takes @key over; NULL is no memory. */
static struct kmc_error *add_item(struct items *items, const struct kmc_compared_member *member,
				  const char *path, char *key, bool hole)
{
	struct item *item = kmc_grow(&items->v, items->count, sizeof(*item));

	if (!item || !key) {
		free(key);
		return kmc_error_nomem();
	}
	*item = (struct item){ .member = *member, .key = key, .other = -1, .hole = hole };
	items->count++;
	item->member.path = strdup(path);
	return item->member.path ? NULL : kmc_error_nomem();
}

static char *format(const char *prefix, const char *name)
{
	char *text;

	if (!*prefix || !*name)
		return strdup(*name ? name : prefix);
	if (asprintf(&text, "%s.%s", prefix, name) < 0)
		return NULL;
	return text;
}

static struct kmc_error *add_type(struct items *items, const struct kmc_type *type,
				  const char *prefix, uint64_t base, int depth);

static struct kmc_error *add_gaps(struct items *items, const struct kmc_type *type,
				  const char *prefix, uint64_t base, long after)
{
	struct kmc_gap *gaps KMC_AUTO_FREE = NULL;
	struct kmc_error *err;
	size_t count = 0;

	err = kmc_layout_gaps(type, &gaps, &count);
	for (size_t i = 0; !err && i < count; i++) {
		const char *behind = gaps[i].after < 0 ? NULL : type->members[gaps[i].after].name;
		const struct kmc_compared_member member = {
			.bit_offset = base + gaps[i].bit_offset, .bit_size = gaps[i].bit_size,
		};
		char *key;

		if (gaps[i].after != after)
			continue;
		if (asprintf(&key, "%s %ld %s", prefix, behind ? 0 : after,
			     behind ? behind : "") < 0)
			key = NULL;
		err = add_item(items, &member,
			       gaps[i].place == KMC_PLACE_TAIL ? "(padding)" : "(hole)", key,
			       true);
	}
	return err;
}

static bool same_members(const struct kmc_type *a, const struct kmc_type *b)
{
	if (a->nmembers != b->nmembers)
		return false;
	for (size_t i = 0; i < a->nmembers; i++) {
		const char *p = a->members[i].name, *q = b->members[i].name;

		if (a->members[i].bit_offset != b->members[i].bit_offset ||
		    strcmp(p ? p : "", q ? q : ""))
			return false;
	}
	return true;
}

/* struct_group() has its members twice: what they are is seen in the arm without a name. */
static bool is_again(struct items *items, const struct kmc_type *type, size_t i,
		     const struct kmc_type *member)
{
	const struct kmc_type *first = NULL;

	if (type->kind != KMC_TYPE_UNION || type->nmembers != 2 || i != 1 ||
	    type->members[0].name || !type->members[1].name)
		return false;
	kmc_error_free(kmc_types_get(items->types, type->members[0].type, &first));
	return first && first->kind == KMC_TYPE_STRUCT && member->kind == KMC_TYPE_STRUCT &&
	       first->size == member->size && same_members(first, member);
}

static uint64_t hash_values(const struct kmc_type *type)
{
	uint64_t hash = KMC_HASH_START;

	if (type->kind != KMC_TYPE_ENUM || !type->anonymous)
		return 0;
	for (size_t i = 0; i < type->nenumerators; i++) {
		const struct kmc_enumerator *one = &type->enumerators[i];

		hash = kmc_hash_bytes(hash, one->name, strlen(one->name));
		hash = kmc_hash_bytes(hash, &one->value, sizeof(one->value));
	}
	return hash;
}

/* What has no name is known by what is in it, or by how many of its kind came before. */
static struct kmc_error *add_member(struct items *items, const struct kmc_type *type, size_t i,
				    const char *prefix, uint64_t base, int depth)
{
	char *path KMC_AUTO_FREE = NULL;
	const struct kmc_member *m = &type->members[i];
	const struct kmc_type *declared;
	bool anonymous;
	struct kmc_compared_member member = {
		.bit_offset = base + m->bit_offset, .bit_size = m->bit_size,
		.bitfield = m->bitfield,
	};
	struct kmc_error *err;

	err = kmc_types_get(items->types, m->type, &declared);
	if (err)
		return err;
	if (m->bitfield && !m->name)
		return NULL;
	path = format(prefix, m->name ? m->name : "");
	if (!path)
		return kmc_error_nomem();
	member.declared = declared->declared;
	/* What a typedef gives a name is compared for itself. */
	anonymous = declared->anonymous;
	if (m->name) {
		err = add_item(items, &member, path, strdup(path), false);
		if (err)
			return err;
		items->v[items->count - 1].values = hash_values(declared);
	}
	for (int step = 0; declared->kind == KMC_TYPE_ARRAY && step < DEPTH_MAX; step++) {
		err = kmc_types_get(items->types, declared->element, &declared);
		if (err)
			return err;
	}
	if (!kmc_is_aggregate(declared) || !anonymous || declared->name || depth >= DEPTH_MAX ||
	    items->count > MEMBERS_MAX || is_again(items, type, i, declared))
		return NULL;
	return add_type(items, declared, path, member.bit_offset, depth + 1);
}

static struct kmc_error *add_type(struct items *items, const struct kmc_type *type,
				  const char *prefix, uint64_t base, int depth)
{
	struct kmc_error *err = add_gaps(items, type, prefix, base, -1);

	for (size_t i = 0; !err && i < type->nmembers; i++) {
		err = add_member(items, type, i, prefix, base, depth);
		if (!err)
			err = add_gaps(items, type, prefix, base, i);
	}
	return err;
}

/* ---- pairs ---- */

static int compare_keys(const void *p, const void *q, void *arg)
{
	const size_t x = *(const size_t *)p, y = *(const size_t *)q;
	const struct item *v = arg;
	int order = strcmp(v[x].key, v[y].key);

	return order ? order : (x > y) - (x < y);
}

static size_t *sorted(const struct items *items)
{
	size_t *order = calloc(items->count + 1, sizeof(*order));

	for (size_t i = 0; order && i < items->count; i++)
		order[i] = i;
	if (order && items->count)
		qsort_r(order, items->count, sizeof(*order), compare_keys, items->v);
	return order;
}

/* The first of a key with the first, the second with the second. */
static bool pair_up(struct items *a, struct items *b)
{
	size_t *x = sorted(a), *y = sorted(b);

	for (size_t i = 0, j = 0; x && y && i < a->count && j < b->count;) {
		int order = strcmp(a->v[x[i]].key, b->v[y[j]].key);

		if (!order) {
			a->v[x[i]].other = y[j];
			b->v[y[j]].other = x[i];
		}
		i += order <= 0;
		j += order >= 0;
	}
	free(x);
	free(y);
	return x && y;
}

static unsigned int changes_of(const struct kmc_compared_member *a,
			       const struct kmc_compared_member *b)
{
	unsigned int changes = 0;

	if (a->bit_offset != b->bit_offset)
		changes |= KMC_CHANGE_MOVED;
	if (a->bit_size != b->bit_size || a->bitfield != b->bitfield)
		changes |= KMC_CHANGE_RESIZED;
	if (a->declared && b->declared && strcmp(a->declared, b->declared))
		changes |= KMC_CHANGE_RETYPED;
	if (a->value != b->value)
		changes |= KMC_CHANGE_VALUE;
	return changes;
}

/* Takes the paths over. */
static bool add_row(struct kmc_comparison *out, struct item *a, struct item *b)
{
	struct kmc_compared_row *row = kmc_grow(&out->rows, out->count, sizeof(*row));

	if (!row)
		return false;
	*row = (struct kmc_compared_row){ .hole = a ? a->hole : b->hole };
	if (a) {
		row->a = a->member;
		a->member.path = NULL;
	}
	if (b) {
		row->b = b->member;
		b->member.path = NULL;
	}
	row->changes = !b ? KMC_CHANGE_GONE : !a ? KMC_CHANGE_NEW : changes_of(&row->a, &row->b);
	if (a && b && a->values != b->values)
		row->changes |= KMC_CHANGE_RETYPED;
	out->count++;
	out->changed += row->changes && !row->hole;
	return true;
}

static bool add_gone(struct kmc_comparison *out, struct items *a, size_t *at, size_t end)
{
	bool ok = true;

	for (; ok && *at < end; ++*at)
		if (a->v[*at].other < 0)
			ok = add_row(out, &a->v[*at], NULL);
	return ok;
}

static bool merge(struct items *a, struct items *b, struct kmc_comparison *out)
{
	size_t at = 0;
	bool ok = true;

	for (size_t j = 0; ok && j < b->count; j++) {
		long i = b->v[j].other;

		if (i >= 0)
			ok = add_gone(out, a, &at, i);
		ok = ok && add_row(out, i < 0 ? NULL : &a->v[i], &b->v[j]);
	}
	return ok && add_gone(out, a, &at, a->count);
}

static struct kmc_error *add_constants(struct items *items, const struct kmc_type *type)
{
	struct kmc_error *err = NULL;

	for (size_t i = 0; !err && i < type->nenumerators; i++) {
		const struct kmc_compared_member member = {
			.value = type->enumerators[i].value,
		};
		const char *name = type->enumerators[i].name;

		err = add_item(items, &member, name, strdup(name), false);
	}
	return err;
}

static struct kmc_error *read_side(struct items *items, kmc_type_id id)
{
	const struct kmc_type *type;
	struct kmc_error *err;

	if (!id)
		return NULL;
	err = kmc_types_get(items->types, id, &type);
	if (err)
		return err;
	return type->kind == KMC_TYPE_ENUM ? add_constants(items, type) :
	       add_type(items, type, "", 0, 0);
}

struct kmc_error *kmc_compare(struct kmc_types *a, kmc_type_id id_a, struct kmc_types *b,
			      kmc_type_id id_b, struct kmc_comparison *out)
{
	struct items x = { .types = a }, y = { .types = b };
	struct kmc_error *err = read_side(&x, id_a);

	*out = (struct kmc_comparison){ };
	if (!err)
		err = read_side(&y, id_b);
	if (!err && (!pair_up(&x, &y) || !merge(&x, &y, out)))
		err = kmc_error_nomem();
	items_release(&x);
	items_release(&y);
	if (err)
		kmc_comparison_release(out);
	return err;
}

void kmc_comparison_release(struct kmc_comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++) {
		free(comparison->rows[i].a.path);
		free(comparison->rows[i].b.path);
	}
	free(comparison->rows);
	*comparison = (struct kmc_comparison){ };
}
