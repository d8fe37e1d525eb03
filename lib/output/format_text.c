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
#include "output/print_dump.h"
#include "output/print_explanation.h"
#include "output/print_stacks.h"
#include "report/model.h"
#include "report/title.h"
#include "report/walk.h"

/* ---- what it comes to ---- */

/* The function to blame: its line, or else what the kernel called it. */
static void print_place(struct kmc_printer *p, const struct kmc_report *report)
{
	struct kmc_level level;
	struct kmc_buf name = { };

	if (kmc_walk_culprit(report, true, &level)) {
		kmc_buf_puts(&p->buf, "  --> ");
		kmc_print_location(p, level.where);
		kmc_buf_puts(&p->buf, " in ");
	} else if (kmc_walk_culprit(report, false, &level)) {
		kmc_buf_puts(&p->buf, "  --> in ");
	} else {
		return;
	}
	if (level.where && level.function) {
		kmc_buf_escape(&name, level.function, level.len, p->opts.ascii);
		kmc_buf_puts(&name, "()");
	} else {
		kmc_put_symbol(&name, level.frame, p->opts.ascii);
	}
	kmc_buf_add(&p->buf, name.data, name.len);
	p->buf.failed |= name.failed;
	kmc_buf_release(&name);
	kmc_print_newline(p);
}

/* ---- the report ---- */

/* " by ntpdate (pid 1856) on cpu 0, 3.123456 s after boot, kernel 6.1.0, tainted GW" */
static void print_task(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_kernel *kernel = &report->kernel;
	const size_t before = p->buf.len;
	const char *sep = "  ";

	if (report->comm) {
		kmc_buf_puts(&p->buf, "  by ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, report->comm);
		kmc_buf_printf(&p->buf, " (pid %d)", report->pid);
		sep = " ";
	}
	if (report->cpu >= 0)
		kmc_buf_printf(&p->buf, "%son cpu %d", sep, report->cpu);
	if (p->buf.len > before)
		sep = ", ";
	if (report->time >= 0) {
		kmc_buf_printf(&p->buf, "%s%.6f s %s", sep, report->time,
			       kmc_report_mixes_clocks(report) ?
			       "by the log's clock" : "after boot");
		sep = ", ";
	}
	if (kernel->release) {
		kmc_buf_printf(&p->buf, "%skernel ", sep);
		kmc_print_quote(p, KMC_STYLE_PLAIN, kernel->release);
		sep = ", ";
	}
	if (kernel->taint) {
		kmc_buf_printf(&p->buf, "%s%stainted%s", sep, *kernel->taint ? "" : "not ",
			       *kernel->taint ? " " : "");
		kmc_print_quote(p, KMC_STYLE_PLAIN, kernel->taint);
	}
	if (p->buf.len > before)
		kmc_print_newline(p);
}

/* What another checker says, in its words: the title, the access, a sentence, the place. */
static void print_said(struct kmc_printer *p, const struct kmc_report *report,
		       enum kmc_style style, const char *indent)
{
	struct kmc_buf what = { };
	const bool accessed = report->bits && (report->kind == KMC_READ ||
					       report->kind == KMC_WRITE);

	kmc_title_add(&what, report);
	kmc_buf_puts(&p->buf, indent);
	if (what.data)
		kmc_print_quote(p, style, what.data);
	p->buf.failed |= what.failed;
	kmc_buf_release(&what);
	kmc_print_newline(p);
	if (accessed)
		kmc_buf_printf(&p->buf, "  %s of %u byte%s", kmc_kind_name(report->kind),
			       report->bits / 8, report->bits == 8 ? "" : "s");
	if (report->has_address)
		kmc_buf_printf(&p->buf, "%sat 0x%" PRIx64 "%s", accessed ? " " : "  ",
			       report->address, report->hashed ? ", a hash" : "");
	if (accessed || report->has_address)
		kmc_print_newline(p);
	for (int i = 0; i < 2; i++) {
		const char *said = i ? report->hint : report->message;

		if (!said)
			continue;
		kmc_buf_puts(&p->buf, i ? "  KASAN: " : "  ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, said);
		kmc_print_newline(p);
	}
	if (!report->place.file)
		return;
	kmc_buf_puts(&p->buf, "  at ");
	kmc_print_quote(p, KMC_STYLE_LOCATION, report->place.file);
	kmc_buf_printf(&p->buf, ":%d", report->place.line);
	kmc_print_newline(p);
}

static void print_title(struct kmc_printer *p, const struct kmc_report *report,
			enum kmc_style style, const char *indent)
{
	struct kmc_buf what = { };

	if (!kmc_report_is_kmemcheck(report)) {
		print_said(p, report, style, indent);
		return;
	}
	kmc_report_what(report, &what);
	if (what.data)
		kmc_print_say(p, style, "%s%s: %s at 0x%" PRIx64, indent,
			      report->checker, what.data, report->address);
	p->buf.failed |= what.failed;
	kmc_buf_release(&what);
	if (report->count > 1)
		kmc_buf_printf(&p->buf, " (%" PRIu64 " times)", report->count);
	kmc_print_newline(p);
}

static void print_source_of_report(struct kmc_printer *p, const struct kmc_report *report)
{
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

/* The answer first, and what to do; then what was reported. */
static void print_head(struct kmc_printer *p, const struct kmc_report *report)
{
	const char *headline = report->verdict.headline;

	if (headline) {
		kmc_print_quote(p, KMC_STYLE_TITLE, headline);
		kmc_print_newline(p);
		print_place(p, report);
		kmc_print_advice(p, report);
		kmc_print_newline(p);
		print_title(p, report, KMC_STYLE_PLAIN, "  ");
	} else {
		print_title(p, report, KMC_STYLE_TITLE, "");
		print_place(p, report);
	}
	print_task(p, report);
	print_source_of_report(p, report);
}

/* ---- memory ---- */

static struct kmc_error *print_memory(struct kmc_printer *p,
				      const struct kmc_report *report)
{
	struct kmc_shadow_view_options opts = { .size = sizeof(opts), .ascii = p->opts.ascii };
	struct kmc_shadow_view *view;
	struct kmc_error *err;

	/* Room for our own indent. */
	opts.width = kmc_print_width(p) - 2;
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
	const bool wide = kmc_report_register(report, "rsp", &sp);
	/* A name, a blank, the digits, and a blank or two in front. */
	const size_t columns = kmc_print_width(p) / (wide ? 26 : 18);
	size_t column = 0;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		if (!kmc_report_register(report, names[i], &value))
			continue;
		kmc_buf_printf(&p->buf, "%s%7s %0*" PRIx64, column ? " " : "  ",
			       names[i], wide ? 16 : 8, value);
		if (++column < columns && column < 3)
			continue;
		column = 0;
		kmc_print_newline(p);
	}
	if (column)
		kmc_print_newline(p);
}

static struct kmc_error *print_report(struct kmc_printer *p,
				      const struct kmc_report *report)
{
	struct kmc_error *err;

	print_head(p, report);
	kmc_print_doubts(p, report);
	err = print_memory(p, report);
	if (err)
		return err;
	kmc_print_dump(p, report);
	kmc_print_runs(p, report);
	kmc_print_object(p, report);
	kmc_print_copied(p, report);
	kmc_print_stacks(p, report);
	kmc_print_evidence(p, report);
	if (p->opts.registers && report->nregs) {
		kmc_print_heading(p, "Registers");
		print_registers(p, report);
	}
	return NULL;
}

/* @err: what came of the printing so far */
static struct kmc_error *finish(struct kmc_printer *p, struct kmc_error *err,
				char **out)
{
	if (!err) {
		kmc_print_fold(p);
		return kmc_buf_take(&p->buf, out);
	}
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
