// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store add: logs, streams, live sources, and what kmc-report prints as JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "../common/symbols.h"
#include "batch.h"
#include "json_lines.h"
#include "kmc-store.h"
#include "when.h"

/* Wide enough for most lines; it is stored once and for all readers. */
#define WIDTH		100

/*
 * struct adding - one run
 * @host: of the logs
 * @source: lines of it are part of the explanations
 * @sought: whether that was looked for
 * @live: each report is to be in the store at once
 * @failed: an input could not be read, or not wholly
 */
struct adding {
	const struct options *opts;
	struct symbols symbols;
	struct kmc_debuginfo_options debuginfo;
	struct batch *batch;
	struct batch_origin origin;
	char host[256];
	struct kmc_source *source;
	bool sought;
	bool live;
	bool failed;
};

/* ---- one report ---- */

static void find_source(struct adding *adding)
{
	const char *dir = adding->debuginfo.source;

	if (adding->sought || adding->source)
		return;
	if (!dir && adding->symbols.di)
		dir = kmc_debuginfo_source(adding->symbols.di);
	if (!dir)
		return;
	adding->sought = true;
	kmc_error_free(kmc_source_open(dir, &adding->source));
}

/* False: it cannot be gone on with, and that was said. */
static bool good(struct kmc_error *err)
{
	if (!err)
		return true;
	message_error(err);
	return false;
}

static bool add_explained(struct adding *adding, struct kmc_report *report, const char *site)
{
	struct kmc_print_options print = { .size = sizeof(print), .width = WIDTH, .color = true };
	struct batch_explained explained = { };
	char *json = NULL, *text = NULL;
	struct report_line line;
	bool done = false;

	if (!symbols_resolve(&adding->symbols, report))
		return false;
	find_source(adding);
	print.source = adding->source;
	if (good(kmc_json_report(report, &json)) && good(kmc_print_report(report, &print, &text)) &&
	    report_line_read(&line, json, strlen(json))) {
		explained.text = text;
		explained.with_debuginfo = adding->symbols.di;
		done = batch_add(adding->batch, &adding->origin, &line, NULL, &explained, site);
	}
	free(json);
	free(text);
	return done;
}

static bool add_report(struct adding *adding, struct kmc_report *report)
{
	const bool better = adding->debuginfo.vmlinux || adding->debuginfo.modules;
	const char *signature;
	char site[REPORT_ID_SIZE];
	struct report_line line;
	char *json = NULL;
	bool done = false;

	if (!good(kmc_json_report(report, &json)))
		return false;
	if (report_line_read(&line, json, strlen(json))) {
		signature = batch_find(adding->batch, &line, better);
		report_line_site(&line, site);
		done = signature ?
		       batch_add(adding->batch, &adding->origin, &line, signature, NULL, NULL) :
		       add_explained(adding, report, site);
	}
	free(json);
	return done && (!adding->live || batch_flush(adding->batch));
}

/* ---- an input ---- */

static bool take_event(struct adding *adding, const char *path, struct kmc_event *event)
{
	bool done = true;

	switch (event->type) {
	case KMC_EVENT_REPORT:
		done = add_report(adding, event->report);
		kmc_report_free(event->report);
		break;
	case KMC_EVENT_DAMAGE:
		message_event(path, event);
		adding->failed = true;
		break;
	default:
		if (!adding->opts->quiet)
			message_event(path, event);
		break;
	}
	return done;
}

/* False: the store failed. */
static bool add_log(struct adding *adding, const char *path, bool live)
{
	struct kmc_event event = { };
	struct kmc_input *in = NULL;
	struct kmc_error *err = kmc_input_open(path, live, &in);
	bool done = true;

	while (!err && done) {
		err = kmc_input_next(in, &event);
		if (err || event.type == KMC_EVENT_END)
			break;
		done = take_event(adding, path, &event);
	}
	kmc_input_free(in);
	if (err) {
		message_error(err);
		adding->failed = true;
	}
	return done;
}

static bool take_line(void *arg, const char *path, unsigned long number, const char *text,
		      size_t len)
{
	const struct batch_explained explained = { };
	struct adding *adding = arg;
	struct report_line line;

	if (!text)
		return batch_flush(adding->batch);
	if (!report_line_read(&line, text, len)) {
		message("%s:%lu: no report of kmc-report -f json, version 2", path, number);
		adding->failed = true;
		return true;
	}
	return batch_add(adding->batch, &adding->origin, &line, NULL, &explained, NULL);
}

/* When a report was made, where it does not say when the machine was booted. */
static void date_input(struct adding *adding, const char *path)
{
	struct stat st;

	adding->origin.at = when_now();
	if (strcmp(path, "-") && !stat(path, &st) && S_ISREG(st.st_mode) &&
	    st.st_mtim.tv_sec * 1000000LL < adding->origin.at)
		adding->origin.at = st.st_mtim.tv_sec * 1000000LL;
}

static bool add_input(struct adding *adding, const char *path, bool live)
{
	const uint64_t before = batch_counts(adding->batch).seen;
	const bool failed_before = adding->failed;
	struct json_lines lines;
	bool done;

	adding->failed = false;
	adding->live = live;
	date_input(adding, path);
	batch_input(adding->batch);
	if (json_lines_open(&lines, path)) {
		done = json_lines_read(&lines, take_line, adding);
		adding->failed |= lines.failed;
	} else {
		done = add_log(adding, path, live);
	}
	if (!live && !adding->opts->quiet && !adding->failed && done &&
	    batch_counts(adding->batch).seen == before)
		message("%s: no report in it", path);
	adding->failed |= failed_before;
	return done;
}

/* ---- the command ---- */

static void say_counts(const struct adding *adding)
{
	const struct batch_counts counts = batch_counts(adding->batch);

	if (counts.old)
		message("%" PRIu64 " reports are older than what was pruned, and were not added",
			counts.old);
	if (!adding->opts->quiet)
		printf("%" PRIu64 " reports, %" PRIu64 " new, %" PRIu64 " bugs not seen before\n",
		       counts.seen, counts.added, counts.bugs);
}

static void set_up(struct adding *adding, struct db *db)
{
	const struct options *opts = adding->opts;

	adding->debuginfo = opts->debuginfo;
	symbols_init(&adding->symbols, &adding->debuginfo);
	adding->symbols.quiet = opts->quiet;
	/* A machine need not have a name. */
	if (gethostname(adding->host, sizeof(adding->host) - 1) || !*adding->host)
		strcpy(adding->host, "localhost");
	adding->origin = (struct batch_origin) {
		.host = opts->host ? opts->host : adding->host,
		.boot = opts->boot ? opts->boot : "",
		.booted = opts->booted,
	};
	adding->batch = batch_new(db, opts->raw, opts->batch);
}

bool command_add(struct db *db, const struct options *opts)
{
	struct adding adding = { .opts = opts };
	bool done;

	set_up(&adding, db);
	done = adding.batch && symbols_open(&adding.symbols);
	if (done && opts->live)
		done = add_input(&adding, opts->live, true);
	for (char **path = opts->operands; *path && done; path++)
		done = add_input(&adding, *path, false);
	done = done && batch_flush(adding.batch);
	if (done)
		say_counts(&adding);
	symbols_close(&adding.symbols);
	kmc_source_free(adding.source);
	batch_free(adding.batch);
	return done && !adding.failed;
}
