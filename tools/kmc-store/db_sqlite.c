// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SQLite: a file, on this machine.
 */
#include "db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"

/* Of another writer's batch; a kernel build's worth of other work beside it. */
#define PATIENCE_MS	120000

/*
 * struct session - an open file
 * @insert: what rows are loaded by, NULL when none are
 * @columns: of it
 */
struct session {
	sqlite3 *db;
	char *name;
	sqlite3_stmt *insert;
	size_t columns;
};

static bool refuse(const struct session *session)
{
	message("%s: %s", session->name, sqlite3_errmsg(session->db));
	return false;
}

static void sqlite_close(void *arg)
{
	struct session *session = arg;

	sqlite3_finalize(session->insert);
	/* Whatever is not committed is undone. */
	sqlite3_close(session->db);
	free(session->name);
	free(session);
}

static bool sqlite_run(void *arg, const char *sql)
{
	struct session *session = arg;

	return !sqlite3_exec(session->db, sql, NULL, NULL, NULL) || refuse(session);
}

static bool take_flag(void *arg, const struct db_value *row, size_t count)
{
	if (count)
		*(bool *)arg = db_integer(row) != 0;
	return true;
}

static bool sqlite_query(void *arg, const char *sql, db_row_fn row, void *row_arg)
{
	struct session *session = arg;
	sqlite3_stmt *statement;
	bool more = true;
	int status = SQLITE_DONE;

	if (sqlite3_prepare_v2(session->db, sql, -1, &statement, NULL))
		return refuse(session);
	while (more && (status = sqlite3_step(statement)) == SQLITE_ROW) {
		const size_t count = sqlite3_column_count(statement);
		struct db_value *values = xcalloc(count, sizeof(*values));

		for (size_t i = 0; i < count; i++) {
			values[i].text = sqlite3_column_type(statement, i) == SQLITE_BLOB ?
				sqlite3_column_blob(statement, i) :
				(const char *)sqlite3_column_text(statement, i);
			values[i].len = sqlite3_column_bytes(statement, i);
		}
		more = row(row_arg, values, count);
		free(values);
	}
	if (status != SQLITE_DONE && status != SQLITE_ROW)
		refuse(session);
	sqlite3_finalize(statement);
	return status == SQLITE_DONE || status == SQLITE_ROW;
}

/* A file of somebody else's stays as it is. */
static bool is_ours(struct session *session, bool create)
{
	bool foreign = false, ours = false;

	if (!sqlite_query(session, "SELECT count(*) FROM sqlite_master WHERE name = 'kmc_schema'",
			  take_flag, &ours) ||
	    !sqlite_query(session, "SELECT count(*) FROM sqlite_master", take_flag, &foreign))
		return false;
	if (ours || (create && !foreign))
		return true;
	message("%s: is no store; kmc-store add makes one where there is nothing yet",
		session->name);
	return false;
}

static void *sqlite_open(const char *name, bool create)
{
	struct session *session = xcalloc(1, sizeof(*session));
	const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

	session->name = xstrdup(name);
	if (sqlite3_open_v2(name, &session->db, flags, NULL)) {
		message("%s: %s%s", name, sqlite3_errmsg(session->db),
			create ? "" : "; kmc-store add makes a store");
		sqlite_close(session);
		return NULL;
	}
	sqlite3_busy_timeout(session->db, PATIENCE_MS);
	/* Whoever reads sees the last commit, and does not wait. */
	if (is_ours(session, create) &&
	    sqlite_run(session, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
				"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;"
				"PRAGMA trusted_schema = OFF;"))
		return session;
	sqlite_close(session);
	return NULL;
}

static bool sqlite_load(void *arg, const char *table, size_t columns)
{
	struct session *session = arg;
	char sql[512];
	int len;

	len = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", table);
	for (size_t i = 1; i < columns; i++)
		len += snprintf(sql + len, sizeof(sql) - len, ", ?");
	snprintf(sql + len, sizeof(sql) - len, ")");
	session->columns = columns;
	return !sqlite3_prepare_v2(session->db, sql, -1, &session->insert, NULL) ||
	       refuse(session);
}

static bool sqlite_put(void *arg, const struct db_value *row)
{
	struct session *session = arg;

	for (size_t i = 0; i < session->columns; i++) {
		if (!row[i].text)
			sqlite3_bind_null(session->insert, i + 1);
		else if (row[i].blob)
			sqlite3_bind_blob(session->insert, i + 1, row[i].text, row[i].len,
					  SQLITE_STATIC);
		else
			sqlite3_bind_text(session->insert, i + 1, row[i].text, row[i].len,
					  SQLITE_STATIC);
	}
	if (sqlite3_step(session->insert) != SQLITE_DONE)
		return refuse(session);
	sqlite3_reset(session->insert);
	return true;
}

static bool sqlite_loaded(void *arg)
{
	struct session *session = arg;

	sqlite3_finalize(session->insert);
	session->insert = NULL;
	return true;
}

static bool sqlite_sync(void *arg)
{
	(void)arg;
	return true;
}

const struct db_engine db_sqlite = {
	.begin = "BEGIN IMMEDIATE;",
	.begin_schema = "BEGIN IMMEDIATE;",
	.open = sqlite_open,
	.run = sqlite_run,
	.query = sqlite_query,
	.load = sqlite_load,
	.put = sqlite_put,
	.loaded = sqlite_loaded,
	.sync = sqlite_sync,
	.close = sqlite_close,
};
