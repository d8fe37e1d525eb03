// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report as kmc-report's JSON has it, as far as it is looked at for every one.
 */
#include "report_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "digest.h"

/* Of an id; 96 bits are left to tell the reports of a host apart. */
#define HOST_DIGITS	8

_Static_assert(REPORT_ID_SIZE == DIGEST_SIZE, "a name is a digest");

static const char * const names[] = {
	[KEY_ADDRESS] = "address",
	[KEY_BOOT] = "boot",
	[KEY_BOOTED] = "booted",
	[KEY_BUILD_ID] = "build_id",
	[KEY_CHECKER] = "checker",
	[KEY_COMM] = "comm",
	[KEY_COUNT] = "count",
	[KEY_CPU] = "cpu",
	[KEY_ERROR] = "error",
	[KEY_FRAMES] = "frames",
	[KEY_KERNEL] = "kernel",
	[KEY_OBJECT] = "object",
	[KEY_PID] = "pid",
	[KEY_REGISTERS] = "registers",
	[KEY_SIGNATURE] = "signature",
	[KEY_SOURCE] = "source",
	[KEY_TIME] = "time",
	[KEY_TITLE] = "title",
	[KEY_VERDICT] = "verdict",
	[KEY_VERSION] = "version",
};

bool report_line_read(struct report_line *line, const char *text, size_t len)
{
	struct json_span key, value;
	struct json_walk walk;

	*line = (struct report_line) { .text = text, .len = len };
	if (!json_walk_begin(&walk, (struct json_span) { text, len }) || !walk.object)
		return false;
	while (json_walk_next(&walk, &key, &value))
		for (size_t i = 0; i < KEY_COUNT_OF; i++)
			if (*names[i] == *key.at && json_is(key, names[i])) {
				line->keys[i] = value;
				break;
			}
	return !walk.bad && json_is(line->keys[KEY_VERSION], "2") &&
	       line->keys[KEY_SIGNATURE].at && line->keys[KEY_CHECKER].at &&
	       line->keys[KEY_TITLE].at && line->keys[KEY_FRAMES].at;
}

/* As kmc-report prints it, whoever else has read it and written it again. */
static void add_span(struct digest *digest, struct json_span value)
{
	char *text = json_as_printed(value);

	if (text)
		digest_add(digest, text, strlen(text));
	else
		digest_add(digest, value.at ? value.at : "null", value.at ? value.len : 4);
	free(text);
}

/* The named members of each element of an array. */
static void add_frames(struct digest *digest, struct json_span frames, const char * const *members)
{
	struct json_span frame, key, value;
	struct json_walk walk, inner;

	if (!json_walk_begin(&walk, frames))
		return;
	while (json_walk_next(&walk, NULL, &frame)) {
		if (!json_walk_begin(&inner, frame))
			continue;
		while (json_walk_next(&inner, &key, &value))
			for (size_t i = 0; members[i]; i++)
				if (*members[i] == *key.at && json_is(key, members[i]))
					add_span(digest, value);
	}
}

void report_line_id(const struct report_line *line, const char *host, const char *boot,
		    unsigned long nth, char id[REPORT_ID_SIZE])
{
	static const enum report_key said[] = {
		KEY_CHECKER, KEY_ERROR, KEY_KERNEL, KEY_BUILD_ID, KEY_CPU, KEY_PID, KEY_COMM,
		KEY_TIME, KEY_ADDRESS, KEY_REGISTERS,
	};
	static const char * const members[] = { "address", "symbol", "offset", "module", NULL };
	struct digest digest = DIGEST_INIT, of_host = DIGEST_INIT;
	char prefix[DIGEST_SIZE];

	digest_add(&digest, host, strlen(host));
	digest_add(&digest, boot, strlen(boot));
	digest_add(&digest, &nth, sizeof(nth));
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		add_span(&digest, line->keys[said[i]]);
	add_frames(&digest, line->keys[KEY_FRAMES], members);
	/* A line of a log is another one in another copy of it; a number of the kernel's is not. */
	add_span(&digest, json_member(line->keys[KEY_SOURCE], "seq"));
	digest_text(digest, id);
	/* What is added together lies together in an index. */
	digest_add(&of_host, host, strlen(host));
	digest_text(of_host, prefix);
	memcpy(id, prefix, HOST_DIGITS);
}

void report_line_id_of_boot(const char *boot, char id[REPORT_ID_SIZE])
{
	struct digest digest = DIGEST_INIT;
	char of_boot[DIGEST_SIZE];

	digest_add(&digest, boot, strlen(boot));
	digest_text(digest, of_boot);
	strcpy(id + REPORT_ID_COMMON, of_boot + REPORT_ID_COMMON);
}

void report_line_site(const struct report_line *line, char site[REPORT_ID_SIZE])
{
	static const char * const members[] = { "symbol", "offset", "module", NULL };
	static const char * const object[] = { "cache", "offset", "size" };
	struct digest digest = DIGEST_INIT;

	add_span(&digest, line->keys[KEY_CHECKER]);
	add_span(&digest, line->keys[KEY_TITLE]);
	/* It has the innermost functions, and what else tells bugs apart without explaining. */
	add_span(&digest, line->keys[KEY_SIGNATURE]);
	add_frames(&digest, line->keys[KEY_FRAMES], members);
	for (size_t i = 0; i < ARRAY_SIZE(object); i++)
		add_span(&digest, json_member(line->keys[KEY_OBJECT], object[i]));
	digest_text(digest, site);
}

bool report_line_has_time(const struct report_line *line)
{
	const struct json_span time = line->keys[KEY_TIME];

	return time.at && !json_is(time, "null");
}

char *report_line_text(const struct report_line *line, enum report_key key)
{
	return json_text_of(line->keys[key]);
}

char *report_line_member(const struct report_line *line)
{
	char *type = json_text_of(json_member(line->keys[KEY_OBJECT], "type"));
	char *path = json_text_of(json_member(line->keys[KEY_OBJECT], "path"));
	char *out = NULL;

	if (type && asprintf(&out, "%s%s%s", type, path && *path ? "." : "",
			     path ? path : "") < 0)
		out = NULL;
	free(type);
	free(path);
	return out;
}
