// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON of hostile text, and JSON as text.
 */
#include "output/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"

/*
 * Text of a report may hold any bytes, JSON only UTF-8: what is none becomes
 * U+FFFD, one for each byte.
 */
json_t *kmc_json_text(const char *s)
{
	struct kmc_buf buf = { };
	size_t len, bytes;
	json_t *value = NULL;

	if (!s)
		return json_null();
	len = strlen(s);
	kmc_buf_puts(&buf, "");
	for (size_t i = 0; i < len; i += bytes) {
		if (kmc_utf8_decode(s + i, len - i, &bytes) < 0)
			kmc_buf_puts(&buf, "\xef\xbf\xbd");
		else
			kmc_buf_add(&buf, s + i, bytes);
	}
	if (!buf.failed)
		value = json_stringn_nocheck(buf.data, buf.len);
	kmc_buf_release(&buf);
	return value;
}

json_t *kmc_json_address(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

json_t *kmc_json_address_if(bool known, uint64_t value)
{
	return known ? kmc_json_address(value) : json_null();
}

json_t *kmc_json_integer_if(bool known, uint64_t value)
{
	/* Beyond this JSON readers disagree, and no honest report gets there. */
	return known && value <= INT64_MAX ? json_integer(value) : json_null();
}

/* jansson leaves DEL as it is, which is the one control character left. */
static char *escape_del(const char *json)
{
	struct kmc_buf buf = { };
	char *out;

	for (; *json; json++) {
		if (*json == '\177')
			kmc_buf_puts(&buf, "\\u007f");
		else
			kmc_buf_add(&buf, json, 1);
	}
	return kmc_buf_take(&buf, &out) ? NULL : out;
}

struct kmc_error *kmc_json_dump(json_t *json, char **out)
{
	/*
	 * ASCII only, so that no control or direction character reaches a
	 * terminal; 15 digits show a time as it was, not as its nearest double.
	 */
	const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII |
			     JSON_REAL_PRECISION(15);
	char *line = json ? json_dumps(json, flags) : NULL;
	char *clean = NULL;

	if (line && strchr(line, '\177')) {
		clean = escape_del(line);
		free(line);
		line = clean;
	}
	json_decref(json);
	if (!line)
		return kmc_error_nomem();
	*out = line;
	return NULL;
}
