// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The debug sections of an ELF file for libdwarf. libdwfl opens the file: it
 * unpacks modules, relocates their debug info and leaves that of a linked kernel
 * alone, and libdwarf's own reader of ELF never sees it.
 */
#include "debuginfo/sections.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/error.h"
#include "debuginfo/image.h"
#include "kmc/kmc.h"

/* What describes types, and where its strings and lists are. */
static const char *const wanted[] = {
	".debug_info", ".debug_types", ".debug_abbrev", ".debug_str", ".debug_line_str",
	".debug_str_offsets", ".debug_addr",
};

/* What gcc -gz=zlib-gnu calls .zdebug_info, libdw has unpacked where it is. */
static const char *wanted_name(const char *name)
{
	const bool packed = name && !strncmp(name, ".zdebug_", 8);

	for (size_t i = 0; name && i < KMC_ARRAY_SIZE(wanted); i++)
		if (!strcmp(name + packed + 1, wanted[i] + 1))
			return wanted[i];
	return NULL;
}

static struct kmc_error *add_section(struct kmc_sections *sections,
				     const char *name, Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	struct kmc_section *section;

	if (!data || !data->d_buf || !data->d_size)
		return NULL;
	for (size_t i = 0; i < sections->count; i++)
		if (sections->v[i].name == name)
			return NULL;
	section = kmc_grow(&sections->v, sections->count, sizeof(*section));
	if (!section)
		return kmc_error_nomem();
	*section = (struct kmc_section){ .name = name, .data = data->d_buf, .size = data->d_size };
	sections->count++;
	return NULL;
}

static struct kmc_error *find_sections(Elf *elf, const char *path,
				       struct kmc_sections *sections)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (!elf || elf_getshdrstrndx(elf, &strings))
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "has damaged section headers; copy it again");
	while ((scn = elf_nextscn(elf, scn))) {
		struct kmc_error *err = NULL;
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
			continue;
		name = wanted_name(elf_strptr(elf, strings, shdr.sh_name));
		if (name)
			err = add_section(sections, name, scn);
		if (err)
			return err;
	}
	return NULL;
}

struct kmc_error *kmc_sections_of_image(struct kmc_image *image,
					struct kmc_sections *out)
{
	struct kmc_sections sections = { };
	struct kmc_error *err;

	err = find_sections(dwarf_getelf(image->dwarf), image->path, &sections);
	if (err)
		kmc_sections_release(&sections);
	else
		*out = sections;
	return err;
}

struct kmc_error *kmc_sections_of_shared(struct kmc_image *image, struct kmc_sections *out)
{
	Dwarf *shared = dwarf_getalt(image->dwarf);

	*out = (struct kmc_sections){ };
	return shared ? find_sections(dwarf_getelf(shared), image->path, out) : NULL;
}

struct kmc_error *kmc_sections_open_dwarf(const char *path,
					  struct kmc_sections *out)
{
	struct kmc_image *image;
	struct kmc_error *err;

	err = kmc_image_open(NULL, path, NULL, &image);
	if (err)
		return err;
	err = kmc_sections_of_image(image, out);
	if (err)
		kmc_image_free(image);
	else
		out->file = image;
	return err;
}

void kmc_sections_release(struct kmc_sections *sections)
{
	for (size_t i = 0; i < sections->count; i++)
		free(sections->v[i].owned);
	free(sections->v);
	kmc_image_free(sections->file);
	*sections = (struct kmc_sections){ };
}
