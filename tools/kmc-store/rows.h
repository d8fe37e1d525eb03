/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows that wait for a table.
 */
#ifndef ROWS_H
#define ROWS_H

#include "db.h"

struct rows_cell {
	size_t at;
	size_t len;
	bool known;
	bool blob;
};

/*
 * struct rows - for one table
 * @columns: of it
 * @count: rows
 * @data: all values, @used bytes
 */
struct rows {
	const char *table;
	size_t columns;
	size_t count;
	struct rows_cell *cells;
	size_t cap;
	char *data;
	size_t used;
	size_t room;
};

/* @row is copied. */
void rows_add(struct rows *rows, const struct db_value *row);
bool rows_load(const struct rows *rows, struct db *db);
/* What it took stays for the next ones. */
void rows_clear(struct rows *rows);
void rows_release(struct rows *rows);

#endif /* ROWS_H */
