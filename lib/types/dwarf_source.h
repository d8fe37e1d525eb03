/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DIEs and their attributes through libdwarf, whose names are those of libdw, too: no
 * other header may include it, and no file that includes this may include libdw.
 *
 * Every DIE is let go as soon as it was read. What libdwarf cannot read is damage,
 * whatever it says.
 */
#ifndef KMC_DWARF_SOURCE_H
#define KMC_DWARF_SOURCE_H

#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#include <stdbool.h>

#include "base/map.h"
#include "debuginfo/dwarf_units.h"
#include "debuginfo/sections.h"
#include "kmc/layout.h"

/* Dimensions that were taken off an array are counted above the offset. */
#define DIMENSION_SHIFT	56
#define OFFSET_MASK	((1ULL << DIMENSION_SHIFT) - 1)

/* Offsets in a file that dwz -m has made have it. */
#define SHARED_BIT	(1ULL << (DIMENSION_SHIFT - 1))

/*
 * struct kmc_dwarf_source - an open file
 * @types_at: where the offsets of .debug_types begin, which go on from .debug_info
 * @shared: what it shares with other files, NULL: nothing
 * @bits: above all of its offsets: SHARED_BIT or 0
 * @signed_types: signature of a type → its unit
 * @scoped: DIE of a type that is declared in another or in a namespace → its whole name
 */
struct kmc_dwarf_source {
	char *path;
	struct kmc_sections sections;
	struct kmc_units units;
	Dwarf_Obj_Access_Interface access;
	Dwarf_Debug dbg;
	struct kmc_map signed_types;
	struct kmc_map scoped;
	uint64_t types_at;
	struct kmc_dwarf_source *shared;
	uint64_t bits;
};

/* In which of both a DIE is: what is done with it, is done with that. */
struct kmc_dwarf_source *kmc_dwarf_part(struct kmc_dwarf_source *src, kmc_type_id id);
/* The unit that has a DIE of this file, NULL if there is none. */
const struct kmc_unit *kmc_dwarf_unit(const struct kmc_dwarf_source *src, kmc_type_id id);

void kmc_dwarf_die_free(const struct kmc_dwarf_source *src, Dwarf_Die die);
/* NULL: there is none, or it is damaged; to be freed, as all DIEs. */
Dwarf_Die kmc_dwarf_die_at(const struct kmc_dwarf_source *src, kmc_type_id id);
uint64_t kmc_dwarf_die_offset(const struct kmc_dwarf_source *src, Dwarf_Die die);
Dwarf_Half kmc_dwarf_die_tag(const struct kmc_dwarf_source *src, Dwarf_Die die);
Dwarf_Die kmc_dwarf_first_child(const struct kmc_dwarf_source *src, Dwarf_Die die);
/* Frees @die. */
Dwarf_Die kmc_dwarf_next_sibling(const struct kmc_dwarf_source *src, Dwarf_Die die);
const char *kmc_dwarf_die_name(const struct kmc_dwarf_source *src, Dwarf_Die die);
/* A constant in whichever form; negative ones wrap. */
bool kmc_dwarf_attr_value(const struct kmc_dwarf_source *src, Dwarf_Die die,
			  Dwarf_Half number, uint64_t *out);
bool kmc_dwarf_attr_flag(const struct kmc_dwarf_source *src, Dwarf_Die die,
			 Dwarf_Half number);
/* Another DIE that this one names; false: none, or it leads nowhere. */
bool kmc_dwarf_attr_ref(const struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half number,
			kmc_type_id *out);
/* No DW_AT_type is void; false: it leads nowhere. */
bool kmc_dwarf_attr_type(const struct kmc_dwarf_source *src, Dwarf_Die die,
			 kmc_type_id *out);
/* NULL is fine. */
void kmc_dwarf_close(void *source);
/* Begin to read what is in @src->sections; @split: they are of a .dwo file. */
KMC_MUST_CHECK struct kmc_error *kmc_dwarf_start(struct kmc_dwarf_source *src, bool split);
/* What is in @src->path, or in @image, which is that file open already. */
KMC_MUST_CHECK struct kmc_error *kmc_dwarf_open(struct kmc_dwarf_source *src,
						struct kmc_image *image);

#endif /* KMC_DWARF_SOURCE_H */
