// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of keys, and what a key asks for.
 */
#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "../common/memory.h"

static const struct request_row rows[] = {
#define SECTION(title)			{ REQUEST_NONE, NULL, title },
#define REQUEST(name, keys, help)	{ REQUEST_ ## name, keys, help },
#include "requests.def"
};

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "Up", KEY_OF_UP }, { "Down", KEY_OF_DOWN }, { "Left", KEY_OF_LEFT },
	{ "Right", KEY_OF_RIGHT }, { "PgUp", KEY_OF_PAGE_UP },
	{ "PgDn", KEY_OF_PAGE_DOWN }, { "Home", KEY_OF_HOME }, { "End", KEY_OF_END },
	{ "Tab", KEY_OF_TAB }, { "S-Tab", KEY_OF_BACKTAB }, { "Enter", KEY_OF_ENTER },
	{ "Esc", KEY_OF_ESC }, { "Space", ' ' }, { "Backspace", KEY_OF_BACKSPACE },
	{ "F1", KEY_OF_F1 }, { "lt", '<' },
};

const struct request_row *request_rows(size_t *count)
{
	*count = ARRAY_SIZE(rows);
	return rows;
}

int key_of(const char *name, size_t len)
{
	if (len == 1)
		return (unsigned char)*name;
	if (len == 3 && !strncmp(name, "C-", 2))
		return name[2] & 0x1f;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == len && !strncmp(name, names[i].name, len))
			return names[i].key;
	return -1;
}

static bool has_key(const char *keys, int key)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");

		if (key_of(keys, len) == key)
			return true;
		keys += len;
		keys += strspn(keys, " ");
	}
	return false;
}

enum request request_of(int key)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].keys && has_key(rows[i].keys, key))
			return rows[i].request;
	return REQUEST_NONE;
}

void request_key(enum request request, char *name, size_t size)
{
	*name = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].keys && rows[i].request == request)
			snprintf(name, size, "%.*s", (int)strcspn(rows[i].keys, " "),
				 rows[i].keys);
}
