/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a distribution has the debug info of a kernel.
 */
#ifndef KMC_DEBUG_PACKAGE_H
#define KMC_DEBUG_PACKAGE_H

#include "kmc/kmc.h"

/* kmc_debuginfo_package() of the distribution that is installed below @root. */
KMC_MUST_CHECK struct kmc_error *
kmc_debug_package(const char *root, const struct kmc_kernel *kernel, char **package,
		  const char **server);

#endif /* KMC_DEBUG_PACKAGE_H */
