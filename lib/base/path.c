// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths that others name.
 */
#include "base/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

char *kmc_path_below(const char *dir, const char *name)
{
	char *top KMC_AUTO_FREE = realpath(dir, NULL);
	char *joined KMC_AUTO_FREE = NULL;
	char *path;
	size_t len;

	if (!top || *name == '/')
		return NULL;
	if (asprintf(&joined, "%s/%s", top, name) < 0) {
		joined = NULL;
		return NULL;
	}
	path = realpath(joined, NULL);
	/* Only the root ends in a slash. */
	len = strcmp(top, "/") ? strlen(top) : 0;
	if (path && !strncmp(path, top, len) && (path[len] == '/' || !path[len]))
		return path;
	free(path);
	return NULL;
}
