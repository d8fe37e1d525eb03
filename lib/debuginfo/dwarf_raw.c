// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sections of DWARF, and how long an attribute is.
 */
#include "debuginfo/dwarf_raw.h"

#include <dwarf.h>
#include <string.h>

#include "base/compiler.h"

int kmc_form_size(uint64_t form, const struct kmc_form_sizes *sizes)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_addr:
		return sizes->address;
	case DW_FORM_ref_addr:
		return sizes->version < 3 ? sizes->address : sizes->offset;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_sec_offset:
		return sizes->offset;
	}
	return -1;
}

void kmc_form_skip(struct kmc_bytes *bytes, uint64_t form,
		   const struct kmc_form_sizes *sizes)
{
	const int size = kmc_form_size(form, sizes);

	if (size >= 0) {
		kmc_bytes_skip(bytes, size);
		return;
	}
	switch (form) {
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		kmc_bytes_uleb(bytes);
		break;
	case DW_FORM_string:
		kmc_bytes_string(bytes);
		break;
	case DW_FORM_exprloc:
	case DW_FORM_block:
		kmc_bytes_skip(bytes, kmc_bytes_uleb(bytes));
		break;
	case DW_FORM_block1:
		kmc_bytes_skip(bytes, kmc_bytes_number(bytes, 1));
		break;
	case DW_FORM_block2:
		kmc_bytes_skip(bytes, kmc_bytes_number(bytes, 2));
		break;
	case DW_FORM_block4:
		kmc_bytes_skip(bytes, kmc_bytes_number(bytes, 4));
		break;
	default:
		kmc_bytes_fail(bytes);
	}
}

static struct kmc_bytes section_bytes(Elf_Scn *scn)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	const uint8_t *start = data ? data->d_buf : NULL;

	if (!start)
		return (struct kmc_bytes) { };
	return (struct kmc_bytes) { .p = start, .end = start + data->d_size };
}

static void find_sections(Elf *elf, struct kmc_raw_sections *raw)
{
	const struct {
		const char *name;
		struct kmc_bytes *bytes;
	} wanted[] = {
		{ ".debug_info", &raw->info },
		{ ".debug_abbrev", &raw->abbrev },
		{ ".debug_line", &raw->line },
		{ ".debug_line_str", &raw->line_str },
		{ ".debug_str", &raw->str },
	};
	Elf_Scn *scn = NULL;
	size_t strings;

	if (!elf || elf_getshdrstrndx(elf, &strings))
		return;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, strings, shdr.sh_name);
		/* As in libdw, the first of several counts. */
		for (size_t i = 0; name && i < KMC_ARRAY_SIZE(wanted); i++)
			if (!strcmp(name, wanted[i].name) && !wanted[i].bytes->p)
				*wanted[i].bytes = section_bytes(scn);
	}
}

struct raw_cache {
	struct kmc_raw_sections raw;
	bool found;
};

static const struct kmc_cache_ops raw_cache = {
	.size = sizeof(struct raw_cache), /* the bytes are libdw's */
};

const struct kmc_raw_sections *kmc_image_raw(struct kmc_image *image)
{
	struct raw_cache *cache = kmc_image_cache(image, &raw_cache);

	if (!cache)
		return NULL;
	if (!cache->found)
		find_sections(dwarf_getelf(image->dwarf), &cache->raw);
	cache->found = true;
	return &cache->raw;
}
