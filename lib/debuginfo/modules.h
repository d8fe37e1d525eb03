/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file is which module, and where its code was loaded.
 */
#ifndef KMC_MODULES_H
#define KMC_MODULES_H

#include "debuginfo/image.h"

struct kmc_module_file {
	char *name;
	char *path;
};

/* The files of all modules below some directories, in the order found. */
struct kmc_module_files {
	struct kmc_module_file *v;
	size_t count;
};

/* Add what lies below @dir; a directory that cannot be read adds nothing. */
KMC_MUST_CHECK struct kmc_error *
kmc_modules_scan(struct kmc_module_files *files, const char *dir);
/* "snd-hda.ko.xz" → "snd_hda", NULL if this is no module or out of memory. */
char *kmc_module_name(const char *filename);
/* "6.1.0-1-amd64", which it says it was built for; NULL if it does not say. Yours. */
char *kmc_module_release(const struct kmc_image *image);
void kmc_modules_release(struct kmc_module_files *files);

/*
 * kmc_module_link_address() - undo what the kernel did when it loaded a module
 * @image: the module's file
 * @offset: of an address from where its code was loaded
 * @out: address of the same byte as libdwfl lays the file out
 *
 * Return: false when there is no code at @offset.
 */
bool kmc_module_link_address(struct kmc_image *image, uint64_t offset,
			     uint64_t *out);

#endif /* KMC_MODULES_H */
