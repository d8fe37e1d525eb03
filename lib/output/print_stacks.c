// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks with inline chains and lines of source, as text for people.
 */
#include "output/print_stacks.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "report/allocation_site.h"
#include "report/model.h"
#include "report/walk.h"

/* Frames stand so far in, and their locations begin at the column below. */
#define INDENT		4
#define LOCATION_MIN	30
#define LOCATION_MAX	44

/* ---- names and places ---- */

void kmc_put_symbol(struct kmc_buf *buf, const struct kmc_frame *frame, bool ascii)
{
	if (!frame->symbol) {
		kmc_buf_printf(buf, "0x%" PRIx64, frame->address);
		return;
	}
	kmc_buf_escape(buf, frame->symbol, strlen(frame->symbol), ascii);
	if (frame->has_offset)
		kmc_buf_printf(buf, "+0x%" PRIx64 "/0x%" PRIx64, frame->offset,
			       frame->size);
	if (frame->module) {
		kmc_buf_puts(buf, " [");
		kmc_buf_escape(buf, frame->module, strlen(frame->module), ascii);
		kmc_buf_puts(buf, "]");
	}
}

void kmc_print_location(struct kmc_printer *p, const struct kmc_location *where)
{
	struct kmc_buf buf = { };

	kmc_buf_escape(&buf, where->file, strlen(where->file),
		       p->opts.ascii);
	if (where->line)
		kmc_buf_printf(&buf, ":%d", where->line);
	if (where->line && where->column)
		kmc_buf_printf(&buf, ":%d", where->column);
	if (buf.data)
		kmc_print_say(p, KMC_STYLE_LOCATION, "%s", buf.data);
	p->buf.failed |= buf.failed;
	kmc_buf_release(&buf);
}

/* A level of an inline chain; the outermost has the symbol's own name. */
static void level_name(const struct kmc_frame *frame, size_t level, bool ascii,
		       struct kmc_buf *out)
{
	const struct kmc_location *where = frame->chain_len ?
					   &frame->chain[level] : NULL;

	if (!frame->chain_len || level + 1 == frame->chain_len) {
		kmc_put_symbol(out, frame, ascii);
		return;
	}
	if (where->function)
		kmc_buf_escape(out, where->function, strlen(where->function),
			       ascii);
	else
		kmc_buf_puts(out, "?");
	kmc_buf_puts(out, " (inlined)");
}

static size_t width_of(const struct kmc_buf *text)
{
	return kmc_utf8_columns(text->data, text->len);
}

/* ---- source ---- */

/* Source lines to either side of the one that is shown. */
#define CONTEXT		2
#define NO_SOURCE	(-1)
/* In front of a line: "      > 12345  ". */
#define SOURCE_INDENT	15
#define TAB		8

/* A line with its tabs expanded; false: there is none. */
static bool load_line(struct kmc_printer *p, const struct kmc_location *where, int line,
		      struct kmc_buf *out)
{
	size_t len, column = 0, bytes;
	const char *text = kmc_source_line(p->opts.source, where->file, line, &len);

	for (size_t i = 0; text && i < len; i += bytes) {
		const int32_t cp = kmc_utf8_decode(text + i, len - i, &bytes);
		const size_t wide = cp == '\t' ? TAB - column % TAB : kmc_utf8_width(cp);

		if (cp == '\t')
			kmc_buf_putc(out, ' ', wide);
		else if (cp != '\r')
			kmc_buf_add(out, text + i, bytes);
		column += wide;
	}
	return text;
}

/* Blanks that all of the lines begin with. */
static size_t common_indent(struct kmc_printer *p, const struct kmc_location *where,
			    int context)
{
	size_t least = SIZE_MAX;

	for (int line = where->line - context; line <= where->line + context; line++) {
		struct kmc_buf text = { };
		size_t blanks;

		if (load_line(p, where, line, &text) && text.data) {
			blanks = strspn(text.data, " ");
			if (text.data[blanks] && blanks < least)
				least = blanks;
		}
		kmc_buf_release(&text);
	}
	return least == SIZE_MAX ? 0 : least;
}

/* What does not fit is cut off: code that is folded is hard to read. */
static void cut(struct kmc_buf *text, size_t room, bool ascii)
{
	const char *dots = ascii ? "..." : "…";
	const size_t less = ascii ? 3 : 1;
	size_t used = 0, bytes, at;

	if (!text->data || kmc_utf8_columns(text->data, text->len) <= room)
		return;
	for (at = 0; at < text->len; at += bytes) {
		used += kmc_utf8_width(kmc_utf8_decode(text->data + at, text->len - at,
						       &bytes));
		if (used + less > room)
			break;
	}
	text->len = at;
	kmc_buf_puts(text, dots);
}

static void print_source_line(struct kmc_printer *p, const struct kmc_location *where,
			      int line, size_t dedent)
{
	const bool here = line == where->line;
	struct kmc_buf text = { }, clean = { };
	const size_t width = kmc_print_width(p);

	if (load_line(p, where, line, &text)) {
		kmc_print_say(p, here ? KMC_STYLE_CARET : KMC_STYLE_DIM, "      %s%6d  ",
			      here ? ">" : " ", line);
		if (text.len > dedent)
			kmc_buf_escape(&clean, text.data + dedent, text.len - dedent,
				       p->opts.ascii);
		cut(&clean, width > SOURCE_INDENT ? width - SOURCE_INDENT : 1,
		    p->opts.ascii);
		if (clean.data)
			kmc_print_say(p, here ? KMC_STYLE_PLAIN : KMC_STYLE_DIM, "%s",
				      clean.data);
		kmc_print_newline(p);
	}
	p->buf.failed |= text.failed | clean.failed;
	kmc_buf_release(&text);
	kmc_buf_release(&clean);
}

static void print_source(struct kmc_printer *p, const struct kmc_location *where,
			 int context)
{
	size_t dedent;

	if (!p->opts.source || !where->file || context == NO_SOURCE)
		return;
	dedent = common_indent(p, where, context);
	for (int line = where->line - context; line <= where->line + context; line++)
		print_source_line(p, where, line, dedent);
}

/* ---- frames ---- */

static void print_level(struct kmc_printer *p, const struct kmc_frame *frame,
			size_t level, size_t column, int context)
{
	const struct kmc_location *where = frame->chain_len ?
					   &frame->chain[level] : NULL;
	struct kmc_buf name = { };
	char note[128];
	size_t used;

	level_name(frame, level, p->opts.ascii, &name);
	used = INDENT + width_of(&name);
	kmc_buf_putc(&p->buf, ' ', INDENT);
	if (name.data)
		kmc_buf_puts(&p->buf, name.data);
	if (used + 2 > column)
		column = used + 2;
	if (where && where->file) {
		kmc_buf_putc(&p->buf, ' ', column - used);
		kmc_print_location(p, where);
	} else if (!frame->chain_len && frame->symbol && frame->has_address) {
		kmc_buf_putc(&p->buf, ' ', column - used);
		kmc_print_say(p, KMC_STYLE_DIM, "0x%" PRIx64, frame->address);
	}
	kmc_print_newline(p);
	if (where)
		print_source(p, where, context);
	if (level + 1 >= frame->chain_len && kmc_frame_note(frame, note, sizeof(note))) {
		kmc_print_say(p, KMC_STYLE_DIM, "      %s", note);
		kmc_print_newline(p);
	}
	p->buf.failed |= name.failed;
	kmc_buf_release(&name);
}

static size_t levels_of(const struct kmc_frame *frame)
{
	return frame->chain_len ? frame->chain_len : 1;
}

/* Where locations begin, so that they stand below each other. */
static size_t location_column(struct kmc_printer *p, const struct kmc_stack *stack)
{
	size_t column = LOCATION_MIN;

	for (size_t i = 0; i < stack->count; i++) {
		for (size_t j = 0; j < levels_of(&stack->frames[i]); j++) {
			struct kmc_buf name = { };

			level_name(&stack->frames[i], j, p->opts.ascii,
				   &name);
			if (INDENT + width_of(&name) + 2 > column)
				column = INDENT + width_of(&name) + 2;
			kmc_buf_release(&name);
		}
	}
	return column < LOCATION_MAX ? column : LOCATION_MAX;
}

/*
 * From level @level of frame @first up to, but without, frame @end. The first frame
 * has @context source lines around each, the others have @others.
 */
static void print_frames(struct kmc_printer *p, const struct kmc_stack *stack,
			 size_t first, size_t end, size_t level, int context,
			 int others)
{
	size_t column = location_column(p, stack);

	for (size_t i = first; i < end; i++, level = 0, context = others) {
		for (size_t j = level; j < levels_of(&stack->frames[i]); j++)
			print_level(p, &stack->frames[i], j, column, context);
	}
}

/* ---- what stacks share ---- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_frame(const struct kmc_frame *a, const struct kmc_frame *b)
{
	return a->role == b->role && same_text(a->symbol, b->symbol) &&
	       same_text(a->module, b->module) && a->has_offset == b->has_offset &&
	       a->offset == b->offset && a->size == b->size &&
	       a->has_address == b->has_address && a->address == b->address &&
	       a->chain_len == b->chain_len;
}

/* Frames at the outer ends that are the same, but not all of either. */
static size_t shared(const struct kmc_stack *a, const struct kmc_stack *b)
{
	size_t count = 0;

	while (count + 1 < a->count && count + 1 < b->count &&
	       same_frame(&a->frames[a->count - 1 - count],
			  &b->frames[b->count - 1 - count]))
		count++;
	return count;
}

/* A stack but for its end that one of @others, which were shown, has, too. */
static void print_rest(struct kmc_printer *p, const struct kmc_stack *stack, size_t first,
		       size_t level, int others_context,
		       const struct kmc_stack *const *others, size_t nothers)
{
	size_t common = 0;
	struct kmc_buf name = { };

	for (size_t i = 0; i < nothers; i++) {
		const size_t count = shared(stack, others[i]);

		if (count > common)
			common = count;
	}
	if (common >= stack->count - first)
		common = stack->count - first - 1;
	print_frames(p, stack, first, stack->count - common, level, 0, others_context);
	if (!common)
		return;
	kmc_put_symbol(&name, &stack->frames[stack->count - common], p->opts.ascii);
	kmc_buf_putc(&p->buf, ' ', INDENT);
	if (name.data)
		kmc_print_say(p, KMC_STYLE_DIM, "%s from %s on, as above",
			      p->opts.ascii ? "..." : "…", name.data);
	kmc_print_newline(p);
	p->buf.failed |= name.failed;
	kmc_buf_release(&name);
}

/* ---- the stacks ---- */

static void print_insn(struct kmc_printer *p, const struct kmc_report *report)
{
	if (!report->insn)
		return;
	kmc_buf_putc(&p->buf, ' ', INDENT);
	kmc_print_quote(p, KMC_STYLE_DIM, report->insn);
	kmc_print_newline(p);
}

static void print_where(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_stack *stack = &report->frames;
	size_t callers = 0;

	if (!stack->count)
		return;
	if (!kmc_report_is_kmemcheck(report) && stack->frames[0].role != KMC_ROLE_RIP) {
		kmc_print_heading(p, "Where");
		print_frames(p, stack, 0, stack->count, 0, CONTEXT, 0);
		return;
	}
	if (stack->frames[0].role == KMC_ROLE_RIP) {
		kmc_print_heading(p, "Where");
		print_frames(p, stack, 0, 1, 0, CONTEXT, NO_SOURCE);
		print_insn(p, report);
		callers = 1;
		if (kmc_stack_repeats_rip(stack))
			callers = 2;
	}
	if (callers == stack->count)
		return;
	kmc_print_heading(p, "Called from");
	print_frames(p, stack, callers, stack->count, 0, 0, 0);
}

static void print_track(struct kmc_printer *p, const struct kmc_report *report,
			const char *what, const struct kmc_track *track,
			const struct kmc_stack *const *others, size_t nothers)
{
	struct kmc_site site;

	if (!track->known)
		return;
	kmc_print_newline(p);
	kmc_print_say(p, KMC_STYLE_TITLE, "  %s", what);
	if (track->pid >= 0)
		kmc_buf_printf(&p->buf, " by pid %d", track->pid);
	if (track->time >= 0)
		kmc_buf_printf(&p->buf, " at %.6f s%s", track->time,
			       kmc_report_mixes_clocks(report) ? " by the boot clock" : "");
	kmc_print_newline(p);
	site = kmc_track_site(track);
	if (track->stack.count)
		print_rest(p, &track->stack, site.frame, site.level, NO_SOURCE, others,
			   nothers);
}

/* Of these sorts; whose page it was before is in the JSON only. */
static void print_related(struct kmc_printer *p, const struct kmc_report *report,
			  enum kmc_relation relation)
{
	const struct kmc_stack *shown[] = { &report->frames };
	const struct kmc_track *freer = kmc_report_freer(report);

	for (size_t i = 0; i < report->nrelated; i++) {
		const struct kmc_track *track = &report->related[i].track;

		if (report->related[i].relation != relation)
			continue;
		print_track(p, report, relation == KMC_STORED ? "Stored to memory" :
			    track == freer ? "RCU asked to free it" : "Related work queued",
			    track, shown, 1);
	}
}

void kmc_print_stacks(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct {
		const char *what;
		const struct kmc_track *track;
	} tracks[] = {
		{ "Allocated", &report->alloc },
		{ "Freed", &report->free },
		{ "Filled", &report->fill },
		{ "Stored to memory", &report->copy },
		{ "Source allocated", &report->source_alloc },
	};
	const struct kmc_stack *shown[KMC_ARRAY_SIZE(tracks) + 1] = { &report->frames };

	print_where(p, report);
	print_related(p, report, KMC_STORED);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(tracks); i++) {
		print_track(p, report, tracks[i].what, tracks[i].track, shown, i + 1);
		shown[i + 1] = &tracks[i].track->stack;
	}
	print_related(p, report, KMC_WORK);
}
