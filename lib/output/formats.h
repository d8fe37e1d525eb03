/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats that there are.
 */
#ifndef KMC_FORMATS_H
#define KMC_FORMATS_H

#include "kmc/output.h"

extern const struct kmc_format
#define FORMAT(name)	kmc_format_ ## name
#include "output/formats.def"
#undef FORMAT
	;

#endif /* KMC_FORMATS_H */
