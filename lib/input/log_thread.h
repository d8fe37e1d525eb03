/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One caller's lines to reports.
 */
#ifndef KMC_LOG_THREAD_H
#define KMC_LOG_THREAD_H

#include "input/families.h"
#include "input/log_banner.h"

/* A sentence that is longer is cut. */
#define LOG_MESSAGE_MAX	256

/*
 * struct log_sink - where all threads of a log put what they find
 * @lines: line ends seen so far
 * @banner: of the kernel that prints what is read now
 */
struct log_sink {
	const char *source;
	struct kmc_events *events;
	unsigned long lines;
	struct log_banner banner;
	bool nomem;
};

/* As much of a title is shown. */
#define LOG_TITLE_MAX	81

/*
 * enum log_ruled - a block between two rules, as checkers print their reports
 * @LOG_RULED_NONE: there is none, or a family reads it
 * @LOG_RULED_OPEN: the first rule was the last line
 * @LOG_RULED_TITLED: there was a line behind it
 * @LOG_RULED_SAID: it has been said that nobody reads it
 */
enum log_ruled { LOG_RULED_NONE, LOG_RULED_OPEN, LOG_RULED_TITLED, LOG_RULED_SAID };

/*
 * struct log_thread - one caller's lines
 * @caller_id: who
 * @sink: of the log
 * @last: number of its last line
 * @line: the line at hand
 * @at: its number
 * @broken: a line that a mailer has wrapped, waiting for its second half
 * @joins: how many lines it was made of; 0: @broken is not in use
 * @broken_at: line number of its beginning
 * @reading: the report at hand; without one, all is zero
 * @clean: its header was found where the kernel prints it
 * @depth, @prefixed: of its header
 * @content: it has more than its header
 * @chained: its header may go on in another one
 * @message: a sentence that may be that of the report that begins behind it
 * @awaited: so many lines more may stand before that
 * @ruled: what is known of a block between two rules that no family has read
 * @ruled_at: number of its title, or of the rule
 * @title: of the block
 * @unrelated: lines in a row that did not belong to it
 * @cut: something else began while a report was open: its lines may follow
 */
struct log_thread {
	char caller_id[LOG_CALLER_ID_MAX];
	struct log_sink *sink;
	unsigned long last;
	const struct log_line *line;
	unsigned long at;
	struct log_line broken;
	unsigned int joins;
	unsigned long broken_at;
	struct log_reading reading;
	bool clean;
	unsigned int depth;
	bool prefixed;
	bool content;
	bool chained;
	char message[LOG_MESSAGE_MAX];
	unsigned int awaited;
	enum log_ruled ruled;
	unsigned long ruled_at;
	char title[LOG_TITLE_MAX];
	unsigned int unrelated;
	bool cut;
};

void log_thread_free(struct log_thread *thread);
/* @at: the line's number */
void log_thread_line(struct log_thread *thread, const struct log_line *line,
		     unsigned long at);
/* Give the report at hand as it is. */
void log_thread_finish(struct log_thread *thread);
/* The same, if it has all that a report has to have. */
void log_thread_idle(struct log_thread *thread);
static inline bool log_thread_active(const struct log_thread *thread)
{
	return thread->reading.report || thread->joins || thread->awaited || thread->ruled;
}

#endif /* KMC_LOG_THREAD_H */
