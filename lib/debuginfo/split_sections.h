/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sections that a program's skeletons stand for.
 */
#ifndef KMC_SPLIT_SECTIONS_H
#define KMC_SPLIT_SECTIONS_H

#include "debuginfo/sections.h"

/*
 * struct kmc_split - what a skeleton stands for
 * @name: of its file, as the skeleton has it
 * @id: that a unit in it has to have
 * @sections: of the file, or its part of a package's, by names that end in .dwo; none: it is
 *	not there
 * @file: keeps them
 */
struct kmc_split {
	char *name;
	uint64_t id;
	struct kmc_sections sections;
	void *file;
};

/*
 * struct kmc_splits - those of a program
 * @whole: sections of a package
 * @package: keeps them
 */
struct kmc_splits {
	struct kmc_split *v;
	size_t count;
	struct kmc_sections whole;
	void *package;
};

KMC_MUST_CHECK struct kmc_error *
kmc_splits_open(struct kmc_image *image, struct kmc_splits *out);
void kmc_splits_release(struct kmc_splits *splits);

#endif /* KMC_SPLIT_SECTIONS_H */
