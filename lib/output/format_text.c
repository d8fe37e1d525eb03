// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report as text for people: what, where, which bytes, whose memory.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/escape.h"
#include "base/options.h"
#include "output/formats.h"
#include "output/print_explanation.h"
#include "output/styled_text.h"
#include "report/allocation_site.h"
#include "report/model.h"
#include "report/walk.h"

/* Frames stand so far in, and their locations begin at the column below. */
#define INDENT		4
#define LOCATION_MIN	30
#define LOCATION_MAX	44

/* ---- title ---- */

/* "by ntpdate (pid 1856) on cpu 0, 3.123456 s after boot, kernel 6.1.0" */
static void print_task(struct kmc_printer *p, const struct kmc_report *report)
{
	const char *sep = "  ";
	size_t before = p->buf.len;

	if (report->comm) {
		kmc_buf_puts(&p->buf, "  by ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, report->comm);
		kmc_buf_printf(&p->buf, " (pid %d)", report->pid);
		sep = " ";
	}
	if (report->cpu >= 0) {
		kmc_buf_printf(&p->buf, "%son cpu %d", sep, report->cpu);
		sep = " ";
	}
	if (p->buf.len > before)
		sep = ", ";
	if (report->time >= 0) {
		kmc_buf_printf(&p->buf, "%s%.6f s %s", sep, report->time,
			       kmc_report_mixes_clocks(report) ?
			       "by the log's clock" : "after boot");
		sep = ", ";
	}
	if (report->kernel.release) {
		kmc_buf_printf(&p->buf, "%skernel ", sep);
		kmc_print_quote(p, KMC_STYLE_PLAIN, report->kernel.release);
	}
	if (p->buf.len > before)
		kmc_print_newline(p);
}

static void print_title(struct kmc_printer *p, const struct kmc_report *report)
{
	struct kmc_buf what = { };

	kmc_report_what(report, &what);
	if (what.data)
		kmc_print_say(p, KMC_STYLE_TITLE, "%s: %s at 0x%" PRIx64,
			      report->checker, what.data, report->address);
	p->buf.failed |= what.failed;
	kmc_buf_release(&what);
	if (report->count > 1)
		kmc_buf_printf(&p->buf, " (%" PRIu64 " times)", report->count);
	kmc_print_newline(p);
	print_task(p, report);
	kmc_buf_puts(&p->buf, "  from ");
	kmc_print_quote(p, KMC_STYLE_PLAIN, report->source);
	if (report->from_stream)
		kmc_buf_printf(&p->buf, ", report %" PRIu64, report->seq);
	else
		kmc_buf_printf(&p->buf, ":%lu", report->line);
	kmc_print_newline(p);
	if (report->truncated)
		kmc_buf_puts(&p->buf,
			     "  cut off: the rest of this report is not there\n");
}

/* ---- frames ---- */

/* "sym+0x1/0x2 [module]" as the kernel writes it, or the bare address */
static void add_symbol(struct kmc_buf *buf, const struct kmc_frame *frame,
		       bool ascii)
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

static void print_location(struct kmc_printer *p, const struct kmc_location *where)
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
		add_symbol(out, frame, ascii);
		return;
	}
	if (where->function)
		kmc_buf_escape(out, where->function, strlen(where->function),
			       ascii);
	else
		kmc_buf_puts(out, "?");
	kmc_buf_puts(out, " (inlined)");
}

/* Columns on a terminal: names wider than their letters are rare. */
static size_t width_of(const struct kmc_buf *text)
{
	size_t width = 0;

	for (size_t i = 0; i < text->len; i++)
		width += (text->data[i] & 0xc0) != 0x80;
	return width;
}

/* Source lines to either side of the one that is shown. */
#define CONTEXT		2
#define NO_SOURCE	(-1)

static void print_source_line(struct kmc_printer *p, const struct kmc_location *where,
			      int line)
{
	size_t len;
	const char *text = kmc_source_line(p->opts.source, where->file, line, &len);
	const bool here = line == where->line;
	struct kmc_buf expanded = { };

	if (!text)
		return;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\t')
			kmc_buf_putc(&expanded, ' ', 8 - expanded.len % 8);
		else if (text[i] != '\r')
			kmc_buf_add(&expanded, &text[i], 1);
	}
	kmc_print_say(p, here ? KMC_STYLE_CARET : KMC_STYLE_DIM, "      %s%6d  ",
		      here ? ">" : " ", line);
	if (expanded.data)
		kmc_print_quote(p, here ? KMC_STYLE_PLAIN : KMC_STYLE_DIM,
				expanded.data);
	kmc_print_newline(p);
	p->buf.failed |= expanded.failed;
	kmc_buf_release(&expanded);
}

static void print_source(struct kmc_printer *p, const struct kmc_location *where,
			 int context)
{
	if (!p->opts.source || !where->file || context == NO_SOURCE)
		return;
	for (int line = where->line - context; line <= where->line + context; line++)
		print_source_line(p, where, line);
}

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
		print_location(p, where);
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

static void print_where(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_stack *stack = &report->frames;
	size_t callers = 0;

	if (!stack->count)
		return;
	if (stack->frames[0].role == KMC_ROLE_RIP) {
		kmc_print_heading(p, "Where");
		print_frames(p, stack, 0, 1, 0, CONTEXT, NO_SOURCE);
		kmc_print_insn(p, report);
		callers = 1;
		if (kmc_stack_repeats_rip(stack))
			callers = 2;
	}
	if (callers == stack->count)
		return;
	kmc_print_heading(p, "Called from");
	print_frames(p, stack, callers, stack->count, 0, 0, 0);
}

/* ---- memory ---- */

static struct kmc_error *print_memory(struct kmc_printer *p,
				      const struct kmc_report *report)
{
	struct kmc_shadow_view_options opts = { .size = sizeof(opts), .ascii = p->opts.ascii };
	struct kmc_shadow_view *view;
	struct kmc_error *err;

	/* Room for our own indent. */
	opts.width = (p->opts.width ? p->opts.width : 80) - 2;
	err = kmc_shadow_view_new(report, &opts, &view);
	if (err)
		return err;
	if (view->count)
		kmc_print_heading(p, (report->object.known || report->ncandidates) &&
				  report->caret >= 0 ?
			"Memory, by offset in the object" : "Memory");
	for (size_t i = 0; i < view->count; i++) {
		kmc_buf_puts(&p->buf, "  ");
		for (size_t j = 0; j < view->rows[i].count; j++) {
			const struct kmc_span *span = &view->rows[i].spans[j];

			kmc_print_say(p, span->style, "%s", span->text);
		}
		kmc_print_newline(p);
	}
	kmc_shadow_view_free(view);
	return NULL;
}

static void print_track(struct kmc_printer *p, const struct kmc_report *report,
			const char *what, const struct kmc_track *track)
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
	print_frames(p, &track->stack, site.frame, track->stack.count, site.level,
		     0, NO_SOURCE);
}

/* The ones that hold data; selectors and the like are in the JSON. */
static void print_registers(struct kmc_printer *p, const struct kmc_report *report)
{
	static const char * const names[] = {
		"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8",
		"r9", "r10", "r11", "r12", "r13", "r14", "r15",
		"eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp",
		"rip", "eip", "eflags", "cr2",
	};
	uint64_t value, sp;
	bool wide = kmc_report_register(report, "rsp", &sp);
	unsigned int column = 0;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		if (!kmc_report_register(report, names[i], &value))
			continue;
		kmc_buf_printf(&p->buf, "%s%7s %0*" PRIx64, column ? "" : "  ",
			       names[i], wide ? 16 : 8, value);
		column = (column + 1) % 3;
		if (!column)
			kmc_print_newline(p);
	}
	if (column)
		kmc_print_newline(p);
}

static struct kmc_error *print_report(struct kmc_printer *p,
				      const struct kmc_report *report)
{
	struct kmc_error *err;

	print_title(p, report);
	kmc_print_doubts(p, report);
	print_where(p, report);
	err = print_memory(p, report);
	if (err)
		return err;
	kmc_print_object(p, report);
	print_track(p, report, "Allocated", &report->alloc);
	print_track(p, report, "Freed", &report->free);
	kmc_print_verdict(p, report);
	if (report->nregs) {
		kmc_print_heading(p, "Registers");
		print_registers(p, report);
	}
	return NULL;
}

/* @err: what came of the printing so far */
static struct kmc_error *finish(struct kmc_printer *p, struct kmc_error *err,
				char **out)
{
	if (!err)
		return kmc_buf_take(&p->buf, out);
	kmc_buf_release(&p->buf);
	return err;
}

struct kmc_error *kmc_print_report(const struct kmc_report *report,
				   const struct kmc_print_options *opts,
				   char **out)
{
	struct kmc_printer p = { };

	kmc_options_copy(&p.opts, sizeof(p.opts), opts);
	return finish(&p, print_report(&p, report), out);
}

/* ---- bugs ---- */

static void print_seen(struct kmc_printer *p, const char *what,
		       const struct kmc_seen *seen)
{
	kmc_buf_printf(&p->buf, "  %-7s", what);
	kmc_print_quote(p, KMC_STYLE_PLAIN, seen->source);
	if (seen->from_stream)
		kmc_buf_printf(&p->buf, ", report %" PRIu64, seen->seq);
	else
		kmc_buf_printf(&p->buf, ":%lu", seen->line);
	if (seen->time >= 0)
		kmc_buf_printf(&p->buf, ", %.6f s after boot", seen->time);
	kmc_print_newline(p);
}

static void print_bug_title(struct kmc_printer *p, const struct kmc_bug *bug)
{
	struct kmc_buf signature = { };

	kmc_buf_escape(&signature, bug->signature, strlen(bug->signature),
		       p->opts.ascii);
	kmc_print_say(p, KMC_STYLE_TITLE, "bug %s: %s", bug->hash,
		      signature.data ? signature.data : "");
	p->buf.failed |= signature.failed;
	kmc_buf_release(&signature);
	kmc_buf_printf(&p->buf, "\n  %" PRIu64 " %s", bug->reports,
		       bug->reports == 1 ? "report" : "reports");
	if (bug->count != bug->reports)
		kmc_buf_printf(&p->buf, " of %" PRIu64 " accesses", bug->count);
	kmc_print_newline(p);
}

/* ---- the format ---- */

/* An empty line between two. */
static struct kmc_printer begin(const struct kmc_format_options *opts, bool first)
{
	struct kmc_printer p = { };

	kmc_options_copy(&p.opts, sizeof(p.opts), opts->print);
	if (!first)
		kmc_print_newline(&p);
	return p;
}

static struct kmc_error *text_report(const struct kmc_format_options *opts,
				     const struct kmc_report *report, bool first,
				     char **out)
{
	struct kmc_printer p = begin(opts, first);

	return finish(&p, print_report(&p, report), out);
}

static struct kmc_error *text_bug(const struct kmc_format_options *opts,
				  const struct kmc_bug *bug, bool first, char **out)
{
	struct kmc_printer p = begin(opts, first);

	print_bug_title(&p, bug);
	print_seen(&p, "first", &bug->first);
	print_seen(&p, "last", &bug->last);
	kmc_print_newline(&p);
	return finish(&p, print_report(&p, bug->example), out);
}

const struct kmc_format kmc_format_text = {
	.name = "text",
	.help = "text for people",
	.man = ".I text\nfor people, which is the default",
	.for_people = true,
	.report = text_report,
	.bug = text_bug,
};
