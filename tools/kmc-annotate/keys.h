/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys, their names, and what they ask for.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum request {
	REQUEST_NONE,
#define SECTION(title)
#define REQUEST(name, keys, help)	REQUEST_ ## name,
#include "requests.def"
};

/* A key is a character of Unicode, or one of these beyond it. */
enum key {
	KEY_OF_TAB = '\t',
	KEY_OF_ENTER = '\r',
	KEY_OF_ESC = 27,
	KEY_OF_UP = 0x110000,
	KEY_OF_DOWN,
	KEY_OF_LEFT,
	KEY_OF_RIGHT,
	KEY_OF_PAGE_UP,
	KEY_OF_PAGE_DOWN,
	KEY_OF_HOME,
	KEY_OF_END,
	KEY_OF_BACKTAB,
	KEY_OF_BACKSPACE,
	KEY_OF_F1,
	KEY_OF_NONE,		/* one that was read and does nothing */
};

/*
 * struct request_row - a request, or the title of a section when @keys is NULL
 */
struct request_row {
	enum request request;
	const char *keys;
	const char *help;
};

const struct request_row *request_rows(size_t *count);
enum request request_of(int key);
/* The first key of a request, as it is named. */
void request_key(enum request request, char *name, size_t size);
/* "Up", "C-z", "k"; -1: there is no such key. */
int key_of(const char *name, size_t len);

#endif /* KEYS_H */
