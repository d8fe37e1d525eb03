/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File names as kernel people write them.
 */
#ifndef KMC_SOURCE_PATH_H
#define KMC_SOURCE_PATH_H

#include "debuginfo/image.h"

/**
 * kmc_source_path() - a file name as kernel people write it
 * @image: keeps the result
 * @file: as libdw joined it; borrowed from libdw
 * @comp_dir: build directory, may be NULL
 *
 * Return: relative to @comp_dir or the source tree where it lies below one of
 * them, without "." and ".."; NULL when @file is or when out of memory.
 */
const char *kmc_source_path(struct kmc_image *image, const char *file,
			    const char *comp_dir);
/* The file that declares a type, likewise; NULL if unknown. */
const char *kmc_source_declaring(struct kmc_image *image, Dwarf_Die *type);
/* The same as kmc_source_path(), yours. */
char *kmc_source_path_new(const struct kmc_image *image, const char *file,
			  const char *comp_dir);
/* The source tree of a vmlinux, told by where its init/main.c was; yours. */
char *kmc_source_root(Dwarf *dwarf);

#endif /* KMC_SOURCE_PATH_H */
