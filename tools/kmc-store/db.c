// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A database, whichever it is: migrations, transactions, arguments.
 */
#include "db.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "sql.h"

static bool is_postgresql(const char *name)
{
	return !strncmp(name, "postgresql:", 11) || !strncmp(name, "postgres:", 9);
}

static bool note(struct db *db, bool good)
{
	db->failed |= !good;
	return good;
}

/* ---- values ---- */

struct db_value db_text(const char *text)
{
	return (struct db_value) { .text = text, .len = text ? strlen(text) : 0 };
}

struct db_value db_number(int64_t value, char room[24])
{
	return (struct db_value) { .text = room, .len = sprintf(room, "%" PRId64, value) };
}

int64_t db_integer(const struct db_value *value)
{
	return value->text ? strtoll(value->text, NULL, 10) : 0;
}

static int digit(char c)
{
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : -1;
}

void *db_bytes(const struct db *db, const struct db_value *value, size_t *len)
{
	unsigned char *out = value->text ? malloc(value->len + 1) : NULL;
	size_t n = 0;

	if (!out)
		return NULL;
	if (!db->engine->hex_blobs) {
		memcpy(out, value->text, value->len);
		*len = value->len;
		return out;
	}
	/* "\x28b52ffd" */
	for (size_t i = 2; i + 1 < value->len; i += 2)
		out[n++] = digit(value->text[i]) << 4 | digit(value->text[i + 1]);
	*len = n;
	return out;
}

/* ---- statements ---- */

bool db_run(struct db *db, const char *name)
{
	return note(db, db->engine->run(db->session, sql_text(name)));
}

bool db_query(struct db *db, const char *name, db_row_fn row, void *arg)
{
	return note(db, db->engine->query(db->session, sql_text(name), row, arg));
}

bool db_begin(struct db *db)
{
	return note(db, db->engine->run(db->session, db->engine->begin));
}

bool db_commit(struct db *db)
{
	return note(db, db->engine->run(db->session, "COMMIT;") &&
		    db->engine->sync(db->session));
}

bool db_load(struct db *db, const char *table, size_t columns)
{
	return note(db, db->engine->load(db->session, table, columns));
}

bool db_put(struct db *db, const struct db_value *row)
{
	return note(db, db->engine->put(db->session, row));
}

bool db_loaded(struct db *db)
{
	return note(db, db->engine->loaded(db->session));
}

bool db_args(struct db *db, const struct db_args *args)
{
	char since[24], before[24], at[24], most[24];
	const struct db_value row[] = {
		db_text(args->signature),
		db_number(args->since, since),
		db_number(args->before, before),
		db_number(args->at, at),
		db_text(args->note),
		db_number(args->most ? args->most : INT64_MAX, most),
		db_text(args->regressed ? "1" : NULL),
	};

	/* Not before it is needed: it costs more than a query. */
	if (!db->has_args && !db_run(db, "session"))
		return false;
	db->has_args = true;
	return note(db, db->engine->run(db->session, "DELETE FROM arg;")) &&
	       db_load(db, "arg", ARRAY_SIZE(row)) && db_put(db, row) && db_loaded(db);
}

/* ---- migrations ---- */

static bool take_number(void *arg, const struct db_value *row, size_t count)
{
	if (count)
		*(int64_t *)arg = db_integer(row);
	return true;
}

static bool read_version(struct db *db, int64_t *version)
{
	return db->engine->query(db->session, "SELECT max(version) FROM kmc_schema", take_number,
				 version);
}

/* Whoever comes second finds it done. */
static bool migrate(struct db *db)
{
	static const char schema[] =
		"CREATE TABLE IF NOT EXISTS kmc_schema (version INTEGER PRIMARY KEY);";
	const struct db_engine *engine = db->engine;
	int64_t version = 0;
	const char *sql;

	if (!engine->run(db->session, engine->begin_schema) ||
	    !engine->run(db->session, schema) || !read_version(db, &version))
		return false;
	while ((sql = sql_migration(version + 1))) {
		char note_version[80];

		sprintf(note_version, "INSERT INTO kmc_schema VALUES (%" PRId64 ");", ++version);
		if (!engine->run(db->session, sql) || !engine->run(db->session, note_version))
			return false;
	}
	return db_commit(db);
}

bool db_open(struct db *db, const char *name, bool create)
{
	int64_t version = 0;
	bool there = false;

	if (strstr(name, "://") && !is_postgresql(name)) {
		message("%s: a store is a file, or postgresql://HOST/NAME", name);
		return false;
	}
	*db = (struct db) { .engine = is_postgresql(name) ? &db_psql : &db_sqlite };
	db->session = db->engine->open(name, create, &there);
	if (!db->session)
		return false;
	if (there && !note(db, read_version(db, &version)))
		goto failed;
	if (version && !sql_migration(version)) {
		message("%s: a newer kmc-store has written it, with tables of version %" PRId64
			"; use that one", name, version);
		goto failed;
	}
	if (!sql_migration(version + 1) || note(db, migrate(db)))
		return true;
	if (version)
		message("%s: its tables are of version %" PRId64
			", an older one; kmc-store add, by who may change them, changes them",
			name, version);
failed:
	db_close(db);
	return false;
}

bool db_close(struct db *db)
{
	if (db->session)
		db->engine->close(db->session);
	db->session = NULL;
	return !db->failed;
}
