// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An order of the members of a struct in which it is smaller. Members stay where they are
 * as long as nothing is lost; holes are filled with later ones that fit.
 */
#include "reorder.h"

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* No type of C is aligned to more but by an attribute. */
#define ALIGN_MAX	4096
#define DEPTH_MAX	16

static const struct kmc_type *get(struct kmc_types *types, kmc_type_id id)
{
	const struct kmc_type *type = NULL;

	kmc_error_free(kmc_types_get(types, id, &type));
	return type;
}

/* Without attributes, which debug info need not have. */
static uint64_t natural_align(struct kmc_types *types, kmc_type_id id, int depth)
{
	const struct kmc_type *type = get(types, id);
	uint64_t align = 1;

	if (!type || depth > DEPTH_MAX)
		return 1;
	if (type->kind == KMC_TYPE_ARRAY)
		return natural_align(types, type->element, depth + 1);
	if (type->kind != KMC_TYPE_STRUCT && type->kind != KMC_TYPE_UNION)
		return type->size && !(type->size & (type->size - 1)) ? type->size : 1;
	for (size_t i = 0; i < type->nmembers; i++) {
		const struct kmc_member *member = &type->members[i];
		uint64_t of = natural_align(types, member->type, depth + 1);

		/* One that is not aligned is packed. */
		if (!(member->bit_offset % (of * 8)) && type->size % of == 0 && of > align)
			align = of;
	}
	return align;
}

static uint64_t round_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) / align * align;
}

/* A hole that the type does not explain was asked for, with an attribute. */
static uint64_t align_of(struct kmc_types *types, const struct kmc_member *member, uint64_t end)
{
	uint64_t align = natural_align(types, member->type, 0);
	uint64_t at = member->bit_offset / 8;

	while (at % align)
		align /= 2;
	if (member->bitfield)
		return align;
	while (round_up(end, align) < at && align < ALIGN_MAX && !(at % (2 * align)))
		align *= 2;
	return align;
}

static bool is_marker(const struct kmc_member *member, const char *which)
{
	return member->name && !strncmp(member->name, which, strlen(which));
}

#define GROUP_BEGIN	"__cacheline_group_begin__"
#define GROUP_END	"__cacheline_group_end__"

/* The member behind the last that cannot be parted from this one. */
static size_t end_of_unit(const struct kmc_type *type, size_t first)
{
	size_t end = first + 1;

	if (is_marker(&type->members[first], GROUP_BEGIN)) {
		while (end < type->nmembers && !is_marker(&type->members[end], GROUP_END))
			end++;
		return end < type->nmembers ? end + 1 : end;
	}
	/* What has no size marks the beginning of what follows. */
	if (!type->members[first].bit_size && end < type->nmembers)
		return end_of_unit(type, end);
	while (type->members[first].bitfield && end < type->nmembers &&
	       (type->members[end].bitfield || type->members[end].bit_offset % 8))
		end++;
	return end;
}

static void make_units(struct kmc_types *types, const struct kmc_type *type, struct order *order)
{
	uint64_t end = 0;

	order->v = xcalloc(type->nmembers + 1, sizeof(*order->v));
	for (size_t i = 0; i < type->nmembers;) {
		struct unit *unit = &order->v[order->count++];
		uint64_t last = 0;

		*unit = (struct unit) {
			.first = i, .count = end_of_unit(type, i) - i, .align = 1,
			.was = type->members[i].bit_offset / 8,
		};
		for (; i < unit->first + unit->count; i++) {
			const struct kmc_member *member = &type->members[i];
			uint64_t align = align_of(types, member, end);

			/* Of a bit-field the storage need not be whole. */
			if (!member->bitfield && align > unit->align && !(unit->was % align))
				unit->align = align;
			end = (member->bit_offset + member->bit_size + 7) / 8;
			last = end > last ? end : last;
		}
		unit->size = last > unit->was ? last - unit->was : 0;
		if (type->members[unit->first].bitfield)
			while (unit->align < 8 && unit->align < unit->size)
				unit->align *= 2;
		end = last;
	}
}

/* Nothing may come behind a flexible array. */
static bool has_open_end(struct kmc_types *types, const struct kmc_type *type)
{
	const struct kmc_type *last = get(types, type->members[type->nmembers - 1].type);

	return last && last->kind == KMC_TYPE_ARRAY && last->flexible;
}

/* The next in order; or, when that leaves a hole, the first that fits into it. */
static size_t choose(const struct order *order, const bool *placed, uint64_t at, size_t movable)
{
	size_t next = 0, i;
	uint64_t hole;

	while (placed[next])
		next++;
	hole = round_up(at, order->v[next].align) - at;
	for (i = next + 1; hole && i < movable; i++)
		if (!placed[i] && order->v[i].size && order->v[i].size <= hole &&
		    !(at % order->v[i].align))
			return i;
	return next;
}

static uint64_t place(struct order *order, size_t movable, uint64_t align)
{
	bool *placed = xcalloc(order->count + 1, sizeof(*placed));
	struct unit *sorted = xcalloc(order->count, sizeof(*sorted));
	uint64_t at = 0;

	for (size_t n = 0; n < order->count; n++) {
		size_t i = choose(order, placed, at, movable);

		placed[i] = true;
		sorted[n] = order->v[i];
		sorted[n].is = round_up(at, sorted[n].align);
		at = sorted[n].is + sorted[n].size;
	}
	free(order->v);
	free(placed);
	order->v = sorted;
	return round_up(at, align);
}

static int by_align(const void *p, const void *q)
{
	const struct unit *a = p, *b = q;

	if (a->align != b->align)
		return a->align > b->align ? -1 : 1;
	return (a->was > b->was) - (a->was < b->was);
}

/* What is hot first, the hottest on top. */
static int by_heat(const void *p, const void *q)
{
	const struct unit *a = p, *b = q;

	if (a->heat != b->heat)
		return a->heat > b->heat ? -1 : 1;
	return (a->was > b->was) - (a->was < b->was);
}

static int hot_by_align(const void *p, const void *q)
{
	const struct unit *a = p, *b = q;

	if (!a->heat != !b->heat)
		return a->heat ? -1 : 1;
	return by_align(p, q);
}

static bool has_moved(const struct order *order)
{
	for (size_t i = 0; i < order->count; i++)
		if (order->v[i].is != order->v[i].was)
			return true;
	return false;
}

/* False: the struct would grow by it, or it is so already. */
static bool put_hot_first(struct order *order, size_t movable, uint64_t align, uint64_t size,
			  const struct heat *heat)
{
	bool any = false;

	for (size_t i = 0; i < movable; i++) {
		order->v[i].heat = heat_share(heat, order->v[i].was, order->v[i].size);
		any |= order->v[i].heat > 0;
	}
	if (!any)
		return false;
	qsort(order->v, movable, sizeof(*order->v), by_heat);
	order->size = place(order, movable, align);
	if (order->size > size) {
		qsort(order->v, movable, sizeof(*order->v), hot_by_align);
		order->size = place(order, movable, align);
	}
	order->hot = order->size <= size && has_moved(order);
	return order->hot;
}

static int by_place(const void *p, const void *q)
{
	const struct unit *a = p, *b = q;

	return (a->first > b->first) - (a->first < b->first);
}

const char *reorder(struct kmc_types *types, const struct kmc_type *type,
		    const struct heat *heat, struct order *out)
{
	uint64_t align = 1;
	size_t movable;

	*out = (struct order) { };
	if (type->kind != KMC_TYPE_STRUCT || !type->nmembers || type->incomplete)
		return "only the members of a struct have an order";
	make_units(types, type, out);
	for (size_t i = 0; i < out->count; i++)
		align = out->v[i].align > align ? out->v[i].align : align;
	/* Aligned by an attribute of its own. */
	while (align < ALIGN_MAX && type->size % align)
		align /= 2;
	movable = out->count - has_open_end(types, type);
	if (put_hot_first(out, movable, align, type->size, heat))
		return NULL;
	qsort(out->v, movable, sizeof(*out->v), by_place);
	out->size = place(out, movable, align);
	if (out->size >= type->size) {
		qsort(out->v, movable, sizeof(*out->v), by_align);
		out->size = place(out, movable, align);
	}
	if (out->size < type->size)
		return NULL;
	order_release(out);
	return "no other order of the members makes it smaller";
}

void order_release(struct order *order)
{
	free(order->v);
	*order = (struct order) { };
}
