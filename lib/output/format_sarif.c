// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SARIF 2.1.0, which code review tools read: https://docs.oasis-open.org/sarif/
 *
 * A log has one run with any number of results. Each is made by itself, so that
 * memory does not grow with their number.
 */
#include "kmc/output.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "output/formats.h"
#include "output/json.h"
#include "report/walk.h"

#ifndef KMC_VERSION
#define KMC_VERSION	"unknown"
#endif

/* What relative file names are relative to. */
#define ROOT		"SRCROOT"

#define SCHEMA		"https://json.schemastore.org/sarif-2.1.0.json"

struct rule {
	const char *id;
	const char *text;
};

/* Their order is what ruleIndex says, so a new one goes to the end. */
enum {
	UNINITIALIZED_READ, UNALLOCATED_READ, FREED_READ, INVALID_READ,
	UNINITIALIZED_WRITE, UNALLOCATED_WRITE, FREED_WRITE, INVALID_WRITE,
	INFOLEAK,
};

static const struct rule rules[] = {
	[UNINITIALIZED_READ] = { "uninitialized-read",
		"Memory is used before it was initialized." },
	[UNALLOCATED_READ] = { "unallocated-read",
		"Memory is read that is not allocated." },
	[FREED_READ] = { "use-after-free-read",
		"Memory is read after it was freed." },
	[INVALID_READ] = { "invalid-read",
		"Memory is read whose recorded state is damaged." },
	[UNINITIALIZED_WRITE] = { "uninitialized-write",
		"Memory is changed that was not initialized." },
	[UNALLOCATED_WRITE] = { "unallocated-write",
		"Memory is written that is not allocated." },
	[FREED_WRITE] = { "use-after-free-write",
		"Memory is written after it was freed." },
	[INVALID_WRITE] = { "invalid-write",
		"Memory is written whose recorded state is damaged." },
	[INFOLEAK] = { "infoleak",
		"Memory that was not initialized leaves the kernel." },
};

static int rule_of(const struct kmc_report *report)
{
	static const int by_state[][2] = {
		[KMC_UNINITIALIZED] = { UNINITIALIZED_READ, UNINITIALIZED_WRITE },
		[KMC_UNALLOCATED] = { UNALLOCATED_READ, UNALLOCATED_WRITE },
		[KMC_FREED] = { FREED_READ, FREED_WRITE },
		[KMC_INITIALIZED] = { INVALID_READ, INVALID_WRITE },
		[KMC_INVALID] = { INVALID_READ, INVALID_WRITE },
	};

	if (report->kind == KMC_INFOLEAK)
		return INFOLEAK;
	return by_state[report->state][report->kind == KMC_WRITE];
}

/* ---- names of files ---- */

static void add_encoded(struct kmc_buf *buf, const char *path)
{
	for (; *path; path++) {
		const unsigned char c = *path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~/+,@=", c))
			kmc_buf_putc(buf, c, 1);
		else
			kmc_buf_printf(buf, "%%%02X", c);
	}
}

/* A path as a URI; an absolute one gets a scheme. */
static json_t *uri(const char *path, bool directory)
{
	struct kmc_buf buf = { };
	json_t *value = NULL;

	kmc_buf_puts(&buf, *path == '/' ? "file://" : "");
	add_encoded(&buf, path);
	if (directory && buf.data && buf.len && buf.data[buf.len - 1] != '/')
		kmc_buf_putc(&buf, '/', 1);
	if (!buf.failed)
		value = json_stringn(buf.data, buf.len);
	kmc_buf_release(&buf);
	return value;
}

static json_t *artifact(const char *path)
{
	json_t *json = json_pack("{s:o}", "uri", uri(path, false));

	if (*path != '/')
		json_object_set_new(json, "uriBaseId", json_string(ROOT));
	return json;
}

/* ---- places ---- */

static json_t *region(const struct kmc_location *where)
{
	json_t *json = json_pack("{s:i}", "startLine", where->line);

	if (where->column > 0)
		json_object_set_new(json, "startColumn",
				    json_integer(where->column));
	return json;
}

static json_t *logical(const struct kmc_level *level)
{
	struct kmc_buf name = { };
	json_t *json;

	kmc_buf_printf(&name, "%.*s", (int)level->len, level->function);
	json = json_pack("[{s:o, s:s}]", "name",
			 kmc_json_text(name.failed ? NULL : name.data),
			 "kind", "function");
	kmc_buf_release(&name);
	return json;
}

static json_t *message(const char *text)
{
	return json_pack("{s:o}", "text", kmc_json_text(text));
}

/* @text: what is to be said of it, NULL for nothing */
static json_t *location(const struct kmc_level *level, const char *text)
{
	json_t *json = json_object(), *physical;

	if (level->where && level->where->file) {
		physical = json_pack("{s:o}", "artifactLocation",
				     artifact(level->where->file));
		if (level->where->line > 0)
			json_object_set_new(physical, "region",
					    region(level->where));
		json_object_set_new(json, "physicalLocation", physical);
	}
	if (level->function)
		json_object_set_new(json, "logicalLocations", logical(level));
	if (text)
		json_object_set_new(json, "message", message(text));
	return json;
}

/* ---- stacks ---- */

static json_t *stack_of(const struct kmc_stack *stack, const char *text)
{
	struct kmc_walk walk = kmc_walk_start(stack);
	json_t *frames = json_array();
	struct kmc_level level;

	while (kmc_walk_next(&walk, &level)) {
		json_t *frame = json_pack("{s:o}", "location",
			location(&level, level.inlined ? "inlined" : NULL));

		if (level.frame->module)
			json_object_set_new(frame, "module",
				kmc_json_text(level.frame->module));
		json_array_append_new(frames, frame);
	}
	return json_pack("{s:o, s:o}", "message", message(text),
			 "frames", frames);
}

static json_t *stacks_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	if (report->frames.count)
		json_array_append_new(list, stack_of(&report->frames,
						     "accessed"));
	if (report->alloc.stack.count)
		json_array_append_new(list, stack_of(&report->alloc.stack,
						     "allocated"));
	if (report->free.stack.count)
		json_array_append_new(list, stack_of(&report->free.stack,
						     "freed"));
	return list;
}

static void add_step(json_t *steps, const struct kmc_level *level,
		     const char *text)
{
	json_array_append_new(steps, json_pack("{s:o}", "location",
					       location(level, text)));
}

/* What happened, in that order: allocated, freed, called, accessed. */
static json_t *steps_of(const struct kmc_report *report)
{
	struct kmc_walk walk = kmc_walk_start(&report->frames);
	const char *text = kmc_stack_has_culprit(report) ? "accessed here" :
			   "called from here";
	json_t *steps = json_array(), *calls = json_array();
	struct kmc_level level;

	if (kmc_walk_owner(&report->alloc.stack, &level))
		add_step(steps, &level, "allocated here");
	if (kmc_walk_owner(&report->free.stack, &level))
		add_step(steps, &level, "freed here");
	while (kmc_walk_next(&walk, &level)) {
		add_step(calls, &level, text);
		text = "calls the next";
	}
	for (size_t i = json_array_size(calls); i-- > 0; )
		json_array_append(steps, json_array_get(calls, i));
	json_decref(calls);
	return steps;
}

/* ---- the document ---- */

static json_t *fingerprint(const struct kmc_report *report)
{
	char hash[KMC_HASH_SIZE];
	struct kmc_error *err;
	char *signature;

	err = kmc_signature(report, &signature);
	if (err) {
		kmc_error_free(err);
		return NULL;
	}
	kmc_signature_hash(signature, hash);
	free(signature);
	return json_pack("{s:s}", "kmemcheckSignature/v1", hash);
}

static json_t *title_of(const struct kmc_report *report,
			const struct kmc_level *culprit)
{
	struct kmc_buf title = { };
	json_t *value;

	kmc_level_title(&title, report, culprit);
	value = title.failed ? NULL : message(title.data);
	kmc_buf_release(&title);
	return value;
}

static json_t *result_of(const struct kmc_report *report, uint64_t count)
{
	const int rule = rule_of(report);
	struct kmc_level culprit;
	json_t *json, *steps;
	bool known;

	/* The type of occurrenceCount is what JSON readers agree on. */
	if (count > INT_MAX)
		count = INT_MAX;
	known = kmc_walk_culprit(report, true, &culprit) ||
		kmc_walk_culprit(report, false, &culprit);
	json = json_pack("{s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:I}",
		"ruleId", rules[rule].id, "ruleIndex", rule,
		"kind", "fail", "level", "error",
		"message", title_of(report, known ? &culprit : NULL),
		"partialFingerprints", fingerprint(report),
		"stacks", stacks_of(report),
		"occurrenceCount", (json_int_t)count);
	if (known)
		json_object_set_new(json, "locations", json_pack("[o]",
				    location(&culprit, NULL)));
	steps = steps_of(report);
	if (json_array_size(steps))
		json_object_set_new(json, "codeFlows", json_pack(
			"[{s:[{s:o}]}]", "threadFlows", "locations", steps));
	else
		json_decref(steps);
	return json;
}

static json_t *driver(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < KMC_ARRAY_SIZE(rules); i++)
		json_array_append_new(list, json_pack("{s:s, s:{s:s}, s:{s:s}}",
			"id", rules[i].id,
			"shortDescription", "text", rules[i].text,
			"defaultConfiguration", "level", "error"));
	return json_pack("{s:s, s:s, s:o}", "name", "kmemcheck",
			 "version", KMC_VERSION, "rules", list);
}

static struct kmc_error *sarif_begin(const struct kmc_format_options *opts,
				     char **out)
{
	char *absolute KMC_AUTO_FREE = opts->source ? realpath(opts->source, NULL) : NULL;
	const char *source = absolute ? absolute : opts->source;
	json_t *base = json_object(), *run;
	struct kmc_buf buf = { };
	struct kmc_error *err;
	char *text;

	/* What is relative to nothing would say nothing. */
	if (source && *source == '/')
		json_object_set_new(base, "uri", uri(source, true));
	run = json_pack("{s:{s:o}, s:s, s:{s:o}}", "tool", "driver", driver(),
			"columnKind", "unicodeCodePoints",
			"originalUriBaseIds", ROOT, base);
	err = kmc_json_dump(run, &text);
	if (err)
		return err;
	kmc_buf_puts(&buf, "{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[");
	/* The run stays open for its results: no brace. */
	kmc_buf_add(&buf, text, strlen(text) - 1);
	kmc_buf_puts(&buf, ",\"results\":[");
	free(text);
	return kmc_buf_take(&buf, out);
}

static struct kmc_error *result(const struct kmc_report *report, uint64_t count,
				bool first, char **out)
{
	struct kmc_buf buf = { };
	struct kmc_error *err;
	char *text;

	err = kmc_json_dump(result_of(report, count), &text);
	if (err)
		return err;
	kmc_buf_printf(&buf, "%s\n%s", first ? "" : ",", text);
	free(text);
	return kmc_buf_take(&buf, out);
}

static struct kmc_error *sarif_report(const struct kmc_format_options *opts,
				      const struct kmc_report *report, bool first,
				      char **out)
{
	(void)opts;
	return result(report, report->count, first, out);
}

static struct kmc_error *sarif_bug(const struct kmc_format_options *opts,
				   const struct kmc_bug *bug, bool first, char **out)
{
	(void)opts;
	return result(bug->example, bug->count, first, out);
}

static struct kmc_error *sarif_end(const struct kmc_format_options *opts,
				   char **out)
{
	struct kmc_buf buf = { };

	(void)opts;
	kmc_buf_puts(&buf, "\n]}]}\n");
	return kmc_buf_take(&buf, out);
}

const struct kmc_format kmc_format_sarif = {
	.name = "sarif",
	.help = "sarif, for code review",
	.man = ".IR sarif :\na SARIF 2.1.0 document for code review tools",
	.begin = sarif_begin,
	.report = sarif_report,
	.bug = sarif_bug,
	.end = sarif_end,
};
