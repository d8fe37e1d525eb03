/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions that a report names though it is not about them.
 */
#ifndef KMC_REPORTER_H
#define KMC_REPORTER_H

#include <stdbool.h>
#include <stddef.h>

/* Does it report what another one did: kasan_report(), dump_stack()? NULL is none. */
bool kmc_is_reporter(const char *symbol);

/*
 * Is it generic: a lock, a list, a copy, an allocator? What goes wrong there is the
 * caller's fault, so a title names that.
 */
bool kmc_is_generic(const char *function, size_t len);

#endif /* KMC_REPORTER_H */
