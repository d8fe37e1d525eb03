/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the vmlinux of a kernel.
 */
#ifndef KMC_FIND_VMLINUX_H
#define KMC_FIND_VMLINUX_H

#include "kmc/kmc.h"

/* kmc_debuginfo_open() with the usual places below @root, "" for the system's. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_open_below(const char *root,
			 const struct kmc_debuginfo_options *opts,
			 const struct kmc_kernel *kernel,
			 struct kmc_debuginfo **out);

#endif /* KMC_FIND_VMLINUX_H */
