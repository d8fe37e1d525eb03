/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF as bytes, for the two things that libdw is slow at: it decodes and sorts all
 * of a line table to find one line, and looks at every attribute on its way over a
 * unit's DIEs. What is not understood here is left to libdw.
 */
#ifndef KMC_DWARF_RAW_H
#define KMC_DWARF_RAW_H

#include "base/bytes.h"
#include "debuginfo/image.h"

/**
 * struct kmc_raw_sections - the sections read as bytes, empty where there is none
 * @info: .debug_info
 * @abbrev: .debug_abbrev
 * @line: .debug_line
 * @line_str: .debug_line_str
 * @str: .debug_str
 */
struct kmc_raw_sections {
	struct kmc_bytes info;
	struct kmc_bytes abbrev;
	struct kmc_bytes line;
	struct kmc_bytes line_str;
	struct kmc_bytes str;
};

/**
 * struct kmc_form_sizes - what the size of an attribute depends on
 * @version: of DWARF
 * @offset: bytes of an offset into a section
 * @address: bytes of an address
 */
struct kmc_form_sizes {
	unsigned int version;
	unsigned int offset;
	unsigned int address;
};

/* Bytes of every attribute of @form, -1: they differ, or it is unknown. */
int kmc_form_size(uint64_t form, const struct kmc_form_sizes *sizes);
/* Passes over an attribute; a form that is unknown is a failure. */
void kmc_form_skip(struct kmc_bytes *bytes, uint64_t form,
		   const struct kmc_form_sizes *sizes);

/* The sections of an image's debug info, looked for once; NULL: no memory. */
const struct kmc_raw_sections *kmc_image_raw(struct kmc_image *image);

#endif /* KMC_DWARF_RAW_H */
