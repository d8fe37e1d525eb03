// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What DWARF has where UBSAN reports: the array by the type that the report names, among what
 * the function can name; the index by the register in which it was handed to UBSAN.
 */
#include "explain/undefined_names.h"

#include <ctype.h>
#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "code/code.h"
#include "code/reaching_definitions.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"
#include "debuginfo/scope_names.h"
#include "debuginfo/vars.h"
#include "explain/type_propagation.h"
#include "types/image_types.h"
#include "types/types.h"

/* Members that are looked at, and structs within structs. */
#define MAX_WORK	20000
#define MAX_DEPTH	8
/* A longer name of a type is none that is compared. */
#define MAX_TYPE	128
/* call rel32 */
#define CALL_LENGTH	5
/* Instructions through which an index is followed back. */
#define MAX_MOVES	6

static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

/* ---- names of types ---- */

/* "const struct x *[4]" → "x*[4]": compilers differ in the rest. False: it is too long. */
static bool plain_type(const char *text, size_t len, char out[MAX_TYPE])
{
	static const char * const words[] = {
		"const ", "volatile ", "struct ", "union ", "enum ",
	};
	const char *end = text + len;
	size_t n = 0;

	while (text < end) {
		size_t skip = *text == ' ';

		for (size_t i = 0; i < KMC_ARRAY_SIZE(words); i++)
			if ((size_t)(end - text) > strlen(words[i]) &&
			    !strncmp(text, words[i], strlen(words[i])))
				skip = strlen(words[i]);
		if (!skip && n == MAX_TYPE - 1)
			return false;
		if (!skip)
			out[n++] = *text++;
		text += skip;
	}
	out[n] = '\0';
	return true;
}

/* "index 7 is out of range for type 'u16 [6]'" */
static bool type_of_message(const char *message, char out[MAX_TYPE])
{
	const char *type = message ? strstr(message, "for type '") : NULL;

	if (!type)
		return false;
	type += strlen("for type '");
	return plain_type(type, strcspn(type, "'"), out);
}

/* ---- arrays ---- */

/**
 * struct arrays - a search for an array of some type
 * @image: whose variables are looked at
 * @wanted: the type
 * @path: how the first one is named
 * @member: the member that it is, of which struct; empty if it is a variable
 * @count: of different names
 * @others: some of these are not that member
 * @hops: pointers in structs that may be followed
 * @work: members that may still be looked at
 * @err: what went wrong
 */
struct arrays {
	struct kmc_image *image;
	char wanted[MAX_TYPE];
	struct kmc_buf path;
	struct kmc_buf member;
	size_t count;
	bool others;
	int hops;
	unsigned int work;
	struct kmc_error *err;
};

static bool is_wanted(const struct arrays *arrays, const char *type)
{
	char plain[MAX_TYPE];

	return type && plain_type(type, strlen(type), plain) && !strcmp(plain, arrays->wanted);
}

static void add_array(struct arrays *arrays, const char *path, const char *member)
{
	if (arrays->count && !strcmp(arrays->path.data, path))
		return;
	if (arrays->count++) {
		arrays->others |= !*member || strcmp(arrays->member.data, member);
		return;
	}
	kmc_buf_puts(&arrays->path, path);
	kmc_buf_add(&arrays->member, member, strlen(member));
}

/*
 * struct spot - where a search for members is
 * @path: from a variable on, with what goes before a member's name
 * @member: likewise, from the struct on that is the outermost in memory
 */
struct spot {
	char path[MAX_TYPE];
	char member[MAX_TYPE];
};

/* False: it is too long. */
static bool move_spot(struct spot *to, const struct spot *from, const char *name,
		      const char *behind)
{
	const int path = snprintf(to->path, MAX_TYPE, "%s%s%s", from->path, name, behind);
	const int member = snprintf(to->member, MAX_TYPE, "%s%s%s", from->member, name, behind);

	return path < MAX_TYPE && member < MAX_TYPE;
}

static void look_in_struct(struct arrays *arrays, struct kmc_types *types,
			   const struct kmc_type *type, const struct spot *spot, int depth,
			   int hops);

/* Of arrays in arrays, each is one. What is no array in the end is left in @type. */
static void look_at_array(struct arrays *arrays, struct kmc_types *types,
			  const struct kmc_type **type, struct spot *spot)
{
	struct kmc_error *err = NULL;

	for (int i = 0; !err && (*type)->kind == KMC_TYPE_ARRAY && i < MAX_DEPTH; i++) {
		const struct spot before = *spot;

		if (is_wanted(arrays, (*type)->declared))
			add_array(arrays, spot->path, spot->member);
		err = kmc_types_get(types, (*type)->element, type);
		if (!move_spot(spot, &before, "[]", ""))
			break;
	}
	arrays->err = arrays->err ?: only_nomem(err);
}

static void look_at_member(struct arrays *arrays, struct kmc_types *types,
			   const struct kmc_member *member, const struct spot *spot, int depth,
			   int hops)
{
	struct spot own, inner = *spot;
	const struct kmc_type *type, *target;
	struct kmc_error *err = kmc_types_get(types, member->type, &type);

	if (err || (member->name && !move_spot(&own, spot, member->name, ""))) {
		arrays->err = arrays->err ?: only_nomem(err);
		return;
	}
	if (member->name)
		look_at_array(arrays, types, &type, &own);
	if (kmc_is_aggregate(type) && (!member->name || move_spot(&inner, &own, ".", "")))
		look_in_struct(arrays, types, type, &inner, depth + 1, hops);
	if (type->kind != KMC_TYPE_POINTER || !member->name || !hops)
		return;
	err = kmc_types_get(types, type->target, &target);
	arrays->err = arrays->err ?: only_nomem(err);
	if (err || !kmc_is_aggregate(target) || !move_spot(&inner, &own, "->", ""))
		return;
	snprintf(inner.member, sizeof(inner.member), "%.100s.", target->declared);
	look_in_struct(arrays, types, target, &inner, depth + 1, hops - 1);
}

static void look_in_struct(struct arrays *arrays, struct kmc_types *types,
			   const struct kmc_type *type, const struct spot *spot, int depth,
			   int hops)
{
	if (depth > MAX_DEPTH)
		return;
	for (size_t i = 0; i < type->nmembers && !arrays->err && arrays->work; i++) {
		arrays->work--;
		look_at_member(arrays, types, &type->members[i], spot, depth, hops);
	}
}

/* "u16 [6]", as far as it is needed to compare. */
static bool put_die_type(struct kmc_buf *buf, Dwarf_Die *type, int depth)
{
	const char *name = dwarf_diename(type);
	const int tag = dwarf_tag(type);
	Dwarf_Die inner;

	if (name && tag != DW_TAG_pointer_type && tag != DW_TAG_array_type) {
		kmc_buf_puts(buf, name);
		return true;
	}
	if (depth > MAX_DEPTH)
		return false;
	if (tag == DW_TAG_pointer_type && !dwarf_hasattr(type, DW_AT_type))
		kmc_buf_puts(buf, "void");
	else if (!kmc_die_type(type, &inner) || !put_die_type(buf, &inner, depth + 1))
		return false;
	if (tag == DW_TAG_pointer_type)
		kmc_buf_puts(buf, "*");
	return true;
}

/* Is it an array of that type, or one of such arrays? */
static void look_at_die_array(struct arrays *arrays, const char *name, Dwarf_Die *array)
{
	uint64_t counts[MAX_DEPTH];
	const size_t dimensions = kmc_die_dimensions(array, counts, MAX_DEPTH);
	struct kmc_buf element = { };
	Dwarf_Die inner;

	if (!kmc_die_type(array, &inner) || !put_die_type(&element, &inner, 0)) {
		kmc_buf_release(&element);
		return;
	}
	for (size_t outer = 0; outer < dimensions; outer++) {
		struct kmc_buf type = { }, path = { };

		kmc_buf_puts(&type, element.data);
		for (size_t i = outer; i < dimensions; i++)
			kmc_buf_printf(&type, "[%" PRIu64 "]", counts[i]);
		kmc_buf_puts(&path, name);
		for (size_t i = 0; i < outer; i++)
			kmc_buf_puts(&path, "[]");
		if (!type.failed && !path.failed && is_wanted(arrays, type.data))
			add_array(arrays, path.data, "");
		kmc_buf_release(&type);
		kmc_buf_release(&path);
	}
	kmc_buf_release(&element);
}

static void look_at_variable(void *arg, Dwarf_Die *variable)
{
	const char *name = dwarf_diename(variable), *behind = "->";
	struct arrays *arrays = arg;
	const struct kmc_type *type;
	struct kmc_types *types;
	struct kmc_error *err;
	Dwarf_Die die, inner;
	kmc_type_id id;
	struct spot spot;

	if (arrays->err || !name || !kmc_die_type(variable, &die) || !kmc_die_peel(&die, &die))
		return;
	if (dwarf_tag(&die) == DW_TAG_array_type) {
		look_at_die_array(arrays, name, &die);
		if (!kmc_die_type(&die, &inner) || !kmc_die_peel(&inner, &die))
			return;
		behind = "[].";
	} else if (!kmc_die_pointee(&die, &inner)) {
		behind = ".";
	} else {
		die = inner;
	}
	if (!kmc_die_is_aggregate(&die))
		return;
	err = kmc_image_type(arrays->image, &die, &types, &id);
	if (!err)
		err = kmc_types_get(types, id, &type);
	arrays->err = only_nomem(err);
	if (err || snprintf(spot.path, MAX_TYPE, "%s%s", name, behind) >= MAX_TYPE)
		return;
	snprintf(spot.member, sizeof(spot.member), "%.100s.", type->declared);
	look_in_struct(arrays, types, type, &spot, 0, arrays->hops);
}

static void look_at_globals(struct arrays *arrays, uint64_t address)
{
	Dwarf_Die cu, die;

	if (!kmc_image_cu(arrays->image, address - arrays->image->bias, &cu) ||
	    !kmc_die_child(&cu, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_variable)
			look_at_variable(arrays, &die);
	} while (arrays->work && kmc_die_next(&die));
}

struct kmc_error *kmc_undefined_array(struct kmc_debuginfo *di, const struct kmc_report *report,
				      unsigned int level, char **out)
{
	const struct kmc_frame *frame = report->frames.frames;
	struct arrays arrays = { .work = MAX_WORK };
	const uint64_t at = frame->link_address - !frame->exact;
	struct kmc_error *err;
	struct kmc_buf *name;

	*out = NULL;
	if (!type_of_message(report->message, arrays.wanted))
		return NULL;
	err = kmc_debuginfo_image(di, frame->module, &arrays.image);
	for (; !err && arrays.image && !arrays.count && arrays.hops < 2; arrays.hops++) {
		err = kmc_scope_each(arrays.image, at, level, look_at_variable, &arrays);
		if (!err && !arrays.hops)
			look_at_globals(&arrays, at);
		err = err ?: arrays.err;
	}
	name = arrays.count > 1 ? &arrays.member : &arrays.path;
	if (!err && arrays.count && !arrays.others)
		err = kmc_buf_take(name, out);
	kmc_buf_release(&arrays.path);
	kmc_buf_release(&arrays.member);
	return only_nomem(err);
}

/* ---- the index ---- */

/* In which argument the handlers are handed it. */
static int argument(const struct kmc_report *report)
{
	static const struct {
		const char *handler;
		int number;
	} handlers[] = {
		{ "__ubsan_handle_out_of_bounds", 1 },
		{ "__ubsan_handle_shift_out_of_bounds", 2 },
		{ "__ubsan_handle_add_overflow", 2 },
		{ "__ubsan_handle_sub_overflow", 2 },
		{ "__ubsan_handle_mul_overflow", 2 },
		{ "__ubsan_handle_divrem_overflow", 2 },
	};
	const struct kmc_stack *own = &report->own;
	const char *name = own->count ? own->frames[own->count - 1].symbol : NULL;

	for (size_t i = 0; name && i < KMC_ARRAY_SIZE(handlers); i++)
		if (!strncmp(name, handlers[i].handler, strlen(handlers[i].handler)))
			return handlers[i].number;
	return -1;
}

static unsigned int dwarf_number(const struct kmc_image *image, enum kmc_reg reg)
{
	unsigned int number = 0;

	while (number < KMC_DWARF_REGS && kmc_reg_of_dwarf(image->machine, number) != reg)
		number++;
	return number;
}

static bool decode(struct kmc_image *image, uint64_t at, struct kmc_insn *insn)
{
	const uint8_t *bytes;
	size_t len;
	struct kmc_error *err = kmc_image_code(image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);

	err = err ?: kmc_insn_decode(bytes, len, at, image->machine, insn);
	kmc_error_free(err);
	return !err;
}

/* From one register, or from memory, to another, also when it is extended on the way. */
static bool is_move(const struct kmc_insn *insn)
{
	return !insn->stores && (!strncmp(insn->text, "mov", 3) || !strncmp(insn->text, "cltq", 4));
}

/* "p->n", of what is loaded through a pointer. */
static struct kmc_error *name_of_member(struct kmc_image *image, const struct kmc_insn *insn,
					char **out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	const unsigned int number = dwarf_number(image, mem->base);
	struct kmc_fields fields = { };
	struct kmc_pointee pointee;
	struct kmc_types *types;
	struct kmc_vars *vars;
	const char *pointer = NULL;
	bool truncated = false;
	kmc_type_id id;
	struct kmc_error *err = kmc_vars_at(image, insn->address, &vars);

	for (size_t i = 0; !err && i < vars->count; i++)
		if (vars->v[i].aggregate && kmc_place_is_register(&vars->v[i].place) &&
		    (unsigned int)__builtin_ctz(vars->v[i].place.regs) == number)
			pointer = vars->v[i].name;
	if (err || !pointer)
		return err;
	err = kmc_type_propagate(image, insn->address, mem->base, &pointee);
	if (err || !pointee.found || pointee.offset || !kmc_die_is_aggregate(&pointee.die))
		return err;
	err = kmc_image_type(image, &pointee.die, &types, &id);
	if (!err)
		err = kmc_layout_fields(types, id, mem->disp, mem->size, &fields, &truncated);
	if (!err && fields.count == 1 && fields.v->place == KMC_PLACE_MEMBER &&
	    asprintf(out, "%s->%s", pointer, fields.v->path) < 0) {
		*out = NULL;
		err = kmc_error_nomem();
	}
	kmc_fields_release(&fields);
	return err;
}

/* A variable that the frame has, or the member of a struct. */
static struct kmc_error *name_of_load(struct kmc_image *image, const struct kmc_symbol *function,
				      const struct kmc_insn *insn, char **out)
{
	const struct kmc_mem *mem = &insn->mem[0];
	struct kmc_reaching base;
	struct kmc_slot slot;
	struct kmc_error *err;

	if (insn->nmem != 1 || mem->segment || mem->index != KMC_REG_NONE ||
	    mem->base == KMC_REG_NONE || mem->base == KMC_REG_RIP || mem->disp < 0)
		return NULL;
	err = kmc_reaching_value(image, function->address, kmc_symbol_code_size(function),
				 insn->address, mem->base, &base);
	if (err || base.origin.kind != KMC_ORIGIN_START || base.origin.reg != KMC_REG_RSP)
		return err ? err : name_of_member(image, insn, out);
	/* The return address lies between. */
	err = kmc_vars_slot(image, insn->address,
			    base.origin.offset + mem->disp - insn->machine->word, &slot);
	if (err || !slot.found || slot.offset || !slot.name)
		return err;
	*out = strdup(slot.name);
	return *out ? NULL : kmc_error_nomem();
}

/* What left the value in the register before @at, if that is all that it does. */
static struct kmc_error *step_back(struct kmc_image *image, const struct kmc_symbol *function,
				   uint64_t at, enum kmc_reg reg, struct kmc_insn *insn,
				   bool *found)
{
	struct kmc_reaching value;
	struct kmc_error *err;

	err = kmc_reaching_value(image, function->address, kmc_symbol_code_size(function), at,
				 reg, &value);
	*found = !err && value.origin.kind == KMC_ORIGIN_AFTER && !value.origin.offset &&
		 decode(image, value.origin.at, insn) && is_move(insn);
	return err;
}

/* Before the register was set, its value may have been in the variable. */
static struct kmc_error *follow(struct kmc_image *image, const struct kmc_symbol *function,
				uint64_t at, enum kmc_reg reg, char **out)
{
	struct kmc_error *err = NULL;
	const char *name = NULL;
	struct kmc_insn insn;
	bool found = true;

	for (int i = 0; !err && found && i < MAX_MOVES; i++) {
		err = kmc_vars_holder(image, at, dwarf_number(image, reg), &name);
		if (err || name)
			break;
		err = step_back(image, function, at, reg, &insn, &found);
		if (err || !found)
			break;
		if (insn.nmem)
			return name_of_load(image, function, &insn, out);
		found = insn.reads && !(insn.reads & (insn.reads - 1));
		at = insn.address;
		reg = found ? (enum kmc_reg)__builtin_ctz(insn.reads) : reg;
	}
	if (err || !name)
		return err;
	*out = strdup(name);
	return *out ? NULL : kmc_error_nomem();
}

struct kmc_error *kmc_undefined_value(struct kmc_debuginfo *di, const struct kmc_report *report,
				      char **out)
{
	const struct kmc_frame *frame = report->frames.frames;
	const int number = argument(report);
	const struct kmc_symbol *function;
	struct kmc_image *image = NULL;
	struct kmc_error *err;
	struct kmc_insn insn;
	uint64_t at;

	*out = NULL;
	if (number < 0 || frame->role != KMC_ROLE_RETURN || frame->exact)
		return NULL;
	at = frame->link_address - CALL_LENGTH;
	err = kmc_debuginfo_image(di, frame->module, &image);
	if (!err && image)
		err = kmc_image_symtab(image);
	function = err || !image ? NULL : kmc_symtab_at(&image->symtab, at);
	if (!err && function && decode(image, at, &insn) && insn.is_call &&
	    insn.length == CALL_LENGTH)
		err = follow(image, function, at, image->machine->arguments[number], out);
	return only_nomem(err);
}
