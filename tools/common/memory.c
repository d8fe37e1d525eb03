// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory for tools, which have nothing better to do without it than to say so.
 */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

static void *check(void *p)
{
	if (p)
		return p;
	message_exit("out of memory");
}

void *xcalloc(size_t count, size_t size)
{
	/* calloc(0) may give NULL. */
	return check(calloc(count ? count : 1, size));
}

void *xrealloc(void *old, size_t size)
{
	return check(realloc(old, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return check(strdup(text));
}
