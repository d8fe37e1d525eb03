// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Log text to lines: finds reports in logs of any length, and gives each
 * caller's lines to that caller's thread.
 *
 * Between reports nearly all of a log is passed over without looking at its
 * lines: only the words that begin reports, and a kernel's banner, are searched for.
 */
#include "input/log.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "input/families.h"
#include "input/log_banner.h"
#include "input/log_frag.h"
#include "input/log_pattern.h"
#include "input/log_prefix.h"
#include "input/log_thread.h"
#include "input/log_words.h"
#include "input/reader.h"

/* So many callers' reports may be open at once; more CPUs than print at once. */
#define THREADS_MAX	64
/* A caller that lets so many lines of others pass will not finish its report. */
#define AGE_MAX		1000
/* Quoted-printable breaks a line that goes on with = at such columns. */
#define SOFT_MIN	72
#define SOFT_MAX	78
/* Of a caller, that a log's own format and the prefix of its lines each may say. */
#define CALLER_ID_PART	(LOG_CALLER_ID_MAX / 2 - 1)

/*
 * struct log - the state of reading one log
 * @sink: what all threads share
 * @threads: one for each caller, those used last first
 * @count: of them
 * @caller_id: of the last line that had a logger's prefix
 * @line: the line at hand
 * @at: its number
 * @overwritten: a carriage return has ended it
 * @pattern: of what stands before the lines of the last report, if it is no known prefix
 * @frags: what extended netconsole has sent in part
 * @fragments: there are such
 * @joined: a message put together
 * @soft: the beginning of a line that quoted-printable has broken
 * @soft_len: bytes of it, 0 if there is none
 * @soft_at: its number
 * @carry: the beginning of a line whose end has not come yet
 * @carrying: @carry is in use, even if empty
 * @returns: carriage returns that came behind it; what they mean shows in what follows
 * @newlines: there was one
 * @sgr: colour sequences have to be removed
 * @long_lines: among those at hand are some that quoted-printable would have broken
 */
struct log {
	struct log_sink sink;
	struct log_thread *threads[THREADS_MAX];
	size_t count;
	char caller_id[LOG_CALLER_ID_MAX];
	struct log_line line;
	unsigned long at;
	bool overwritten;
	struct log_pattern pattern;
	struct log_frags frags;
	bool fragments;
	char joined[LOG_LINE_MAX];
	char soft[LOG_LINE_MAX];
	size_t soft_len;
	unsigned long soft_at;
	char carry[LOG_LINE_MAX];
	size_t carry_len;
	bool carrying;
	unsigned long returns;
	bool newlines;
	bool sgr;
	bool long_lines;
};

static void *log_new(const char *source, struct kmc_events *events)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->sink.source = source;
	log->sink.events = events;
	return log;
}

static void log_free(void *reader)
{
	struct log *log = reader;

	if (!log)
		return;
	for (size_t i = 0; i < log->count; i++)
		log_thread_free(log->threads[i]);
	free(log);
}

static bool is_active(const struct log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		if (log_thread_active(log->threads[i]))
			return true;
	}
	return log->soft_len || log->fragments;
}

/* ---- who speaks ---- */

/* The thread at @i was used: the order is that of use. */
static struct log_thread *move_to_front(struct log *log, size_t i)
{
	struct log_thread *thread = log->threads[i];

	memmove(log->threads + 1, log->threads,
		i * sizeof(log->threads[0]));
	log->threads[0] = thread;
	return thread;
}

static struct log_thread *find_thread(struct log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		if (!strcmp(log->threads[i]->caller_id, log->caller_id))
			return move_to_front(log, i);
	}
	return NULL;
}

/* One for a new caller: in place of who has been silent longest, if need be. */
static struct log_thread *new_thread(struct log *log)
{
	struct log_thread *thread;

	if (log->count == THREADS_MAX) {
		thread = move_to_front(log, log->count - 1);
		log_thread_finish(thread);
		memset(thread, 0, sizeof(*thread));
	} else {
		thread = calloc(1, sizeof(*thread));
		if (!thread) {
			log->sink.nomem = true;
			return NULL;
		}
		log->threads[log->count] = thread;
		move_to_front(log, log->count++);
	}
	thread->sink = &log->sink;
	strcpy(thread->caller_id, log->caller_id);
	return thread;
}

/* What is open and was not continued for long is not worth looking at lines. */
static void finish_old(struct log *log, unsigned long at)
{
	for (size_t i = 0; i < log->count; i++) {
		struct log_thread *thread = log->threads[i];

		if (log_thread_active(thread) && at - thread->last > AGE_MAX)
			log_thread_finish(thread);
	}
}

/* Is it coloured? What is behind the first word is the kernel's, not a tool's. */
static bool has_colour(const char *data, size_t len)
{
	const char *word = log_words_find(data, len);

	return memmem(data, word ? (size_t)(word - data) : len, "\033[", 2);
}

static void clean_line(struct log *log, const char *data, size_t len)
{
	struct log_line *line = &log->line;
	struct log_header header;

	if (!is_active(log))
		log->sgr = has_colour(data, len);
	log_line_clean(line, data, len, log->sgr);
	line->overwritten = log->overwritten;
	line->wordless = !log_words_find(line->body, strlen(line->body));
	/* What may be within a report as well tells of no prefix by having none. */
	if (kmc_families_match(line, &header) != LOG_NO &&
	    !(header.follows && header.start == line->word))
		log_learn_prefix(line, header.start, &log->pattern);
	else
		log_skip_learned(line, &log->pattern);
}

/* The one of the last line that had a prefix, and of those behind it that have none. */
static void set_caller_id(struct log *log, const char *outer, const char *inner)
{
	const size_t len = strnlen(outer, CALLER_ID_PART);
	const size_t more = strnlen(inner, CALLER_ID_PART);

	memcpy(log->caller_id, outer, len);
	log->caller_id[len] = '/';
	memcpy(log->caller_id + len + 1, inner, more);
	log->caller_id[len + 1 + more] = '\0';
}

/* The line that was cleaned. */
static void take_line(struct log *log, const char *caller_id, unsigned long at)
{
	struct log_line *line = &log->line;
	struct log_thread *thread;

	if (!line->wordless)
		log_banner_take(&log->sink.banner, line->body);
	/* A line without a prefix is the rest of one that a mailer wrapped. */
	if (line->prefixed || *caller_id)
		set_caller_id(log, caller_id, line->caller_id);
	thread = find_thread(log);
	if (!thread && !line->wordless && log_words_find(line->body, strlen(line->body)))
		thread = new_thread(log);
	if (thread) {
		thread->last = at;
		log_thread_line(thread, line, at);
	}
	finish_old(log, at);
}

/* ---- lines that quoted-printable has broken ---- */

/*
 * Each other = of such a line stands before two digits, for it is escaped itself:
 * a row of them is a separator.
 */
static bool is_soft(const struct log *log, const char *data, size_t len)
{
	if (len && data[len - 1] == '\r')
		len--;
	if (log->long_lines || len < SOFT_MIN || len > SOFT_MAX || data[len - 1] != '=')
		return false;
	for (size_t i = 0; i < len - 1; i++) {
		if (data[i] == '=' && (i + 3 >= len || !isxdigit((unsigned char)data[i + 1]) ||
				       !isxdigit((unsigned char)data[i + 2])))
			return false;
	}
	return true;
}

static void add_soft(struct log *log, const char *data, size_t len)
{
	size_t room = sizeof(log->soft) - log->soft_len;

	if (len > room)
		len = room;
	memcpy(log->soft + log->soft_len, data, len);
	log->soft_len += len;
}

static void end_soft(struct log *log)
{
	if (!log->soft_len)
		return;
	clean_line(log, log->soft, log->soft_len);
	log->soft_len = 0;
	take_line(log, "", log->soft_at);
}

static void take_piece(struct log *log, const char *data, size_t len)
{
	unsigned long at = log->at;
	bool soft = is_soft(log, data, len) && log->soft_len < sizeof(log->soft);

	if (!soft && !log->soft_len) {
		clean_line(log, data, len);
		take_line(log, "", at);
		return;
	}
	if (!log->soft_len)
		log->soft_at = at;
	add_soft(log, data, soft ? len - (data[len - 1] == '\r') - 1 : len);
	if (soft)
		return;
	end_soft(log);
}

/* A message in several packets is taken when the last of them has come. */
static void take_fragment(struct log *log, const char *data, size_t len)
{
	unsigned long at = log->at;
	struct log_frag *frag = log_frag_add(&log->frags, at, data, len);

	log->fragments = true;
	if (!frag)
		return;
	snprintf(log->joined, sizeof(log->joined), "%s;%.*s", frag->id,
		 (int)frag->total, frag->data);
	frag->total = 0;
	clean_line(log, log->joined, strlen(log->joined));
	take_line(log, "", at);
}

/*
 * Between reports a line without such a word does nothing, also where a piece ended
 * within it, so that it was not passed over with the others.
 */
static void take_whole(struct log *log, const char *data, size_t len, unsigned long at)
{
	bool active;

	/* As much as is kept of a line that comes in pieces. */
	if (len > LOG_LINE_MAX)
		len = LOG_LINE_MAX;
	active = is_active(log);
	if (!active && !log_words_find(data, len))
		return;
	log->at = at;
	/* With its line end, which may be of two bytes. */
	log->long_lines = (active && log->long_lines) || len > SOFT_MAX + 1;
	if (log->fragments)
		log->fragments = log_frag_pending(&log->frags, at > AGE_MAX ?
						  at - AGE_MAX : 0);
	if (log_frag_find(data, len))
		take_fragment(log, data, len);
	else
		take_piece(log, data, len);
}

/* What a carriage return has ended: a terminal writes what follows over it. */
static void take_overwritten(struct log *log, const char *data, size_t len)
{
	if (!len)
		return;
	log->overwritten = true;
	take_whole(log, data, len, log->sink.lines + 1);
	log->overwritten = false;
}

/* A line and what is in it before carriage returns, without its end. */
static void feed_line(struct log *log, const char *data, size_t len)
{
	const char *cr;

	while (len && data[len - 1] == '\r')
		len--;
	if (!is_active(log) && !log_words_find(data, len)) {
		log->sink.lines++;
		return;
	}
	while ((cr = memchr(data, '\r', len))) {
		take_overwritten(log, data, cr - data);
		len -= cr + 1 - data;
		data = cr + 1;
	}
	log->sink.lines++;
	take_whole(log, data, len, log->sink.lines);
}

/* ---- the stream ---- */

/*
 * Logs are gigabytes, and this looks at each of their bytes: a fixed inner trip
 * count lets the compiler use vector instructions.
 */
static unsigned long count_lines(const char *data, size_t len)
{
	unsigned long n = 0;
	size_t i = 0;

	for (; i + 128 <= len; i += 128) {
		unsigned char sum = 0;

		for (int j = 0; j < 128; j++)
			sum += data[i + j] == '\n';
		n += sum;
	}
	for (; i < len; i++)
		n += data[i] == '\n';
	return n;
}

/*
 * Pass over whole lines that have nothing to do with us. Returns how many bytes
 * of @data, which ends in a line end, were passed over: up to the start of a
 * line to be looked at, or all.
 */
static size_t skip_lines(struct log *log, const char *data, size_t len)
{
	const char *hit = log_words_find(data, len);
	const char *start;

	if (!hit) {
		log->sink.lines += count_lines(data, len);
		return len;
	}
	start = memrchr(data, '\n', hit - data);
	start = start ? start + 1 : data;
	log->sink.lines += count_lines(data, start - data);
	return start - data;
}

static void feed_lines(struct log *log, const char *data, size_t len)
{
	const char *end = data + len;

	while (data < end) {
		const char *eol;

		if (!is_active(log)) {
			data += skip_lines(log, data, end - data);
			if (data == end)
				return;
		}
		eol = memchr(data, '\n', end - data);
		feed_line(log, data, eol - data);
		data = eol + 1;
	}
}

/* Keep the beginning of a line for the next call; what is too long is dropped. */
static void carry(struct log *log, const char *data, size_t len)
{
	size_t room = sizeof(log->carry) - log->carry_len;
	size_t n = len < room ? len : room;

	if (n)
		memcpy(log->carry + log->carry_len, data, n);
	log->carry_len += n;
	log->carrying = true;
}

/* The line that was carried has ended. */
static void flush_carry(struct log *log)
{
	if (!log->carrying)
		return;
	feed_line(log, log->carry, log->carry_len);
	log->carry_len = 0;
	log->carrying = false;
}

/*
 * What was carried has ended with a carriage return, or several. As long as there was no
 * newline those are the line ends, as on a terminal's line or an old Macintosh.
 */
static void end_returns(struct log *log)
{
	if (log->newlines) {
		take_overwritten(log, log->carry, log->carry_len);
		log->carry_len = 0;
		log->carrying = false;
	} else {
		flush_carry(log);
		log->sink.lines += log->returns - 1;
	}
	log->returns = 0;
}

/* The first newline: from now on only those count, unless a report is open. */
static void end_newline(struct log *log)
{
	if (!log->newlines && !is_active(log))
		log->sink.lines = 0;
	log->newlines = true;
	log->returns = 0;
	log->carrying = true;
	flush_carry(log);
}

/* Up to the next line end, or as far as there is something. */
static size_t feed_some(struct log *log, const char *data, size_t len)
{
	size_t n = 0;

	while (n < len && data[n] != '\r' && data[n] != '\n')
		n++;
	if (n && log->returns)
		end_returns(log);
	if (n)
		carry(log, data, n);
	if (n == len)
		return n;
	if (data[n] == '\r') {
		log->returns++;
		log->carrying = true;
	} else {
		end_newline(log);
	}
	return n + 1;
}

static struct kmc_error *status(struct log *log)
{
	return log->sink.nomem ? kmc_error_nomem() : NULL;
}

static struct kmc_error *log_feed(void *reader, const char *data, size_t len)
{
	struct log *log = reader;

	while (len) {
		const char *last = log->carrying || !log->newlines ? NULL :
				   memrchr(data, '\n', len);
		size_t n = last ? (size_t)(last + 1 - data) : 0;

		if (last)
			feed_lines(log, data, n);
		else
			n = feed_some(log, data, len);
		data += n;
		len -= n;
	}
	return status(log);
}

/*
 * A report has no end mark. When its stack has ended and the source has fallen
 * silent, it is not worth waiting for what may come next.
 */
static struct kmc_error *log_idle(void *reader)
{
	struct log *log = reader;

	/* A line that has ended, unless a newline is still to come. */
	if (log->returns && !log->newlines)
		end_returns(log);
	for (size_t i = log->count; i-- > 0 && !log->carrying;)
		log_thread_idle(log->threads[i]);
	return status(log);
}

static struct kmc_error *log_end(void *reader)
{
	struct log *log = reader;

	log->returns = 0;
	flush_carry(log);
	end_soft(log);
	for (size_t i = log->count; i-- > 0;)
		log_thread_finish(log->threads[i]);
	return status(log);
}

struct kmc_error *log_reader_line(void *reader, unsigned long at,
				  const struct log_origin *origin,
				  const char *data, size_t len)
{
	struct log *log = reader;

	log->sink.lines = at;
	clean_line(log, data, len);
	if (origin) {
		if (log->line.time < 0)
			log->line.time = origin->time;
		strcpy(log->line.boot_id, origin->boot_id);
		log->line.boot_time = origin->boot_time;
	}
	take_line(log, origin ? origin->caller_id : "", at);
	return status(log);
}

const struct kmc_reader_ops kmc_text_reader = {
	.new = log_new,
	.feed = log_feed,
	.idle = log_idle,
	.end = log_end,
	.free = log_free,
};
