/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One speaker's lines to reports.
 */
#ifndef KMC_TEXT_THREAD_H
#define KMC_TEXT_THREAD_H

#include "input/families.h"

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
 * @reading: the report at hand; without one, all is zero
 * @clean: its header was found where the kernel prints it
 * @depth, @prefixed: of its header
 * @content: it has more than its header
 * @strangers: lines in a row that did not belong to it
 * @cut: something else began while a report was open: its lines may follow
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
	struct text_reading reading;
	bool clean;
	unsigned int depth;
	bool prefixed;
	bool content;
	unsigned int strangers;
	bool cut;
};

void text_thread_free(struct text_thread *thread);
/* @at: the line's number */
void text_thread_line(struct text_thread *thread, const struct text_line *line,
		      unsigned long at);
/* Give the report at hand as it is. */
void text_thread_finish(struct text_thread *thread);
/* The same, if it has all that a report has to have. */
void text_thread_idle(struct text_thread *thread);
static inline bool text_thread_active(const struct text_thread *thread)
{
	return thread->reading.report || thread->joins;
}

#endif /* KMC_TEXT_THREAD_H */
