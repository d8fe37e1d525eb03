/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports on their way into a store: some thousand at a time, in one transaction each.
 */
#ifndef BATCH_H
#define BATCH_H

#include "db.h"
#include "report_line.h"

struct batch;

/*
 * struct batch_origin - what all reports of an input have in common
 * @host: where it happened
 * @boot: which boot of that, "" if unknown
 * @booted: when that was, in microseconds since 1970; 0: unknown
 * @at: when a report was made, where the boot is unknown
 */
struct batch_origin {
	const char *host;
	const char *boot;
	int64_t booted;
	int64_t at;
};

/*
 * struct batch_explained - what came of the explanation of a report
 * @text: for people, in colour; NULL: it is to be made of the JSON
 * @with_debuginfo: it knows more than the report itself
 */
struct batch_explained {
	const char *text;
	bool with_debuginfo;
};

/*
 * struct batch_counts - of all reports so far
 * @seen: they all
 * @added: those that were new
 * @old: those of a time that was pruned
 * @bugs: that were not known
 */
struct batch_counts {
	uint64_t seen;
	uint64_t added;
	uint64_t old;
	uint64_t bugs;
};

/* NULL: it was said why. @raw: reports of a bug that are kept whole; @most: that may wait */
struct batch *batch_new(struct db *db, unsigned long raw, unsigned long most);
void batch_free(struct batch *batch);

/* Another input begins: those of no time that are the same are counted anew. */
void batch_input(struct batch *batch);

/*
 * The bug that a report of this place in its kernel is of, from the explanation of another
 * one; NULL: it is to be explained. @better: one without debug info is of no use.
 */
const char *batch_find(struct batch *batch, const struct report_line *line, bool better);

/*
 * Add a report. @signature: from batch_find(), NULL: that in @line, which is explained as
 * @explained says, and holds for all of the place @site, if any.
 */
bool batch_add(struct batch *batch, const struct batch_origin *origin,
	       const struct report_line *line, const char *signature,
	       const struct batch_explained *explained, const char *site);
/* Commit what was added. */
bool batch_flush(struct batch *batch);
struct batch_counts batch_counts(const struct batch *batch);

#endif /* BATCH_H */
