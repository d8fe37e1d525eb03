/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is there.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* A tool that has no memory says so and exits. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

#endif /* MEMORY_H */
