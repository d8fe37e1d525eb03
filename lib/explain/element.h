/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements of arrays that only a pointer to the first one is known of.
 */
#ifndef KMC_ELEMENT_H
#define KMC_ELEMENT_H

#include "explain/candidates.h"

/**
 * kmc_elements_find() - the instruction adds an index to a pointer
 * @search: gets what that points to
 * @scalars: if that is a number or a pointer; else if it is a struct
 */
KMC_MUST_CHECK struct kmc_error *kmc_elements_find(struct kmc_search *search, bool scalars);

/**
 * kmc_index_is_astray() - does a register contradict what the code has added to it?
 * @access: the access
 * @astray: one of the registers of an operand with an index is less than the numbers that
 *	were added to make it, as 0x54dc in lea 0x54dc(%rcx,%rdx), so nobody knows where it leads
 */
KMC_MUST_CHECK struct kmc_error *
kmc_index_is_astray(const struct kmc_access *access, bool *astray);

#endif /* KMC_ELEMENT_H */
