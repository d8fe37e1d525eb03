// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parts of a JSON text, found without taking it apart.
 */
#include "json_span.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* @at: behind the opening quote -> behind the closing one, NULL if there is none */
static const char *skip_string(const char *at, const char *end)
{
	for (;;) {
		const char *quote = memchr(at, '"', end - at);
		size_t slashes = 0;

		if (!quote)
			return NULL;
		while (quote - slashes > at && quote[-(ptrdiff_t)slashes - 1] == '\\')
			slashes++;
		at = quote + 1;
		if (slashes % 2 == 0)
			return at;
	}
}

/* An object or an array; what is in it is not checked but for strings. */
static const char *skip_nested(const char *at, const char *end)
{
	size_t depth = 0;

	while (at && at < end) {
		switch (*at++) {
		case '"':
			at = skip_string(at, end);
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (!--depth)
				return at;
			break;
		}
	}
	return NULL;
}

static const char *skip_value(const char *at, const char *end)
{
	const char *start = at;

	if (at == end)
		return NULL;
	if (*at == '"')
		return skip_string(at + 1, end);
	if (*at == '{' || *at == '[')
		return skip_nested(at, end);
	while (at < end && !strchr(",]} \t\r\n", *at))
		at++;
	return at > start ? at : NULL;
}

bool json_walk_begin(struct json_walk *walk, struct json_span value)
{
	if (!value.at || !value.len || (*value.at != '{' && *value.at != '['))
		return false;
	*walk = (struct json_walk) {
		.at = value.at + 1, .end = value.at + value.len, .object = *value.at == '{',
	};
	return true;
}

static bool bad(struct json_walk *walk)
{
	walk->bad = true;
	walk->at = NULL;
	return false;
}

bool json_walk_next(struct json_walk *walk, struct json_span *key, struct json_span *value)
{
	const char *at = walk->at, *end = walk->end;

	if (!at)
		return false;
	at = skip_blanks(at, end);
	if (at < end && (*at == '}' || *at == ']')) {
		walk->at = NULL;
		return false;
	}
	if (walk->object) {
		const char *start = at + 1;

		if (at == end || *at != '"')
			return bad(walk);
		at = skip_string(start, end);
		if (!at)
			return bad(walk);
		if (key)
			*key = (struct json_span) { start, at - 1 - start };
		at = skip_blanks(at, end);
		if (at == end || *at != ':')
			return bad(walk);
		at = skip_blanks(at + 1, end);
	}
	value->at = at;
	at = skip_value(at, end);
	if (!at)
		return bad(walk);
	value->len = at - value->at;
	at = skip_blanks(at, end);
	if (at < end && *at == ',')
		at++;
	else if (at == end || (*at != '}' && *at != ']'))
		return bad(walk);
	walk->at = at;
	return true;
}

bool json_is(struct json_span value, const char *text)
{
	return value.at && value.len == strlen(text) && !memcmp(value.at, text, value.len);
}

struct json_span json_member(struct json_span object, const char *key)
{
	const struct json_span none = { };
	struct json_span name, value;
	struct json_walk walk;

	if (!json_walk_begin(&walk, object) || !walk.object)
		return none;
	while (json_walk_next(&walk, &name, &value))
		if (json_is(name, key))
			return value;
	return none;
}

static json_t *decode(struct json_span value)
{
	return value.at ? json_loadb(value.at, value.len, JSON_DECODE_ANY, NULL) : NULL;
}

bool json_integer_of(struct json_span value, int64_t *out)
{
	json_t *json = decode(value);
	const bool is = json_is_integer(json);

	if (is)
		*out = json_integer_value(json);
	json_decref(json);
	return is;
}

bool json_real_of(struct json_span value, double *out)
{
	json_t *json = decode(value);
	const bool is = json_is_number(json);

	if (is)
		*out = json_number_value(json);
	json_decref(json);
	return is;
}

/* ASCII without an escape is what it looks like. */
static bool is_plain(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] < ' ' || at[i] == '\\' || at[i] == '"')
			return false;
	return true;
}

char *json_text_of(struct json_span value)
{
	const char *text;
	json_t *json;
	char *out;

	if (!value.at || *value.at != '"')
		return NULL;
	if (value.len >= 2 && is_plain(value.at + 1, value.len - 2))
		return strndup(value.at + 1, value.len - 2);
	json = decode(value);
	text = json_string_value(json);
	out = text ? strdup(text) : NULL;
	json_decref(json);
	return out;
}

/* It may be otherwise and be the same all the same; that is found out by writing it again. */
static bool is_printed(struct json_span value)
{
	const char first = *value.at, last = value.at[value.len - 1];

	if (first == '"' || first == '{' || first == '[') {
		for (size_t i = 0; i < value.len; i++)
			if (value.at[i] < '!' || value.at[i] > '~' || value.at[i] == '\\')
				return false;
		return true;
	}
	if (!memchr(value.at, '.', value.len))
		return !memchr(value.at, 'e', value.len) && !memchr(value.at, 'E', value.len);
	/* Fifteen digits and the point; none of them is for nothing. */
	return value.len <= 16 && !memchr(value.at, 'e', value.len) &&
	       !memchr(value.at, 'E', value.len) &&
	       (last != '0' || value.at[value.len - 2] == '.');
}

char *json_as_printed(struct json_span value)
{
	json_t *json;
	char *out;

	if (!value.at || !value.len || is_printed(value))
		return NULL;
	json = decode(value);
	out = json ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY |
				JSON_REAL_PRECISION(15)) : NULL;
	json_decref(json);
	return out;
}
