/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libkmc: which reports are of the same bug, and outputs for other programs.
 * Ownership and errors are those of kmc.h.
 */
#ifndef KMC_OUTPUT_H
#define KMC_OUTPUT_H

#include <kmc/kmc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the same bug: signature.c ---- */

/* Hexadecimal digits of a hash, and a NUL. */
#define KMC_HASH_SIZE	17

/**
 * kmc_report_title() - a report in the words that syzbot has for it
 * @report: any
 * @out: "KASAN: slab-use-after-free Read in f", to be freed with free(); quotes the report
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_report_title(const struct kmc_report *report, char **out);

/**
 * kmc_signature() - what all reports of one bug have in common
 * @report: best after kmc_symbolize_report(), which tells inlined functions
 * @out: one line, yours to free(); it quotes the report, so a printer escapes it
 *
 * State and kind, the innermost functions without those that only copy or compare
 * bytes, and the member of the object where it is known. No addresses, offsets,
 * lines or suffixes of the compiler, so that it survives a rebuild.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_signature(const struct kmc_report *report, char **out);

/**
 * kmc_signature_hash() - a short name for a signature
 * @signature: from kmc_signature()
 * @hash: the same on all machines and in all versions: 64-bit FNV-1a
 */
KMC_PUBLIC void kmc_signature_hash(const char *signature,
				   char hash[KMC_HASH_SIZE]);

/* ---- one entry a bug: group.c ---- */

/**
 * struct kmc_seen - where and when there was a report of a bug
 * @source: as in struct kmc_report
 * @from_stream: @seq is valid, not @line
 * @line: of the log
 * @seq: in the stream
 * @time: seconds since boot, negative if unknown
 */
struct kmc_seen {
	char *source;
	bool from_stream;
	unsigned long line;
	uint64_t seq;
	double time;
};

/**
 * struct kmc_bug - all reports with one signature
 * @signature: from kmc_signature()
 * @hash: of it
 * @reports: how many there are
 * @count: how many accesses they stand for
 * @first: of them in the order they were added
 * @last: likewise; @source is that of @first when it is the same
 * @example: the first that was not cut off, or else the first
 */
struct kmc_bug {
	char *signature;
	char hash[KMC_HASH_SIZE];
	uint64_t reports;
	uint64_t count;
	struct kmc_seen first;
	struct kmc_seen last;
	struct kmc_report *example;
};

struct kmc_group;

/**
 * kmc_group_new() - start with no bugs
 * @max: bugs to keep apart, 0 for 10,000; memory is bounded by this, not by the
 *	number of reports
 * @out: free it with kmc_group_free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_group_new(size_t max, struct kmc_group **out);

/**
 * kmc_group_add() - count a report
 * @group: the bugs so far
 * @report: the group's from now on, unless this fails
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_group_add(struct kmc_group *group, struct kmc_report *report);

/**
 * kmc_group_count() - count a report before anything is found out about it
 * @group: the bugs so far
 * @report: as it was read; the group's from now on if it was counted
 * @counted: whether it was; if not, it has to be explained and added
 *
 * A report is counted when it is of a bug that is known, names a function to tell so by
 * itself, and is not what kmc_group_add() would show of that bug: then nothing that
 * kmc_explain_report() finds would be kept.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_group_count(struct kmc_group *group, struct kmc_report *report, bool *counted);

/**
 * kmc_group_sort() - order the bugs: most accesses first, then as they came
 * @group: the bugs
 */
KMC_PUBLIC void kmc_group_sort(struct kmc_group *group);

/**
 * kmc_group_get() - one bug
 * @group: the bugs
 * @index: from 0, in the order they came, or that of kmc_group_sort()
 *
 * Return: the bug, valid until the group changes; NULL behind the last.
 */
KMC_PUBLIC const struct kmc_bug *kmc_group_get(const struct kmc_group *group,
					       size_t index);

/**
 * kmc_group_dropped() - reports of bugs beyond the maximum
 * @group: the bugs
 */
KMC_PUBLIC uint64_t kmc_group_dropped(const struct kmc_group *group);

KMC_PUBLIC void kmc_group_free(struct kmc_group *group);

/* ---- formats: formats.c ---- */

/**
 * struct kmc_format_options - how to write, as far as a format can
 * @size: sizeof(struct kmc_format_options)
 * @print: width, characters, colour, lines of source; NULL: the defaults
 * @source: directory that names of files are relative to, NULL if unknown
 * @source_url: where lines of source can be looked at: %f in it is the file, %l the line;
 *	NULL: nowhere
 * @maintainers: of a file of the source tree, a line each, yours to free; NULL: nobody knows.
 *	May be NULL itself
 * @arg: for @maintainers
 */
struct kmc_format_options {
	size_t size;
	const struct kmc_print_options *print;
	const char *source;
	const char *source_url;
	char *(*maintainers)(void *arg, const char *file);
	void *arg;
};

/**
 * struct kmc_format - a way to write reports, or bugs
 * @name: what users call it
 * @help: name and use in a few words, for a summary of options
 * @man: the same for a man page, in man(7)'s language
 * @for_people: shows lines of source, and is read as it comes
 * @begin: what comes first; NULL: nothing
 * @report: a report; @first: no other came before
 * @bug: a bug, likewise
 * @end: what comes last; NULL: nothing
 * @index: a bug in the index, of which all come before the first @bug; NULL: there is none.
 *	A format that has one has no @report, so reports are to be grouped
 * @end_of: instead of @end, when it is to know how many there were
 *
 * Each gives a text that is yours to free(). One behind the other they are a document,
 * of which nothing has to be kept. Text of a report is escaped.
 */
struct kmc_format {
	const char *name;
	const char *help;
	const char *man;
	bool for_people;
	struct kmc_error *(*begin)(const struct kmc_format_options *opts, char **out);
	struct kmc_error *(*report)(const struct kmc_format_options *opts,
				    const struct kmc_report *report, bool first,
				    char **out);
	struct kmc_error *(*bug)(const struct kmc_format_options *opts,
				 const struct kmc_bug *bug, bool first, char **out);
	struct kmc_error *(*end)(const struct kmc_format_options *opts, char **out);
	struct kmc_error *(*index)(const struct kmc_format_options *opts,
				   const struct kmc_bug *bug, bool first, char **out);
	struct kmc_error *(*end_of)(const struct kmc_format_options *opts, uint64_t count,
				    char **out);
};

/**
 * kmc_format_get() - one of the formats
 * @index: from 0, which is the usual one
 *
 * Return: the format, valid for ever; NULL behind the last.
 */
KMC_PUBLIC const struct kmc_format *kmc_format_get(size_t index);

/* ---- a page of bugs: html_page.c ---- */

/**
 * struct kmc_html_entry - a bug in a page
 * @size: sizeof(struct kmc_html_entry); what is beyond it counts as zero
 * @id: letters and digits, by which links find it
 * @title: what it is
 * @member: of which object it is; NULL: unknown
 * @state: of the bug: "open"; NULL: unknown
 * @reports: how many there were
 * @first: when or where the first was, in words
 * @last: likewise
 * @facts: a line below the title
 * @text: from kmc_print_report() with colour; NULL: there is none
 *
 * All of it may be hostile.
 */
struct kmc_html_entry {
	size_t size;
	const char *id;
	const char *title;
	const char *member;
	const char *state;
	uint64_t reports;
	const char *first;
	const char *last;
	const char *facts;
	const char *text;
};

/**
 * kmc_html_begin() - the beginning of a page without scripts
 * @title: its heading
 * @out: text, yours to free(), as in all of these
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_html_begin(const char *title, char **out);

/**
 * kmc_html_index() - a row of the index, which has a row for each bug
 * @entry: the bug
 * @first: no other came before
 * @out: text
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_html_index(const struct kmc_html_entry *entry, bool first, char **out);

/**
 * kmc_html_entry() - a bug, behind the index
 * @entry: the bug
 * @first: no other came before
 * @source_url: as in struct kmc_format_options
 * @out: text
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_html_entry(const struct kmc_html_entry *entry, bool first, const char *source_url,
	       char **out);

/**
 * kmc_html_end() - the end of a page
 * @entries: how many bugs it has
 * @out: text
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_html_end(uint64_t entries, char **out);

/* ---- types: type_json.c ---- */

/**
 * kmc_json_type() - a type as one line of JSON, version 1
 * @types: where from
 * @id: of the type
 * @out: text without the final newline, yours to free()
 *
 * Its size, holes and members in the order of the declaration, with the holes between
 * them. A member whose type has no name, or points to one that has none, has that
 * type's members, too. What is damaged is left out. Of an enum, its values.
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_type(struct kmc_types *types, kmc_type_id id, char **out);

/**
 * kmc_json_type_name() - an entry of the list of all types as an object of JSON
 * @name: from kmc_types_list()
 * @out: text, yours to free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_type_name(const struct kmc_type_name *name, char **out);

/**
 * kmc_json_answer() - an answer of kmc_find_run() as an object of JSON
 * @answer: from there
 * @out: text, yours to free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_answer(const struct kmc_answer *answer, char **out);

/**
 * kmc_json_what() - an answer of kmc_what_run() as an object of JSON
 * @answer: from there
 * @out: text, yours to free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_what(const struct kmc_what_answer *answer, char **out);

/**
 * kmc_json_compared_type() - a type that differs as an object of JSON
 * @type: from kmc_compare_types()
 * @out: text, yours to free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_compared_type(const struct kmc_compared_type *type, char **out);

/**
 * kmc_json_comparison() - two layouts of a type as one line of JSON, version 1
 * @a: the first, NULL: it has none
 * @b: the second, likewise
 * @comparison: from kmc_compare()
 * @out: text without the final newline, yours to free()
 */
KMC_PUBLIC KMC_MUST_CHECK struct kmc_error *
kmc_json_comparison(const struct kmc_type_name *a, const struct kmc_type_name *b,
		    const struct kmc_comparison *comparison, char **out);

#ifdef __cplusplus
}
#endif

#endif /* KMC_OUTPUT_H */
