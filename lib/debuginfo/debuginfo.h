/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files that read ELF and DWARF: one image per vmlinux or module,
 * with everything about it looked up lazily and kept.
 *
 * ELF and DWARF are hostile input: every walk over DIEs is bounded here, because
 * libdw follows a sibling or origin reference wherever it points.
 */
#ifndef KMC_DEBUGINFO_H
#define KMC_DEBUGINFO_H

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include "base/internal.h"
#include "base/map.h"

/* ---- address ranges: ranges.c ---- */

/**
 * struct kmc_range - addresses from @lo up to but not including @hi
 * @die: offset of the DIE that covers them
 * @max_hi: largest @hi up to and including this one, set by kmc_ranges_sort()
 */
struct kmc_range {
	uint64_t lo;
	uint64_t hi;
	uint64_t max_hi;
	Dwarf_Off die;
};

struct kmc_ranges {
	struct kmc_range *v;
	size_t count;
};

/* One range of the DIE at @die, unless it is empty; false: out of memory. */
bool kmc_ranges_push(struct kmc_ranges *ranges, uint64_t lo, uint64_t hi,
		     Dwarf_Off die);
/* All ranges of a DIE; false: out of memory. Damaged ranges are left out. */
bool kmc_ranges_add(struct kmc_ranges *ranges, Dwarf_Die *die);
void kmc_ranges_sort(struct kmc_ranges *ranges);
/* The smallest range around @address, NULL if there is none. */
const struct kmc_range *kmc_ranges_find(const struct kmc_ranges *ranges,
					uint64_t address);
void kmc_ranges_release(struct kmc_ranges *ranges);

/* ---- symbols: symtab.c ---- */

/**
 * struct kmc_symbol - a symbol in executable code
 * @name: borrowed from the ELF file
 * @address: link-time
 * @size: up to the next symbol at a higher address, as kallsyms counts
 * @elf_size: as the ELF file says
 * @last: nothing follows it in its section, so the kernel, which counts up to
 *	the next symbol wherever that is, may print another size
 * @rank: which of several names of an address the kernel would print
 * @next_same_hash: index + 1 of the next symbol in its hash chain
 */
struct kmc_symbol {
	const char *name;
	uint64_t address;
	uint64_t size;
	uint64_t elf_size;
	uint32_t section;
	uint32_t next_same_hash;
	bool last;
	uint8_t rank;
};

/* Bytes of code, without what aligns the next symbol; whoever asks for code asks so. */
static inline uint64_t kmc_symbol_code_size(const struct kmc_symbol *symbol)
{
	return symbol->elf_size ? symbol->elf_size : symbol->size;
}

/**
 * struct kmc_symtab - symbols of one image
 * @v: sorted by address
 * @buckets: hash of the names: index + 1 into @v
 */
struct kmc_symtab {
	struct kmc_symbol *v;
	size_t count;
	uint32_t *buckets;
	size_t nbuckets;
};

KMC_MUST_CHECK struct kmc_error *kmc_symtab_load(struct kmc_symtab *tab,
						 Dwfl_Module *mod);
/* The symbol that the kernel would print for @address, NULL if none. */
const struct kmc_symbol *kmc_symtab_at(const struct kmc_symtab *tab,
				       uint64_t address);
/* Does @name, under whichever of its aliases, start at @address? */
bool kmc_symtab_agrees(const struct kmc_symtab *tab, const char *name,
		       uint64_t address);
/**
 * kmc_symtab_resolve() - find the one symbol that is meant
 * @tab: symbols
 * @path: for the message
 * @name: symbol
 * @size: as the kernel printed it, 0 if unknown
 * @out: its address
 *
 * The size has to fit even when the user accepts another build: a function of
 * another size has other lines.
 */
KMC_MUST_CHECK struct kmc_error *
kmc_symtab_resolve(const struct kmc_symtab *tab, const char *path,
		   const char *name, uint64_t size, uint64_t *out);
void kmc_symtab_release(struct kmc_symtab *tab);

/* ---- what a file is: elffile.c ---- */

/**
 * struct kmc_elf_facts - what is known of an ELF file before it is trusted
 * @build_id, @build_id_len: length 0 if it has none
 * @release: from the kernel's banner, NULL if there is none
 */
struct kmc_elf_facts {
	uint8_t build_id[64];
	size_t build_id_len;
	char *release;
};

/* Check that @path is a vmlinux with debug info; every refusal says what to do. */
KMC_MUST_CHECK struct kmc_error *
kmc_elf_check_vmlinux(const char *path, struct kmc_elf_facts *facts);
void kmc_elf_facts_release(struct kmc_elf_facts *facts);

/* ---- debug info from elsewhere: fetch.c ---- */

/**
 * struct kmc_fetch - asking debuginfod servers
 * @progress, @arg: as in struct kmc_debuginfo_options
 * @stopped: the user wants no more of it
 */
struct kmc_fetch {
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	bool stopped;
};

/* Are there servers, and may they be asked? */
bool kmc_fetch_wanted(const struct kmc_fetch *fetch);
/* What libdw itself asks for on behalf of @dwfl, which @fetch has to outlive. */
void kmc_fetch_watch(struct kmc_fetch *fetch, Dwfl *dwfl);
/* *path is a file in the user's cache, yours; NULL if no server has it. */
KMC_MUST_CHECK struct kmc_error *
kmc_fetch_debuginfo(struct kmc_fetch *fetch, const uint8_t *build_id,
		    size_t len, char **path);

/* ---- what libdw does not unpack: unzstd.c ---- */

bool kmc_is_zstd(int fd);
/* *out is a file in memory with what is unpacked from the current place of @fd. */
KMC_MUST_CHECK struct kmc_error *kmc_unzstd(const char *path, int fd, int *out);

/* ---- an open vmlinux or module: image.c ---- */

/**
 * struct kmc_image - a vmlinux or module and what was learned of it so far
 * @name: of the module, underscores for dashes; NULL for vmlinux
 * @path: file
 * @source_root: source tree, which is another than the build directory after
 *	make O=; NULL if unknown; borrowed from the struct kmc_debuginfo
 * @mod: NULL: it was looked for and not found
 * @dwarf, @bias: its debug info; an address of @mod less @bias is DWARF's
 * @cus: CU of an address, built when .debug_aranges does not know one
 * @functions: CU offset → struct kmc_ranges of its functions
 * @chains: address → struct kmc_chain
 * @raw: sections as bytes, NULL until needed
 * @lines: offset in .debug_line → struct kmc_lines
 * @paths: libdw's file name → ours
 * @btf, @dwarf_types: layouts, NULL until they are needed, or when there are none
 * @vars: address → struct kmc_vars, see vars.h
 * @pointees: address and register → struct kmc_pointee, see locate.h
 * @type_places: DIE of a type → where its layout is, see image_types.c
 * @btf_tried: there is no sense in looking for BTF again
 * @code: its bytes, see code.h; NULL until asked for
 */
struct kmc_image {
	char *name;
	char *path;
	const char *source_root;
	Dwfl *dwfl;
	Dwfl_Module *mod;
	Dwarf *dwarf;
	Dwarf_Addr bias;
	struct kmc_ranges cus;
	bool cus_ready;
	struct kmc_symtab symtab;
	bool symtab_ready;
	struct kmc_map functions;
	struct kmc_map chains;
	struct kmc_raw_sections *raw;
	struct kmc_map lines;
	struct kmc_map paths;
	struct kmc_types *btf;
	struct kmc_types *dwarf_types;
	struct kmc_map vars;
	struct kmc_map pointees;
	struct kmc_map type_places;
	bool btf_tried;
	struct kmc_code *code;
};

KMC_MUST_CHECK struct kmc_error *
kmc_image_open(const char *name, const char *path, struct kmc_fetch *fetch,
	       struct kmc_image **out);
void kmc_image_free(struct kmc_image *image);
KMC_MUST_CHECK struct kmc_error *kmc_image_symtab(struct kmc_image *image);

/* ---- which module lies where: modules.c ---- */

struct kmc_module_file {
	char *name;
	char *path;
};

/* The files of all modules below some directories, in the order found. */
struct kmc_module_files {
	struct kmc_module_file *v;
	size_t count;
};

/* Add what lies below @dir; a directory that cannot be read adds nothing. */
KMC_MUST_CHECK struct kmc_error *
kmc_modules_scan(struct kmc_module_files *files, const char *dir);
/* "snd-hda.ko.xz" → "snd_hda", NULL if this is no module or out of memory. */
char *kmc_module_name(const char *filename);
void kmc_modules_release(struct kmc_module_files *files);

/*
 * kmc_module_link_address() - undo what the kernel did when it loaded a module
 * @image: the module's file
 * @offset: of an address from where its code was loaded
 * @out: address of the same byte as libdwfl lays the file out
 *
 * Return: false when there is no code at @offset.
 */
bool kmc_module_link_address(struct kmc_image *image, uint64_t offset,
			     uint64_t *out);

/* ---- the whole: debuginfo.c, find.c ---- */

/* Hexadecimal digits of the longest build-ID, and a NUL. */
#define KMC_BUILD_ID_HEX	129

void kmc_build_id_hex(char out[KMC_BUILD_ID_HEX], const uint8_t *bytes,
		      size_t len);
/* Where debug packages put what has a build-ID; NULL: no build-ID, or no memory. */
char *kmc_build_id_path(const char *root, const uint8_t *id, size_t len);

struct kmc_debuginfo {
	struct kmc_image *vmlinux;
	struct kmc_elf_facts facts;
	char *source_root;
	bool force;
	struct kmc_fetch fetch;
	char *root;
	char *modules_dir;
	char *module_release;
	struct kmc_module_files module_files;
	bool modules_scanned;
	struct kmc_image **modules;
	size_t nmodules;
};

/* kmc_debuginfo_open() with the usual places below @root, "" for the system's. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_open_below(const char *root,
			 const struct kmc_debuginfo_options *opts,
			 const struct kmc_kernel *kernel,
			 struct kmc_debuginfo **out);
/* kmc_debuginfo_open() of just this file. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_open_file(const char *root, const char *path,
			const struct kmc_debuginfo_options *opts,
			const struct kmc_kernel *kernel,
			struct kmc_debuginfo **out);
/* @record: what the report says of the module, NULL for nothing. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_module(struct kmc_debuginfo *di, const char *name,
		     const struct kmc_module *record, struct kmc_image **out);
/* Is it of the build that @record says? */
bool kmc_debuginfo_fits(const struct kmc_debuginfo *di,
			const struct kmc_image *image,
			const struct kmc_module *record);
/* @name NULL gives vmlinux; KMC_ERROR_NOT_FOUND for a module without a file. */
KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_image(struct kmc_debuginfo *di, const char *name,
		    struct kmc_image **out);
/* Is this a release, and not a path or worse? It comes from a report. */
bool kmc_release_is_sane(const char *release);

/* ---- DWARF → inline chain: inline.c, srcpath.c ---- */

/* An inline chain; strings are borrowed from the image. */
struct kmc_chain {
	size_t count;
	struct kmc_location v[];
};

/* @out is NULL when nothing is known of @address. */
KMC_MUST_CHECK struct kmc_error *
kmc_image_chain(struct kmc_image *image, uint64_t address,
		const struct kmc_chain **out);
/* CU of an address (not biased); false: none. */
bool kmc_image_cu(struct kmc_image *image, Dwarf_Addr address, Dwarf_Die *cu);

/**
 * kmc_image_function() - the function that an address is in
 * @image: vmlinux or module
 * @address: link-time address
 * @function: its DIE, when it was @found
 * @found: false: no debug info
 */
KMC_MUST_CHECK struct kmc_error *
kmc_image_function(struct kmc_image *image, uint64_t address,
		   Dwarf_Die *function, bool *found);
/* Walks over DIEs that damaged debug info cannot make endless. */
bool kmc_die_next(Dwarf_Die *die);
bool kmc_die_child(Dwarf_Die *die, Dwarf_Die *child);
/* Is a block or inlined subroutine around @address, or may it hold what is? */
bool kmc_die_covers(Dwarf_Die *die, Dwarf_Addr address);

/**
 * kmc_source_path() - a file name as kernel people write it
 * @image: keeps the result
 * @file: as libdw joined it; borrowed from libdw
 * @comp_dir: build directory, may be NULL
 *
 * Return: relative to @comp_dir or the source tree where it lies below one of
 * them, without "." and ".."; NULL when @file is or when out of memory.
 */
const char *kmc_source_path(struct kmc_image *image, const char *file,
			    const char *comp_dir);
/* The same, yours. */
char *kmc_source_path_new(const struct kmc_image *image, const char *file,
			  const char *comp_dir);
/* The source tree of a vmlinux, told by where its init/main.c was; yours. */
char *kmc_source_root(Dwarf *dwarf);

#endif /* KMC_DEBUGINFO_H */
