/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a number is that was used as a pointer and is none.
 */
#ifndef KMC_BAD_POINTER_H
#define KMC_BAD_POINTER_H

#include "kmc/report.h"

#define KMC_POINTER_NAME	64

/**
 * kmc_pointer_tell() - what a number is
 * @value: the number
 * @report: says which machine, and where its stack is
 * @name: of KMC_POINTER_NAME bytes: what the kernel calls it, "LIST_POISON1 + 0x8"; empty if
 *	it has no name
 */
enum kmc_pointer_kind kmc_pointer_tell(uint64_t value, const struct kmc_report *report,
				       char *name);

/* None that is an address of something? An unknown one may be. */
bool kmc_pointer_is_bad(enum kmc_pointer_kind kind);

/**
 * kmc_pointer_unshadow() - what an address in KASAN's shadow stands for
 * @address: that faulted
 * @real: the first of the bytes that it is about
 *
 * Return: whether it is in the shadow, of addresses that are none.
 */
bool kmc_pointer_unshadow(uint64_t address, uint64_t *real);

#endif /* KMC_BAD_POINTER_H */
