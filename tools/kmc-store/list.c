// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store list, new, regressions, show.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "bugs.h"
#include "output.h"
#include "packed.h"
#include "when.h"

/* What show has of each table, unless --limit says otherwise. */
#define ROWS_SHOWN	20

/* ---- lists ---- */

static void put_heading(void)
{
	puts("SIGNATURE         STATE       REPORTS  HOSTS  FIRST             LAST              TITLE");
}

static void put_bug(const struct bug *bug)
{
	char first[WHEN_SIZE], last[WHEN_SIZE];

	put_quoted(bug->signature);
	printf("  ");
	put_quoted(bug->state);
	/* Up to the minute. */
	printf("%*s %8" PRId64 " %6" PRId64 "  %.16s  %.16s  ",
	       bug->state ? (int)(strlen("regressed ") - strlen(bug->state)) : 0, "",
	       bug->reports, bug->hosts, when_text(bug->first_seen, first),
	       when_text(bug->last_seen, last));
	put_quoted(bug->title);
	putchar('\n');
}

static bool list_bugs(struct db *db, const struct options *opts, const struct db_args *args)
{
	struct bugs bugs;
	const bool good = bugs_read(db, args, &bugs);

	if (good && bugs.count && opts->format == FORMAT_TEXT)
		put_heading();
	if (good && !bugs.count && !opts->quiet)
		message("%s: no bugs to list", opts->db);
	for (size_t i = 0; good && i < bugs.count; i++) {
		if (opts->format == FORMAT_JSON)
			put_json(json_bug(&bugs.list[i]));
		else
			put_bug(&bugs.list[i]);
	}
	bugs_release(&bugs);
	return good;
}

bool command_list(struct db *db, const struct options *opts)
{
	const struct db_args args = { .most = opts->limit };

	return list_bugs(db, opts, &args);
}

bool command_new(struct db *db, const struct options *opts)
{
	const struct db_args args = { .most = opts->limit, .since = opts->since };

	return list_bugs(db, opts, &args);
}

bool command_regressions(struct db *db, const struct options *opts)
{
	const struct db_args args = { .most = opts->limit, .regressed = true };

	return list_bugs(db, opts, &args);
}

/* ---- one bug ---- */

/*
 * struct section - a table below a bug
 * @query: what it has
 * @heading: above it
 * @names: of the columns, NULL behind them; those that end in _seen or are "at" are times
 * @json: an array of its rows, where that is the format; else they are printed
 */
struct section {
	const char *query;
	const char *heading;
	const char * const *names;
	json_t *json;
	bool text;
	bool begun;
};

static bool is_time(const char *name)
{
	return !strcmp(name, "at") || strstr(name, "_seen");
}

static bool is_number(const char *name)
{
	static const char * const numbers[] = { "reports", "cpu", "pid", "seq", "uptime", "accesses" };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(name, numbers[i]))
			return true;
	return false;
}

static json_t *json_column(const char *name, const struct db_value *value)
{
	if (!value->text)
		return json_null();
	if (is_time(name))
		return json_when(db_integer(value));
	if (is_number(name))
		return json_integer(db_integer(value));
	return json_words(value->text);
}

static void put_column(const char *name, const struct db_value *value)
{
	char when[WHEN_SIZE];

	if (!value->text || !value->len)
		return;
	printf("  %s ", name);
	if (is_time(name))
		fputs(when_text(db_integer(value), when), stdout);
	else if (!strcmp(name, "uptime"))
		printf("%.6f s", db_integer(value) / 1e6);
	else
		put_quoted(value->text);
}

static bool take_row(void *arg, const struct db_value *row, size_t count)
{
	struct section *section = arg;
	json_t *json = section->text ? NULL : json_object();

	if (section->text && !section->begun)
		printf("\n%s\n", section->heading);
	section->begun = true;
	for (size_t i = 0; i < count && section->names[i]; i++) {
		if (json)
			json_object_set_new(json, section->names[i],
					    json_column(section->names[i], &row[i]));
		else
			put_column(section->names[i], &row[i]);
	}
	if (json)
		json_array_append_new(section->json, json);
	else
		putchar('\n');
	return true;
}

static bool put_sections(struct db *db, const struct db_args *args, json_t *json)
{
	static const char * const kernels[] = {
		"id", "release", "build_id", "first_seen", "last_seen", "reports", NULL
	};
	static const char * const hosts[] = {
		"host", "first_seen", "last_seen", "reports", NULL
	};
	static const char * const occurrences[] = {
		"id", "at", "host", "boot", "kernel", "cpu", "pid", "comm", "seq", "uptime",
		"accesses", NULL
	};
	struct section sections[] = {
		{ .query = "show_kernels", .heading = "Kernels", .names = kernels },
		{ .query = "show_hosts", .heading = "Hosts", .names = hosts },
		{ .query = "show_occurrences", .heading = "Reports", .names = occurrences },
	};
	static const char * const keys[] = { "kernels", "hosts", "occurrences" };

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		sections[i].text = !json;
		sections[i].json = json ? json_array() : NULL;
		if (!db_args(db, args) ||
		    !db_query(db, sections[i].query, take_row, &sections[i]))
			return false;
		if (json)
			json_object_set_new(json, keys[i], sections[i].json);
	}
	return true;
}

static bool is_colored(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no_color && *no_color) && term && strcmp(term, "dumb") &&
	       isatty(STDOUT_FILENO);
}

static void put_facts(const struct bug *bug)
{
	char first[WHEN_SIZE], last[WHEN_SIZE], closed[WHEN_SIZE];

	put_quoted(bug->title);
	printf("\n  signature ");
	put_quoted(bug->signature);
	printf(", ");
	put_quoted(bug->words);
	printf("\n  %" PRId64 " report%s of %" PRId64 " host%s, from %s to %s\n  ", bug->reports,
	       bug->reports == 1 ? "" : "s", bug->hosts, bug->hosts == 1 ? "" : "s",
	       when_text(bug->first_seen, first), when_text(bug->last_seen, last));
	put_quoted(bug->state);
	if (bug->closed_at)
		printf("%s %s", bug->state && !strcmp(bug->state, "closed") ? "" : ", closed",
		       when_text(bug->closed_at, closed));
	if (bug->note) {
		printf(": ");
		put_quoted(bug->note);
	}
	printf("\n\n");
}

/* A line each; written again, for who has added it need not have escaped what is in it. */
static bool take_raw(void *arg, const struct db_value *row, size_t count)
{
	char *text = count ? unpacked(arg, row) : NULL;
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;

	if (json)
		put_json(json);
	free(text);
	return true;
}

static bool show_bug(struct db *db, const struct options *opts, const struct bug *bug)
{
	const struct db_args args = {
		.signature = bug->signature, .most = opts->limit ? opts->limit : ROWS_SHOWN,
	};
	json_t *json = NULL;
	char *text = NULL;
	bool good;

	if (opts->format == FORMAT_RAW)
		return db_args(db, &args) && db_query(db, "show_raw", take_raw, db);
	if (opts->format == FORMAT_JSON) {
		json = json_bug(bug);
		good = put_sections(db, &args, json);
		put_json(json);
		return good;
	}
	put_facts(bug);
	good = bugs_explanation(db, bug->signature, &text);
	if (text)
		put_explanation(text, is_colored());
	free(text);
	return good && put_sections(db, &args, NULL);
}

bool command_show(struct db *db, const struct options *opts)
{
	struct bugs bugs;
	const bool good = bugs_find(db, opts->operands[0], &bugs) &&
			  show_bug(db, opts, &bugs.list[0]);

	bugs_release(&bugs);
	return good;
}
