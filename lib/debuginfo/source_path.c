// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * File names as kernel people write them: relative to the source tree.
 */
#include "debuginfo/source_path.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/map.h"

/* init/ is linked first but for the few objects of the architecture's head. */
#define MAX_CUS_TO_ROOT		256

/* Removes the last component of @out unless it is "..": false: there is none. */
static bool drop_component(char *out, size_t *len)
{
	size_t start = *len;

	while (start > 0 && out[start - 1] != '/')
		start--;
	if (start == *len || !strcmp(out + start, ".."))
		return false;
	*len = start > 1 ? start - 1 : start;
	out[*len] = '\0';
	return true;
}

/* By the letter, without a look at symbolic links: the files may not be here. */
static void path_clean(char *out, const char *path)
{
	const char *p = path;
	size_t len = 0;

	if (*p == '/')
		out[len++] = '/';
	out[len] = '\0';
	while (*p) {
		size_t n = strcspn(p, "/");

		if (n == 2 && !memcmp(p, "..", 2) &&
		    (drop_component(out, &len) || (len == 1 && *out == '/'))) {
			;	/* done */
		} else if (n && !(n == 1 && *p == '.')) {
			if (len && out[len - 1] != '/')
				out[len++] = '/';
			memcpy(out + len, p, n);
			len += n;
			out[len] = '\0';
		}
		p += n;
		p += strspn(p, "/");
	}
}

/* Joined, cleaned; NULL when out of memory. */
static char *path_absolute(const char *dir, const char *file)
{
	char *joined KMC_AUTO_FREE = NULL;
	char *clean;
	size_t len = dir ? strlen(dir) : 0;

	/* libdw has put a directory 0 in front already, and that is @dir. */
	if (*file == '/' || !len || (!strncmp(file, dir, len) &&
				     file[len] == '/'))
		joined = strdup(file);
	else if (asprintf(&joined, "%s/%s", dir, file) < 0)
		joined = NULL;
	if (!joined)
		return NULL;
	clean = malloc(strlen(joined) + 2);
	if (clean)
		path_clean(clean, joined);
	return clean;
}

/* Where in @path the part below @dir starts, 0 if it is not below it. */
static size_t path_below(const char *path, const char *dir)
{
	size_t len = dir ? strlen(dir) : 0;

	if (!len || strncmp(path, dir, len) || path[len] != '/' ||
	    !path[len + 1])
		return 0;
	return len + 1;
}

char *kmc_source_path_new(const struct kmc_image *image, const char *file,
			  const char *comp_dir)
{
	char *dir KMC_AUTO_FREE = NULL;
	size_t skip, other;
	char *path;

	path = path_absolute(comp_dir, file);
	if (comp_dir)
		dir = path_absolute(NULL, comp_dir);
	if (!path || (comp_dir && !dir)) {
		free(path);
		return NULL;
	}
	skip = path_below(path, dir);
	other = path_below(path, image->source_root);
	if (other > skip)
		skip = other;
	memmove(path, path + skip, strlen(path + skip) + 1);
	return path;
}

char *kmc_source_root(Dwarf *dwarf)
{
	static const char known[] = "/init/main.c";
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	for (int n = 0; n < MAX_CUS_TO_ROOT &&
	     !dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL); n++) {
		Dwarf_Attribute attr;
		const char *name = dwarf_diename(&die), *dir;
		size_t len;
		char *path;

		dir = dwarf_formstring(dwarf_attr(&die, DW_AT_comp_dir, &attr));
		path = name ? path_absolute(dir, name) : NULL;
		len = path ? strlen(path) : 0;
		if (len >= sizeof(known) &&
		    !strcmp(path + len - (sizeof(known) - 1), known)) {
			path[len - (sizeof(known) - 1)] = '\0';
			return path;
		}
		free(path);
	}
	return NULL;
}

static void release_paths(void *cache)
{
	kmc_map_release(cache, free);
}

/* libdw's file name → ours */
static const struct kmc_cache_ops path_cache = {
	.size = sizeof(struct kmc_map), .release = release_paths,
};

const char *kmc_source_path(struct kmc_image *image, const char *file,
			    const char *comp_dir)
{
	/* libdw keeps one copy of each name for each CU, so its address is key
	 * enough.
	 */
	const uint64_t key = (uintptr_t)file;
	struct kmc_map *paths = kmc_image_cache(image, &path_cache);
	char *path;

	if (!file || !*file || !paths)
		return NULL;
	path = kmc_map_get(paths, key);
	if (path)
		return path;
	path = kmc_source_path_new(image, file, comp_dir);
	if (path && !kmc_map_put(paths, key, path)) {
		free(path);
		path = NULL;
	}
	return path;
}

const char *kmc_source_declaring(struct kmc_image *image, Dwarf_Die *type)
{
	const char *file = dwarf_decl_file(type);
	Dwarf_Attribute attr;
	Dwarf_Die cu;

	if (!file || !dwarf_diecu(type, &cu, NULL, NULL))
		return NULL;
	return kmc_source_path(image, file, dwarf_formstring(
				       dwarf_attr(&cu, DW_AT_comp_dir, &attr)));
}
