// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows that wait for a table.
 */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"

/* More than any table has. */
#define COLUMNS_MAX	16

void rows_add(struct rows *rows, const struct db_value *row)
{
	if ((rows->count + 1) * rows->columns > rows->cap) {
		rows->cap = rows->cap ? 2 * rows->cap : 64 * rows->columns;
		rows->cells = xrealloc(rows->cells, rows->cap * sizeof(*rows->cells));
	}
	for (size_t i = 0; i < rows->columns; i++) {
		const size_t len = row[i].text ? row[i].len : 0;

		if (rows->used + len > rows->room) {
			rows->room = 2 * rows->room + len + 4096;
			rows->data = xrealloc(rows->data, rows->room);
		}
		if (len)
			memcpy(rows->data + rows->used, row[i].text, len);
		rows->cells[rows->count * rows->columns + i] = (struct rows_cell) {
			.at = rows->used, .len = len, .known = row[i].text,
			.blob = row[i].blob,
		};
		rows->used += len;
	}
	rows->count++;
}

bool rows_load(const struct rows *rows, struct db *db)
{
	const struct rows_cell *cell = rows->cells;
	struct db_value row[COLUMNS_MAX];

	if (!rows->count)
		return true;
	if (!db_load(db, rows->table, rows->columns))
		return false;
	for (size_t i = 0; i < rows->count; i++) {
		for (size_t j = 0; j < rows->columns; j++, cell++)
			row[j] = (struct db_value) {
				.text = cell->known ? rows->data + cell->at : NULL,
				.len = cell->len, .blob = cell->blob,
			};
		if (!db_put(db, row))
			return false;
	}
	return db_loaded(db);
}

void rows_clear(struct rows *rows)
{
	rows->count = 0;
	rows->used = 0;
}

void rows_release(struct rows *rows)
{
	free(rows->cells);
	free(rows->data);
}
