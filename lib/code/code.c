// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bytes of an image at link-time addresses. A module is relocated as far as
 * its own sections go, because its calls and jumps are relocations.
 */
#include "code/code.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/error.h"

/* More than any kernel has; a damaged file may claim anything. */
#define MAX_SECTIONS		65536
#define MAX_SYMBOLS		(16u << 20)

/* ---- sections ---- */

static struct kmc_error *add_section(struct kmc_code *code, Elf_Scn *scn,
				     const GElf_Shdr *shdr, const char *name,
				     uint64_t bias)
{
	struct kmc_code_section *section;
	Elf_Data *data;

	if (!(shdr->sh_flags & SHF_ALLOC) || shdr->sh_type != SHT_PROGBITS ||
	    !shdr->sh_size || shdr->sh_addr + shdr->sh_size < shdr->sh_addr)
		return NULL;
	data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf || data->d_size != shdr->sh_size)
		return NULL;
	section = kmc_grow(&code->sections, code->nsections, sizeof(*section));
	if (!section)
		return kmc_error_nomem();
	section->start = shdr->sh_addr + bias;
	section->end = section->start + shdr->sh_size;
	section->bytes = data->d_buf;
	section->name = name ? name : "";
	section->executable = shdr->sh_flags & SHF_EXECINSTR;
	code->nsections++;
	return NULL;
}

static int section_compare(const void *pa, const void *pb)
{
	const struct kmc_code_section *a = pa, *b = pb;

	return a->start < b->start ? -1 : a->start > b->start;
}

static struct kmc_error *read_sections(struct kmc_code *code, Elf *elf,
				       uint64_t bias)
{
	struct kmc_error *err = NULL;
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	for (int n = 0; !err && n < MAX_SECTIONS; n++) {
		GElf_Shdr shdr;

		scn = elf_nextscn(elf, scn);
		if (!scn)
			break;
		if (gelf_getshdr(scn, &shdr))
			err = add_section(code, scn, &shdr,
					  elf_strptr(elf, names, shdr.sh_name),
					  bias);
	}
	if (code->nsections)
		qsort(code->sections, code->nsections, sizeof(*code->sections),
		      section_compare);
	return err;
}

const struct kmc_code_section *kmc_code_section(const struct kmc_code *code,
						uint64_t address)
{
	size_t lo = 0, hi = code->nsections;

	/* The last one that starts at or before @address. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (code->sections[mid].start <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || address >= code->sections[lo - 1].end)
		return NULL;
	return &code->sections[lo - 1];
}

/* ---- relocations of a module ---- */

struct symbols {
	Elf *elf;
	Elf_Data *data;
	size_t names;
	size_t count;
	uint64_t bias;
};

static bool read_symbols(struct symbols *s, Elf_Scn *scn)
{
	GElf_Shdr shdr;

	if (!scn || !gelf_getshdr(scn, &shdr) ||
	    shdr.sh_type != SHT_SYMTAB || !shdr.sh_entsize)
		return false;
	s->data = elf_getdata(scn, NULL);
	s->names = shdr.sh_link;
	s->count = shdr.sh_size / shdr.sh_entsize;
	return s->data && s->count < MAX_SYMBOLS;
}

/* Symbols of others get addresses of their own, so that they have names. */
static bool symbol_value(struct kmc_code *code, const struct symbols *s,
			 size_t index, uint64_t *out)
{
	GElf_Shdr shdr;
	GElf_Sym sym;

	if (index >= s->count || index > INT32_MAX ||
	    !gelf_getsym(s->data, index, &sym))
		return false;
	if (sym.st_shndx == SHN_UNDEF) {
		code->names[index] = elf_strptr(s->elf, s->names, sym.st_name);
		*out = code->externals + index * KMC_EXTERNAL_SIZE;
		return true;
	}
	if (sym.st_shndx >= SHN_LORESERVE ||
	    !gelf_getshdr(elf_getscn(s->elf, sym.st_shndx), &shdr))
		return false;
	*out = sym.st_value + shdr.sh_addr + s->bias;
	return true;
}

/**
 * struct relocation - a kind of relocation that modules have
 * @elf: of this machine
 * @type: its number there
 * @size: bytes that it is written to; 0: nothing is
 * @relative: to the place where it is written
 */
struct relocation {
	unsigned int elf;
	unsigned int type;
	unsigned int size;
	bool relative;
};

static const struct relocation kinds[] = {
	{ EM_X86_64, R_X86_64_NONE, 0, false },
	{ EM_X86_64, R_X86_64_64, 8, false },
	{ EM_X86_64, R_X86_64_PC64, 8, true },
	{ EM_X86_64, R_X86_64_32, 4, false },
	{ EM_X86_64, R_X86_64_32S, 4, false },
	{ EM_X86_64, R_X86_64_PC32, 4, true },
	{ EM_X86_64, R_X86_64_PLT32, 4, true },
	{ EM_386, R_386_NONE, 0, false },
	{ EM_386, R_386_32, 4, false },
	{ EM_386, R_386_PC32, 4, true },
	{ EM_386, R_386_PLT32, 4, true },
};

static const struct relocation *kind_of(const struct kmc_code *code, unsigned int type)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(kinds); i++)
		if (kinds[i].elf == code->machine->elf && kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

/* Those of SHT_REL have their addend where they are written. */
static bool read_relocation(const struct kmc_code_section *section, Elf_Data *data, size_t i,
			    bool addends, GElf_Rela *out)
{
	const uint64_t room = section->end - section->start;
	int32_t addend = 0;
	GElf_Rel rel;

	if (addends)
		return gelf_getrela(data, i, out);
	if (!gelf_getrel(data, i, &rel))
		return false;
	if (rel.r_offset <= room && room - rel.r_offset >= sizeof(addend))
		memcpy(&addend, section->own + rel.r_offset, sizeof(addend));
	*out = (GElf_Rela){
		.r_offset = rel.r_offset, .r_info = rel.r_info, .r_addend = addend,
	};
	return true;
}

static bool relocate_one(struct kmc_code *code, struct kmc_code_section *section,
			 const struct symbols *s, const GElf_Rela *rela)
{
	const struct relocation *kind = kind_of(code, GELF_R_TYPE(rela->r_info));
	const uint64_t place = section->start + rela->r_offset;
	const uint64_t room = section->end - section->start;
	uint64_t value;

	if (kind && !kind->size)
		return true;
	if (!kind || !symbol_value(code, s, GELF_R_SYM(rela->r_info), &value) ||
	    rela->r_offset > room || room - rela->r_offset < kind->size)
		return false;
	value += rela->r_addend - (kind->relative ? place : 0);
	/* ELF files for x86 and the machines we run on are little endian. */
	memcpy(section->own + rela->r_offset, &value, kind->size);
	return true;
}

static struct kmc_error *relocate_section(struct kmc_code *code,
					  struct kmc_code_section *section,
					  const struct symbols *s,
					  Elf_Data *relas, const GElf_Shdr *shdr)
{
	const size_t size = section->end - section->start;
	const size_t count = shdr->sh_size / shdr->sh_entsize;

	if (!section->own) {
		section->own = malloc(size);
		if (!section->own)
			return kmc_error_nomem();
		memcpy(section->own, section->bytes, size);
		section->bytes = section->own;
	}
	for (size_t i = 0; i < count && i < INT32_MAX; i++) {
		GElf_Rela rela;

		if (!read_relocation(section, relas, i, shdr->sh_type == SHT_RELA, &rela))
			break;
		if (!relocate_one(code, section, s, &rela))
			code->why_not = "a relocation of the module is not understood";
	}
	return NULL;
}

static struct kmc_error *relocate_by(struct kmc_code *code, struct symbols *s,
				     Elf_Scn *scn, const GElf_Shdr *shdr)
{
	struct kmc_code_section *section;
	GElf_Shdr target;
	Elf_Data *relas;

	if ((shdr->sh_type != SHT_RELA && shdr->sh_type != SHT_REL) || !shdr->sh_entsize ||
	    !gelf_getshdr(elf_getscn(s->elf, shdr->sh_info), &target) ||
	    !(target.sh_flags & SHF_ALLOC))
		return NULL;
	section = (struct kmc_code_section *)
		kmc_code_section(code, target.sh_addr + s->bias);
	relas = elf_getdata(scn, NULL);
	if (!section || !relas)
		return NULL;
	if (!read_symbols(s, elf_getscn(s->elf, shdr->sh_link))) {
		code->why_not = "the symbols of the module cannot be read";
		return NULL;
	}
	if (!code->names) {
		code->names = calloc(s->count + 1, sizeof(*code->names));
		if (!code->names)
			return kmc_error_nomem();
		code->nnames = s->count;
	}
	if (s->count != code->nnames) {
		code->why_not = "the module has several symbol tables";
		return NULL;
	}
	return relocate_section(code, section, s, relas, shdr);
}

static struct kmc_error *relocate(struct kmc_code *code, Elf *elf,
				  uint64_t bias)
{
	struct symbols s = { .elf = elf, .bias = bias };
	struct kmc_error *err = NULL;
	Elf_Scn *scn = NULL;

	if (!code->nsections)
		return NULL;
	/* Within 2 GB of the code, where a call's displacement gets. */
	code->externals = (code->sections[code->nsections - 1].end | 0xffffff) + 1;
	for (int n = 0; !err && n < MAX_SECTIONS; n++) {
		GElf_Shdr shdr;

		scn = elf_nextscn(elf, scn);
		if (!scn)
			break;
		if (gelf_getshdr(scn, &shdr))
			err = relocate_by(code, &s, scn, &shdr);
	}
	return err;
}

/* ---- the whole ---- */

/* How far a number that is added to an address may lead from the image. */
#define MARGIN		4096

/* Where all that is loaded lies, also what has no bytes in the file. */
static void add_extent(struct kmc_code *code, const GElf_Shdr *shdr, uint64_t bias)
{
	const uint64_t start = shdr->sh_addr + bias, end = start + shdr->sh_size;

	if (!(shdr->sh_flags & SHF_ALLOC) || !start || end < start)
		return;
	if (!code->image_end || start < code->image_start)
		code->image_start = start;
	if (end > code->image_end)
		code->image_end = end;
}

static void set_extent(struct kmc_code *code, Elf *elf, uint64_t bias)
{
	Elf_Scn *scn = NULL;

	if (code->externals) {
		code->image_start = code->sections[0].start;
		code->image_end = code->externals + code->nnames * KMC_EXTERNAL_SIZE;
	} else if (code->machine->image_end) {
		code->image_start = code->machine->image_start;
		code->image_end = code->machine->image_end;
		return;
	}
	for (int n = 0; !code->externals && n < MAX_SECTIONS; n++) {
		GElf_Shdr shdr;

		scn = elf_nextscn(elf, scn);
		if (!scn)
			break;
		if (gelf_getshdr(scn, &shdr))
			add_extent(code, &shdr, bias);
	}
	code->image_start -= code->image_start < MARGIN ? code->image_start : MARGIN;
}

bool kmc_code_is_address(const struct kmc_code *code, uint64_t value)
{
	const uint64_t address = kmc_machine_cut(code->machine, value);

	return address >= code->image_start && address < code->image_end;
}

static struct kmc_error *code_load(struct kmc_code *code,
				   struct kmc_image *image)
{
	struct kmc_error *err;
	GElf_Addr bias;
	GElf_Ehdr ehdr;
	Elf *elf;

	err = kmc_image_symtab(image);
	if (err)
		return err;
	code->symtab = &image->symtab;
	/* This also lays out a module. */
	elf = dwfl_module_getelf(image->mod, &bias);
	if (!elf || !gelf_getehdr(elf, &ehdr) || !image->machine->elf)
		return kmc_error_new(KMC_ERROR_FORMAT, image->path, 0,
				     "has no code for x86");
	code->machine = image->machine;
	err = read_sections(code, elf, bias);
	if (!err && ehdr.e_type == ET_REL)
		err = relocate(code, elf, bias);
	set_extent(code, elf, bias);
	if (!err && !code->why_not &&
	    !kmc_code_read_patches(code, image->mod))
		err = kmc_error_nomem();
	return err;
}

static void code_release(void *cache)
{
	struct kmc_code *code = cache;

	for (size_t i = 0; i < code->nsections; i++)
		free(code->sections[i].own);
	free(code->sections);
	free(code->patches);
	free(code->names);
	kmc_map_release(&code->changes, NULL);
	kmc_map_release(&code->answers, free);
	kmc_map_release(&code->entries, free);
	*code = (struct kmc_code) { };
}

static const struct kmc_cache_ops code_cache = {
	.size = sizeof(struct kmc_code), .release = code_release,
};

struct kmc_error *kmc_code_get(struct kmc_image *image, struct kmc_code **out)
{
	struct kmc_code *code = kmc_image_cache(image, &code_cache);
	struct kmc_error *err;

	if (!code)
		return kmc_error_nomem();
	if (!code->loaded) {
		err = code_load(code, image);
		if (err) {
			code_release(code);
			return err;
		}
		code->loaded = true;
	}
	*out = code;
	return NULL;
}

struct kmc_error *kmc_image_code(struct kmc_image *image, uint64_t address,
				 size_t want, const uint8_t **bytes,
				 size_t *len)
{
	const struct kmc_code_section *section;
	struct kmc_code *code;
	struct kmc_error *err;

	err = kmc_code_get(image, &code);
	if (err)
		return err;
	section = kmc_code_section(code, address);
	if (!section || !section->executable)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, image->path, 0,
				     "has no code at 0x%llx",
				     (unsigned long long)address);
	*bytes = section->bytes + (address - section->start);
	*len = section->end - address < want ? section->end - address : want;
	return NULL;
}
