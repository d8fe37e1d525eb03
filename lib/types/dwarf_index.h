/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of all types that DWARF has, and what of a DIE is read for them.
 */
#ifndef KMC_DWARF_INDEX_H
#define KMC_DWARF_INDEX_H

#include "types/dwarf_source.h"
#include "types/types.h"

/* dwarf_index.c, for struct kmc_types_ops */
KMC_MUST_CHECK struct kmc_error *kmc_dwarf_index(void *source, struct kmc_index *index);
KMC_MUST_CHECK struct kmc_error *kmc_dwarf_functions(void *source,
						     struct kmc_functions *functions);

/* dwarf_split.c: with all that is in .dwo files; takes @src over, also on failure. */
KMC_MUST_CHECK struct kmc_error *kmc_split_types(struct kmc_dwarf_source *src,
						 struct kmc_types **out);

/* layout_dwarf.c */
KMC_MUST_CHECK struct kmc_error *kmc_dwarf_read(void *source, kmc_type_id id, bool children,
						struct kmc_raw_type *out);
enum kmc_alias kmc_dwarf_alias(Dwarf_Half tag);
/* Has it a name that goes into the index? */
bool kmc_dwarf_is_indexed(Dwarf_Half tag);
/* With what it is declared in, as far as the index was made; what was declared before. */
const char *kmc_dwarf_name(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
			   kmc_type_id id);
/* The same of what types are declared in, of which it may be in a unit of its own. */
const char *kmc_dwarf_scope_name(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
				 kmc_type_id id);
/* All of a DIE but the children; false: it is no type, or damaged. */
bool kmc_dwarf_read_node(struct kmc_dwarf_source *src, Dwarf_Die die, kmc_type_id id,
			 struct kmc_raw_type *out);

#endif /* KMC_DWARF_INDEX_H */
