// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store close, reopen, prune.
 */
#include <inttypes.h>
#include <stdio.h>

#include "../common/message.h"
#include "bugs.h"
#include "kmc-store.h"
#include "when.h"

static bool set_state(struct db *db, const struct options *opts, const char *query)
{
	struct db_args args = { .at = when_now(), .note = opts->note };
	bool good = true;

	/* All of them, or none. */
	for (char **prefix = opts->operands; *prefix && good; prefix++) {
		struct bugs bugs;

		good = bugs_find(db, *prefix, &bugs);
		bugs_release(&bugs);
	}
	for (char **prefix = opts->operands; *prefix && good; prefix++) {
		struct bugs bugs;

		good = bugs_find(db, *prefix, &bugs);
		if (good) {
			args.signature = bugs.list[0].signature;
			good = db_args(db, &args) && db_begin(db) && db_run(db, query) &&
			       db_commit(db);
		}
		bugs_release(&bugs);
	}
	return good;
}

bool command_close(struct db *db, const struct options *opts)
{
	return set_state(db, opts, "close");
}

bool command_reopen(struct db *db, const struct options *opts)
{
	return set_state(db, opts, "reopen");
}

static bool take_counts(void *arg, const struct db_value *row, size_t count)
{
	int64_t *counts = arg;

	for (size_t i = 0; i < 2 && i < count; i++)
		counts[i] = db_integer(&row[i]);
	return true;
}

bool command_prune(struct db *db, const struct options *opts)
{
	const struct db_args args = { .before = opts->before };
	int64_t counts[2] = { };

	if (!db_args(db, &args) || !db_begin(db) || !db_run(db, "lock") ||
	    !db_query(db, "prune_count", take_counts, counts) || !db_run(db, "prune_raw") ||
	    (opts->occurrences && !db_run(db, "prune_occurrences")) || !db_commit(db))
		return false;
	if (!opts->quiet)
		printf("%" PRId64 " reports kept whole and %" PRId64 " occurrences pruned\n",
		       counts[0], opts->occurrences ? counts[1] : 0);
	return true;
}
