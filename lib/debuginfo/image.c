// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An ELF file opened through libdwfl, which lays out and relocates modules
 * (ET_REL) and unpacks compressed ones; vmlinux goes the same way.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "code/code.h"
#include "debuginfo/dwarf_raw.h"
#include "debuginfo/vars.h"

/*
 * A vmlinux has its debug info inside, that was checked; a module may have it in
 * a file of its own, found by build-ID or .gnu_debuglink, or at a server.
 */
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

/* The file itself, or what it is when unpacked; libdw unpacks the other kinds. */
static struct kmc_error *image_fd(const char *path, int *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kmc_error *err = NULL;

	if (fd < 0)
		return kmc_error_os(errno, path, "cannot open");
	if (!kmc_is_zstd(fd)) {
		*out = fd;
		return NULL;
	}
	err = kmc_unzstd(path, fd, out);
	close(fd);
	return err;
}

static struct kmc_error *image_load(struct kmc_image *image,
				    struct kmc_fetch *fetch)
{
	struct kmc_error *err;
	int fd;

	err = image_fd(image->path, &fd);
	if (err)
		return err;
	image->dwfl = dwfl_begin(&callbacks);
	if (!image->dwfl) {
		close(fd);
		return kmc_error_nomem();
	}
	kmc_fetch_watch(fetch, image->dwfl);
	dwfl_report_begin(image->dwfl);
	/* Takes over fd when it succeeds. */
	image->mod = dwfl_report_offline(image->dwfl, "", image->path, fd);
	if (!image->mod)
		close(fd);
	dwfl_report_end(image->dwfl, NULL, NULL);
	if (image->mod)
		image->dwarf = dwfl_module_getdwarf(image->mod, &image->bias);
	if (!image->dwarf)
		return kmc_error_new(KMC_ERROR_FORMAT, image->path, 0,
				     "has no usable debug info: %s",
				     dwfl_errmsg(-1));
	return NULL;
}

struct kmc_error *kmc_image_open(const char *name, const char *path,
				 struct kmc_fetch *fetch,
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

static void free_ranges(void *value)
{
	kmc_ranges_release(value);
	free(value);
}

static void free_lines(void *value)
{
	kmc_lines_free(value);
}

static void free_vars(void *value)
{
	kmc_vars_free(value);
}

void kmc_image_free(struct kmc_image *image)
{
	if (!image)
		return;
	kmc_code_free(image->code);
	kmc_map_release(&image->functions, free_ranges);
	kmc_map_release(&image->chains, free);
	kmc_map_release(&image->lines, free_lines);
	kmc_map_release(&image->paths, free);
	free(image->raw);
	kmc_ranges_release(&image->cus);
	kmc_symtab_release(&image->symtab);
	kmc_map_release(&image->vars, free_vars);
	kmc_map_release(&image->pointees, free);
	kmc_map_release(&image->type_places, free);
	kmc_types_free(image->btf);
	kmc_types_free(image->dwarf_types);
	dwfl_end(image->dwfl);
	free(image->path);
	free(image->name);
	free(image);
}
