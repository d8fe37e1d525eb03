// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A type as JSON: all of its own members and, where they have no type of their own
 * name, theirs. Entries of lists of types, and what differs between two of them.
 */
#include "kmc/output.h"

#include <jansson.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"

/* Deeper is damage. */
#define DEPTH_MAX	24
#define LEVELS_MAX	32
/* A damaged type that holds itself has no end. */
#define MEMBERS_MAX	400000

/*
 * struct writing - JSON on its way
 * @count: members so far
 */
struct writing {
	struct kmc_types *types;
	size_t count;
};

/*
 * struct part - a member or a gap, or the type itself
 * @place: what it is
 * @name: NULL if it has none
 * @type: NULL for a gap, and when it is damaged
 * @bit_offset: from the start of the outermost type
 * @level: aggregates and arrays around it
 */
struct part {
	enum kmc_place place;
	const char *name;
	const struct kmc_type *type;
	uint64_t bit_offset;
	uint64_t bit_size;
	bool bitfield;
	int level;
};

static json_t *members_of(struct writing *w, const struct part *part, int depth);

/* Names come from a file that may be hostile; NULL gives null. */
static json_t *name_json(const char *name)
{
	char *clean KMC_AUTO_FREE = kmc_escape(name);

	if (!name)
		return json_null();
	return clean ? json_string_nocheck(clean) : NULL;
}

/* A type that is damaged is not shown; what it is a part of still is. */
static const struct kmc_type *get_type(struct writing *w, kmc_type_id id)
{
	const struct kmc_type *type = NULL;

	kmc_error_free(kmc_types_get(w->types, id, &type));
	return type;
}

static bool is_aggregate(const struct kmc_type *type)
{
	return type->kind == KMC_TYPE_STRUCT || type->kind == KMC_TYPE_UNION;
}

/* What has no name cannot be asked for by it, so it is written out in place. */
static bool is_nameless(const struct kmc_type *type)
{
	return type && type->anonymous;
}

static bool has_parts(const struct part *part)
{
	const struct kmc_type *type = part->type;

	if (part->place != KMC_PLACE_MEMBER || part->bitfield)
		return false;
	if (type->kind == KMC_TYPE_ARRAY)
		return type->count || type->flexible;
	/* All that one without members has is padding. */
	return is_aggregate(type) && (type->nmembers || type->size);
}

/* Of a pointer to what has no name: that, from its own start. */
static json_t *target_json(struct writing *w, const struct kmc_type *type, int depth)
{
	struct part target = { };

	for (int i = 0; type && type->kind == KMC_TYPE_POINTER && i < DEPTH_MAX; i++) {
		target.type = get_type(w, type->target);
		type = target.type;
	}
	if (!target.type || !target.type->nmembers)
		return NULL;
	target.bit_size = target.type->size * 8;
	return members_of(w, &target, depth + 1);
}

/* ---- parts ---- */

static json_t *part_json(struct writing *w, const struct part *part, int depth)
{
	static const char * const places[] = {
		[KMC_PLACE_MEMBER] = "member", [KMC_PLACE_HOLE] = "hole",
		[KMC_PLACE_TAIL] = "padding",
	};
	json_t *members = NULL;

	w->count++;
	if (is_nameless(part->type) && depth <= DEPTH_MAX)
		members = has_parts(part) ? members_of(w, part, depth + 1) :
			  target_json(w, part->type, depth);
	return json_pack("{s:s, s:o, s:o, s:I, s:I, s:b, s:o*}",
			 "place", places[part->place],
			 "name", name_json(part->name),
			 "type", name_json(part->type ? part->type->declared : NULL),
			 "bit_offset", (json_int_t)part->bit_offset,
			 "bit_size", (json_int_t)part->bit_size,
			 "bitfield", part->bitfield,
			 "members", members);
}

static void add_gaps(struct writing *w, json_t *list, const struct part *of,
		     const struct kmc_gap *gaps, size_t count, enum kmc_place place,
		     long after)
{
	for (size_t i = 0; i < count; i++) {
		const struct part gap = {
			.place = place, .bit_size = gaps[i].bit_size,
			.bit_offset = of->bit_offset + gaps[i].bit_offset,
		};

		if (gaps[i].place == place && gaps[i].after == after)
			json_array_append_new(list, part_json(w, &gap, 0));
	}
}

static void add_member(struct writing *w, json_t *list, const struct part *of,
		       const struct kmc_member *member, int depth)
{
	const struct part part = {
		.name = member->name, .type = get_type(w, member->type),
		.bit_offset = of->bit_offset + member->bit_offset,
		.bit_size = member->bit_size, .bitfield = member->bitfield,
		.level = of->level + 1,
	};

	json_array_append_new(list, part_json(w, &part, depth));
}

static void add_parts(struct writing *w, json_t *list, const struct part *part, int depth)
{
	const struct kmc_type *type = part->type;
	struct kmc_gap *gaps = NULL;
	size_t count = 0;

	/* Only memory can be missing, and then there are no holes to see. */
	kmc_error_free(kmc_layout_gaps(type, &gaps, &count));
	add_gaps(w, list, part, gaps, count, KMC_PLACE_HOLE, -1);
	for (size_t i = 0; i < type->nmembers; i++) {
		add_member(w, list, part, &type->members[i], depth);
		add_gaps(w, list, part, gaps, count, KMC_PLACE_HOLE, i);
	}
	/* There is one at most. */
	for (long i = -1; i < (long)type->nmembers; i++)
		add_gaps(w, list, part, gaps, count, KMC_PLACE_TAIL, i);
	free(gaps);
}

/* All elements of an array are alike: their members are those of the first. */
static bool first_element(struct writing *w, struct part *part)
{
	const struct kmc_type *element = get_type(w, part->type->element);

	if (!element || !element->size ||
	    (part->type->flexible && part->bit_size && part->bit_size / 8 < element->size))
		return false;
	part->type = element;
	part->bit_size = element->size * 8;
	part->level++;
	return true;
}

static json_t *members_of(struct writing *w, const struct part *of, int depth)
{
	json_t *list = json_array();
	struct part part = *of;

	while (part.level < LEVELS_MAX && w->count < MEMBERS_MAX && has_parts(&part)) {
		if (part.type->kind != KMC_TYPE_ARRAY) {
			add_parts(w, list, &part, depth);
			break;
		}
		if (!first_element(w, &part))
			break;
	}
	return list;
}

/* ---- types ---- */

static json_t *values_json(const struct kmc_type *type)
{
	json_t *list = json_array();

	for (size_t i = 0; i < type->nenumerators; i++) {
		const struct kmc_enumerator *value = &type->enumerators[i];

		json_array_append_new(list, json_pack("{s:o, s:I}",
						      "name", name_json(value->name),
						      "value", (json_int_t)value->value));
	}
	return list;
}

static json_t *enum_json(const struct kmc_type *type)
{
	return json_pack("{s:i, s:o, s:I, s:o}", "version", 1,
			 "type", name_json(type->declared),
			 "size", (json_int_t)type->size, "values", values_json(type));
}

static json_t *type_json(struct writing *w, const struct kmc_type *type)
{
	const struct part root = { .type = type, .bit_size = type->size * 8 };
	uint64_t holes = 0, hole_bits = 0, tail_bits = 0;
	struct kmc_gap *gaps = NULL;
	size_t count = 0;

	kmc_error_free(kmc_layout_gaps(type, &gaps, &count));
	for (size_t i = 0; i < count; i++) {
		holes += gaps[i].place == KMC_PLACE_HOLE;
		hole_bits += gaps[i].place == KMC_PLACE_HOLE ? gaps[i].bit_size : 0;
		tail_bits += gaps[i].place == KMC_PLACE_TAIL ? gaps[i].bit_size : 0;
	}
	free(gaps);
	return json_pack("{s:i, s:o, s:I, s:I, s:I, s:I, s:o}",
			 "version", 1,
			 "type", name_json(type->declared),
			 "size", (json_int_t)type->size,
			 "holes", (json_int_t)holes,
			 "hole_bits", (json_int_t)hole_bits,
			 "padding_bits", (json_int_t)tail_bits,
			 "members", members_of(w, &root, 0));
}

/* Names are escaped already; what is beyond ASCII in them stays. */
static struct kmc_error *dump(json_t *json, char **out)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	if (!text)
		return kmc_error_nomem();
	*out = text;
	return NULL;
}

struct kmc_error *kmc_json_type(struct kmc_types *types, kmc_type_id id, char **out)
{
	struct writing w = { .types = types };
	const struct kmc_type *type;
	struct kmc_error *err = kmc_types_get(types, id, &type);

	if (err)
		return err;
	return dump(type->kind == KMC_TYPE_ENUM ? enum_json(type) : type_json(&w, type), out);
}

static const char *kind_of(const struct kmc_type_name *name)
{
	return name->kind == KMC_TYPE_UNION ? "union" :
	       name->kind == KMC_TYPE_ENUM ? "enum" : "struct";
}

struct kmc_error *kmc_json_type_name(const struct kmc_type_name *name, char **out)
{
	return dump(json_pack("{s:o, s:s, s:b, s:I}",
			      "name", name_json(name->name), "kind", kind_of(name),
			      "typedef", name->is_typedef,
			      "size", (json_int_t)name->size), out);
}

struct kmc_error *kmc_json_answer(const struct kmc_answer *answer, char **out)
{
	const struct kmc_type_name *name = answer->name;
	const char *kind = answer->function ? "function" : kind_of(name);
	bool value = !answer->function && name->kind == KMC_TYPE_ENUM && *answer->path;

	return dump(json_pack("{s:o, s:s, s:o, s:o, s:I, s:I, s:b, s:o*}",
			      "name", name_json(name->name), "kind", kind,
			      "path", name_json(answer->path),
			      "type", name_json(answer->declared),
			      "bit_offset", (json_int_t)answer->bit_offset,
			      "bit_size", (json_int_t)answer->bit_size,
			      "bitfield", answer->bitfield,
			      "value", value ? json_integer(answer->value) : NULL), out);
}

static json_t *reasons_json(const struct kmc_what_answer *answer)
{
	json_t *list = json_array();

	for (size_t i = 0; i < answer->nreasons; i++)
		json_array_append_new(list, name_json(answer->reasons[i]));
	return list;
}

struct kmc_error *kmc_json_what(const struct kmc_what_answer *answer, char **out)
{
	return dump(json_pack("{s:o, s:I, s:I, s:o, s:s, s:o}",
			      "type", name_json(answer->type),
			      "size", (json_int_t)answer->size,
			      "offset", (json_int_t)answer->offset,
			      "path", name_json(answer->path),
			      "confidence", kmc_confidence_name(answer->confidence),
			      "reasons", reasons_json(answer)), out);
}

/* ---- two kernels ---- */

/* Of each side; null where it is not there. */
static json_t *sizes_json(const struct kmc_type_name *a, const struct kmc_type_name *b)
{
	return json_pack("[o, o]", a ? json_integer(a->size) : json_null(),
			 b ? json_integer(b->size) : json_null());
}

struct kmc_error *kmc_json_compared_type(const struct kmc_compared_type *type, char **out)
{
	const struct kmc_type_name *name = type->b ? type->b : type->a;

	return dump(json_pack("{s:o, s:s, s:b, s:o, s:I}",
			      "name", name_json(name->name), "kind", kind_of(name),
			      "typedef", name->is_typedef,
			      "sizes", sizes_json(type->a, type->b),
			      "changed", (json_int_t)type->changed), out);
}

static json_t *side_json(const struct kmc_compared_member *member, bool constant)
{
	if (!member->path)
		return json_null();
	if (constant)
		return json_pack("{s:I}", "value", (json_int_t)member->value);
	return json_pack("{s:o, s:I, s:I, s:b}",
			 "type", name_json(member->declared),
			 "bit_offset", (json_int_t)member->bit_offset,
			 "bit_size", (json_int_t)member->bit_size,
			 "bitfield", member->bitfield);
}

static json_t *changes_json(unsigned int changes)
{
	static const char * const words[] = {
		"moved", "resized", "retyped", "gone", "new", "value",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < KMC_ARRAY_SIZE(words); i++)
		if (changes >> i & 1)
			json_array_append_new(list, json_string(words[i]));
	return list;
}

static json_t *row_json(const struct kmc_compared_row *row)
{
	const char *path = row->b.path ? row->b.path : row->a.path;
	bool constant = !row->hole && !row->a.declared && !row->b.declared;

	return json_pack("{s:s, s:o, s:o, s:o, s:o}",
			 "place", constant ? "constant" : !row->hole ? "member" :
			 strcmp(path, "(padding)") ? "hole" : "padding",
			 "path", row->hole ? json_null() : name_json(path),
			 "changes", changes_json(row->changes),
			 "a", side_json(&row->a, constant),
			 "b", side_json(&row->b, constant));
}

struct kmc_error *kmc_json_comparison(const struct kmc_type_name *a,
				      const struct kmc_type_name *b,
				      const struct kmc_comparison *comparison, char **out)
{
	const char *name = b ? b->name : a->name;
	json_t *members = json_array();

	for (size_t i = 0; i < comparison->count; i++)
		if (json_array_append_new(members, row_json(&comparison->rows[i])))
			goto nomem;
	return dump(json_pack("{s:i, s:o, s:o, s:I, s:o}", "version", 1,
			      "type", name_json(name), "sizes", sizes_json(a, b),
			      "changed", (json_int_t)comparison->changed,
			      "members", members), out);
nomem:
	json_decref(members);
	return kmc_error_nomem();
}
