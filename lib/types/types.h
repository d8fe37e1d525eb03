/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the readers of BTF and DWARF and what both are used for.
 */
#ifndef KMC_TYPES_H
#define KMC_TYPES_H

#include "base/map.h"
#include "kmc/layout.h"

/* Deeper is damage. */
#define KMC_LAYOUT_DEPTH	64
/* Members looked at for one question; the kernel's largest type needs 1 %. */
#define KMC_LAYOUT_WORK		1000000

static inline bool kmc_is_aggregate(const struct kmc_type *type)
{
	return type->kind == KMC_TYPE_STRUCT || type->kind == KMC_TYPE_UNION;
}

/* What a type is in front of another one, whose properties it has. */
enum kmc_alias {
	KMC_ALIAS_NONE,
	KMC_ALIAS_TYPEDEF,
	KMC_ALIAS_CONST,
	KMC_ALIAS_VOLATILE,
	KMC_ALIAS_RESTRICT,
	KMC_ALIAS_OTHER,	/* what C does not show, as a type tag */
};

/**
 * struct kmc_raw_type - one node of the debug info
 * @alias: if it is one, only @name and @target count
 * @kind: else what it is
 * @name: as in struct kmc_type
 * @size: likewise
 * @is_signed: likewise
 * @incomplete: likewise
 * @count: likewise
 * @flexible: likewise
 * @target: of an alias or a pointer; element of an array; what a function
 *	returns
 * @members: yours; of a function its parameters. @bit_size only of bit-fields.
 * @nmembers: of @members
 * @variadic: a function with ...
 * @enumerators: yours
 * @nenumerators: of @enumerators
 */
struct kmc_raw_type {
	enum kmc_alias alias;
	enum kmc_type_kind kind;
	const char *name;
	uint64_t size;
	bool is_signed;
	bool incomplete;
	kmc_type_id target;
	uint64_t count;
	bool flexible;
	bool variadic;
	struct kmc_member *members;
	size_t nmembers;
	struct kmc_enumerator *enumerators;
	size_t nenumerators;
};

/**
 * struct kmc_index_entry - a name, once for each time that it is there
 * @name: as in the list
 * @first: of an enum that has no name, its first constant: it will be called by that; else
 *	NULL
 * @origin: equal ones were, most likely, compiled from the same lines: hash of
 *	where it was declared and how many bytes describe it; 0: not known
 */
struct kmc_index_entry {
	struct kmc_type_name name;
	const char *first;
	uint64_t origin;
};

struct kmc_index {
	struct kmc_index_entry *v;
	size_t count;
};

/**
 * struct kmc_function_name - a function
 * @name: borrowed
 * @id: of its type
 */
struct kmc_function_name {
	const char *name;
	kmc_type_id id;
};

struct kmc_functions {
	struct kmc_function_name *v;
	size_t count;
};

/**
 * struct kmc_types_ops - a source of types
 * @read: one node; @children: also members, parameters, enumerators. Strings
 *	live as long as the source. On failure @out owns nothing.
 * @index: names of all complete structs, unions and enums and typedefs of them, each as
 *	often as it is there; enums that have neither by @first
 * @variable: what the one variable of a name is of; false: there is none, or some. NULL
 *	when it knows no variables
 * @functions: all of them, each as often as it is there
 * @free: NULL is fine
 */
struct kmc_types_ops {
	struct kmc_error *(*read)(void *source, kmc_type_id id, bool children,
				  struct kmc_raw_type *out);
	struct kmc_error *(*index)(void *source, struct kmc_index *index);
	bool (*variable)(void *source, const char *name, kmc_type_id *id);
	struct kmc_error *(*functions)(void *source, struct kmc_functions *functions);
	void (*free)(void *source);
};

/**
 * struct kmc_types - types of one file
 * @path: for messages
 * @ops: reads @source
 * @source: BTF or DWARF
 * @entries: id → type that was asked for
 * @index: names of structs and unions, each as often as it is there
 * @enum_index: names of enums, likewise
 * @list: each name of @index once
 * @nlist: of @list
 * @enums: each name of @enum_index once
 * @nenums: of @enums
 * @labels: hash of a constant → what an enum without a name is called by it
 * @indexed: @index, @enum_index and @labels are there
 * @listed: the lists are
 * @functions: each name once
 * @has_functions: @functions is there
 */
struct kmc_types {
	char *path;
	const struct kmc_types_ops *ops;
	void *source;
	struct kmc_map entries;
	struct kmc_index index;
	struct kmc_index enum_index;
	struct kmc_type_name *list;
	size_t nlist;
	struct kmc_type_name *enums;
	size_t nenums;
	struct kmc_map labels;
	bool indexed;
	bool listed;
	struct kmc_functions functions;
	bool has_functions;
};

/* Takes @source over, also on failure. */
KMC_MUST_CHECK struct kmc_error *
kmc_types_new(const char *path, const struct kmc_types_ops *ops, void *source,
	      struct kmc_types **out);

/* One node, as ops->read() has it; 0 is void. Its children are yours until released. */
KMC_MUST_CHECK struct kmc_error *
kmc_types_read(struct kmc_types *types, kmc_type_id id, bool children,
	       struct kmc_raw_type *raw);
void kmc_raw_release(struct kmc_raw_type *raw);

/* What a module's BTF, which continues its kernel's, has; @kernel has to outlive it. */
KMC_MUST_CHECK struct kmc_error *
kmc_types_open_module_btf(const char *path, struct kmc_types *kernel,
			  struct kmc_types **out);

/* module_types.c: of the module of a name ("snd_hda"), NULL if there is none. */
KMC_MUST_CHECK struct kmc_error *
kmc_modules_named(struct kmc_modules *modules, const char *name, struct kmc_types **out);

/* Add an entry; false: out of memory. */
bool kmc_index_add(struct kmc_index *index, const struct kmc_index_entry *entry);

/* The names of all types, unless they are there. */
KMC_MUST_CHECK struct kmc_error *kmc_types_index(struct kmc_types *types);
/* All names, as if they had never been asked for. */
void kmc_types_drop_index(struct kmc_types *types);

/* False: out of memory. */
bool kmc_functions_add(struct kmc_functions *functions, const char *name, kmc_type_id id);
/* Every function once, by name; borrowed. */
KMC_MUST_CHECK struct kmc_error *
kmc_types_functions(struct kmc_types *types, const struct kmc_function_name **out,
		    size_t *count);

#endif /* KMC_TYPES_H */
