// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From an address to its inline chain, with libdw.
 *
 * The functions of a CU are indexed when the first address in it is asked for,
 * so that later ones need no walk over its DIEs. dwarf_getscopes() is not used:
 * it leaves the chain at the first inlined subroutine for the abstract scopes.
 */
#include "debuginfo/inline_chain.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "debuginfo/die.h"
#include "debuginfo/dwarf_lines.h"
#include "debuginfo/dwarf_skim.h"
#include "debuginfo/ranges.h"
#include "debuginfo/source_path.h"

/* A function's DIEs nest about 40 deep in the worst kernel code. */
#define MAX_DEPTH		512
/* Namespaces and classes around functions (Rust, C++). */
#define MAX_OUTER_DEPTH		16

/**
 * struct chain_cache - what is kept with an image
 * @cus: CU of an address, made when .debug_aranges does not know one
 * @functions: CU → struct kmc_ranges of its functions
 * @chains: address → struct kmc_chain
 */
struct chain_cache {
	struct kmc_ranges cus;
	bool cus_ready;
	struct kmc_map functions;
	struct kmc_map chains;
};

static void free_ranges(void *value)
{
	kmc_ranges_release(value);
	free(value);
}

static void release_chains(void *data)
{
	struct chain_cache *cache = data;

	kmc_ranges_release(&cache->cus);
	kmc_map_release(&cache->functions, free_ranges);
	kmc_map_release(&cache->chains, free);
}

static const struct kmc_cache_ops chain_cache = {
	.size = sizeof(struct chain_cache), .release = release_chains,
};

/* ---- address → CU ---- */

static bool index_cus(struct kmc_image *image, struct chain_cache *cache)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;

	while (!dwarf_get_units(image->dwarf, cu, &cu, NULL, &type, &die, NULL))
		if ((type == DW_UT_compile || type == DW_UT_skeleton) &&
		    !kmc_ranges_add(&cache->cus, &die))
			return false;
	kmc_ranges_sort(&cache->cus);
	cache->cus_ready = true;
	return true;
}

bool kmc_image_cu(struct kmc_image *image, Dwarf_Addr address, Dwarf_Die *cu)
{
	const struct kmc_range *range;
	struct chain_cache *cache;

	if (dwarf_addrdie(image->dwarf, address, cu))
		return true;
	/* clang writes no .debug_aranges, and others leave CUs out. */
	cache = kmc_image_cache(image, &chain_cache);
	if (!cache)
		return false;
	if (!cache->cus_ready && !index_cus(image, cache)) {
		kmc_ranges_release(&cache->cus);
		return false;
	}
	range = kmc_ranges_find(&cache->cus, address);
	return range && dwarf_offdie(image->dwarf, range->die, cu);
}

/* With split DWARF the DIEs are in a .dwo file and @cu is a skeleton. */
static void split_cu(Dwarf_Die *cu)
{
	Dwarf_Die split = { };
	uint8_t type;

	if (!dwarf_cu_info(cu->cu, NULL, &type, NULL, &split, NULL, NULL,
			   NULL) &&
	    type == DW_UT_skeleton && split.addr)
		*cu = split;
}

/* ---- CU → function ---- */

static bool index_functions(struct kmc_ranges *ranges, Dwarf_Die *outer,
			    int depth)
{
	Dwarf_Die die;

	if (depth > MAX_OUTER_DEPTH || !kmc_die_child(outer, &die))
		return true;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			if (!kmc_ranges_add(ranges, &die))
				return false;
			break;
		case DW_TAG_namespace:
		case DW_TAG_class_type:
		case DW_TAG_structure_type:
			if (dwarf_haschildren(&die) == 1 &&
			    !index_functions(ranges, &die, depth + 1))
				return false;
			break;
		}
	} while (kmc_die_next(&die));
	return true;
}

static struct kmc_ranges *cu_functions(struct kmc_image *image, Dwarf_Die *cu)
{
	/* A split CU's offset is in another file; its DIE's address is unique. */
	const uint64_t key = (uintptr_t)cu->addr;
	struct chain_cache *cache = kmc_image_cache(image, &chain_cache);
	struct kmc_ranges *ranges;
	bool nomem;

	ranges = cache ? kmc_map_get(&cache->functions, key) : NULL;
	if (ranges || !cache)
		return ranges;
	ranges = calloc(1, sizeof(*ranges));
	if (!ranges)
		return NULL;
	if ((!kmc_skim_functions(image, cu, ranges, &nomem) &&
	     (nomem || !index_functions(ranges, cu, 0))) ||
	    !kmc_map_put(&cache->functions, key, ranges)) {
		kmc_ranges_release(ranges);
		free(ranges);
		return NULL;
	}
	kmc_ranges_sort(ranges);
	return ranges;
}

/* ---- function → chain of inlined subroutines ---- */

/**
 * struct levels - the subprogram and what was inlined into it around an address
 * @v: outermost first
 */
struct levels {
	Dwarf_Die *v;
	size_t count;
};

static bool levels_push(struct levels *levels, const Dwarf_Die *die)
{
	Dwarf_Die *level;

	level = kmc_grow(&levels->v, levels->count, sizeof(*level));
	if (!level)
		return false;
	*level = *die;
	levels->count++;
	return true;
}

static bool is_scope(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
		return dwarf_haschildren(die) >= 0;
	}
	return false;
}

/* Adds the inlined subroutines below @outer that cover @address. */
static bool descend(struct levels *levels, Dwarf_Die *outer, Dwarf_Addr address,
		    int depth)
{
	const size_t before = levels->count;
	Dwarf_Die die;

	if (depth > MAX_DEPTH || !kmc_die_child(outer, &die))
		return true;
	do {
		if (!is_scope(&die) || !kmc_die_covers(&die, address))
			continue;
		if (dwarf_tag(&die) == DW_TAG_inlined_subroutine &&
		    !levels_push(levels, &die))
			return false;
		if (!descend(levels, &die, address, depth + 1))
			return false;
		if (levels->count > before || dwarf_haspc(&die, address) == 1)
			return true;
	} while (kmc_die_next(&die));
	return true;
}

/* ---- chain → names and places ---- */

static const char *die_string(Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Attribute attr;

	/* Follows abstract_origin and specification, 16 of them at most. */
	return dwarf_formstring(dwarf_attr_integrate(die, attribute, &attr));
}

static int die_number(Dwarf_Die *die, unsigned int attribute)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr(die, attribute, &attr), &value) ||
	    value > INT32_MAX)
		return 0;
	return value;
}

static const char *function_name(Dwarf_Die *die)
{
	const char *name = die_string(die, DW_AT_name);

	return name ? name : die_string(die, DW_AT_linkage_name);
}

static const char *file_path(struct kmc_image *image, Dwarf_Die *cu,
			     uint64_t file)
{
	struct kmc_lines *lines = kmc_image_lines(image, cu);
	Dwarf_Files *files;
	size_t count;

	if (lines)
		return kmc_lines_path(image, lines, file);
	if (dwarf_getsrcfiles(cu, &files, &count) || file >= count)
		return NULL;
	return kmc_source_path(image, dwarf_filesrc(files, file, NULL, NULL),
			       die_string(cu, DW_AT_comp_dir));
}

/* Where the line table says @address is. */
static void locate_line(struct kmc_image *image, Dwarf_Die *cu,
			Dwarf_Addr address, struct kmc_location *at)
{
	struct kmc_lines *lines = kmc_image_lines(image, cu);
	Dwarf_Line *line;
	uint64_t file;

	if (lines) {
		if (kmc_lines_find(lines, address, &file, at))
			at->file = kmc_lines_path(image, lines, file);
		return;
	}
	line = dwarf_getsrc_die(cu, address);
	if (!line)
		return;
	at->file = kmc_source_path(image, dwarf_linesrc(line, NULL, NULL),
				   die_string(cu, DW_AT_comp_dir));
	if (dwarf_lineno(line, &at->line))
		at->line = 0;
	if (dwarf_linecol(line, &at->column))
		at->column = 0;
}

/* Where the function that @inlined stands in was called from. */
static void locate_call(struct kmc_image *image, Dwarf_Die *cu,
			Dwarf_Die *inlined, struct kmc_location *at)
{
	Dwarf_Attribute attr;
	Dwarf_Word file;

	at->line = die_number(inlined, DW_AT_call_line);
	at->column = die_number(inlined, DW_AT_call_column);
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr), &file))
		at->file = file_path(image, cu, file);
}

static const char *symbol_name(struct kmc_image *image, uint64_t address)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(&image->symtab, address);

	return symbol ? symbol->name : NULL;
}

/* Assembly without DIEs, and code without debug info: symbol and line. */
static struct kmc_error *chain_flat(struct kmc_image *image, Dwarf_Die *cu,
				    uint64_t address, struct kmc_chain **out)
{
	struct kmc_location at = { };
	struct kmc_error *err;

	err = kmc_image_symtab(image);
	if (err)
		return err;
	at.function = symbol_name(image, address);
	if (cu)
		locate_line(image, cu, address - image->bias, &at);
	if (!at.function && !at.file)
		return NULL;
	*out = malloc(sizeof(**out) + sizeof(at));
	if (!*out)
		return kmc_error_nomem();
	(*out)->count = 1;
	(*out)->v[0] = at;
	return NULL;
}

static struct kmc_error *chain_build(struct kmc_image *image, Dwarf_Die *cu,
				     Dwarf_Addr address, struct levels *levels,
				     struct kmc_chain **out)
{
	const size_t count = levels->count;
	struct kmc_chain *chain;

	chain = calloc(1, sizeof(*chain) + count * sizeof(chain->v[0]));
	if (!chain)
		return kmc_error_nomem();
	chain->count = count;
	for (size_t i = 0; i < count; i++) {
		Dwarf_Die *level = &levels->v[count - 1 - i];

		chain->v[i].function = function_name(level);
		if (i)
			locate_call(image, cu, level + 1, &chain->v[i]);
		else
			locate_line(image, cu, address, &chain->v[i]);
	}
	*out = chain;
	return NULL;
}

/**
 * struct spot - where in the debug info an address is
 * @has_cu: @cu is valid
 * @has_function: @function is valid
 */
struct spot {
	Dwarf_Die cu;
	Dwarf_Die function;
	bool has_cu;
	bool has_function;
};

static struct kmc_error *find_spot(struct kmc_image *image, Dwarf_Addr inner,
				   struct spot *spot)
{
	struct kmc_ranges *functions;
	const struct kmc_range *range;

	*spot = (struct spot) { };
	if (!kmc_image_cu(image, inner, &spot->cu))
		return NULL;
	spot->has_cu = true;
	split_cu(&spot->cu);
	functions = cu_functions(image, &spot->cu);
	if (!functions)
		return kmc_error_nomem();
	range = kmc_ranges_find(functions, inner);
	spot->has_function = range &&
		dwarf_offdie(dwarf_cu_getdwarf(spot->cu.cu), range->die,
			     &spot->function);
	return NULL;
}

struct kmc_error *kmc_image_function(struct kmc_image *image, uint64_t address,
				     Dwarf_Die *function, bool *found)
{
	struct spot spot;
	struct kmc_error *err = find_spot(image, address - image->bias, &spot);

	if (err)
		return err;
	*found = spot.has_function;
	*function = spot.function;
	return NULL;
}

static struct kmc_error *chain_make(struct kmc_image *image, uint64_t address,
				    struct kmc_chain **out)
{
	const Dwarf_Addr inner = address - image->bias;
	struct levels levels = { };
	struct kmc_error *err;
	struct spot spot;

	err = find_spot(image, inner, &spot);
	if (err)
		return err;
	if (!spot.has_function)
		return chain_flat(image, spot.has_cu ? &spot.cu : NULL, address,
				  out);
	if (!levels_push(&levels, &spot.function) ||
	    !descend(&levels, &spot.function, inner, 0))
		err = kmc_error_nomem();
	else
		err = chain_build(image, &spot.cu, inner, &levels, out);
	free(levels.v);
	return err;
}

struct kmc_error *kmc_image_chain(struct kmc_image *image, uint64_t address,
				  const struct kmc_chain **out)
{
	struct chain_cache *cache = kmc_image_cache(image, &chain_cache);
	struct kmc_chain *chain;
	struct kmc_error *err;

	if (!cache)
		return kmc_error_nomem();
	chain = kmc_map_get(&cache->chains, address);
	if (!chain) {
		err = chain_make(image, address, &chain);
		if (err)
			return err;
		if (chain && !kmc_map_put(&cache->chains, address, chain)) {
			free(chain);
			return kmc_error_nomem();
		}
	}
	*out = chain;
	return NULL;
}
