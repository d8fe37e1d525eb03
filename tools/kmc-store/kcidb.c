// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store kcidb: bugs as issues and reports as incidents, for KernelCI's database.
 *
 * Its format, 5.3, lets nothing of ours in but below "misc". An incident is of a test, that
 * of a build, and that of a checkout; of these all that we know is their names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "output.h"
#include "when.h"

/*
 * struct exporting - one run
 * @begun: an element of the array was printed
 */
struct exporting {
	const char *origin;
	bool begun;
};

/* "origin:a:b", @b may be NULL */
static json_t *name(const struct exporting *ex, const char *a, const char *b)
{
	char *text;
	json_t *json;

	if (asprintf(&text, "%s:%s%s%s", ex->origin, a ? a : "", b ? ":" : "", b ? b : "") < 0)
		message_exit("out of memory");
	json = json_words(text);
	free(text);
	return json;
}

static void put_element(struct exporting *ex, json_t *json)
{
	fputs(ex->begun ? "," : "", stdout);
	ex->begun = true;
	put_json(json);
}

static void begin_array(struct exporting *ex, const char *key)
{
	printf(",\"%s\":[", key);
	ex->begun = false;
}

static bool take_checkout(void *arg, const struct db_value *row, size_t count)
{
	struct exporting *ex = arg;

	if (count == 3)
		put_element(ex, json_pack("{s:o, s:s}", "id", name(ex, row[0].text, NULL),
					  "origin", ex->origin));
	return true;
}

static bool take_build(void *arg, const struct db_value *row, size_t count)
{
	struct exporting *ex = arg;

	if (count == 3)
		put_element(ex, json_pack("{s:o, s:o, s:s, s:{s:o, s:o}}",
			"id", name(ex, row[0].text, NULL),
			"checkout_id", name(ex, row[0].text, NULL), "origin", ex->origin,
			"misc", "release", json_words(row[1].text),
			"build_id", json_words(row[2].text)));
	return true;
}

static bool take_test(void *arg, const struct db_value *row, size_t count)
{
	struct exporting *ex = arg;

	if (count == 2)
		put_element(ex, json_pack("{s:o, s:o, s:s, s:{s:o}}",
			"id", name(ex, row[0].text, row[1].text),
			"build_id", name(ex, row[0].text, NULL), "origin", ex->origin,
			"misc", "host", json_words(row[1].text)));
	return true;
}

static bool take_incident(void *arg, const struct db_value *row, size_t count)
{
	struct exporting *ex = arg;

	if (count == 9)
		put_element(ex, json_pack(
			"{s:o, s:s, s:o, s:i, s:o, s:b, s:{s:o, s:o, s:o, s:o, s:I}}",
			"id", name(ex, row[0].text, NULL), "origin", ex->origin,
			"issue_id", name(ex, row[1].text, NULL), "issue_version", 1,
			"test_id", name(ex, row[5].text, row[3].text), "present", 1,
			"misc", "at", json_when(db_integer(&row[2])),
			"boot", json_words(row[4].text), "comm", json_words(row[6].text),
			"uptime", row[7].text ? json_real(db_integer(&row[7]) / 1e6) : json_null(),
			"accesses", (json_int_t)db_integer(&row[8])));
	return true;
}

static bool put_issues(struct db *db, struct exporting *ex)
{
	const struct db_args args = { };
	struct bugs bugs;
	const bool good = bugs_read(db, &args, &bugs);

	begin_array(ex, "issues");
	for (size_t i = 0; good && i < bugs.count; i++) {
		const struct bug *bug = &bugs.list[i];

		put_element(ex, json_pack("{s:o, s:i, s:s, s:o, s:{s:b, s:b, s:b}, s:o, s:o}",
			"id", name(ex, bug->signature, NULL), "version", 1,
			"origin", ex->origin, "report_subject", json_words(bug->title),
			"culprit", "code", 1, "tool", 0, "harness", 0,
			"comment", json_words(bug->headline ? bug->headline : bug->title),
			"misc", json_bug(bug)));
	}
	fputs("]", stdout);
	bugs_release(&bugs);
	return good;
}

bool command_kcidb(struct db *db, const struct options *opts)
{
	const struct db_args args = { .since = opts->since, .most = opts->limit };
	struct exporting ex = { .origin = opts->origin };
	const struct {
		const char *key;
		const char *query;
		db_row_fn take;
	} arrays[] = {
		{ "checkouts", "kcidb_builds", take_checkout },
		{ "builds", "kcidb_builds", take_build },
		{ "tests", "kcidb_tests", take_test },
		{ "incidents", "kcidb_incidents", take_incident },
	};

	fputs("{\"version\":{\"major\":5,\"minor\":3}", stdout);
	if (!put_issues(db, &ex) || !db_args(db, &args))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(arrays); i++) {
		begin_array(&ex, arrays[i].key);
		if (!db_query(db, arrays[i].query, arrays[i].take, &ex))
			return false;
		fputs("]", stdout);
	}
	puts("}");
	return true;
}
