// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The names of all types and functions that DWARF has, unit by unit.
 */
#include "types/dwarf_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"

/* Not in every dwarf.h */
#ifndef DW_LANG_C17
#define DW_LANG_C17	0x2c
#endif

/*
 * struct node - a child of a unit, or of a function or block in it
 * @line, @length: where it was declared, and how many bytes describe it; 0: not known
 * @first: of an enum without a name, that of its first constant
 * @aliased: a typedef is of it
 * @raw: of a struct, a union, an enum and an alias; of anything else the tag is all
 */
struct node {
	kmc_type_id id;
	Dwarf_Half tag;
	const char *first;
	bool aliased;
	uint64_t line;
	uint64_t length;
	struct kmc_raw_type raw;
};

/*
 * What counts of a unit, in the order of their numbers: libdwarf goes through a list of all
 * units whenever it is asked for a DIE by its offset, and each typedef has a target.
 * @last: number of the DIE that was read last
 * @classes: it is of a language in which types are in types and namespaces
 */
struct nodes {
	struct node *v;
	size_t count;
	kmc_type_id last;
	bool classes;
};

static void read_node_of_index(struct kmc_dwarf_source *src, Dwarf_Die die, kmc_type_id id,
			       Dwarf_Half tag, struct node *out)
{
	Dwarf_Die child;

	*out = (struct node){ .id = id, .tag = tag };
	if (!kmc_dwarf_is_indexed(tag) && kmc_dwarf_alias(tag) == KMC_ALIAS_NONE)
		return;
	if (!kmc_dwarf_read_node(src, die, id, &out->raw))
		out->tag = 0;
	if (kmc_dwarf_is_indexed(out->tag))
		kmc_dwarf_attr_value(src, die, DW_AT_decl_line, &out->line);
	if (out->tag != DW_TAG_enumeration_type || out->raw.name || out->raw.incomplete)
		return;
	child = kmc_dwarf_first_child(src, die);
	out->first = child ? kmc_dwarf_die_name(src, child) : NULL;
	kmc_dwarf_die_free(src, child);
}

/* Also what a typedef may be of, which would be looked for otherwise. */
static bool is_node(Dwarf_Half tag)
{
	switch (tag) {
	case DW_TAG_base_type:
	case DW_TAG_unspecified_type:
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
	case DW_TAG_ptr_to_member_type:
	case DW_TAG_array_type:
	case DW_TAG_subroutine_type:
		return true;
	default:
		return kmc_dwarf_is_indexed(tag) || kmc_dwarf_alias(tag) != KMC_ALIAS_NONE;
	}
}

/* Namespaces and classes are in the names of what is in them. */
static bool is_named_scope(Dwarf_Half tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/*
 * struct scope - what types are declared in: a unit, a function, a block, a namespace, a class
 * @die: that
 * @prefix: what stands before the names in it, NULL: nothing
 * @depth: scopes around it
 */
struct scope {
	Dwarf_Die die;
	const char *prefix;
	int depth;
};

/* In C there are none in structs, which are many. */
static bool is_scope(const struct nodes *nodes, Dwarf_Half tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
	       (nodes->classes && is_named_scope(tag));
}

static struct kmc_error *read_scope(struct kmc_dwarf_source *src, const struct scope *scope,
				    struct nodes *nodes);

/* The name with all that it is declared in; it lives as long as the source. */
static struct kmc_error *add_scoped(struct kmc_dwarf_source *src, const char *prefix,
				    kmc_type_id id, const char **name)
{
	const char *there = kmc_map_get(&src->scoped, id);
	const size_t len = strlen(prefix);
	char *scoped;

	/* Declared elsewhere, it has its whole name already. */
	if (!strncmp(*name, prefix, len) && !strncmp(*name + len, "::", 2))
		return NULL;
	if (!there) {
		if (asprintf(&scoped, "%s::%s", prefix, *name) < 0)
			return kmc_error_nomem();
		if (!kmc_map_put(&src->scoped, id, scoped)) {
			free(scoped);
			return kmc_error_nomem();
		}
		there = scoped;
	}
	*name = there;
	return NULL;
}

static struct kmc_error *read_inner(struct kmc_dwarf_source *src, Dwarf_Die die, Dwarf_Half tag,
				    const struct scope *around, struct nodes *nodes,
				    kmc_type_id id)
{
	struct scope scope = { .die = die, .depth = around->depth + 1 };
	struct kmc_error *err = NULL;

	if (!is_scope(nodes, tag) || around->depth >= KMC_LAYOUT_DEPTH)
		return NULL;
	if (is_named_scope(tag)) {
		scope.prefix = kmc_dwarf_scope_name(src, die, tag, id);
		if (!scope.prefix && tag == DW_TAG_namespace)
			scope.prefix = "(anonymous namespace)";
		if (!scope.prefix)
			scope.prefix = around->prefix;
		else if (around->prefix && !kmc_map_get(&src->scoped, id))
			err = add_scoped(src, around->prefix, id, &scope.prefix);
	}
	return err ? err : read_scope(src, &scope, nodes);
}

/* @at: set to what was added, or to -1 */
static struct kmc_error *read_in_scope(struct kmc_dwarf_source *src, Dwarf_Die die,
				       const struct scope *scope, struct nodes *nodes, long *at)
{
	const Dwarf_Half tag = kmc_dwarf_die_tag(src, die);
	struct kmc_error *err = NULL;
	struct node *node;

	*at = -1;
	if (is_node(tag)) {
		*at = nodes->count;
		node = kmc_grow(&nodes->v, nodes->count, sizeof(*node));
		if (!node)
			return kmc_error_nomem();
		nodes->count++;
		read_node_of_index(src, die, nodes->last, tag, node);
		if (scope->prefix && node->raw.name)
			err = add_scoped(src, scope->prefix, node->id, &node->raw.name);
	}
	return err ? err : read_inner(src, die, tag, scope, nodes, nodes->last);
}

static struct kmc_error *read_scope(struct kmc_dwarf_source *src, const struct scope *scope,
				    struct nodes *nodes)
{
	Dwarf_Die child = kmc_dwarf_first_child(src, scope->die);
	struct kmc_error *err = NULL;
	long before = -1;

	while (child && !err) {
		const kmc_type_id id = kmc_dwarf_die_offset(src, child);

		if (before >= 0)
			nodes->v[before].length = id - nodes->v[before].id;
		/* What is not behind all that was read leads around in circles. */
		if (id <= nodes->last)
			break;
		nodes->last = id;
		err = read_in_scope(src, child, scope, nodes, &before);
		if (!err)
			child = kmc_dwarf_next_sibling(src, child);
	}
	kmc_dwarf_die_free(src, child);
	return err;
}

/*
 * All but C: in which newer standards C++ is written, is not known here. What dwz has taken
 * out of other units says nothing of it.
 */
static bool has_classes(const struct kmc_dwarf_source *src, Dwarf_Die unit)
{
	uint64_t language = DW_LANG_C;

	if (!kmc_dwarf_attr_value(src, unit, DW_AT_language, &language))
		return kmc_dwarf_die_tag(src, unit) == DW_TAG_partial_unit;
	return language != DW_LANG_C && language != DW_LANG_C89 && language != DW_LANG_C99 &&
	       language != DW_LANG_C11 && language != DW_LANG_C17 &&
	       language != DW_LANG_Mips_Assembler;
}

static struct kmc_error *read_unit(struct kmc_dwarf_source *src, uint64_t offset,
				   struct nodes *nodes)
{
	struct scope unit = { .die = kmc_dwarf_die_at(src, offset) };
	struct kmc_error *err = NULL;

	nodes->count = 0;
	nodes->last = 0;
	if (unit.die) {
		nodes->classes = has_classes(src, unit.die);
		err = read_scope(src, &unit, nodes);
	}
	kmc_dwarf_die_free(src, unit.die);
	return err;
}

static int compare_ids(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What was not read with the unit is read now. */
static struct node node_at(struct kmc_dwarf_source *src,
			   const struct nodes *nodes, kmc_type_id id)
{
	const struct node key = { .id = id };
	struct node *found, node = { };
	Dwarf_Die die;

	found = bsearch(&key, nodes->v, nodes->count, sizeof(key), compare_ids);
	if (found) {
		found->aliased = true;
		return *found;
	}
	src = kmc_dwarf_part(src, id);
	die = kmc_dwarf_die_at(src, id);
	if (die)
		read_node_of_index(src, die, id, kmc_dwarf_die_tag(src, die), &node);
	kmc_dwarf_die_free(src, die);
	return node;
}

/* False: it is nothing that goes into the index. */
static bool make_entry(struct kmc_dwarf_source *src, const struct nodes *nodes,
		       const struct node *node, struct kmc_index_entry *out)
{
	const bool is_typedef = node->tag == DW_TAG_typedef;
	struct node target = *node;

	if (!node->raw.name || (!is_typedef && !kmc_dwarf_is_indexed(node->tag)))
		return false;
	for (int i = 0; i < KMC_LAYOUT_DEPTH &&
	     kmc_dwarf_alias(target.tag) != KMC_ALIAS_NONE; i++)
		target = node_at(src, nodes, target.raw.target);
	if (!kmc_dwarf_is_indexed(target.tag) || target.raw.incomplete)
		return false;
	out->name = (struct kmc_type_name){
		.name = node->raw.name, .is_typedef = is_typedef,
		.kind = target.raw.kind, .size = target.raw.size,
		/* What has no name goes by that of its typedef. */
		.id = target.raw.name ? target.id : node->id,
	};
	out->origin = target.line && target.length ?
		      target.line << 32 | target.length : 0;
	return true;
}

/* An enum without a name, and that has not got one by a typedef either. */
static bool make_nameless(const struct node *node, struct kmc_index_entry *out)
{
	*out = (struct kmc_index_entry){
		.name = { .kind = KMC_TYPE_ENUM, .size = node->raw.size, .id = node->id },
		.first = node->first,
		.origin = node->line << 32 | node->length,
	};
	return node->first && !node->aliased;
}

/* Those without a name at last: it is known then which of them have a typedef. */
static struct kmc_error *index_unit(struct kmc_dwarf_source *src,
				    const struct nodes *nodes, struct kmc_index *index)
{
	for (int nameless = 0; nameless < 2; nameless++) {
		for (size_t i = 0; i < nodes->count; i++) {
			const struct node *node = &nodes->v[i];
			struct kmc_index_entry entry = { };

			if ((nameless ? make_nameless(node, &entry) :
			     make_entry(src, nodes, node, &entry)) &&
			    !kmc_index_add(index, &entry))
				return kmc_error_nomem();
		}
	}
	return NULL;
}

static struct kmc_error *index_part(struct kmc_dwarf_source *src, struct kmc_index *index)
{
	struct kmc_error *err = NULL;
	struct nodes nodes = { };

	for (size_t i = 0; i < src->units.count && !err; i++) {
		err = read_unit(src, src->units.v[i].die | src->bits, &nodes);
		if (!err)
			err = index_unit(src, &nodes, index);
	}
	free(nodes.v);
	return err;
}

/* What others name is read first, so that its names have all that they are declared in. */
struct kmc_error *kmc_dwarf_index(void *source, struct kmc_index *index)
{
	struct kmc_dwarf_source *src = source;
	struct kmc_error *err = src->shared ? index_part(src->shared, index) : NULL;

	return err ? err : index_part(src, index);
}

/* Those that are directly in a unit, with the first part that says their name. */
static struct kmc_error *functions_of(const struct kmc_dwarf_source *src,
				      struct kmc_functions *functions)
{
	for (size_t i = 0; i < src->units.count; i++) {
		Dwarf_Die unit = kmc_dwarf_die_at(src, src->units.v[i].die | src->bits);
		Dwarf_Die child = unit ? kmc_dwarf_first_child(src, unit) : NULL;

		kmc_dwarf_die_free(src, unit);
		for (; child; child = kmc_dwarf_next_sibling(src, child)) {
			const char *name = kmc_dwarf_die_tag(src, child) == DW_TAG_subprogram ?
					   kmc_dwarf_die_name(src, child) : NULL;

			if (name && !kmc_functions_add(functions, name,
						       kmc_dwarf_die_offset(src, child))) {
				kmc_dwarf_die_free(src, child);
				return kmc_error_nomem();
			}
		}
	}
	return NULL;
}

struct kmc_error *kmc_dwarf_functions(void *source, struct kmc_functions *functions)
{
	const struct kmc_dwarf_source *src = source;
	struct kmc_error *err = src->shared ? functions_of(src->shared, functions) : NULL;

	return err ? err : functions_of(src, functions);
}
