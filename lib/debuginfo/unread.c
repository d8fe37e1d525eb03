// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug info that lies where it is not read: better said than taken for none.
 */
#include "debuginfo/image.h"
#include "debuginfo/sections.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

static const char split[] = "has its types and variables in .dwo files, which are not read for reports: build without CONFIG_DEBUG_INFO_SPLIT or -gsplit-dwarf";
static const char type_units[] = "has types in units of their own, in .debug_types, which are not read for reports: build without -fdebug-types-section or with -gdwarf-5";
static const char shared[] = "shares debug info with another file, which is not read for reports: take what it was before dwz -m";
static const char gone[] = "shares debug info with another file, which is not where its .gnu_debugaltlink says: it is what dwz -m has written";
static const char supplementary[] = "shares debug info with another file in the way of DWARF 5, which is not read: dwz -m without --dwarf-5 makes what is";
static const char zstd[] = "has debug info compressed with zstd, which libdw cannot unpack here: objcopy --decompress-debug-sections makes what is read";

/* Not in every elf.h */
#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD	2
#endif

struct unread {
	bool tried;
	const char *why;
};

static const struct kmc_cache_ops unread_cache = { .size = sizeof(struct unread) };

static bool is_zstd(Elf_Scn *scn, const char *name)
{
	GElf_Chdr chdr;

	return !strncmp(name, ".debug_", 7) && gelf_getchdr(scn, &chdr) &&
	       chdr.ch_type == ELFCOMPRESS_ZSTD;
}

const char *kmc_elf_unread(Elf *elf)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (!elf || elf_getshdrstrndx(elf, &strings))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;
		GElf_Shdr shdr;

		name = gelf_getshdr(scn, &shdr) ? elf_strptr(elf, strings, shdr.sh_name) : NULL;
		if (name && is_zstd(scn, name))
			return zstd;
		if (name && !strcmp(name, ".debug_sup"))
			return supplementary;
		if (name && !strcmp(name, ".gnu_debugaltlink"))
			return shared;
		if (name && (!strcmp(name, ".debug_types") || !strcmp(name, ".zdebug_types")))
			return type_units;
	}
	return NULL;
}

/* Each unit would be opened that is asked for what it stands for. */
static const char *find_units(Dwarf *dwarf)
{
	Dwarf_CU *unit = NULL;
	uint8_t type;

	while (!dwarf_get_units(dwarf, unit, &unit, NULL, &type, NULL, NULL)) {
		if (type == DW_UT_skeleton)
			return split;
	}
	return NULL;
}

const char *kmc_image_unread(struct kmc_image *image)
{
	struct unread *unread = kmc_image_cache(image, &unread_cache);

	if (!unread || !image->dwarf)
		return NULL;
	if (unread->tried)
		return unread->why;
	unread->tried = true;
	unread->why = kmc_elf_unread(dwarf_getelf(image->dwarf));
	if (unread->why == shared && !dwarf_getalt(image->dwarf))
		unread->why = gone;
	if (!unread->why)
		unread->why = find_units(image->dwarf);
	return unread->why;
}

bool kmc_image_is_split(struct kmc_image *image)
{
	const char *why = kmc_image_unread(image);

	return why == split || (why && find_units(image->dwarf));
}

bool kmc_image_types_are_read(struct kmc_image *image)
{
	const char *why = kmc_image_unread(image);

	return !why || why == split || why == type_units || why == shared;
}
