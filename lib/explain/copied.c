// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The object that the reported bytes were copied from: it is looked for as the object of an
 * access that was there, of which no instruction is known.
 */
#include "explain/copied.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "explain/access.h"
#include "explain/inside.h"
#include "explain/locate.h"
#include "report/model.h"

/* Members that are named of one range. */
#define MAX_NAMED	4

struct kmc_error *kmc_copied_locate(struct kmc_debuginfo *di, struct kmc_report *report)
{
	struct kmc_copied *copied = &report->copied;
	struct kmc_report there = {
		.kind = report->kind, .state = report->state, .bits = report->bits,
		.address = copied->object.start + copied->offset, .caret = -1,
		.object = copied->object, .alloc = report->source_alloc,
		.kernel = report->kernel,
	};
	struct kmc_access access = {
		.di = di, .report = &there, .address = there.address,
	};
	struct kmc_error *err;

	kmc_candidates_forget(&copied->candidates, &copied->ncandidates);
	if (!copied->known)
		return NULL;
	err = kmc_locate(&access);
	copied->candidates = there.candidates;
	copied->ncandidates = there.ncandidates;
	return err;
}

/* ---- ranges ---- */

static void put_field(struct kmc_buf *buf, const struct kmc_field *field, const char *type)
{
	if (field->place == KMC_PLACE_OUTSIDE)
		kmc_buf_printf(buf, "what follows %s", type);
	else if (field->place == KMC_PLACE_MEMBER)
		kmc_buf_puts(buf, field->path);
	else if (field->after)
		kmc_buf_printf(buf, "padding behind %s%s%s", field->path,
			       *field->path ? "." : "", field->after);
	else
		kmc_buf_puts(buf, "padding");
}

/* "name[3]" → length of "name"; of other paths all of it. */
static size_t stem(const char *path)
{
	const size_t len = strlen(path);
	const char *bracket = strrchr(path, '[');

	return len && path[len - 1] == ']' && bracket ? (size_t)(bracket - path) : len;
}

/* Elements of one array are said once. */
static bool repeats(const struct kmc_field *field, const struct kmc_field *last)
{
	return last && field->place == KMC_PLACE_MEMBER && last->place == KMC_PLACE_MEMBER &&
	       stem(field->path) == stem(last->path) &&
	       stem(field->path) < strlen(field->path) &&
	       !strncmp(field->path, last->path, stem(field->path));
}

static struct kmc_error *name_run(const struct kmc_candidate *candidate, uint64_t offset,
				  struct kmc_run *run)
{
	struct kmc_fields fields = { };
	struct kmc_buf buf = { };
	struct kmc_error *err;
	size_t said = 0, left = 0;
	bool truncated;

	err = kmc_layout_fields(candidate->types, candidate->type_id, offset, run->size, &fields,
				&truncated);
	for (size_t i = 0; !err && i < fields.count; i++) {
		if (repeats(&fields.v[i], i ? &fields.v[i - 1] : NULL))
			continue;
		if (said++ >= MAX_NAMED) {
			left++;
			continue;
		}
		kmc_buf_puts(&buf, said > 1 ? ", " : "");
		put_field(&buf, &fields.v[i], candidate->type);
	}
	if (left)
		kmc_buf_printf(&buf, " and %zu more", left);
	kmc_fields_release(&fields);
	if (!err && buf.len)
		err = kmc_buf_take(&buf, &run->what);
	kmc_buf_release(&buf);
	return err;
}

/* Was the run part of the copy that is known to have come from the source? */
static bool was_copied(const struct kmc_report *report, const struct kmc_run *run)
{
	const struct kmc_copied *copied = &report->copied;

	if (run->address == report->address)
		return true;
	return copied->copies == 1 && run->address - copied->copy_start < copied->copy_size;
}

static struct kmc_error *name_inside(const struct kmc_report *report, struct kmc_run *run)
{
	enum kmc_confidence sure = KMC_GUESS;
	struct kmc_buf buf = { };

	kmc_inside_at(report, run->address, &buf, &sure);
	if (buf.len && sure == KMC_GUESS)
		kmc_buf_puts(&buf, ", a guess");
	return buf.len || buf.failed ? kmc_buf_take(&buf, &run->what) : NULL;
}

/* The object's members, and the source's where it is no more than memory. */
static struct kmc_error *name_of(const struct kmc_report *report, struct kmc_run *run)
{
	const int64_t ahead = run->address - report->address;
	const struct kmc_candidate *candidate = report->candidates;

	if (report->ncandidates && candidate->types && candidate->offset + ahead >= 0)
		return name_run(candidate, candidate->offset + ahead, run);
	candidate = report->copied.candidates;
	if (report->copied.ncandidates && candidate->types && was_copied(report, run) &&
	    candidate->offset + ahead >= 0)
		return name_run(candidate, candidate->offset + ahead, run);
	return name_inside(report, run);
}

struct kmc_error *kmc_runs_name(struct kmc_report *report)
{
	struct kmc_error *err = NULL;

	kmc_report_forget_runs(report);
	for (size_t i = 0; !err && i < report->nruns; i++)
		err = name_of(report, &report->runs[i]);
	return err;
}
