/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes that other checkers than kmemcheck show, and what their values mean.
 */
#ifndef KMC_PRINT_DUMP_H
#define KMC_PRINT_DUMP_H

#include "output/styled_text.h"

void kmc_print_dump(struct kmc_printer *p, const struct kmc_report *report);

#endif /* KMC_PRINT_DUMP_H */
