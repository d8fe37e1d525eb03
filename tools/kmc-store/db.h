/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A database: SQLite's file, or PostgreSQL through psql. Both run the same SQL text, that
 * of sql/. Nothing of a report or of the command line is ever part of it: values go in
 * as rows (db_put(), db_args()).
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * struct db_value - a column of a row
 * @text: NULL: no value
 * @blob: bytes, not text
 */
struct db_value {
	const char *text;
	size_t len;
	bool blob;
};

/* False: no more rows are wanted. */
typedef bool (*db_row_fn)(void *arg, const struct db_value *row, size_t count);

/*
 * struct db_engine - what differs between databases
 *
 * What fails has said why, and whatever was begun is undone.
 * @begin: a transaction that will write
 * @begin_schema: one that will make tables
 * @open: @create: there may be no tables yet; *there: there are
 * @run: statements that give nothing
 * @query: one that gives rows
 * @load: rows for a table of so many columns follow
 * @put: one of them
 * @loaded: all of them are there
 * @sync: everything so far has succeeded
 * @hex_blobs: a blob comes as "\x" and hexadecimal digits
 */
struct db_engine {
	const char *begin;
	const char *begin_schema;
	void *(*open)(const char *name, bool create, bool *there);
	bool (*run)(void *session, const char *sql);
	bool (*query)(void *session, const char *sql, db_row_fn row, void *arg);
	bool (*load)(void *session, const char *table, size_t columns);
	bool (*put)(void *session, const struct db_value *row);
	bool (*loaded)(void *session);
	bool (*sync)(void *session);
	void (*close)(void *session);
	bool hex_blobs;
};

extern const struct db_engine db_sqlite, db_psql;

/* struct db - @has_args: the table for them is there */
struct db {
	const struct db_engine *engine;
	void *session;
	bool has_args;
	bool failed;
};

/*
 * struct db_args - what a query depends on, a row of its own; see session.sql
 * @signature: NULL: any
 * @note: NULL: none
 * @most: rows, 0 for all
 */
struct db_args {
	const char *signature;
	int64_t since;
	int64_t before;
	int64_t at;
	const char *note;
	uint64_t most;
	bool regressed;
};

/* @create: make what is missing. False: it was said why not. */
bool db_open(struct db *db, const char *name, bool create);
/* False: something that was begun has failed. */
bool db_close(struct db *db);

bool db_begin(struct db *db);
bool db_commit(struct db *db);
/* A file of sql/, by its name without .sql */
bool db_run(struct db *db, const char *name);
bool db_query(struct db *db, const char *name, db_row_fn row, void *arg);
bool db_args(struct db *db, const struct db_args *args);
bool db_load(struct db *db, const char *table, size_t columns);
bool db_put(struct db *db, const struct db_value *row);
bool db_loaded(struct db *db);

struct db_value db_text(const char *text);
struct db_value db_number(int64_t value, char room[24]);
int64_t db_integer(const struct db_value *value);
/* The bytes of a blob, yours to free; NULL: it is none */
void *db_bytes(const struct db *db, const struct db_value *value, size_t *len);

#endif /* DB_H */
