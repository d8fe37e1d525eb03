/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stacks of a report, as text for people.
 */
#ifndef KMC_PRINT_STACKS_H
#define KMC_PRINT_STACKS_H

#include "output/styled_text.h"

/* " at FILE:LINE:COLUMN" without the blanks, in its style. */
void kmc_print_location(struct kmc_printer *p, const struct kmc_location *where);
/* "sym+0x1/0x2 [module]" as the kernel writes it, or the bare address; escaped. */
void kmc_put_symbol(struct kmc_buf *buf, const struct kmc_frame *frame, bool ascii);
/* Where it was, who called that, who allocated and freed; what they share once. */
void kmc_print_stacks(struct kmc_printer *p, const struct kmc_report *report);

#endif /* KMC_PRINT_STACKS_H */
