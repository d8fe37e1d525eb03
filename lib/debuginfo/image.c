// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An ELF file opened through libdwfl, which lays out and relocates modules
 * (ET_REL) and unpacks compressed ones; vmlinux goes the same way.
 */
#include "debuginfo/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/unpack_file.h"

/*
 * A vmlinux has its debug info inside, that was checked; a module may have it in
 * a file of its own, found by build-ID or .gnu_debuglink, or at a server.
 */
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

/* The file itself, or what it is when unpacked. */
static struct kmc_error *image_fd(const char *path, int *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kmc_error *err = NULL;
	struct stat st;

	if (fd < 0)
		return kmc_error_os(errno, path, "cannot open");
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode))
		err = kmc_error_os(EISDIR, path, "cannot read");
	if (!err)
		err = kmc_unpack_file(path, fd, out);
	if (err)
		close(fd);
	return err;
}

/* Whether it can be read or not. */
static bool has_dwarf(const struct kmc_image *image)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(image->mod, &bias);
	Elf_Scn *scn = NULL;
	size_t strings;

	if (!elf || elf_getshdrstrndx(elf, &strings))
		return true;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		const char *name = gelf_getshdr(scn, &shdr) ?
				   elf_strptr(elf, strings, shdr.sh_name) : NULL;

		if (name && strstr(name, "debug_info"))
			return true;
	}
	return false;
}

static const struct kmc_machine *machine_of(const struct kmc_image *image)
{
	GElf_Addr bias;
	GElf_Ehdr ehdr;
	Elf *elf = image->mod ? dwfl_module_getelf(image->mod, &bias) : NULL;

	return kmc_machine_of(elf && gelf_getehdr(elf, &ehdr) ? ehdr.e_machine : EM_NONE);
}

static struct kmc_error *image_load(struct kmc_image *image,
				    struct kmc_debuginfod *fetch)
{
	struct kmc_error *err;
	const char *why;
	int fd;

	err = image_fd(image->path, &fd);
	if (err)
		return err;
	image->dwfl = dwfl_begin(&callbacks);
	if (!image->dwfl) {
		close(fd);
		return kmc_error_nomem();
	}
	kmc_debuginfod_watch(fetch, image->dwfl);
	dwfl_report_begin(image->dwfl);
	/* Takes over fd when it succeeds. */
	image->mod = dwfl_report_offline(image->dwfl, "", image->path, fd);
	if (!image->mod)
		close(fd);
	dwfl_report_end(image->dwfl, NULL, NULL);
	if (image->mod)
		image->dwarf = dwfl_module_getdwarf(image->mod, &image->bias);
	if (image->dwarf)
		return NULL;
	why = image->mod ? kmc_elf_unread(dwfl_module_getelf(image->mod, &image->bias)) : NULL;
	if (why)
		return kmc_error_new(KMC_ERROR_FORMAT, image->path, 0, "%s", why);
	if (image->mod && !has_dwarf(image))
		return kmc_error_new(KMC_ERROR_FORMAT, image->path, 0,
				     "has no usable debug info: it was stripped of DWARF, or built without -g");
	return kmc_error_new(KMC_ERROR_FORMAT, image->path, 0,
			     "has no usable debug info: %s", dwfl_errmsg(-1));
}

struct kmc_error *kmc_image_open(const char *name, const char *path,
				 struct kmc_debuginfod *fetch,
				 struct kmc_image **out)
{
	struct kmc_image *image = calloc(1, sizeof(*image));
	struct kmc_error *err;

	if (!image)
		return kmc_error_nomem();
	image->name = name ? strdup(name) : NULL;
	image->path = path ? strdup(path) : NULL;
	if ((name && !image->name) || (path && !image->path))
		err = kmc_error_nomem();
	else
		err = path ? image_load(image, fetch) : NULL;
	image->machine = machine_of(image);
	if (err)
		kmc_image_free(image);
	else
		*out = image;
	return err;
}

struct kmc_error *kmc_image_symtab(struct kmc_image *image)
{
	struct kmc_error *err;

	if (image->symtab_ready)
		return NULL;
	err = kmc_symtab_load(&image->symtab, image->mod);
	image->symtab_ready = !err;
	return err;
}

struct kmc_image_cache {
	const struct kmc_cache_ops *ops;
	struct kmc_image_cache *next;
	/* What is kept, aligned for anything. */
	max_align_t data[];
};

void *kmc_image_cache(struct kmc_image *image, const struct kmc_cache_ops *ops)
{
	struct kmc_image_cache *cache;

	for (cache = image->caches; cache; cache = cache->next)
		if (cache->ops == ops)
			return cache->data;
	cache = calloc(1, sizeof(*cache) + ops->size);
	if (!cache)
		return NULL;
	cache->ops = ops;
	cache->next = image->caches;
	image->caches = cache;
	return cache->data;
}

static void free_caches(struct kmc_image_cache *cache)
{
	while (cache) {
		struct kmc_image_cache *next = cache->next;

		if (cache->ops->release)
			cache->ops->release(cache->data);
		free(cache);
		cache = next;
	}
}

void kmc_image_free(struct kmc_image *image)
{
	if (!image)
		return;
	free_caches(image->caches);
	kmc_symtab_release(&image->symtab);
	kmc_error_free(image->refusal);
	dwfl_end(image->dwfl);
	free(image->path);
	free(image->name);
	free(image);
}
