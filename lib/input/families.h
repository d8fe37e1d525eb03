/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The families of reports: what those of each checker look like in a log.
 */
#ifndef KMC_FAMILIES_H
#define KMC_FAMILIES_H

#include "input/log_line.h"
#include "input/log_scan.h"
#include "kmc/kmc.h"

/*
 * struct log_header - what the first line of a report says
 * @family: whose report it is
 * @start: where it begins, also of one that is broken
 * @clean: nothing but prefixes stands before it
 * @follows: within a report of this family it is a line of that
 * @chained: right behind it there may be another first line of the same report, as where
 *	it says what was inlined into what
 */
struct log_header {
	const struct kmc_family *family;
	const char *start;
	enum kmc_kind kind;
	enum kmc_state state;
	unsigned int bits;
	bool has_address;
	uint64_t address;
	bool clean;
	bool follows;
	bool chained;
};

/*
 * struct log_reading - a report while its lines come
 * @family: whose it is
 * @report: what is known so far
 * @line: the line at hand
 * @state: the family's own, zeroed when the report begins
 * @crossed: lines of another report may be among these
 * @ended: all that a report has to have is there; what may follow is still taken
 * @nomem: to be set when memory ran out
 */
struct log_reading {
	const struct kmc_family *family;
	struct kmc_report *report;
	const struct log_line *line;
	void *state;
	bool crossed;
	bool ended;
	bool *nomem;
};

enum log_taken {
	LOG_UNRELATED,		/* no line of this report; others come in between */
	LOG_TAKEN,
	LOG_LAST,		/* it is the last line of this report */
	LOG_ENDS,		/* something else begins here */
};

/*
 * struct kmc_family - the reports of one checker
 * @name: of the checker; a report has it as its own
 * @word: in each line that begins a report or is worth a notice. A log is searched for
 *	what log_words.c has, of which such a line has one, and its other lines are looked
 *	at only while a report is open
 * @takes_message: a sentence in front of the first line is its message
 * @state_size: bytes that it keeps while a report is open
 * @match: the first line of a report; LOG_PARTIAL: so far so good, but the line ended
 * @begin: the first line is at hand: take what it says. Called again for one that is
 *	chained to it. NULL: struct log_header has it all
 * @follows: is a line that looks like the first of any family one of this report? NULL: no
 * @notice: sets type and content of the event for a line that is no part of a report
 *	but worth one; false: it is not. NULL: there are none
 * @knows: is @text one of the lines that follow the first? Without @sure, can nothing
 *	but such a line end in it? NULL: there are none of its own
 * @line: the next line of a report that is open
 * @end: no more lines come. NULL: nothing is left to do
 */
struct kmc_family {
	const char *name;
	const char *word;
	bool takes_message;
	size_t state_size;
	enum log_match (*match)(const struct log_line *line,
				struct log_header *out);
	void (*begin)(struct log_reading *reading);
	bool (*follows)(const char *word);
	bool (*notice)(const struct log_line *line, struct kmc_event *event);
	bool (*knows)(const char *text, bool sure);
	enum log_taken (*line)(struct log_reading *reading);
	void (*end)(struct log_reading *reading);
};

extern const struct kmc_family
#define FAMILY(name)	kmc_family_ ## name
#include "input/families.def"
#undef FAMILY
	;

/* These ask all families; @match, @notice and @knows say what they do. */
enum log_match kmc_families_match(const struct log_line *line,
				  struct log_header *out);
bool kmc_families_notice(const struct log_line *line, struct kmc_event *event);
bool kmc_families_know(const char *text, bool sure);

#endif /* KMC_FAMILIES_H */
