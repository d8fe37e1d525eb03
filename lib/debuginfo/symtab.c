// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The symbols of an image's code, with sizes counted as the kernel counts them.
 *
 * The kernel prints func+offset/size from kallsyms, which knows no sizes and
 * takes the distance to the next symbol; the size in the ELF file differs from
 * that for most functions, because of the padding between them.
 */
#include "debuginfo/symtab.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kmc/kmc.h"

/* kallsyms leaves out what the compiler and the linker made for themselves. */
static bool symbol_is_noise(const char *name)
{
	return !*name || *name == '$' || !strncmp(name, ".L", 2);
}

/* Rank as scripts/kallsyms.c does: weak last, then fewer underscores first. */
static uint8_t symbol_rank(const GElf_Sym *sym, const char *name)
{
	size_t underscores = strspn(name, "_");
	unsigned int rank = underscores > 100 ? 100 : underscores;

	return rank + (GELF_ST_BIND(sym->st_info) == STB_WEAK ? 128 : 0);
}

/**
 * struct sections - which sections of an ELF file hold code
 * @elf: the file they were read from: symbols may lie in another than code
 * @end: end address of each code section, 0 for others
 * @count: sections
 */
struct sections {
	Elf *elf;
	uint64_t *end;
	size_t count;
};

static bool sections_read(struct sections *s, Elf *elf)
{
	size_t count;

	if (s->elf == elf)
		return true;
	if (elf_getshdrnum(elf, &count))
		count = 0;
	free(s->end);
	*s = (struct sections){ .elf = elf };
	s->end = calloc(count + 1, sizeof(*s->end));
	if (!s->end)
		return false;
	s->count = count;
	for (size_t i = 1; i < count; i++) {
		GElf_Shdr shdr;

		if (gelf_getshdr(elf_getscn(elf, i), &shdr) &&
		    shdr.sh_flags & SHF_EXECINSTR && shdr.sh_size)
			s->end[i] = shdr.sh_addr + shdr.sh_size;
	}
	return true;
}

static int symbol_compare(const void *pa, const void *pb)
{
	const struct kmc_symbol *a = pa, *b = pb;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return strcmp(a->name, b->name);
}

static struct kmc_error *symtab_read(struct kmc_symtab *tab, Dwfl_Module *mod,
				     struct sections *sections)
{
	int count = dwfl_module_getsymtab(mod);

	if (count <= 1)
		return NULL;
	/* Two fifths of a kernel's are in code; pages of the rest stay untouched. */
	tab->v = calloc(count, sizeof(*tab->v));
	if (!tab->v)
		return kmc_error_nomem();
	for (int i = 1; i < count; i++) {
		struct kmc_symbol *symbol;
		const char *name;
		GElf_Word section;
		GElf_Addr address;
		GElf_Sym sym;
		Elf *elf;

		name = dwfl_module_getsym_info(mod, i, &sym, &address, &section,
					       &elf, NULL);
		if (!name || !elf || symbol_is_noise(name) ||
		    GELF_ST_TYPE(sym.st_info) == STT_SECTION ||
		    GELF_ST_TYPE(sym.st_info) == STT_FILE)
			continue;
		if (!sections_read(sections, elf))
			return kmc_error_nomem();
		if (section >= sections->count || !sections->end[section])
			continue;
		symbol = &tab->v[tab->count++];
		symbol->name = name;
		symbol->address = address;
		symbol->elf_size = sym.st_size;
		symbol->section = section;
		symbol->rank = symbol_rank(&sym, name);
	}
	return NULL;
}

/* Distance to the next higher address; several names may share one. */
static void symtab_measure(struct kmc_symtab *tab,
			   const struct sections *sections)
{
	const struct kmc_symbol *next = NULL;

	for (size_t i = tab->count; i-- > 0; ) {
		struct kmc_symbol *symbol = &tab->v[i];
		uint64_t end = symbol->address + symbol->elf_size;

		if (i + 1 < tab->count &&
		    tab->v[i + 1].address != symbol->address)
			next = &tab->v[i + 1];
		if (next && next->section == symbol->section) {
			symbol->size = next->address - symbol->address;
			continue;
		}
		symbol->last = true;
		/* In an ET_REL file the section has no address yet. */
		if (symbol->section < sections->count &&
		    sections->end[symbol->section] > end)
			end = sections->end[symbol->section];
		symbol->size = end - symbol->address;
	}
}

/* A dot is in no name of a C function: what follows is the compiler's. */
static size_t base_length(const char *name)
{
	return strcspn(name, ".");
}

/* The same for all that the compiler has made of one name. */
static uint32_t name_hash(const char *name)
{
	uint32_t hash = 2166136261u;	/* FNV-1a */

	for (; *name && *name != '.'; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

static struct kmc_error *symtab_hash(struct kmc_symtab *tab)
{
	tab->nbuckets = 64;
	while (tab->nbuckets < tab->count)
		tab->nbuckets *= 2;
	tab->buckets = calloc(tab->nbuckets, sizeof(*tab->buckets));
	if (!tab->buckets)
		return kmc_error_nomem();
	for (size_t i = 0; i < tab->count; i++) {
		struct kmc_symbol *symbol = &tab->v[i];
		uint32_t *bucket;

		symbol->hash = name_hash(symbol->name);
		bucket = &tab->buckets[symbol->hash & (tab->nbuckets - 1)];
		symbol->next_same_hash = *bucket;
		*bucket = i + 1;
	}
	return NULL;
}

struct kmc_error *kmc_symtab_load(struct kmc_symtab *tab, Dwfl_Module *mod)
{
	struct sections sections = { };
	struct kmc_symtab fresh = { };
	struct kmc_error *err;

	err = symtab_read(&fresh, mod, &sections);
	if (!err) {
		if (fresh.count)
			qsort(fresh.v, fresh.count, sizeof(*fresh.v),
			      symbol_compare);
		symtab_measure(&fresh, &sections);
		err = symtab_hash(&fresh);
	}
	free(sections.end);
	if (err)
		kmc_symtab_release(&fresh);
	else
		*tab = fresh;
	return err;
}

const struct kmc_symbol *kmc_symtab_at(const struct kmc_symtab *tab,
				       uint64_t address)
{
	size_t lo = 0, hi = tab->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (tab->v[mid].address <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	/* The names of an address are sorted best first. */
	for (lo--; lo > 0 && tab->v[lo - 1].address == tab->v[lo].address; )
		lo--;
	if (address - tab->v[lo].address >= tab->v[lo].size)
		return NULL;
	return &tab->v[lo];
}

/*
 * struct symbols - a walk over the symbols of a name
 * @hash: of @name
 * @base: it is also the name of what the compiler has appended something to
 * @next: index + 1 of where it goes on
 */
struct symbols {
	const struct kmc_symtab *tab;
	const char *name;
	uint32_t hash;
	bool base;
	uint32_t next;
};

static struct symbols symbols_of(const struct kmc_symtab *tab, const char *name, bool base)
{
	const uint32_t hash = name_hash(name);

	return (struct symbols) {
		.tab = tab, .name = name, .hash = hash,
		.base = base && !name[base_length(name)],
		.next = tab->nbuckets ? tab->buckets[hash & (tab->nbuckets - 1)] : 0,
	};
}

static const struct kmc_symbol *symbols_next(struct symbols *walk)
{
	while (walk->next) {
		const struct kmc_symbol *symbol = &walk->tab->v[walk->next - 1];
		size_t len;

		walk->next = symbol->next_same_hash;
		if (symbol->hash != walk->hash)
			continue;
		if (!strcmp(symbol->name, walk->name))
			return symbol;
		len = walk->base ? base_length(symbol->name) : 0;
		if (len && !strncmp(symbol->name, walk->name, len) && !walk->name[len])
			return symbol;
	}
	return NULL;
}

/* How well a symbol fits a printed size: 2 as kallsyms, 1 otherwise, 0 not. */
static int symbol_fit(const struct kmc_symbol *symbol, uint64_t size)
{
	if (!size || symbol->size == size)
		return 2;
	return symbol->elf_size == size ||
	       (symbol->last && size >= symbol->elf_size);
}

bool kmc_symtab_agrees(const struct kmc_symtab *tab, const char *name, uint64_t size,
		       uint64_t address)
{
	struct symbols walk = symbols_of(tab, name, true);
	const struct kmc_symbol *symbol;

	while ((symbol = symbols_next(&walk)))
		if (symbol->address == address && symbol_fit(symbol, size))
			return true;
	return false;
}

enum kmc_symbol_fit
kmc_symtab_compare(const struct kmc_symtab *tab, const char *name, uint64_t size,
		   uint64_t *have)
{
	struct symbols walk = symbols_of(tab, name, true);
	const struct kmc_symbol *symbol = symbols_next(&walk);

	if (!symbol)
		return KMC_SYMBOL_MISSING;
	*have = symbol->size;
	for (; symbol; symbol = symbols_next(&walk))
		if (symbol_fit(symbol, size))
			return KMC_SYMBOL_FITS;
	return KMC_SYMBOL_OTHER_SIZE;
}

/* None of @namesakes fits, or @fitting of them do. */
static struct kmc_error *resolve_failed(const char *path, const char *name,
					uint64_t size, size_t namesakes,
					size_t fitting)
{
	char *shown KMC_AUTO_FREE = kmc_escape(name);

	if (!shown)
		return kmc_error_nomem();
	if (fitting)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
				     "has %zu symbols %s that fit equally well; only an address tells them apart",
				     fitting, shown);
	if (namesakes)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
				     "has %zu symbol%s %s, but none of %llu bytes; it may be of another build",
				     namesakes, namesakes == 1 ? "" : "s", shown,
				     (unsigned long long)size);
	return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
			     "has no symbol %s in its code", shown);
}

static bool is_among(const uint64_t *addresses, size_t count, uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (addresses[i] == address)
			return true;
	return false;
}

/* Those that fit at least as well as @best_fit; of what fits best. */
static void find_namesakes(struct symbols walk, uint64_t size, int best_fit,
			   struct kmc_namesakes *out)
{
	/* A name may be there twice for one address. */
	uint64_t seen[KMC_NAMESAKES_MAX];
	const struct kmc_symbol *symbol;

	out->all = out->fitting = 0;
	while ((symbol = symbols_next(&walk))) {
		int fit = symbol_fit(symbol, size);

		if (!is_among(seen, out->all, symbol->address)) {
			/* Not all can be kept: none is the only one. */
			if (out->all == KMC_NAMESAKES_MAX) {
				out->fitting = 0;
				break;
			}
			seen[out->all++] = symbol->address;
		}
		if (fit < best_fit)
			continue;
		if (fit > best_fit)
			out->fitting = 0;
		best_fit = fit;
		if (!is_among(out->v, out->fitting, symbol->address))
			out->v[out->fitting++] = symbol->address;
	}
}

void kmc_symtab_namesakes(const struct kmc_symtab *tab, const char *name, uint64_t size,
			  struct kmc_namesakes *out)
{
	find_namesakes(symbols_of(tab, name, false), size, 1, out);
	if (!out->all && size)
		find_namesakes(symbols_of(tab, name, true), size, 2, out);
}

struct kmc_error *kmc_symtab_resolve(const struct kmc_symtab *tab,
				     const char *path, const char *name,
				     uint64_t size, uint64_t *out)
{
	struct kmc_namesakes found;

	kmc_symtab_namesakes(tab, name, size, &found);
	if (found.fitting == 1) {
		*out = found.v[0];
		return NULL;
	}
	return resolve_failed(path, name, size, found.all, found.fitting);
}

void kmc_symtab_release(struct kmc_symtab *tab)
{
	free(tab->v);
	free(tab->buckets);
	*tab = (struct kmc_symtab){ };
}
