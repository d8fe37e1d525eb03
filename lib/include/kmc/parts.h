/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report consists of: frames, stacks, the memory and its bytes. Included by
 * report.h; kmc.h says who owns what.
 */
#ifndef KMC_KMC_PARTS_H
#define KMC_KMC_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kmc_role { KMC_ROLE_RIP, KMC_ROLE_RETURN };

/**
 * struct kmc_location - one level of an inline chain
 * @function: name as in the source, NULL if unknown
 * @file: path as the compiler recorded it (relative to the build directory
 *	where it lies below it), NULL if unknown
 * @line: from 1, 0 if unknown
 * @column: from 1, 0 if unknown
 */
struct kmc_location {
	const char *function;
	const char *file;
	int line;
	int column;
};

/**
 * struct kmc_frame - one code address of a report
 * @role: the instruction itself, or a return address (then @chain shows the
 *	line of the call, which is found one byte before)
 * @exact: it is listed as a return address, but is the instruction itself, as where a page
 *	fault was the first to be called
 * @has_address: @address was in the report
 * @address: run-time address
 * @symbol: name as the kernel printed it, NULL if it printed none
 * @has_offset: @offset and @size were in the report
 * @offset: from the symbol's start, bytes
 * @size: of the symbol, bytes, as the kernel counts (up to the next symbol)
 * @module: NULL for the kernel proper
 * @build_id: of @module, where the report says it behind the name
 * @build_id_len: bytes of @build_id, 0 if unknown
 * @chain: innermost first, NULL until kmc_symbolize_report() has run
 * @chain_len: number of entries in @chain
 * @resolved: kmc_symbolize_report() knows where it is in the debug info:
 *	@link_address is valid
 * @link_address: link-time address; for a return address what was in the report,
 *	which is behind the call
 * @namesakes: functions of that name, where name, size and address left it open which
 *	of them it is; else 0
 * @told_by: what told them apart then, in words; NULL: nothing, it is not @resolved
 * @from_log: @chain is what the log itself said, and this holds its strings; else NULL
 */
struct kmc_frame {
	enum kmc_role role;
	bool exact;
	bool has_address;
	uint64_t address;
	char *symbol;
	bool has_offset;
	uint64_t offset;
	uint64_t size;
	char *module;
	uint8_t build_id[24];
	size_t build_id_len;
	struct kmc_location *chain;
	size_t chain_len;
	bool resolved;
	uint64_t link_address;
	size_t namesakes;
	const char *told_by;
	char *from_log;
};

/**
 * struct kmc_stack - frames, innermost first
 * @frames: the array, NULL when empty
 * @count: of frames
 */
struct kmc_stack {
	struct kmc_frame *frames;
	size_t count;
};

/**
 * struct kmc_track - who allocated, freed, filled or copied something
 * @known: false: the report does not say, the rest is empty
 * @pid: -1 if unknown
 * @time: seconds since boot, negative if unknown
 * @stack: return addresses
 */
struct kmc_track {
	bool known;
	int pid;
	double time;
	struct kmc_stack stack;
};

/**
 * struct kmc_register - one register
 * @name: in lower case, as in "rip", "cr2"
 * @value: before the instruction was executed
 */
struct kmc_register {
	char name[16];
	uint64_t value;
};

/**
 * enum kmc_region - what sort of memory it is
 * @KMC_REGION_UNKNOWN: not said
 * @KMC_REGION_SLAB: an object of a slab cache
 * @KMC_REGION_STACK: of a task's stack
 * @KMC_REGION_GLOBAL: a variable of the kernel or of a module
 * @KMC_REGION_VMALLOC: a virtual mapping
 * @KMC_REGION_PAGE: pages
 */
enum kmc_region {
	KMC_REGION_UNKNOWN,
	KMC_REGION_SLAB,
	KMC_REGION_STACK,
	KMC_REGION_GLOBAL,
	KMC_REGION_VMALLOC,
	KMC_REGION_PAGE,
};

/**
 * struct kmc_object - the memory as the kernel recorded it
 * @known: false: the report does not say, the rest is empty
 * @has_start: @start is known
 * @start: its address
 * @end: address behind it, 0 if the report does not say
 * @hashed: @start and @end were printed as hashes: names that are the same for the same
 *	address, and never to be calculated with
 * @size: usable bytes, 0 if unknown
 * @requested: bytes asked for, 0 if unknown
 * @has_offset: the report says @offset in words, or it follows from addresses
 * @offset: of the access from @start: negative before it, at least its size behind it
 * @cache: slab cache, NULL if unknown
 * @region: what sort of memory
 * @variable: that it is, NULL if it is none or unknown
 * @slab_offset: of @start in its slab, negative if unknown
 */
struct kmc_object {
	bool known;
	bool has_start;
	uint64_t start;
	uint64_t end;
	bool hashed;
	uint64_t size;
	uint64_t requested;
	bool has_offset;
	int64_t offset;
	char *cache;
	enum kmc_region region;
	char *variable;
	int64_t slab_offset;
};

/**
 * struct kmc_variable - one of the function whose stack it is
 * @name: of it
 * @begin: offset of its first byte in the frame
 * @end: offset behind its last byte
 */
struct kmc_variable {
	char *name;
	int64_t begin;
	int64_t end;
};

/**
 * struct kmc_dump_row - bytes that the report shows
 * @label: what it calls them: "Object", "Redzone", "shadow"
 * @address: of the first one; as in struct kmc_object it may be a hash
 * @bytes: themselves, or what is recorded about them
 * @len: of them
 * @marks: a letter each, NULL if all are what was printed: x for such, . for one that is
 *	as it should be, ! for one that was not printed
 */
struct kmc_dump_row {
	char *label;
	uint64_t address;
	uint8_t *bytes;
	size_t len;
	char *marks;
};

/**
 * struct kmc_dump - all of these
 * @rows: in the order printed
 * @count: of them
 * @granule: bytes of memory that a byte of a row says something about: 1, or more for a
 *	shadow
 * @marked: the report points to byte @byte of row @row
 * @row: index of it
 * @byte: index in that
 */
struct kmc_dump {
	struct kmc_dump_row *rows;
	size_t count;
	unsigned int granule;
	bool marked;
	size_t row;
	size_t byte;
};

/**
 * struct kmc_overwritten - bytes that are not what they were set to
 * @known: false: the report does not say, the rest is empty
 * @first: address of the first one
 * @last: and of the last; both may be hashes
 * @found: what the first one is
 * @expected: and what it was set to
 * @what: they are in words: text, a pointer by its name, a small number; NULL if it is
 *	nothing of that, or nobody looked. Also set where @known is not
 */
struct kmc_overwritten {
	bool known;
	uint64_t first;
	uint64_t last;
	uint8_t found;
	uint8_t expected;
	char *what;
};

/**
 * struct kmc_undefined - what the code has where UBSAN reports
 * @expression: "a->b[i]", "1 << n", as the source has it; NULL: there is none
 * @array: what has the index: "a->b"; without source also "struct a.b"
 * @value: the index, or the right operand: "i", "n"
 * @inferred: without source, @array is what has the type that the report names, and @value
 *	what the code has handed over: that is likely, and what the source has is certain
 */
struct kmc_undefined {
	char *expression;
	char *array;
	char *value;
	bool inferred;
};

/**
 * enum kmc_relation - what else happened to the memory
 * @KMC_STORED: uninitialised bytes were stored to it
 * @KMC_WORK: work was queued that may have to do with it
 * @KMC_PAGE_ALLOC: its page was allocated
 * @KMC_PAGE_FREE: its page was freed, before that
 */
enum kmc_relation {
	KMC_STORED,
	KMC_WORK,
	KMC_PAGE_ALLOC,
	KMC_PAGE_FREE,
};

/**
 * struct kmc_related - one such thing
 * @relation: which
 * @track: who and where
 */
struct kmc_related {
	enum kmc_relation relation;
	struct kmc_track track;
};

/**
 * enum kmc_pointer_kind - what a number that was used as a pointer is
 * @KMC_POINTER_UNKNOWN: an address of the kernel like any other
 * @KMC_POINTER_NULL: NULL, or so much away from it
 * @KMC_POINTER_ERROR: an ERR_PTR()
 * @KMC_POINTER_LIST_POISON: what a list entry points to after it was deleted
 * @KMC_POINTER_FREED: bytes that freed memory is filled with
 * @KMC_POINTER_FRESH: bytes that allocated memory is filled with before it is written
 * @KMC_POINTER_REDZONE: bytes beside an object
 * @KMC_POINTER_POISON: another such number: 0xdead...
 * @KMC_POINTER_CHARACTERS: text
 * @KMC_POINTER_USER: an address of user space
 * @KMC_POINTER_NON_CANONICAL: no address at all
 * @KMC_POINTER_STACK: the task's stack
 * @KMC_POINTER_IMAGE: the code or data of the kernel or of a module
 */
enum kmc_pointer_kind {
	KMC_POINTER_UNKNOWN,
	KMC_POINTER_NULL,
	KMC_POINTER_ERROR,
	KMC_POINTER_LIST_POISON,
	KMC_POINTER_FREED,
	KMC_POINTER_FRESH,
	KMC_POINTER_REDZONE,
	KMC_POINTER_POISON,
	KMC_POINTER_CHARACTERS,
	KMC_POINTER_USER,
	KMC_POINTER_NON_CANONICAL,
	KMC_POINTER_STACK,
	KMC_POINTER_IMAGE,
};

/**
 * struct kmc_fault - the pointer that an instruction could not use
 * @known: false: the report is of no fault, or says too little; the rest is empty
 * @pointer: what the bad number is
 * @name: what the kernel calls it, "ERR_PTR(-ENOMEM)", "LIST_POISON1 + 0x8"; NULL: nothing
 * @value: it, where @has_value; of KASAN's shadow, the address that it stands for
 * @has_value: see there
 * @reg: the register that had it, "rax", "gs"; NULL: none, or unknown; valid for ever
 * @is_index: @reg was to be added to a pointer, which may be good
 * @what: what the source calls it: "sk", "sk->sk_prot"; quotes debug info; NULL if unknown
 * @typed: @what is declared to point to the type of the best candidate
 * @has_disp: @disp is known
 * @disp: what the instruction adds to @reg
 * @address: that was to be used, where @has_address
 * @has_address: see there
 * @reads: it was to be read there
 * @writes: it was to be written
 * @size: bytes of it, 0 if unknown
 * @called: it was called
 * @shadow: the fault itself was in KASAN's shadow of @address
 * @off: the registers give another address than the report has
 */
struct kmc_fault {
	bool known;
	enum kmc_pointer_kind pointer;
	char *name;
	uint64_t value;
	bool has_value;
	const char *reg;
	bool is_index;
	char *what;
	bool typed;
	bool has_disp;
	int64_t disp;
	uint64_t address;
	bool has_address;
	bool reads;
	bool writes;
	unsigned int size;
	bool called;
	bool shadow;
	bool off;
};

/**
 * struct kmc_source_place - what a report itself says about where in the source it was
 * @file: path as the kernel printed it, NULL if it did not
 * @line: from 1, 0 if unknown
 * @column: from 1, 0 if unknown
 */
struct kmc_source_place {
	char *file;
	int line;
	int column;
};

#endif /* KMC_KMC_PARTS_H */
