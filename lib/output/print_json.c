// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report as one line of JSON, version 1; docs/report-format.md has the keys.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/escape.h"
#include "kmc/output.h"
#include "output/json.h"

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

static json_t *address(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

static json_t *address_if(bool known, uint64_t value)
{
	return known ? address(value) : json_null();
}

static json_t *integer_if(bool known, uint64_t value)
{
	/* Beyond this JSON readers disagree, and no honest report gets there. */
	return known && value <= INT64_MAX ? json_integer(value) : json_null();
}

static json_t *seconds(double value)
{
	return value >= 0 ? json_real(value) : json_null();
}

/*
 * Text of a report may hold any bytes, JSON only UTF-8: what is none becomes
 * U+FFFD, one for each byte.
 */
static json_t *text(const char *s)
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

static json_t *chain(const struct kmc_frame *frame)
{
	json_t *list = json_array();

	for (size_t i = 0; i < frame->chain_len; i++) {
		const struct kmc_location *where = &frame->chain[i];

		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}",
			"function", text(where->function),
			"file", text(where->file),
			"line", integer_if(where->line > 0, where->line),
			"column", integer_if(where->column > 0, where->column)));
	}
	return list;
}

static json_t *frames(const struct kmc_stack *stack)
{
	json_t *list = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		const struct kmc_frame *frame = &stack->frames[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
			"role", frame->role == KMC_ROLE_RIP ? "rip" : "return",
			"address", address_if(frame->has_address, frame->address),
			"symbol", text(frame->symbol),
			"offset", integer_if(frame->has_offset, frame->offset),
			"size", integer_if(frame->has_offset, frame->size),
			"module", text(frame->module),
			"inline", chain(frame)));
	}
	return list;
}

static json_t *track(const struct kmc_track *track)
{
	if (!track->known)
		return json_null();
	return json_pack("{s:o, s:o, s:o}",
			 "pid", integer_if(track->pid >= 0, track->pid),
			 "time", seconds(track->time),
			 "frames", frames(&track->stack));
}

static json_t *evidence_of(const struct kmc_candidate *candidate)
{
	static const char * const by[] = {
		[KMC_BY_RECORD] = "record",
		[KMC_BY_REGISTER] = "register",
		[KMC_BY_REP] = "rep",
		[KMC_BY_DISPLACEMENT] = "displacement",
		[KMC_BY_ALLOCATION] = "allocation",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < candidate->nevidence; i++) {
		const struct kmc_evidence *evidence = &candidate->evidence[i];

		json_array_append_new(list, json_pack("{s:s, s:o, s:I, s:b}",
			"by", by[evidence->by], "detail", text(evidence->detail),
			"offset", (json_int_t)evidence->offset,
			"agrees", evidence->agrees));
	}
	return list;
}

/* Reports that were not explained have the record's object only. */
static json_t *record_only(const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;
	int64_t offset = report->address - object->start;
	char detail[128];
	json_t *evidence;

	if (!object->known)
		return json_null();
	snprintf(detail, sizeof(detail),
		 "the kernel recorded the object at 0x%" PRIx64, object->start);
	evidence = json_pack("[{s:s, s:s, s:I, s:b}]", "by", "record",
			     "detail", detail, "offset", (json_int_t)offset,
			     "agrees", 1);
	return json_pack(
		"{s:n, s:n, s:I, s:o, s:o, s:n, s:b, s:n, s:o, s:o, s:o, s:s}",
		"type",
		"type_start",
		"offset", (json_int_t)offset,
		"size", integer_if(object->size, object->size),
		"requested", integer_if(object->requested, object->requested),
		"path",
		"hole", 0,
		"after",
		"cache", text(object->cache),
		"start", address(object->start),
		"evidence", evidence,
		"confidence", "certain");
}

static json_t *object_of(const struct kmc_report *report)
{
	static const char * const confidence[] = {
		[KMC_GUESS] = "guess",
		[KMC_LIKELY] = "likely",
		[KMC_CERTAIN] = "certain",
	};
	const struct kmc_candidate *candidate = report->candidates;
	const struct kmc_object *object = &report->object;
	uint64_t start, size;

	if (!report->ncandidates || !candidate->type)
		return record_only(report);
	/* The type may be that of a part of what was allocated. */
	start = object->known ? object->start : candidate->start;
	size = object->known ? object->size : candidate->type_size;
	return json_pack(
		"{s:o, s:o, s:I, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:s}",
		"type", text(candidate->type),
		"type_start", address(candidate->start),
		"offset", (json_int_t)(candidate->start - start + candidate->offset),
		"size", integer_if(size, size),
		"requested", integer_if(object->requested, object->requested),
		"path", text(candidate->path),
		"hole", candidate->hole,
		"after", text(candidate->after),
		"cache", text(object->cache),
		"start", address(start),
		"evidence", evidence_of(candidate),
		"confidence", confidence[candidate->confidence]);
}

static json_t *fields_of(const struct kmc_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nvalues; i++) {
		const struct kmc_value *value = &report->values[i];
		const char state[] = { value->state, '\0' };
		json_t *names = json_array();

		for (size_t j = 0; j < value->nnames; j++)
			json_array_append_new(names, text(value->names[j]));
		json_array_append_new(list, json_pack(
			"{s:o, s:I, s:I, s:b, s:s, s:o, s:o, s:b}",
			"path", text(value->path),
			"offset", (json_int_t)value->offset,
			"size", (json_int_t)value->size,
			"hole", value->hole,
			"state", value->state == 'm' ? "mixed" : state,
			"value", text(value->text),
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
	return json_pack("{s:s, s:o, s:o, s:o}",
			 "class", kmc_verdict_name(verdict->kind),
			 "text", text(verdict->text),
			 "next", text(verdict->next),
			 "annotation", text(verdict->annotation));
}

static json_t *source_of(const struct kmc_report *report)
{
	if (report->from_stream)
		return json_pack("{s:o, s:I}", "stream", text(report->source),
				 "seq", (json_int_t)report->seq);
	return json_pack("{s:o, s:I}", "file", text(report->source),
			 "line", (json_int_t)report->line);
}

static json_t *registers_of(const struct kmc_report *report)
{
	json_t *list = json_object();

	for (size_t i = 0; i < report->nregs; i++)
		json_object_set_new(list, report->regs[i].name,
				    address(report->regs[i].value));
	return list;
}

static json_t *access_of(const struct kmc_report *report)
{
	if (!report->access_length)
		return json_null();
	return json_pack("{s:o, s:I}", "start", address(report->access_start),
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
	value = text(signature);
	free(signature);
	return value;
}

json_t *kmc_json_text(const char *s)
{
	return text(s);
}

json_t *kmc_json_whole(const struct kmc_report *report)
{
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{ "version", json_integer(1) },
		{ "source", source_of(report) },
		{ "truncated", json_boolean(report->truncated) },
		{ "kind", json_string(kmc_kind_name(report->kind)) },
		{ "bits", json_integer(report->bits) },
		{ "state", json_string(kmc_state_name(report->state)) },
		{ "address", address(report->address) },
		{ "access", access_of(report) },
		{ "count", json_integer(report->count) },
		{ "kernel", text(report->kernel.release) },
		{ "build_id", hex_bytes(report->kernel.build_id,
					report->kernel.build_id_len) },
		{ "cpu", integer_if(report->cpu >= 0, report->cpu) },
		{ "pid", integer_if(report->pid >= 0, report->pid) },
		{ "comm", text(report->comm) },
		{ "time", seconds(report->time) },
		{ "memory", hex_bytes(report->memory, report->memory_len) },
		{ "shadow", text(report->shadow) },
		{ "caret", integer_if(report->caret >= 0, report->caret) },
		{ "registers", registers_of(report) },
		{ "frames", frames(&report->frames) },
		{ "object", object_of(report) },
		{ "fields", fields_of(report) },
		{ "alloc", track(&report->alloc) },
		{ "free", track(&report->free) },
		{ "verdict", verdict_of(report) },
		{ "instruction", text(report->insn) },
		{ "signature", signature_of(report) },
	};
	json_t *json = json_object();
	int failed = !json;

	/* Takes each value, also where it fails; a NULL one is a failure. */
	for (size_t i = 0; i < KMC_ARRAY_SIZE(members); i++)
		failed |= json_object_set_new(json, members[i].key,
					      members[i].value);
	if (!failed)
		return json;
	json_decref(json);
	return NULL;
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

struct kmc_error *kmc_json_report(const struct kmc_report *report, char **out)
{
	return kmc_json_dump(kmc_json_whole(report), out);
}
