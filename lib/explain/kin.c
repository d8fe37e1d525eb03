// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types that are cast into each other: those of a compilation unit that begin alike.
 */
#include "explain/kin.h"

#include <dwarf.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/map.h"
#include "debuginfo/die.h"

/* Lists and locks begin many structs that have nothing to do with each other. */
#define MIN_COMMON	40
#define MAX_KEPT	1000
#define MAX_DEPTH	8

/* The struct that is a struct's first member. */
static bool first_struct(Dwarf_Die *type, Dwarf_Die *out)
{
	Dwarf_Die member;

	if (dwarf_tag(type) != DW_TAG_structure_type || !kmc_die_child(type, &member))
		return false;
	while (dwarf_tag(&member) != DW_TAG_member)
		if (!kmc_die_next(&member))
			return false;
	return kmc_die_type(&member, out) && kmc_die_peel(out, out) &&
	       dwarf_tag(out) == DW_TAG_structure_type;
}

static bool same_die(Dwarf_Die *a, Dwarf_Die *b)
{
	return dwarf_dieoffset(a) == dwarf_dieoffset(b);
}

bool kmc_kin_begins_with(Dwarf_Die *outer, Dwarf_Die *inner)
{
	Dwarf_Die at = *outer;

	for (int i = 0; i < MAX_DEPTH && first_struct(&at, &at); i++)
		if (same_die(&at, inner))
			return true;
	return false;
}

/* Of a function's parameters, how many more are pointers to @one than to @other. */
static int parameters(Dwarf_Die *function, Dwarf_Die *one, Dwarf_Die *other)
{
	Dwarf_Die die, type, target;
	int more = 0;

	if (!kmc_die_child(function, &die))
		return 0;
	do {
		if (dwarf_tag(&die) == DW_TAG_formal_parameter && kmc_die_type(&die, &type) &&
		    kmc_die_pointee(&type, &target))
			more += same_die(&target, one) - same_die(&target, other);
	} while (kmc_die_next(&die));
	return more;
}

static void find_kin(Dwarf_Die *type, struct kmc_kin *kin)
{
	Dwarf_Die cu, die, common;
	int size, more = 0;

	if (!first_struct(type, &common) || !dwarf_diecu(type, &cu, NULL, NULL))
		return;
	size = dwarf_bytesize(&common);
	if (size < MIN_COMMON || !kmc_die_child(&cu, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_subprogram)
			more += parameters(&die, &common, type);
		else if (kin->count < KMC_KIN_MAX && !same_die(&die, type) &&
			 dwarf_bytesize(&die) > 0 && kmc_kin_begins_with(&die, &common))
			kin->v[kin->count++] = die;
	} while (kmc_die_next(&die));
	kin->common = kin->count ? size : 0;
	kin->hidden = more < 0;
}

static void release_kin(void *cache)
{
	kmc_map_release(cache, free);
}

/* DIE of a type → struct kmc_kin */
static const struct kmc_cache_ops kin_cache = {
	.size = sizeof(struct kmc_map), .release = release_kin,
};

struct kmc_error *kmc_kin_get(struct kmc_image *image, Dwarf_Die *type, struct kmc_kin **out)
{
	struct kmc_map *kept = kmc_image_cache(image, &kin_cache);
	const uint64_t key = (uintptr_t)type->addr;
	struct kmc_kin *kin;

	if (!kept)
		return kmc_error_nomem();
	kin = kmc_map_get(kept, key);
	if (!kin) {
		kin = calloc(1, sizeof(*kin));
		if (!kin)
			return kmc_error_nomem();
		if (kept->count == MAX_KEPT)
			kmc_map_release(kept, free);
		find_kin(type, kin);
		if (!kmc_map_put(kept, key, kin)) {
			free(kin);
			return kmc_error_nomem();
		}
	}
	*out = kin;
	return NULL;
}

bool kmc_kin_may_pass(const struct kmc_kin *kin, Dwarf_Die *type, uint64_t offset)
{
	const int own = dwarf_bytesize(type);
	Dwarf_Die other;

	if (!kin->common || !kin->hidden || offset < kin->common)
		return false;
	for (size_t i = 0; i < kin->count; i++) {
		other = kin->v[i];
		if (dwarf_bytesize(&other) < own &&
		    offset < (uint64_t)dwarf_bytesize(&other))
			return true;
	}
	return false;
}
