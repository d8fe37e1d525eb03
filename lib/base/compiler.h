/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the compiler is told, and the size of an array.
 */
#ifndef KMC_COMPILER_H
#define KMC_COMPILER_H

#include <stdlib.h>

#define KMC_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KMC_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))

/* Scope cleanup: `char *name KMC_AUTO_FREE = NULL;` */
static inline void kmc_auto_free(void *p)
{
	free(*(void **)p);
}
#define KMC_AUTO_FREE		__attribute__((cleanup(kmc_auto_free)))

#endif /* KMC_COMPILER_H */
