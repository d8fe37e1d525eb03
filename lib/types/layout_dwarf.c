// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from DWARF through libdwarf, which no other file may include: its names
 * are those of libdw, too.
 *
 * Every DIE is let go as soon as it was read. What libdwarf cannot read is
 * damage, whatever it says.
 */
#include "types/layout_dwarf.h"

#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/dwarf_units.h"
#include "debuginfo/sections.h"
#include "types/types.h"

/* Dimensions that were taken off an array are counted above the offset. */
#define DIMENSION_SHIFT	56
#define OFFSET_MASK	((1ULL << DIMENSION_SHIFT) - 1)
#define MAX_DIMENSIONS	32
/* Children of a type; a kernel's largest enumeration has a tenth. */
#define MAX_CHILDREN	100000

/*
 * What libdwarf has in place of stdout, see the Makefile. Only a failure for which
 * there is neither an error pointer nor a handler would be printed.
 */
extern FILE *kmc_libdwarf_stdout;
FILE *kmc_libdwarf_stdout;

struct dwarf_source {
	char *path;
	struct kmc_sections sections;
	struct kmc_units units;
	Dwarf_Obj_Access_Interface access;
	Dwarf_Debug dbg;
};

static struct kmc_error *bad_type(const struct dwarf_source *src,
				 kmc_type_id id)
{
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has damaged or unknown debug info at 0x%llx in .debug_info",
			     (unsigned long long)(id & OFFSET_MASK));
}

/* ---- sections for libdwarf; section 0 is none, as in ELF ---- */

static int get_section_info(void *object, Dwarf_Half index,
			    Dwarf_Obj_Access_Section *out, int *error)
{
	const struct kmc_sections *sections = object;

	(void)error;
	*out = (Dwarf_Obj_Access_Section){ .name = "" };
	if (index > sections->count)
		return DW_DLV_NO_ENTRY;
	if (index) {
		out->name = sections->v[index - 1].name;
		out->size = sections->v[index - 1].size;
		out->type = 1;	/* SHT_PROGBITS */
	}
	return DW_DLV_OK;
}

static int load_section(void *object, Dwarf_Half index, Dwarf_Small **out,
			int *error)
{
	const struct kmc_sections *sections = object;

	(void)error;
	if (!index || index > sections->count)
		return DW_DLV_NO_ENTRY;
	*out = sections->v[index - 1].data;
	return DW_DLV_OK;
}

static Dwarf_Endianness get_byte_order(void *object)
{
	(void)object;
	return DW_OBJECT_LSB;
}

static Dwarf_Small get_word_size(void *object)
{
	(void)object;
	return 8;
}

static Dwarf_Unsigned get_section_count(void *object)
{
	const struct kmc_sections *sections = object;

	return sections->count + 1;
}

static const Dwarf_Obj_Access_Methods access_methods = {
	.get_section_info = get_section_info,
	.get_byte_order = get_byte_order,
	.get_length_size = get_word_size,
	.get_pointer_size = get_word_size,
	.get_section_count = get_section_count,
	.load_section = load_section,
};

/* Without one, libdwarf aborts where it has no other place for an error. */
static void drop_error(Dwarf_Error error, Dwarf_Ptr arg)
{
	const struct dwarf_source *src = arg;

	dwarf_dealloc(src->dbg, error, DW_DLA_ERROR);
}

/* ---- DIEs ---- */

static bool done(const struct dwarf_source *src, int result, Dwarf_Error error)
{
	if (result == DW_DLV_ERROR)
		dwarf_dealloc(src->dbg, error, DW_DLA_ERROR);
	return result == DW_DLV_OK;
}

static void die_free(const struct dwarf_source *src, Dwarf_Die die)
{
	if (die)
		dwarf_dealloc(src->dbg, die, DW_DLA_DIE);
}

/* NULL: there is none, or it is damaged. */
static Dwarf_Die die_at(const struct dwarf_source *src, kmc_type_id id)
{
	uint64_t offset = id & OFFSET_MASK;
	Dwarf_Error error = NULL;
	Dwarf_Die die = NULL;

	if (!kmc_units_find(&src->units, offset) ||
	    !done(src, dwarf_offdie_b(src->dbg, offset, true, &die, &error),
		  error))
		return NULL;
	return die;
}

static uint64_t die_offset(const struct dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Off offset;

	if (!done(src, dwarf_dieoffset(die, &offset, &error), error))
		return 0;
	return offset;
}

static Dwarf_Half die_tag(const struct dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Half tag;

	return done(src, dwarf_tag(die, &tag, &error), error) ? tag : 0;
}

static Dwarf_Die first_child(const struct dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Die child = NULL;

	if (!done(src, dwarf_child(die, &child, &error), error))
		return NULL;
	return child;
}

/* Frees @die. A sibling that lies before it would never come to an end. */
static Dwarf_Die next_sibling(const struct dwarf_source *src, Dwarf_Die die)
{
	uint64_t offset = die_offset(src, die);
	Dwarf_Error error = NULL;
	Dwarf_Die next = NULL;

	if (!done(src, dwarf_siblingof_b(src->dbg, die, true, &next, &error),
		  error))
		next = NULL;
	die_free(src, die);
	if (next && (!offset || die_offset(src, next) <= offset)) {
		die_free(src, next);
		next = NULL;
	}
	return next;
}

/* ---- attributes ---- */

static Dwarf_Attribute attr_of(const struct dwarf_source *src, Dwarf_Die die,
			       Dwarf_Half number)
{
	Dwarf_Attribute attr = NULL;
	Dwarf_Error error = NULL;

	if (!done(src, dwarf_attr(die, number, &attr, &error), error))
		return NULL;
	return attr;
}

static void attr_free(const struct dwarf_source *src, Dwarf_Attribute attr)
{
	dwarf_dealloc(src->dbg, attr, DW_DLA_ATTR);
}

static const char *die_name(const struct dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	char *name = NULL;

	if (!done(src, dwarf_diename(die, &name, &error), error))
		return NULL;
	return name && *name ? name : NULL;
}

/* DW_OP_plus_uconst N, which old compilers write for a place in a struct. */
static bool location_value(const struct dwarf_source *src,
			   Dwarf_Attribute attr, uint64_t *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Block *block = NULL;
	uint64_t value = 0;
	bool ok;

	if (!done(src, dwarf_formblock(attr, &block, &error), error))
		return false;
	ok = block->bl_len >= 2 && block->bl_len <= 10 &&
	     *(uint8_t *)block->bl_data == DW_OP_plus_uconst;
	for (Dwarf_Unsigned i = 1; ok && i < block->bl_len; i++) {
		uint8_t byte = ((uint8_t *)block->bl_data)[i];

		value |= (uint64_t)(byte & 0x7f) << 7 * (i - 1);
		ok = !(byte & 0x80) == (i == block->bl_len - 1);
	}
	dwarf_dealloc(src->dbg, block, DW_DLA_BLOCK);
	if (ok)
		*out = value;
	return ok;
}

/* A constant in whichever form; negative ones wrap. */
static bool attr_value(const struct dwarf_source *src, Dwarf_Die die,
		       Dwarf_Half number, uint64_t *out)
{
	Dwarf_Attribute attr = attr_of(src, die, number);
	Dwarf_Error error = NULL;
	Dwarf_Signed value;
	Dwarf_Half form;
	bool ok = false;

	if (!attr)
		return false;
	if (!done(src, dwarf_whatform(attr, &form, &error), error))
		form = 0;
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		ok = done(src, dwarf_formsdata(attr, &value, &error), error);
		*out = ok ? (uint64_t)value : *out;
	} else if (form) {
		Dwarf_Unsigned number_value;

		ok = done(src, dwarf_formudata(attr, &number_value, &error),
			  error);
		*out = ok ? number_value : *out;
		ok = ok || location_value(src, attr, out);
	}
	attr_free(src, attr);
	return ok;
}

static bool attr_flag(const struct dwarf_source *src, Dwarf_Die die,
		      Dwarf_Half number)
{
	Dwarf_Attribute attr = attr_of(src, die, number);
	Dwarf_Error error = NULL;
	Dwarf_Bool value = false;

	if (!attr)
		return false;
	if (!done(src, dwarf_formflag(attr, &value, &error), error))
		value = false;
	attr_free(src, attr);
	return value;
}

/* No DW_AT_type is void; false: it leads nowhere. */
static bool attr_type(const struct dwarf_source *src, Dwarf_Die die,
		      kmc_type_id *out)
{
	Dwarf_Attribute attr = attr_of(src, die, DW_AT_type);
	Dwarf_Error error = NULL;
	Dwarf_Off offset;
	bool ok;

	*out = 0;
	if (!attr)
		return true;
	ok = done(src, dwarf_global_formref(attr, &offset, &error), error) &&
	     kmc_units_find(&src->units, offset);
	if (ok)
		*out = offset;
	attr_free(src, attr);
	return ok;
}

/* ---- one node ---- */

static bool read_base(const struct dwarf_source *src, Dwarf_Die die,
		      struct kmc_raw_type *out)
{
	uint64_t encoding = 0;

	attr_value(src, die, DW_AT_encoding, &encoding);
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
static uint64_t range_count(const struct dwarf_source *src, Dwarf_Die range)
{
	uint64_t value;

	if (attr_value(src, range, DW_AT_count, &value))
		return value;
	if (attr_value(src, range, DW_AT_upper_bound, &value))
		return value + 1;
	return 0;
}

static bool read_array(const struct dwarf_source *src, Dwarf_Die die,
		       kmc_type_id id, struct kmc_raw_type *out)
{
	unsigned int taken = id >> DIMENSION_SHIFT, dimensions = 0;
	Dwarf_Die child = first_child(src, die);

	out->kind = KMC_TYPE_ARRAY;
	/* What the size attribute says is of all dimensions, and vectors. */
	out->size = 0;
	for (; child; child = next_sibling(src, child)) {
		if (die_tag(src, child) != DW_TAG_subrange_type)
			continue;
		if (dimensions == taken)
			out->count = range_count(src, child);
		if (++dimensions > MAX_DIMENSIONS) {
			die_free(src, child);
			return false;
		}
	}
	out->flexible = !out->count;
	if (taken + 1 < dimensions) {
		out->target = id + (1ULL << DIMENSION_SHIFT);
		return true;
	}
	return taken < dimensions && attr_type(src, die, &out->target);
}

/* Sets the place of a bit-field; false: not a possible one. */
static bool read_bits(const struct dwarf_source *src, Dwarf_Die die,
		      struct kmc_member *member)
{
	uint64_t storage, from_top;

	member->bitfield = true;
	if (attr_value(src, die, DW_AT_data_bit_offset, &member->bit_offset))
		return true;
	if (!attr_value(src, die, DW_AT_bit_offset, &from_top))
		return true;
	/* Until DWARF 3: from the highest bit of the storage unit. */
	return attr_value(src, die, DW_AT_byte_size, &storage) &&
	       storage <= 16 && from_top <= storage * 8 &&
	       member->bit_size <= storage * 8 - from_top &&
	       !__builtin_add_overflow(member->bit_offset,
				       storage * 8 - from_top - member->bit_size,
				       &member->bit_offset);
}

static bool read_member(const struct dwarf_source *src, Dwarf_Die die,
			struct kmc_member *member)
{
	uint64_t location = 0;

	member->name = die_name(src, die);
	attr_value(src, die, DW_AT_data_member_location, &location);
	if (!attr_type(src, die, &member->type) ||
	    __builtin_mul_overflow(location, 8, &member->bit_offset))
		return false;
	if (attr_value(src, die, DW_AT_bit_size, &member->bit_size))
		return read_bits(src, die, member);
	attr_value(src, die, DW_AT_data_bit_offset, &member->bit_offset);
	return true;
}

static bool read_enumerator(const struct dwarf_source *src, Dwarf_Die die,
			    struct kmc_raw_type *out,
			    struct kmc_enumerator *enumerator)
{
	const char *name = die_name(src, die);
	uint64_t value = 0;

	if (!attr_value(src, die, DW_AT_const_value, &value))
		return false;
	enumerator->name = name ? name : "";
	enumerator->value = value;
	out->is_signed |= enumerator->value < 0;
	return true;
}

/* Adds a child to what it is a child of. */
static bool read_child(const struct dwarf_source *src, Dwarf_Die die,
		       struct kmc_raw_type *out, bool *nomem)
{
	struct kmc_enumerator *enumerator;
	Dwarf_Half tag = die_tag(src, die);
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
	if (tag != (out->kind == KMC_TYPE_FUNCTION ? DW_TAG_formal_parameter :
						     DW_TAG_member))
		return true;
	member = kmc_grow(&out->members, out->nmembers, sizeof(*member));
	*nomem = !member;
	if (!member || !read_member(src, die, member))
		return false;
	out->nmembers++;
	return true;
}

static bool read_children(const struct dwarf_source *src, Dwarf_Die die,
			  struct kmc_raw_type *out, bool *nomem)
{
	Dwarf_Die child = first_child(src, die);

	for (unsigned int n = 0; child; child = next_sibling(src, child)) {
		if (++n > MAX_CHILDREN || !read_child(src, child, out, nomem)) {
			die_free(src, child);
			return false;
		}
	}
	return true;
}

static enum kmc_alias alias_of(Dwarf_Half tag)
{
	switch (tag) {
	case DW_TAG_typedef:
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

/* All but the children. */
static bool read_node(const struct dwarf_source *src, Dwarf_Die die,
		      kmc_type_id id, struct kmc_raw_type *out)
{
	Dwarf_Half tag = die_tag(src, die);

	out->name = die_name(src, die);
	out->alias = alias_of(tag);
	if (out->alias != KMC_ALIAS_NONE)
		return attr_type(src, die, &out->target);
	attr_value(src, die, DW_AT_byte_size, &out->size);
	out->incomplete = attr_flag(src, die, DW_AT_declaration);
	switch (tag) {
	case DW_TAG_base_type:
		return read_base(src, die, out);
	case DW_TAG_unspecified_type:
		out->kind = KMC_TYPE_VOID;
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
		return attr_type(src, die, &out->target);
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
		out->kind = KMC_TYPE_POINTER;
		if (!out->size)
			out->size = kmc_units_find(&src->units,
						   id)->address_size;
		return attr_type(src, die, &out->target);
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
	const struct dwarf_source *src = source;
	Dwarf_Die die = die_at(src, id);
	bool nomem = false, ok;

	ok = die && read_node(src, die, id, out) &&
	     (!children || !has_children(out) ||
	      read_children(src, die, out, &nomem));
	die_free(src, die);
	if (ok)
		return NULL;
	free(out->members);
	free(out->enumerators);
	*out = (struct kmc_raw_type){ };
	return nomem ? kmc_error_nomem() : bad_type(src, id);
}

/* ---- all names ---- */

/*
 * struct node - a child of a unit
 * @line, @length: where it was declared, and how many bytes describe it; 0: not known
 * @raw: of a struct, a union and an alias; of anything else the tag is all
 */
struct node {
	kmc_type_id id;
	Dwarf_Half tag;
	uint64_t line;
	uint64_t length;
	struct kmc_raw_type raw;
};

/*
 * All of a unit, in the order of their numbers: libdwarf goes through a list of all units
 * whenever it is asked for a DIE by its offset, and each typedef has a target.
 */
struct nodes {
	struct node *v;
	size_t count;
};

static bool is_aggregate(Dwarf_Half tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

static void read_child_of_unit(const struct dwarf_source *src, Dwarf_Die die,
			       struct node *out)
{
	*out = (struct node){
		.id = die_offset(src, die), .tag = die_tag(src, die),
	};
	if (!is_aggregate(out->tag) && alias_of(out->tag) == KMC_ALIAS_NONE)
		return;
	if (!read_node(src, die, out->id, &out->raw))
		out->tag = 0;
	if (is_aggregate(out->tag))
		attr_value(src, die, DW_AT_decl_line, &out->line);
}

static struct kmc_error *read_unit(const struct dwarf_source *src,
				   uint64_t offset, struct nodes *nodes)
{
	Dwarf_Die unit = die_at(src, offset);
	Dwarf_Die child = unit ? first_child(src, unit) : NULL;

	die_free(src, unit);
	nodes->count = 0;
	while (child) {
		struct node *node = kmc_grow(&nodes->v, nodes->count, sizeof(*node));

		if (!node) {
			die_free(src, child);
			return kmc_error_nomem();
		}
		nodes->count++;
		read_child_of_unit(src, child, node);
		child = next_sibling(src, child);
		if (child)
			node->length = die_offset(src, child) - node->id;
	}
	return NULL;
}

static int compare_ids(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What is not directly in the unit is read. */
static struct node node_at(const struct dwarf_source *src,
			   const struct nodes *nodes, kmc_type_id id)
{
	const struct node key = { .id = id };
	struct node *found, node = { };
	Dwarf_Die die;

	found = bsearch(&key, nodes->v, nodes->count, sizeof(key), compare_ids);
	if (found)
		return *found;
	die = die_at(src, id);
	if (die)
		read_child_of_unit(src, die, &node);
	die_free(src, die);
	return node;
}

/* False: it is nothing that goes into the index. */
static bool make_entry(const struct dwarf_source *src, const struct nodes *nodes,
		       const struct node *node, struct kmc_index_entry *out)
{
	const bool is_typedef = node->tag == DW_TAG_typedef;
	struct node target = *node;

	if (!node->raw.name || (!is_typedef && !is_aggregate(node->tag)))
		return false;
	for (int i = 0; i < KMC_LAYOUT_DEPTH &&
	     alias_of(target.tag) != KMC_ALIAS_NONE; i++)
		target = node_at(src, nodes, target.raw.target);
	if (!is_aggregate(target.tag) || target.raw.incomplete)
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
	const struct dwarf_source *src = source;
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

/* ---- opening ---- */

static void dwarf_source_free(void *source)
{
	struct dwarf_source *src = source;
	Dwarf_Error error = NULL;

	if (!src)
		return;
	if (src->dbg)
		dwarf_object_finish(src->dbg, &error);
	kmc_sections_release(&src->sections);
	free(src->units.v);
	free(src->path);
	free(src);
}

static const struct kmc_section *section(const struct dwarf_source *src,
					 const char *name)
{
	for (size_t i = 0; i < src->sections.count; i++)
		if (!strcmp(src->sections.v[i].name, name))
			return &src->sections.v[i];
	return NULL;
}

static struct kmc_error *check_units(struct dwarf_source *src)
{
	const struct kmc_section *info = section(src, ".debug_info");
	const struct kmc_section *abbrev = section(src, ".debug_abbrev");
	bool nomem;

	if (!info || !abbrev)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, src->path, 0,
				     "has no debug info: it was stripped or built without CONFIG_DEBUG_INFO");
	if (kmc_units_read(info, abbrev->size, &src->units, &nomem))
		return NULL;
	if (nomem)
		return kmc_error_nomem();
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has a damaged unit in .debug_info; copy it again");
}

/* @image: NULL, or the file when it is open already */
static struct kmc_error *source_open(struct dwarf_source *src,
				     struct kmc_image *image)
{
	struct kmc_error *err;
	Dwarf_Error error = NULL;

	if (image)
		err = kmc_sections_of_image(image, &src->sections);
	else
		err = kmc_sections_open_dwarf(src->path, &src->sections);
	if (!err)
		err = check_units(src);
	if (err)
		return err;
	src->access = (Dwarf_Obj_Access_Interface){
		.object = &src->sections, .methods = &access_methods,
	};
	if (dwarf_object_init_b(&src->access, drop_error, src, DW_GROUPNUMBER_ANY,
				&src->dbg, &error) == DW_DLV_OK)
		return NULL;
	src->dbg = NULL;
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has damaged debug sections; copy it again");
}

static const struct kmc_types_ops dwarf_ops = {
	.read = dwarf_read,
	.index = dwarf_index,
	.free = dwarf_source_free,
};

struct kmc_error *kmc_types_of_image(struct kmc_image *image, const char *path,
				     struct kmc_types **out)
{
	struct dwarf_source *src = calloc(1, sizeof(*src));
	struct kmc_error *err;

	if (src)
		src->path = strdup(path);
	if (!src || !src->path) {
		dwarf_source_free(src);
		return kmc_error_nomem();
	}
	err = source_open(src, image);
	if (err) {
		dwarf_source_free(src);
		return err;
	}
	return kmc_types_new(path, &dwarf_ops, src, out);
}

struct kmc_error *kmc_types_open_dwarf(const char *path, struct kmc_types **out)
{
	return kmc_types_of_image(NULL, path, out);
}
