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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "output/formats.h"
#include "output/json.h"
#include "output/sarif_rules.h"
#include "report/model.h"
#include "report/walk.h"

#ifndef KMC_VERSION
#define KMC_VERSION	"unknown"
#endif

/* What relative names of source files and of logs are relative to. */
#define ROOT		"SRCROOT"
#define LOG_ROOT	"LOGROOT"
#define MANUAL		"https://www.kernel.org/doc/html/v4.14/dev-tools/kmemcheck.html"

#define SCHEMA		"https://json.schemastore.org/sarif-2.1.0.json"

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

/* Without its last part, which ends in a slash; NULL when there is none, or it is "..". */
static char *parent(char *start, char *end)
{
	char *last;

	if (end == start)
		return NULL;
	for (last = end - 1; last > start && last[-1] != '/';)
		last--;
	return strncmp(last, "../", 3) ? last : NULL;
}

/* "./a//b/../c" → "a/c"; what leads out of where it is relative to stays as it is. */
static char *normalize(const char *path)
{
	const bool absolute = *path == '/';
	char *out = malloc(strlen(path) + 2), *start, *end, *above;

	if (!out)
		return NULL;
	*out = '/';
	start = end = out + absolute;
	while (*path) {
		const size_t len = strcspn(path, "/");
		const bool up = len == 2 && !memcmp(path, "..", 2);

		above = up ? parent(start, end) : NULL;
		if (above) {
			end = above;
		} else if (len && !(len == 1 && *path == '.') && !(up && absolute)) {
			memcpy(end, path, len);
			end += len;
			*end++ = '/';
		}
		path += len + (path[len] ? 1 : 0);
	}
	if (end > start)
		end--;
	*end = '\0';
	return out;
}

/* @base: what it is relative to, if it is */
static json_t *artifact(const char *path, const char *base)
{
	char *plain KMC_AUTO_FREE = normalize(path);
	json_t *json;

	if (!plain)
		return NULL;
	json = json_pack("{s:o}", "uri", uri(*plain ? plain : ".", false));
	if (*plain != '/')
		json_object_set_new(json, "uriBaseId", json_string(base));
	return json;
}

/* ---- places ---- */

/* Alerts without a line are refused, so one that is not known is the first. */
static json_t *region(int line, int column)
{
	json_t *json = json_pack("{s:i}", "startLine", line > 0 ? line : 1);

	if (line > 0 && column > 0)
		json_object_set_new(json, "startColumn", json_integer(column));
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

/*
 * Braces are placeholders in a message, and a bracket before a parenthesis is a link:
 * names from a log must be neither.
 */
static json_t *message(const char *text)
{
	struct kmc_buf escaped = { }, plain = { };
	json_t *json;

	kmc_buf_escape(&escaped, text, strlen(text), false);
	for (const char *s = escaped.data; s && *s; s++) {
		kmc_buf_putc(&plain, *s == '{' ? '(' : *s == '}' ? ')' : *s, 1);
		if (*s == ']' && (s[1] == '(' || s[1] == '{'))
			kmc_buf_putc(&plain, ' ', 1);
	}
	plain.failed |= escaped.failed;
	json = json_pack("{s:o}", "text",
			 plain.failed ? NULL : kmc_json_text(plain.data ? plain.data : ""));
	kmc_buf_release(&escaped);
	kmc_buf_release(&plain);
	return json;
}

static bool has_file(const struct kmc_level *level)
{
	return level->where && level->where->file && *level->where->file;
}

/* @text: what is to be said of it, NULL for nothing */
static json_t *location(const struct kmc_level *level, const char *text)
{
	json_t *json = json_object();

	if (has_file(level))
		json_object_set_new(json, "physicalLocation", json_pack("{s:o, s:o}",
			"artifactLocation", artifact(level->where->file, ROOT),
			"region", region(level->where->line, level->where->column)));
	if (level->function)
		json_object_set_new(json, "logicalLocations", logical(level));
	if (text)
		json_object_set_new(json, "message", message(text));
	return json;
}

/* Where there is no line of source, that of the log is what can be opened. */
static json_t *log_place(const struct kmc_report *report)
{
	const unsigned long line = report->from_stream ? 1 : report->line;

	return json_pack("{s:o, s:o}",
		"artifactLocation", artifact(report->source, LOG_ROOT),
		"region", region(line < INT_MAX ? line : INT_MAX, 0));
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
	const struct kmc_stack *stack;
	json_t *list = json_array();

	for (size_t i = 0; (stack = kmc_report_stack(report, i)); i++)
		if (stack->count)
			json_array_append_new(list,
					      stack_of(stack, kmc_report_stack_name(report, i)));
	return list;
}

/* A step that has no place cannot be shown. */
static void add_step(json_t *steps, const struct kmc_level *level,
		     const char *text)
{
	if (has_file(level))
		json_array_append_new(steps, json_pack("{s:o}", "location",
						       location(level, text)));
}

/* What happened, in that order: allocated, filled, copied, freed, called, accessed. */
static json_t *steps_of(const struct kmc_report *report)
{
	const struct {
		const struct kmc_track *track;
		const char *text;
	} tracks[] = {
		{ &report->source_alloc, "the source is allocated here" },
		{ &report->alloc, "allocated here" },
		{ &report->fill, "filled here" },
		{ &report->copy, "stored to memory here" },
		{ &report->free, "freed here" },
	};
	struct kmc_walk walk = kmc_walk_start(&report->frames);
	const char *text = kmc_stack_has_culprit(report) ? "accessed here" :
			   "called from here";
	json_t *steps = json_array(), *calls = json_array();
	struct kmc_level level;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(tracks); i++)
		if (kmc_walk_owner(&tracks[i].track->stack, &level))
			add_step(steps, &level, tracks[i].text);
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
	char hash[KMC_HASH_SIZE], line_hash[KMC_HASH_SIZE + 2];
	struct kmc_error *err;
	char *signature;

	err = kmc_signature(report, &signature);
	if (err) {
		kmc_error_free(err);
		return NULL;
	}
	kmc_signature_hash(signature, hash);
	free(signature);
	/* GitHub knows an alert again by this one, and adds a number to it. */
	snprintf(line_hash, sizeof(line_hash), "%s:1", hash);
	return json_pack("{s:s, s:s}", "kmemcheckSignature/v1", hash,
			 "primaryLocationLineHash", line_hash);
}

/* The headline is the first sentence, which is all that a list has room for. */
static json_t *text_of(const struct kmc_report *report,
		       const struct kmc_level *culprit)
{
	const struct kmc_verdict *verdict = &report->verdict;
	struct kmc_buf text = { };
	json_t *value;

	kmc_level_title(&text, report, culprit);
	if (verdict->text)
		kmc_buf_printf(&text, ". %s", verdict->text);
	if (verdict->next)
		kmc_buf_printf(&text, ". Next: %s", verdict->next);
	value = text.failed ? NULL : message(text.data);
	kmc_buf_release(&text);
	return value;
}

static json_t *place_of(const struct kmc_report *report, bool known,
			const struct kmc_level *culprit)
{
	json_t *json = known ? location(culprit, NULL) : json_object();

	if (!json_object_get(json, "physicalLocation"))
		json_object_set_new(json, "physicalLocation", log_place(report));
	return json;
}

static json_t *result_of(const struct kmc_report *report, uint64_t count)
{
	const int rule = kmc_sarif_rule(report);
	struct kmc_level culprit;
	json_t *json, *steps;
	bool known;

	/* The type of occurrenceCount is what JSON readers agree on. */
	if (count > INT_MAX)
		count = INT_MAX;
	known = kmc_walk_culprit(report, true, &culprit) ||
		kmc_walk_culprit(report, false, &culprit);
	json = json_pack("{s:s, s:i, s:s, s:s, s:o, s:[o], s:o, s:o, s:I}",
		"ruleId", kmc_sarif_rule_id(rule), "ruleIndex", rule,
		"kind", "fail", "level", "error",
		"message", text_of(report, known ? &culprit : NULL),
		"locations", place_of(report, known, &culprit),
		"partialFingerprints", fingerprint(report),
		"stacks", stacks_of(report),
		"occurrenceCount", (json_int_t)count);
	steps = steps_of(report);
	if (json_array_size(steps))
		json_object_set_new(json, "codeFlows", json_pack(
			"[{s:[{s:o}]}]", "threadFlows", "locations", steps));
	else
		json_decref(steps);
	return json;
}

/* Three numbers, whatever the version has. */
static json_t *semantic_version(void)
{
	struct kmc_buf text = { };
	json_t *value;
	int dots = 0;

	for (const char *s = KMC_VERSION; *s; s++)
		dots += *s == '.';
	kmc_buf_puts(&text, KMC_VERSION);
	for (; dots < 2; dots++)
		kmc_buf_puts(&text, ".0");
	value = text.failed ? NULL : json_string(text.data);
	kmc_buf_release(&text);
	return value;
}

static json_t *driver(void)
{
	return json_pack("{s:s, s:s, s:o, s:s, s:o}", "name", "kmemcheck",
			 "version", KMC_VERSION, "semanticVersion", semantic_version(),
			 "informationUri", MANUAL, "rules", kmc_sarif_rules());
}

/* What it stands for is said even where it is not known. */
static json_t *base_of(const char *directory, const char *what)
{
	json_t *base = json_pack("{s:{s:s}}", "description", "text", what);

	/* What is relative to nothing would say nothing. */
	if (directory && *directory == '/')
		json_object_set_new(base, "uri", uri(directory, true));
	return base;
}

static struct kmc_error *sarif_begin(const struct kmc_format_options *opts,
				     char **out)
{
	char *absolute KMC_AUTO_FREE = opts->source ? realpath(opts->source, NULL) : NULL;
	char *here KMC_AUTO_FREE = realpath(".", NULL);
	struct kmc_buf buf = { };
	struct kmc_error *err;
	json_t *run;
	char *text;

	run = json_pack("{s:{s:o}, s:s, s:{s:o, s:o}}", "tool", "driver", driver(),
			"columnKind", "unicodeCodePoints", "originalUriBaseIds",
			ROOT, base_of(absolute ? absolute : opts->source,
				      "the source tree of the kernel"),
			LOG_ROOT, base_of(here, "where kmc-report was called"));
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
