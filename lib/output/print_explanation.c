// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was found out, as text for people: the object, the reasons, the verdict.
 */
#include "output/print_explanation.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "report/model.h"

/* ---- the object ---- */

static void print_record(struct kmc_printer *p, const struct kmc_object *object)
{
	kmc_buf_printf(&p->buf, "    0x%" PRIx64, object->start);
	if (object->size)
		kmc_buf_printf(&p->buf, ", %" PRIu64 " bytes", object->size);
	if (object->requested)
		kmc_buf_printf(&p->buf, " (%" PRIu64 " requested)",
			       object->requested);
	if (object->cache) {
		kmc_buf_puts(&p->buf, ", cache ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, object->cache);
	}
}

static void print_path(struct kmc_printer *p, const struct kmc_candidate *candidate)
{
	if (candidate->beyond)
		kmc_buf_printf(&p->buf, ", behind its %" PRIu64 " bytes", candidate->type_size);
	if (!candidate->path)
		return;
	kmc_buf_puts(&p->buf, ": ");
	if (candidate->hole) {
		kmc_buf_puts(&p->buf, "padding");
		if (candidate->after)
			kmc_buf_puts(&p->buf, " behind ");
	}
	kmc_print_quote(p, KMC_STYLE_PLAIN, candidate->path);
	for (size_t i = 0; i < candidate->nalso; i++) {
		kmc_buf_puts(&p->buf, candidate->together ? ", " : " or ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, candidate->also[i]);
	}
	if (candidate->after) {
		if (*candidate->path)
			kmc_buf_puts(&p->buf, ".");
		kmc_print_quote(p, KMC_STYLE_PLAIN, candidate->after);
	}
}

static const char *confidence_name(enum kmc_confidence confidence)
{
	static const char * const names[] = {
		[KMC_GUESS] = "a guess",
		[KMC_LIKELY] = "likely",
		[KMC_CERTAIN] = "certain",
	};

	return names[confidence];
}

static void print_candidate(struct kmc_printer *p,
			    const struct kmc_candidate *candidate, bool first)
{
	kmc_buf_puts(&p->buf, first ? "    " : "    or ");
	kmc_print_quote(p, KMC_STYLE_PLAIN, candidate->type);
	if (!candidate->unplaced) {
		kmc_buf_printf(&p->buf, " %+" PRId64, candidate->offset);
		print_path(p, candidate);
	}
	kmc_buf_printf(&p->buf, " (%s)\n", confidence_name(candidate->confidence));
}

/* "4 bytes before", "1720 bytes inside", "8 bytes behind" */
static void print_side(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;
	const uint64_t size = kmc_object_bytes(object);
	int64_t offset;

	if (!kmc_report_offset(report, &offset))
		return;
	if (offset < 0)
		kmc_buf_printf(&p->buf, ", access %" PRIu64 " bytes before it", -(uint64_t)offset);
	else if (size && (uint64_t)offset >= size)
		kmc_buf_printf(&p->buf, ", access %" PRIu64 " bytes behind its end",
			       (uint64_t)offset - size);
	else
		kmc_buf_printf(&p->buf, ", access at %+" PRId64, offset);
}

/* What another checker says about the memory. */
static void print_memory_of(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;

	kmc_buf_printf(&p->buf, "    %s", object->region == KMC_REGION_UNKNOWN ? "memory" :
		       kmc_region_name(object->region));
	if (object->variable) {
		kmc_buf_puts(&p->buf, ", variable ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, object->variable);
	}
	if (object->cache) {
		kmc_buf_puts(&p->buf, ", cache ");
		kmc_print_quote(p, KMC_STYLE_PLAIN, object->cache);
	}
	if (object->size)
		kmc_buf_printf(&p->buf, ", %" PRIu64 " bytes", object->size);
	if (object->requested)
		kmc_buf_printf(&p->buf, " (%" PRIu64 " asked for)", object->requested);
	if (object->has_start)
		kmc_buf_printf(&p->buf, " at 0x%" PRIx64 "%s", object->start,
			       object->hashed ? " (a hash)" : "");
	print_side(p, report);
	kmc_print_newline(p);
}

void kmc_print_object(struct kmc_printer *p, const struct kmc_report *report)
{
	if (!report->object.known && !report->ncandidates)
		return;
	kmc_print_heading(p, "Object");
	if (report->object.known && !kmc_report_is_kmemcheck(report)) {
		print_memory_of(p, report);
	} else if (report->object.known) {
		print_record(p, &report->object);
		kmc_buf_printf(&p->buf, ", access at %+" PRId64 "\n",
			       (int64_t)(report->address - report->object.start));
	}
	for (size_t i = 0; i < report->ncandidates; i++)
		if (report->candidates[i].type)
			print_candidate(p, &report->candidates[i], !i);
}

void kmc_print_copied(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_copied *copied = &report->copied;

	if (!copied->known)
		return;
	kmc_print_heading(p, "Copied from");
	print_record(p, &copied->object);
	kmc_buf_printf(&p->buf, ", bytes from %+" PRId64 " on, copied %" PRIu64 " time%s\n",
		       copied->offset, copied->copies, copied->copies == 1 ? "" : "s");
	for (size_t i = 0; i < copied->ncandidates; i++)
		if (copied->candidates[i].type)
			print_candidate(p, &copied->candidates[i], !i);
}

void kmc_print_runs(struct kmc_printer *p, const struct kmc_report *report)
{
	if (!report->nruns)
		return;
	kmc_print_heading(p, "Ranges of the access");
	for (size_t i = 0; i < report->nruns; i++) {
		const struct kmc_run *run = &report->runs[i];
		const uint64_t first = run->address - report->access_start;

		kmc_buf_printf(&p->buf, "    byte%s %" PRIu64, run->size > 1 ? "s" : "", first);
		if (run->size > 1)
			kmc_buf_printf(&p->buf, "-%" PRIu64, first + run->size - 1);
		kmc_buf_printf(&p->buf, " %s", kmc_state_name(run->state));
		if (run->what) {
			kmc_buf_puts(&p->buf, ", ");
			kmc_print_quote(p, KMC_STYLE_PLAIN, run->what);
		}
		kmc_print_newline(p);
	}
	if (report->run_count > report->nruns)
		kmc_buf_printf(&p->buf, "    and %" PRIu64 " more\n",
			       report->run_count - report->nruns);
}

/* ---- the reasons ---- */

static void print_reasons(struct kmc_printer *p, const char *heading,
			  const struct kmc_candidate *candidate)
{
	kmc_print_heading(p, heading);
	p->buf.len--;
	kmc_print_quote(p, KMC_STYLE_TITLE, candidate->type);
	kmc_print_newline(p);
	for (size_t i = 0; i < candidate->nevidence; i++) {
		const struct kmc_evidence *evidence = &candidate->evidence[i];

		kmc_print_say(p, KMC_STYLE_DIM, "  %s ", evidence->agrees ? " " : "!");
		if (!candidate->unplaced)
			kmc_print_say(p, KMC_STYLE_DIM, "%+" PRId64 ": ", evidence->offset);
		kmc_print_quote(p, evidence->agrees ? KMC_STYLE_DIM :
				KMC_STYLE_CARET, evidence->detail);
		kmc_print_newline(p);
	}
}

/* Of an object whose type is not known, the record has said all. */
static bool has_reasons(const struct kmc_candidate *candidate, size_t count)
{
	return count && candidate->type && candidate->nevidence;
}

void kmc_print_evidence(struct kmc_printer *p, const struct kmc_report *report)
{
	if (has_reasons(report->candidates, report->ncandidates))
		print_reasons(p, "Evidence for ", report->candidates);
	if (has_reasons(report->copied.candidates, report->copied.ncandidates))
		print_reasons(p, "Evidence for the source, ", report->copied.candidates);
}

/* ---- the verdict ---- */

static void print_sentence(struct kmc_printer *p, const char *label, const char *text)
{
	kmc_buf_printf(&p->buf, "  %s", label);
	kmc_print_quote(p, KMC_STYLE_PLAIN, text);
	kmc_print_newline(p);
}

/* Nothing but the code, so that it can be copied. */
static void print_code(struct kmc_printer *p, const char *code)
{
	while (*code) {
		const size_t len = strcspn(code, "\n");

		kmc_buf_puts(&p->buf, "    ");
		kmc_buf_escape(&p->buf, code, len, p->opts.ascii);
		kmc_print_newline(p);
		code += len + (code[len] ? 1 : 0);
	}
}

void kmc_print_advice(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_verdict *verdict = &report->verdict;

	if (verdict->text)
		print_sentence(p, "", verdict->text);
	if (verdict->next)
		print_sentence(p, "Next: ", verdict->next);
	if (!verdict->annotation)
		return;
	kmc_buf_puts(&p->buf, "  Add:\n");
	print_code(p, verdict->annotation);
}

void kmc_print_doubts(struct kmc_printer *p, const struct kmc_report *report)
{
	for (size_t i = 0; i < report->ndoubts; i++) {
		const struct kmc_doubt *doubt = &report->doubts[i];
		struct kmc_buf text = { };

		kmc_buf_printf(&text, "%s %s", doubt->file, doubt->why);
		p->buf.failed |= text.failed;
		print_sentence(p, "Doubtful: ", text.data ?: "");
		kmc_buf_release(&text);
	}
}
