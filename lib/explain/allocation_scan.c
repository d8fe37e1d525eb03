// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the calls that allocate in the code of an image: with how many bytes or from
 * which cache, and who takes the result.
 *
 * A call is four bytes of displacement that lead to the allocator; what looks like one in
 * the middle of another instruction is reached by no code and so has no arguments.
 */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/map.h"
#include "code/code.h"
#include "code/reaching_definitions.h"
#include "debuginfo/die.h"
#include "debuginfo/inline_chain.h"
#include "explain/allocated.h"
#include "explain/allocations.h"
#include "explain/type_propagation.h"
#include "report/allocation_site.h"
#include "types/image_types.h"

#define CALL		0xe8
#define JUMP		0xe9
#define CALL_LENGTH	5
#define MAX_CACHE_NAME	128

/* Flags of all versions so far (include/linux/gfp_types.h). */
#define GFP_DMA		0x1
#define GFP_RECLAIMABLE	0x10
#define GFP_ACCOUNT	0x400000

#define NUMA_NO_NODE	0xffffffff

#define NO_REG		KMC_REG_NONE
/* Of an allocator: this it does not have. */
#define NO_ARGUMENT	(-1)

/**
 * struct allocator - a function that allocates, and which arguments, from 0 on, say what
 * @name: also with _noprof behind it, since 6.10
 * @cache: the cache
 * @size: bytes
 * @flags: gfp_t; @bucket: one further on, and here the caches to take it from, NULL for
 *	kmalloc()'s, with CONFIG_SLAB_BUCKETS (since 6.11)
 * @bucket: likewise
 * @creates: no memory but a cache, and then @cache is its name
 */
struct allocator {
	const char *name;
	int cache;
	int size;
	int flags;
	bool bucket;
	bool creates;
};

#define KMALLOC(name, size, flags) \
	{ name, NO_ARGUMENT, size, flags, false, false }
#define BUCKET(name)	{ name, NO_ARGUMENT, 0, 1, true, false }
#define CACHE(name)	{ name, 0, NO_ARGUMENT, NO_ARGUMENT, false, false }
#define CREATE(name)	{ name, 0, 1, NO_ARGUMENT, false, true }

static const struct allocator allocators[] = {
	KMALLOC("__kmalloc", 0, 1),
	BUCKET("__kmalloc_node"),
	KMALLOC("__kmalloc_track_caller", 0, 1),
	BUCKET("__kmalloc_node_track_caller"),
	KMALLOC("kmalloc_trace", 2, 1),
	KMALLOC("kmalloc_node_trace", 3, 1),
	KMALLOC("kmem_cache_alloc_trace", 2, 1),
	KMALLOC("kmem_cache_alloc_node_trace", 4, 1),
	KMALLOC("__kmalloc_cache", 2, 1),
	KMALLOC("__kmalloc_cache_node", 3, 1),
	KMALLOC("kmalloc_large", 0, 1),
	KMALLOC("__kmalloc_large", 0, 1),
	KMALLOC("kvmalloc_node", 0, 1),
	BUCKET("__kvmalloc_node"),
	KMALLOC("kmemdup", 1, 2),
	KMALLOC("krealloc", 1, 2),
	KMALLOC("sock_kmalloc", 1, 2),
	CACHE("kmem_cache_alloc"),
	CACHE("kmem_cache_alloc_lru"),
	CACHE("kmem_cache_alloc_node"),
	CREATE("kmem_cache_create"),
	CREATE("kmem_cache_create_usercopy"),
	CREATE("__kmem_cache_create_args"),
};

/* A call, or a jump at the end of a function, that leads to an allocator. */
struct call {
	uint64_t at;
	const struct allocator *to;
	bool tail;
};

/**
 * struct created - a cache that the kernel creates
 * @variable: address of the variable that takes it, 0 if unknown
 * @name: of the cache
 * @size: of its objects, 0 if unknown
 */
struct created {
	uint64_t variable;
	const char *name;
	uint64_t size;
};

/**
 * struct scan - a search at work
 * @targets: address of an allocator → its row
 * @callers: of each symbol, calls of it
 * @calls: in the order of addresses; creations first
 */
struct scan {
	struct kmc_image *image;
	struct kmc_code *code;
	struct kmc_allocations *all;
	struct kmc_map targets;
	unsigned int *callers;
	struct call *calls;
	size_t ncalls;
	struct created *created;
	size_t ncreated;
};

/* ---- calls ---- */

static const struct allocator *allocator_named(const char *name)
{
	for (size_t i = 0; i < KMC_ARRAY_SIZE(allocators); i++) {
		const size_t len = strlen(allocators[i].name);

		if (!strncmp(name, allocators[i].name, len) &&
		    (!name[len] || !strcmp(name + len, "_noprof")))
			return &allocators[i];
	}
	return NULL;
}

static bool add_target(struct scan *scan, const char *name, uint64_t address)
{
	const struct allocator *allocator = name ? allocator_named(name) : NULL;

	return !allocator || kmc_map_get(&scan->targets, address) ||
	       kmc_map_put(&scan->targets, address, (void *)allocator);
}

static bool find_targets(struct scan *scan)
{
	const struct kmc_code *code = scan->code;
	bool good = true;

	for (size_t i = 0; good && i < code->symtab->count; i++)
		good = add_target(scan, code->symtab->v[i].name, code->symtab->v[i].address);
	/* A module calls what the kernel defines. */
	for (size_t i = 0; good && i < code->nnames; i++)
		good = add_target(scan, code->names[i],
				  code->externals + i * KMC_EXTERNAL_SIZE);
	return good;
}

/* A function that is called from many places is called often. */
static void count_caller(struct scan *scan, uint64_t target)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(scan->code->symtab, target);

	if (symbol && symbol->address == target)
		scan->callers[symbol - scan->code->symtab->v]++;
}

static bool add_call(struct scan *scan, const struct kmc_code_section *section, size_t i)
{
	const uint8_t *bytes = section->bytes + i;
	const uint64_t at = section->start + i;
	const struct allocator *to;
	struct call *call;
	uint64_t target;
	int32_t away;

	memcpy(&away, bytes + 1, sizeof(away));
	target = kmc_machine_cut(scan->code->machine, at + CALL_LENGTH + (int64_t)away);
	count_caller(scan, target);
	to = kmc_map_get(&scan->targets, target);
	if (!to)
		return true;
	call = kmc_grow(&scan->calls, scan->ncalls, sizeof(*call));
	if (!call)
		return false;
	*call = (struct call) { .at = at, .to = to, .tail = *bytes == JUMP };
	scan->ncalls++;
	return true;
}

static bool find_calls(struct scan *scan)
{
	bool good = find_targets(scan);

	scan->callers = calloc(scan->code->symtab->count + 1, sizeof(*scan->callers));
	good &= !!scan->callers;
	for (size_t n = 0; good && n < scan->code->nsections; n++) {
		const struct kmc_code_section *section = &scan->code->sections[n];
		const size_t size = section->end - section->start;

		for (size_t i = 0; good && section->executable && i + CALL_LENGTH <= size; i++)
			if (section->bytes[i] == CALL || section->bytes[i] == JUMP)
				good = add_call(scan, section, i);
	}
	return good;
}

/* ---- arguments ---- */

static struct kmc_error *argument(struct scan *scan, const struct call *call,
				  int number, struct kmc_reaching *out)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(scan->code->symtab, call->at);
	const enum kmc_reg reg = number == NO_ARGUMENT ? NO_REG :
				 scan->code->machine->arguments[number];
	struct kmc_error *err;

	*out = (struct kmc_reaching) { };
	if (reg == NO_REG || !symbol)
		return NULL;
	err = kmc_reaching_value(scan->image, symbol->address, kmc_symbol_code_size(symbol),
				 call->at, reg, out);
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	*out = (struct kmc_reaching) { };
	return NULL;
}

/* An argument that is a number; 0: it is none. */
static struct kmc_error *number(struct scan *scan, const struct call *call, int which,
				uint64_t *out)
{
	struct kmc_reaching value;
	struct kmc_error *err = argument(scan, call, which, &value);

	*out = !err && value.known && value.base == NO_REG ? (uint64_t)value.value : 0;
	return err;
}

static bool scan_insn(struct scan *scan, uint64_t at, struct kmc_insn *insn)
{
	const uint8_t *bytes;
	struct kmc_error *err;
	size_t len;

	err = kmc_image_code(scan->image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
	kmc_error_free(err);
	return !err && kmc_insn_scan(bytes, len, at, scan->image->machine, insn);
}

/* The address that an instruction loads from, or stores to; 0: it is no variable's. */
static uint64_t variable_of(const struct kmc_insn *insn)
{
	const struct kmc_mem *mem = &insn->mem[0];

	if (insn->nmem != 1 || mem->index != NO_REG || mem->segment ||
	    mem->size != insn->machine->word)
		return 0;
	if (mem->base == KMC_REG_RIP)
		return insn->address + insn->length + mem->disp;
	return mem->base == NO_REG ? (uint64_t)mem->disp : 0;
}

/* An argument that is the address of something; 0: it is none. */
static struct kmc_error *address(struct scan *scan, const struct call *call, int which,
				 uint64_t *out)
{
	struct kmc_reaching value;
	struct kmc_error *err = argument(scan, call, which, &value);
	struct kmc_insn insn;

	*out = 0;
	/* KASLR moves it, so it is no constant to others. */
	if (!err && value.origin.kind == KMC_ORIGIN_AFTER && !value.origin.offset &&
	    scan_insn(scan, value.origin.at, &insn) && insn.effect.base == NO_REG &&
	    insn.effect.dest == value.origin.reg)
		*out = insn.effect.value;
	return err;
}

/* The text at an address, if it looks like the name of a cache; NULL: it does not. */
static const char *text_at(const struct kmc_code *code, uint64_t address)
{
	const struct kmc_code_section *section = kmc_code_section(code, address);
	const char *text;
	size_t room, len;

	if (!section)
		return NULL;
	text = (const char *)section->bytes + (address - section->start);
	room = section->end - address;
	len = strnlen(text, room < MAX_CACHE_NAME ? room : MAX_CACHE_NAME);
	if (!len || len == room || len == MAX_CACHE_NAME)
		return NULL;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return NULL;
	return text;
}

/* ---- caches ---- */

static bool put(struct scan *scan, struct kmc_allocation *one)
{
	const char *module = scan->image->name;

	one->module = module ? kmc_allocations_keep(scan->all, module) : NULL;
	return (one->module || !module) && kmc_allocations_add(scan->all, one);
}

static struct kmc_error *take_nothing(void *arg, struct kmc_image *image, struct kmc_var *var,
				      bool *done)
{
	(void)arg;
	(void)image;
	(void)var;
	(void)done;
	return NULL;
}

/* Its size is of use even when nobody is seen to allocate from it. */
static struct kmc_error *keep_created(struct scan *scan, const struct created *made)
{
	struct kmc_allocation one = {
		.by = KMC_ALLOCATION_CREATED, .size = made->size, .type = "", .function = "",
		.cache = kmc_allocations_keep(scan->all, made->name),
	};

	return one.cache && put(scan, &one) ? NULL : kmc_error_nomem();
}

static struct kmc_error *add_created(struct scan *scan, const struct call *call)
{
	struct kmc_result_end end = { };
	struct created made = { };
	struct created *slot;
	struct kmc_error *err;
	uint64_t name = 0;

	err = address(scan, call, call->to->cache, &name);
	if (!err)
		err = number(scan, call, call->to->size, &made.size);
	if (err || !name)
		return err;
	made.name = text_at(scan->code, name);
	if (!made.name)
		return NULL;
	err = kmc_result_follow(scan->image, call->at + CALL_LENGTH, take_nothing, NULL, &end);
	if (err && err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	if (end.stored)
		made.variable = variable_of(&end.store);
	slot = kmc_grow(&scan->created, scan->ncreated, sizeof(*slot));
	if (!slot)
		return kmc_error_nomem();
	*slot = made;
	scan->ncreated++;
	return keep_created(scan, &made);
}

/* The cache that is allocated from, by the variable that has it. */
static struct kmc_error *find_cache(struct scan *scan, const struct call *call,
				    struct kmc_allocation *one)
{
	struct kmc_reaching value;
	struct kmc_error *err = argument(scan, call, call->to->cache, &value);
	struct kmc_insn insn;
	uint64_t variable;

	if (err || value.origin.kind != KMC_ORIGIN_AFTER || value.origin.offset ||
	    !scan_insn(scan, value.origin.at, &insn))
		return err;
	variable = variable_of(&insn);
	for (size_t i = 0; variable && i < scan->ncreated; i++) {
		if (scan->created[i].variable != variable)
			continue;
		one->cache = scan->created[i].name;
		one->size = scan->created[i].size;
		break;
	}
	return NULL;
}

/* Flags are never 0, and what is behind them without buckets is a node. */
static struct kmc_error *find_flags(struct scan *scan, const struct call *call,
				    uint64_t *flags, bool *of_bucket)
{
	struct kmc_reaching bucket;
	struct kmc_error *err = number(scan, call, call->to->flags, flags);

	*of_bucket = false;
	if (err || *flags || !call->to->bucket)
		return err;
	err = number(scan, call, 2, flags);
	if (err || (uint32_t)*flags == NUMA_NO_NODE)
		*flags = 0;
	if (!err && *flags)
		err = argument(scan, call, call->to->flags, &bucket);
	*of_bucket = !err && *flags && !bucket.known;
	return err;
}

static struct kmc_error *find_size(struct scan *scan, const struct call *call,
				   struct kmc_allocation *one)
{
	uint64_t flags;
	bool of_bucket;
	struct kmc_error *err = number(scan, call, call->to->size, &one->size);

	if (!err)
		err = find_flags(scan, call, &flags, &of_bucket);
	if (err)
		return err;
	/* Which one is not looked for. */
	if (of_bucket)
		one->by = KMC_ALLOCATION_CACHE;
	/* In the order in which kmalloc_type() asks. */
	if (flags & GFP_DMA)
		one->kind = KMC_KMALLOC_DMA;
	else if (flags & GFP_RECLAIMABLE)
		one->kind = KMC_KMALLOC_RECLAIM;
	else if (flags & GFP_ACCOUNT)
		one->kind = KMC_KMALLOC_CGROUP;
	return NULL;
}

/* ---- types ---- */

/**
 * struct taken - the type that the result is taken for
 * @size: that was asked for, 0 if unknown
 * @found: @die is set
 * @die: a struct or union
 * @bytes: of it
 */
struct taken {
	uint64_t size;
	bool found;
	Dwarf_Die die;
	uint64_t bytes;
};

/* 3: all of it; 2: some elements; 1: a part, with others behind it; 0: it does not fit. */
static int fit(uint64_t size, uint64_t bytes)
{
	if (!bytes || (size && bytes > size))
		return 0;
	return size == bytes ? 3 : size && !(size % bytes) ? 2 : 1;
}

static void take_type(struct taken *taken, struct kmc_image *image, const Dwarf_Die *die)
{
	Dwarf_Die whole = *die;
	const char *name = dwarf_diename(&whole);
	int bytes = dwarf_bytesize(&whole);
	struct kmc_types *types;
	const struct kmc_type *type;
	kmc_type_id id;

	if (!name)
		return;
	/* Another unit may know what this one only declares. */
	if (bytes <= 0) {
		struct kmc_error *err = kmc_image_type(image, &whole, &types, &id);

		if (!err)
			err = kmc_types_get(types, id, &type);
		bytes = err ? 0 : (int)type->size;
		kmc_error_free(err);
	}
	if (bytes <= 0 || fit(taken->size, bytes) <= (taken->found ?
						      fit(taken->size, taken->bytes) : 0))
		return;
	taken->found = true;
	taken->die = whole;
	taken->bytes = bytes;
}

static struct kmc_error *take_variable(void *arg, struct kmc_image *image, struct kmc_var *var,
				       bool *done)
{
	struct taken *taken = arg;

	take_type(taken, image, &var->target);
	*done = taken->found;
	return NULL;
}

static struct kmc_error *take_returned(struct scan *scan, uint64_t at, struct taken *taken)
{
	Dwarf_Die function, type, pointee;
	struct kmc_error *err;
	bool found;

	err = kmc_image_function(scan->image, at, &function, &found);
	if (!err && found && kmc_die_type(&function, &type) &&
	    kmc_die_pointee(&type, &pointee) && kmc_die_is_aggregate(&pointee))
		take_type(taken, scan->image, &pointee);
	return err;
}

static struct kmc_error *take_stored(struct scan *scan, const struct kmc_insn *store,
				     struct taken *taken)
{
	struct kmc_pointee pointee;
	struct kmc_error *err = kmc_type_stored(scan->image, store, &pointee);

	if (!err && pointee.found && !pointee.offset && kmc_die_is_aggregate(&pointee.die))
		take_type(taken, scan->image, &pointee.die);
	return err;
}

/* A variable says more than where it is stored, and that more than what is returned. */
static struct kmc_error *find_type(struct scan *scan, const struct call *call,
				   struct taken *taken, enum kmc_allocation_told *told)
{
	struct kmc_result_end end = { .returned = call->tail, .at = call->at };
	struct kmc_error *err = NULL;

	*told = KMC_TOLD_BY_VARIABLE;
	if (!call->tail)
		err = kmc_result_follow(scan->image, call->at + CALL_LENGTH, take_variable,
					taken, &end);
	if (err || taken->found)
		return err;
	*told = KMC_TOLD_BY_MEMBER;
	if (end.stored)
		err = take_stored(scan, &end.store, taken);
	if (err || taken->found)
		return err;
	*told = KMC_TOLD_BY_RETURN;
	return end.returned ? take_returned(scan, end.at, taken) : NULL;
}

/* ---- one call ---- */

/* The innermost function that is not of the allocator. */
static struct kmc_error *find_caller(struct scan *scan, const struct call *call,
				     struct kmc_location *out)
{
	struct kmc_frame frame = { };
	const struct kmc_track track = { .stack = { .frames = &frame, .count = 1 } };
	const struct kmc_chain *chain;
	struct kmc_error *err = kmc_image_chain(scan->image, call->at, &chain);

	*out = (struct kmc_location) { };
	if (err || !chain || !chain->count)
		return err;
	frame.chain = (struct kmc_location *)chain->v;
	frame.chain_len = chain->count;
	*out = chain->v[kmc_track_caller(&track).level];
	return NULL;
}

static struct kmc_error *keep(struct scan *scan, const struct call *call,
			      struct kmc_allocation *one, struct taken *taken,
			      const struct kmc_location *caller)
{
	const struct kmc_symbol *symbol = kmc_symtab_at(scan->code->symtab, call->at);
	struct kmc_allocations *all = scan->all;
	const bool of_union = dwarf_tag(&taken->die) == DW_TAG_union_type;
	char type[256];

	snprintf(type, sizeof(type), "%s %s", of_union ? "union" : "struct",
		 dwarf_diename(&taken->die));
	one->type = kmc_allocations_keep(all, type);
	one->type_size = taken->bytes;
	one->die = scan->image->name ? 0 : dwarf_dieoffset(&taken->die);
	one->cache = one->cache ? kmc_allocations_keep(all, one->cache) : NULL;
	one->callers = symbol ? scan->callers[symbol - scan->code->symtab->v] : 0;
	one->function = kmc_allocations_keep(all, caller->function ?: "");
	one->file = kmc_allocations_keep(all, caller->file ?: "");
	one->line = caller->line;
	return one->type && one->function && one->file && put(scan, one) ?
	       NULL : kmc_error_nomem();
}

/* Code that cannot be followed is left out. */
static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *add_allocation(struct scan *scan, const struct call *call)
{
	const bool cache = call->to->cache != NO_ARGUMENT;
	struct kmc_allocation one = {
		.by = cache ? KMC_ALLOCATION_CACHE : KMC_ALLOCATION_KMALLOC,
	};
	struct kmc_location caller;
	struct taken taken = { };
	struct kmc_error *err;

	err = cache ? find_cache(scan, call, &one) : find_size(scan, call, &one);
	taken.size = one.size;
	if (!err)
		err = find_type(scan, call, &taken, &one.told);
	if (!err && taken.found)
		err = find_caller(scan, call, &caller);
	if (!err && taken.found)
		return keep(scan, call, &one, &taken, &caller);
	return only_nomem(err);
}

/* ---- the whole ---- */

/* Creations first: they give the caches their names. */
static struct kmc_error *take_calls(struct scan *scan, bool creations,
				    const struct kmc_allocations_options *opts, size_t *done)
{
	struct kmc_error *err = NULL;

	for (size_t i = 0; !err && i < scan->ncalls; i++) {
		const struct call *call = &scan->calls[i];

		if (call->to->creates != creations)
			continue;
		if (opts->progress && !opts->progress(opts->arg, (*done)++, scan->ncalls))
			return kmc_error_new(KMC_ERROR_NOT_FOUND, scan->image->path, 0,
					     "the search for its allocations was stopped");
		err = creations ? only_nomem(add_created(scan, call)) :
				  add_allocation(scan, call);
	}
	return err;
}

struct kmc_error *kmc_allocations_scan(struct kmc_image *image,
				       const struct kmc_allocations_options *opts,
				       struct kmc_allocations *all)
{
	struct scan scan = { .image = image, .all = all };
	struct kmc_error *err = kmc_code_get(image, &scan.code);
	size_t done = 0;

	if (!err && !find_calls(&scan))
		err = kmc_error_nomem();
	if (!err)
		err = take_calls(&scan, true, opts, &done);
	if (!err)
		err = take_calls(&scan, false, opts, &done);
	kmc_map_release(&scan.targets, NULL);
	free(scan.callers);
	free(scan.calls);
	free(scan.created);
	return err;
}
