/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was found out, as text for people.
 */
#ifndef KMC_PRINT_EXPLANATION_H
#define KMC_PRINT_EXPLANATION_H

#include "output/styled_text.h"

/* Why, what to do, and what to add. */
void kmc_print_advice(struct kmc_printer *p, const struct kmc_report *report);
void kmc_print_object(struct kmc_printer *p, const struct kmc_report *report);
/* The object that the bytes came from, and the ranges that are to blame, if there are any. */
void kmc_print_copied(struct kmc_printer *p, const struct kmc_report *report);
void kmc_print_runs(struct kmc_printer *p, const struct kmc_report *report);
/* What speaks against the debug info that all else comes from. */
void kmc_print_doubts(struct kmc_printer *p, const struct kmc_report *report);
void kmc_print_evidence(struct kmc_printer *p, const struct kmc_report *report);

#endif /* KMC_PRINT_EXPLANATION_H */
