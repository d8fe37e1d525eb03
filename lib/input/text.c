// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Log text to lines: finds reports in logs of any length, and gives each
 * speaker's lines to that speaker's thread.
 *
 * Between reports nearly all of a log is passed over without looking at its
 * lines: only the words that begin reports are searched for.
 */
#include "input/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "input/families.h"
#include "input/reader.h"
#include "input/text_frag.h"
#include "input/text_thread.h"

/* So many speakers' reports may be open at once; more CPUs than print at once. */
#define THREADS_MAX	64
/* A speaker that lets so many lines of others pass will not finish its report. */
#define AGE_MAX		1000
/* Quoted-printable breaks a line that goes on with = at such columns. */
#define SOFT_MIN	72
#define SOFT_MAX	78

/*
 * struct text - the state of reading one log
 * @sink: what all threads share
 * @threads: one for each speaker, those used last first
 * @count: of them
 * @speaker: of the last line that had a logger's prefix
 * @line: the line at hand
 * @frags: what extended netconsole has sent in part
 * @fragments: there are such
 * @joined: a message put together
 * @soft: the beginning of a line that quoted-printable has broken
 * @soft_len: bytes of it, 0 if there is none
 * @soft_at: its number
 * @carry: the beginning of a line whose end has not come yet
 * @carrying: @carry is in use, even if empty
 * @sgr: colour sequences have to be removed
 */
struct text {
	struct text_sink sink;
	struct text_thread *threads[THREADS_MAX];
	size_t count;
	char speaker[TEXT_SPEAKER_MAX];
	struct text_line line;
	struct text_frags frags;
	bool fragments;
	char joined[TEXT_LINE_MAX];
	char soft[TEXT_LINE_MAX];
	size_t soft_len;
	unsigned long soft_at;
	char carry[TEXT_LINE_MAX];
	size_t carry_len;
	bool carrying;
	bool sgr;
};

static void *text_new(const char *source, struct kmc_events *events)
{
	struct text *text = calloc(1, sizeof(*text));

	if (!text)
		return NULL;
	text->sink.source = source;
	text->sink.events = events;
	return text;
}

static void text_free(void *reader)
{
	struct text *text = reader;

	if (!text)
		return;
	for (size_t i = 0; i < text->count; i++)
		text_thread_free(text->threads[i]);
	free(text);
}

static bool is_active(const struct text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		if (text_thread_active(text->threads[i]))
			return true;
	}
	return text->soft_len || text->fragments;
}

/* ---- who speaks ---- */

/* The thread at @i was used: the order is that of use. */
static struct text_thread *move_to_front(struct text *text, size_t i)
{
	struct text_thread *thread = text->threads[i];

	memmove(text->threads + 1, text->threads,
		i * sizeof(text->threads[0]));
	text->threads[0] = thread;
	return thread;
}

static struct text_thread *find_thread(struct text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		if (!strcmp(text->threads[i]->speaker, text->speaker))
			return move_to_front(text, i);
	}
	return NULL;
}

/* One for a new speaker: in place of who has been silent longest, if need be. */
static struct text_thread *new_thread(struct text *text)
{
	struct text_thread *thread;

	if (text->count == THREADS_MAX) {
		thread = move_to_front(text, text->count - 1);
		text_thread_finish(thread);
		memset(thread, 0, sizeof(*thread));
	} else {
		thread = calloc(1, sizeof(*thread));
		if (!thread) {
			text->sink.nomem = true;
			return NULL;
		}
		text->threads[text->count] = thread;
		move_to_front(text, text->count++);
	}
	thread->sink = &text->sink;
	strcpy(thread->speaker, text->speaker);
	return thread;
}

/* What is open and was not continued for long is not worth looking at lines. */
static void finish_old(struct text *text, unsigned long at)
{
	for (size_t i = 0; i < text->count; i++) {
		struct text_thread *thread = text->threads[i];

		if (text_thread_active(thread) && at - thread->last > AGE_MAX)
			text_thread_finish(thread);
	}
}

static void clean_line(struct text *text, const char *data, size_t len)
{
	if (!is_active(text))
		text->sgr = len && data[0] == '\033';
	text_line_clean(&text->line, data, len, text->sgr);
}

/* The line that was cleaned. */
static void take_line(struct text *text, const char *speaker, unsigned long at)
{
	struct text_line *line = &text->line;
	struct text_thread *thread;

	/* A line without a prefix is the rest of one that a mailer wrapped. */
	if (line->prefixed || *speaker)
		snprintf(text->speaker, sizeof(text->speaker), "%.47s/%.47s",
			 speaker, line->speaker);
	thread = find_thread(text);
	if (!thread && kmc_families_find(line->body, strlen(line->body)))
		thread = new_thread(text);
	if (thread) {
		thread->last = at;
		text_thread_line(thread, line, at);
	}
	finish_old(text, at);
}

/* ---- lines that quoted-printable has broken ---- */

static bool is_soft(const char *data, size_t len)
{
	if (len && data[len - 1] == '\r')
		len--;
	return len >= SOFT_MIN && len <= SOFT_MAX && data[len - 1] == '=';
}

static void add_soft(struct text *text, const char *data, size_t len)
{
	size_t room = sizeof(text->soft) - text->soft_len;

	if (len > room)
		len = room;
	memcpy(text->soft + text->soft_len, data, len);
	text->soft_len += len;
}

static void end_soft(struct text *text)
{
	if (!text->soft_len)
		return;
	clean_line(text, text->soft, text->soft_len);
	text->soft_len = 0;
	take_line(text, "", text->soft_at);
}

static void take_piece(struct text *text, const char *data, size_t len)
{
	unsigned long at = text->sink.lines;
	bool soft = is_soft(data, len) && text->soft_len < sizeof(text->soft);

	if (!soft && !text->soft_len) {
		clean_line(text, data, len);
		take_line(text, "", at);
		return;
	}
	if (!text->soft_len)
		text->soft_at = at;
	add_soft(text, data, soft ? len - (data[len - 1] == '\r') - 1 : len);
	if (soft)
		return;
	end_soft(text);
}

/* A message in several packets is taken when the last of them has come. */
static void take_fragment(struct text *text, const char *data, size_t len)
{
	unsigned long at = text->sink.lines;
	struct text_frag *frag = text_frag_add(&text->frags, at, data, len);

	text->fragments = true;
	if (!frag)
		return;
	snprintf(text->joined, sizeof(text->joined), "%s;%.*s", frag->id,
		 (int)frag->total, frag->data);
	frag->total = 0;
	clean_line(text, text->joined, strlen(text->joined));
	take_line(text, "", at);
}

/*
 * Between reports a line without such a word does nothing, also where a piece ended
 * within it, so that it was not passed over with the others.
 */
static void feed_line(struct text *text, const char *data, size_t len)
{
	unsigned long at = ++text->sink.lines;

	/* As much as is kept of a line that comes in pieces. */
	if (len > TEXT_LINE_MAX)
		len = TEXT_LINE_MAX;
	if (!is_active(text) && !kmc_families_find(data, len))
		return;
	if (text->fragments)
		text->fragments = text_frag_pending(&text->frags, at > AGE_MAX ?
						    at - AGE_MAX : 0);
	if (text_frag_find(data, len))
		take_fragment(text, data, len);
	else
		take_piece(text, data, len);
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
static size_t skip_lines(struct text *text, const char *data, size_t len)
{
	const char *hit = kmc_families_find(data, len);
	const char *start;

	if (!hit) {
		text->sink.lines += count_lines(data, len);
		return len;
	}
	start = memrchr(data, '\n', hit - data);
	start = start ? start + 1 : data;
	text->sink.lines += count_lines(data, start - data);
	return start - data;
}

static void feed_lines(struct text *text, const char *data, size_t len)
{
	const char *end = data + len;

	while (data < end) {
		const char *eol;

		if (!is_active(text)) {
			data += skip_lines(text, data, end - data);
			if (data == end)
				return;
		}
		eol = memchr(data, '\n', end - data);
		feed_line(text, data, eol - data);
		data = eol + 1;
	}
}

/* Keep the beginning of a line for the next call; what is too long is dropped. */
static void carry(struct text *text, const char *data, size_t len)
{
	size_t room = sizeof(text->carry) - text->carry_len;
	size_t n = len < room ? len : room;

	if (n)
		memcpy(text->carry + text->carry_len, data, n);
	text->carry_len += n;
	text->carrying = true;
}

static void flush_carry(struct text *text)
{
	if (!text->carrying)
		return;
	feed_line(text, text->carry, text->carry_len);
	text->carry_len = 0;
	text->carrying = false;
}

static struct kmc_error *status(struct text *text)
{
	return text->sink.nomem ? kmc_error_nomem() : NULL;
}

static struct kmc_error *text_feed(void *reader, const char *data, size_t len)
{
	struct text *text = reader;
	const char *last = len ? memrchr(data, '\n', len) : NULL;
	size_t whole = last ? last + 1 - data : 0;
	size_t done = 0;

	if (text->carrying && last) {
		done = (const char *)memchr(data, '\n', len) + 1 - data;
		carry(text, data, done - 1);
		flush_carry(text);
	}
	if (done < whole)
		feed_lines(text, data + done, whole - done);
	if (whole < len)
		carry(text, data + whole, len - whole);
	return status(text);
}

/*
 * A report has no end mark. When its stack has ended and the source has fallen
 * silent, it is not worth waiting for what may come next.
 */
static struct kmc_error *text_idle(void *reader)
{
	struct text *text = reader;

	for (size_t i = text->count; i-- > 0 && !text->carrying;)
		text_thread_idle(text->threads[i]);
	return status(text);
}

static struct kmc_error *text_end(void *reader)
{
	struct text *text = reader;

	flush_carry(text);
	end_soft(text);
	for (size_t i = text->count; i-- > 0;)
		text_thread_finish(text->threads[i]);
	return status(text);
}

struct kmc_error *text_reader_line(void *reader, unsigned long at,
				   const char *speaker, double time,
				   const char *data, size_t len)
{
	struct text *text = reader;

	text->sink.lines = at;
	clean_line(text, data, len);
	if (text->line.time < 0)
		text->line.time = time;
	take_line(text, speaker, at);
	return status(text);
}

const struct kmc_reader_ops kmc_text_reader = {
	.new = text_new,
	.feed = text_feed,
	.idle = text_idle,
	.end = text_end,
	.free = text_free,
};
