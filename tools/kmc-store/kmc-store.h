/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the command line says.
 */
#ifndef KMC_STORE_H
#define KMC_STORE_H

#include <kmc/output.h>

#include "../common/options.h"
#include "db.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_RAW };

/*
 * struct options - what the command line says
 * @live: path to follow, NULL for none
 * @host: that the logs are of; NULL: this one
 * @boot: of it, NULL if unknown
 * @booted: when that was, microseconds since 1970; 0: unknown
 * @since: the oldest that is wanted
 * @before: what is older is pruned
 * @limit: rows to print, 0 for all
 * @raw: reports of a bug that are kept whole
 * @batch: reports in a transaction
 * @note: why it is closed, or open again
 * @occurrences: prune those as well
 * @source_url: where lines of source can be looked at, with %f and %l in it; or NULL
 * @origin: who submits to KCIDB
 * @command: what to do
 * @db: the database
 * @operands: what follows, NULL behind it
 */
struct options {
	const char *live;
	struct kmc_debuginfo_options debuginfo;
	const char *host;
	const char *boot;
	int64_t booted;
	int64_t since;
	int64_t before;
	unsigned long limit;
	unsigned long raw;
	unsigned long batch;
	const char *note;
	const char *source_url;
	const char *origin;
	unsigned int format;
	bool occurrences;
	bool quiet;
	const struct store_command *command;
	const char *db;
	char **operands;
};

/*
 * struct store_command - something to do
 * @row: its name, operands and help
 * @least: operands behind DB
 * @most: likewise
 * @creates: the store need not be there
 * @run: false: it failed, and that was said
 */
struct store_command {
	const char *name;
	int least;
	int most;
	bool creates;
	bool (*run)(struct db *db, const struct options *opts);
};

/* False when there is nothing to do but exit with *status. */
bool store_parse(struct options *opts, int argc, char **argv, int *status);

bool command_add(struct db *db, const struct options *opts);
bool command_list(struct db *db, const struct options *opts);
bool command_new(struct db *db, const struct options *opts);
bool command_regressions(struct db *db, const struct options *opts);
bool command_show(struct db *db, const struct options *opts);
bool command_close(struct db *db, const struct options *opts);
bool command_reopen(struct db *db, const struct options *opts);
bool command_prune(struct db *db, const struct options *opts);
bool command_metrics(struct db *db, const struct options *opts);
bool command_kcidb(struct db *db, const struct options *opts);
bool command_html(struct db *db, const struct options *opts);

#endif /* KMC_STORE_H */
