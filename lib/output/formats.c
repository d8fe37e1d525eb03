// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of formats.
 */
#include "output/formats.h"

#include "base/compiler.h"


static const struct kmc_format * const formats[] = {
#define FORMAT(name)	(&kmc_format_ ## name)
#include "output/formats.def"
#undef FORMAT
};

const struct kmc_format *kmc_format_get(size_t index)
{
	return index < KMC_ARRAY_SIZE(formats) ? formats[index] : NULL;
}
