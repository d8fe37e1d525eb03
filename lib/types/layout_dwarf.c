// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from DWARF, node by node.
 */
#include "types/layout_dwarf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "types/dwarf_index.h"

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

enum kmc_alias kmc_dwarf_alias(Dwarf_Half tag)
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

bool kmc_dwarf_is_indexed(Dwarf_Half tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

/* What points; the debug info of C++ need not say how large it is. */
static bool read_pointer(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
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
	out->size = kmc_dwarf_unit(src, id)->address_size;
	src = kmc_dwarf_part(src, target);
	pointee = tag == DW_TAG_ptr_to_member_type && target ? kmc_dwarf_die_at(src, target) : NULL;
	/* To a member function: with what is added to this. */
	if (pointee && kmc_dwarf_die_tag(src, pointee) == DW_TAG_subroutine_type)
		out->size *= 2;
	kmc_dwarf_die_free(src, pointee);
	return true;
}

/* Of another DIE that this one names. */
static const char *other_name(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half attr,
			      bool *whole)
{
	kmc_type_id id;
	const char *name;
	Dwarf_Die other;

	*whole = false;
	if (!kmc_dwarf_attr_ref(src, die, attr, &id))
		return NULL;
	src = kmc_dwarf_part(src, id);
	name = kmc_map_get(&src->scoped, id);
	*whole = name;
	if (name)
		return name;
	other = kmc_dwarf_die_at(src, id);
	name = other ? kmc_dwarf_die_name(src, other) : NULL;
	kmc_dwarf_die_free(src, other);
	return name;
}

const char *kmc_dwarf_name(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
			   kmc_type_id id)
{
	const char *name = kmc_map_get(&src->scoped, id), *declared;
	bool whole;

	if (name)
		return name;
	name = kmc_dwarf_die_name(src, die);
	/* In C, nothing is declared in one place and defined in another. */
	if ((name && !src->scoped.count) || !kmc_dwarf_is_indexed(tag))
		return name;
	declared = other_name(src, die, DW_AT_specification, &whole);
	return name && !whole ? name : declared;
}

const char *kmc_dwarf_scope_name(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
				 kmc_type_id id)
{
	const char *name = kmc_dwarf_name(src, die, tag, id);
	bool whole;

	return name ? name : other_name(src, die, DW_AT_signature, &whole);
}

bool kmc_dwarf_read_node(struct kmc_dwarf_source *src, Dwarf_Die die,
		      kmc_type_id id, struct kmc_raw_type *out)
{
	Dwarf_Half tag = kmc_dwarf_die_tag(src, die);

	out->name = kmc_dwarf_name(src, die, tag, id);
	out->alias = kmc_dwarf_alias(tag);
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
			out->size = kmc_dwarf_unit(src, id)->address_size;
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

struct kmc_error *kmc_dwarf_read(void *source, kmc_type_id id, bool children,
				 struct kmc_raw_type *out)
{
	struct kmc_dwarf_source *src = kmc_dwarf_part(source, id);
	Dwarf_Die die = kmc_dwarf_die_at(src, id);
	bool nomem = false, ok;

	ok = die && kmc_dwarf_read_node(src, die, id, out) &&
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

/* ---- opening ---- */

static const struct kmc_types_ops dwarf_ops = {
	.read = kmc_dwarf_read,
	.index = kmc_dwarf_index,
	.functions = kmc_dwarf_functions,
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
	if (!image && kmc_image_is_split(src->sections.file))
		return kmc_split_types(src, out);
	return kmc_types_new(path, &dwarf_ops, src, out);
}

struct kmc_error *kmc_types_open_dwarf(const char *path, struct kmc_types **out)
{
	return kmc_types_of_image(NULL, path, out);
}
