// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was found out, as text for people: the object, the reasons, the verdict.
 */
#include "output/print_explanation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

void kmc_print_insn(struct kmc_printer *p, const struct kmc_report *report)
{
	if (!report->insn)
		return;
	kmc_buf_puts(&p->buf, "    ");
	kmc_print_quote(p, KMC_STYLE_DIM, report->insn);
	kmc_print_newline(p);
}

/* ---- the object ---- */

static void print_record(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;

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
	kmc_buf_printf(&p->buf, ", access at %+" PRId64 "\n",
		       (int64_t)(report->address - object->start));
}

static void print_path(struct kmc_printer *p, const struct kmc_candidate *candidate)
{
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
	kmc_buf_printf(&p->buf, " %+" PRId64, candidate->offset);
	print_path(p, candidate);
	kmc_buf_printf(&p->buf, " (%s)\n", confidence_name(candidate->confidence));
	if (!first)
		return;
	for (size_t i = 0; i < candidate->nevidence; i++) {
		const struct kmc_evidence *evidence = &candidate->evidence[i];

		kmc_print_say(p, KMC_STYLE_DIM, "      %s %+" PRId64 ": ",
			      evidence->agrees ? " " : "!", evidence->offset);
		kmc_print_quote(p, evidence->agrees ? KMC_STYLE_DIM :
				KMC_STYLE_CARET, evidence->detail);
		kmc_print_newline(p);
	}
}

void kmc_print_object(struct kmc_printer *p, const struct kmc_report *report)
{
	if (!report->object.known && !report->ncandidates)
		return;
	kmc_print_heading(p, "Object");
	if (report->object.known)
		print_record(p, report);
	for (size_t i = 0; i < report->ncandidates; i++)
		if (report->candidates[i].type)
			print_candidate(p, &report->candidates[i], !i);
}

/* ---- the verdict ---- */

/* Words of our own and names of others', in lines that fit. */
static void print_wrapped(struct kmc_printer *p, const char *label, const char *text)
{
	const size_t width = p->opts.width ? p->opts.width : 80;
	struct kmc_buf clean = { };
	size_t column = 4 + strlen(label);
	const char *at;

	kmc_buf_escape(&clean, text, strlen(text), p->opts.ascii);
	p->buf.failed |= clean.failed;
	kmc_buf_printf(&p->buf, "    %s", label);
	for (at = clean.data ? clean.data : ""; *at;) {
		size_t len = strcspn(at, " ");

		if (column > 8 && column + 1 + len > width) {
			kmc_buf_puts(&p->buf, "\n       ");
			column = 7;
		}
		kmc_buf_puts(&p->buf, " ");
		kmc_buf_add(&p->buf, at, len);
		column += 1 + len;
		at += len;
		at += strspn(at, " ");
	}
	kmc_print_newline(p);
	kmc_buf_release(&clean);
}

void kmc_print_verdict(struct kmc_printer *p, const struct kmc_report *report)
{
	const struct kmc_verdict *verdict = &report->verdict;
	char label[32];

	if (!verdict->text)
		return;
	kmc_print_heading(p, "Verdict");
	snprintf(label, sizeof(label), "%s:", kmc_verdict_name(verdict->kind));
	print_wrapped(p, label, verdict->text);
	if (verdict->next)
		print_wrapped(p, "Next:", verdict->next);
	if (verdict->annotation)
		print_wrapped(p, "Add:", verdict->annotation);
}

void kmc_print_doubts(struct kmc_printer *p, const struct kmc_report *report)
{
	for (size_t i = 0; i < report->ndoubts; i++) {
		const struct kmc_doubt *doubt = &report->doubts[i];
		struct kmc_buf text = { };

		kmc_buf_printf(&text, "%s %s", doubt->file, doubt->why);
		p->buf.failed |= text.failed;
		print_wrapped(p, "Doubtful:", text.data ? text.data : "");
		kmc_buf_release(&text);
	}
}
