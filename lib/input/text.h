/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log reader's own parts: cleaning a line, recognising it.
 */
#ifndef KMC_TEXT_H
#define KMC_TEXT_H

#include "report/events.h"

/*
 * The longest line we look at; what is behind is passed over. A dump of 256
 * bytes, the most CONFIG_KMEMCHECK_SHADOW_COPY_SHIFT allows, is 512 characters,
 * and printk cuts a line at 1024.
 */
#define TEXT_LINE_MAX		4096
/* Host and caller of a line; longer ones are cut. */
#define TEXT_SPEAKER_MAX	96

/*
 * struct text_line - one line without what mail and loggers put around it
 * @raw: without line end, NULs and a quoted-printable tail
 * @body: behind quote marks, log prefixes and timestamps; its blanks count
 * @word: first character of @body that is no blank
 * @depth: how many quote marks were there
 * @prefixed: a logger's prefix was there, so that @word starts what the kernel
 *	printed
 * @time: of the timestamp in seconds, negative if there is none
 * @speaker: host and caller (a task or CPU) that the log marks the line with:
 *	lines of one speaker are one text, whatever others say in between
 * @release: of the kernel, if netconsole says it, else empty
 */
struct text_line {
	char raw[TEXT_LINE_MAX];
	const char *body;
	const char *word;
	unsigned int depth;
	bool prefixed;
	double time;
	char speaker[TEXT_SPEAKER_MAX];
	char release[65];
};

/* @sgr: remove colour sequences, which dmesg --color=always leaves */
void text_line_clean(struct text_line *line, const char *data, size_t len,
		     bool sgr);

/*
 * text_seconds() - a time as logs have it, "  12.345678"
 * @exponent: it is in units of 10^-exponent seconds
 *
 * Not strtod(), which knows "1e999" and "inf".
 *
 * Return: seconds; negative if that is no number that a double keeps exactly.
 */
double text_seconds(const char *s, unsigned int exponent);

/* Find @body and @word of @raw, and what the prefixes say. */
void text_skip_prefix(struct text_line *line);

/* Put a line behind another, as it was before a mailer wrapped it. */
void text_line_join(struct text_line *line, const struct text_line *next,
		    const char *glue);

/* Column that a terminal shows @at in, tabs expanded, counted from @from. */
int text_column(const char *from, const char *at);

enum text_match { TEXT_NO, TEXT_PARTIAL, TEXT_YES };

/*
 * struct text_header - what the first line of a report says
 * @clean: nothing but prefixes stands before it
 */
struct text_header {
	enum kmc_kind kind;
	enum kmc_state state;
	unsigned int bits;
	uint64_t address;
	bool clean;
};

/* TEXT_PARTIAL: so far so good, but the line ended. */
enum text_match text_match_header(const struct text_line *line,
				  struct text_header *out);

/*
 * Each of these takes a line into the report if it is what its name says.
 * Return: whether it was; @nomem is set when memory ran out.
 */
bool text_take_task(struct kmc_report *report, const char *word, bool *nomem);
void text_take_release(struct kmc_report *report, const char *word,
		       bool *nomem);
bool text_take_rip(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_registers(struct kmc_report *report, const char *word,
			 bool *nomem);
bool text_take_object(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_frame(struct kmc_stack *stack, const char *word, bool *nomem);
bool text_take_count(struct kmc_report *report, const char *word);

struct kmc_track *text_take_track(struct kmc_report *report, const char *word);
bool text_take_dump(struct kmc_report *report, const char *word, bool *nomem);
bool text_take_shadow(struct kmc_report *report, const char *word, bool *nomem);

/* The line that ends a stack: an address of all ones. */
bool text_is_terminator(const char *word);

/*
 * Lines of a report in the order in which they come.
 */
enum text_part {
	TEXT_OTHER,		/* belongs to no report */
	TEXT_DUMP,
	TEXT_SHADOW,
	TEXT_CARET,
	TEXT_TASK,
	TEXT_RIP,
	TEXT_REGISTERS,
	TEXT_STACK,
	TEXT_OBJECT,
	TEXT_TRACK,
};

/* What a line looks like. */
enum text_part text_part_of(const char *word);
/* Is it one that the report has already, or registers that it has? */
bool text_is_second(const struct kmc_report *report, enum text_part part,
		    const char *word);

/* ---- one speaker's lines to reports: text_thread.c ---- */

/*
 * struct text_sink - where all threads of a log put what they find
 * @lines: line ends seen so far
 */
struct text_sink {
	const char *source;
	struct kmc_events *events;
	unsigned long lines;
	bool nomem;
};

/*
 * struct text_thread - one speaker's lines
 * @speaker: who
 * @sink: of the log
 * @last: number of its last line
 * @line: the line at hand
 * @at: its number
 * @broken: a line that a mailer has wrapped, waiting for its second half
 * @joins: how many lines it was made of; 0: @broken is not in use
 * @broken_at: line number of its beginning
 * @report: the report at hand, NULL between reports
 * @clean: its header was found where the kernel prints it
 * @depth, @prefixed: of its header
 * @content: it has more than its header
 * @ended: its stack has ended: only the object and its stacks may follow
 * @track: whose stack is being read, NULL for the report's own
 * @column_raw, @column_body: where the first letter of the shadow stood, counted
 *	from the start of the line and from the end of its prefixes
 * @strangers: lines in a row that did not belong to it
 * @cut: something else began while a report was open: its lines may follow
 * @crossed: such lines may be among those of @report
 * @part: the last line that @report got
 * @dangling: name of a register whose value is in the next line, or empty
 * @mixed: some were, so @report has nothing but its header
 */
struct text_thread {
	char speaker[TEXT_SPEAKER_MAX];
	struct text_sink *sink;
	unsigned long last;
	const struct text_line *line;
	unsigned long at;
	struct text_line broken;
	unsigned int joins;
	unsigned long broken_at;
	struct kmc_report *report;
	bool clean;
	unsigned int depth;
	bool prefixed;
	bool content;
	bool ended;
	struct kmc_track *track;
	int column_raw;
	int column_body;
	unsigned int strangers;
	bool cut;
	bool crossed;
	enum text_part part;
	char dangling[8];
	bool mixed;
};

/* @at: the line's number */
void text_thread_line(struct text_thread *thread, const struct text_line *line,
		      unsigned long at);
/* Give the report at hand as it is. */
void text_thread_finish(struct text_thread *thread);
static inline bool text_thread_active(const struct text_thread *thread)
{
	return thread->report || thread->joins;
}

/* ---- fragments of extended netconsole: text_frag.c ---- */

/* So many messages may be incomplete at once; packets overtake few others. */
#define TEXT_FRAGS		4

/*
 * struct text_frag - a message of which not all has come
 * @id: its header
 * @at: number of the line that brought something last
 * @total: its bytes, 0: not in use
 * @got: how many of them came
 * @data: they; NUL what has not come
 */
struct text_frag {
	char id[128];
	unsigned long at;
	size_t total;
	size_t got;
	char data[TEXT_LINE_MAX / 2];
};

struct text_frags {
	struct text_frag list[TEXT_FRAGS];
};

/* Where the mark of a fragment is, or NULL. */
const char *text_frag_find(const char *data, size_t len);

/*
 * text_frag_add() - take a line with a fragment, or several
 *
 * Return: the message when it is whole now, else NULL. It is yours to read until
 * the next call; set its @total to 0.
 */
struct text_frag *text_frag_add(struct text_frags *frags, unsigned long at,
				const char *data, size_t len);
/* Forget what has not grown since line @before; is anything left? */
bool text_frag_pending(struct text_frags *frags, unsigned long before);

/* ---- for readers of what holds lines: text.c ---- */

/*
 * text_reader_line() - take one line of a log
 * @reader: made by kmc_text_reader.new()
 * @at: its number in the input
 * @speaker: who is known to have said it, "" if nobody is
 * @time: when, in seconds, negative if unknown; a timestamp in the line wins
 * @data: the line, without its end
 * @len: bytes of it
 */
KMC_MUST_CHECK struct kmc_error *
text_reader_line(void *reader, unsigned long at, const char *speaker,
		 double time, const char *data, size_t len);

#endif /* KMC_TEXT_H */
