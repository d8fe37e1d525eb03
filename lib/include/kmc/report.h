/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model: a report as every reader fills it, every analysis adds to it, and every
 * printer reads it. Included by kmc.h, which says who owns what.
 */
#ifndef KMC_KMC_REPORT_H
#define KMC_KMC_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kmc/error.h>
#include <kmc/parts.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kmc_types;

/**
 * enum kmc_kind - what was done
 * @KMC_READ: a read
 * @KMC_WRITE: a write
 * @KMC_INFOLEAK: the bytes left the kernel
 * @KMC_FETCH: it was to be executed
 * @KMC_UNKNOWN_KIND: not said, or nothing of that
 */
enum kmc_kind {
	KMC_READ,
	KMC_WRITE,
	KMC_INFOLEAK,
	KMC_FETCH,
	KMC_UNKNOWN_KIND,
};

/**
 * enum kmc_state - what the bytes were
 * @KMC_UNALLOCATED: of no object, as what is behind one
 * @KMC_UNINITIALIZED: allocated, and not written since
 * @KMC_INITIALIZED: they were as they should be
 * @KMC_FREED: freed
 * @KMC_INVALID: the kernel itself printed an unknown state
 * @KMC_UNKNOWN_STATE: not said
 */
enum kmc_state {
	KMC_UNALLOCATED,
	KMC_UNINITIALIZED,
	KMC_INITIALIZED,
	KMC_FREED,
	KMC_INVALID,
	KMC_UNKNOWN_STATE,
};

/**
 * struct kmc_run - neighbouring bytes of an access that must not be used
 * @address: of the first one
 * @size: bytes, at least 1
 * @state: of all of them
 * @what: members they are of, in words; quotes debug info. NULL if unknown
 */
struct kmc_run {
	uint64_t address;
	uint64_t size;
	enum kmc_state state;
	char *what;
};

/**
 * struct kmc_module - a module that an address of the report lies in
 * @name: as in lsmod
 * @base: run-time address it was loaded at
 * @size: bytes from there
 * @build_id: its build-ID
 * @build_id_len: bytes of @build_id, 0 if unknown
 */
struct kmc_module {
	char *name;
	uint64_t base;
	uint64_t size;
	uint8_t build_id[24];
	size_t build_id_len;
};

/**
 * struct kmc_kernel - the kernel a report comes from, as far as it is known
 * @release: as uname -r, NULL if unknown
 * @banner: as uname -v, or as much of it as the report says, and what it says behind
 *	that, as a package's version; NULL if unknown
 * @taint: its flags when it reported, as in "GW"; "" if it was not tainted, NULL if
 *	unknown
 * @build_id: bytes of vmlinux' build-ID
 * @build_id_len: 0 if unknown
 * @has_kaslr: @kaslr_offset is known
 * @kaslr_offset: run-time minus link-time address
 * @boot_id: a UUID that was made at boot, "" if unknown
 * @boot_time: CLOCK_REALTIME at boot in nanoseconds, 0 if unknown
 * @machine: its number in ELF headers, 0 if unknown
 */
struct kmc_kernel {
	char *release;
	char *banner;
	char *taint;
	uint8_t build_id[64];
	size_t build_id_len;
	bool has_kaslr;
	uint64_t kaslr_offset;
	char boot_id[37];
	uint64_t boot_time;
	unsigned int machine;
};

/**
 * struct kmc_doubt - what speaks against a file of debug info
 * @module: that the file is of; NULL: the vmlinux
 * @file: its path
 * @why: a sentence about it without its subject: "is of another build: ..."; may quote
 *	the report, so a printer escapes it
 */
struct kmc_doubt {
	char *module;
	char *file;
	char *why;
};

/**
 * enum kmc_evidence_by - what says where in an object the access was
 * @KMC_BY_RECORD: the kernel recorded the object
 * @KMC_BY_REGISTER: a variable in a register points into it
 * @KMC_BY_REP: how far a REP instruction has come
 * @KMC_BY_DISPLACEMENT: the instruction names the offset itself
 * @KMC_BY_ALLOCATION: the variable that the allocator's result was assigned to
 * @KMC_BY_SOURCE: the statement names the member
 */
enum kmc_evidence_by {
	KMC_BY_RECORD,
	KMC_BY_REGISTER,
	KMC_BY_REP,
	KMC_BY_DISPLACEMENT,
	KMC_BY_ALLOCATION,
	KMC_BY_SOURCE,
};

/**
 * struct kmc_evidence - one reason for an offset
 * @by: of which kind
 * @detail: in words, for people; may quote the report, so a printer escapes it
 * @offset: of the access from the start of the object, as this one has it
 * @agrees: with the offset of the candidate it is listed with
 */
struct kmc_evidence {
	enum kmc_evidence_by by;
	char *detail;
	int64_t offset;
	bool agrees;
};

/**
 * enum kmc_confidence - how far a candidate can be trusted
 * @KMC_GUESS: it fits, and so may others
 * @KMC_LIKELY: one good reason and nothing against it
 * @KMC_CERTAIN: two reasons that do not depend on each other agree. That an instruction
 *	reads a member of what its register is declared to point to is one; others are the
 *	object that the kernel recorded, when the type fits it, its allocation, a count of
 *	REP, a variable of another type that would lie in it, the member's name in the source.
 *	Not more than one candidate is certain
 */
enum kmc_confidence { KMC_GUESS, KMC_LIKELY, KMC_CERTAIN };

/**
 * struct kmc_candidate - an object that the access may have been in
 * @type: as C writes it ("struct sigqueue"), NULL if only the place is known
 * @type_id: of @types
 * @types: where @type comes from, borrowed from the debug info
 * @type_size: bytes, 0 if unknown
 * @start: its run-time address
 * @offset: of the first reported byte from there
 * @path: member at @offset, "" for the whole, NULL if unknown; in a hole, the
 *	struct that has the hole
 * @hole: @offset is in padding
 * @after: member before the hole, NULL if it has none before it
 * @beyond: @offset is behind the type: what follows it in memory; @path is NULL
 * @would_be: the access is out of the object's bounds: what would lie there, had more been
 *	allocated: an element of the type's last array, or a member; NULL: nothing is known
 * @also: other members that lie there: arms of a union, of which any may be meant, or
 *	bit-fields, all of which the instruction uses
 * @nalso: of them
 * @together: they are bit-fields
 * @evidence: reasons, best first
 * @nevidence: of them
 * @confidence: in all of it
 * @startless: the report does not say where the object is: @start is 0, and counts for nothing
 * @unplaced: nor which of its bytes it was: @offset is 0, and @path NULL
 */
struct kmc_candidate {
	char *type;
	uint64_t type_id;
	struct kmc_types *types;
	uint64_t type_size;
	uint64_t start;
	int64_t offset;
	char *path;
	bool hole;
	char *after;
	bool beyond;
	char *would_be;
	char **also;
	size_t nalso;
	bool together;
	struct kmc_evidence *evidence;
	size_t nevidence;
	enum kmc_confidence confidence;
	bool startless;
	bool unplaced;
};

/**
 * struct kmc_copied - the object that the reported bytes were copied from
 * @known: false: the report does not say that they were copied
 * @object: that object; the first one where they were copied several times
 * @offset: where the first reported byte was in it
 * @copies: how often they were copied, at least 1
 * @copy_start: address that the last copy wrote first, 0 if unknown
 * @copy_size: bytes of the last copy, 0 if unknown
 * @candidates: what the object may be, best first; none before kmc_explain_report()
 * @ncandidates: of them
 */
struct kmc_copied {
	bool known;
	struct kmc_object object;
	int64_t offset;
	uint64_t copies;
	uint64_t copy_start;
	uint64_t copy_size;
	struct kmc_candidate *candidates;
	size_t ncandidates;
};

/**
 * struct kmc_value - a member in view, or a hole
 * @path: as in struct kmc_candidate
 * @after: member before a hole, NULL for a member
 * @hole: it is padding
 * @offset: bytes from the start of the object
 * @size: bytes, of a bit-field those it touches
 * @state: a, u, i or f when all its bytes are in that state, m when they are in
 *	several, ? when unknown
 * @text: its value as C writes it, NULL if it has none or the report does not
 *	show all of it
 * @names: enumerators and macros with that value
 * @nnames: of them
 * @reported: the access touched it
 * @in_union: other members of a union lie there, too
 * @bitfield: it is one
 * @bit_offset: of its lowest bit in the byte at @offset
 * @bit_size: how many
 * @other: @reported, but the best candidate means another arm of the union, or the
 *	instruction uses other bits
 */
struct kmc_value {
	char *path;
	char *after;
	bool hole;
	uint64_t offset;
	uint64_t size;
	char state;
	char *text;
	char **names;
	size_t nnames;
	bool reported;
	bool in_union;
	bool bitfield;
	unsigned int bit_offset;
	unsigned int bit_size;
	bool other;
};

/**
 * enum kmc_verdict_class - what a report comes to
 * @KMC_VERDICT_UNKNOWN: nothing to go by
 * @KMC_VERDICT_PADDING: padding was copied: a false positive
 * @KMC_VERDICT_BITFIELD: a bit-field's neighbours: a false positive
 * @KMC_VERDICT_MEMBER: an uninitialised member was used
 * @KMC_VERDICT_PARTIAL: a partly initialised member was used
 * @KMC_VERDICT_SLACK: beyond what was asked for
 * @KMC_VERDICT_UNALLOCATED: memory that is not allocated
 * @KMC_VERDICT_FREED: use after free
 * @KMC_VERDICT_INFOLEAK: uninitialised bytes left the kernel
 * @KMC_VERDICT_NULL: a NULL pointer was used
 * @KMC_VERDICT_ERROR_POINTER: an ERR_PTR() was used
 * @KMC_VERDICT_STALE: a pointer was used that only freed or deleted objects have
 * @KMC_VERDICT_FRESH: a pointer was used that nobody had set
 * @KMC_VERDICT_USER: an address of user space was used
 * @KMC_VERDICT_WILD: another address that is none
 * @KMC_VERDICT_LIST: the neighbours of a list entry do not point to it
 * @KMC_VERDICT_REFCOUNT: a reference count went wrong
 * @KMC_VERDICT_ASSERTION: BUG() or WARN()
 * @KMC_VERDICT_UNINIT: uninitialised bytes were used, of which it is not known what they are
 * @KMC_VERDICT_DOUBLE_FREE: freed again
 * @KMC_VERDICT_INVALID_FREE: what was freed is not the start of an object
 * @KMC_VERDICT_CORRUPTION: bytes were overwritten, which was found out later
 * @KMC_VERDICT_REMAINING: a cache is destroyed that still has objects
 * @KMC_VERDICT_UNDEFINED: what C does not define
 */
enum kmc_verdict_class {
	KMC_VERDICT_UNKNOWN,
	KMC_VERDICT_PADDING,
	KMC_VERDICT_BITFIELD,
	KMC_VERDICT_MEMBER,
	KMC_VERDICT_PARTIAL,
	KMC_VERDICT_SLACK,
	KMC_VERDICT_UNALLOCATED,
	KMC_VERDICT_FREED,
	KMC_VERDICT_INFOLEAK,
	KMC_VERDICT_NULL,
	KMC_VERDICT_ERROR_POINTER,
	KMC_VERDICT_STALE,
	KMC_VERDICT_FRESH,
	KMC_VERDICT_USER,
	KMC_VERDICT_WILD,
	KMC_VERDICT_LIST,
	KMC_VERDICT_REFCOUNT,
	KMC_VERDICT_ASSERTION,
	KMC_VERDICT_UNINIT,
	KMC_VERDICT_DOUBLE_FREE,
	KMC_VERDICT_INVALID_FREE,
	KMC_VERDICT_CORRUPTION,
	KMC_VERDICT_REMAINING,
	KMC_VERDICT_UNDEFINED,
};

/**
 * struct kmc_verdict - what the report comes to and what to do next
 * @kind: what it comes to
 * @headline: it, what was accessed and how sure that is, in a few words; quotes the
 *	report, as all that follows does; NULL before kmc_explain_report()
 * @text: one sentence why, likewise
 * @next: one sentence what to do
 * @annotation: C to add for a false positive, some lines of nothing but code; NULL if
 *	there is none to add
 */
struct kmc_verdict {
	enum kmc_verdict_class kind;
	char *headline;
	char *text;
	char *next;
	char *annotation;
};

/**
 * struct kmc_report - one report, from whichever source
 * @checker: that printed it: "kmemcheck", "KASAN", ...; valid for ever
 * @error: what it calls this kind of error: "slab-use-after-free"; NULL of kmemcheck,
 *	which has @state and @kind for it
 * @message: the sentence that the kernel printed about it, NULL if none
 * @hint: what KASAN has to say to a fault: "null-ptr-deref in range [...]"; or NULL
 * @named: the function that the first line names; without a symbol: none
 * @place: in the source that the report itself names
 * @source: name of the file or stream as the user gave it
 * @from_stream: it came from a ring stream: @seq is valid, not @line
 * @line: line of its header in the log, from 1
 * @seq: sequence number in the stream
 * @truncated: the report was cut off; what is missing is empty
 * @kind: what was done
 * @state: of the first reported byte that is not initialised
 * @bits: width of the access, 8 times the bytes reported; 0 if unknown
 * @has_address: @address is known
 * @hashed: it is a hash, as in struct kmc_object, and so are those of @dump
 * @address: of the first byte reported
 * @tags: the tag of the pointer and that of the memory, where there are such: @has_tags
 * @has_tags: see there
 * @access_start: of the whole access
 * @access_length: of the whole access in bytes, 0 if unknown
 * @runs: all that is wrong within the access, by address; none where the reported bytes
 *	are all, or the report does not say
 * @nruns: of them; the report lists no more than 16
 * @run_count: how many the access has, at least @nruns
 * @run_bytes: bytes in all of them, 0 if unknown
 * @count: how many accesses this report stands for, at least 1
 * @cpu: -1 if unknown
 * @pid: -1 if unknown
 * @tgid: -1 if unknown
 * @comm: NULL if unknown
 * @time: seconds since boot, negative if unknown; unless @from_stream that of the
 *	log's timestamps, another clock than that of @alloc and @free
 * @dump: bytes that other checkers than kmemcheck show
 * @overwritten: which of them are not as they should be
 * @memory: copy of the memory, NULL if the report has none
 * @memory_len: bytes of @memory
 * @shadow: one letter a, u, i, f or ? a byte, NUL-terminated; NULL if none
 * @shadow_len: letters of @shadow; a damaged log can make it other than
 *	@memory_len
 * @memory_start: address of the first byte of @memory and @shadow; valid when
 *	@caret is
 * @caret: index of the reported byte in @shadow, -1 if unknown
 * @regs: in the order printed
 * @nregs: number of @regs
 * @code: bytes around the instruction, NULL if unknown
 * @code_len: bytes of @code
 * @code_start: run-time address of the first of them, 0 if unknown
 * @code_at: index of the instruction, @code_len if unknown
 * @own: what the checker itself called to report it, innermost first; not in @frames
 * @frames: the instruction itself first (role RIP), then the return addresses;
 *	never the terminator
 * @object: the allocation
 * @alloc: who allocated it
 * @free: who freed it
 * @copied: what the bytes were copied from
 * @copy: who made the last copy
 * @source_alloc: who allocated that
 * @fill: who reserved room first in a carrier, as in the data of an sk_buff
 * @related: what else happened to the memory, in the order printed
 * @nrelated: of them
 * @variables: of the function whose stack the address is of
 * @nvariables: of them
 * @modules: that an address of the report lies in
 * @nmodules: number of @modules
 * @kernel: that reported
 * @doubts: what kmc_symbolize_report() has found to be of another build than the
 *	report, or not usable; functions that it contradicts have no lines, and where it
 *	is the vmlinux and that was not forced, no candidate is more than a guess
 * @ndoubts: of them
 * @insn: the instruction that did it, as objdump prints it; NULL if unknown
 * @tested_bits: of what was read, from the byte at @address on, what the instruction and
 *	those that follow it look at; 0: all, or unknown
 * @changed_bits: likewise what they change, when they keep all others as they are
 * @candidates: objects that the access may have been in, best first; none before
 *	kmc_explain_report()
 * @ncandidates: of them
 * @fault: the pointer that could not be used; empty before kmc_explain_report()
 * @undefined: the operands of what is undefined, likewise
 * @untyped: why the object's type is not known, in words; NULL: it is, or nobody looked
 * @inside: what lies at the reported bytes by what the bytes around them say, as in
 *	"attribute 25 of netlink message type 16"; NULL if they say nothing
 * @inside_sure: how far that can be trusted
 * @values: members of the best candidate that the report shows, by offset
 * @nvalues: of them
 * @verdict: what it comes to
 */
struct kmc_report {
	const char *checker;
	char *error;
	char *message;
	char *hint;
	struct kmc_frame named;
	struct kmc_source_place place;
	const char *source;
	bool from_stream;
	unsigned long line;
	uint64_t seq;
	bool truncated;

	enum kmc_kind kind;
	enum kmc_state state;
	unsigned int bits;
	bool has_address;
	bool hashed;
	uint64_t address;
	uint8_t tags[2];
	bool has_tags;
	uint64_t access_start;
	uint64_t access_length;
	struct kmc_run *runs;
	size_t nruns;
	uint64_t run_count;
	uint64_t run_bytes;
	uint64_t count;
	int cpu;
	int pid;
	int tgid;
	char *comm;
	double time;

	struct kmc_dump dump;
	struct kmc_overwritten overwritten;
	uint8_t *memory;
	size_t memory_len;
	char *shadow;
	size_t shadow_len;
	uint64_t memory_start;
	int caret;

	struct kmc_register *regs;
	size_t nregs;
	uint8_t *code;
	size_t code_len;
	uint64_t code_start;
	size_t code_at;

	struct kmc_stack own;
	struct kmc_stack frames;
	struct kmc_object object;
	struct kmc_track alloc;
	struct kmc_track free;
	struct kmc_copied copied;
	struct kmc_track copy;
	struct kmc_track source_alloc;
	struct kmc_track fill;
	struct kmc_related *related;
	size_t nrelated;
	struct kmc_variable *variables;
	size_t nvariables;
	struct kmc_module *modules;
	size_t nmodules;
	struct kmc_kernel kernel;

	struct kmc_doubt *doubts;
	size_t ndoubts;
	char *insn;
	uint64_t tested_bits;
	uint64_t changed_bits;
	struct kmc_candidate *candidates;
	size_t ncandidates;
	struct kmc_fault fault;
	struct kmc_undefined undefined;
	char *untyped;
	char *inside;
	enum kmc_confidence inside_sure;
	struct kmc_value *values;
	size_t nvalues;
	struct kmc_verdict verdict;
};

KMC_PUBLIC void kmc_report_free(struct kmc_report *report);

/* Words for them: "read", "uninitialized", "padding"; borrowed for ever. */
KMC_PUBLIC const char *kmc_kind_name(enum kmc_kind kind);
KMC_PUBLIC const char *kmc_state_name(enum kmc_state state);
KMC_PUBLIC const char *kmc_verdict_name(enum kmc_verdict_class kind);
KMC_PUBLIC const char *kmc_confidence_name(enum kmc_confidence confidence);
KMC_PUBLIC const char *kmc_region_name(enum kmc_region region);
KMC_PUBLIC const char *kmc_pointer_name(enum kmc_pointer_kind kind);
KMC_PUBLIC const char *kmc_relation_name(enum kmc_relation relation);

/**
 * kmc_checker_name() - a checker whose reports are read
 * @index: from 0
 *
 * Return: as in @checker of struct kmc_report, borrowed for ever; NULL behind the last.
 */
KMC_PUBLIC const char *kmc_checker_name(size_t index);

/**
 * kmc_report_offset() - where in the object the access was
 * @report: any
 * @offset: from its start, set when known: negative before it
 *
 * Never calculated from hashes; but where both are the same, so are the addresses.
 *
 * Return: whether it is known.
 */
KMC_PUBLIC bool kmc_report_offset(const struct kmc_report *report, int64_t *offset);

/**
 * kmc_frame_note() - is it sure which function a frame is of?
 * @frame: any
 * @buf: "ambiguous: six functions of that name", or "one of six functions of that name,
 *	told by its address"; empty when the name was enough
 * @size: of @buf; 128 bytes hold all there is to say
 *
 * Return: whether there is something to say.
 */
KMC_PUBLIC bool kmc_frame_note(const struct kmc_frame *frame, char *buf, size_t size);

/**
 * kmc_report_affected() - how much of the access was to blame
 * @report: any
 *
 * Return: bytes of the access that its shadow says are in @report->state. Where the
 * shadow does not show all of them, or none in that state, all bytes of the access.
 */
KMC_PUBLIC unsigned int kmc_report_affected(const struct kmc_report *report);

/**
 * struct kmc_extent - how much of an access was to blame
 * @bytes: of the whole access, as far as that is known, or else those reported
 * @affected: of these are to blame
 * @ranges: that they lie in
 */
struct kmc_extent {
	uint64_t bytes;
	uint64_t affected;
	uint64_t ranges;
};

/* "12 of 72 bytes, in 3 ranges": see struct kmc_extent. */
KMC_PUBLIC struct kmc_extent kmc_report_extent(const struct kmc_report *report);

/**
 * kmc_report_mixes_clocks() - are there times that must not be compared?
 * @report: any
 *
 * Return: whether its own time is that of a log, and @alloc or another track has one,
 * too, which is always that of the kernel's boot clock.
 */
KMC_PUBLIC bool kmc_report_mixes_clocks(const struct kmc_report *report);

/**
 * struct kmc_site - who wanted memory, or gave it back
 * @frame: index in the stack
 * @level: of its inline chain
 */
struct kmc_site {
	size_t frame;
	size_t level;
};

/**
 * kmc_track_caller() - what the allocator was called from
 * @track: of an allocation or a free
 *
 * Return: the first level that is not the allocator's own; the very first one when
 * there is nothing else.
 */
KMC_PUBLIC struct kmc_site kmc_track_caller(const struct kmc_track *track);

/**
 * kmc_report_register() - look a register up by its lower-case name
 * @report: where to look
 * @name: "rip", "rsi", "eip", …
 * @value: set when found
 *
 * Return: whether the report has it.
 */
KMC_PUBLIC bool kmc_report_register(const struct kmc_report *report,
				    const char *name, uint64_t *value);

#ifdef __cplusplus
}
#endif

#endif /* KMC_KMC_REPORT_H */
