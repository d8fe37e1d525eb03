// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a report says apart from its members: who did what where, the bytes, the object
 * and the reasons for it, the registers.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <kmc/output.h>

#include "../common/memory.h"
#include "report_lines.h"
#include "type_line.h"

struct line *report_lines_add(struct report_lines *lines, int candidate)
{
	size_t n = lines->lines.count;

	lines->candidates = xrealloc(lines->candidates, (n + 1) * sizeof(*lines->candidates));
	lines->candidates[n] = candidate;
	return lines_add(&lines->lines);
}

void report_lines_release(struct report_lines *lines)
{
	lines_release(&lines->lines);
	free(lines->candidates);
	lines->candidates = NULL;
}

static void heading(struct report_lines *lines, const char *words)
{
	report_lines_add(lines, -1);
	line_say(report_lines_add(lines, -1), KMC_STYLE_TITLE, "%s", words);
}

void lines_wrap(struct report_lines *lines, const char *label, const char *words, int cols)
{
	struct line *line = report_lines_add(lines, -1);
	char *all = prose(lines->hex, words);

	line_say(line, KMC_STYLE_TITLE, "  %s", label);
	words = all;
	while (*words) {
		size_t len = strcspn(words, " ");
		struct line word;

		line_clear(&word, line->ascii);
		line_quote_bytes(&word, KMC_STYLE_PLAIN, words, len);
		if (line_columns(line) > 4 &&
		    line_columns(line) + 1 + line_columns(&word) > cols) {
			line = report_lines_add(lines, -1);
			line_say(line, KMC_STYLE_PLAIN, "   ");
		}
		line_say(line, KMC_STYLE_PLAIN, " %s", word.text);
		words += len;
		words += strspn(words, " ");
	}
	free(all);
}

/* ---- head ---- */

static void put_what(struct line *line, const struct kmc_report *report, bool hex)
{
	const struct kmc_extent extent = kmc_report_extent(report);
	char bytes[NUMBER_MAX], affected[NUMBER_MAX];

	if (extent.bytes == report->bits / 8)
		line_say(line, KMC_STYLE_TITLE, "%u-bit ", report->bits);
	line_say(line, KMC_STYLE_TITLE, "%s of ", kmc_kind_name(report->kind));
	if (extent.affected < extent.bytes)
		line_say(line, KMC_STYLE_TITLE, "%s bytes, %s of them %s",
			 number(bytes, hex, extent.bytes), number(affected, hex, extent.affected),
			 kmc_state_name(report->state));
	else
		line_say(line, KMC_STYLE_TITLE, "%s memory", kmc_state_name(report->state));
	if (extent.ranges > 1)
		line_say(line, KMC_STYLE_TITLE, ", in %" PRIu64 " ranges", extent.ranges);
	line_say(line, KMC_STYLE_TITLE, " at 0x%" PRIx64, report->address);
	if (report->count > 1)
		line_say(line, KMC_STYLE_PLAIN, ", %" PRIu64 " times", report->count);
	if (report->truncated)
		line_say(line, KMC_STYLE_PLAIN, ", the report is cut off");
}

static bool is_kmemcheck(const struct kmc_report *report)
{
	return !strcmp(report->checker, "kmemcheck");
}

static void add_words(struct report_lines *lines, enum kmc_style style, const char *before,
		      const char *words)
{
	struct line *line = report_lines_add(lines, -1);

	line_say(line, style, "%s", before);
	line_quote(line, style, words);
}

/* What another checker says, in its words: the title, the access, a sentence, the place. */
static void add_said(struct report_lines *lines, const struct kmc_report *report)
{
	const bool accessed = report->bits &&
			      (report->kind == KMC_READ || report->kind == KMC_WRITE);
	struct line *line;
	char *title = NULL;

	kmc_error_free(kmc_report_title(report, &title));
	add_words(lines, KMC_STYLE_TITLE, "", title ? title : report->checker);
	free(title);
	if (accessed || report->has_address) {
		line = report_lines_add(lines, -1);
		line_say(line, KMC_STYLE_PLAIN, " ");
		if (accessed)
			line_say(line, KMC_STYLE_PLAIN, " %s of %u byte%s",
				 kmc_kind_name(report->kind), report->bits / 8,
				 report->bits == 8 ? "" : "s");
		if (report->has_address)
			line_say(line, KMC_STYLE_PLAIN, " at 0x%" PRIx64 "%s", report->address,
				 report->hashed ? ", a hash" : "");
	}
	if (report->message)
		add_words(lines, KMC_STYLE_PLAIN, "  ", report->message);
	if (report->hint)
		add_words(lines, KMC_STYLE_PLAIN, "  KASAN: ", report->hint);
	if (report->place.file) {
		add_words(lines, KMC_STYLE_LOCATION, "  at ", report->place.file);
		line_say(&lines->lines.v[lines->lines.count - 1], KMC_STYLE_LOCATION, ":%d",
			 report->place.line);
	}
	if (report->truncated)
		line_say(report_lines_add(lines, -1), KMC_STYLE_PLAIN,
			 "  the report is cut off");
}

static void put_who(struct line *line, const struct kmc_report *report)
{
	const char *sep = "  ";

	if (report->comm) {
		line_say(line, KMC_STYLE_PLAIN, "%sby ", sep);
		line_quote(line, KMC_STYLE_PLAIN, report->comm);
		line_say(line, KMC_STYLE_PLAIN, " (pid %d)", report->pid);
		sep = ", ";
	}
	if (report->cpu >= 0) {
		line_say(line, KMC_STYLE_PLAIN, "%son cpu %d", sep, report->cpu);
		sep = ", ";
	}
	if (report->time >= 0) {
		line_say(line, KMC_STYLE_PLAIN, "%s%.6f s %s", sep, report->time,
			 kmc_report_mixes_clocks(report) ? "by the log's clock" : "after boot");
		sep = ", ";
	}
	if (report->kernel.release) {
		line_say(line, KMC_STYLE_PLAIN, "%skernel ", sep);
		line_quote(line, KMC_STYLE_PLAIN, report->kernel.release);
	}
}

/* The function that the instruction is in, and what was inlined into it. */
static void add_where(struct report_lines *lines, const struct kmc_report *report)
{
	const struct kmc_frame *frame = report->frames.frames;
	struct line *line;
	char note[128];

	/* SLUB's stack is that of who found it out. */
	if (!report->frames.count || !strcmp(report->checker, "SLUB") ||
	    (frame->role != KMC_ROLE_RIP && is_kmemcheck(report)))
		return;
	for (size_t i = 0; i < frame->chain_len; i++) {
		const struct kmc_location *at = &frame->chain[i];

		line = report_lines_add(lines, -2 - (int)i);
		line_say(line, KMC_STYLE_PLAIN, "  in ");
		line_quote(line, KMC_STYLE_PLAIN, at->function ? at->function : "?");
		if (!at->file)
			continue;
		line_say(line, KMC_STYLE_PLAIN, "  ");
		line_quote(line, KMC_STYLE_LOCATION, at->file);
		line_say(line, KMC_STYLE_LOCATION, ":%d", at->line);
	}
	if (!frame->chain_len && frame->symbol) {
		line = report_lines_add(lines, -2);
		line_say(line, KMC_STYLE_PLAIN, "  in ");
		line_quote(line, KMC_STYLE_PLAIN, frame->symbol);
	}
	if (kmc_frame_note(frame, note, sizeof(note)))
		line_say(report_lines_add(lines, -1), KMC_STYLE_DIM, "     %s", note);
	if (!report->insn)
		return;
	line = report_lines_add(lines, -1);
	line_say(line, KMC_STYLE_DIM, "     ");
	line_quote(line, KMC_STYLE_DIM, report->insn);
}

static void add_memory(struct report_lines *lines, const struct kmc_report *report, int cols)
{
	const struct kmc_shadow_view_options opts = {
		.size = sizeof(opts),
		.width = cols > 41 ? cols - 1 : 40, .ascii = lines->lines.ascii,
		.hex = lines->hex,
	};
	struct kmc_shadow_view *view = NULL;

	kmc_error_free(kmc_shadow_view_new(report, &opts, &view));
	if (view && view->count)
		heading(lines, "Memory");
	for (size_t i = 0; view && i < view->count; i++) {
		struct line *line = report_lines_add(lines, -1);

		for (size_t j = 0; j < view->rows[i].count; j++)
			line_say(line, view->rows[i].spans[j].style, "%s",
				 view->rows[i].spans[j].text);
	}
	kmc_shadow_view_free(view);
}

static void add_doubts(struct report_lines *lines, const struct kmc_report *report, int cols)
{
	for (size_t i = 0; i < report->ndoubts; i++) {
		lines_wrap(lines, "Doubtful:", report->doubts[i].file, cols);
		lines_wrap(lines, "", report->doubts[i].why, cols);
	}
}

void report_head(struct report_lines *head, const struct kmc_report *report, int cols)
{
	char label[40];

	if (is_kmemcheck(report))
		put_what(report_lines_add(head, -1), report, head->hex);
	else
		add_said(head, report);
	put_who(report_lines_add(head, -1), report);
	add_where(head, report);
	add_doubts(head, report, cols);
	if (report->verdict.text) {
		report_lines_add(head, -1);
		snprintf(label, sizeof(label), "%s:", kmc_verdict_name(report->verdict.kind));
		lines_wrap(head, label, report->verdict.text, cols);
	}
	if (report->verdict.next)
		lines_wrap(head, "Next:", report->verdict.next, cols);
	add_memory(head, report, cols);
	if (report->ncandidates && report->candidates[0].type) {
		heading(head, "Members");
		line_say(&head->lines.v[head->lines.count - 1], KMC_STYLE_TITLE, " of ");
		line_quote(&head->lines.v[head->lines.count - 1], KMC_STYLE_TITLE,
			   report->candidates[0].type);
	}
}

/* ---- tail ---- */

static const char *confidence_name(enum kmc_confidence confidence)
{
	static const char * const names[] = {
		[KMC_GUESS] = "a guess", [KMC_LIKELY] = "likely", [KMC_CERTAIN] = "certain",
	};

	return names[confidence];
}

static void put_offset(struct line *line, const struct report_lines *lines, int64_t offset)
{
	if (lines->hex)
		line_say(line, KMC_STYLE_PLAIN, "%c0x%" PRIx64, offset < 0 ? '-' : '+',
			 offset < 0 ? -(uint64_t)offset : (uint64_t)offset);
	else
		line_say(line, KMC_STYLE_PLAIN, "%+" PRId64, offset);
}

static void put_size(struct line *line, const struct report_lines *lines, uint64_t size)
{
	char text[NUMBER_MAX];

	line_say(line, KMC_STYLE_PLAIN, "%s", number(text, lines->hex, size));
}

static void add_record(struct report_lines *lines, const struct kmc_object *object)
{
	struct line *line;

	line = report_lines_add(lines, -1);
	line_say(line, KMC_STYLE_PLAIN, object->variable ? "  variable " : "  allocated");
	if (object->variable)
		line_quote(line, KMC_STYLE_PLAIN, object->variable);
	if (object->has_start)
		line_say(line, KMC_STYLE_PLAIN, " at 0x%" PRIx64 "%s", object->start,
			 object->hashed ? " (a hash)" : "");
	if (object->region != KMC_REGION_UNKNOWN && object->region != KMC_REGION_SLAB)
		line_say(line, KMC_STYLE_PLAIN, ", %s", kmc_region_name(object->region));
	if (object->size) {
		line_say(line, KMC_STYLE_PLAIN, ", ");
		put_size(line, lines, object->size);
		line_say(line, KMC_STYLE_PLAIN, " bytes");
	}
	if (object->requested) {
		line_say(line, KMC_STYLE_PLAIN, " (");
		put_size(line, lines, object->requested);
		line_say(line, KMC_STYLE_PLAIN, " requested)");
	}
	if (!object->cache)
		return;
	line_say(line, KMC_STYLE_PLAIN, ", cache ");
	line_quote(line, KMC_STYLE_PLAIN, object->cache);
}

/* "info.code", "padding behind info.code" */
static void put_member(struct line *line, const struct kmc_candidate *candidate, bool hex)
{
	char size[NUMBER_MAX];

	if (candidate->beyond)
		line_say(line, KMC_STYLE_PLAIN, ", behind its %s bytes",
			 number(size, hex, candidate->type_size));
	if (!candidate->path)
		return;
	line_say(line, KMC_STYLE_PLAIN, !candidate->hole ? ": " : candidate->after ?
		 ": padding behind " : ": padding in front of all of ");
	line_quote(line, KMC_STYLE_PLAIN, candidate->path);
	for (size_t i = 0; i < candidate->nalso; i++) {
		line_say(line, KMC_STYLE_PLAIN, candidate->together ? ", " : " or ");
		line_quote(line, KMC_STYLE_PLAIN, candidate->also[i]);
	}
	if (!candidate->hole || !candidate->after)
		return;
	line_say(line, KMC_STYLE_PLAIN, *candidate->path ? "." : "");
	line_quote(line, KMC_STYLE_PLAIN, candidate->after);
}

/* @nth: of its list; @index: that the line is for */
static void add_candidate(struct report_lines *lines, const struct kmc_candidate *candidate,
			  int nth, int index)
{
	struct line *line = report_lines_add(lines, index);

	line_say(line, KMC_STYLE_PLAIN, nth ? "  or " : "  ");
	line_quote(line, KMC_STYLE_TITLE, candidate->type);
	if (!candidate->unplaced) {
		line_say(line, KMC_STYLE_PLAIN, " ");
		put_offset(line, lines, candidate->offset);
		put_member(line, candidate, lines->hex);
	}
	line_say(line, KMC_STYLE_PLAIN, " (%s)", confidence_name(candidate->confidence));
	for (size_t i = 0; i < candidate->nevidence; i++) {
		const struct kmc_evidence *evidence = &candidate->evidence[i];
		char *detail = prose(lines->hex, evidence->detail);

		line = report_lines_add(lines, index);
		line_say(line, evidence->agrees ? KMC_STYLE_DIM : KMC_STYLE_CARET,
			 "      %s ", evidence->agrees ? " " : "!");
		if (!candidate->unplaced) {
			put_offset(line, lines, evidence->offset);
			line_say(line, KMC_STYLE_DIM, ": ");
		}
		line_quote(line, KMC_STYLE_DIM, detail);
		free(detail);
	}
}

/* What the bytes were copied from. Its types are not what the view lays the bytes over. */
static void add_copied(struct report_lines *lines, const struct kmc_report *report)
{
	const struct kmc_copied *copied = &report->copied;
	struct line *line;

	if (!copied->known)
		return;
	heading(lines, "Copied from");
	add_record(lines, &copied->object);
	line = report_lines_add(lines, -1);
	line_say(line, KMC_STYLE_PLAIN, "  bytes from ");
	put_offset(line, lines, copied->offset);
	line_say(line, KMC_STYLE_PLAIN, " on, copied %" PRIu64 " time%s", copied->copies,
		 copied->copies == 1 ? "" : "s");
	for (size_t i = 0; i < copied->ncandidates; i++)
		if (copied->candidates[i].type)
			add_candidate(lines, &copied->candidates[i], i ? 1 : 0, -1);
}

static void add_runs(struct report_lines *lines, const struct kmc_report *report)
{
	if (!report->nruns)
		return;
	heading(lines, "Ranges");
	for (size_t i = 0; i < report->nruns; i++) {
		const struct kmc_run *run = &report->runs[i];
		const uint64_t first = run->address - report->access_start;
		struct line *line = report_lines_add(lines, -1);
		char text[NUMBER_MAX];

		line_say(line, KMC_STYLE_PLAIN, "  byte%s %s", run->size > 1 ? "s" : "",
			 number(text, lines->hex, first));
		if (run->size > 1)
			line_say(line, KMC_STYLE_PLAIN, "-%s",
				 number(text, lines->hex, first + run->size - 1));
		line_say(line, KMC_STYLE_PLAIN, " %s", kmc_state_name(run->state));
		if (!run->what)
			continue;
		line_say(line, KMC_STYLE_PLAIN, ", ");
		line_quote(line, KMC_STYLE_PLAIN, run->what);
	}
	if (report->run_count > report->nruns)
		line_say(report_lines_add(lines, -1), KMC_STYLE_DIM, "  and %" PRIu64 " more",
			 report->run_count - report->nruns);
}

/* As it is to be copied, a line each. */
static void add_code(struct report_lines *lines, const char *code)
{
	while (*code) {
		const size_t len = strcspn(code, "\n");
		struct line *line = report_lines_add(lines, -1);

		line_say(line, KMC_STYLE_PLAIN, "    ");
		line_quote_bytes(line, KMC_STYLE_PLAIN, code, len);
		code += len + (code[len] ? 1 : 0);
	}
}

static void add_registers(struct report_lines *lines, const struct kmc_report *report,
			  int cols)
{
	struct line *line = NULL;

	if (!report->nregs)
		return;
	heading(lines, "Registers");
	for (size_t i = 0; i < report->nregs; i++) {
		if (!line || line_columns(line) + 26 > cols) {
			line = report_lines_add(lines, -1);
			line_say(line, KMC_STYLE_PLAIN, " ");
		}
		line_say(line, KMC_STYLE_DIM, " ");
		line_pad(line, line_columns(line) + 6 - (int)strlen(report->regs[i].name));
		line_quote(line, KMC_STYLE_DIM, report->regs[i].name);
		line_say(line, KMC_STYLE_PLAIN, " %016" PRIx64, report->regs[i].value);
	}
}

void report_tail(struct report_lines *tail, const struct kmc_report *report, int cols,
		 bool registers)
{
	add_runs(tail, report);
	if (report->object.known || report->ncandidates)
		heading(tail, "Object");
	if (report->object.known)
		add_record(tail, &report->object);
	/* Of one without a type, the record says it all. */
	for (size_t i = 0; i < report->ncandidates; i++)
		if (report->candidates[i].type)
			add_candidate(tail, &report->candidates[i], i, i);
	add_copied(tail, report);
	if (report->verdict.annotation) {
		heading(tail, "Annotation");
		add_code(tail, report->verdict.annotation);
	}
	if (registers)
		add_registers(tail, report, cols);
}
