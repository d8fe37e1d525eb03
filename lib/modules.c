// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which file is which module: .ko, .ko.debug, and compressed ones, below some
 * directories.
 */
#include <errno.h>
#include <fts.h>

#include "debuginfo.h"

/* What may follow the name; all of them are read by libdwfl. */
static const char *const suffixes[] = {
	".ko", ".ko.debug", ".ko.xz", ".ko.zst", ".ko.gz",
};

char *kmc_module_name(const char *filename)
{
	size_t len = strlen(filename);

	for (size_t i = 0; i < KMC_ARRAY_SIZE(suffixes); i++) {
		size_t suffix = strlen(suffixes[i]);
		char *name;

		if (len <= suffix || strcmp(filename + len - suffix,
					    suffixes[i]))
			continue;
		name = strndup(filename, len - suffix);
		/* Kbuild makes the module's name so from the file's. */
		for (char *p = name; p && *p; p++)
			if (*p == '-')
				*p = '_';
		return name;
	}
	return NULL;
}

static bool may_be_module(const FTSENT *entry)
{
	return strstr(entry->fts_name, ".ko") &&
	       (entry->fts_info == FTS_F || entry->fts_info == FTS_NSOK ||
		entry->fts_info == FTS_SL);
}

static struct kmc_error *modules_add(struct kmc_module_files *files,
				     const char *filename, const char *path)
{
	char *name = kmc_module_name(filename);
	struct kmc_module_file *file;

	if (!name)
		return NULL;
	file = kmc_grow(&files->v, files->count, sizeof(*file));
	if (file)
		file->path = strdup(path);
	if (!file || !file->path) {
		free(name);
		return kmc_error_nomem();
	}
	file->name = name;
	files->count++;
	return NULL;
}

struct kmc_error *kmc_modules_scan(struct kmc_module_files *files,
				   const char *dir)
{
	/* No stat: a build tree has 100,000 files, and names are enough. */
	const int options = FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT |
			    FTS_COMFOLLOW;
	char *const roots[] = { (char *)dir, NULL };
	struct kmc_error *err = NULL;
	FTSENT *entry;
	FTS *fts;

	fts = fts_open(roots, options, NULL);
	if (!fts)
		return errno == ENOMEM ? kmc_error_nomem() : NULL;
	while (!err && (entry = fts_read(fts)))
		if (may_be_module(entry))
			err = modules_add(files, entry->fts_name,
					  entry->fts_path);
	fts_close(fts);
	return err;
}

void kmc_modules_release(struct kmc_module_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->v[i].name);
		free(files->v[i].path);
	}
	free(files->v);
	*files = (struct kmc_module_files){ };
}
