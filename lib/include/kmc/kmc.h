/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libkmc: read kmemcheck reports, resolve their addresses, lay them out.
 *
 * Ownership: a const char * is borrowed and lives as long as the struct it
 * stands in; what a kmc_x_new() or kmc_x_open() returns is yours and goes back
 * through kmc_x_free(), which accepts NULL. A function that can fail returns
 * struct kmc_error *: NULL is success, anything else is yours to free with
 * kmc_error_free(). On failure *out is untouched.
 *
 * The library never prints, never exits and has no global state: two threads
 * may use it as long as they do not share an object. Strings of a report come
 * from the kernel's log and are hostile; the printers here escape them.
 */
#ifndef KMC_KMC_H
#define KMC_KMC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define KMC_PUBLIC		__attribute__((visibility("default")))
#define KMC_MUST_CHECK		__attribute__((warn_unused_result))

struct kmc_types;

/* ---- errors: error.c ---- */

/**
 * enum kmc_error_code - the class of an error
 * @KMC_ERROR_NOMEM: out of memory; the error object is static
 * @KMC_ERROR_OS: a system call failed, see errnum
 * @KMC_ERROR_FORMAT: a file is not what it should be, or is damaged
 * @KMC_ERROR_MISMATCH: debug info belongs to another build
 * @KMC_ERROR_NOT_FOUND: no such symbol, address or file
 */
enum kmc_error_code {
	KMC_ERROR_NOMEM,
	KMC_ERROR_OS,
	KMC_ERROR_FORMAT,
	KMC_ERROR_MISMATCH,
	KMC_ERROR_NOT_FOUND,
};

/**
 * struct kmc_error - what went wrong, where, and what to do
 * @code: its class
 * @errnum: errno for KMC_ERROR_OS, else 0
 * @path: the file it is about, NULL if none
 * @line: line in that file, from 1; 0 if that makes no sense
 * @message: one line, lower case, no full stop, with the remedy; does not
 *	repeat @path
 */
struct kmc_error {
	enum kmc_error_code code;
	int errnum;
	const char *path;
	unsigned long line;
	const char *message;
};

KMC_PUBLIC void kmc_error_free(struct kmc_error *err);

#include <kmc/layout.h>

/* ---- the model: report.c ---- */

enum kmc_kind { KMC_READ, KMC_WRITE, KMC_INFOLEAK };

enum kmc_state {
	KMC_UNALLOCATED,
	KMC_UNINITIALIZED,
	KMC_INITIALIZED,
	KMC_FREED,
	KMC_INVALID,		/* the kernel itself printed an unknown state */
};

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
 * @has_address: @address was in the report
 * @address: run-time address
 * @symbol: name as the kernel printed it, NULL if it printed none
 * @has_offset: @offset and @size were in the report
 * @offset: from the symbol's start, bytes
 * @size: of the symbol, bytes, as the kernel counts (up to the next symbol)
 * @module: NULL for the kernel proper
 * @chain: innermost first, NULL until kmc_symbolize_report() has run
 * @chain_len: number of entries in @chain
 * @resolved: kmc_symbolize_report() knows where it is in the debug info:
 *	@link_address is valid
 * @link_address: link-time address; for a return address what was in the report,
 *	which is behind the call
 */
struct kmc_frame {
	enum kmc_role role;
	bool has_address;
	uint64_t address;
	char *symbol;
	bool has_offset;
	uint64_t offset;
	uint64_t size;
	char *module;
	struct kmc_location *chain;
	size_t chain_len;
	bool resolved;
	uint64_t link_address;
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
 * struct kmc_track - who allocated or freed the object
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
 * struct kmc_object - the allocation as the kernel recorded it
 * @known: false: the report does not say
 * @start: its address
 * @size: usable bytes, 0 if unknown
 * @requested: bytes asked for, 0 if unknown
 * @cache: slab cache, NULL if unknown
 */
struct kmc_object {
	bool known;
	uint64_t start;
	uint64_t size;
	uint64_t requested;
	char *cache;
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
 * @banner: as uname -v, NULL if unknown
 * @build_id: bytes of vmlinux' build-ID
 * @build_id_len: 0 if unknown
 * @has_kaslr: @kaslr_offset is known
 * @kaslr_offset: run-time minus link-time address
 * @boot_time: CLOCK_REALTIME at boot in nanoseconds, 0 if unknown
 */
struct kmc_kernel {
	char *release;
	char *banner;
	uint8_t build_id[64];
	size_t build_id_len;
	bool has_kaslr;
	uint64_t kaslr_offset;
	uint64_t boot_time;
};

/**
 * enum kmc_evidence_by - what says where in an object the access was
 * @KMC_BY_RECORD: the kernel recorded the object
 * @KMC_BY_REGISTER: a variable in a register points into it
 * @KMC_BY_REP: how far a REP instruction has come
 * @KMC_BY_DISPLACEMENT: the instruction names the offset itself
 * @KMC_BY_ALLOCATION: the variable that the allocator's result was assigned to
 */
enum kmc_evidence_by {
	KMC_BY_RECORD,
	KMC_BY_REGISTER,
	KMC_BY_REP,
	KMC_BY_DISPLACEMENT,
	KMC_BY_ALLOCATION,
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
 * @KMC_CERTAIN: the kernel recorded the object and the type fits it, or two
 *	reasons that do not depend on each other agree
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
 * @evidence: reasons, best first
 * @nevidence: of them
 * @confidence: in all of it
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
	struct kmc_evidence *evidence;
	size_t nevidence;
	enum kmc_confidence confidence;
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
};

/**
 * enum kmc_verdict_class - what a report comes to
 * @KMC_VERDICT_UNKNOWN: nothing to go by
 * @KMC_VERDICT_PADDING: padding was copied: a false positive
 * @KMC_VERDICT_BITFIELD: a bit-field's neighbours: a false positive
 * @KMC_VERDICT_MEMBER: a member that nobody wrote was used
 * @KMC_VERDICT_PARTIAL: a member was written in part
 * @KMC_VERDICT_SLACK: beyond what was asked for
 * @KMC_VERDICT_UNALLOCATED: memory that belongs to nobody
 * @KMC_VERDICT_FREED: use after free
 * @KMC_VERDICT_INFOLEAK: uninitialised bytes left the kernel
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
};

/**
 * struct kmc_verdict - what the report comes to and what to do next
 * @class: of which kind
 * @text: one sentence why, NULL before kmc_explain_report()
 * @next: one sentence what to do
 * @annotation: C to add for a false positive, NULL if there is none to add
 */
struct kmc_verdict {
	enum kmc_verdict_class class;
	char *text;
	char *next;
	char *annotation;
};

/**
 * struct kmc_report - one report, from whichever source
 * @source: name of the file or stream as the user gave it
 * @from_stream: it came from a ring stream: @seq is valid, not @line
 * @line: line of its header in the log, from 1
 * @seq: sequence number in the stream
 * @truncated: the report was cut off; what is missing is empty
 * @kind: what was done
 * @state: of the first reported byte that is not initialised
 * @bits: width of the access, 8 times the bytes reported
 * @address: of the first byte reported
 * @access_start: of the whole access
 * @access_length: of the whole access in bytes, 0 if unknown
 * @count: how many accesses this report stands for, at least 1
 * @cpu: -1 if unknown
 * @pid: -1 if unknown
 * @tgid: -1 if unknown
 * @comm: NULL if unknown
 * @time: seconds since boot, negative if unknown
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
 * @code_start: run-time address of the first of them
 * @frames: the instruction itself first (role RIP), then the return addresses;
 *	never the terminator
 * @object: the allocation
 * @alloc: who allocated it
 * @free: who freed it
 * @modules: that an address of the report lies in
 * @nmodules: number of @modules
 * @kernel: that reported
 * @insn: the instruction that did it, as objdump prints it; NULL if unknown
 * @candidates: objects that the access may have been in, best first; none before
 *	kmc_explain_report()
 * @ncandidates: of them
 * @values: members of the best candidate that the report shows, by offset
 * @nvalues: of them
 * @verdict: what it comes to
 */
struct kmc_report {
	const char *source;
	bool from_stream;
	unsigned long line;
	uint64_t seq;
	bool truncated;

	enum kmc_kind kind;
	enum kmc_state state;
	unsigned int bits;
	uint64_t address;
	uint64_t access_start;
	uint64_t access_length;
	uint64_t count;
	int cpu;
	int pid;
	int tgid;
	char *comm;
	double time;

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

	struct kmc_stack frames;
	struct kmc_object object;
	struct kmc_track alloc;
	struct kmc_track free;
	struct kmc_module *modules;
	size_t nmodules;
	struct kmc_kernel kernel;

	char *insn;
	struct kmc_candidate *candidates;
	size_t ncandidates;
	struct kmc_value *values;
	size_t nvalues;
	struct kmc_verdict verdict;
};

KMC_PUBLIC void kmc_report_free(struct kmc_report *report);

/* Words for them: "read", "uninitialized", "padding"; borrowed for ever. */
KMC_PUBLIC const char *kmc_kind_name(enum kmc_kind kind);
KMC_PUBLIC const char *kmc_state_name(enum kmc_state state);
KMC_PUBLIC const char *kmc_verdict_name(enum kmc_verdict_class class);

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

/* ---- input: input.c (tells by content), text.c, ring.c ---- */

/**
 * enum kmc_event_type - what kmc_input_next() found
 * @KMC_EVENT_END: nothing more; nothing else is set
 * @KMC_EVENT_REPORT: @report is set and yours
 * @KMC_EVENT_LOST: the kernel says that @lost reports never got here
 * @KMC_EVENT_DAMAGE: @lost bytes of a stream were passed over to find the next
 *	whole record; @message says where
 * @KMC_EVENT_FATAL: kmemcheck itself failed ("Fatal error") on @line of a log;
 *	@message says so
 */
enum kmc_event_type {
	KMC_EVENT_END,
	KMC_EVENT_REPORT,
	KMC_EVENT_LOST,
	KMC_EVENT_DAMAGE,
	KMC_EVENT_FATAL,
};

struct kmc_event {
	enum kmc_event_type type;
	struct kmc_report *report;
	uint64_t lost;
	unsigned long line;
	char message[160];
};

struct kmc_input;

/**
 * kmc_input_open() - open a saved log, a saved stream, or a live source
 * @path: a file, FIFO, unix socket or debugfs' reports; "-" is standard input
 * @live: follow it: wait for more instead of ending at end of file when it is
 *	a regular file, and go on after an overrun (EPIPE)
 * @out: the input; free it with kmc_input_free()
 *
 * What it holds is told by its content, not by its name. It is read as it
 * comes, so its length does not matter.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_input_open(const char *path, bool live, struct kmc_input **out);

/**
 * kmc_input_next() - read up to the next report
 * @in: the input
 * @event: what was found; its report, if any, is yours
 *
 * Blocks while a live source is silent. After KMC_EVENT_END it returns that
 * again. An error ends the input too; reports found before it were returned.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_input_next(struct kmc_input *in, struct kmc_event *event);

/**
 * kmc_input_stop() - make kmc_input_next() return KMC_EVENT_END soon
 * @in: the input
 *
 * What was read so far is still returned first. May be called from a signal
 * handler or another thread while kmc_input_next() waits.
 */
KMC_PUBLIC void kmc_input_stop(struct kmc_input *in);

/**
 * kmc_input_progress() - how much was read
 * @in: the input
 * @done: bytes so far
 * @total: bytes there are, 0 if that cannot be known
 *
 * May be called from another thread while kmc_input_next() works.
 */
KMC_PUBLIC void kmc_input_progress(const struct kmc_input *in, uint64_t *done,
				   uint64_t *total);

KMC_PUBLIC void kmc_input_free(struct kmc_input *in);

/* ---- debug info: debuginfo.c, symbolize.c ---- */

struct kmc_debuginfo;

/**
 * struct kmc_debuginfo_options - how to find debug info and what to accept
 * @vmlinux: path, NULL to look in the usual places
 * @modules: directory with .ko files (searched downwards), NULL for none
 * @force: accept a vmlinux of another build
 * @progress: called every now and then while debug info is downloaded, from the
 *	thread that asked for it: @done of @total bytes are here, both are 0 before
 *	the answer; false stops it, and nothing more is downloaded. May be NULL
 * @arg: for @progress
 *
 * Debug info is downloaded only if DEBUGINFOD_URLS names servers, and into the
 * cache that debuginfod's other clients use.
 */
struct kmc_debuginfo_options {
	const char *vmlinux;
	const char *modules;
	bool force;
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

/**
 * kmc_debuginfo_open() - open the vmlinux that fits a kernel
 * @opts: what the user named
 * @kernel: the kernel of the report; a known build-ID, else a known release, is
 *	compared unless @opts says force
 * @out: free it with kmc_debuginfo_free()
 *
 * Fails with KMC_ERROR_NOT_FOUND when nothing was named and nothing is in the
 * usual places; KMC_ERROR_FORMAT for what is not an ELF file with debug info
 * (a bzImage is named as such); KMC_ERROR_MISMATCH for another build, both
 * named.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_open(const struct kmc_debuginfo_options *opts,
		   const struct kmc_kernel *kernel, struct kmc_debuginfo **out);

/**
 * kmc_debuginfo_check() - does this debug info fit that kernel?
 * @di: open debug info
 * @kernel: the kernel of another report of the same input
 *
 * Return: NULL if it does, or if nothing is known of @kernel.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_check(struct kmc_debuginfo *di, const struct kmc_kernel *kernel);

KMC_PUBLIC const char *kmc_debuginfo_path(const struct kmc_debuginfo *di);

KMC_PUBLIC void kmc_debuginfo_free(struct kmc_debuginfo *di);

/**
 * kmc_symbolize_address() - the inline chain of a link-time address
 * @di: debug info
 * @module: module name, NULL for vmlinux
 * @address: link-time address (for a module: an address in the .ko as libdwfl
 *	lays it out, see kmc_symbol_address())
 * @out: array, innermost first; owned by @di and valid until it is freed
 * @count: entries in @out, 0 when nothing is known of the address
 *
 * The address is taken as it is: for a return address the caller subtracts 1.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_symbolize_address(struct kmc_debuginfo *di, const char *module,
		      uint64_t address, const struct kmc_location **out,
		      size_t *count);

/**
 * kmc_symbol_address() - link-time address of a symbol
 * @di: debug info
 * @module: module name, NULL for vmlinux
 * @name: symbol
 * @offset: that will be added; with @size it tells namesakes apart
 * @size: as the kernel printed it, 0 if unknown
 * @out: address of the symbol plus @offset
 *
 * Fails with KMC_ERROR_NOT_FOUND; when several symbols fit equally well, the
 * message says so.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_symbol_address(struct kmc_debuginfo *di, const char *module,
		   const char *name, uint64_t offset, uint64_t size,
		   uint64_t *out);

/**
 * kmc_symbolize_report() - fill in the chain of every frame of a report
 * @di: debug info
 * @report: its frames, alloc and free stacks are resolved; what cannot be
 *	resolved keeps an empty chain
 *
 * An address is slid by the KASLR offset of the stream's header, or else by the
 * difference between the RIP and its symbol; where the report has no addresses,
 * symbol, offset and size decide.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_symbolize_report(struct kmc_debuginfo *di, struct kmc_report *report);

/* ---- source lines: source.c ---- */

struct kmc_source;

/**
 * kmc_source_open() - get ready to show lines of a source tree
 * @dir: its top; file names of debug info are looked for below it
 * @out: free it with kmc_source_free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_source_open(const char *dir, struct kmc_source **out);

/**
 * kmc_source_line() - one line of a file
 * @source: tree, NULL gives NULL
 * @file: as in struct kmc_location; one that leaves the tree is not read
 * @line: from 1
 * @len: set to its bytes, without the newline
 *
 * Return: the line, not terminated, valid until @source is freed; NULL when there
 * is none.
 */
KMC_PUBLIC const char *kmc_source_line(struct kmc_source *source, const char *file,
				       int line, size_t *len);

KMC_PUBLIC void kmc_source_free(struct kmc_source *source);

/**
 * kmc_debuginfo_source() - the source tree that the vmlinux was built from
 * @di: debug info
 *
 * Return: its path as the compiler saw it, which may not exist here; NULL if unknown.
 */
KMC_PUBLIC const char *kmc_debuginfo_source(const struct kmc_debuginfo *di);

/* ---- what it comes to: locate.c, value.c, verdict.c ---- */

/**
 * kmc_explain_report() - find the object, its members and the verdict
 * @di: debug info; NULL: only what the report itself says
 * @report: after kmc_symbolize_report(); its insn, candidates, values and verdict
 *	are filled in
 *
 * What cannot be found stays empty: that is no error.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_explain_report(struct kmc_debuginfo *di, struct kmc_report *report);

/**
 * kmc_report_choose() - make another candidate the best one
 * @report: explained
 * @di: as for kmc_explain_report()
 * @index: of the candidate, which moves to the front; values and verdict follow
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_report_choose(struct kmc_debuginfo *di, struct kmc_report *report,
		  size_t index);

/* ---- view: view.c ---- */

/**
 * enum kmc_style - why a piece of a row stands out; never told by colour alone
 * @KMC_STYLE_PLAIN: it does not
 * @KMC_STYLE_TITLE: a heading
 * @KMC_STYLE_DIM: labels, and bytes outside of the object
 * @KMC_STYLE_INITIALIZED: a byte in this state, and its letter
 * @KMC_STYLE_UNINITIALIZED: likewise
 * @KMC_STYLE_UNALLOCATED: likewise
 * @KMC_STYLE_FREED: likewise
 * @KMC_STYLE_CARET: the mark under the reported bytes
 * @KMC_STYLE_LOCATION: file and line
 */
enum kmc_style {
	KMC_STYLE_PLAIN,
	KMC_STYLE_TITLE,
	KMC_STYLE_DIM,
	KMC_STYLE_INITIALIZED,
	KMC_STYLE_UNINITIALIZED,
	KMC_STYLE_UNALLOCATED,
	KMC_STYLE_FREED,
	KMC_STYLE_CARET,
	KMC_STYLE_LOCATION,
};

/**
 * struct kmc_span - a piece of a row in one style
 * @style: why it stands out
 * @text: printable UTF-8
 */
struct kmc_span {
	enum kmc_style style;
	char *text;
};

struct kmc_row {
	struct kmc_span *spans;
	size_t count;
};

/**
 * struct kmc_view - rows ready to draw, no output done
 * @rows: from the top
 * @count: of rows
 */
struct kmc_view {
	struct kmc_row *rows;
	size_t count;
};

/**
 * struct kmc_view_options - how wide, and with which characters
 * @width: columns, at least 40; 0 means 80
 * @ascii: nothing beyond ASCII
 */
struct kmc_view_options {
	unsigned int width;
	bool ascii;
};

/**
 * kmc_view_shadow() - the annotated shadow view of a report
 * @report: the report
 * @opts: layout, NULL for the defaults
 * @out: rows; free with kmc_view_free()
 *
 * Bytes, states and a caret under the reported bytes; offsets count from the
 * object's start when the report knows it, else they are addresses.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_view_shadow(const struct kmc_report *report,
		const struct kmc_view_options *opts, struct kmc_view **out);

KMC_PUBLIC void kmc_view_free(struct kmc_view *view);

/* ---- printers: json.c, print.c ---- */

/**
 * kmc_json_report() - one report as one line of JSON, version 1
 * @report: the report
 * @out: text without the final newline, yours to free()
 *
 * The keys are those of docs/report-format.md; what is unknown is null.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_report(const struct kmc_report *report, char **out);

/**
 * struct kmc_print_options - how the text printer writes
 * @view: width and characters
 * @color: use SGR sequences
 * @source: shows source lines of it; NULL: none
 */
struct kmc_print_options {
	struct kmc_view_options view;
	bool color;
	struct kmc_source *source;
};

/**
 * kmc_print_report() - one report as text for people
 * @report: the report
 * @opts: layout and colour
 * @out: text, yours to free(); control characters of the report are escaped
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_print_report(const struct kmc_report *report,
		 const struct kmc_print_options *opts, char **out);

/**
 * kmc_escape() - make a hostile string printable
 * @text: NUL-terminated, NULL gives NULL
 *
 * Control characters, invalid UTF-8, and the characters that reorder or hide
 * text (bidirectional controls, zero-width) become \xNN or \u{NNNN}.
 *
 * Return: a new string that is yours, or NULL when out of memory.
 */
KMC_PUBLIC char *kmc_escape(const char *text);

#endif /* KMC_KMC_H */
