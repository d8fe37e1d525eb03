// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the commands print with.
 */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "when.h"

void put_quoted(const char *text)
{
	char *clean = kmc_escape(text ? text : "");

	fputs(clean ? clean : "?", stdout);
	free(clean);
}

/* Bytes of a sequence that sets a colour, 0: it is none, but anything else. */
static size_t color_length(const char *text)
{
	size_t len = 2;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	len += strspn(text + len, "0123456789;");
	return text[len] == 'm' ? len + 1 : 0;
}

/* What is in the text of a report was escaped; what anybody has put into a table was not. */
void put_explanation(const char *text, bool color)
{
	while (*text) {
		const size_t plain = strcspn(text, "\033"), len = color_length(text + plain);

		fwrite(text, 1, plain + (color ? len : 0), stdout);
		text += plain + len;
		if (!len && *text)
			text++;
	}
}

void put_json(json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));

	if (!text)
		message_exit("out of memory");
	/* The one control character that JSON lets pass. */
	for (const char *at = text; *at; at++) {
		if (*at == '\177')
			fputs("\\u007f", stdout);
		else
			putchar(*at);
	}
	putchar('\n');
	free(text);
	json_decref(json);
}

json_t *json_when(int64_t when)
{
	char text[WHEN_SIZE];

	return when ? json_string(when_text(when, text)) : json_null();
}

/* Of a table; it was valid UTF-8 when it went in, but who knows what somebody wrote there. */
json_t *json_words(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();
	char *clean;

	if (json)
		return json;
	clean = kmc_escape(text);
	json = json_string(clean);
	free(clean);
	return json;
}

json_t *json_bug(const struct bug *bug)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}",
			 "signature", json_words(bug->signature), "state", json_words(bug->state),
			 "title", json_words(bug->title), "checker", json_words(bug->checker),
			 "verdict", json_words(bug->verdict), "member", json_words(bug->member),
			 "headline", json_words(bug->headline), "words", json_words(bug->words),
			 "first_seen", json_when(bug->first_seen),
			 "last_seen", json_when(bug->last_seen),
			 "reports", (json_int_t)bug->reports,
			 "accesses", (json_int_t)bug->accesses, "hosts", (json_int_t)bug->hosts,
			 "closed_at", json_when(bug->closed_at), "note", json_words(bug->note));
}

/* What is no file, as /dev/null or a pipe, must not become one. */
static bool is_special(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

bool output_open(struct output_file *out, const char *path)
{
	int fd;

	*out = (struct output_file) { .path = path };
	if (is_special(path)) {
		out->file = fopen(path, "we");
		if (!out->file)
			message("%s: cannot be written: %s", path, strerror(errno));
		return out->file;
	}
	if (asprintf(&out->temporary, "%s.XXXXXX", path) < 0)
		message_exit("out of memory");
	fd = mkstemp(out->temporary);
	/* As a file that is made has it; it is for others to read. */
	if (fd >= 0 && !fchmod(fd, 0644))
		out->file = fdopen(fd, "w");
	if (out->file)
		return true;
	message("%s: cannot be written: %s", path, strerror(errno));
	if (fd >= 0)
		unlink(out->temporary);
	free(out->temporary);
	return false;
}

bool output_close(struct output_file *out, bool good)
{
	const bool written = !ferror(out->file);

	if (fclose(out->file) || !written) {
		message("%s: cannot be written: %s", out->path, strerror(errno));
		good = false;
	}
	if (good && out->temporary && rename(out->temporary, out->path)) {
		message("%s: cannot be written: %s", out->path, strerror(errno));
		good = false;
	}
	if (!good && out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	return good;
}
