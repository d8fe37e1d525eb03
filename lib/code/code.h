/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The code of an image, and what the kernel does to it when it runs: jump labels
 * and alternatives rewrite instructions, and a fault continues at a fixup. None
 * of that is seen in the instructions, so it is read from the kernel's tables.
 */
#ifndef KMC_CODE_H
#define KMC_CODE_H

#include "base/map.h"
#include "debuginfo/image.h"

/**
 * struct kmc_code_section - bytes that are loaded
 * @start: link-time address
 * @end: behind the last byte
 * @bytes: borrowed from the ELF file, or @own
 * @own: a copy with relocations applied, NULL if there was no need
 * @name: borrowed
 * @executable: it is code
 */
struct kmc_code_section {
	uint64_t start;
	uint64_t end;
	const uint8_t *bytes;
	uint8_t *own;
	const char *name;
	bool executable;
};

/**
 * enum kmc_patch_kind - how control gets from @from to @to
 * @KMC_PATCH_JUMP: a NOP or jump that a static key turns into the other
 * @KMC_PATCH_ALTERNATIVE: @to takes the place of @from
 * @KMC_PATCH_FIXUP: the instruction at @from faults
 */
enum kmc_patch_kind {
	KMC_PATCH_JUMP,
	KMC_PATCH_ALTERNATIVE,
	KMC_PATCH_FIXUP,
};

/**
 * struct kmc_patch - a control-flow edge that no instruction shows
 * @from: link-time address
 * @to: likewise
 * @kind: how control gets there
 * @from_len: of an alternative: bytes that are replaced
 * @to_len: of an alternative: bytes that replace them
 */
struct kmc_patch {
	uint64_t from;
	uint64_t to;
	enum kmc_patch_kind kind;
	uint8_t from_len;
	uint8_t to_len;
};

/**
 * struct kmc_code - the code of an image
 * @sections: sorted by address
 * @nsections: of them
 * @patches: sorted by @from
 * @npatches: of them
 * @loaded: the rest is valid
 * @machine: of the image
 * @image_start: an address that the linker has written into an instruction is from here on;
 *	of a module, all that it has itself, and @externals
 * @image_end: up to here
 * @why_not: why the tables could not be read, NULL: they were
 * @externals: where the symbols of a module lie that others define; they have no
 *	code; behind all sections, 0 if there are none
 * @names: by number, from @externals on, KMC_EXTERNAL_SIZE bytes each
 * @nnames: of @names
 * @symtab: of the image
 * @changes: callee → registers that a call of it changes, see callees.c
 * @answers: address → what its registers were found to hold, see reaching_definitions.c
 * @entries: function → does control get in elsewhere, see function_entries.c
 */
struct kmc_code {
	bool loaded;
	const struct kmc_machine *machine;
	uint64_t image_start;
	uint64_t image_end;
	struct kmc_code_section *sections;
	size_t nsections;
	struct kmc_patch *patches;
	size_t npatches;
	const char *why_not;
	uint64_t externals;
	const char **names;
	size_t nnames;
	const struct kmc_symtab *symtab;
	struct kmc_map changes;
	struct kmc_map answers;
	struct kmc_map entries;
};

/* Of each kind of answer that is kept; a log may ask for any number. */
#define KMC_CODE_MEMORY		50000

#define KMC_EXTERNAL_SIZE	16

/* The code of an image, read when first asked for; owned by the image. */
KMC_MUST_CHECK struct kmc_error *kmc_code_get(struct kmc_image *image,
					      struct kmc_code **out);
/* The section around an address, NULL if there is none. */
const struct kmc_code_section *kmc_code_section(const struct kmc_code *code,
						uint64_t address);
/* The first patch at @from, NULL if none; up to the end of @patches others. */
const struct kmc_patch *kmc_code_patches(const struct kmc_code *code,
					 uint64_t from);
/* The alternative whose replacement ends at @end, NULL if there is none. */
const struct kmc_patch *kmc_code_replacement_end(const struct kmc_code *code,
						 uint64_t end);

/*
 * Is that number an address that the linker may have written into an instruction? It looks
 * like any other, but KASLR, or loading the module, moves it. No count or size is one.
 */
bool kmc_code_is_address(const struct kmc_code *code, uint64_t value);

/**
 * kmc_image_code() - bytes of an image's code
 * @image: vmlinux or module
 * @address: link-time address of the first
 * @want: how many
 * @bytes: owned by @image; of a module with relocations applied
 * @len: how many there are, at least 1, at most @want
 *
 * Return: KMC_ERROR_NOT_FOUND where there is no code.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_code(struct kmc_image *image, uint64_t address, size_t want,
	       const uint8_t **bytes, size_t *len);

/* code_patch.c: fills in @patches, or @why_not; false: out of memory. */
bool kmc_code_read_patches(struct kmc_code *code, Dwfl_Module *mod);

#endif /* KMC_CODE_H */
