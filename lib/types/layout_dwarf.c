// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from DWARF: nodes, and the names of all of them.
 */
#include "types/layout_dwarf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/dwarf_source.h"
#include "types/types.h"

/* Not in every dwarf.h */
#ifndef DW_LANG_C17
#define DW_LANG_C17	0x2c
#endif

#define MAX_DIMENSIONS	32
/* Children of a type; a kernel's largest enumeration has a tenth. */
#define MAX_CHILDREN	100000

static struct kmc_error *bad_type(const struct kmc_dwarf_source *src,
				  kmc_type_id id)
{
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has damaged or unknown debug info at 0x%llx in .debug_info",
			     (unsigned long long)(id & OFFSET_MASK));
}

/* ---- one node ---- */

static bool read_base(const struct kmc_dwarf_source *src, Dwarf_Die die,
		      struct kmc_raw_type *out)
{
	uint64_t encoding = 0;

	kmc_dwarf_attr_value(src, die, DW_AT_encoding, &encoding);
	out->kind = KMC_TYPE_INT;
	switch (encoding) {
	case DW_ATE_boolean:
		out->kind = KMC_TYPE_BOOL;
		break;
	case DW_ATE_float:
	case DW_ATE_complex_float:
		out->kind = KMC_TYPE_FLOAT;
		break;
	case DW_ATE_signed_char:
	case DW_ATE_unsigned_char:
		out->kind = KMC_TYPE_CHAR;
		break;
	}
	out->is_signed = encoding == DW_ATE_signed ||
			 encoding == DW_ATE_signed_char;
	return true;
}

/* Elements of a dimension; 0 if that is not said, or not in a number. */
static uint64_t range_count(const struct kmc_dwarf_source *src, Dwarf_Die range)
{
	uint64_t value;

	if (kmc_dwarf_attr_value(src, range, DW_AT_count, &value))
		return value;
	if (kmc_dwarf_attr_value(src, range, DW_AT_upper_bound, &value))
		return value + 1;
	return 0;
}

static bool read_array(const struct kmc_dwarf_source *src, Dwarf_Die die,
		       kmc_type_id id, struct kmc_raw_type *out)
{
	unsigned int taken = id >> DIMENSION_SHIFT, dimensions = 0;
	Dwarf_Die child = kmc_dwarf_first_child(src, die);

	out->kind = KMC_TYPE_ARRAY;
	/* What the size attribute says is of all dimensions, and vectors. */
	out->size = 0;
	for (; child; child = kmc_dwarf_next_sibling(src, child)) {
		if (kmc_dwarf_die_tag(src, child) != DW_TAG_subrange_type)
			continue;
		if (dimensions == taken)
			out->count = range_count(src, child);
		if (++dimensions > MAX_DIMENSIONS) {
			kmc_dwarf_die_free(src, child);
			return false;
		}
	}
	out->flexible = !out->count;
	if (taken + 1 < dimensions) {
		out->target = id + (1ULL << DIMENSION_SHIFT);
		return true;
	}
	return taken < dimensions && kmc_dwarf_attr_type(src, die, &out->target);
}

/*
 * Until DWARF 3: from the highest bit of the storage unit to that of the bit-field. It is
 * negative where a packed bit-field begins in the unit and ends behind it.
 */
static bool bits_from_top(uint64_t storage, int64_t from_top, struct kmc_member *member)
{
	int64_t bits = storage * 8, low;

	if (!storage || storage > 16 || member->bit_size > storage * 8 ||
	    from_top < -bits || from_top > bits)
		return false;
	low = bits - from_top - (int64_t)member->bit_size;
	return low >= 0 && low < bits &&
	       !__builtin_add_overflow(member->bit_offset, low, &member->bit_offset);
}

/* Sets the place of a bit-field; false: not a possible one. */
static bool read_bits(const struct kmc_dwarf_source *src, Dwarf_Die die,
		      struct kmc_member *member)
{
	uint64_t storage, from_top;

	member->bitfield = true;
	if (kmc_dwarf_attr_value(src, die, DW_AT_data_bit_offset, &member->bit_offset))
		return true;
	if (!kmc_dwarf_attr_value(src, die, DW_AT_bit_offset, &from_top))
		return true;
	return kmc_dwarf_attr_value(src, die, DW_AT_byte_size, &storage) &&
	       bits_from_top(storage, from_top, member);
}

static bool read_member(const struct kmc_dwarf_source *src, Dwarf_Die die,
			struct kmc_member *member)
{
	uint64_t location = 0;

	member->name = kmc_dwarf_die_name(src, die);
	kmc_dwarf_attr_value(src, die, DW_AT_data_member_location, &location);
	if (!kmc_dwarf_attr_type(src, die, &member->type) ||
	    __builtin_mul_overflow(location, 8, &member->bit_offset))
		return false;
	if (kmc_dwarf_attr_value(src, die, DW_AT_bit_size, &member->bit_size))
		return read_bits(src, die, member);
	kmc_dwarf_attr_value(src, die, DW_AT_data_bit_offset, &member->bit_offset);
	return true;
}

static bool read_enumerator(const struct kmc_dwarf_source *src, Dwarf_Die die,
			    struct kmc_raw_type *out,
			    struct kmc_enumerator *enumerator)
{
	const char *name = kmc_dwarf_die_name(src, die);
	uint64_t value = 0;

	if (!kmc_dwarf_attr_value(src, die, DW_AT_const_value, &value))
		return false;
	enumerator->name = name ? name : "";
	enumerator->value = value;
	out->is_signed |= enumerator->value < 0;
	return true;
}

/* A member, a parameter, or in C++ what a class begins with; static members lie elsewhere. */
static bool is_child(const struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
		     enum kmc_type_kind kind)
{
	uint64_t is_virtual = 0;

	if (kind == KMC_TYPE_FUNCTION)
		return tag == DW_TAG_formal_parameter;
	if (tag == DW_TAG_member)
		return !kmc_dwarf_attr_flag(src, die, DW_AT_external);
	/* Where one that is virtual lies, only the object knows. */
	return tag == DW_TAG_inheritance &&
	       !kmc_dwarf_attr_value(src, die, DW_AT_virtuality, &is_virtual);
}

/* Adds a child to what it is a child of. */
static bool read_child(const struct kmc_dwarf_source *src, Dwarf_Die die,
		       struct kmc_raw_type *out, bool *nomem)
{
	struct kmc_enumerator *enumerator;
	Dwarf_Half tag = kmc_dwarf_die_tag(src, die);
	struct kmc_member *member;

	if (out->kind == KMC_TYPE_ENUM && tag == DW_TAG_enumerator) {
		enumerator = kmc_grow(&out->enumerators, out->nenumerators,
				      sizeof(*enumerator));
		*nomem = !enumerator;
		if (!enumerator || !read_enumerator(src, die, out, enumerator))
			return false;
		out->nenumerators++;
		return true;
	}
	if (out->kind == KMC_TYPE_FUNCTION &&
	    tag == DW_TAG_unspecified_parameters)
		out->variadic = true;
	if (!is_child(src, die, tag, out->kind))
		return true;
	member = kmc_grow(&out->members, out->nmembers, sizeof(*member));
	*nomem = !member;
	if (!member || !read_member(src, die, member))
		return false;
	out->nmembers++;
	return true;
}

static bool read_children(const struct kmc_dwarf_source *src, Dwarf_Die die,
			  struct kmc_raw_type *out, bool *nomem)
{
	Dwarf_Die child = kmc_dwarf_first_child(src, die);

	for (unsigned int n = 0; child; child = kmc_dwarf_next_sibling(src, child)) {
		if (++n > MAX_CHILDREN || !read_child(src, child, out, nomem)) {
			kmc_dwarf_die_free(src, child);
			return false;
		}
	}
	return true;
}

static enum kmc_alias alias_of(Dwarf_Half tag)
{
	switch (tag) {
	case DW_TAG_typedef:
	case DW_TAG_template_alias:
		return KMC_ALIAS_TYPEDEF;
	case DW_TAG_const_type:
		return KMC_ALIAS_CONST;
	case DW_TAG_volatile_type:
		return KMC_ALIAS_VOLATILE;
	case DW_TAG_restrict_type:
		return KMC_ALIAS_RESTRICT;
	case DW_TAG_atomic_type:
	case DW_TAG_immutable_type:
	case DW_TAG_packed_type:
	case DW_TAG_shared_type:
		return KMC_ALIAS_OTHER;
	default:
		return KMC_ALIAS_NONE;
	}
}

static bool is_indexed(Dwarf_Half tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

/* What points; the debug info of C++ need not say how large it is. */
static bool read_pointer(const struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
			 kmc_type_id id, struct kmc_raw_type *out)
{
	kmc_type_id target = 0;
	Dwarf_Die pointee;

	out->kind = KMC_TYPE_POINTER;
	if (!kmc_dwarf_attr_type(src, die, &target))
		return false;
	out->target = target;
	if (out->size)
		return true;
	out->size = kmc_units_find(&src->units, id)->address_size;
	pointee = tag == DW_TAG_ptr_to_member_type && target ? kmc_dwarf_die_at(src, target) : NULL;
	/* To a member function: with what is added to this. */
	if (pointee && kmc_dwarf_die_tag(src, pointee) == DW_TAG_subroutine_type)
		out->size *= 2;
	kmc_dwarf_die_free(src, pointee);
	return true;
}

/* With what it is declared in, as far as the index was made; what was declared before. */
static const char *name_of(const struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
			   kmc_type_id id)
{
	const char *name = kmc_map_get(&src->scoped, id);
	kmc_type_id before;
	Dwarf_Die other;

	if (!name)
		name = kmc_dwarf_die_name(src, die);
	if (name || !is_indexed(tag) ||
	    !kmc_dwarf_attr_ref(src, die, DW_AT_specification, &before))
		return name;
	name = kmc_map_get(&src->scoped, before);
	other = name ? NULL : kmc_dwarf_die_at(src, before);
	if (other)
		name = kmc_dwarf_die_name(src, other);
	kmc_dwarf_die_free(src, other);
	return name;
}

/* All but the children. */
static bool read_node(const struct kmc_dwarf_source *src, Dwarf_Die die,
		      kmc_type_id id, struct kmc_raw_type *out)
{
	Dwarf_Half tag = kmc_dwarf_die_tag(src, die);

	out->name = name_of(src, die, tag, id);
	out->alias = alias_of(tag);
	if (out->alias != KMC_ALIAS_NONE)
		return kmc_dwarf_attr_type(src, die, &out->target);
	kmc_dwarf_attr_value(src, die, DW_AT_byte_size, &out->size);
	out->incomplete = kmc_dwarf_attr_flag(src, die, DW_AT_declaration);
	switch (tag) {
	case DW_TAG_base_type:
		return read_base(src, die, out);
	case DW_TAG_unspecified_type:
		out->kind = KMC_TYPE_VOID;
		/* C++: the type of nullptr */
		if (out->name)
			out->size = kmc_units_find(&src->units, id)->address_size;
		return true;
	case DW_TAG_enumeration_type:
		out->kind = KMC_TYPE_ENUM;
		return true;
	case DW_TAG_array_type:
		return read_array(src, die, id, out);
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		out->kind = KMC_TYPE_STRUCT;
		return true;
	case DW_TAG_union_type:
		out->kind = KMC_TYPE_UNION;
		return true;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		out->kind = KMC_TYPE_FUNCTION;
		out->incomplete = false;
		return kmc_dwarf_attr_type(src, die, &out->target);
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
	case DW_TAG_ptr_to_member_type:
		return read_pointer(src, die, tag, id, out);
	default:
		return false;
	}
}

static bool has_children(const struct kmc_raw_type *raw)
{
	return raw->alias == KMC_ALIAS_NONE &&
	       (raw->kind == KMC_TYPE_STRUCT || raw->kind == KMC_TYPE_UNION ||
		raw->kind == KMC_TYPE_ENUM || raw->kind == KMC_TYPE_FUNCTION);
}

static struct kmc_error *dwarf_read(void *source, kmc_type_id id, bool children,
				    struct kmc_raw_type *out)
{
	const struct kmc_dwarf_source *src = source;
	Dwarf_Die die = kmc_dwarf_die_at(src, id);
	bool nomem = false, ok;

	ok = die && read_node(src, die, id, out) &&
	     (!children || !has_children(out) ||
	      read_children(src, die, out, &nomem));
	kmc_dwarf_die_free(src, die);
	if (ok)
		return NULL;
	free(out->members);
	free(out->enumerators);
	*out = (struct kmc_raw_type){ };
	return nomem ? kmc_error_nomem() : bad_type(src, id);
}

/* ---- all names ---- */

/*
 * struct node - a child of a unit, or of a function or block in it
 * @line, @length: where it was declared, and how many bytes describe it; 0: not known
 * @raw: of a struct, a union, an enum and an alias; of anything else the tag is all
 */
struct node {
	kmc_type_id id;
	Dwarf_Half tag;
	uint64_t line;
	uint64_t length;
	struct kmc_raw_type raw;
};

/*
 * What counts of a unit, in the order of their numbers: libdwarf goes through a list of all
 * units whenever it is asked for a DIE by its offset, and each typedef has a target.
 * @last: number of the DIE that was read last
 * @classes: it is of a language in which types are in types and namespaces
 */
struct nodes {
	struct node *v;
	size_t count;
	kmc_type_id last;
	bool classes;
};

static void read_node_of_index(const struct kmc_dwarf_source *src, Dwarf_Die die, kmc_type_id id,
			       Dwarf_Half tag, struct node *out)
{
	*out = (struct node){ .id = id, .tag = tag };
	if (!is_indexed(tag) && alias_of(tag) == KMC_ALIAS_NONE)
		return;
	if (!read_node(src, die, id, &out->raw))
		out->tag = 0;
	if (is_indexed(out->tag))
		kmc_dwarf_attr_value(src, die, DW_AT_decl_line, &out->line);
}

/* Also what a typedef may be of, which would be looked for otherwise. */
static bool is_node(Dwarf_Half tag)
{
	switch (tag) {
	case DW_TAG_base_type:
	case DW_TAG_unspecified_type:
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
	case DW_TAG_ptr_to_member_type:
	case DW_TAG_array_type:
	case DW_TAG_subroutine_type:
		return true;
	default:
		return is_indexed(tag) || alias_of(tag) != KMC_ALIAS_NONE;
	}
}

/* Namespaces and classes are in the names of what is in them. */
static bool is_named_scope(Dwarf_Half tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/*
 * struct scope - what types are declared in: a unit, a function, a block, a namespace, a class
 * @die: that
 * @prefix: what stands before the names in it, NULL: nothing
 * @depth: scopes around it
 */
struct scope {
	Dwarf_Die die;
	const char *prefix;
	int depth;
};

/* In C there are none in structs, which are many. */
static bool is_scope(const struct nodes *nodes, Dwarf_Half tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
	       (nodes->classes && is_named_scope(tag));
}

static struct kmc_error *read_scope(struct kmc_dwarf_source *src, const struct scope *scope,
				    struct nodes *nodes);

/* The name with all that it is declared in; it lives as long as the source. */
static struct kmc_error *add_scoped(struct kmc_dwarf_source *src, const char *prefix,
				    kmc_type_id id, const char **name)
{
	const char *there = kmc_map_get(&src->scoped, id);
	char *scoped;

	if (!there) {
		if (asprintf(&scoped, "%s::%s", prefix, *name) < 0)
			return kmc_error_nomem();
		if (!kmc_map_put(&src->scoped, id, scoped)) {
			free(scoped);
			return kmc_error_nomem();
		}
		there = scoped;
	}
	*name = there;
	return NULL;
}

static struct kmc_error *read_inner(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
				    const struct scope *around, struct nodes *nodes,
				    kmc_type_id id)
{
	struct scope scope = { .die = die, .depth = around->depth + 1 };
	struct kmc_error *err = NULL;

	if (!is_scope(nodes, tag) || around->depth >= KMC_LAYOUT_DEPTH)
		return NULL;
	if (is_named_scope(tag)) {
		scope.prefix = name_of(src, die, tag, id);
		if (!scope.prefix && tag == DW_TAG_namespace)
			scope.prefix = "(anonymous namespace)";
		if (!scope.prefix)
			scope.prefix = around->prefix;
		else if (around->prefix && !kmc_map_get(&src->scoped, id))
			err = add_scoped(src, around->prefix, id, &scope.prefix);
	}
	return err ? err : read_scope(src, &scope, nodes);
}

/* @at: set to what was added, or to -1 */
static struct kmc_error *read_in_scope(struct kmc_dwarf_source *src, Dwarf_Die die,
				       const struct scope *scope, struct nodes *nodes, long *at)
{
	const Dwarf_Half tag = kmc_dwarf_die_tag(src, die);
	struct kmc_error *err = NULL;
	struct node *node;

	*at = -1;
	if (is_node(tag)) {
		*at = nodes->count;
		node = kmc_grow(&nodes->v, nodes->count, sizeof(*node));
		if (!node)
			return kmc_error_nomem();
		nodes->count++;
		read_node_of_index(src, die, nodes->last, tag, node);
		if (scope->prefix && node->raw.name)
			err = add_scoped(src, scope->prefix, node->id, &node->raw.name);
	}
	return err ? err : read_inner(src, die, tag, scope, nodes, nodes->last);
}

static struct kmc_error *read_scope(struct kmc_dwarf_source *src, const struct scope *scope,
				    struct nodes *nodes)
{
	Dwarf_Die child = kmc_dwarf_first_child(src, scope->die);
	struct kmc_error *err = NULL;
	long before = -1;

	while (child && !err) {
		const kmc_type_id id = kmc_dwarf_die_offset(src, child);

		if (before >= 0)
			nodes->v[before].length = id - nodes->v[before].id;
		/* What is not behind all that was read leads around in circles. */
		if (id <= nodes->last)
			break;
		nodes->last = id;
		err = read_in_scope(src, child, scope, nodes, &before);
		if (!err)
			child = kmc_dwarf_next_sibling(src, child);
	}
	kmc_dwarf_die_free(src, child);
	return err;
}

/* All but C: in which newer standards C++ is written, is not known here. */
static bool has_classes(const struct kmc_dwarf_source *src, Dwarf_Die unit)
{
	uint64_t language = DW_LANG_C;

	kmc_dwarf_attr_value(src, unit, DW_AT_language, &language);
	return language != DW_LANG_C && language != DW_LANG_C89 && language != DW_LANG_C99 &&
	       language != DW_LANG_C11 && language != DW_LANG_C17 &&
	       language != DW_LANG_Mips_Assembler;
}

static struct kmc_error *read_unit(struct kmc_dwarf_source *src, uint64_t offset,
				   struct nodes *nodes)
{
	struct scope unit = { .die = kmc_dwarf_die_at(src, offset) };
	struct kmc_error *err = NULL;

	nodes->count = 0;
	nodes->last = 0;
	if (unit.die) {
		nodes->classes = has_classes(src, unit.die);
		err = read_scope(src, &unit, nodes);
	}
	kmc_dwarf_die_free(src, unit.die);
	return err;
}

static int compare_ids(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What was not read with the unit is read now. */
static struct node node_at(const struct kmc_dwarf_source *src,
			   const struct nodes *nodes, kmc_type_id id)
{
	const struct node key = { .id = id };
	struct node *found, node = { };
	Dwarf_Die die;

	found = bsearch(&key, nodes->v, nodes->count, sizeof(key), compare_ids);
	if (found)
		return *found;
	die = kmc_dwarf_die_at(src, id);
	if (die)
		read_node_of_index(src, die, id, kmc_dwarf_die_tag(src, die), &node);
	kmc_dwarf_die_free(src, die);
	return node;
}

/* False: it is nothing that goes into the index. */
static bool make_entry(const struct kmc_dwarf_source *src, const struct nodes *nodes,
		       const struct node *node, struct kmc_index_entry *out)
{
	const bool is_typedef = node->tag == DW_TAG_typedef;
	struct node target = *node;

	if (!node->raw.name || (!is_typedef && !is_indexed(node->tag)))
		return false;
	for (int i = 0; i < KMC_LAYOUT_DEPTH &&
	     alias_of(target.tag) != KMC_ALIAS_NONE; i++)
		target = node_at(src, nodes, target.raw.target);
	if (!is_indexed(target.tag) || target.raw.incomplete)
		return false;
	out->name = (struct kmc_type_name){
		.name = node->raw.name, .is_typedef = is_typedef,
		.kind = target.raw.kind, .size = target.raw.size,
		/* What has no name goes by that of its typedef. */
		.id = target.raw.name ? target.id : node->id,
	};
	out->origin = target.line && target.length ?
		      target.line << 32 | target.length : 0;
	return true;
}

static struct kmc_error *dwarf_index(void *source, struct kmc_index *index)
{
	struct kmc_dwarf_source *src = source;
	struct kmc_error *err = NULL;
	struct nodes nodes = { };

	for (size_t i = 0; i < src->units.count && !err; i++) {
		err = read_unit(src, src->units.v[i].die, &nodes);
		for (size_t j = 0; j < nodes.count && !err; j++) {
			struct kmc_index_entry entry;

			if (make_entry(src, &nodes, &nodes.v[j], &entry) &&
			    !kmc_index_add(index, &entry))
				err = kmc_error_nomem();
		}
	}
	free(nodes.v);
	return err;
}

/* Those that are directly in a unit, with the first part that says their name. */
static struct kmc_error *dwarf_functions(void *source, struct kmc_functions *functions)
{
	const struct kmc_dwarf_source *src = source;

	for (size_t i = 0; i < src->units.count; i++) {
		Dwarf_Die unit = kmc_dwarf_die_at(src, src->units.v[i].die);
		Dwarf_Die child = unit ? kmc_dwarf_first_child(src, unit) : NULL;

		kmc_dwarf_die_free(src, unit);
		for (; child; child = kmc_dwarf_next_sibling(src, child)) {
			const char *name = kmc_dwarf_die_tag(src, child) == DW_TAG_subprogram ?
					   kmc_dwarf_die_name(src, child) : NULL;

			if (name && !kmc_functions_add(functions, name,
						       kmc_dwarf_die_offset(src, child))) {
				kmc_dwarf_die_free(src, child);
				return kmc_error_nomem();
			}
		}
	}
	return NULL;
}

/* ---- opening ---- */

static const struct kmc_types_ops dwarf_ops = {
	.read = dwarf_read,
	.index = dwarf_index,
	.functions = dwarf_functions,
	.free = kmc_dwarf_close,
};

struct kmc_error *kmc_types_of_image(struct kmc_image *image, const char *path,
				     struct kmc_types **out)
{
	struct kmc_dwarf_source *src = calloc(1, sizeof(*src));
	struct kmc_error *err;

	if (src)
		src->path = strdup(path);
	if (!src || !src->path) {
		kmc_dwarf_close(src);
		return kmc_error_nomem();
	}
	err = kmc_dwarf_open(src, image);
	if (err) {
		kmc_dwarf_close(src);
		return err;
	}
	return kmc_types_new(path, &dwarf_ops, src, out);
}

struct kmc_error *kmc_types_open_dwarf(const char *path, struct kmc_types **out)
{
	return kmc_types_of_image(NULL, path, out);
}
