// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What lies at which byte of a type: holes, fields, paths.
 *
 * All positions are in bits inside. Types may be damaged, so sizes may be
 * anything: sums saturate, members may overlap or lie outside, and the work for
 * one question is limited.
 */
#include "kmc/layout.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/types.h"

/* Bytes of a path; the kernel's longest is 2 % of it. */
#define MAX_PATH	4096

static uint64_t add_sat(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t mul_sat(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t member_end(const struct kmc_member *member)
{
	return add_sat(member->bit_offset, member->bit_size);
}

/* A width without a name is a hole that someone declared. */
static bool is_filler(const struct kmc_member *member)
{
	return member->bitfield && !member->name;
}

/* ---- gaps ---- */

struct gaps {
	struct kmc_gap *v;
	size_t count;
};

static bool gap_add(struct gaps *gaps, enum kmc_place place, long after,
		    uint64_t start, uint64_t end)
{
	struct kmc_gap *gap;

	if (start >= end)
		return true;
	gap = kmc_grow(&gaps->v, gaps->count, sizeof(*gap));
	if (!gap)
		return false;
	*gap = (struct kmc_gap){ place, after, start, end - start };
	gaps->count++;
	return true;
}

struct kmc_error *kmc_layout_gaps(const struct kmc_type *type,
				  struct kmc_gap **out, size_t *count)
{
	uint64_t end = 0, size = mul_sat(type->size, 8);
	struct gaps gaps = { };
	bool ok = true;
	long last = -1;

	if (!kmc_is_aggregate(type) || type->incomplete) {
		*out = NULL;
		*count = 0;
		return NULL;
	}
	for (size_t i = 0; i < type->nmembers && ok; i++) {
		const struct kmc_member *member = &type->members[i];
		uint64_t start = member->bit_offset;

		if (is_filler(member))
			continue;
		if (type->kind == KMC_TYPE_STRUCT)
			ok = gap_add(&gaps, KMC_PLACE_HOLE, last, end,
				     start < size ? start : size);
		if (member_end(member) >= end) {
			end = member_end(member);
			last = i;
		}
	}
	ok = ok && gap_add(&gaps, KMC_PLACE_TAIL, last, end, size);
	if (!ok) {
		free(gaps.v);
		return kmc_error_nomem();
	}
	*out = gaps.v;
	*count = gaps.count;
	return NULL;
}

/* ---- fields ---- */

/**
 * struct walk - a question and its answer so far
 * @types: where from
 * @start, @end: bits asked for
 * @path: of where the walk is
 * @out: the answer
 * @work: members that may still be looked at
 * @truncated: a limit was met
 */
struct walk {
	struct kmc_types *types;
	uint64_t start, end;
	struct kmc_buf path;
	struct kmc_fields out;
	unsigned long work;
	bool truncated;
};

/**
 * struct spot - something that the walk has come to
 * @type: what is there
 * @base: where it begins
 * @last: nothing follows, so that a flexible array takes what is behind
 * @shared: up to where another arm of a union reaches
 * @depth: aggregates and arrays around it
 */
struct spot {
	kmc_type_id type;
	uint64_t base;
	bool last;
	uint64_t shared;
	unsigned int depth;
};

static struct kmc_error *walk_type(struct walk *walk, const struct spot *spot);

static bool touches(const struct walk *walk, uint64_t start, uint64_t end)
{
	return start < end && walk->start < walk->end && start < walk->end &&
	       end > walk->start;
}

static bool spend(struct walk *walk)
{
	if (walk->work && walk->out.count < KMC_FIELDS_MAX) {
		walk->work--;
		return true;
	}
	walk->truncated = true;
	return false;
}

void kmc_field_release(struct kmc_field *field)
{
	free(field->path);
	free(field->after);
	*field = (struct kmc_field){ };
}

void kmc_fields_release(struct kmc_fields *fields)
{
	for (size_t i = 0; i < fields->count; i++)
		kmc_field_release(&fields->v[i]);
	free(fields->v);
	*fields = (struct kmc_fields){ };
}

/* Position and size of a field from its bits. */
static void field_place(struct kmc_field *field, uint64_t start, uint64_t end)
{
	uint64_t bits = end - start;

	field->offset = start / 8;
	field->bit_offset = start % 8;
	field->bit_size = bits < UINT_MAX ? bits : UINT_MAX;
	field->size = end / 8 + (end % 8 != 0) - start / 8;
}

static struct kmc_error *emit(struct walk *walk, const struct kmc_field *what,
			      const char *after, uint64_t start, uint64_t end)
{
	struct kmc_field *field;

	if (!touches(walk, start, end) || !spend(walk))
		return NULL;
	field = kmc_grow(&walk->out.v, walk->out.count, sizeof(*field));
	if (!field)
		return kmc_error_nomem();
	*field = *what;
	field_place(field, start, end);
	walk->out.count++;
	field->path = strndup(walk->path.data ? walk->path.data : "",
			      walk->path.len);
	field->after = after ? strndup(after, MAX_PATH) : NULL;
	if (!field->path || (after && !field->after) || walk->path.failed)
		return kmc_error_nomem();
	return NULL;
}

static void path_cut(struct walk *walk, size_t len)
{
	walk->path.len = len;
	if (walk->path.data)
		walk->path.data[len] = '\0';
}

static struct kmc_error *walk_leaf(struct walk *walk, const struct spot *spot,
				   bool bitfield, uint64_t bits)
{
	const struct kmc_field field = {
		.place = KMC_PLACE_MEMBER, .type = spot->type,
		.bitfield = bitfield, .depth = spot->depth,
		.in_union = spot->base < spot->shared,
	};

	return emit(walk, &field, NULL, spot->base, add_sat(spot->base, bits));
}

static struct kmc_error *walk_array(struct walk *walk, const struct spot *spot,
				    const struct kmc_type *type)
{
	const size_t len = walk->path.len;
	const struct kmc_type *element;
	uint64_t step, end, i = 0;
	struct kmc_error *err;

	err = kmc_types_get(walk->types, type->element, &element);
	if (err)
		return err;
	step = mul_sat(element->size, 8);
	end = add_sat(spot->base, mul_sat(step, type->count));
	if (type->flexible && spot->last)
		end = walk->end;
	if (!step)
		return NULL;
	if (walk->start > spot->base)
		i = (walk->start - spot->base) / step;
	for (; !err; i++) {
		struct spot at = {
			.type = type->element, .shared = spot->shared,
			.base = add_sat(spot->base, mul_sat(i, step)),
			.depth = spot->depth + 1,
		};

		if (at.base >= end || at.base >= walk->end || !spend(walk))
			break;
		kmc_buf_printf(&walk->path, "[%llu]", (unsigned long long)i);
		err = walk_type(walk, &at);
		path_cut(walk, len);
	}
	return err;
}

/* Does another member of a struct lie behind this one? */
static bool is_followed(const struct kmc_type *type, size_t i)
{
	for (size_t other = 0; other < type->nmembers; other++) {
		uint64_t start = type->members[other].bit_offset;

		if (start > type->members[i].bit_offset ||
		    (other > i && start == type->members[i].bit_offset))
			return true;
	}
	return false;
}

/* How far the other arms of a union reach. */
static uint64_t others_end(const struct kmc_type *type, size_t i)
{
	uint64_t end = 0;

	for (size_t other = 0; other < type->nmembers; other++)
		if (other != i && member_end(&type->members[other]) > end)
			end = member_end(&type->members[other]);
	return end;
}

static struct kmc_error *walk_member(struct walk *walk, const struct spot *spot,
				     const struct kmc_type *type, size_t i)
{
	const struct kmc_member *member = &type->members[i];
	const size_t len = walk->path.len;
	struct kmc_error *err = NULL;
	struct spot at = {
		.type = member->type, .last = spot->last,
		.base = add_sat(spot->base, member->bit_offset),
		.shared = spot->shared, .depth = spot->depth + 1,
	};

	if (at.base >= walk->end || is_filler(member))
		return NULL;
	if (type->kind == KMC_TYPE_STRUCT)
		at.last = at.last && !is_followed(type, i);
	/* A flexible array may be in it. */
	if (!at.last && !touches(walk, at.base,
				 add_sat(at.base, member->bit_size)))
		return NULL;
	if (type->kind == KMC_TYPE_UNION) {
		uint64_t end = add_sat(spot->base, others_end(type, i));

		at.shared = end > at.shared ? end : at.shared;
	}
	if (member->name)
		kmc_buf_printf(&walk->path, "%s%s", len ? "." : "",
			       member->name);
	if (walk->path.len > MAX_PATH)
		walk->truncated = true;
	else if (member->bitfield)
		err = walk_leaf(walk, &at, true, member->bit_size);
	else
		err = walk_type(walk, &at);
	path_cut(walk, len);
	return err;
}

/* What a message calls the member before a gap. */
static struct kmc_error *gap_after(struct walk *walk,
				   const struct kmc_type *type, long i,
				   const char **out)
{
	const struct kmc_type *member;
	struct kmc_error *err;

	*out = i < 0 ? NULL : type->members[i].name;
	if (i < 0 || *out)
		return NULL;
	err = kmc_types_get(walk->types, type->members[i].type, &member);
	if (!err)
		*out = member->declared;
	return err;
}

/* Its padding is then the first elements of the array. */
static struct kmc_error *is_flexible(struct walk *walk,
				     const struct kmc_type *type, long i,
				     bool *flexible)
{
	const struct kmc_type *member;
	struct kmc_error *err;

	*flexible = false;
	if (i < 0)
		return NULL;
	err = kmc_types_get(walk->types, type->members[i].type, &member);
	if (!err)
		*flexible = member->kind == KMC_TYPE_ARRAY && member->flexible;
	return err;
}

static struct kmc_error *walk_gap(struct walk *walk, const struct spot *spot,
				  const struct kmc_type *type,
				  const struct kmc_gap *gap)
{
	uint64_t start = add_sat(spot->base, gap->bit_offset);
	uint64_t end = add_sat(start, gap->bit_size);
	const struct kmc_field field = {
		.place = gap->place, .bitfield = start % 8 || end % 8,
		.depth = spot->depth + 1, .in_union = start < spot->shared,
	};
	struct kmc_error *err;
	const char *after;
	bool flexible;

	if (!touches(walk, start, end))
		return NULL;
	if (gap->place == KMC_PLACE_TAIL && spot->last) {
		err = is_flexible(walk, type, gap->after, &flexible);
		if (err || flexible)
			return err;
	}
	err = gap_after(walk, type, gap->after, &after);
	return err ? err : emit(walk, &field, after, start, end);
}

static struct kmc_error *walk_aggregate(struct walk *walk,
					const struct spot *spot,
					const struct kmc_type *type)
{
	struct kmc_gap *gaps KMC_AUTO_FREE = NULL;
	struct kmc_error *err = NULL;
	size_t count = 0;

	for (size_t i = 0; i < type->nmembers && !err; i++) {
		if (!spend(walk))
			return NULL;
		err = walk_member(walk, spot, type, i);
	}
	if (!err)
		err = kmc_layout_gaps(type, &gaps, &count);
	for (size_t i = 0; i < count && !err; i++)
		err = walk_gap(walk, spot, type, &gaps[i]);
	return err;
}

static struct kmc_error *walk_type(struct walk *walk, const struct spot *spot)
{
	const struct kmc_type *type;
	struct kmc_error *err;

	if (spot->depth > KMC_LAYOUT_DEPTH) {
		walk->truncated = true;
		return NULL;
	}
	err = kmc_types_get(walk->types, spot->type, &type);
	if (err)
		return err;
	if (type->kind == KMC_TYPE_ARRAY)
		return walk_array(walk, spot, type);
	if (kmc_is_aggregate(type))
		return walk_aggregate(walk, spot, type);
	return walk_leaf(walk, spot, false, mul_sat(type->size, 8));
}

/* What is behind the type and in no flexible array. */
static struct kmc_error *walk_outside(struct walk *walk,
				      const struct kmc_type *type)
{
	const struct kmc_field field = { .place = KMC_PLACE_OUTSIDE };
	uint64_t end = mul_sat(type->size, 8);

	for (size_t i = 0; i < walk->out.count; i++)
		if (add_sat(walk->out.v[i].offset, walk->out.v[i].size) >
		    type->size)
			return NULL;
	return emit(walk, &field, NULL, end > walk->start ? end : walk->start,
		    walk->end);
}

static uint64_t first_bit(const struct kmc_field *field)
{
	return field->offset * 8 + field->bit_offset;
}

/* Stable, and fast where arms of unions are all that is out of order. */
static void sort_fields(struct kmc_fields *fields)
{
	for (size_t i = 1; i < fields->count; i++) {
		const struct kmc_field field = fields->v[i];
		size_t to = i;

		while (to && first_bit(&fields->v[to - 1]) > first_bit(&field))
			to--;
		memmove(&fields->v[to + 1], &fields->v[to],
			(i - to) * sizeof(field));
		fields->v[to] = field;
	}
}

struct kmc_error *kmc_layout_fields(struct kmc_types *types, kmc_type_id type,
				    uint64_t offset, uint64_t size,
				    struct kmc_fields *out, bool *truncated)
{
	struct walk walk = {
		.types = types, .work = KMC_LAYOUT_WORK, .start = mul_sat(offset, 8),
		.end = mul_sat(add_sat(offset, size), 8),
	};
	const struct spot outermost = { .type = type, .last = true };
	const struct kmc_type *outer;
	struct kmc_error *err;

	err = kmc_types_get(types, type, &outer);
	if (!err)
		err = walk_type(&walk, &outermost);
	if (!err)
		err = walk_outside(&walk, outer);
	kmc_buf_release(&walk.path);
	if (err) {
		kmc_fields_release(&walk.out);
		return err;
	}
	sort_fields(&walk.out);
	*out = walk.out;
	*truncated = walk.truncated;
	return NULL;
}
