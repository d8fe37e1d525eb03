// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports and bugs as JSON, version 2, one line each; docs/report-format.md has the
 * keys.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"
#include "kmc/output.h"
#include "output/formats.h"
#include "output/json.h"
#include "report/model.h"

/* Bytes to hexadecimal digits; the longest build-ID and dump fit easily. */
static json_t *hex_bytes(const uint8_t *data, size_t len)
{
	struct kmc_buf buf = { };
	json_t *value = NULL;

	if (!len)
		return json_null();
	for (size_t i = 0; i < len; i++)
		kmc_buf_printf(&buf, "%02x", data[i]);
	if (!buf.failed)
		value = json_stringn_nocheck(buf.data, buf.len);
	kmc_buf_release(&buf);
	return value;
}

static json_t *seconds(double value)
{
	return value >= 0 ? json_real(value) : json_null();
}

static json_t *chain(const struct kmc_frame *frame)
{
	json_t *list = json_array();

	for (size_t i = 0; i < frame->chain_len; i++) {
		const struct kmc_location *where = &frame->chain[i];

		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}",
			"function", kmc_json_text(where->function),
			"file", kmc_json_text(where->file),
			"line", kmc_json_integer_if(where->line > 0, where->line),
			"column", kmc_json_integer_if(where->column > 0, where->column)));
	}
	return list;
}

static json_t *frames(const struct kmc_stack *stack)
{
	json_t *list = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		const struct kmc_frame *frame = &stack->frames[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o*, s:s*}",
			"role", frame->role == KMC_ROLE_RIP ? "rip" : "return",
			"address", kmc_json_address_if(frame->has_address, frame->address),
			"symbol", kmc_json_text(frame->symbol),
			"offset", kmc_json_integer_if(frame->has_offset, frame->offset),
			"size", kmc_json_integer_if(frame->has_offset, frame->size),
			"module", kmc_json_text(frame->module),
			"inline", chain(frame),
			"namesakes", frame->namesakes ? json_integer(frame->namesakes) : NULL,
			"told_by", frame->told_by));
	}
	return list;
}

static json_t *track(const struct kmc_track *track)
{
	if (!track->known)
		return json_null();
	return json_pack("{s:o, s:o, s:o}",
			 "pid", kmc_json_integer_if(track->pid >= 0, track->pid),
			 "time", seconds(track->time),
			 "frames", frames(&track->stack));
}

static json_t *runs_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nruns; i++) {
		const struct kmc_run *run = &report->runs[i];

		json_array_append_new(list, json_pack("{s:o, s:I, s:I, s:s, s:o}",
			"address", kmc_json_address(run->address),
			"offset", (json_int_t)(run->address - report->access_start),
			"size", (json_int_t)run->size, "state", kmc_state_name(run->state),
			"members", kmc_json_text(run->what)));
	}
	return json_pack("{s:o, s:o, s:o}",
			 "count", kmc_json_integer_if(true, report->run_count),
			 "bytes", kmc_json_integer_if(report->run_bytes, report->run_bytes),
			 "list", list);
}

static json_t *fields_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nvalues; i++) {
		const struct kmc_value *value = &report->values[i];
		const char state[] = { value->state, '\0' };
		json_t *names = json_array();

		for (size_t j = 0; j < value->nnames; j++)
			json_array_append_new(names, kmc_json_text(value->names[j]));
		json_array_append_new(list, json_pack(
			"{s:o, s:I, s:I, s:b, s:s, s:o, s:o, s:b}",
			"path", kmc_json_text(value->path),
			"offset", (json_int_t)value->offset,
			"size", (json_int_t)value->size,
			"hole", value->hole,
			"state", value->state == 'm' ? "mixed" : state,
			"value", kmc_json_text(value->text),
			"names", names,
			"reported", value->reported));
	}
	return list;
}

static json_t *verdict_of(const struct kmc_report *report)
{
	const struct kmc_verdict *verdict = &report->verdict;

	if (!verdict->text)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:o, s:o}",
			 "class", kmc_verdict_name(verdict->kind),
			 "headline", kmc_json_text(verdict->headline),
			 "text", kmc_json_text(verdict->text),
			 "next", kmc_json_text(verdict->next),
			 "annotation", kmc_json_text(verdict->annotation));
}

static json_t *source_of(const struct kmc_report *report)
{
	if (report->from_stream)
		return json_pack("{s:o, s:I}", "stream", kmc_json_text(report->source),
				 "seq", (json_int_t)report->seq);
	return json_pack("{s:o, s:I}", "file", kmc_json_text(report->source),
			 "line", (json_int_t)report->line);
}

static json_t *registers_of(const struct kmc_report *report)
{
	json_t *list = json_object();

	for (size_t i = 0; i < report->nregs; i++)
		json_object_set_new(list, report->regs[i].name,
				    kmc_json_address(report->regs[i].value));
	return list;
}

static json_t *access_of(const struct kmc_report *report)
{
	if (!report->access_length)
		return json_null();
	return json_pack("{s:o, s:I}", "start", kmc_json_address(report->access_start),
			 "length", (json_int_t)report->access_length);
}

static json_t *signature_of(const struct kmc_report *report)
{
	struct kmc_error *err;
	json_t *value;
	char *signature;

	err = kmc_signature(report, &signature);
	if (err) {
		kmc_error_free(err);
		return NULL;
	}
	value = kmc_json_text(signature);
	free(signature);
	return value;
}

static json_t *related_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nrelated; i++) {
		json_t *json = track(&report->related[i].track);

		json_object_set_new(json, "what",
			json_string(kmc_relation_name(report->related[i].relation)));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *variables_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nvariables; i++)
		json_array_append_new(list, json_pack("{s:o, s:I, s:I}",
			"name", kmc_json_text(report->variables[i].name),
			"begin", (json_int_t)report->variables[i].begin,
			"end", (json_int_t)report->variables[i].end));
	return list;
}

static json_t *dump_of(const struct kmc_dump *dump)
{
	json_t *list = json_array();

	for (size_t i = 0; i < dump->count; i++) {
		const struct kmc_dump_row *row = &dump->rows[i];

		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o*}",
			"label", kmc_json_text(row->label),
			"address", kmc_json_address(row->address),
			"bytes", hex_bytes(row->bytes, row->len),
			"marks", row->marks ? kmc_json_text(row->marks) : NULL));
	}
	return json_pack("{s:I, s:o, s:o, s:o}", "granule", (json_int_t)dump->granule,
			 "row", kmc_json_integer_if(dump->marked, dump->row),
			 "byte", kmc_json_integer_if(dump->marked, dump->byte), "rows", list);
}

static json_t *overwritten_of(const struct kmc_overwritten *bytes)
{
	return json_pack("{s:o, s:o, s:i, s:i, s:o*}", "first", kmc_json_address(bytes->first),
			 "last", kmc_json_address(bytes->last), "found", bytes->found,
			 "expected", bytes->expected,
			 "what", bytes->what ? kmc_json_text(bytes->what) : NULL);
}

static json_t *code_of(const struct kmc_report *report)
{
	return json_pack("{s:o, s:o}", "bytes", hex_bytes(report->code, report->code_len),
			 "at", kmc_json_integer_if(report->code_at < report->code_len, report->code_at));
}

static json_t *place_of(const struct kmc_source_place *place)
{
	return json_pack("{s:o, s:o, s:o}", "file", kmc_json_text(place->file),
			 "line", kmc_json_integer_if(place->line > 0, place->line),
			 "column", kmc_json_integer_if(place->column > 0, place->column));
}

static json_t *named_of(const struct kmc_frame *frame)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "symbol", kmc_json_text(frame->symbol),
			 "offset", kmc_json_integer_if(frame->has_offset, frame->offset),
			 "size", kmc_json_integer_if(frame->has_offset, frame->size),
			 "module", kmc_json_text(frame->module));
}

static json_t *tags_of(const struct kmc_report *report)
{
	return json_pack("{s:i, s:i}", "pointer", report->tags[0], "memory", report->tags[1]);
}

static json_t *undefined_of(const struct kmc_undefined *undefined)
{
	return json_pack("{s:o, s:o, s:o, s:s}",
			 "expression", kmc_json_text(undefined->expression),
			 "array", kmc_json_text(undefined->array),
			 "value", kmc_json_text(undefined->value),
			 "confidence", undefined->inferred ? "likely" : "certain");
}

/* What only other checkers than kmemcheck say, where they say it; not 0: no memory. */
static int add_said(json_t *json, const struct kmc_report *report)
{
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{ "message", report->message ? kmc_json_text(report->message) : NULL },
		{ "hint", report->hint ? kmc_json_text(report->hint) : NULL },
		{ "named", report->named.symbol ? named_of(&report->named) : NULL },
		{ "place", report->place.file ? place_of(&report->place) : NULL },
		{ "fault", report->fault.known ? kmc_json_fault(report) : NULL },
		{ "undefined", report->undefined.expression ||
			       report->undefined.inferred ?
			       undefined_of(&report->undefined) : NULL },
		{ "hashed", report->hashed ? json_true() : NULL },
		{ "tags", report->has_tags ? tags_of(report) : NULL },
		{ "dump", report->dump.count ? dump_of(&report->dump) : NULL },
		{ "overwritten", report->overwritten.known ?
				 overwritten_of(&report->overwritten) : NULL },
		{ "code", report->code_len ? code_of(report) : NULL },
		{ "own_frames", report->own.count ? frames(&report->own) : NULL },
		{ "related", report->nrelated ? related_of(report) : NULL },
		{ "variables", report->nvariables ? variables_of(report) : NULL },
	};
	int failed = 0;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(members); i++)
		if (members[i].value)
			failed |= json_object_set_new(json, members[i].key, members[i].value);
	return failed;
}

static json_t *title_of(const struct kmc_report *report)
{
	struct kmc_error *err;
	json_t *value;
	char *title;

	err = kmc_report_title(report, &title);
	if (err) {
		kmc_error_free(err);
		return NULL;
	}
	value = kmc_json_text(title);
	free(title);
	return value;
}

static json_t *doubts_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->ndoubts; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}",
			"module", kmc_json_text(report->doubts[i].module),
			"file", kmc_json_text(report->doubts[i].file),
			"why", kmc_json_text(report->doubts[i].why)));
	return list;
}

/* Keys that are there only where there is something to say; not 0: no memory. */
static int add_rest(json_t *json, const struct kmc_report *report)
{
	const struct {
		const char *key;
		const struct kmc_track *track;
	} tracks[] = {
		{ "copy", &report->copy },
		{ "source_alloc", &report->source_alloc },
		{ "fill", &report->fill },
	};
	int failed = 0;

	if (*report->kernel.boot_id)
		failed |= json_object_set_new(json, "boot", json_string(report->kernel.boot_id));
	if (report->kernel.boot_time)
		failed |= json_object_set_new(json, "booted",
					      json_real(report->kernel.boot_time / 1e9));
	if (report->ndoubts)
		failed |= json_object_set_new(json, "doubts", doubts_of(report));
	if (report->nruns)
		failed |= json_object_set_new(json, "runs", runs_of(report));
	if (report->copied.known)
		failed |= json_object_set_new(json, "copied_from", kmc_json_copied(report));
	if (report->inside)
		failed |= json_object_set_new(json, "inside", json_pack("{s:o, s:s}",
			"text", kmc_json_text(report->inside),
			"confidence", kmc_confidence_name(report->inside_sure)));
	for (size_t i = 0; i < KMC_ARRAY_SIZE(tracks); i++)
		if (tracks[i].track->known)
			failed |= json_object_set_new(json, tracks[i].key,
						      track(tracks[i].track));
	return failed;
}

/* In the checker's words. */
static json_t *error_of(const struct kmc_report *report)
{
	char text[64];

	if (!kmc_report_is_kmemcheck(report))
		return kmc_json_text(report->error);
	snprintf(text, sizeof(text), "%s-%s", kmc_state_name(report->state),
		 kmc_kind_name(report->kind));
	return json_string(text);
}

static json_t *whole(const struct kmc_report *report)
{
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{ "version", json_integer(2) },
		{ "checker", kmc_json_text(report->checker) },
		{ "error", error_of(report) },
		{ "title", title_of(report) },
		{ "source", source_of(report) },
		{ "truncated", json_boolean(report->truncated) },
		{ "kind", report->kind == KMC_UNKNOWN_KIND ? json_null() :
			  json_string(kmc_kind_name(report->kind)) },
		{ "bits", kmc_json_integer_if(report->bits, report->bits) },
		{ "affected_bytes", kmc_json_integer_if(report->bits, kmc_report_affected(report)) },
		{ "state", report->state == KMC_UNKNOWN_STATE ? json_null() :
			   json_string(kmc_state_name(report->state)) },
		{ "address", kmc_json_address_if(report->has_address, report->address) },
		{ "access", access_of(report) },
		{ "count", json_integer(report->count) },
		{ "kernel", kmc_json_text(report->kernel.release) },
		{ "taint", kmc_json_text(report->kernel.taint) },
		{ "build_id", hex_bytes(report->kernel.build_id,
					report->kernel.build_id_len) },
		{ "cpu", kmc_json_integer_if(report->cpu >= 0, report->cpu) },
		{ "pid", kmc_json_integer_if(report->pid >= 0, report->pid) },
		{ "comm", kmc_json_text(report->comm) },
		{ "time", seconds(report->time) },
		{ "clock", report->time < 0 ? json_null() :
			   json_string(report->from_stream ? "boot" : "log") },
		{ "memory", hex_bytes(report->memory, report->memory_len) },
		{ "shadow", kmc_json_text(report->shadow) },
		{ "caret", kmc_json_integer_if(report->caret >= 0, report->caret) },
		{ "registers", registers_of(report) },
		{ "frames", frames(&report->frames) },
		{ "object", kmc_json_object(report) },
		{ "fields", fields_of(report) },
		{ "alloc", track(&report->alloc) },
		{ "free", track(&report->free) },
		{ "verdict", verdict_of(report) },
		{ "instruction", kmc_json_text(report->insn) },
		{ "signature", signature_of(report) },
	};
	json_t *json = json_object();
	int failed = !json;

	/* Takes each value, also where it fails; a NULL one is a failure. */
	for (size_t i = 0; i < KMC_ARRAY_SIZE(members); i++)
		failed |= json_object_set_new(json, members[i].key,
					      members[i].value);
	failed |= add_rest(json, report);
	if (!kmc_report_is_kmemcheck(report))
		failed |= add_said(json, report);
	if (!failed)
		return json;
	json_decref(json);
	return NULL;
}

struct kmc_error *kmc_json_report(const struct kmc_report *report, char **out)
{
	return kmc_json_dump(whole(report), out);
}

struct kmc_error *kmc_json_report_all(const struct kmc_report *report, const char *diff,
				      char **out)
{
	json_t *json = whole(report);

	if (json && (json_object_set_new(json, "candidates", kmc_json_candidates(report)) ||
		     json_object_set_new(json, "diff", kmc_json_text(diff)))) {
		json_decref(json);
		json = NULL;
	}
	return kmc_json_dump(json, out);
}

/* ---- bugs ---- */

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

static json_t *bug_of(const struct kmc_bug *bug)
{
	/* Beyond this JSON readers disagree. */
	const uint64_t count = bug->count < INT64_MAX ? bug->count : INT64_MAX;

	return json_pack("{s:i, s:o, s:s, s:I, s:I, s:o, s:o, s:o}",
		"version", 2,
		"signature", kmc_json_text(bug->signature),
		"hash", bug->hash,
		"reports", (json_int_t)bug->reports,
		"count", (json_int_t)count,
		"first", seen_json(&bug->first),
		"last", seen_json(&bug->last),
		"example", whole(bug->example));
}

/* ---- the format ---- */

static struct kmc_error *dump_line(json_t *json, char **out)
{
	struct kmc_buf line = { };
	struct kmc_error *err;
	char *text;

	err = kmc_json_dump(json, &text);
	if (err)
		return err;
	kmc_buf_printf(&line, "%s\n", text);
	free(text);
	return kmc_buf_take(&line, out);
}

static struct kmc_error *json_report(const struct kmc_format_options *opts,
				     const struct kmc_report *report, bool first,
				     char **out)
{
	(void)opts;
	(void)first;
	return dump_line(whole(report), out);
}

static struct kmc_error *json_bug(const struct kmc_format_options *opts,
				  const struct kmc_bug *bug, bool first, char **out)
{
	(void)opts;
	(void)first;
	return dump_line(bug_of(bug), out);
}

const struct kmc_format kmc_format_json = {
	.name = "json",
	.help = "json, a line each report",
	.man = ".IR json :\none object a report, one line each",
	.report = json_report,
	.bug = json_bug,
};
