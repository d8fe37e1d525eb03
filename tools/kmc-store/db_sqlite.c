// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SQLite: a file, on this machine.
 */
#include "db.h"

#include <errno.h>
#include <libgen.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"

/* Of another writer's batch; a kernel build's worth of other work beside it. */
#define PATIENCE_MS	120000
#define STEP_MS		20

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

/* struct found - what is in a file: our tables, anything */
struct found {
	bool ours;
	bool any;
};

static bool take_found(void *arg, const struct db_value *row, size_t count)
{
	if (count == 2)
		*(struct found *)arg = (struct found) {
			.ours = db_integer(&row[0]) != 0, .any = db_integer(&row[1]) != 0,
		};
	return true;
}

/* A file of somebody else's stays as it is. In one look: another one may make it ours. */
static bool is_ours(struct session *session, bool create, bool *there)
{
	struct found found = { };

	if (!sqlite_query(session, "SELECT sum(name = 'kmc_schema'), count(*) FROM sqlite_master",
			  take_found, &found))
		return false;
	*there = found.ours;
	if (found.ours || (create && !found.any))
		return true;
	message("%s: is no store; kmc-store add makes one where there is nothing yet",
		session->name);
	return false;
}

/* A path as the URI that SQLite takes for no other thing than a file; yours to free. */
static char *uri_of(const char *path, const char *parameters)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	char *out = xcalloc(3, strlen(path) + strlen(parameters) + 10), *at = out;

	at = stpcpy(at, *path == '/' ? "file://" : "file:./");
	for (; *path; path++)
		at += sprintf(at, strchr(plain, *path) ? "%c" : "%%%02X", (unsigned char)*path);
	strcpy(at, parameters);
	return out;
}

/*
 * Who may only read a file and may not make others beside it cannot take part in its WAL. That
 * is there as long as anybody has the file open; without it the file is all there is.
 */
static bool is_immutable(const char *path)
{
	char *wal;
	bool alone;

	/* One that is not there may be made by another one now. */
	if (!access(path, W_OK) || errno == ENOENT || access(path, R_OK))
		return false;
	if (asprintf(&wal, "%s-wal", path) < 0)
		message_exit("out of memory");
	alone = access(wal, F_OK);
	free(wal);
	return alone;
}

/* SQLite tries again for reading only, and so loses why it could not make it. */
static int why_not(const struct session *session, bool create)
{
	int error = sqlite3_system_errno(session->db);
	char *path = xstrdup(session->name);

	if (create && error == ENOENT && access(dirname(path), W_OK))
		error = errno;
	free(path);
	return error;
}

/* To open a pipe may wait for ever, and nothing else can be a store either. */
static bool is_no_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) || S_ISREG(st.st_mode))
		return false;
	message("%s: is %s; name a file", path, S_ISDIR(st.st_mode) ? "a directory" :
		"no regular file");
	return true;
}

static bool open_file(struct session *session, bool create)
{
	const bool writable = create || !access(session->name, W_OK);
	const int flags = SQLITE_OPEN_URI | (create ? SQLITE_OPEN_CREATE : 0) |
			  (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
	char *uri = uri_of(session->name, is_immutable(session->name) ? "?immutable=1" : "");
	const int status = sqlite3_open_v2(uri, &session->db, flags, NULL);
	const int error = why_not(session, create);

	free(uri);
	if (!status)
		return true;
	message("%s: %s%s", session->name, error ? strerror(error) : sqlite3_errmsg(session->db),
		create || error != ENOENT ? "" : "; kmc-store add makes a store");
	return false;
}

/*
 * Whoever reads sees the last commit, and does not wait. SQLite itself does not wait for
 * another one that is about to do the same.
 */
static bool keep_journal(struct session *session)
{
	static const char journal[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
	int status = SQLITE_BUSY;

	if (sqlite3_db_readonly(session->db, "main"))
		return true;
	sqlite3_busy_timeout(session->db, 0);
	for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
		status = sqlite3_exec(session->db, journal, NULL, NULL, NULL);
		if (status != SQLITE_BUSY)
			break;
		sqlite3_sleep(STEP_MS);
	}
	sqlite3_busy_timeout(session->db, PATIENCE_MS);
	return !status || refuse(session);
}

static void *sqlite_open(const char *name, bool create, bool *there)
{
	struct session *session = xcalloc(1, sizeof(*session));

	session->name = xstrdup(name);
	if (!is_no_file(name) && open_file(session, create)) {
		sqlite3_busy_timeout(session->db, PATIENCE_MS);
		if (is_ours(session, create, there) &&
		    keep_journal(session) &&
		    sqlite_run(session, "PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF;"))
			return session;
	}
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
