// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the object is that another checker than kmemcheck has reported. Registers are not
 * known there, but the code is: what is handed to the checker, or what the instruction
 * reads, points to a variable's type; and who allocated it says what for.
 */
#include "explain/locate.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "code/code.h"
#include "debuginfo/die.h"
#include "debuginfo/scope_names.h"
#include "explain/cast.h"
#include "explain/member.h"
#include "explain/type_propagation.h"
#include "report/allocation_site.h"
#include "report/model.h"
#include "types/image_types.h"

/* call rel32 */
#define CALL_LENGTH	5
/* Objects of a cache are as large as their type, and then aligned. */
#define ALIGNMENT	64

/**
 * struct pointer - what the code has in a register when it was checked
 * @image: that the code is in
 * @at: its link-time address
 * @reg: the register
 * @ahead: the access is so much behind it
 * @frame: of the code
 */
struct pointer {
	struct kmc_image *image;
	uint64_t at;
	enum kmc_reg reg;
	int64_t ahead;
	const struct kmc_frame *frame;
};

static struct kmc_error *drop(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

/* ---- what the code takes it for ---- */

static bool begins(const char *name, const char *with)
{
	return name && !strncmp(name, with, strlen(with));
}

/* Functions that take the pointer first and are reported themselves. */
static bool takes_it_first(const char *name)
{
	static const char * const names[] = {
		"kfree", "kvfree", "vfree", "__kfree", "kmem_cache_free", "kfree_sensitive",
		"memset", "__memset", "memcpy", "__memcpy", "memmove", "__memmove", "strlen",
		"strnlen", "kasan_", "__kasan_", "____kasan_", "__asan_", "__hwasan_",
		"check_memory_region", "__slab_free", "slab_free", "kfence_",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++)
		if (begins(name, names[i]))
			return true;
	return false;
}

/* The second argument of these is what is read, and what is freed. */
static bool takes_it_second(const struct kmc_report *report, const char *name)
{
	const char *plain = name ? name + strspn(name, "_") : "";

	if (begins(plain, "asan_"))
		plain += 5;
	return begins(plain, "kmem_cache_free") ||
	       (report->kind == KMC_READ && (begins(plain, "memcpy") || begins(plain, "memmove")));
}

/* The innermost function that no checker and no allocator has, and who it has called. */
static const struct kmc_frame *find_code(const struct kmc_report *report, const char **called)
{
	const struct kmc_stack *stack = &report->frames;
	size_t at = 0;

	*called = report->own.count ? report->own.frames[report->own.count - 1].symbol : NULL;
	while (at + 1 < stack->count && stack->frames[at].role == KMC_ROLE_RETURN &&
	       !stack->frames[at].exact && takes_it_first(stack->frames[at].symbol))
		*called = stack->frames[at++].symbol;
	return stack->count ? &stack->frames[at] : NULL;
}

static struct kmc_error *insn_at(struct kmc_image *image, uint64_t at, struct kmc_insn *insn,
				 bool *found)
{
	const uint8_t *bytes;
	struct kmc_error *err;
	size_t len;

	err = kmc_image_code(image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
	*found = !err && kmc_insn_scan(bytes, len, at, image->machine, insn);
	return drop(err);
}

/* The register of the only operand that can be meant. */
static bool take_operand(const struct kmc_report *report, const struct kmc_insn *insn,
			 struct pointer *out)
{
	const bool writes = report->kind == KMC_WRITE;
	const struct kmc_mem *mem = NULL;

	for (size_t i = 0; i < insn->nmem; i++) {
		const struct kmc_mem *other = &insn->mem[i];

		if (!(writes ? other->write : other->read))
			continue;
		if (mem)
			return false;
		mem = other;
	}
	if (!mem || mem->base == KMC_REG_NONE || mem->base == KMC_REG_RIP ||
	    mem->base == KMC_REG_RSP || mem->index != KMC_REG_NONE || mem->segment)
		return false;
	out->reg = mem->base;
	out->ahead = mem->disp;
	return true;
}

/* What stands there is no such call when it is known to be one of another function. */
static bool may_be_call(struct kmc_image *image, uint64_t target, const char *called)
{
	struct kmc_error *err = kmc_image_symtab(image);
	const struct kmc_symbol *symbol = err ? NULL : kmc_symtab_at(&image->symtab, target);
	const char *name = symbol && symbol->address == target ? symbol->name : called;

	kmc_error_free(err);
	if (begins(name, "__pi_"))
		name += strlen("__pi_");
	return takes_it_first(name) || !strcmp(name, called);
}

static struct kmc_error *find_pointer(const struct kmc_access *access, struct pointer *out,
				      bool *found)
{
	const struct kmc_report *report = access->report;
	struct kmc_error *err;
	struct kmc_insn insn;
	const char *called;

	*found = false;
	/* That the pointer is wrong is what is reported. */
	if (report->error && strstr(report->error, "invalid") && strstr(report->error, "free"))
		return NULL;
	out->frame = find_code(report, &called);
	if (!out->frame || !out->frame->resolved || !access->di)
		return NULL;
	out->at = out->frame->link_address;
	err = drop(kmc_debuginfo_image(access->di, out->frame->module, &out->image));
	if (err || !out->image)
		return err;
	if (out->frame->role == KMC_ROLE_RIP || out->frame->exact) {
		err = insn_at(out->image, out->at, &insn, found);
		*found = *found && take_operand(report, &insn, out);
		return err;
	}
	if (!takes_it_first(called))
		return NULL;
	out->at -= CALL_LENGTH;
	out->reg = out->image->machine->arguments[takes_it_second(report, called)];
	err = insn_at(out->image, out->at, &insn, found);
	*found = *found && insn.is_call && insn.length == CALL_LENGTH &&
		 may_be_call(out->image, insn.target, called);
	return err;
}

/* Does what is there lie in such a type, or behind one that begins where the object does? */
static bool fits(const struct kmc_search *search, uint64_t size, uint64_t start)
{
	const struct kmc_object *object = &search->access->report->object;

	return size && (start == object->start ||
			(kmc_object_holds(object, start) &&
			 search->access->address - start < size));
}

/**
 * struct use - what the code takes the pointer for
 * @found: the rest is valid
 * @pointer: it
 * @pointee: its type
 * @offset: of the access in that
 */
struct use {
	bool found;
	struct pointer pointer;
	struct kmc_pointee pointee;
	int64_t offset;
};

static struct kmc_error *find_use(const struct kmc_access *access, struct use *use)
{
	struct kmc_error *err = find_pointer(access, &use->pointer, &use->found);

	if (err || !use->found)
		return err;
	err = kmc_type_propagate(use->pointer.image, use->pointer.at, use->pointer.reg,
				 &use->pointee);
	use->found = !err && use->pointee.found && kmc_die_is_aggregate(&use->pointee.die);
	use->offset = use->pointee.offset + use->pointer.ahead;
	return err;
}

static struct kmc_error *add_use(struct kmc_search *search, struct use *use)
{
	const uint64_t start = search->access->address - use->offset;
	struct kmc_found *place;
	struct kmc_error *err;

	if (!use->found || !fits(search, kmc_die_size(&use->pointee.die), start))
		return NULL;
	err = kmc_search_add(search, &use->pointee.die, use->pointer.image, start, &place);
	if (err || !place)
		return err;
	place->reasons |= 1u << KMC_BY_REGISTER;
	place->base = true;
	place->weak |= use->pointee.weak;
	return kmc_evidence_add(&place->candidate, KMC_BY_REGISTER, place->candidate.offset, true,
				"what %s() uses is at %+" PRId64 " of %s",
				use->pointer.frame->symbol ?: "it", use->offset,
				use->pointee.how);
}

/* ---- who allocated it ---- */

static struct kmc_error *add_named(struct kmc_search *search, struct kmc_image *image,
				   const char *name, struct kmc_found **out)
{
	const struct kmc_object *object = &search->access->report->object;
	const struct kmc_type *type;
	struct kmc_types *types;
	struct kmc_error *err;
	kmc_type_id id;
	bool found;

	*out = NULL;
	err = kmc_image_type_named(image, name, &types, &id, &found);
	if (!err && found)
		err = kmc_types_get(types, id, &type);
	if (err || !found || !type->size || type->size > object->size)
		return drop(err);
	return kmc_search_add_type(search, types, id, object->start, out);
}

/* "sizeof(struct x)": its name, in @name. */
static bool read_sizeof(const char *text, char *name, size_t size)
{
	const char *at = strstr(text, "sizeof");
	size_t len = 0;

	for (; at; at = strstr(at + 1, "sizeof")) {
		const char *s = at + 6 + strspn(at + 6, " (");
		const size_t tag = begins(s, "struct ") ? 7 : begins(s, "union ") ? 6 : 0;

		while (tag && (isalnum((unsigned char)s[tag + len]) || s[tag + len] == '_'))
			len++;
		if (!len || s[tag + len + strspn(s + tag + len, " ")] != ')')
			continue;
		snprintf(name, size, "%.*s", (int)(tag + len), s);
		return true;
	}
	return false;
}

struct kmc_error *kmc_allocation_sizeof(struct kmc_search *search)
{
	const struct kmc_report *report = search->access->report;
	struct kmc_statement *statement;
	struct kmc_found *place;
	struct kmc_image *image;
	struct kmc_frame *site = kmc_allocation_frame(search->access, &image);
	struct kmc_error *err;
	char name[128];

	if (!site)
		return NULL;
	err = drop(kmc_statement_get(search->access->di, image, site->link_address, site,
				     &statement));
	if (err || !site->chain_len || !statement->text.len || !statement->nparts ||
	    !read_sizeof(statement->text.data, name, sizeof(name)))
		return err;
	err = add_named(search, image, name, &place);
	if (err || !place || place->reasons & 1u << KMC_BY_ALLOCATION)
		return err;
	place->reasons |= 1u << KMC_BY_ALLOCATION;
	return kmc_evidence_add(&place->candidate, KMC_BY_ALLOCATION, place->candidate.offset,
				true, "allocated with sizeof(%s) by %s()", name,
				site->chain[kmc_track_caller(&report->alloc).level].function ?:
				"its caller");
}

/* Many caches are called as the type of their objects is. */
static struct kmc_error *find_by_cache(struct kmc_search *search)
{
	const struct kmc_object *object = &search->access->report->object;
	struct kmc_image *image = NULL;
	struct kmc_found *place;
	struct kmc_error *err;
	char name[128];

	if (!object->cache || strlen(object->cache) > 100 || strchr(object->cache, '-') ||
	    !search->access->di)
		return NULL;
	snprintf(name, sizeof(name), "struct %s", object->cache);
	err = drop(kmc_debuginfo_image(search->access->di, NULL, &image));
	if (err || !image)
		return err;
	err = add_named(search, image, name, &place);
	if (err || !place)
		return err;
	place->weak |= object->size - place->size >= ALIGNMENT;
	return kmc_evidence_add(&place->candidate, KMC_BY_RECORD, place->candidate.offset, true,
				"its cache is called %s", object->cache);
}

/* ---- behind and before it ---- */

/* An array that ends where the type does, of which there would be more. */
static struct kmc_error *last_array(struct kmc_types *types, kmc_type_id id, uint64_t offset,
				    struct kmc_buf *path)
{
	const struct kmc_type *type, *element;
	const struct kmc_member *last;
	struct kmc_error *err;

	for (int depth = 0; depth < 16; depth++) {
		err = kmc_types_get(types, id, &type);
		if (err)
			return err;
		if (type->kind == KMC_TYPE_ARRAY) {
			err = kmc_types_get(types, type->element, &element);
			if (!err && element->size)
				kmc_buf_printf(path, "[%" PRIu64 "]", offset / element->size);
			else
				path->len = 0;
			return err;
		}
		if (type->kind != KMC_TYPE_STRUCT || !type->nmembers)
			break;
		last = &type->members[type->nmembers - 1];
		if (last->bitfield || offset < last->bit_offset / 8)
			break;
		if (last->name)
			kmc_buf_printf(path, "%s%s", path->len ? "." : "", last->name);
		offset -= last->bit_offset / 8;
		id = last->type;
	}
	path->len = 0;
	return NULL;
}

/* What would lie at an access out of bounds, had there been more of the object. */
static struct kmc_error *say_would_be(const struct kmc_report *report,
				      struct kmc_candidate *candidate)
{
	struct kmc_buf path = { };
	struct kmc_error *err = NULL;

	if (!candidate->types || candidate->offset < 0 ||
	    candidate->start != report->object.start ||
	    (uint64_t)candidate->offset < kmc_object_bytes(&report->object))
		return NULL;
	if (candidate->path)
		kmc_buf_puts(&path, candidate->hole ? "" : candidate->path);
	else
		err = last_array(candidate->types, candidate->type_id, candidate->offset, &path);
	if (!err && path.len)
		return kmc_buf_take(&path, &candidate->would_be);
	kmc_buf_release(&path);
	return drop(err);
}

/* ---- the whole ---- */

static struct kmc_error *read_source(struct kmc_search *search)
{
	const struct kmc_access *access = search->access;
	const struct kmc_stack *stack = &access->report->frames;
	struct kmc_image *image = NULL;
	struct kmc_error *err;

	if (!stack->count || !stack->frames->resolved)
		return NULL;
	err = kmc_debuginfo_image(access->di, stack->frames->module, &image);
	if (!err)
		err = kmc_statement_get(access->di, image, stack->frames->link_address,
					stack->frames, &search->statement);
	return drop(err);
}

static struct kmc_error *complete(struct kmc_search *search)
{
	struct kmc_report *report = search->access->report;
	struct kmc_error *err = read_source(search);

	if (!err)
		err = kmc_members_find(search);
	if (!err)
		err = kmc_search_finish(search);
	for (size_t i = 0; !err && i < report->ncandidates; i++)
		err = say_would_be(report, &report->candidates[i]);
	return err;
}

/* The kernel knows only where the next variable begins, KASAN's redzone included. */
static struct kmc_error *find_variable_size(const struct kmc_access *access)
{
	struct kmc_object *object = &access->report->object;
	const struct kmc_stack *stack = &access->report->frames;
	struct kmc_image *image = NULL;
	struct kmc_error *err;
	Dwarf_Die variable, type;
	bool found = false;

	if (!stack->count || !stack->frames->resolved)
		return NULL;
	err = kmc_debuginfo_image(access->di, stack->frames->module, &image);
	if (!err && image)
		err = kmc_unit_name(image, stack->frames->link_address - 1, KMC_NAME_VARIABLE,
				    object->variable, strlen(object->variable), &variable, &found);
	if (!err && found && kmc_die_type(&variable, &type))
		object->requested = kmc_die_size(&type);
	return drop(err);
}

struct kmc_error *kmc_checked_locate(struct kmc_access *access)
{
	const struct kmc_object *object = &access->report->object;
	struct kmc_search *search;
	struct use use = { };
	struct kmc_error *err;
	int64_t offset;

	if (access->di && object->region == KMC_REGION_GLOBAL && object->variable)
		return find_variable_size(access);
	if (!access->di || !object->known || !object->has_start || !object->size ||
	    (object->region != KMC_REGION_SLAB && object->region != KMC_REGION_VMALLOC &&
	     object->region != KMC_REGION_UNKNOWN))
		return NULL;
	err = find_use(access, &use);
	if (err)
		return err;
	/* Where the report has only hashes, the code says at which offset it is. */
	if (!kmc_report_offset(access->report, &offset)) {
		if (!use.found || use.offset < 0)
			return NULL;
		offset = use.offset;
	}
	search = calloc(1, sizeof(*search));
	if (!search)
		return kmc_error_nomem();
	search->access = access;
	/* Of hashes, this is no address; only differences to the start are used. */
	access->address = object->start + offset;
	err = add_use(search, &use);
	if (!err)
		err = kmc_allocation_find(search);
	if (!err)
		err = kmc_allocation_sizeof(search);
	if (!err)
		err = find_by_cache(search);
	if (!err)
		err = complete(search);
	for (size_t i = 0; i < search->count; i++)
		kmc_candidate_release(&search->places[i].candidate);
	free(search);
	return err;
}
