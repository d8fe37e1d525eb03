// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bug with all its reports, as text and as JSON.
 */
#include "kmc/output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/options.h"
#include "output/json.h"

static void add_seen(struct kmc_buf *buf, const char *what,
		     const struct kmc_seen *seen, bool ascii)
{
	kmc_buf_printf(buf, "  %-7s", what);
	kmc_buf_escape(buf, seen->source, strlen(seen->source), ascii);
	if (seen->from_stream)
		kmc_buf_printf(buf, ", report %" PRIu64, seen->seq);
	else
		kmc_buf_printf(buf, ":%lu", seen->line);
	if (seen->time >= 0)
		kmc_buf_printf(buf, ", %.6f s after boot", seen->time);
	kmc_buf_putc(buf, '\n', 1);
}

struct kmc_error *kmc_print_bug(const struct kmc_bug *bug,
				const struct kmc_print_options *opts,
				char **out)
{
	struct kmc_print_options own;
	struct kmc_buf buf = { };
	struct kmc_error *err;
	char *example;

	kmc_options_copy(&own, sizeof(own), opts);
	own.size = sizeof(own);
	err = kmc_print_report(bug->example, &own, &example);
	if (err)
		return err;
	kmc_buf_printf(&buf, "%sbug %s: ", own.color ? "\033[1m" : "", bug->hash);
	kmc_buf_escape(&buf, bug->signature, strlen(bug->signature), own.ascii);
	kmc_buf_printf(&buf, "%s\n  ", own.color ? "\033[0m" : "");
	kmc_buf_printf(&buf, "%" PRIu64 " %s", bug->reports,
		       bug->reports == 1 ? "report" : "reports");
	if (bug->count != bug->reports)
		kmc_buf_printf(&buf, " of %" PRIu64 " accesses", bug->count);
	kmc_buf_putc(&buf, '\n', 1);
	add_seen(&buf, "first", &bug->first, own.ascii);
	add_seen(&buf, "last", &bug->last, own.ascii);
	kmc_buf_puts(&buf, "\n");
	kmc_buf_puts(&buf, example);
	free(example);
	return kmc_buf_take(&buf, out);
}

static json_t *seen_json(const struct kmc_seen *seen)
{
	json_t *json = json_object();

	if (seen->from_stream) {
		json_object_set_new(json, "stream", kmc_json_text(seen->source));
		json_object_set_new(json, "seq", json_integer(seen->seq));
	} else {
		json_object_set_new(json, "file", kmc_json_text(seen->source));
		json_object_set_new(json, "line", json_integer(seen->line));
	}
	json_object_set_new(json, "time", seen->time >= 0 ?
			    json_real(seen->time) : json_null());
	return json;
}

struct kmc_error *kmc_json_bug(const struct kmc_bug *bug, char **out)
{
	/* Beyond this JSON readers disagree. */
	const uint64_t count = bug->count < INT64_MAX ? bug->count : INT64_MAX;

	return kmc_json_dump(json_pack("{s:i, s:o, s:s, s:I, s:I, s:o, s:o, s:o}",
		"version", 1,
		"signature", kmc_json_text(bug->signature),
		"hash", bug->hash,
		"reports", (json_int_t)bug->reports,
		"count", (json_int_t)count,
		"first", seen_json(&bug->first),
		"last", seen_json(&bug->last),
		"example", kmc_json_whole(bug->example)), out);
}
