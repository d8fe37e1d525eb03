// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Variables of the kernel itself, and those that each CPU has: the instruction has their
 * address, or an address that a segment's base or a CPU's entry of __per_cpu_offset is added to.
 */
#include "explain/static_object.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "code/code.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"
#include "types/image_types.h"

#define MAX_DEPTH	64
#define MAX_NESTING	8

/**
 * struct object - a symbol of data
 * @start: link-time address
 * @size: bytes
 * @name: borrowed
 */
struct object {
	uint64_t start;
	uint64_t size;
	const char *name;
};

/**
 * struct objects - those of an image
 * @v: by address
 * @count: of them
 * @read: they were
 */
struct objects {
	struct object *v;
	size_t count;
	bool read;
};

static void release_objects(void *cache)
{
	free(((struct objects *)cache)->v);
}

static const struct kmc_cache_ops objects_cache = {
	.size = sizeof(struct objects), .release = release_objects,
};

static int by_start(const void *a, const void *b)
{
	const struct object *one = a, *other = b;

	return one->start < other->start ? -1 : one->start > other->start;
}

static struct kmc_error *read_objects(struct kmc_image *image, struct objects *objects)
{
	const int count = dwfl_module_getsymtab(image->mod);

	objects->read = true;
	for (int i = 1; i < count; i++) {
		GElf_Sym sym;
		const char *name = dwfl_module_getsym(image->mod, i, &sym, NULL);
		struct object *slot;

		if (!name || GELF_ST_TYPE(sym.st_info) != STT_OBJECT || !sym.st_size)
			continue;
		slot = kmc_grow(&objects->v, objects->count, sizeof(*slot));
		if (!slot)
			return kmc_error_nomem();
		*slot = (struct object) { sym.st_value, sym.st_size, name };
		objects->count++;
	}
	if (objects->count)
		qsort(objects->v, objects->count, sizeof(*objects->v), by_start);
	return NULL;
}

/* The object around a link-time address, and others of its names behind it. */
static struct kmc_error *object_around(struct kmc_image *image, uint64_t address,
				       const struct object **out, size_t *names)
{
	struct objects *objects = kmc_image_cache(image, &objects_cache);
	struct kmc_error *err = NULL;
	size_t lo = 0, hi;

	*names = 0;
	if (!objects)
		return kmc_error_nomem();
	if (!objects->read)
		err = read_objects(image, objects);
	for (hi = objects->count; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (objects->v[mid].start <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; !err && lo && address - objects->v[lo - 1].start < objects->v[lo - 1].size &&
	     (!*names || objects->v[lo - 1].start == (*out)->start); lo--, ++*names)
		*out = &objects->v[lo - 1];
	return err;
}

/* ---- its type ---- */

/* That of a function has a number behind its name: by its address, then. */
static bool is_of(Dwarf_Die *die, const struct object *object, bool local)
{
	const char *name = dwarf_diename(die);
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t count;

	if (!name || dwarf_tag(die) != DW_TAG_variable)
		return false;
	if (!local)
		return !strcmp(name, object->name);
	return dwarf_attr_integrate(die, DW_AT_location, &attr) &&
	       !dwarf_getlocation(&attr, &ops, &count) && count == 1 &&
	       ops[0].atom == DW_OP_addr && ops[0].number == object->start;
}

static bool find_variable(Dwarf_Die *scope, const struct object *object, bool local,
			  int depth, Dwarf_Die *type)
{
	Dwarf_Die die;

	if (depth > MAX_DEPTH || !kmc_die_child(scope, &die))
		return false;
	do {
		if (is_of(&die, object, local))
			return kmc_die_type(&die, type) && kmc_die_peel(type, type);
		if (local && (dwarf_tag(&die) == DW_TAG_subprogram ||
			      dwarf_tag(&die) == DW_TAG_lexical_block) &&
		    find_variable(&die, object, local, depth + 1, type))
			return true;
	} while (kmc_die_next(&die));
	return false;
}

static bool type_of(const struct kmc_access *access, const struct object *object,
		    Dwarf_Die *type)
{
	Dwarf_Die cu;

	return kmc_image_cu(access->image, access->pc - access->image->bias, &cu) &&
	       find_variable(&cu, object, strchr(object->name, '.'), 0, type);
}

/* From an array to the element at @within, which becomes the offset in that. */
static bool find_element(Dwarf_Die *type, uint64_t *within)
{
	for (int i = 0; i < MAX_NESTING && dwarf_tag(type) == DW_TAG_array_type; i++) {
		uint64_t size;

		if (!kmc_die_type(type, type) || !kmc_die_peel(type, type))
			return false;
		size = kmc_die_size(type);
		/* An array of arrays is one DIE. */
		if (!size)
			return false;
		*within %= size;
	}
	return *within < kmc_die_size(type);
}

/* ---- where each CPU has its own ---- */

/* How far a CPU's variables are from where they are linked: in memory, each is there. */
static const char * const shifts[] = { "__per_cpu_offset", "this_cpu_off" };

/**
 * struct copy - of a variable that each CPU has
 * @reg: has got how far away it is; NONE: a segment has
 * @moved: @reg has where it is instead
 * @value: of @reg
 * @number: link-time address that the instructions themselves have
 * @at: link-time address of what was read
 */
struct copy {
	enum kmc_reg reg;
	bool moved;
	uint64_t value;
	uint64_t number;
	uint64_t at;
};

/* Is it one of those that the instruction reads? */
static struct kmc_error *reads_shift(const struct kmc_access *access,
				     const struct kmc_insn *insn, bool *reads)
{
	const struct kmc_mem *mem = &insn->mem[0];
	const struct object *object;
	struct kmc_error *err;
	size_t names;
	uint64_t at;

	*reads = false;
	if (insn->nmem != 1 || !mem->read || mem->write || mem->size != insn->machine->word)
		return NULL;
	at = kmc_machine_cut(insn->machine, mem->disp + (mem->base == KMC_REG_RIP ?
							 insn->address + insn->length : 0));
	err = object_around(access->image, at, &object, &names);
	for (size_t i = 0; !err && names && i < sizeof(shifts) / sizeof(*shifts); i++)
		*reads |= !strcmp(object->name, shifts[i]);
	return err;
}

static struct kmc_error *insn_at(const struct kmc_access *access, uint64_t at,
				 struct kmc_insn *insn, bool *found)
{
	const uint8_t *bytes;
	struct kmc_error *err;
	size_t len;

	err = kmc_image_code(access->image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
	*found = !err && kmc_insn_scan(bytes, len, at, access->image->machine, insn);
	return err;
}

/* What a register has before an instruction, an address in the code included. */
static struct kmc_error *number_before(const struct kmc_access *access, uint64_t at,
				       enum kmc_reg reg, uint64_t *number, bool *found)
{
	struct kmc_reaching reaching = { };
	struct kmc_error *err;
	struct kmc_insn insn;

	err = kmc_reaching_value(access->image, access->function, access->function_size, at,
				 reg, &reaching);
	*found = !err && reaching.known && reaching.base == KMC_REG_NONE;
	*number = reaching.value;
	if (err || *found || reaching.origin.kind != KMC_ORIGIN_AFTER)
		return err;
	err = insn_at(access, reaching.origin.at, &insn, found);
	*found = *found && insn.effect.dest == reaching.origin.reg &&
		 insn.effect.base == KMC_REG_NONE;
	*number = kmc_machine_cut(insn.machine, insn.effect.value + reaching.origin.offset);
	return err;
}

/* The address that the instructions themselves have, beside what is in @reg. */
static struct kmc_error *number_beside(const struct kmc_access *access, enum kmc_reg reg,
				       uint64_t *number)
{
	const struct kmc_mem *mem = access->mem;
	const enum kmc_reg other = mem->base == reg ? mem->index : mem->base;
	struct kmc_error *err = NULL;
	uint64_t more = 0;
	bool found = false;

	if (other != KMC_REG_NONE && (other == mem->base || mem->scale == 1))
		err = number_before(access, access->pc, other, &more, &found);
	*number = kmc_machine_cut(access->insn.machine, *number + mem->disp + (found ? more : 0));
	return err;
}

/* The instruction that left a CPU's offset in @reg; most registers have none. */
static struct kmc_error *shift_in(const struct kmc_access *access, enum kmc_reg reg,
				  struct kmc_origin *origin, struct kmc_insn *insn,
				  bool *found)
{
	struct kmc_reaching reaching = { };
	struct kmc_error *err;

	*found = false;
	err = kmc_reaching_in_own_code(access->image, access->function, access->function_size,
				       access->pc, reg, &reaching);
	if (err || reaching.origin.kind != KMC_ORIGIN_AFTER)
		return err;
	err = insn_at(access, reaching.origin.at, insn, found);
	if (!err && *found)
		err = reads_shift(access, insn, found);
	if (err || !*found)
		return err;
	err = kmc_reaching_value(access->image, access->function, access->function_size,
				 access->pc, reg, &reaching);
	*found = !err && reaching.origin.kind == KMC_ORIGIN_AFTER;
	*origin = reaching.origin;
	return err;
}

/*
 * mov __per_cpu_offset(,%rax,8),%rdx leaves how far away they are, and
 * add __per_cpu_offset(,%rax,8),%rdx where one is whose address was in RDX.
 */
static struct kmc_error *find_copy(const struct kmc_access *access, enum kmc_reg reg,
				   struct copy *out, bool *found)
{
	struct kmc_origin origin = { };
	struct kmc_error *err;
	struct kmc_insn insn;
	uint64_t number = 0;

	*found = false;
	if (reg == KMC_REG_NONE || reg == KMC_REG_RIP || reg == KMC_REG_RSP ||
	    !kmc_register_before(&access->insn, &access->rep, access->report, reg, &out->value))
		return NULL;
	err = shift_in(access, reg, &origin, &insn, found);
	if (err || !*found)
		return err;
	out->moved = insn.reads & KMC_REG_BIT(origin.reg) &&
		     insn.mem[0].base != origin.reg &&
		     insn.mem[0].index != origin.reg;
	if (out->moved)
		err = number_before(access, insn.address, origin.reg, &number, found);
	out->reg = reg;
	out->at = kmc_machine_cut(insn.machine, access->address - (out->value - origin.offset) +
						number);
	out->number = number;
	return err ? err : number_beside(access, reg, &out->number);
}

/* Code that cannot be followed has no such registers, which is no failure. */
static struct kmc_error *find_shifted(const struct kmc_access *access, struct copy *out,
				      bool *found)
{
	struct kmc_error *err;

	*found = false;
	if (!access->mem_known || !access->function_size)
		return NULL;
	err = find_copy(access, access->mem->base, out, found);
	if (!err && !*found && access->mem->scale == 1)
		err = find_copy(access, access->mem->index, out, found);
	if (err && err->code != KMC_ERROR_NOMEM) {
		kmc_error_free(err);
		err = NULL;
	}
	return err;
}

/* ---- the whole ---- */

/* Only such a displacement is an address. */
static bool is_named(const struct kmc_access *access, const struct kmc_mem *mem)
{
	return mem->segment == access->insn.machine->per_cpu || mem->base == KMC_REG_RIP ||
	       (mem->base == KMC_REG_NONE && mem->index == KMC_REG_NONE) ||
	       kmc_mem_is_absolute(mem, access->image);
}

/* Where the access is at link time. */
static bool link_address(const struct kmc_access *access, uint64_t *out)
{
	struct kmc_mem plain = *access->mem;
	uint64_t value;

	plain.segment = 0;
	if (plain.base == KMC_REG_RIP) {
		plain.base = KMC_REG_NONE;
		plain.disp += access->insn.address + access->insn.length;
	}
	if (!kmc_mem_address(&plain, &access->insn, access->report, &value))
		return false;
	/* How far into what the instruction reads the first reported byte is. */
	*out = value + (access->mem_known ? access->address - access->mem_at : 0);
	return true;
}

/* Which CPU's it is. */
static struct kmc_error *add_cpu(const struct kmc_access *access, const struct object *object,
				 const struct copy *copy, struct kmc_found *place)
{
	uint64_t base;

	if (copy->reg != KMC_REG_NONE) {
		/*
		 * A register may have anything; only the code says which variable it is. What it
		 * has may be a member's offset, too, so that the first of all, at 0, is none.
		 */
		place->weak |= !object->start ||
			       copy->number - object->start >= object->size;
		place->reasons |= 1u << KMC_BY_REGISTER;
		place->indexed = true;
		return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER,
					place->candidate.offset, true,
					"that of the CPU whose offset %s %s = 0x%" PRIx64,
					copy->moved ? "was added to" : "is in",
					kmc_report_reg_name(access->report, copy->reg),
					copy->value);
	}
	if (!access->mem_known ||
	    !kmc_report_register(access->report, access->insn.machine->per_cpu_base, &base))
		return NULL;
	place->reasons |= 1u << KMC_BY_REGISTER;
	return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER, place->candidate.offset, true,
				"that of the CPU whose %cS base is 0x%" PRIx64,
				access->insn.machine->per_cpu == 'g' ? 'G' : 'F', base);
}

/* @copy: where each CPU has one of its own */
static struct kmc_error *describe(const struct kmc_access *access, const struct object *object,
				  const struct copy *copy, uint64_t at, struct kmc_found *place)
{
	struct kmc_error *err;

	place->base = true;
	place->reasons |= 1u << KMC_BY_DISPLACEMENT;
	err = kmc_evidence_add(&place->candidate, KMC_BY_DISPLACEMENT,
			       place->candidate.offset, true,
			       "the instruction reads %u bytes at +%" PRIu64 " of %s%s",
			       access->mem->size, at - object->start,
			       copy ? "the per-CPU variable " : "", object->name);
	return err || !copy ? err : add_cpu(access, object, copy, place);
}

static struct kmc_error *add_object(struct kmc_search *search, const struct object *object,
				    Dwarf_Die *type, const struct copy *copy, uint64_t at,
				    uint64_t within)
{
	const struct kmc_access *access = search->access;
	struct kmc_found *place;
	struct kmc_error *err;

	err = kmc_search_add(search, type, access->image, access->address - within, &place);
	return err || !place ? err : describe(access, object, copy, at, place);
}

/*
 * The compiler itself reads some, as the stack's canary, in functions whose unit does not
 * name it.
 */
static struct kmc_error *add_undeclared(struct kmc_search *search, const struct copy *copy,
					uint64_t at)
{
	const struct kmc_access *access = search->access;
	const struct object *object;
	struct kmc_types *types;
	struct kmc_found *place;
	struct kmc_error *err;
	kmc_type_id id;
	size_t names;
	bool found;

	err = object_around(access->image, at, &object, &names);
	if (err || names != 1)
		return err;
	err = kmc_image_variable(access->image, object->name, object->size, &types, &id, &found);
	if (err || !found)
		return err;
	err = kmc_search_add_type(search, types, id, access->address - (at - object->start),
				  &place);
	return err || !place ? err : describe(access, object, copy, at, place);
}

/* What is linked at @at, with its type and how far into that it is. */
static struct kmc_error *find_object(const struct kmc_access *access, uint64_t at,
				     const struct object **out, Dwarf_Die *type,
				     uint64_t *within, bool *found)
{
	struct kmc_error *err;
	size_t names;

	err = object_around(access->image, at, out, &names);
	while (!err && names && !type_of(access, *out, type))
		++*out, names--;
	*found = !err && names;
	if (!*found)
		return err;
	*within = at - (*out)->start;
	*found = find_element(type, within);
	return NULL;
}

struct kmc_error *kmc_static_objects_find(struct kmc_search *search)
{
	const struct kmc_access *access = search->access;
	struct copy copy = { .reg = KMC_REG_NONE };
	struct kmc_error *err = NULL;
	const struct object *object;
	bool found = false, per_cpu;
	uint64_t at, moved, within;
	Dwarf_Die type;

	if (!access->image || !access->mem || access->insn.string)
		return NULL;
	per_cpu = access->mem->segment == access->insn.machine->per_cpu;
	if (is_named(access, access->mem) && link_address(access, &at)) {
		err = find_object(access, at, &object, &type, &within, &found);
		if (!err && !found && per_cpu)
			return add_undeclared(search, &copy, at);
	}
	if (!err && !found) {
		err = find_shifted(access, &copy, &per_cpu);
		at = copy.at;
		if (!err && per_cpu)
			err = find_object(access, at, &object, &type, &within, &found);
		/* Where a kernel's are linked among the others, they were moved with them. */
		if (!err && per_cpu && !found && !access->image->name) {
			moved = kmc_machine_cut(access->insn.machine,
						at - kmc_access_slide(access));
			err = find_object(access, moved, &object, &type, &within, &found);
			at = found ? moved : at;
		}
	}
	if (err || (!found && !per_cpu))
		return err;
	return found ? add_object(search, object, &type, per_cpu ? &copy : NULL, at, within) :
		       add_undeclared(search, &copy, at);
}
