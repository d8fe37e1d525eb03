// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What libdwarf reads, and its functions without its errors.
 */
#include "types/dwarf_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/*
 * What libdwarf has in place of stdout, see the Makefile. Only a failure for which
 * there is neither an error pointer nor a handler would be printed.
 */
extern FILE *kmc_libdwarf_stdout;
FILE *kmc_libdwarf_stdout;

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
	const struct kmc_dwarf_source *src = arg;

	dwarf_dealloc(src->dbg, error, DW_DLA_ERROR);
}

/* ---- DIEs ---- */

static bool done(const struct kmc_dwarf_source *src, int result, Dwarf_Error error)
{
	if (result == DW_DLV_ERROR)
		dwarf_dealloc(src->dbg, error, DW_DLA_ERROR);
	return result == DW_DLV_OK;
}

void kmc_dwarf_die_free(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	if (die)
		dwarf_dealloc(src->dbg, die, DW_DLA_DIE);
}

struct kmc_dwarf_source *kmc_dwarf_part(struct kmc_dwarf_source *src, kmc_type_id id)
{
	return (id & SHARED_BIT) != src->bits && src->shared ? src->shared : src;
}

/* What libdwarf and the units go by; what is of another file leads nowhere. */
static uint64_t offset_of(const struct kmc_dwarf_source *src, kmc_type_id id)
{
	return (id & OFFSET_MASK) ^ src->bits;
}

const struct kmc_unit *kmc_dwarf_unit(const struct kmc_dwarf_source *src, kmc_type_id id)
{
	return kmc_units_find(&src->units, offset_of(src, id));
}

/* NULL: there is none, or it is damaged. */
Dwarf_Die kmc_dwarf_die_at(const struct kmc_dwarf_source *src, kmc_type_id id)
{
	uint64_t offset = offset_of(src, id);
	const bool is_info = !src->types_at || offset < src->types_at;
	Dwarf_Error error = NULL;
	Dwarf_Die die = NULL;

	if (!kmc_units_find(&src->units, offset) ||
	    !done(src, dwarf_offdie_b(src->dbg, is_info ? offset : offset - src->types_at, is_info,
				      &die, &error), error))
		return NULL;
	return die;
}

/* Where the offsets of the section begin that it is in. */
static uint64_t base_of(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	return (dwarf_get_die_infotypes_flag(die) ? 0 : src->types_at) | src->bits;
}

uint64_t kmc_dwarf_die_offset(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Off offset;

	if (!done(src, dwarf_dieoffset(die, &offset, &error), error))
		return 0;
	return base_of(src, die) + offset;
}

Dwarf_Half kmc_dwarf_die_tag(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Half tag;

	return done(src, dwarf_tag(die, &tag, &error), error) ? tag : 0;
}

Dwarf_Die kmc_dwarf_first_child(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	Dwarf_Die child = NULL;

	if (!done(src, dwarf_child(die, &child, &error), error))
		return NULL;
	return child;
}

/* Frees @die. A sibling that lies before it would never come to an end. */
Dwarf_Die kmc_dwarf_next_sibling(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	uint64_t offset = kmc_dwarf_die_offset(src, die);
	Dwarf_Error error = NULL;
	Dwarf_Die next = NULL;

	if (!done(src, dwarf_siblingof_b(src->dbg, die, dwarf_get_die_infotypes_flag(die), &next,
					 &error), error))
		next = NULL;
	kmc_dwarf_die_free(src, die);
	if (next && (!offset || kmc_dwarf_die_offset(src, next) <= offset)) {
		kmc_dwarf_die_free(src, next);
		next = NULL;
	}
	return next;
}

/* ---- attributes ---- */

static Dwarf_Attribute attr_of(const struct kmc_dwarf_source *src, Dwarf_Die die,
			       Dwarf_Half number)
{
	Dwarf_Attribute attr = NULL;
	Dwarf_Error error = NULL;

	if (!done(src, dwarf_attr(die, number, &attr, &error), error))
		return NULL;
	return attr;
}

static void attr_free(const struct kmc_dwarf_source *src, Dwarf_Attribute attr)
{
	dwarf_dealloc(src->dbg, attr, DW_DLA_ATTR);
}

const char *kmc_dwarf_die_name(const struct kmc_dwarf_source *src, Dwarf_Die die)
{
	Dwarf_Error error = NULL;
	char *name = NULL;

	if (!done(src, dwarf_diename(die, &name, &error), error))
		return NULL;
	return name && *name ? name : NULL;
}

/* DW_OP_plus_uconst N, which old compilers write for a place in a struct. */
static bool location_value(const struct kmc_dwarf_source *src,
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
bool kmc_dwarf_attr_value(const struct kmc_dwarf_source *src, Dwarf_Die die,
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

bool kmc_dwarf_attr_flag(const struct kmc_dwarf_source *src, Dwarf_Die die,
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

/* A type that is in a unit of its own. */
static bool formsig(const struct kmc_dwarf_source *src, Dwarf_Attribute attr, Dwarf_Off *offset)
{
	const struct kmc_unit *unit;
	Dwarf_Error error = NULL;
	Dwarf_Half form = 0;
	uint64_t number;
	Dwarf_Sig8 sig;

	if (!done(src, dwarf_whatform(attr, &form, &error), error) || form != DW_FORM_ref_sig8 ||
	    !done(src, dwarf_formsig8(attr, &sig, &error), error))
		return false;
	memcpy(&number, sig.signature, sizeof(number));
	unit = kmc_map_get(&src->signed_types, number);
	if (unit)
		*offset = unit->type;
	return unit;
}

/* What a unit only declares, because it is in one of its own. */
static void follow_signature(const struct kmc_dwarf_source *src, kmc_type_id *id)
{
	Dwarf_Die die = kmc_dwarf_die_at(src, *id);
	Dwarf_Attribute attr = die ? attr_of(src, die, DW_AT_signature) : NULL;
	Dwarf_Off offset;

	if (attr && formsig(src, attr, &offset))
		*id = offset | src->bits;
	if (attr)
		attr_free(src, attr);
	kmc_dwarf_die_free(src, die);
}

static bool is_shared(Dwarf_Half form)
{
	return form == DW_FORM_GNU_ref_alt || form == DW_FORM_ref_sup4 || form == DW_FORM_ref_sup8;
}

static bool refers_to(const struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Attribute attr,
		      kmc_type_id *out)
{
	Dwarf_Error error = NULL;
	Dwarf_Half form = 0;
	kmc_type_id id = 0;
	Dwarf_Off offset;

	if (src->signed_types.count && formsig(src, attr, &offset)) {
		id = offset | src->bits;
	} else if (done(src, dwarf_whatform(attr, &form, &error), error) &&
		   done(src, dwarf_global_formref(attr, &offset, &error), error)) {
		if (is_shared(form) && src->shared)
			src = src->shared;
		/* All forms but these count from where their own unit is. */
		id = is_shared(form) || form == DW_FORM_ref_addr ? offset | src->bits :
		     base_of(src, die) + offset;
		if (!kmc_dwarf_unit(src, id))
			id = 0;
	}
	if (id)
		*out = id;
	return id;
}

bool kmc_dwarf_attr_ref(const struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half number,
			kmc_type_id *out)
{
	Dwarf_Attribute attr = attr_of(src, die, number);
	const bool found = attr && refers_to(src, die, attr, out);

	if (attr)
		attr_free(src, attr);
	return found;
}

/* No DW_AT_type is void; false: it leads nowhere. */
bool kmc_dwarf_attr_type(const struct kmc_dwarf_source *src, Dwarf_Die die,
			 kmc_type_id *out)
{
	Dwarf_Attribute attr = attr_of(src, die, DW_AT_type);
	bool found;

	*out = 0;
	if (!attr)
		return true;
	found = refers_to(src, die, attr, out);
	attr_free(src, attr);
	if (found && src->signed_types.count)
		follow_signature(src, out);
	return found;
}

/* ---- opening ---- */

void kmc_dwarf_close(void *source)
{
	struct kmc_dwarf_source *src = source;
	Dwarf_Error error = NULL;

	if (!src)
		return;
	if (src->dbg)
		dwarf_object_finish(src->dbg, &error);
	kmc_dwarf_close(src->shared);
	kmc_sections_release(&src->sections);
	kmc_map_release(&src->scoped, free);
	kmc_map_release(&src->signed_types, NULL);
	free(src->units.v);
	free(src->path);
	free(src);
}

static const struct kmc_section *section(const struct kmc_dwarf_source *src,
					 const char *name)
{
	for (size_t i = 0; i < src->sections.count; i++)
		if (!strcmp(src->sections.v[i].name, name))
			return &src->sections.v[i];
	return NULL;
}

/* False: out of memory. */
static bool find_signed(struct kmc_dwarf_source *src)
{
	for (size_t i = 0; i < src->units.count; i++) {
		struct kmc_unit *unit = &src->units.v[i];

		if (unit->type >= unit->die && unit->type < unit->end &&
		    !kmc_map_get(&src->signed_types, unit->signature) &&
		    !kmc_map_put(&src->signed_types, unit->signature, unit))
			return false;
	}
	return true;
}

static struct kmc_error *check_units(struct kmc_dwarf_source *src, bool split)
{
	const struct kmc_section *info = section(src, split ? ".debug_info.dwo" : ".debug_info");
	const struct kmc_section *abbrev = section(src, split ? ".debug_abbrev.dwo" :
						   ".debug_abbrev");
	const struct kmc_section *types = section(src, split ? ".debug_types.dwo" :
						  ".debug_types");
	bool nomem;

	if (!info || !abbrev)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, src->path, 0,
				     "has no debug info: it was stripped or built without CONFIG_DEBUG_INFO");
	src->types_at = types ? info->size : 0;
	if (kmc_units_read(info, types, abbrev->size, &src->units, &nomem))
		nomem = !find_signed(src);
	else if (!nomem)
		return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
				     "has a damaged unit in .debug_info; copy it again");
	return nomem ? kmc_error_nomem() : NULL;
}

struct kmc_error *kmc_dwarf_start(struct kmc_dwarf_source *src, bool split)
{
	struct kmc_error *err = check_units(src, split);
	Dwarf_Error error = NULL;

	if (err)
		return err;
	src->access.object = &src->sections;
	src->access.methods = &access_methods;
	if (dwarf_object_init_b(&src->access, drop_error, src, DW_GROUPNUMBER_ANY,
				&src->dbg, &error) == DW_DLV_OK)
		return NULL;
	src->dbg = NULL;
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has damaged debug sections; copy it again");
}

/* What dwz -m has put into a file that others have a part in, too. */
static struct kmc_error *open_shared(struct kmc_dwarf_source *src, struct kmc_image *image)
{
	struct kmc_dwarf_source *shared = calloc(1, sizeof(*shared));
	Dwarf_Error error = NULL;
	struct kmc_error *err;

	if (shared)
		shared->path = strdup(src->path);
	if (!shared || !shared->path) {
		kmc_dwarf_close(shared);
		return kmc_error_nomem();
	}
	err = kmc_sections_of_shared(image, &shared->sections);
	if (err || !shared->sections.count) {
		kmc_dwarf_close(shared);
		return err;
	}
	src->shared = shared;
	shared->bits = SHARED_BIT;
	err = kmc_dwarf_start(shared, false);
	/* Strings of one are in the other. */
	if (!err)
		done(src, dwarf_set_tied_dbg(src->dbg, shared->dbg, &error), error);
	return err;
}

/* @image: NULL, or the file when it is open already */
struct kmc_error *kmc_dwarf_open(struct kmc_dwarf_source *src,
				 struct kmc_image *image)
{
	struct kmc_error *err;
	const char *why;

	if (image)
		err = kmc_sections_of_image(image, &src->sections);
	else
		err = kmc_sections_open_dwarf(src->path, &src->sections);
	if (err)
		return err;
	if (!image)
		image = src->sections.file;
	why = kmc_image_unread(image);
	/* Who has it open goes by offsets in one file. */
	if (why && (!src->sections.file || !kmc_image_types_are_read(image)))
		return kmc_error_new(KMC_ERROR_NOT_FOUND, src->path, 0, "%s", why);
	err = kmc_dwarf_start(src, false);
	return err ? err : open_shared(src, image);
}
