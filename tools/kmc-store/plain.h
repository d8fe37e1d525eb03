/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report that is there as JSON only, for people.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <stddef.h>

/* Lines in colour, with nothing hostile in them: yours to free; NULL: it is no JSON. */
char *plain_report(const char *text, size_t len);

#endif /* PLAIN_H */
