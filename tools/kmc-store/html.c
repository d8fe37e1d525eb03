// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store html: all bugs as one page.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "output.h"
#include "when.h"

/* More bugs than that are not read; a page of them is some megabytes. */
#define BUGS_MAX	200
#define NAME		"index.html"

/*
 * struct page - what is written
 * @first: nothing of the part that is written now was before
 */
struct page {
	struct db *db;
	const struct options *opts;
	FILE *file;
	bool first;
};

static bool put(struct page *page, struct kmc_error *err, char *text)
{
	if (err) {
		message_error(err);
		return false;
	}
	fputs(text, page->file);
	free(text);
	page->first = false;
	return true;
}

static bool put_bug(struct page *page, const struct bug *bug, bool index)
{
	char first[WHEN_SIZE], last[WHEN_SIZE], *text = NULL, *facts = NULL, *out = NULL;
	struct kmc_html_entry entry = {
		.size = sizeof(entry), .id = bug->signature, .title = bug->title,
		.member = bug->member, .state = bug->state, .reports = bug->reports,
		.first = when_text(bug->first_seen, first),
		.last = when_text(bug->last_seen, last),
	};
	struct kmc_error *err;
	bool good = true;

	if (asprintf(&facts, "%" PRId64 " report%s of %" PRId64 " host%s, from %s to %s, %s%s%s: %s",
		     bug->reports, bug->reports == 1 ? "" : "s", bug->hosts,
		     bug->hosts == 1 ? "" : "s", first, last, bug->state ? bug->state : "",
		     bug->note ? ", " : "", bug->note ? bug->note : "",
		     bug->words ? bug->words : "") < 0)
		message_exit("out of memory");
	entry.facts = facts;
	if (!index)
		good = bugs_explanation(page->db, bug->signature, &text);
	entry.text = text;
	if (good) {
		err = index ? kmc_html_index(&entry, page->first, &out) :
			      kmc_html_entry(&entry, page->first, page->opts->source_url, &out);
		good = put(page, err, out);
	}
	free(facts);
	free(text);
	return good;
}

static bool put_page(struct page *page, const struct bugs *bugs)
{
	char *text = NULL;
	struct kmc_error *err = kmc_html_begin("Kernel reports", &text);

	if (!put(page, err, text))
		return false;
	for (int index = 1; index >= 0; index--) {
		page->first = true;
		for (size_t i = 0; i < bugs->count; i++)
			if (!put_bug(page, &bugs->list[i], index))
				return false;
	}
	err = kmc_html_end(bugs->count, &text);
	return put(page, err, text);
}

/* In a directory it has the name that a server shows; yours to free. */
static char *page_path(const char *path)
{
	struct stat st;
	char *out;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return xstrdup(path);
	if (asprintf(&out, "%s/" NAME, path) < 0)
		message_exit("out of memory");
	return out;
}

static bool write_page(struct page *page, const char *path, const struct bugs *bugs)
{
	struct output_file out;
	char *name;
	bool good;

	if (!strcmp(path, "-")) {
		page->file = stdout;
		return put_page(page, bugs);
	}
	name = page_path(path);
	good = output_open(&out, name);
	if (good) {
		page->file = out.file;
		good = put_page(page, bugs);
		good = output_close(&out, good);
	}
	free(name);
	return good;
}

bool command_html(struct db *db, const struct options *opts)
{
	const struct db_args args = { .most = opts->limit ? opts->limit : BUGS_MAX };
	struct page page = { .db = db, .opts = opts };
	struct bugs bugs;
	const bool good = bugs_read(db, &args, &bugs) &&
			  write_page(&page, opts->operands[0], &bugs);

	if (good && !opts->quiet && bugs.count == args.most)
		message("the page has the %zu bugs that were seen last; --limit takes more",
			bugs.count);
	bugs_release(&bugs);
	return good;
}
