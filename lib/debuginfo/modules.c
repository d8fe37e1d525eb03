// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which file is which module: .ko, .ko.debug, and compressed ones, below some
 * directories.
 */
#include "debuginfo/modules.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

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

/* The value of a key in .modinfo, which is "key=value" with a NUL behind each. */
static char *modinfo_value(const Elf_Data *data, const char *key)
{
	const char *p = data->d_buf, *end = p + data->d_size;
	size_t len = strlen(key);

	while (p < end) {
		size_t n = strnlen(p, end - p);

		if (n > len && !memcmp(p, key, len) && p[len] == '=') {
			p += len + 1;
			return strndup(p, n - len - 1);
		}
		p += n + 1;
	}
	return NULL;
}

char *kmc_module_release(const struct kmc_image *image)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(image->mod, &bias);
	char *release = NULL;
	Elf_Scn *scn = NULL;
	size_t strings;

	if (!elf || elf_getshdrstrndx(elf, &strings))
		return NULL;
	while (!release && (scn = elf_nextscn(elf, scn))) {
		const char *name;
		Elf_Data *data;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, strings, shdr.sh_name);
		if (!name || strcmp(name, ".modinfo"))
			continue;
		data = elf_rawdata(scn, NULL);
		if (data && data->d_buf)
			release = modinfo_value(data, "vermagic");
	}
	/* "6.1.0 SMP preempt mod_unload" */
	if (release)
		release[strcspn(release, " ")] = '\0';
	return release;
}

/* In modules only, and those are freed when it has started. */
static bool is_init_section(Elf *elf, size_t strings, const GElf_Shdr *shdr)
{
	const char *name = elf_strptr(elf, strings, shdr->sh_name);

	return !name || !strncmp(name, ".init", 5);
}

/*
 * The kernel puts the sections with code first, in the order of the file, each
 * aligned as it asks for (layout_sections() in kernel/module/main.c).
 */
bool kmc_module_link_address(struct kmc_image *image, uint64_t offset,
			     uint64_t *out)
{
	const uint64_t flags = SHF_ALLOC | SHF_EXECINSTR;
	uint64_t start = 0, end = 0;
	Elf_Scn *scn = NULL;
	GElf_Addr bias;
	GElf_Ehdr ehdr;
	size_t strings;
	GElf_Shdr shdr;
	Elf *elf;

	elf = dwfl_module_getelf(image->mod, &bias);
	if (!elf || !gelf_getehdr(elf, &ehdr) || ehdr.e_type != ET_REL ||
	    elf_getshdrstrndx(elf, &strings))
		return false;
	while (offset >= end && (scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &shdr) ||
		    (shdr.sh_flags & flags) != flags ||
		    is_init_section(elf, strings, &shdr))
			continue;
		start = end;
		if (shdr.sh_addralign > 1)
			start += -start % shdr.sh_addralign;
		end = start + shdr.sh_size;
	}
	if (!scn || offset < start)
		return false;
	*out = shdr.sh_addr + bias + (offset - start);
	return true;
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
