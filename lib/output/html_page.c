// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A page of bugs: an index, then each with its explanation. No script, and nothing that is
 * fetched; it reads as well where a sandbox drops the style.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/options.h"
#include "kmc/output.h"

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--line:#c9c9d4;--dim:#63636e;\n"
	"--i:#1a6e2e;--u:#8f5700;--a:#8a2a9b;--f:#b3261e;--link:#0b57c4}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e4e3e9;--paper:#16161a;--line:#3c3c46;\n"
	"--dim:#9c9ca8;--i:#79d28c;--u:#f0b45c;--a:#dfa0ec;--f:#ff8a80;--link:#8ab8ff}}\n"
	"body{margin:2rem auto;max-width:66rem;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;\n"
	"color:var(--ink);background:var(--paper)}\n"
	"h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2.5rem 0 .3rem;overflow-wrap:anywhere}\n"
	"table{border-collapse:collapse;width:100%}\n"
	"th,td{border-bottom:1px solid var(--line);padding:.25rem .6rem .25rem 0;\n"
	"text-align:left;vertical-align:top}\n"
	"td{overflow-wrap:anywhere}td.n{text-align:right}\n"
	"td.n,td.w{font-variant-numeric:tabular-nums}td:first-child{min-width:9rem}\n"
	"td.w{min-width:6.5rem}\n"
	"@media screen and (min-width:60rem){td.w{white-space:nowrap}}\n"
	"a{color:var(--link)}p{margin:.2rem 0}\n"
	"pre{font:13px/1.35 ui-monospace,monospace;overflow-x:auto;padding:.8rem;\n"
	"border:1px solid var(--line);border-radius:4px}\n"
	".d{color:var(--dim)}.i{color:var(--i)}.u{color:var(--u)}.a{color:var(--a)}\n"
	".f,.c{color:var(--f)}\n"
	"@media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--line:#c9c9d4;--dim:#63636e;\n"
	"--i:#1a6e2e;--u:#8f5700;--a:#8a2a9b;--f:#b3261e}\n"
	"body{max-width:none;margin:0;font-size:10pt}pre{font-size:8pt;\n"
	"white-space:pre-wrap;border:0;padding:0}a{color:inherit}h2{break-after:avoid}\n"
	"tr{break-inside:avoid}}\n";

/* ---- text ---- */

static void add_char(struct kmc_buf *buf, char c)
{
	switch (c) {
	case '<':
		kmc_buf_puts(buf, "&lt;");
		break;
	case '>':
		kmc_buf_puts(buf, "&gt;");
		break;
	case '&':
		kmc_buf_puts(buf, "&amp;");
		break;
	case '"':
		kmc_buf_puts(buf, "&quot;");
		break;
	default:
		kmc_buf_putc(buf, c, 1);
		break;
	}
}

/* Somebody else's: first made printable, then made text of a page. */
static void add_text(struct kmc_buf *buf, const char *text, size_t len)
{
	struct kmc_buf clean = { };

	kmc_buf_escape(&clean, text, len, false);
	for (size_t i = 0; i < clean.len; i++)
		add_char(buf, clean.data[i]);
	buf->failed |= clean.failed;
	kmc_buf_release(&clean);
}

static void add_quoted(struct kmc_buf *buf, const char *text)
{
	add_text(buf, text ? text : "", text ? strlen(text) : 0);
}

/* As a name within the page. */
static void add_id(struct kmc_buf *buf, const char *id)
{
	kmc_buf_puts(buf, "bug-");
	for (; *id; id++)
		if (isalnum((unsigned char)*id))
			kmc_buf_putc(buf, *id, 1);
}

/* ---- explanations ---- */

/*
 * struct explained - an explanation on its way into the page
 * @class: of what is open; NULL: nothing is
 */
struct explained {
	struct kmc_buf *buf;
	const char *url;
	const char *class;
};

/* Where the text that begins here is "file:line" or "file:line:column" of a source tree. */
static bool is_place(const char *text, size_t len, size_t *file, size_t *line)
{
	size_t end = len, colon;

	*file = 0;
	for (int part = 0; part < 2; part++) {
		for (colon = end; colon && isdigit((unsigned char)text[colon - 1]);)
			colon--;
		if (colon < 2 || colon == end || text[colon - 1] != ':')
			break;
		*line = colon;
		*file = colon - 1;
		end = colon - 1;
	}
	/* Elsewhere than in the tree there is nothing to link to. */
	return *file && *text != '/' && !memmem(text, *file, "..", 2) &&
	       !memchr(text, ' ', len) && !memchr(text, '\n', len);
}

static void add_url_part(struct kmc_buf *buf, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = text[i];

		if (isalnum(c) || strchr("-._~/+,@=", c))
			kmc_buf_putc(buf, c, 1);
		else
			kmc_buf_printf(buf, "%%%02X", c);
	}
}

static bool add_link(struct explained *ex, const char *text, size_t len)
{
	size_t file, line = 0, digits = 0;

	if (!ex->url || !is_place(text, len, &file, &line))
		return false;
	while (line + digits < len && isdigit((unsigned char)text[line + digits]))
		digits++;
	kmc_buf_puts(ex->buf, "<a href=\"");
	for (const char *at = ex->url; *at; at++) {
		if (!strncmp(at, "%f", 2))
			add_url_part(ex->buf, text, file);
		else if (!strncmp(at, "%l", 2))
			add_url_part(ex->buf, text + line, digits);
		else
			add_char(ex->buf, *at);
		at += !strncmp(at, "%f", 2) || !strncmp(at, "%l", 2);
	}
	kmc_buf_puts(ex->buf, "\">");
	add_text(ex->buf, text, len);
	kmc_buf_puts(ex->buf, "</a>");
	return true;
}

static void set_class(struct explained *ex, const char *class)
{
	if (ex->class == class)
		return;
	if (ex->class)
		kmc_buf_puts(ex->buf, *ex->class == 't' ? "</b>" : "</span>");
	ex->class = class;
	if (!class)
		return;
	if (*class == 't')
		kmc_buf_puts(ex->buf, "<b>");
	else
		kmc_buf_printf(ex->buf, "<span class=\"%s\">", class);
}

/* What an SGR sequence of kmc_print_report() stands for. */
static const char *class_of(const char *sgr, size_t len)
{
	static const struct {
		const char *sgr;
		const char *class;
	} classes[] = {
		{ "1", "t" }, { "2", "d" }, { "32", "i" }, { "33", "u" }, { "35", "a" },
		{ "31", "f" }, { "1;31", "c" }, { "36", "l" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(classes); i++)
		if (strlen(classes[i].sgr) == len && !memcmp(sgr, classes[i].sgr, len))
			return classes[i].class;
	return NULL;
}

/* Text in one style; of several lines, each is made printable by itself. */
static void add_piece(struct explained *ex, const char *class, const char *text, size_t len)
{
	/* Bytes in one state have a blank between them. */
	if (class || strspn(text, " ") < len)
		set_class(ex, class && *class == 'l' ? NULL : class);
	if (class && *class == 'l' && add_link(ex, text, len))
		return;
	while (len) {
		const char *end = memchr(text, '\n', len);
		const size_t part = end ? (size_t)(end - text) : len;

		add_text(ex->buf, text, part);
		if (end)
			kmc_buf_putc(ex->buf, '\n', 1);
		text += part + (end != NULL);
		len -= part + (end != NULL);
	}
}

static void add_explanation(struct kmc_buf *buf, const char *text, const char *url)
{
	struct explained ex = { .buf = buf, .url = url };
	const char *class = NULL;

	kmc_buf_puts(buf, "<pre>");
	while (*text) {
		const size_t len = strcspn(text, "\033");
		size_t digits;

		add_piece(&ex, class, text, len);
		text += len;
		if (!*text)
			break;
		digits = text[1] == '[' ? strspn(text + 2, "0123456789;") : 0;
		if (text[1] == '[' && text[2 + digits] == 'm') {
			class = class_of(text + 2, digits);
			text += 3 + digits;
		} else {
			/* Not one of ours. */
			add_text(buf, text, 1);
			text++;
		}
	}
	set_class(&ex, NULL);
	kmc_buf_puts(buf, "</pre>\n");
}

/* ---- the page ---- */

struct kmc_error *kmc_html_begin(const char *title, char **out)
{
	struct kmc_buf buf = { };

	kmc_buf_puts(&buf, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	add_quoted(&buf, title);
	kmc_buf_printf(&buf, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
	add_quoted(&buf, title);
	kmc_buf_puts(&buf, "</h1>\n");
	return kmc_buf_take(&buf, out);
}

static void copy_entry(struct kmc_html_entry *own, const struct kmc_html_entry *entry)
{
	kmc_options_copy(own, sizeof(*own), entry);
}

struct kmc_error *kmc_html_index(const struct kmc_html_entry *theirs, bool first, char **out)
{
	struct kmc_html_entry entry;
	struct kmc_buf buf = { };

	copy_entry(&entry, theirs);
	if (first)
		kmc_buf_printf(&buf, "<table>\n<thead><tr><th>Bug</th><th>Member</th>%s\n"
			"<th>Reports</th><th>First</th><th>Last</th></tr></thead>\n<tbody>\n",
			entry.state ? "<th>State</th>" : "");
	kmc_buf_puts(&buf, "<tr><td><a href=\"#");
	add_id(&buf, entry.id);
	kmc_buf_puts(&buf, "\">");
	add_quoted(&buf, entry.title);
	kmc_buf_puts(&buf, "</a></td><td>");
	add_quoted(&buf, entry.member);
	if (entry.state) {
		kmc_buf_puts(&buf, "</td><td>");
		add_quoted(&buf, entry.state);
	}
	kmc_buf_printf(&buf, "</td><td class=\"n\">%" PRIu64 "</td><td class=\"w\">", entry.reports);
	add_quoted(&buf, entry.first);
	kmc_buf_puts(&buf, "</td><td class=\"w\">");
	add_quoted(&buf, entry.last);
	kmc_buf_puts(&buf, "</td></tr>\n");
	return kmc_buf_take(&buf, out);
}

struct kmc_error *kmc_html_entry(const struct kmc_html_entry *theirs, bool first,
				 const char *source_url, char **out)
{
	struct kmc_html_entry entry;
	struct kmc_buf buf = { };

	copy_entry(&entry, theirs);
	if (first)
		kmc_buf_puts(&buf, "</tbody>\n</table>\n");
	kmc_buf_puts(&buf, "<h2 id=\"");
	add_id(&buf, entry.id);
	kmc_buf_puts(&buf, "\">");
	add_quoted(&buf, entry.title);
	kmc_buf_puts(&buf, "</h2>\n<p class=\"d\">");
	add_quoted(&buf, entry.facts);
	kmc_buf_puts(&buf, " · <a href=\"#");
	add_id(&buf, entry.id);
	kmc_buf_puts(&buf, "\">");
	add_quoted(&buf, entry.id);
	kmc_buf_puts(&buf, "</a></p>\n");
	if (entry.text)
		add_explanation(&buf, entry.text, source_url);
	return kmc_buf_take(&buf, out);
}

struct kmc_error *kmc_html_end(uint64_t entries, char **out)
{
	struct kmc_buf buf = { };

	if (!entries)
		kmc_buf_puts(&buf, "<p>No report.</p>\n");
	kmc_buf_puts(&buf, "</body>\n</html>\n");
	return kmc_buf_take(&buf, out);
}
