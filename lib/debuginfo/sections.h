/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The debug sections of a file, unpacked and relocated.
 */
#ifndef KMC_SECTIONS_H
#define KMC_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kmc/error.h"

/* Not from image.h: who includes this includes libdwarf, which libdw contradicts. */
struct kmc_image;

/**
 * struct kmc_section - a section, as it is in memory
 * @name: borrowed
 * @data: relocated and unpacked
 * @size: bytes
 * @owned: @data, if nothing else keeps it
 */
struct kmc_section {
	const char *name;
	void *data;
	uint64_t size;
	void *owned;
};

/**
 * struct kmc_sections - the sections of an open file that hold types
 * @v: those that were asked for and are there
 * @count: of @v
 * @file: keeps them, NULL: something else does
 */
struct kmc_sections {
	struct kmc_section *v;
	size_t count;
	void *file;
};

/* The sections of DWARF that describe types; at least .debug_info. */
KMC_MUST_CHECK struct kmc_error *
kmc_sections_open_dwarf(const char *path, struct kmc_sections *out);
/* Those of a file that is open already, and stays so. */
KMC_MUST_CHECK struct kmc_error *
kmc_sections_of_image(struct kmc_image *image, struct kmc_sections *out);
/* Those of the file that it shares debug info with, by dwz -m; none: it has no such. */
KMC_MUST_CHECK struct kmc_error *
kmc_sections_of_shared(struct kmc_image *image, struct kmc_sections *out);
/*
 * unread.c: what is wrong when types and variables, or some, are not in the sections but
 * elsewhere, NULL: nothing is
 */
const char *kmc_image_unread(struct kmc_image *image);
/* unread.c: the same of a file whose types alone are asked for */
bool kmc_image_types_are_read(struct kmc_image *image);
/* unread.c: are types and variables in .dwo files? */
bool kmc_image_is_split(struct kmc_image *image);
void kmc_sections_release(struct kmc_sections *sections);

#endif /* KMC_SECTIONS_H */
