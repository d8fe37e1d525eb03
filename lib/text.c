// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Log text to reports: finds them in logs of any length, reads them line by line.
 *
 * Between reports nearly all of a log is passed over without looking at its
 * lines: only the word "kmemcheck" is searched for. From the header of a report
 * on, lines are taken by what they look like, and what looks like nothing that
 * belongs to a report is passed over, for other messages come in between.
 */
#include "text.h"

/*
 * So many lines in a row that mean nothing end a report: other messages come
 * singly or as a block of this order.
 */
#define STRANGERS_MAX		16
/* A reply written into a quoted report is longer, and is told by its quoting. */
#define REPLY_MAX		200
/* A mailer wraps a line once; narrow screens do it twice. */
#define JOINS_MAX		2

/*
 * struct text - the state of reading one log
 * @lines: line ends seen so far
 * @carry: the beginning of a line whose end has not come yet
 * @carrying: @carry is in use, even if empty
 * @line: the line at hand
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
 * @sgr: colour sequences have to be removed
 */
struct text {
	const char *source;
	struct kmc_events *events;
	unsigned long lines;
	char carry[TEXT_LINE_MAX];
	size_t carry_len;
	bool carrying;
	struct text_line line;
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
	bool sgr;
	bool nomem;
};

static void *text_new(const char *source, struct kmc_events *events)
{
	struct text *text = calloc(1, sizeof(*text));

	if (!text)
		return NULL;
	text->source = source;
	text->events = events;
	return text;
}

static void text_free(void *reader)
{
	struct text *text = reader;

	if (!text)
		return;
	kmc_report_free(text->report);
	free(text);
}

static struct kmc_event *push(struct text *text, enum kmc_event_type type)
{
	struct kmc_event *event = kmc_events_push(text->events, type);

	if (!event)
		text->nomem = true;
	return event;
}

static bool is_power_of_two(size_t n)
{
	return n && !(n & (n - 1));
}

/*
 * The row is a naturally aligned piece of memory, so the address alone tells
 * where the caret has to be: for rows whose caret line is cut off.
 */
static void place_caret(struct kmc_report *report)
{
	size_t have = report->shadow ? report->shadow_len : report->memory_len;
	size_t row = have > report->memory_len ? have : report->memory_len;

	if (report->caret < 0 && is_power_of_two(row) &&
	    report->address % row < have)
		report->caret = report->address % row;
	if (report->caret >= 0)
		report->memory_start = report->address - report->caret;
}

static void finish_report(struct text *text)
{
	struct kmc_report *report = text->report;
	struct kmc_event *event;

	text->report = NULL;
	text->joins = 0;
	if (!report)
		return;
	/* A header alone in the middle of prose is talk about a report. */
	if (!text->clean && !text->content) {
		kmc_report_free(report);
		return;
	}
	place_caret(report);
	report->truncated = !text->ended;
	event = push(text, KMC_EVENT_REPORT);
	if (event)
		event->report = report;
	else
		kmc_report_free(report);
}

static void start_report(struct text *text, const struct text_line *line,
			 unsigned long at, const struct text_header *header)
{
	struct kmc_report *report;

	finish_report(text);
	report = kmc_report_new(text->source);
	if (!report) {
		text->nomem = true;
		return;
	}
	report->line = at;
	report->kind = header->kind;
	report->state = header->state;
	report->bits = header->bits;
	report->address = header->address;
	report->time = line->time;
	text->report = report;
	text->clean = header->clean;
	text->depth = line->depth;
	text->prefixed = line->prefixed;
	text->content = false;
	text->ended = false;
	text->track = NULL;
	text->strangers = 0;
}

/* ---- lines that are no part of a report, but end one ---- */

static bool take_lost(struct text *text)
{
	static const char lost[] = "kmemcheck: Lost ";
	const char *s = strstr(text->line.body, lost);
	struct kmc_event *event;
	char *end;
	unsigned long long n;

	if (!s)
		return false;
	n = strtoull(s + strlen(lost), &end, 10);
	if (end == s + strlen(lost) || strncmp(end, " error reports", 14))
		return false;
	/* Printed behind all that was queued, so what is at hand is whole. */
	if (text->report && text->ended)
		finish_report(text);
	event = push(text, KMC_EVENT_LOST);
	if (event)
		event->lost = n;
	return true;
}

static bool take_fatal(struct text *text)
{
	struct kmc_event *event;

	if (!strstr(text->line.body, "kmemcheck: Fatal error"))
		return false;
	/* Registers and a stack follow, which are not those of a report. */
	finish_report(text);
	event = push(text, KMC_EVENT_FATAL);
	if (event) {
		event->line = text->lines;
		snprintf(event->message, sizeof(event->message),
			 "kmemcheck itself failed here; its registers and stack are in the log");
	}
	return true;
}

static bool take_header(struct text *text)
{
	struct text_header header;

	switch (text_match_header(&text->line, &header)) {
	case TEXT_YES:
		text->joins = 0;
		start_report(text, &text->line, text->lines, &header);
		return true;
	case TEXT_PARTIAL:
		text->broken = text->line;
		/* The copy's pointers have to point into the copy. */
		text->broken.body = text->broken.raw +
				    (text->line.body - text->line.raw);
		text->broken.word = text->broken.raw +
				    (text->line.word - text->line.raw);
		text->broken_at = text->lines;
		text->joins = 1;
		return true;
	default:
		return false;
	}
}

/* The rest of a header that was wrapped: with a blank, or within a word. */
static bool take_broken(struct text *text)
{
	size_t len = strlen(text->broken.raw);
	struct text_header header;

	if (!text->joins || !*text->line.word)
		return false;
	for (int blank = 1; blank >= 0; blank--) {
		text->broken.raw[len] = '\0';
		text_line_join(&text->broken, &text->line, blank ? " " : "");
		switch (text_match_header(&text->broken, &header)) {
		case TEXT_YES:
			text->joins = 0;
			start_report(text, &text->broken, text->broken_at,
				     &header);
			return true;
		case TEXT_PARTIAL:
			if (text->joins++ < JOINS_MAX)
				return true;
			break;
		default:
			break;
		}
	}
	text->joins = 0;
	return false;
}

/* ---- lines of a report ---- */

/* Something else begins, and its registers and stack are its own. */
static bool is_other_report(const char *word)
{
	static const char * const starts[] = {
		"------------[ cut here", "WARNING: ", "BUG: ", "INFO: ",
		"Call Trace:", "Kernel panic", "Oops:", "Oops ", "=======",
		"general protection fault", "Modules linked in:",
		"kmemcheck: ", "ERROR: ",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts); i++) {
		if (!strncmp(word, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

static bool caret_fits(const struct kmc_report *report, int column, int start)
{
	int at = column - start;

	return start >= 0 && at >= 0 && !(at % 2) &&
	       (size_t)at / 2 < report->shadow_len;
}

/*
 * The caret's column counts from the first letter of the shadow row. Where tabs
 * got into the line, it depends on who put them there whether they were expanded
 * before or behind the prefixes; the address decides, as it does between a
 * measured column and none.
 */
static bool take_caret(struct text *text)
{
	struct kmc_report *report = text->report;
	struct text_line *line = &text->line;
	int raw = text_column(line->raw, line->word);
	int body = text_column(line->body, line->word);
	size_t row = report->shadow_len > report->memory_len ?
		     report->shadow_len : report->memory_len;
	int expected;

	if (strcmp(line->word, "^") || !report->shadow || report->caret >= 0)
		return false;
	expected = is_power_of_two(row) ? (int)(report->address % row) : -1;
	if (caret_fits(report, body, text->column_body))
		report->caret = (body - text->column_body) / 2;
	if (caret_fits(report, raw, text->column_raw) &&
	    (report->caret < 0 ||
	     (raw - text->column_raw) / 2 == expected))
		report->caret = (raw - text->column_raw) / 2;
	return true;
}

/*
 * Before 2.6.31 there was no dump, and the shadow was letters without blanks:
 * a row of a and f only looks like a dump until a caret follows it.
 */
static void dump_was_shadow(struct kmc_report *report)
{
	size_t len = report->memory_len * 2;
	char *shadow;

	for (size_t i = 0; i < report->memory_len; i++) {
		uint8_t byte = report->memory[i];

		if (byte != 0xaa && byte != 0xaf && byte != 0xfa && byte != 0xff)
			return;
	}
	shadow = malloc(len + 1);
	if (!shadow)
		return;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = report->memory[i / 2];

		shadow[i] = (i % 2 ? byte & 15 : byte >> 4) == 10 ? 'a' : 'f';
	}
	shadow[len] = '\0';
	free(report->memory);
	report->memory = NULL;
	report->memory_len = 0;
	report->shadow = shadow;
	report->shadow_len = len;
}

static bool take_rows(struct text *text)
{
	struct kmc_report *report = text->report;
	struct text_line *line = &text->line;
	bool wrapped;

	if (report->frames.count)
		return false;
	if (text_take_dump(report, line->word, &text->nomem))
		return true;
	wrapped = report->shadow;
	if (text_take_shadow(report, line->word, &text->nomem)) {
		/* Nothing can be measured in a row that was wrapped. */
		text->column_raw = wrapped ? -1 :
				   text_column(line->raw, line->word);
		text->column_body = wrapped ? -1 :
				    text_column(line->body, line->word);
		return true;
	}
	if (!strcmp(line->word, "^") && !report->shadow && report->memory) {
		dump_was_shadow(report);
		return true;
	}
	return take_caret(text);
}

static bool take_stack(struct text *text)
{
	struct kmc_report *report = text->report;
	const char *word = text->line.word;
	struct kmc_track *track;

	track = text_take_track(report, word);
	if (track) {
		text->track = track;
		text->ended = true;
		return true;
	}
	if (text_is_terminator(word)) {
		text->track = NULL;
		text->ended = true;
		return true;
	}
	if (text->track)
		return text_take_frame(&text->track->stack, word, &text->nomem);
	if (text->ended)
		return false;
	return text_take_frame(&report->frames, word, &text->nomem);
}

static bool take_part(struct text *text)
{
	struct kmc_report *report = text->report;
	const char *word = text->line.word;

	if (text->ended)
		return text_take_object(report, word, &text->nomem) ||
		       text_take_count(report, word) || take_stack(text);
	if (text_take_object(report, word, &text->nomem)) {
		text->ended = true;
		return true;
	}
	return take_rows(text) ||
	       text_take_task(report, word, &text->nomem) ||
	       text_take_rip(report, word, &text->nomem) ||
	       text_take_registers(report, word, &text->nomem) ||
	       take_stack(text);
}

static void count_stranger(struct text *text)
{
	const struct text_line *line = &text->line;
	bool reply = line->depth < text->depth ||
		     (text->prefixed && !line->prefixed);

	if (!*line->word)
		return;
	if (++text->strangers > (reply ? REPLY_MAX : STRANGERS_MAX))
		finish_report(text);
}

static void take_line(struct text *text, const char *data, size_t len)
{
	if (!text->report && !text->joins)
		text->sgr = len && data[0] == '\033';
	text_line_clean(&text->line, data, len, text->sgr);
	if (take_broken(text) || take_header(text) || take_lost(text) ||
	    take_fatal(text))
		return;
	if (!text->report)
		return;
	if (is_other_report(text->line.word)) {
		finish_report(text);
		return;
	}
	if (take_part(text)) {
		text->content = true;
		text->strangers = 0;
		return;
	}
	/* The rest of a Pid line that a mailer wrapped before the release. */
	if (!text->strangers)
		text_take_release(text->report, text->line.word, &text->nomem);
	count_stranger(text);
}

/* ---- the stream ---- */

static void feed_line(struct text *text, const char *data, size_t len)
{
	text->lines++;
	take_line(text, data, len);
}

static bool is_active(const struct text *text)
{
	return text->report || text->joins;
}

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
	static const char word[] = "kmemcheck: ";
	const char *hit = memmem(data, len, word, strlen(word));
	const char *start;

	if (!hit) {
		text->lines += count_lines(data, len);
		return len;
	}
	start = memrchr(data, '\n', hit - data);
	start = start ? start + 1 : data;
	text->lines += count_lines(data, start - data);
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
	return text->nomem ? kmc_error_nomem() : NULL;
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

	if (text->report && text->ended && !text->carrying)
		finish_report(text);
	return status(text);
}

static struct kmc_error *text_end(void *reader)
{
	struct text *text = reader;

	flush_carry(text);
	finish_report(text);
	return status(text);
}

const struct kmc_reader_ops kmc_text_reader = {
	.new = text_new,
	.feed = text_feed,
	.idle = text_idle,
	.end = text_end,
	.free = text_free,
};
