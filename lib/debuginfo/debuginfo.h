/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vmlinux and the modules of a kernel.
 */
#ifndef KMC_DEBUGINFO_H
#define KMC_DEBUGINFO_H

#include "debuginfo/elffile.h"
#include "debuginfo/image.h"
#include "debuginfo/modules.h"
#include "kmc/kmc.h"

struct kmc_debuginfo {
	struct kmc_image *vmlinux;
	struct kmc_elf_facts facts;
	char *source_root;
	char *source_dir;
	struct kmc_source *source;
	bool source_tried;
	bool force;
	struct kmc_debuginfod fetch;
	char *root;
	char *modules_dir;
	char *module_release;
	struct kmc_module_files module_files;
	bool modules_scanned;
	struct kmc_image **modules;
	size_t nmodules;
};

/* kmc_debuginfo_open() of just this file. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_open_file(const char *root, const char *path,
			const struct kmc_debuginfo_options *opts,
			const struct kmc_kernel *kernel,
			struct kmc_debuginfo **out);
/* How a kernel and a vmlinux compare, by what they say of themselves. */
enum kmc_build {
	KMC_MAY_BE_SAME,	/* nothing speaks against it */
	KMC_SAME_BUILD,		/* so says the build-ID */
	KMC_OTHER_BUILD_ID,
	KMC_OTHER_RELEASE,
};
enum kmc_build kmc_debuginfo_compare(const struct kmc_debuginfo *di,
				     const struct kmc_kernel *kernel);
/* @record: what the report says of the module, NULL for nothing. */
/* KMC_ERROR_NOT_FOUND: there is none; other errors name a file and why it is of no use. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_module(struct kmc_debuginfo *di, const char *name,
		     const struct kmc_module *record, struct kmc_image **out);
/*
 * The tree of source that was named, or that the debug info names; NULL if there is none.
 * Good until the next call.
 */
struct kmc_source *kmc_debuginfo_lines(struct kmc_debuginfo *di);
/* Is it of the build that @record says? An error if not. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_fits(const struct kmc_debuginfo *di, const struct kmc_image *image,
		   const struct kmc_module *record);
/* @name NULL gives vmlinux; KMC_ERROR_NOT_FOUND for a module without a file. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_image(struct kmc_debuginfo *di, const char *name,
		    struct kmc_image **out);
/* Is this a release, and not a path or worse? It comes from a report. */
bool kmc_release_is_sane(const char *release);

#endif /* KMC_DEBUGINFO_H */
