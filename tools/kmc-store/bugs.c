// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bugs of a store, as they are asked for.
 */
#include "bugs.h"

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "packed.h"

static char *copy(const struct db_value *value)
{
	return value->text ? strndup(value->text, value->len) : NULL;
}

static bool take_bug(void *arg, const struct db_value *row, size_t count)
{
	struct bugs *bugs = arg;

	if (count != 15)
		return false;
	bugs->list = xrealloc(bugs->list, (bugs->count + 1) * sizeof(*bugs->list));
	bugs->list[bugs->count++] = (struct bug) {
		.signature = copy(&row[0]), .title = copy(&row[1]), .checker = copy(&row[2]),
		.verdict = copy(&row[3]), .member = copy(&row[4]), .headline = copy(&row[5]),
		.words = copy(&row[6]), .first_seen = db_integer(&row[7]),
		.last_seen = db_integer(&row[8]), .reports = db_integer(&row[9]),
		.accesses = db_integer(&row[10]), .hosts = db_integer(&row[11]),
		.state = copy(&row[12]), .closed_at = db_integer(&row[13]),
		.note = copy(&row[14]),
	};
	return true;
}

bool bugs_read(struct db *db, const struct db_args *args, struct bugs *bugs)
{
	*bugs = (struct bugs) { };
	return db_args(db, args) && db_query(db, "list", take_bug, bugs);
}

void bugs_release(struct bugs *bugs)
{
	for (size_t i = 0; i < bugs->count; i++) {
		struct bug *bug = &bugs->list[i];

		free(bug->signature);
		free(bug->title);
		free(bug->checker);
		free(bug->verdict);
		free(bug->member);
		free(bug->headline);
		free(bug->words);
		free(bug->state);
		free(bug->note);
	}
	free(bugs->list);
	*bugs = (struct bugs) { };
}

bool bugs_find(struct db *db, const char *prefix, struct bugs *bugs)
{
	const struct db_args args = { .signature = prefix, .most = 2 };

	if (!bugs_read(db, &args, bugs))
		return false;
	if (bugs->count == 1)
		return true;
	if (bugs->count)
		message("%s: begins the signatures of several bugs; give more of it", prefix);
	else
		message("%s: no bug has this signature; list names all", prefix);
	return false;
}

struct taken {
	struct db *db;
	char *text;
};

static bool take_body(void *arg, const struct db_value *row, size_t count)
{
	struct taken *taken = arg;

	if (count && !taken->text)
		taken->text = unpacked(taken->db, row);
	return true;
}

bool bugs_explanation(struct db *db, const char *signature, char **out)
{
	const struct db_args args = { .signature = signature, .most = 1 };
	struct taken taken = { .db = db };

	if (!db_args(db, &args) || !db_query(db, "explanation", take_body, &taken))
		return false;
	*out = taken.text;
	return true;
}
