/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols of an image, as the kernel prints them.
 */
#ifndef KMC_SYMTAB_H
#define KMC_SYMTAB_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "kmc/error.h"

/**
 * struct kmc_symbol - a symbol in executable code
 * @name: borrowed from the ELF file
 * @address: link-time
 * @size: up to the next symbol at a higher address, as kallsyms counts
 * @elf_size: as the ELF file says
 * @section: number of the section it is in
 * @last: nothing follows it in its section, so the kernel, which counts up to
 *	the next symbol wherever that is, may print another size
 * @rank: which of several names of an address the kernel would print
 * @hash: of @name up to a dot
 * @next_same_hash: index + 1 of the next symbol in its hash chain
 */
struct kmc_symbol {
	const char *name;
	uint64_t address;
	uint64_t size;
	uint64_t elf_size;
	uint32_t section;
	uint32_t hash;
	uint32_t next_same_hash;
	bool last;
	uint8_t rank;
};

/* Bytes of code, without what aligns the next symbol; whoever asks for code asks so. */
static inline uint64_t kmc_symbol_code_size(const struct kmc_symbol *symbol)
{
	return symbol->elf_size ? symbol->elf_size : symbol->size;
}

/**
 * struct kmc_symtab - symbols of one image
 * @v: sorted by address
 * @count: of @v
 * @buckets: hash of the names: index + 1 into @v
 * @nbuckets: of them, a power of two
 */
struct kmc_symtab {
	struct kmc_symbol *v;
	size_t count;
	uint32_t *buckets;
	size_t nbuckets;
};

KMC_MUST_CHECK struct kmc_error *kmc_symtab_load(struct kmc_symtab *tab,
						 Dwfl_Module *mod);
/* The symbol that the kernel would print for @address, NULL if none. */
const struct kmc_symbol *kmc_symtab_at(const struct kmc_symtab *tab,
				       uint64_t address);
/* Does @name, under whichever of its aliases, start at @address, and fit @size? */
bool kmc_symtab_agrees(const struct kmc_symtab *tab, const char *name, uint64_t size,
		       uint64_t address);
#define KMC_NAMESAKES_MAX	64

/**
 * struct kmc_namesakes - the functions of one name
 * @all: how many there are, up to KMC_NAMESAKES_MAX
 * @v: where those are that fit best
 * @fitting: how many that are
 */
struct kmc_namesakes {
	size_t all;
	uint64_t v[KMC_NAMESAKES_MAX];
	size_t fitting;
};

/**
 * kmc_symtab_namesakes() - find all that may be meant
 * @tab: symbols
 * @name: symbol; kernels built with LTO leave out what the compiler has appended to it
 * @size: as the kernel printed it, 0 if unknown
 * @out: what was found
 */
void kmc_symtab_namesakes(const struct kmc_symtab *tab, const char *name, uint64_t size,
			  struct kmc_namesakes *out);

/**
 * kmc_symtab_resolve() - find the one symbol that is meant
 * @tab: symbols
 * @path: for the message
 * @name: symbol
 * @size: as the kernel printed it, 0 if unknown
 * @out: its address
 *
 * The size has to fit even when the user accepts another build: a function of
 * another size has other lines.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_symtab_resolve(const struct kmc_symtab *tab, const char *path,
		   const char *name, uint64_t size, uint64_t *out);
/* What a symbol's name and size say of whether a report is of the same build. */
enum kmc_symbol_fit {
	KMC_SYMBOL_FITS,
	KMC_SYMBOL_OTHER_SIZE,	/* none of that name has it */
	KMC_SYMBOL_MISSING,	/* there is none of that name */
};

/**
 * kmc_symtab_compare() - is a symbol as the kernel printed it?
 * @tab: symbols
 * @name: symbol
 * @size: as the kernel printed it, 0 if unknown
 * @have: the size that one of that name has instead
 */
enum kmc_symbol_fit
kmc_symtab_compare(const struct kmc_symtab *tab, const char *name, uint64_t size,
		   uint64_t *have);
void kmc_symtab_release(struct kmc_symtab *tab);

#endif /* KMC_SYMTAB_H */
