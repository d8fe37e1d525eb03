/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that only the source tells of.
 */
#ifndef KMC_EXPRESSION_H
#define KMC_EXPRESSION_H

#include "explain/candidates.h"

/*
 * Where nothing tells what the instruction's register points to: the expressions of its
 * statement whose member lies where it reads. Needs the search's statement.
 */
KMC_MUST_CHECK struct kmc_error *kmc_expressions_find(struct kmc_search *search);

/*
 * Where a register is known to point to something, a cast in the statement may say
 * otherwise: ((struct inode *)obj)->i_sb. Or so may a variable that debug info has nowhere
 * and that has a member there, where the source names none of what the register points to.
 */
KMC_MUST_CHECK struct kmc_error *kmc_cast_expressions_find(struct kmc_search *search);

#endif /* KMC_EXPRESSION_H */
