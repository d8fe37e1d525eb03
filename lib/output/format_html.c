// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bugs as one page for browsers.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/options.h"
#include "kmc/output.h"
#include "output/formats.h"

/* Of an explanation, which is text of a fixed width. */
#define WIDTH	100

static struct kmc_error *html_begin(const struct kmc_format_options *opts, char **out)
{
	(void)opts;
	return kmc_html_begin("Kernel reports", out);
}

static void seen_words(struct kmc_buf *buf, const struct kmc_seen *seen)
{
	kmc_buf_printf(buf, seen->from_stream ? "%s, report %" PRIu64 : "%s:%" PRIu64,
		       seen->source, seen->from_stream ? seen->seq : (uint64_t)seen->line);
}

static void member_words(struct kmc_buf *buf, const struct kmc_report *report)
{
	const struct kmc_candidate *best = report->candidates;

	if (report->ncandidates && best->type)
		kmc_buf_printf(buf, "%s%s%s", best->type, best->path && *best->path ? "." : "",
			       best->path ? best->path : "");
}

/* What of a bug is in the page; the text only where it is asked for. */
static struct kmc_error *with_entry(const struct kmc_format_options *opts,
				    const struct kmc_bug *bug, bool index, bool first, char **out)
{
	struct kmc_print_options print = { .size = sizeof(print) };
	struct kmc_buf seen_first = { }, seen_last = { }, member = { }, facts = { };
	struct kmc_html_entry entry = { .size = sizeof(entry), .id = bug->hash };
	char *title = NULL, *text = NULL;
	struct kmc_error *err;

	err = kmc_report_title(bug->example, &title);
	seen_words(&seen_first, &bug->first);
	seen_words(&seen_last, &bug->last);
	member_words(&member, bug->example);
	kmc_buf_printf(&facts, "%" PRIu64 " report%s, ", bug->reports,
		       bug->reports == 1 ? "" : "s");
	if (bug->reports > 1)
		kmc_buf_printf(&facts, "last in %s, first ", seen_last.data);
	kmc_buf_printf(&facts, "in %s: %s", seen_first.data, bug->signature);
	entry.title = title;
	entry.member = member.data;
	entry.reports = bug->reports;
	entry.first = seen_first.data;
	entry.last = seen_last.data;
	entry.facts = facts.data;
	if (!err && index) {
		err = kmc_html_index(&entry, first, out);
	} else if (!err) {
		kmc_options_copy(&print, sizeof(print), opts->print);
		print.color = true;
		print.ascii = false;
		print.width = WIDTH;
		err = kmc_print_report(bug->example, &print, &text);
		entry.text = text;
		if (!err)
			err = kmc_html_entry(&entry, first, opts->source_url, out);
	}
	free(title);
	free(text);
	kmc_buf_release(&seen_first);
	kmc_buf_release(&seen_last);
	kmc_buf_release(&member);
	kmc_buf_release(&facts);
	return err;
}

static struct kmc_error *html_index(const struct kmc_format_options *opts,
				    const struct kmc_bug *bug, bool first, char **out)
{
	return with_entry(opts, bug, true, first, out);
}

static struct kmc_error *html_bug(const struct kmc_format_options *opts,
				  const struct kmc_bug *bug, bool first, char **out)
{
	return with_entry(opts, bug, false, first, out);
}

static struct kmc_error *html_end(const struct kmc_format_options *opts, uint64_t bugs,
				  char **out)
{
	(void)opts;
	return kmc_html_end(bugs, out);
}

const struct kmc_format kmc_format_html = {
	.name = "html",
	.help = "html, a page of all bugs",
	.man = ".IR html :\na page for browsers, in which each bug is once, as with\n.BR \\-\\-group",
	.for_people = true,
	.begin = html_begin,
	.bug = html_bug,
	.index = html_index,
	.end_of = html_end,
};
