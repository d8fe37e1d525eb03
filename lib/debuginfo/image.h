/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An open vmlinux or module; what is learned of it is looked up lazily and kept with it.
 *
 * ELF and DWARF are hostile input: every walk over DIEs is bounded, because libdw
 * follows a sibling or origin reference wherever it points.
 */
#ifndef KMC_IMAGE_H
#define KMC_IMAGE_H

#include "debuginfo/debuginfod.h"
#include "debuginfo/machine.h"
#include "debuginfo/symtab.h"

/**
 * struct kmc_image - an open vmlinux or module
 * @name: of the module, underscores for dashes; NULL for vmlinux
 * @path: file
 * @source_root: source tree, which is another than the build directory after
 *	make O=; NULL if unknown; borrowed from the struct kmc_debuginfo
 * @dwfl: has the file open
 * @mod: NULL: it was looked for and not found
 * @refusal: then, what was wrong with the file that was; NULL: there is none
 * @machine: that it is for
 * @dwarf: its debug info
 * @bias: an address of @mod less this is DWARF's
 * @symtab: see kmc_image_symtab()
 * @symtab_ready: it is loaded
 * @caches: what others have learned of it, see kmc_image_cache()
 */
struct kmc_image {
	char *name;
	char *path;
	const char *source_root;
	Dwfl *dwfl;
	Dwfl_Module *mod;
	struct kmc_error *refusal;
	const struct kmc_machine *machine;
	Dwarf *dwarf;
	Dwarf_Addr bias;
	struct kmc_symtab symtab;
	bool symtab_ready;
	struct kmc_image_cache *caches;
};

KMC_MUST_CHECK struct kmc_error *
kmc_image_open(const char *name, const char *path, struct kmc_debuginfod *fetch,
	       struct kmc_image **out);
void kmc_image_free(struct kmc_image *image);
/* unread.c: debug info that by its sections is not read, NULL: none is there. */
const char *kmc_elf_unread(Elf *elf);
/* Load the symbols, once. */
KMC_MUST_CHECK struct kmc_error *kmc_image_symtab(struct kmc_image *image);

/**
 * struct kmc_cache_ops - what one file keeps with each image
 * @size: bytes of it
 * @release: frees what it holds, not itself, while the image's files are open; NULL:
 *	there is nothing to free
 */
struct kmc_cache_ops {
	size_t size;
	void (*release)(void *cache);
};

/**
 * kmc_image_cache() - what was kept with an image
 * @image: the image
 * @ops: says whose; the same address each time
 *
 * Return: @ops->size bytes, all zero at first, which live as long as @image; NULL
 * when out of memory.
 */
void *kmc_image_cache(struct kmc_image *image, const struct kmc_cache_ops *ops);

#endif /* KMC_IMAGE_H */
