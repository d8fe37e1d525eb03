/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of a kernel and what lies at their bytes. Included by kmc.h.
 *
 * BTF is read in milliseconds, DWARF is there when BTF is not; both answer the
 * same questions in the same way. A file may be damaged: what cannot be
 * understood gives an error or is left out, and no question takes long.
 */
#ifndef KMC_LAYOUT_H
#define KMC_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kmc/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types: types.c, layout_btf.c, layout_dwarf.c ---- */

struct kmc_types;

/**
 * typedef kmc_type_id - which type; valid in one struct kmc_types only
 *
 * BTF: number of the type. DWARF: offset of the DIE in .debug_info; the top byte
 * counts the dimensions that an array has lost. 0 is void.
 */
typedef uint64_t kmc_type_id;

enum kmc_type_kind {
	KMC_TYPE_VOID,
	KMC_TYPE_INT,
	KMC_TYPE_BOOL,
	KMC_TYPE_CHAR,
	KMC_TYPE_FLOAT,
	KMC_TYPE_ENUM,
	KMC_TYPE_POINTER,
	KMC_TYPE_ARRAY,
	KMC_TYPE_STRUCT,
	KMC_TYPE_UNION,
	KMC_TYPE_FUNCTION,
};

/**
 * struct kmc_member - of a struct or union
 * @name: NULL: an anonymous struct, union or bit-field
 * @type: as declared, typedefs and all
 * @bit_offset: from the start of the aggregate; bits count from the lowest one
 *	of the lowest byte
 * @bit_size: 0 for a flexible array and what has no size
 * @bitfield: declared with a width
 */
struct kmc_member {
	const char *name;
	kmc_type_id type;
	uint64_t bit_offset;
	uint64_t bit_size;
	bool bitfield;
};

/**
 * struct kmc_enumerator - a named value
 * @name: borrowed
 * @value: an unsigned one beyond INT64_MAX wraps
 */
struct kmc_enumerator {
	const char *name;
	int64_t value;
};

/**
 * struct kmc_type - a type with typedefs and qualifiers taken off
 * @id: of the type behind the typedefs, so that equal types have equal ids
 * @kind: what it is
 * @name: of a struct, union, enum or base type; NULL if anonymous
 * @declared: as C writes it and it was asked for, typedefs and all: "u32",
 *	"struct list_head", "char [16]", "void (*)(int)"
 * @anonymous: @declared has a struct, union or enum without a name in it: "{...}"
 * @size: bytes; 0 if incomplete, flexible, or unknown
 * @is_signed: INT, CHAR, ENUM
 * @incomplete: only declared
 * @members: STRUCT, UNION: in the order of the declaration; FUNCTION: parameters, of
 *	which only @type counts
 * @nmembers: of @members
 * @element: ARRAY: type of an element
 * @count: ARRAY: elements of this dimension, 0 if @flexible
 * @flexible: ARRAY: without a number of elements, or with 0
 * @target: POINTER: what it points to; FUNCTION: what it returns
 * @enumerators: ENUM
 * @nenumerators: of @enumerators
 *
 * It is owned by the struct kmc_types and valid until that is freed.
 */
struct kmc_type {
	kmc_type_id id;
	enum kmc_type_kind kind;
	const char *name;
	const char *declared;
	bool anonymous;
	uint64_t size;
	bool is_signed;
	bool incomplete;
	const struct kmc_member *members;
	size_t nmembers;
	kmc_type_id element;
	uint64_t count;
	bool flexible;
	kmc_type_id target;
	const struct kmc_enumerator *enumerators;
	size_t nenumerators;
};

/**
 * struct kmc_type_name - an entry of the list of all types
 * @name: of a struct, a union, an enum, or a typedef of one; "{IPPROTO_IP, ...}" of an enum
 *	that has neither, by its first constant; borrowed
 * @is_typedef: "atomic_t" and not "struct atomic_t"
 * @kind: STRUCT, UNION or ENUM, also of what a typedef stands for
 * @size: bytes
 * @id: one type of that name, kind and size
 */
struct kmc_type_name {
	const char *name;
	bool is_typedef;
	enum kmc_type_kind kind;
	uint64_t size;
	kmc_type_id id;
};

/**
 * kmc_types_open_btf() - types from BTF
 * @path: ELF file with a .BTF section, or raw BTF (/sys/kernel/btf/vmlinux)
 * @out: free with kmc_types_free()
 *
 * A module's BTF continues its kernel's and cannot be read alone.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_open_btf(const char *path, struct kmc_types **out);

/**
 * kmc_types_open_dwarf() - types from DWARF
 * @path: vmlinux or module (.ko, .ko.xz, .ko.zst) with debug info
 * @out: free with kmc_types_free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_open_dwarf(const char *path, struct kmc_types **out);

KMC_PUBLIC void kmc_types_free(struct kmc_types *types);

/**
 * kmc_types_get() - a type by its number
 * @types: where from
 * @id: as in a struct kmc_member, or from kmc_types_find()
 * @out: borrowed; the same pointer for the same question
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_get(struct kmc_types *types, kmc_type_id id,
	      const struct kmc_type **out);

/**
 * kmc_types_find() - the complete structs and unions of a name
 * @types: where from
 * @name: "struct x", "union x", or "x", which may be a typedef of one, or of such a
 *	typedef
 * @ids: yours to free()
 * @count: of @ids, at least 1: compilation units may differ in what they call
 *	so; each layout is there once
 *
 * DWARF is read as a whole the first time. Of what has its name, line, size and
 * length of description in common, only the first few are compared.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_find(struct kmc_types *types, const char *name, kmc_type_id **ids,
	       size_t *count);

/**
 * kmc_types_list() - every complete struct and union that has a name
 * @types: where from
 * @out: borrowed until @types is freed; each name, kind and size once
 * @count: of @out
 *
 * Also their typedefs. DWARF is read as a whole the first time.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_list(struct kmc_types *types, const struct kmc_type_name **out,
	       size_t *count);

/**
 * kmc_types_find_enum() - the enums of a name
 * @types: where from
 * @name: "enum x", or "x", which may be a typedef of one, or what it is called in the list
 * @ids: yours to free()
 * @count: of @ids, at least 1; those with the same values are there once
 *
 * To be asked when kmc_types_find() has found nothing: its error says so of both.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_find_enum(struct kmc_types *types, const char *name, kmc_type_id **ids,
		    size_t *count);

/**
 * kmc_types_enums() - every enum, as kmc_types_list()
 * @types: where from
 * @out: borrowed until @types is freed
 * @count: of @out
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_types_enums(struct kmc_types *types, const struct kmc_type_name **out,
		size_t *count);

/* ---- types of modules: module_types.c ---- */

struct kmc_modules;

/**
 * kmc_modules_open() - the modules of a kernel, for the types that only they have
 * @path: directory, searched downwards, or one module's file: .ko, .ko.debug, or .ko.xz,
 *	.ko.zst, .ko.gz
 * @kernel: types of its vmlinux, which the BTF of a module continues; has to outlive @out.
 *	NULL, or from DWARF: only DWARF of the modules is read
 * @out: free with kmc_modules_free(); they may be none
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_modules_open(const char *path, struct kmc_types *kernel, struct kmc_modules **out);

/**
 * kmc_modules_open_btf() - the same of raw BTF, which is all that a running kernel shows
 * @dir: directory with a file for each, called as it: /sys/kernel/btf
 * @kernel: types from "vmlinux" in it, which is no module; has to outlive @out
 * @out: free with kmc_modules_free(); they may be none
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_modules_open_btf(const char *dir, struct kmc_types *kernel, struct kmc_modules **out);

KMC_PUBLIC void kmc_modules_free(struct kmc_modules *modules);

KMC_PUBLIC size_t kmc_modules_count(const struct kmc_modules *modules);

KMC_PUBLIC const char *kmc_modules_path(const struct kmc_modules *modules, size_t i);

/**
 * kmc_modules_types() - the types of one module
 * @modules: where from
 * @i: which, below kmc_modules_count()
 * @quick: only if that takes a millisecond, which is from BTF
 * @out: borrowed; NULL if there are none. The kernel's are among them when they are
 *	from DWARF, and not in kmc_types_list() when they are from BTF
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_modules_types(struct kmc_modules *modules, size_t i, bool quick,
		  struct kmc_types **out);

/**
 * kmc_modules_find() - kmc_types_find(), and for enums, in the first module that has such a type
 * @modules: where from
 * @name: as for kmc_types_find()
 * @types: of that module, borrowed; NULL if there is none
 * @ids: yours to free()
 * @count: of @ids
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_modules_find(struct kmc_modules *modules, const char *name, struct kmc_types **types,
		 kmc_type_id **ids, size_t *count);

/* ---- what lies where: layout.c ---- */

/* More fields than this are cut. */
#define KMC_FIELDS_MAX		4096

enum kmc_place {
	KMC_PLACE_MEMBER,
	KMC_PLACE_HOLE,		/* between two members, or before the first */
	KMC_PLACE_TAIL,		/* behind the last member of a struct or union */
	KMC_PLACE_OUTSIDE,	/* behind the type */
};

/**
 * struct kmc_field - what lies at some bytes
 * @place: what it is
 * @path: "info._sifields._kill._pid", "a.b[3].c"; of the enclosing aggregate
 *	for a hole and padding, "" if that is the outermost one
 * @after: HOLE, TAIL: the member before it ("union {...}" if that has no name);
 *	else, or if there is none, NULL
 * @type: of the member, 0 for the rest
 * @offset: first byte, from the start of the outermost type
 * @size: bytes; of a bit-field those that it touches
 * @bit_offset: of the lowest bit in the byte at @offset
 * @bit_size: bits, exactly; for UINT_MAX bits and more, UINT_MAX
 * @bitfield: declared with a width; a hole that begins or ends within a byte
 * @depth: how many aggregates and arrays are around it, the outermost not
 *	counted
 * @in_union: another arm covers these bytes, too
 */
struct kmc_field {
	enum kmc_place place;
	char *path;
	char *after;
	kmc_type_id type;
	uint64_t offset;
	uint64_t size;
	unsigned int bit_offset;
	unsigned int bit_size;
	bool bitfield;
	unsigned int depth;
	bool in_union;
};

struct kmc_fields {
	struct kmc_field *v;
	size_t count;
};

/**
 * kmc_layout_fields() - everything that touches some bytes of a type
 * @types: where from
 * @type: the outermost type
 * @offset: first byte
 * @size: bytes
 * @out: in order of offset: leaves, holes, padding, of all arms of unions,
 *	arrays by element; release with kmc_fields_release()
 * @truncated: set to whether there are more than KMC_FIELDS_MAX, or the type is
 *	too deep to be true
 *
 * A flexible array at the end takes what lies behind the type. An object that
 * is an array of @type is the caller's business.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_layout_fields(struct kmc_types *types, kmc_type_id type, uint64_t offset,
		  uint64_t size, struct kmc_fields *out, bool *truncated);

KMC_PUBLIC void kmc_fields_release(struct kmc_fields *fields);

/**
 * struct kmc_gap - bits of an aggregate that belong to none of its members
 * @place: HOLE or TAIL
 * @after: index of the member before it; -1: none
 * @bit_offset: where it begins
 * @bit_size: bits
 */
struct kmc_gap {
	enum kmc_place place;
	long after;
	uint64_t bit_offset;
	uint64_t bit_size;
};

/**
 * kmc_layout_gaps() - holes and padding of one aggregate, not of what is in it
 * @type: STRUCT or UNION; of other types there are none
 * @out: yours to free()
 * @count: of @out
 *
 * What pahole counts as a hole of so many bytes and so many bits, one behind
 * the other, is one gap here. A union has padding where no arm reaches.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_layout_gaps(const struct kmc_type *type, struct kmc_gap **out,
		size_t *count);

/**
 * kmc_layout_resolve() - where is a member
 * @types: where from
 * @type: the outermost type
 * @path: "a.b[3].c"; may name an aggregate or an array, too
 * @out: release with kmc_field_release()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_layout_resolve(struct kmc_types *types, kmc_type_id type, const char *path,
		   struct kmc_field *out);

KMC_PUBLIC void kmc_field_release(struct kmc_field *field);

/**
 * kmc_layout_contains() - is there an object of a type at an offset of another
 * @types: where from
 * @outer: the outermost type, which counts as its own part at offset 0
 * @offset: bytes
 * @inner_name: "list_head" or "struct list_head"
 * @inner_size: bytes
 *
 * Return: false also when damage or memory keeps it from being found.
 */
KMC_PUBLIC bool kmc_layout_contains(struct kmc_types *types, kmc_type_id outer,
				    uint64_t offset, const char *inner_name,
				    uint64_t inner_size);

#ifdef __cplusplus
}
#endif

#endif /* KMC_LAYOUT_H */
