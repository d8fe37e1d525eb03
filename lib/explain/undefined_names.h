/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DWARF has where UBSAN reports, for where there is no source.
 */
#ifndef KMC_UNDEFINED_NAMES_H
#define KMC_UNDEFINED_NAMES_H

#include "debuginfo/debuginfo.h"

/**
 * kmc_undefined_array() - which array has the type that UBSAN names
 * @di: debug info
 * @report: of an index
 * @level: of the inline chain of its first frame, which the report is about
 * @out: "p->marks", or "struct x.marks" where several variables have it; yours, NULL where
 *	there are several arrays of that type, or none
 */
KMC_MUST_CHECK struct kmc_error *
kmc_undefined_array(struct kmc_debuginfo *di, const struct kmc_report *report,
		    unsigned int level, char **out);

/**
 * kmc_undefined_value() - which variable UBSAN was handed the value of
 * @di: debug info
 * @report: of an index, or an operation of two operands
 * @out: the index, or the right operand: "i", "p->n"; yours, NULL: it is not known
 */
KMC_MUST_CHECK struct kmc_error *
kmc_undefined_value(struct kmc_debuginfo *di, const struct kmc_report *report, char **out);

#endif /* KMC_UNDEFINED_NAMES_H */
