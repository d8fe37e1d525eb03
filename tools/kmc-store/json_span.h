/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a JSON text, found without taking it apart: of a million reports, most is
 * never looked at.
 */
#ifndef JSON_SPAN_H
#define JSON_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * struct json_span - a value, where it stands; @at is NULL when there is none
 */
struct json_span {
	const char *at;
	size_t len;
};

/*
 * struct json_walk - the members of an object, or the elements of an array, one by one
 * @at: where the next one is
 * @end: of the text
 * @object: they have keys
 * @bad: it is no JSON
 */
struct json_walk {
	const char *at;
	const char *end;
	bool object;
	bool bad;
};

/* False when @value is neither an object nor an array. */
bool json_walk_begin(struct json_walk *walk, struct json_span value);
/* False behind the last, and when it is no JSON. @key: without its quotes, not decoded */
bool json_walk_next(struct json_walk *walk, struct json_span *key, struct json_span *value);

/* A member of an object, by its key; escapes in keys are not looked at. */
struct json_span json_member(struct json_span object, const char *key);

bool json_is(struct json_span value, const char *text);
/* False when it is no number. */
bool json_integer_of(struct json_span value, int64_t *out);
bool json_real_of(struct json_span value, double *out);
/* A string, decoded: yours to free; NULL when it is none. */
char *json_text_of(struct json_span value);

/*
 * As kmc-report prints it: without blanks, in ASCII, with as many digits; yours to free. NULL
 * when it is printed like that, or is no JSON.
 */
char *json_as_printed(struct json_span value);

#endif /* JSON_SPAN_H */
