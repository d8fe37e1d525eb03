// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which member of a type was accessed. Where several lie, as in a union, the one that a
 * variable inside of the object or the source tells is taken, or else all of them.
 */
#include "explain/member.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "report/allocation_site.h"
#include "report/model.h"
#include "types/image_types.h"
#include "types/types.h"

#define MAX_ARMS	64

/**
 * struct arms - members at one place
 * @v: of the layout's fields
 * @count: of @v
 */
struct arms {
	const struct kmc_field *v[MAX_ARMS];
	size_t count;
};

/* Takes out what @keep has no bit for; nothing if that were all. */
static void retain(struct arms *arms, uint64_t keep)
{
	size_t count = 0;

	if (!keep)
		return;
	for (size_t i = 0; i < arms->count; i++)
		if (keep & 1ULL << i)
			arms->v[count++] = arms->v[i];
	arms->count = count;
}

/* ---- what the access looks like ---- */

static bool is_whole(const struct kmc_access *access, const struct kmc_found *place,
		     const struct kmc_field *field)
{
	return access->mem && field->offset == (uint64_t)place->candidate.offset - access->ahead &&
	       field->size == access->mem->size && !field->bitfield;
}

/* Is the access some bytes of one number? */
static bool is_part(const struct kmc_access *access, const struct kmc_found *place,
		    const struct kmc_field *field)
{
	const uint64_t start = place->candidate.offset - access->ahead;

	return access->mem && field->place == KMC_PLACE_MEMBER && start >= field->offset &&
	       start + access->mem->size <= field->offset + field->size;
}

/* Does it begin and end where members do? */
static struct kmc_error *is_run(const struct kmc_access *access, const struct kmc_found *place,
				bool *run)
{
	const uint64_t start = place->candidate.offset - access->ahead;
	bool begins = false, ends = false, truncated;
	struct kmc_fields fields = { };
	struct kmc_error *err;

	*run = false;
	if (!access->mem || access->insn.string ||
	    (uint64_t)place->candidate.offset < access->ahead)
		return NULL;
	err = kmc_layout_fields(place->types, place->id, start, access->mem->size, &fields,
				&truncated);
	for (size_t i = 0; !err && i < fields.count; i++) {
		const struct kmc_field *field = &fields.v[i];

		begins |= field->offset == start;
		ends |= field->offset + field->size == start + access->mem->size;
	}
	*run = begins && ends;
	kmc_fields_release(&fields);
	return err;
}

/* Are both members of one struct, or elements of one array? */
static bool are_siblings(const char *one, const char *other)
{
	size_t same = 0, len;

	while (one[same] && one[same] == other[same])
		same++;
	len = same;
	while (len && one[len - 1] != '.' && one[len - 1] != '[')
		len--;
	return (len || !strpbrk(one, ".[")) && !strchr(one + len, '.') && !strchr(other + len, '.');
}

/* A bit for each arm that the access begins and ends with members of. */
static struct kmc_error *find_runs(const struct kmc_access *access, const struct kmc_found *place,
				   const struct arms *arms, uint64_t *runs)
{
	const uint64_t start = place->candidate.offset - access->ahead;
	struct kmc_fields fields = { };
	struct kmc_error *err;
	bool truncated;

	*runs = 0;
	if (!access->mem || access->insn.string || arms->count < 2 ||
	    (uint64_t)place->candidate.offset < access->ahead)
		return NULL;
	err = kmc_layout_fields(place->types, place->id, start, access->mem->size, &fields,
				&truncated);
	for (size_t i = 0; !err && i < arms->count; i++) {
		const struct kmc_field *first = arms->v[i];

		for (size_t j = 0; j < fields.count; j++) {
			const struct kmc_field *last = &fields.v[j];

			if (first->offset == start && !first->bitfield && !last->bitfield &&
			    last->place == KMC_PLACE_MEMBER && last->offset > start &&
			    last->offset + last->size == start + access->mem->size &&
			    are_siblings(first->path, last->path))
				*runs |= 1ULL << i;
		}
	}
	kmc_fields_release(&fields);
	return err;
}

/* ---- which of several ---- */

static uint64_t bits_of(const struct kmc_field *field, uint64_t first)
{
	const uint64_t low = 8 * (field->offset - first) + field->bit_offset;

	if (field->offset < first || low > 63)
		return 0;
	return (field->bit_size < 64 ? (1ULL << field->bit_size) - 1 : ~0ULL) << low;
}

/* Those whose bits the instruction uses, unless the source names none of them but others, @said. */
static void choose_bits(struct arms *arms, const struct kmc_report *report, uint64_t offset,
			uint64_t said)
{
	const uint64_t used = report->tested_bits ? report->tested_bits : report->changed_bits;
	uint64_t keep = 0;

	for (size_t i = 0; used && i < arms->count; i++)
		if (arms->v[i]->bitfield && used & bits_of(arms->v[i], offset))
			keep |= 1ULL << i;
	retain(arms, keep && !(keep & said) && said ? said : keep);
}

static bool has_member(struct kmc_types *types, kmc_type_id type, const char *path)
{
	struct kmc_field field;
	struct kmc_error *err = kmc_layout_resolve(types, type, path, &field);

	if (!err)
		kmc_field_release(&field);
	kmc_error_free(err);
	return !err;
}

/* Is @name an arm of a union in which an arm without a name has @path, too? */
static bool is_group(struct kmc_types *types, kmc_type_id id, const char *name, const char *path)
{
	for (int depth = 0; depth < KMC_LAYOUT_DEPTH; depth++) {
		bool named = false, nameless = false, inside = false;
		const struct kmc_type *type;
		struct kmc_error *err = kmc_types_get(types, id, &type);

		kmc_error_free(err);
		if (err || !kmc_is_aggregate(type))
			return false;
		for (size_t i = 0; i < type->nmembers && !inside; i++) {
			const struct kmc_member *member = &type->members[i];

			named |= member->name && !strcmp(member->name, name);
			if (member->name || member->bitfield)
				continue;
			nameless |= has_member(types, member->type, path);
			inside = has_member(types, member->type, name);
			if (inside)
				id = member->type;
		}
		if (!inside)
			return type->kind == KMC_TYPE_UNION && named && nameless;
	}
	return false;
}

/* Is @path that of @other through the arm that has a name: "head.len" of "len"? */
static bool is_mirror(const struct kmc_found *place, const char *path, const char *other)
{
	const size_t len = strlen(path), other_len = strlen(other);
	const size_t cut = len > other_len ? len - other_len : 0;
	kmc_type_id id = place->id;
	struct kmc_error *err;
	struct kmc_field field;

	for (size_t at = 0; cut && at < other_len; at++) {
		char *copy KMC_AUTO_FREE = NULL;

		if (path[at + cut - 1] == '.' && (!at || path[at - 1] == '.') &&
		    !strcmp(path + at + cut, other + at)) {
			copy = strdup(path);
			if (!copy)
				return false;
			copy[at + cut - 1] = '\0';
			if (at) {
				copy[at - 1] = '\0';
				err = kmc_layout_resolve(place->types, id, copy, &field);
				kmc_error_free(err);
				if (err)
					return false;
				id = field.type;
				kmc_field_release(&field);
			}
			return is_group(place->types, id, copy + at, other + at);
		}
		if (path[at] != other[at])
			return false;
	}
	return false;
}

/*
 * struct_group() declares its members twice: the shorter name is the one that is used.
 * Arms that all have a name may begin alike, but are not each other's.
 */
static void drop_mirrors(struct arms *arms, const struct kmc_found *place)
{
	uint64_t keep = ~0ULL;

	for (size_t i = 0; i < arms->count; i++)
		for (size_t j = 0; j < arms->count; j++) {
			const struct kmc_field *one = arms->v[i], *other = arms->v[j];

			if (one->offset == other->offset && one->size == other->size &&
			    one->bit_offset == other->bit_offset && one->type == other->type &&
			    is_mirror(place, one->path, other->path))
				keep &= ~(1ULL << i);
		}
	retain(arms, keep);
}

/* Is @path a member of an @inner that lies in @outer? "hentry.pprev" for a hlist_node. */
static bool runs_through(const struct kmc_found *outer, const struct kmc_found *inner,
			 const char *path)
{
	const char *tail = inner->candidate.path;
	const size_t len = strlen(path), tail_len = tail ? strlen(tail) : 0;
	const struct kmc_type *type;
	struct kmc_error *err;
	struct kmc_field field;
	char *head;
	bool same;

	if (!tail_len || len <= tail_len + 1 || path[len - tail_len - 1] != '.' ||
	    strcmp(path + len - tail_len, tail))
		return false;
	head = strndup(path, len - tail_len - 1);
	if (!head)
		return false;
	err = kmc_layout_resolve(outer->types, outer->id, head, &field);
	free(head);
	if (!err) {
		same = field.offset == inner->start - outer->start;
		err = kmc_types_get(outer->types, field.type, &type);
		kmc_field_release(&field);
		if (!err)
			return same && type->declared && kmc_found_is_called(inner, type);
	}
	kmc_error_free(err);
	return false;
}

/* A variable that points into the object says what it takes that part for. */
static uint64_t told_by_variables(const struct arms *arms, const struct kmc_search *search,
				  const struct kmc_found *place)
{
	uint64_t keep = 0;

	for (size_t j = 0; j < search->count; j++) {
		const struct kmc_found *inner = &search->places[j];

		if (inner == place || inner->candidate.nalso || inner->candidate.hole ||
		    inner->size >= place->size)
			continue;
		for (size_t i = 0; i < arms->count; i++)
			if (runs_through(place, inner, arms->v[i]->path))
				keep |= 1ULL << i;
	}
	return keep;
}

/* How many of its members the source names. */
static unsigned int names_in(const struct kmc_statement *statement, const char *path)
{
	unsigned int count = 0;
	size_t len;

	for (; *path; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		count += kmc_statement_names(statement, path, strcspn(path, ".["));
	}
	return count;
}

static uint64_t told_by_source(const struct arms *arms, const struct kmc_statement *statement)
{
	unsigned int most = 0;
	uint64_t keep = 0;

	for (size_t i = 0; statement && i < arms->count; i++) {
		const unsigned int count = names_in(statement, arms->v[i]->path);

		if (count > most)
			keep = 0;
		if (count >= most)
			keep |= 1ULL << i;
		most = count > most ? count : most;
	}
	return most ? keep : 0;
}

/* Those that hold all of the access. */
static uint64_t find_parts(const struct arms *arms, const struct kmc_access *access,
			   const struct kmc_found *place)
{
	uint64_t parts = 0;

	for (size_t i = 0; i < arms->count; i++)
		if (is_part(access, place, arms->v[i]))
			parts |= 1ULL << i;
	return parts;
}

/* Of a long that the source names, an int or a bit may be all that is wanted. */
static uint64_t told_to_hold(const struct arms *arms, const struct kmc_search *search,
			     const struct kmc_found *place)
{
	return told_by_source(arms, search->statement) &
	       find_parts(arms, search->access, place);
}

/* What both say; or else each may be right, as with a variable of an outer function. */
static void choose_by_both(struct arms *arms, uint64_t variables, uint64_t source)
{
	retain(arms, variables & source ? variables & source : variables | source);
}

/* An index is for an array. */
static void choose_by_index(struct arms *arms, const struct kmc_access *access)
{
	uint64_t keep = 0;

	for (size_t i = 0; i < arms->count; i++)
		if (access->mem && access->mem->index != KMC_REG_NONE &&
		    strchr(arms->v[i]->path, '['))
			keep |= 1ULL << i;
	retain(arms, keep);
}

/* ---- their order ---- */

/* Does an inlined function have the member's name, as _compound_head() has? */
static bool names_function(const struct kmc_report *report, const char *path)
{
	const struct kmc_stack *stack = &report->frames;
	const char *dot = strrchr(path, '.');
	const char *name = dot ? dot + 1 : path;

	for (size_t i = 0; stack->count && i < stack->frames->chain_len; i++) {
		const char *function = stack->frames->chain[i].function;

		if (function && !strcmp(function + strspn(function, "_"), name))
			return true;
	}
	return false;
}

/* What only fills an arm is mostly called _pad, _unused, or the like. */
static int order_of(const struct kmc_report *report, const char *path)
{
	if (names_function(report, path))
		return 0;
	return *path == '_' || strstr(path, "._") ? 2 : 1;
}

/* Nothing chooses one of them, but they need not be as they are declared. */
static void order(struct arms *arms, const struct kmc_report *report)
{
	for (size_t i = 1; i < arms->count; i++) {
		const struct kmc_field *field = arms->v[i];
		const int mine = order_of(report, field->path);
		size_t at = i;

		for (; at && order_of(report, arms->v[at - 1]->path) > mine; at--)
			arms->v[at] = arms->v[at - 1];
		arms->v[at] = field;
	}
}

/* ---- the whole ---- */

static struct kmc_error *add_also(struct kmc_candidate *candidate, const char *path)
{
	char **slot = kmc_grow(&candidate->also, candidate->nalso, sizeof(*slot));

	if (!slot)
		return kmc_error_nomem();
	*slot = strdup(path);
	if (!*slot)
		return kmc_error_nomem();
	candidate->nalso++;
	return NULL;
}

static struct kmc_error *say_members(struct kmc_candidate *candidate, const struct arms *arms)
{
	const struct kmc_field *first = arms->v[0];
	struct kmc_error *err = NULL;

	candidate->beyond = first->place == KMC_PLACE_OUTSIDE;
	if (candidate->beyond)
		return NULL;
	candidate->path = strdup(first->path ? first->path : "");
	candidate->after = first->after ? strdup(first->after) : NULL;
	candidate->hole = first->place != KMC_PLACE_MEMBER;
	candidate->together = first->bitfield && !candidate->hole;
	if (!candidate->path || (first->after && !candidate->after))
		return kmc_error_nomem();
	for (size_t i = 1; !err && !candidate->hole && i < arms->count; i++)
		err = add_also(candidate, arms->v[i]->path);
	return err;
}

/* Members that lie at the place; holes if there are none. */
static void collect(const struct kmc_fields *fields, struct arms *arms)
{
	for (int holes = 0; holes < 2 && !arms->count; holes++)
		for (size_t i = 0; i < fields->count && arms->count < MAX_ARMS; i++)
			if ((fields->v[i].place != KMC_PLACE_MEMBER) == holes)
				arms->v[arms->count++] = &fields->v[i];
}

/* @runs: arms of which the access is some members at once */
static void choose(const struct kmc_search *search, struct kmc_found *place, struct arms *arms,
		   uint64_t runs)
{
	const struct kmc_access *access = search->access;
	uint64_t whole = 0, said;

	for (size_t i = 0; i < arms->count; i++)
		if (is_whole(access, place, arms->v[i]))
			whole |= 1ULL << i;
	said = told_to_hold(arms, search, place);
	place->part |= find_parts(arms, access, place);
	if (arms->v[0]->place != KMC_PLACE_MEMBER)
		return;
	place->leaf = whole;
	retain(arms, whole ? whole | runs | said : 0);
	choose_by_index(arms, access);
	choose_bits(arms, access->report, place->candidate.offset,
		    told_to_hold(arms, search, place));
	/* A mask that fits bit-fields is as good as a size that fits a member. */
	place->leaf |= arms->v[0]->bitfield &&
		       (access->report->tested_bits || access->report->changed_bits);
	drop_mirrors(arms, place);
	if (arms->count < 2)
		return;
	choose_by_both(arms, told_by_variables(arms, search, place), arms->v[0]->bitfield ? 0 :
		       told_by_source(arms, search->statement));
	if (arms->count > 1 && !arms->v[0]->bitfield)
		order(arms, access->report);
}

/* The first byte that the instruction uses a bit of. */
static uint64_t used_byte(const struct kmc_report *report, uint64_t offset)
{
	const uint64_t used = report->tested_bits ? report->tested_bits : report->changed_bits;

	return used ? offset + __builtin_ctzll(used) / 8 : offset;
}

/* "a.b" becomes "[3].a.b". */
static struct kmc_error *put_index(char **path, uint64_t index)
{
	char *whole;

	if (!*path)
		return NULL;
	if (asprintf(&whole, "[%" PRIu64 "]%s%s", index, **path ? "." : "", *path) < 0)
		return kmc_error_nomem();
	free(*path);
	*path = whole;
	return NULL;
}

static struct kmc_error *find_member(struct kmc_search *search, struct kmc_found *place);

/* The member of an element, where the object was allocated as an array of that type. */
static struct kmc_error *find_in_element(struct kmc_search *search, struct kmc_found *place)
{
	struct kmc_candidate *candidate = &place->candidate;
	const int64_t offset = candidate->offset;
	struct kmc_error *err;

	candidate->offset = offset % place->size;
	err = find_member(search, place);
	candidate->offset = offset;
	if (!err)
		err = put_index(&candidate->path, offset / place->size);
	for (size_t i = 0; !err && i < candidate->nalso; i++)
		err = put_index(&candidate->also[i], offset / place->size);
	return err;
}

static bool is_element(const struct kmc_search *search, const struct kmc_found *place)
{
	const struct kmc_report *report = search->access->report;

	return place->size && (uint64_t)place->candidate.offset >= place->size &&
	       report->object.known && place->start == report->object.start &&
	       kmc_object_bytes(&report->object) >= 2 * place->size &&
	       kmc_track_is_array(&report->alloc);
}

static struct kmc_error *find_member(struct kmc_search *search, struct kmc_found *place)
{
	struct kmc_candidate *candidate = &place->candidate;
	struct kmc_fields fields = { };
	struct arms arms = { };
	struct kmc_error *err;
	uint64_t runs = 0;
	bool truncated;

	if (candidate->offset < 0)
		return NULL;
	if (is_element(search, place))
		return find_in_element(search, place);
	err = kmc_layout_fields(place->types, place->id,
				used_byte(search->access->report, candidate->offset), 1,
				&fields, &truncated);
	if (!err)
		collect(&fields, &arms);
	if (!err && (!arms.count || !arms.v[0]->bitfield)) {
		kmc_fields_release(&fields);
		arms.count = 0;
		err = kmc_layout_fields(place->types, place->id, candidate->offset, 1,
					&fields, &truncated);
		if (!err)
			collect(&fields, &arms);
	}
	if (!err && arms.count)
		err = find_runs(search->access, place, &arms, &runs);
	if (!err && arms.count) {
		choose(search, place, &arms, runs);
		err = say_members(candidate, &arms);
	}
	kmc_fields_release(&fields);
	return err ? err : is_run(search->access, place, &place->run);
}

/* The smallest first: a larger one asks what those in it are. */
struct kmc_error *kmc_members_find(struct kmc_search *search)
{
	bool done[KMC_SEARCH_MAX] = { };

	for (size_t n = 0; n < search->count; n++) {
		size_t least = KMC_SEARCH_MAX;
		struct kmc_error *err;

		for (size_t i = 0; i < search->count; i++)
			if (!done[i] && (least == KMC_SEARCH_MAX ||
					 search->places[i].size < search->places[least].size))
				least = i;
		done[least] = true;
		err = find_member(search, &search->places[least]);
		if (err)
			return err;
	}
	return NULL;
}
