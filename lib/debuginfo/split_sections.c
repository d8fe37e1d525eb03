// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sections that skeletons stand for: in .dwo files, in the objects that were linked, or
 * all in a package, .dwp.
 */
#include "debuginfo/split_sections.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/compiler.h"
#include "base/error.h"
#include "debuginfo/image.h"

/* Sections that a row of a package's index may have. */
#define COLUMNS_MAX	16

/* What describes types: its name, and its number in the index of a package. */
static const struct {
	const char *name;
	uint32_t column;
} wanted[] = {
	{ ".debug_info.dwo", DW_SECT_INFO }, { ".debug_types.dwo", 2 },
	{ ".debug_abbrev.dwo", DW_SECT_ABBREV }, { ".debug_str_offsets.dwo", DW_SECT_STR_OFFSETS },
	{ ".debug_str.dwo", 0 },
};

/* ---- a file ---- */

/* False: it is no ELF file, or not there. */
static bool open_elf(const char *path, Elf **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	Elf *elf;

	if (fd < 0)
		return false;
	elf_version(EV_CURRENT);
	elf = !fstat(fd, &st) && S_ISREG(st.st_mode) ?
	      elf_begin(fd, ELF_C_READ_MMAP, NULL) : NULL;
	/* There may be thousands. */
	if (elf && elf_kind(elf) == ELF_K_ELF && !elf_cntl(elf, ELF_C_FDREAD)) {
		close(fd);
		*out = elf;
		return true;
	}
	elf_end(elf);
	close(fd);
	return false;
}

static const char *wanted_name(const char *name)
{
	for (size_t i = 0; name && i < KMC_ARRAY_SIZE(wanted); i++)
		if (!strcmp(name, wanted[i].name))
			return wanted[i].name;
	return NULL;
}

/* gcc puts each type unit into a section of its own; False: out of memory. */
static bool append(struct kmc_section *section, const Elf_Data *data)
{
	void *more = realloc(section->owned, section->size + data->d_size);

	if (!more)
		return false;
	if (!section->owned)
		memcpy(more, section->data, section->size);
	memcpy((char *)more + section->size, data->d_buf, data->d_size);
	section->owned = more;
	section->data = more;
	section->size += data->d_size;
	return true;
}

static bool add_data(struct kmc_sections *sections, const char *name, const Elf_Data *data)
{
	struct kmc_section *section;

	for (size_t i = 0; i < sections->count; i++)
		if (sections->v[i].name == name)
			return append(&sections->v[i], data);
	section = kmc_grow(&sections->v, sections->count, sizeof(*section));
	if (!section)
		return false;
	*section = (struct kmc_section){ .name = name, .data = data->d_buf, .size = data->d_size };
	sections->count++;
	return true;
}

static bool add_section(Elf_Scn *scn, const char *name, struct kmc_sections *sections)
{
	GElf_Shdr shdr;
	Elf_Data *data;

	if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
		return true;
	if (shdr.sh_flags & SHF_COMPRESSED)
		elf_compress(scn, 0, 0);
	data = elf_getdata(scn, NULL);
	return !data || !data->d_buf || !data->d_size || add_data(sections, name, data);
}

/* False: out of memory. */
static bool read_sections(Elf *elf, struct kmc_sections *sections)
{
	Elf_Scn *scn = NULL;
	size_t strings;
	bool ok = true;

	if (elf_getshdrstrndx(elf, &strings))
		return true;
	while (ok && (scn = elf_nextscn(elf, scn))) {
		const char *name = NULL;
		GElf_Shdr shdr;

		if (gelf_getshdr(scn, &shdr))
			name = wanted_name(elf_strptr(elf, strings, shdr.sh_name));
		ok = !name || add_section(scn, name, sections);
	}
	return ok;
}

/* Where a skeleton's file may be; false: not there. */
static bool open_at(const char *dir, size_t len, const char *name, Elf **out)
{
	char path[PATH_MAX];
	int n = len ? snprintf(path, sizeof(path), "%.*s/%s", (int)len, dir, name) :
		      snprintf(path, sizeof(path), "%s", name);

	return n > 0 && (size_t)n < sizeof(path) && open_elf(path, out);
}

/* Beside the program, or where it was compiled. */
static bool open_split(const struct kmc_image *image, const char *dir, const char *name, Elf **out)
{
	const char *slash = strrchr(image->path, '/');

	if (*name == '/')
		return open_at("", 0, name, out);
	return open_at(image->path, slash ? slash - image->path : 0, name, out) ||
	       (dir && open_at(dir, strlen(dir), name, out));
}

/* ---- a package ---- */

static const struct kmc_section *section_of(const struct kmc_sections *sections, const char *name)
{
	for (size_t i = 0; i < sections->count; i++)
		if (!strcmp(sections->v[i].name, name))
			return &sections->v[i];
	return NULL;
}

/*
 * struct package - a .dwp file
 * @sections: whole
 * @ids: of its units; @rows: of these in @table: columns, offsets, sizes
 */
struct package {
	struct kmc_sections sections;
	const uint8_t *ids;
	const uint8_t *rows;
	const uint8_t *table;
	uint32_t ncolumns;
	uint32_t nunits;
	uint32_t nslots;
};

static uint32_t number_at(const uint8_t *from, size_t i)
{
	uint32_t number;

	memcpy(&number, from + 4 * i, sizeof(number));
	return number;
}

/* False: it is damaged, or of a version that is not known. */
static bool read_index(struct package *package, const Elf_Data *data)
{
	struct kmc_bytes reader = {
		data->d_buf, (const uint8_t *)data->d_buf + data->d_size, false,
	};
	uint64_t version = kmc_bytes_number(&reader, 4), need;

	package->ncolumns = kmc_bytes_number(&reader, 4);
	package->nunits = kmc_bytes_number(&reader, 4);
	package->nslots = kmc_bytes_number(&reader, 4);
	/* The 2 is GNU's, for DWARF 4. */
	if (reader.failed || (version != 2 && (version & 0xffff) != 5) ||
	    !package->ncolumns || package->ncolumns > COLUMNS_MAX)
		return false;
	need = (uint64_t)package->nslots * 12 +
	       (2 * (uint64_t)package->nunits + 1) * package->ncolumns * 4;
	package->ids = reader.p;
	package->rows = package->ids + (uint64_t)package->nslots * 8;
	package->table = package->rows + (uint64_t)package->nslots * 4;
	return need <= kmc_bytes_left(&reader);
}

/* The row of a unit, from 1 on; 0: it is not there. */
static uint32_t find_unit(const struct package *package, uint64_t id)
{
	for (uint32_t i = 0; i < package->nslots; i++) {
		uint32_t row = number_at(package->rows, i);

		if (row && row <= package->nunits && !memcmp(package->ids + 8 * i, &id, 8))
			return row;
	}
	return 0;
}

/* False: out of memory. */
static bool add_slice(const struct kmc_section *whole, uint64_t offset, uint64_t size,
		      struct kmc_sections *out)
{
	struct kmc_section *slice;

	if (offset > whole->size || size > whole->size - offset || !size)
		return true;
	slice = kmc_grow(&out->v, out->count, sizeof(*slice));
	if (!slice)
		return false;
	*slice = (struct kmc_section){ .name = whole->name, .size = size,
				       .data = (uint8_t *)whole->data + offset };
	out->count++;
	return true;
}

/* What of each section is of the unit, as if it were a file; false: out of memory. */
static bool read_unit(const struct package *package, uint32_t row, struct kmc_sections *out)
{
	const uint32_t n = package->ncolumns;
	bool ok = true;

	for (size_t i = 0; ok && i < KMC_ARRAY_SIZE(wanted); i++) {
		const struct kmc_section *whole = section_of(&package->sections, wanted[i].name);

		if (whole && !wanted[i].column)
			ok = add_slice(whole, 0, whole->size, out);
		for (uint32_t j = 0; ok && whole && wanted[i].column && j < n; j++)
			if (number_at(package->table, j) == wanted[i].column)
				ok = add_slice(whole, number_at(package->table, row * n + j),
					       number_at(package->table,
							 (package->nunits + row) * n + j), out);
	}
	return ok;
}

static const Elf_Data *data_of(Elf *elf, const char *name)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (elf_getshdrstrndx(elf, &strings))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;
		const char *other = gelf_getshdr(scn, &shdr) ?
				    elf_strptr(elf, strings, shdr.sh_name) : NULL;

		if (other && !strcmp(other, name))
			return elf_rawdata(scn, NULL);
	}
	return NULL;
}

/* dwp writes an empty index, too. */
static bool has_units(const Elf_Data *data)
{
	return data && data->d_buf && data->d_size >= 12 && number_at(data->d_buf, 2);
}

/* It has the name of the program with .dwp behind. None is no failure. */
static struct kmc_error *open_package(const struct kmc_image *image, struct kmc_splits *splits,
				      struct package *package)
{
	const Elf_Data *index;
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s.dwp", image->path);
	Elf *elf;

	if (n < 0 || (size_t)n >= sizeof(path) || !open_elf(path, &elf))
		return NULL;
	splits->package = elf;
	if (!read_sections(elf, &package->sections))
		return kmc_error_nomem();
	index = data_of(elf, ".debug_cu_index");
	if (!index || !index->d_buf || !read_index(package, index))
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "is no package of .dwo files, or has a damaged index");
	if (has_units(data_of(elf, ".debug_tu_index")))
		return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
				     "has types in units of their own, which are not read from a .dwp: build without -fdebug-types-section, or keep the .dwo files");
	return NULL;
}

/* ---- skeletons ---- */

static const char *text_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;

	return dwarf_attr(die, name, &attr) ? dwarf_formstring(&attr) : NULL;
}

/* Without sections when it is not there. */
static struct kmc_error *read_split(const struct kmc_image *image, const struct package *package,
				    Dwarf_Die *skeleton, struct kmc_split *split)
{
	uint32_t row = find_unit(package, split->id);
	Elf *elf;

	if (row)
		return read_unit(package, row, &split->sections) ? NULL : kmc_error_nomem();
	if (!open_split(image, text_of(skeleton, DW_AT_comp_dir), split->name, &elf))
		return NULL;
	split->file = elf;
	return read_sections(elf, &split->sections) ? NULL : kmc_error_nomem();
}

static struct kmc_error *add_split(const struct kmc_image *image, const struct package *package,
				   Dwarf_Die *skeleton, uint64_t id, struct kmc_splits *splits)
{
	const char *name = text_of(skeleton, DW_AT_dwo_name);
	struct kmc_split *split;

	if (!name)
		name = text_of(skeleton, DW_AT_GNU_dwo_name);
	if (!name)
		return NULL;
	split = kmc_grow(&splits->v, splits->count, sizeof(*split));
	if (!split)
		return kmc_error_nomem();
	*split = (struct kmc_split){ .id = id, .name = strdup(name) };
	splits->count++;
	return split->name ? read_split(image, package, skeleton, split) : kmc_error_nomem();
}

struct kmc_error *kmc_splits_open(struct kmc_image *image, struct kmc_splits *out)
{
	struct package package = { };
	struct kmc_splits splits = { };
	struct kmc_error *err = open_package(image, &splits, &package);
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	while (!err && !dwarf_get_units(image->dwarf, cu, &cu, NULL, NULL, &die, NULL)) {
		uint64_t id;
		uint8_t kind;

		if (!dwarf_cu_info(cu, NULL, &kind, NULL, NULL, &id, NULL, NULL) &&
		    kind == DW_UT_skeleton)
			err = add_split(image, &package, &die, id, &splits);
	}
	splits.whole = package.sections;
	if (err)
		kmc_splits_release(&splits);
	else
		*out = splits;
	return err;
}

void kmc_splits_release(struct kmc_splits *splits)
{
	for (size_t i = 0; i < splits->count; i++) {
		free(splits->v[i].name);
		kmc_sections_release(&splits->v[i].sections);
		elf_end(splits->v[i].file);
	}
	free(splits->v);
	kmc_sections_release(&splits->whole);
	elf_end(splits->package);
	*splits = (struct kmc_splits){ };
}
