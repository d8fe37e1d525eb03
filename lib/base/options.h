/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the public interface, which begin with their size.
 */
#ifndef KMC_OPTIONS_H
#define KMC_OPTIONS_H

#include <stddef.h>
#include <string.h>

/*
 * kmc_options_copy() - the options as we know them
 * @own: a struct of options, filled in
 * @size: of it
 * @theirs: the caller's, which may be shorter or longer; NULL: all are zero
 */
static inline void kmc_options_copy(void *own, size_t size, const void *theirs)
{
	size_t given = 0;

	if (theirs)
		memcpy(&given, theirs, sizeof(given));
	memset(own, 0, size);
	if (theirs)
		memcpy(own, theirs, given < size ? given : size);
}

#endif /* KMC_OPTIONS_H */
