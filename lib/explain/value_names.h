/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's source calls the value of a pointer, and bytes that the kernel fills
 * memory with.
 */
#ifndef KMC_VALUE_NAMES_H
#define KMC_VALUE_NAMES_H

#include "kmc/kmc.h"

/* "LIST_POISON1" for a pointer of so many bits, NULL if it is no such constant. */
const char *kmc_poison_pointer(uint64_t number, unsigned int bits);
/* "POISON_FREE", NULL if not all of the bytes are of one such pattern. */
const char *kmc_poison_bytes(const uint8_t *bytes, size_t count);

/* "ENOMEM"; NULL if no error has that number. */
const char *kmc_errno_name(int number);

/*
 * kmc_pointer_text() - a pointer as C writes it: NULL, ERR_PTR(-ENOMEM), LIST_POISON1,
 *	sock_wfree, sock_wfree+0x8
 * @di: knows the functions
 * @report: knows where they were loaded
 * @number: the pointer, of @bits bits
 * @out: the text, yours to free(); NULL when it has no name
 */
KMC_MUST_CHECK struct kmc_error *
kmc_pointer_text(struct kmc_debuginfo *di, const struct kmc_report *report,
		 uint64_t number, unsigned int bits, char **out);

#endif /* KMC_VALUE_NAMES_H */
