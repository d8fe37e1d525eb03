// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From names in the source to what DWARF says of them: variables of the functions around
 * an instruction, also those that have no place any more, and what its compilation unit
 * declares.
 */
#include "debuginfo/scope_names.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"

/* Inlined into each other; kernel code has some 30. */
#define MAX_LEVELS	128
#define MAX_DEPTH	64

/* ---- variables ---- */

/* Adds the inlined functions around @address to @levels, whose last one is @scope's. */
static void find_levels(Dwarf_Die *scope, Dwarf_Addr address, int depth, Dwarf_Die *levels,
			size_t *count)
{
	Dwarf_Die die;

	if (depth > MAX_LEVELS || !kmc_die_child(scope, &die))
		return;
	do {
		const int tag = dwarf_tag(&die);

		if ((tag != DW_TAG_lexical_block && tag != DW_TAG_inlined_subroutine) ||
		    !kmc_die_covers(&die, address) || *count == MAX_LEVELS)
			continue;
		if (tag == DW_TAG_inlined_subroutine)
			levels[(*count)++] = die;
		find_levels(&die, address, depth + 1, levels, count);
		if (tag == DW_TAG_inlined_subroutine)
			break;
	} while (kmc_die_next(&die));
}

static bool is_named(Dwarf_Die *die, const char *name, size_t len)
{
	const char *own = dwarf_diename(die);

	return own && !strncmp(own, name, len) && !own[len];
}

/* The innermost one is found last; a block that is elsewhere is better than none. */
static bool find_variable(Dwarf_Die *scope, const char *name, size_t len, int depth,
			  Dwarf_Die *out)
{
	Dwarf_Die die;
	bool found = false;

	if (depth > MAX_DEPTH || !kmc_die_child(scope, &die))
		return false;
	do {
		const int tag = dwarf_tag(&die);

		if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) &&
		    is_named(&die, name, len)) {
			*out = die;
			found = true;
		} else if (tag == DW_TAG_lexical_block) {
			found |= find_variable(&die, name, len, depth + 1, out);
		}
	} while (kmc_die_next(&die));
	return found;
}

/* The function of that level, and what it is an instance of, if it is one. */
static struct kmc_error *find_level(struct kmc_image *image, uint64_t address,
				    unsigned int level, Dwarf_Die scopes[2], size_t *nscopes)
{
	Dwarf_Die levels[MAX_LEVELS];
	Dwarf_Attribute attr;
	struct kmc_error *err;
	size_t count = 1;
	bool found;

	*nscopes = 0;
	err = kmc_image_function(image, address, &levels[0], &found);
	if (err || !found)
		return err;
	find_levels(&levels[0], address - image->bias, 0, levels, &count);
	if (level >= count)
		level = count - 1;
	scopes[0] = levels[count - 1 - level];
	*nscopes = 1;
	if (dwarf_formref_die(dwarf_attr(&scopes[0], DW_AT_abstract_origin, &attr), &scopes[1]))
		*nscopes = 2;
	return NULL;
}

static uint64_t hash_name(uint64_t start, const char *name, size_t len)
{
	return kmc_hash_bytes(KMC_HASH_START + start, name, len);
}

/* Variables that are kept: a statement is read anew for each report. */
#define MAX_VARIABLES	(1u << 14)

/**
 * struct variable - an answer of kmc_scope_variable()
 * @name: not terminated
 */
struct variable {
	uint64_t address;
	unsigned int level;
	bool found;
	Dwarf_Die type;
	size_t len;
	char name[];
};

static void release_variables(void *cache)
{
	kmc_map_release(cache, free);
}

/* hash of address, level and name → struct variable */
static const struct kmc_cache_ops variables_cache = {
	.size = sizeof(struct kmc_map), .release = release_variables,
};

static struct kmc_error *ask_variable(struct kmc_image *image, struct variable *variable)
{
	Dwarf_Die scopes[2], die;
	struct kmc_error *err;
	size_t count;

	err = find_level(image, variable->address, variable->level, scopes, &count);
	for (size_t i = 0; !err && !variable->found && i < count; i++)
		variable->found = find_variable(&scopes[i], variable->name, variable->len, 0, &die);
	variable->found = variable->found && kmc_die_type(&die, &variable->type) &&
			  kmc_die_peel(&variable->type, &variable->type);
	return err;
}

static struct kmc_error *keep_variable(struct kmc_image *image, struct kmc_map *kept,
				       uint64_t key, const struct variable *wanted,
				       const char *name, struct variable **out)
{
	struct variable *variable = malloc(sizeof(*variable) + wanted->len);
	struct kmc_error *err;

	if (!variable)
		return kmc_error_nomem();
	*variable = *wanted;
	memcpy(variable->name, name, wanted->len);
	err = ask_variable(image, variable);
	if (kept->count >= MAX_VARIABLES)
		kmc_map_release(kept, free);
	if (!err && !kmc_map_put(kept, key, variable))
		err = kmc_error_nomem();
	if (err)
		free(variable);
	else
		*out = variable;
	return err;
}

struct kmc_error *kmc_scope_variable(struct kmc_image *image, uint64_t address,
				     unsigned int level, const char *name, size_t len,
				     Dwarf_Die *type, bool *found)
{
	const struct variable wanted = { .address = address, .level = level, .len = len };
	struct kmc_map *kept = kmc_image_cache(image, &variables_cache);
	uint64_t key = hash_name(address * 0x9e3779b97f4a7c15 + level, name, len);
	struct variable *variable;
	struct kmc_error *err = NULL;

	*found = false;
	if (!kept)
		return kmc_error_nomem();
	while ((variable = kmc_map_get(kept, key)) &&
	       (variable->address != address || variable->level != level ||
		variable->len != len || memcmp(variable->name, name, len)))
		key++;
	if (!variable)
		err = keep_variable(image, kept, key, &wanted, name, &variable);
	if (err)
		return err;
	*found = variable->found;
	*type = variable->type;
	return NULL;
}

static void each(Dwarf_Die *scope, int depth, void (*take)(void *arg, Dwarf_Die *variable),
		 void *arg)
{
	Dwarf_Die die;

	if (depth > MAX_DEPTH || !kmc_die_child(scope, &die))
		return;
	do {
		const int tag = dwarf_tag(&die);

		if (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter)
			take(arg, &die);
		else if (tag == DW_TAG_lexical_block)
			each(&die, depth + 1, take, arg);
	} while (kmc_die_next(&die));
}

struct kmc_error *kmc_scope_each(struct kmc_image *image, uint64_t address, unsigned int level,
				 void (*take)(void *arg, Dwarf_Die *variable), void *arg)
{
	Dwarf_Die scopes[2];
	size_t count;
	struct kmc_error *err = find_level(image, address, level, scopes, &count);

	for (size_t i = 0; !err && i < count; i++)
		each(&scopes[i], 0, take, arg);
	return err;
}

/* ---- compilation units ---- */

/* Answers that are kept. */
#define MAX_ANSWERS	(1u << 16)
/* What stands for a DIE where there is none of the name. */
#define NO_DIE		((void *)1)

/**
 * struct unit_names - of the compilation unit that was read last
 * @unit: its DIE's offset
 * @names: hash of kind and name → DIE's address
 * @answers: of all units that were asked for: hash of unit, kind and name → DIE's address
 *	or NO_DIE. Reports from many places take turns, and names come again and again
 */
struct unit_names {
	Dwarf_Off unit;
	struct kmc_map names;
	struct kmc_map answers;
};

static void release_names(void *data)
{
	struct unit_names *names = data;

	kmc_map_release(&names->names, NULL);
	kmc_map_release(&names->answers, NULL);
}

static const struct kmc_cache_ops names_cache = {
	.size = sizeof(struct unit_names), .release = release_names,
};

static bool name_kind(Dwarf_Die *die, enum kmc_name_kind *kind)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		*kind = KMC_NAME_STRUCT;
		return !dwarf_hasattr(die, DW_AT_declaration);
	case DW_TAG_subprogram:
		*kind = KMC_NAME_FUNCTION;
		return true;
	case DW_TAG_variable:
		*kind = KMC_NAME_VARIABLE;
		return true;
	default:
		return false;
	}
}

static struct kmc_error *read_names(struct unit_names *names, Dwarf_Die *cu)
{
	Dwarf_Die die;

	kmc_map_release(&names->names, NULL);
	names->names = (struct kmc_map) { };
	names->unit = dwarf_dieoffset(cu);
	if (!kmc_die_child(cu, &die))
		return NULL;
	do {
		enum kmc_name_kind kind;
		const char *name;
		uint64_t hash;

		if (!name_kind(&die, &kind))
			continue;
		name = dwarf_diename(&die);
		hash = name ? hash_name(kind, name, strlen(name)) : 0;
		if (name && !kmc_map_get(&names->names, hash) &&
		    !kmc_map_put(&names->names, hash, (void *)(uintptr_t)dwarf_dieoffset(&die)))
			return kmc_error_nomem();
	} while (kmc_die_next(&die));
	return NULL;
}

/* -> the DIE's address, or NO_DIE */
static struct kmc_error *look_up(struct unit_names *names, Dwarf_Die *cu, uint64_t hash,
				 void **out)
{
	struct kmc_error *err = NULL;

	if (!names->names.count || names->unit != dwarf_dieoffset(cu))
		err = read_names(names, cu);
	if (!err)
		*out = kmc_map_get(&names->names, hash) ?: NO_DIE;
	return err;
}

struct kmc_error *kmc_unit_name(struct kmc_image *image, uint64_t address,
				enum kmc_name_kind kind, const char *name, size_t len,
				Dwarf_Die *die, bool *found)
{
	struct unit_names *names = kmc_image_cache(image, &names_cache);
	const uint64_t hash = hash_name(kind, name, len);
	struct kmc_error *err;
	uint64_t key;
	void *answer;
	Dwarf_Die cu;

	*found = false;
	if (!names)
		return kmc_error_nomem();
	if (!kmc_image_cu(image, address - image->bias, &cu))
		return NULL;
	key = hash ^ dwarf_dieoffset(&cu) * 0x9e3779b97f4a7c15;
	answer = kmc_map_get(&names->answers, key);
	if (!answer) {
		err = look_up(names, &cu, hash, &answer);
		if (err)
			return err;
		if (names->answers.count == MAX_ANSWERS)
			kmc_map_release(&names->answers, NULL);
		if (!kmc_map_put(&names->answers, key, answer))
			return kmc_error_nomem();
	}
	*found = answer != NO_DIE && dwarf_offdie(image->dwarf, (uintptr_t)answer, die) &&
		 is_named(die, name, len);
	return NULL;
}
