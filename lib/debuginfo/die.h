/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one DIE says, and its neighbours.
 */
#ifndef KMC_DIE_H
#define KMC_DIE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Walks over DIEs that damaged debug info cannot make endless. */
bool kmc_die_next(Dwarf_Die *die);
bool kmc_die_child(Dwarf_Die *die, Dwarf_Die *child);
/* Is a block or inlined subroutine around @address, or may it hold what is? */
bool kmc_die_covers(Dwarf_Die *die, Dwarf_Addr address);

/**
 * kmc_die_pointee() - what a type points to, typedefs and qualifiers taken off
 * @type: a type's DIE
 * @target: set to that
 *
 * Return: whether @type is a pointer, and to something: not to void.
 */
bool kmc_die_pointee(Dwarf_Die *type, Dwarf_Die *target);
/* A struct or union. */
bool kmc_die_is_aggregate(Dwarf_Die *die);
/* Takes typedefs and qualifiers off; false: void, or damaged. */
bool kmc_die_peel(Dwarf_Die *type, Dwarf_Die *out);
/* Bytes of a type, of an array of all its elements; 0 if it has none or no end. */
uint64_t kmc_die_size(Dwarf_Die *type);
/* Elements of each dimension of an array, the outermost first; how many there are, up to @max. */
size_t kmc_die_dimensions(Dwarf_Die *array, uint64_t *counts, size_t max);
/* Does a struct end in an array without an end? @start: of that. */
bool kmc_die_is_flexible(Dwarf_Die *type, uint64_t *start);
/* The type of a variable, member or function; false: void. */
bool kmc_die_type(Dwarf_Die *die, Dwarf_Die *type);

#endif /* KMC_DIE_H */
