// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Variables of the kernel itself, and those that each CPU has: the instruction has their
 * address, or an address that GS's base is added to.
 */
#include "explain/static_object.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"

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

/* ---- the whole ---- */

/* Only such a displacement is an address. */
static bool is_named(const struct kmc_mem *mem)
{
	return mem->segment == 'g' || mem->base == KMC_REG_RIP ||
	       (mem->base == KMC_REG_NONE && mem->index == KMC_REG_NONE) ||
	       kmc_mem_is_absolute(mem);
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

static struct kmc_error *add_object(struct kmc_search *search, const struct object *object,
				    Dwarf_Die *type, uint64_t at, uint64_t within)
{
	const struct kmc_access *access = search->access;
	const bool per_cpu = access->mem->segment == 'g';
	struct kmc_found *place;
	struct kmc_error *err;
	uint64_t base;

	err = kmc_search_add(search, type, access->image, access->address - within, &place);
	if (err || !place)
		return err;
	place->base = true;
	place->reasons |= 1u << KMC_BY_DISPLACEMENT;
	err = kmc_evidence_add(&place->candidate, KMC_BY_DISPLACEMENT,
			       place->candidate.offset, true,
			       "the instruction reads %u bytes at +%" PRIu64 " of %s%s",
			       access->mem->size, at - object->start,
			       per_cpu ? "the per-CPU variable " : "", object->name);
	if (err || !per_cpu || !access->mem_known ||
	    !kmc_report_register(access->report, "gs_base", &base))
		return err;
	place->reasons |= 1u << KMC_BY_REGISTER;
	return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER,
				place->candidate.offset, true,
				"that of the CPU whose GS base is 0x%" PRIx64, base);
}

struct kmc_error *kmc_static_objects_find(struct kmc_search *search)
{
	const struct kmc_access *access = search->access;
	const struct object *object;
	struct kmc_error *err;
	uint64_t at, within;
	Dwarf_Die type;
	size_t names;

	if (!access->image || !access->mem || access->insn.string ||
	    !is_named(access->mem) || !link_address(access, &at))
		return NULL;
	err = object_around(access->image, at, &object, &names);
	while (!err && names && !type_of(access, object, &type))
		object++, names--;
	if (err || !names)
		return err;
	within = at - object->start;
	if (!find_element(&type, &within))
		return NULL;
	return add_object(search, object, &type, at, within);
}
