// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report as a mail to whoever maintains the code: a mailbox, a message each.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "kmc/output.h"
#include "output/formats.h"
#include "report/walk.h"

/* What mailing lists like; quoted, it is still narrower than a terminal. */
#define WIDTH	72
/* As git has it: the line says that a message begins, and nothing else. */
#define FROM	"From kmc-report Mon Sep 17 00:00:00 2001\n"

/* A line of a header: no control character is left, so no other line begins in it. */
static void add_header(struct kmc_buf *buf, const char *name, const char *text, size_t len)
{
	kmc_buf_printf(buf, "%s: ", name);
	kmc_buf_escape(buf, text, len, true);
	kmc_buf_putc(buf, '\n', 1);
}

/* @list: "Name <name@host>", a line each */
static void add_maintainers(struct kmc_buf *buf, const char *list)
{
	while (*list) {
		const size_t len = strcspn(list, "\n");

		if (memchr(list, '@', len))
			add_header(buf, "Cc", list, len);
		list += len + (list[len] != '\0');
	}
}

/* A line that begins as a message does would begin one. */
static void add_body(struct kmc_buf *buf, const char *text)
{
	while (*text) {
		const size_t len = strcspn(text, "\n");

		if (!strncmp(text, "From ", 5))
			kmc_buf_putc(buf, '>', 1);
		kmc_buf_add(buf, text, len);
		kmc_buf_putc(buf, '\n', 1);
		text += len + (text[len] != '\0');
	}
}

static void add_headers(struct kmc_buf *buf, const struct kmc_format_options *opts,
			const struct kmc_report *report, const char *title)
{
	struct kmc_level culprit;
	char *maintainers = NULL;

	kmc_buf_puts(buf, FROM);
	add_header(buf, "Subject", title, strlen(title));
	if (opts->maintainers && kmc_walk_culprit(report, true, &culprit))
		maintainers = opts->maintainers(opts->arg, culprit.where->file);
	if (maintainers)
		add_maintainers(buf, maintainers);
	free(maintainers);
	kmc_buf_puts(buf, "MIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n\n");
}

static struct kmc_error *mail(const struct kmc_format_options *opts,
			      const struct kmc_report *report, const struct kmc_bug *bug,
			      char **out)
{
	/* Who gets it has the source; lines of it would only make it long. */
	const struct kmc_print_options print = {
		.size = sizeof(print), .width = WIDTH, .ascii = true,
	};
	char *title = NULL, *text = NULL;
	struct kmc_buf buf = { };
	struct kmc_error *err;

	err = kmc_report_title(report, &title);
	if (!err)
		err = kmc_print_report(report, &print, &text);
	if (!err) {
		add_headers(&buf, opts, report, title);
		kmc_buf_puts(&buf, "Hello,\n\nthe kernel reported this");
		if (report->kernel.release) {
			kmc_buf_puts(&buf, ", with ");
			kmc_buf_escape(&buf, report->kernel.release,
				       strlen(report->kernel.release), true);
		}
		if (bug && bug->reports > 1)
			kmc_buf_printf(&buf, ", %llu times", (unsigned long long)bug->reports);
		kmc_buf_puts(&buf, ":\n\n");
		add_body(&buf, text);
		kmc_buf_puts(&buf, "\n");
	}
	free(title);
	free(text);
	if (!err)
		return kmc_buf_take(&buf, out);
	kmc_buf_release(&buf);
	return err;
}

static struct kmc_error *mail_report(const struct kmc_format_options *opts,
				     const struct kmc_report *report, bool first, char **out)
{
	(void)first;
	return mail(opts, report, NULL, out);
}

static struct kmc_error *mail_bug(const struct kmc_format_options *opts,
				  const struct kmc_bug *bug, bool first, char **out)
{
	(void)first;
	return mail(opts, bug->example, bug, out);
}

const struct kmc_format kmc_format_mail = {
	.name = "mail",
	.help = "mail, for maintainers",
	.man = ".IR mail :\na mailbox of messages to those who maintain the code; with\n"
	       ".B \\-\\-source\nthey are asked of its\n.IR scripts/get_maintainer.pl",
	.report = mail_report,
	.bug = mail_bug,
};
