// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types that are in modules only. There are thousands of modules, so each is opened
 * when it is asked for, and BTF, which takes a millisecond, comes before DWARF.
 */
#include "kmc/layout.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "debuginfo/modules.h"
#include "types/types.h"

/**
 * struct module - a file
 * @types: NULL: not opened, or there are none
 * @btf_tried, @dwarf_tried: there is no sense in looking again
 */
struct module {
	struct kmc_types *types;
	bool btf_tried;
	bool dwarf_tried;
};

/*
 * struct kmc_modules - modules of one kernel
 * @kernel: types that theirs continue, borrowed
 */
struct kmc_modules {
	struct kmc_types *kernel;
	struct kmc_module_files files;
	struct module *v;
};

static int is_raw(const struct dirent *entry)
{
	return *entry->d_name != '.' && strcmp(entry->d_name, "vmlinux");
}

static struct kmc_error *add_raw(struct kmc_module_files *files, const char *dir,
				 const char *name)
{
	struct kmc_module_file *file = kmc_grow(&files->v, files->count, sizeof(*file));

	if (!file)
		return kmc_error_nomem();
	*file = (struct kmc_module_file){ .name = strdup(name) };
	if (asprintf(&file->path, "%s/%s", dir, name) < 0)
		file->path = NULL;
	files->count++;
	return file->name && file->path ? NULL : kmc_error_nomem();
}

static struct kmc_error *scan_raw(struct kmc_module_files *files, const char *dir)
{
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, is_raw, alphasort);
	struct kmc_error *err = NULL;

	if (count < 0)
		return kmc_error_os(errno, dir, "cannot look for modules there");
	for (int i = 0; i < count; i++) {
		if (!err)
			err = add_raw(files, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static struct kmc_error *open_modules(const char *path, struct kmc_types *kernel,
				      struct kmc_error *(*scan)(struct kmc_module_files *files,
								const char *path),
				      struct kmc_modules **out)
{
	struct kmc_modules *modules = calloc(1, sizeof(*modules));
	struct kmc_error *err;

	if (!modules)
		return kmc_error_nomem();
	modules->kernel = kernel;
	err = scan(&modules->files, path);
	if (!err) {
		modules->v = calloc(modules->files.count + 1, sizeof(*modules->v));
		if (!modules->v)
			err = kmc_error_nomem();
	}
	if (err)
		kmc_modules_free(modules);
	else
		*out = modules;
	return err;
}

struct kmc_error *kmc_modules_open(const char *path, struct kmc_types *kernel,
				   struct kmc_modules **out)
{
	return open_modules(path, kernel, kmc_modules_scan, out);
}

struct kmc_error *kmc_modules_open_btf(const char *dir, struct kmc_types *kernel,
				       struct kmc_modules **out)
{
	return open_modules(dir, kernel, scan_raw, out);
}

void kmc_modules_free(struct kmc_modules *modules)
{
	if (!modules)
		return;
	for (size_t i = 0; modules->v && i < modules->files.count; i++)
		kmc_types_free(modules->v[i].types);
	free(modules->v);
	kmc_modules_release(&modules->files);
	free(modules);
}

size_t kmc_modules_count(const struct kmc_modules *modules)
{
	return modules->files.count;
}

const char *kmc_modules_path(const struct kmc_modules *modules, size_t i)
{
	return i < modules->files.count ? modules->files.v[i].path : NULL;
}

/* Most have only one of both, which is no failure, and a damaged one has neither. */
static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

struct kmc_error *kmc_modules_types(struct kmc_modules *modules, size_t i, bool quick,
				    struct kmc_types **out)
{
	const char *path = kmc_modules_path(modules, i);
	struct kmc_error *err = NULL;
	struct module *module;

	*out = NULL;
	if (!path)
		return NULL;
	module = &modules->v[i];
	if (!module->types && !module->btf_tried) {
		module->btf_tried = true;
		err = only_nomem(kmc_types_open_module_btf(path, modules->kernel,
							   &module->types));
	}
	if (!err && !module->types && !quick && !module->dwarf_tried) {
		module->dwarf_tried = true;
		err = only_nomem(kmc_types_open_dwarf(path, &module->types));
	}
	*out = module->types;
	return err;
}

struct kmc_error *kmc_modules_named(struct kmc_modules *modules, const char *name,
				    struct kmc_types **out)
{
	*out = NULL;
	for (size_t i = 0; i < modules->files.count; i++)
		if (!strcmp(modules->files.v[i].name, name))
			return kmc_modules_types(modules, i, false, out);
	return NULL;
}

static struct kmc_error *find_in(struct kmc_types *types, const char *name,
				 kmc_type_id **ids, size_t *count)
{
	struct kmc_error *err = kmc_types_find(types, name, ids, count);

	if (!err || err->code != KMC_ERROR_NOT_FOUND)
		return err;
	kmc_error_free(err);
	return kmc_types_find_enum(types, name, ids, count);
}

struct kmc_error *kmc_modules_find(struct kmc_modules *modules, const char *name,
				   struct kmc_types **types, kmc_type_id **ids,
				   size_t *count)
{
	struct kmc_error *err = NULL;

	*types = NULL;
	/* First where it takes milliseconds. */
	for (int quick = 1; quick >= 0; quick--) {
		for (size_t i = 0; i < modules->files.count; i++) {
			struct kmc_types *in;

			if (!quick && modules->v[i].types)
				continue;
			err = kmc_modules_types(modules, i, quick, &in);
			if (!err && in)
				err = find_in(in, name, ids, count);
			else if (!err)
				continue;
			if (!err) {
				*types = in;
				return NULL;
			}
			err = only_nomem(err);
			if (err)
				return err;
			/* What was read of it for this is not small. */
			if (!quick) {
				kmc_types_free(in);
				modules->v[i] = (struct module) { .btf_tried = true };
			}
		}
	}
	return NULL;
}
