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
 * A struct of options begins with its size, which the caller sets, so that it can
 * grow: a program that was compiled for a shorter one gets what the rest was before.
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

#include <kmc/error.h>
#include <kmc/compare.h>
#include <kmc/find.h>
#include <kmc/layout.h>
#include <kmc/report.h>
#include <kmc/what.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- input: input.c (tells by content), text.c, ring.c ---- */

/**
 * enum kmc_event_type - what kmc_input_next() found
 * @KMC_EVENT_END: nothing more; nothing else is set
 * @KMC_EVENT_REPORT: @report is set and yours
 * @KMC_EVENT_LOST: the kernel says that @lost reports never got here
 * @KMC_EVENT_DAMAGE: @lost bytes of a stream were passed over to find the next
 *	whole record; @message says what
 * @KMC_EVENT_UNREAD: @line of a log looks like the beginning of a report, but none could
 *	be read; @message says what
 * @KMC_EVENT_FATAL: kmemcheck itself failed ("Fatal error") on @line of a log;
 *	@message says so
 * @KMC_EVENT_FOLLOW: the file that is followed was truncated, or another one has its
 *	name; @message says so
 */
enum kmc_event_type {
	KMC_EVENT_END,
	KMC_EVENT_REPORT,
	KMC_EVENT_LOST,
	KMC_EVENT_DAMAGE,
	KMC_EVENT_FATAL,
	KMC_EVENT_FOLLOW,
	KMC_EVENT_UNREAD,
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
 *	a regular file, also when that is truncated or another file gets its name,
 *	and go on after an overrun (EPIPE of /dev/kmsg)
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
 * @size: sizeof(struct kmc_debuginfo_options); what is beyond it counts as zero
 * @vmlinux: path, NULL to look in the usual places
 * @modules: directory with .ko files (searched downwards), NULL for none
 * @force: accept a vmlinux and modules of which the report says that they are of
 *	another build or release; a report's doubts are found all the same
 * @progress: called every now and then while debug info is downloaded, from the
 *	thread that asked for it: @done of @total bytes are here, both are 0 before
 *	the answer; false stops it, and nothing more is downloaded. May be NULL.
 *	A download that makes no progress for DEBUGINFOD_TIMEOUT seconds, 60 if that
 *	is not set, or takes an hour, is given up in any case
 * @arg: for @progress
 * @source: top of the source tree, which reports are compared with; NULL: that which the
 *	debug info names, if it is there
 *
 * Debug info is downloaded only if DEBUGINFOD_URLS names servers, and into the
 * cache that debuginfod's other clients use.
 */
struct kmc_debuginfo_options {
	size_t size;
	const char *vmlinux;
	const char *modules;
	bool force;
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	const char *source;
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
 *
 * Files of debug info are mapped. One that is truncated while it is open, as a build of
 * the kernel does, is SIGBUS, which is up to the program to handle.
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

/**
 * kmc_debuginfo_package() - where the distribution has the debug info of a kernel
 * @kernel: by its release and version, or else by the distribution of this machine
 * @package: its name, yours to free(); NULL if unknown, or there is none
 * @server: for DEBUGINFOD_URLS, borrowed for ever; NULL if unknown
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_debuginfo_package(const struct kmc_kernel *kernel, char **package,
		      const char **server);

KMC_PUBLIC const char *kmc_debuginfo_path(const struct kmc_debuginfo *di);

/**
 * kmc_debuginfo_unread() - debug info of vmlinux that lies where it is not read
 * @di: as it is open
 *
 * Return: what is wrong, for a person, as that it is in .dwo files; NULL: nothing is.
 */
KMC_PUBLIC const char *kmc_debuginfo_unread(const struct kmc_debuginfo *di);

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
 * What speaks against the debug info goes to the doubts of @report: the version of the
 * kernel, functions of another size (these get no chain, for their lines are others),
 * modules of another build.
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
 * @file: as in struct kmc_location; one that leaves the tree, if by a symbolic link, is
 *	not read
 * @line: from 1
 * @len: set to its bytes, without the newline
 *
 * Return: the line, not terminated, valid until a hundred other files were asked for or
 * @source is freed; NULL when there is none.
 */
KMC_PUBLIC const char *kmc_source_line(struct kmc_source *source, const char *file,
				       int line, size_t *len);

/**
 * kmc_source_find() - where a file or a directory of a source tree is
 * @source: tree, NULL gives NULL
 * @file: as for kmc_source_line()
 *
 * Return: its path without symbolic links, to be freed with free(); NULL when there is
 * none, or not within the tree.
 */
KMC_PUBLIC char *kmc_source_find(const struct kmc_source *source, const char *file);

/**
 * kmc_source_check() - is a source tree that of a kernel?
 * @dir: its top, where the Makefile is
 * @kernel: that a report is from
 *
 * Return: NULL if it may be: also when the tree or the kernel does not say, as where a
 * distribution's release says less than its sources.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_source_check(const char *dir, const struct kmc_kernel *kernel);

KMC_PUBLIC void kmc_source_free(struct kmc_source *source);

/**
 * kmc_debuginfo_source() - the source tree that the vmlinux was built from
 * @di: debug info
 *
 * Return: its path as the compiler saw it, which may not exist here; NULL if unknown.
 */
KMC_PUBLIC const char *kmc_debuginfo_source(const struct kmc_debuginfo *di);

/* ---- what it comes to: explain/ ---- */

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

/* ---- view: shadow_view.c ---- */

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
 * struct kmc_shadow_view - rows ready to draw, no output done
 * @rows: from the top
 * @count: of rows
 */
struct kmc_shadow_view {
	struct kmc_row *rows;
	size_t count;
};

/**
 * struct kmc_shadow_view_options - how wide, and with which characters
 * @size: sizeof(struct kmc_shadow_view_options); what is beyond it counts as zero
 * @width: columns, at least 40; 0 means 80
 * @ascii: nothing beyond ASCII
 * @hex: offsets and sizes in hexadecimal
 */
struct kmc_shadow_view_options {
	size_t size;
	unsigned int width;
	bool ascii;
	bool hex;
};

/**
 * kmc_shadow_view_new() - the annotated shadow view of a report
 * @report: the report
 * @opts: layout, NULL for the defaults
 * @out: rows; free with kmc_shadow_view_free()
 *
 * Bytes, states and a caret under the reported bytes; offsets count from the
 * object's start when the report knows it, else they are addresses.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_shadow_view_new(const struct kmc_report *report,
		    const struct kmc_shadow_view_options *opts,
		    struct kmc_shadow_view **out);

KMC_PUBLIC void kmc_shadow_view_free(struct kmc_shadow_view *view);

/* ---- printers: format_json.c, format_text.c ---- */

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
 * kmc_json_report_all() - as kmc_json_report(), and what else one may want to see of it
 * @report: the report
 * @diff: that annotates it, NULL: there is none
 * @out: text without the final newline, yours to free()
 *
 * Its "candidates" are all that the object may be, best first, each as "object".
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_report_all(const struct kmc_report *report, const char *diff, char **out);

/**
 * struct kmc_print_options - how the text printer writes
 * @size: sizeof(struct kmc_print_options); what is beyond it counts as zero
 * @width: as in struct kmc_shadow_view_options
 * @ascii: likewise
 * @color: use SGR sequences
 * @source: shows source lines of it; NULL: none
 * @registers: shows those, too
 */
struct kmc_print_options {
	size_t size;
	unsigned int width;
	bool ascii;
	bool color;
	struct kmc_source *source;
	bool registers;
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

#ifdef __cplusplus
}
#endif

#endif /* KMC_KMC_H */
