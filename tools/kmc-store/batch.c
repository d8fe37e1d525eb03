// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports on their way into a store.
 */
#include "batch.h"

#include <inttypes.h>
#include <kmc/output.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "packed.h"
#include "plain.h"
#include "rows.h"
#include "table.h"

/* Longer than that no machine was up, nor is it so long since 1970. */
#define SECONDS_MAX	1e10
/* Longer names are no names. */
#define KEY_MAX		512

enum {
	ROWS_KERNEL,
	ROWS_GROUP,
	ROWS_SITE,
	ROWS_EXPLANATION,
	ROWS_OCCURRENCE,
	ROWS_RAW,
	ROWS_COUNT
};

/*
 * struct batch - what waits, and what is known of the store
 * @raw: reports of a bug that are kept whole
 * @most: reports that may wait
 * @rows: by table
 * @kernels: known ones
 * @bugs: known ones, by their signature: 1 + how many reports of them are kept
 * @explained: "signature kernel" of what is explained: 1, 2 with debug info
 * @sites: "kernel site" of those: an index into @site_bugs, plus 1
 * @poor: likewise, 1 where there was no debug info
 * @site_bugs: their signatures
 * @ids: of what waits
 * @same: how often there was a report of no time in this input
 */
struct batch {
	struct db *db;
	unsigned long raw;
	unsigned long most;
	struct rows rows[ROWS_COUNT];
	struct table kernels;
	struct table bugs;
	struct table explained;
	struct table sites;
	struct table poor;
	char (*site_bugs)[KMC_HASH_SIZE];
	size_t nsites;
	struct table ids;
	struct table same;
	struct batch_counts counts;
};

/* ---- what is known ---- */

/* "a b"; what is too long for it is its beginning */
static const char *pair(char key[KEY_MAX], const char *a, const char *b)
{
	snprintf(key, KEY_MAX, "%s %s", a, b);
	return key;
}

static void learn_site(struct batch *batch, const char *kernel, const char *site,
		       const char *signature, bool with_debuginfo)
{
	char key[KEY_MAX];

	pair(key, site, kernel);
	batch->site_bugs = xrealloc(batch->site_bugs,
				    (batch->nsites + 1) * sizeof(*batch->site_bugs));
	snprintf(batch->site_bugs[batch->nsites], KMC_HASH_SIZE, "%s", signature);
	*table_at(&batch->sites, key) = ++batch->nsites;
	*table_at(&batch->poor, key) = !with_debuginfo;
}

static bool take_site(void *arg, const struct db_value *row, size_t count)
{
	if (count == 4 && row[0].text && row[1].text && row[2].text)
		learn_site(arg, row[0].text, row[1].text, row[2].text, db_integer(&row[3]));
	return true;
}

static bool take_known(void *arg, const struct db_value *row, size_t count)
{
	struct batch *batch = arg;
	char key[KEY_MAX];

	if (count != 3 || !row[0].text || !row[1].text)
		return true;
	*table_at(&batch->explained, pair(key, row[0].text, row[1].text)) = 1;
	*table_at(&batch->bugs, row[0].text) = 1 + db_integer(&row[2]);
	*table_at(&batch->kernels, row[1].text) = 1;
	return true;
}

struct batch *batch_new(struct db *db, unsigned long raw, unsigned long most)
{
	static const struct rows tables[] = {
		[ROWS_KERNEL] = { .table = "stage_kernel", .columns = 3 },
		[ROWS_GROUP] = { .table = "stage_group", .columns = 7 },
		[ROWS_SITE] = { .table = "stage_site", .columns = 4 },
		[ROWS_EXPLANATION] = { .table = "stage_explanation", .columns = 4 },
		[ROWS_OCCURRENCE] = { .table = "stage_occurrence", .columns = 12 },
		[ROWS_RAW] = { .table = "stage_raw", .columns = 4 },
	};
	struct batch *batch = xcalloc(1, sizeof(*batch));

	batch->db = db;
	batch->raw = raw;
	batch->most = most;
	memcpy(batch->rows, tables, sizeof(tables));
	if (db_query(db, "known", take_known, batch) && db_query(db, "sites", take_site, batch))
		return batch;
	batch_free(batch);
	return NULL;
}

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	for (size_t i = 0; i < ROWS_COUNT; i++)
		rows_release(&batch->rows[i]);
	table_release(&batch->kernels);
	table_release(&batch->bugs);
	table_release(&batch->explained);
	table_release(&batch->sites);
	table_release(&batch->poor);
	table_release(&batch->ids);
	table_release(&batch->same);
	free(batch->site_bugs);
	free(batch);
}

void batch_input(struct batch *batch)
{
	table_release(&batch->same);
}

struct batch_counts batch_counts(const struct batch *batch)
{
	return batch->counts;
}

/* ---- a report ---- */

/* The build-ID, or else the release: yours to free */
static char *kernel_of(const struct report_line *line)
{
	char *id = report_line_text(line, KEY_BUILD_ID);

	if (!id || !*id) {
		free(id);
		id = report_line_text(line, KEY_KERNEL);
	}
	return id ? id : xstrdup("unknown");
}

const char *batch_find(struct batch *batch, const struct report_line *line, bool better)
{
	char site[REPORT_ID_SIZE], key[KEY_MAX], *kernel = kernel_of(line);
	const uint64_t *index, *poor;

	report_line_site(line, site);
	pair(key, site, kernel);
	free(kernel);
	index = table_find(&batch->sites, key);
	poor = table_find(&batch->poor, key);
	return index && !(better && *poor) ? batch->site_bugs[*index - 1] : NULL;
}

static void add_kernel(struct batch *batch, const struct report_line *line, const char *kernel)
{
	uint64_t *known = table_at(&batch->kernels, kernel);
	char *build_id, *release;

	if (*known)
		return;
	*known = 1;
	build_id = report_line_text(line, KEY_BUILD_ID);
	release = report_line_text(line, KEY_KERNEL);
	rows_add(&batch->rows[ROWS_KERNEL], (struct db_value[]) {
		db_text(kernel), db_text(build_id), db_text(release) });
	free(build_id);
	free(release);
}

static void add_group(struct batch *batch, const struct report_line *line,
		      const char *signature, const char *words)
{
	const struct json_span verdict = line->keys[KEY_VERDICT];
	char *checker = report_line_text(line, KEY_CHECKER);
	char *title = report_line_text(line, KEY_TITLE);
	char *headline = json_text_of(json_member(verdict, "headline"));
	char *class = json_text_of(json_member(verdict, "class"));
	char *member = report_line_member(line);

	rows_add(&batch->rows[ROWS_GROUP], (struct db_value[]) {
		db_text(signature), db_text(words), db_text(checker ? checker : ""),
		db_text(title ? title : words), db_text(headline), db_text(class),
		db_text(member) });
	batch->counts.bugs++;
	free(checker);
	free(title);
	free(headline);
	free(class);
	free(member);
}

/* Of a kernel whose bug this is not explained for yet, or not as well. */
static void add_explanation(struct batch *batch, const struct report_line *line,
			    const char *signature, const char *kernel,
			    const struct batch_explained *explained)
{
	const unsigned int good = explained->with_debuginfo ? 2 : 1;
	char key[KEY_MAX], *made = NULL;
	uint64_t *known = table_at(&batch->explained, pair(key, signature, kernel));
	struct db_value body;

	if (*known >= good)
		return;
	*known = good;
	if (!explained->text)
		made = plain_report(line->text, line->len);
	if (!explained->text && !made)
		return;
	body = packed(explained->text ? explained->text : made,
		      strlen(explained->text ? explained->text : made));
	rows_add(&batch->rows[ROWS_EXPLANATION], (struct db_value[]) {
		db_text(signature), db_text(kernel),
		db_text(explained->with_debuginfo ? "1" : "0"), body });
	free((void *)body.text);
	free(made);
}

/* A number that the report may not have, as it stands there */
static struct db_value number_of(struct json_span value)
{
	const bool digits = value.at && value.len < 20 &&
			    strspn(value.at, "0123456789") == value.len;

	return (struct db_value) { .text = digits ? value.at : NULL, .len = value.len };
}

static void add_occurrence(struct batch *batch, const struct batch_origin *origin,
			   const struct report_line *line, const char *boot, const char *id,
			   const char *signature, const char *kernel)
{
	char at_room[24], uptime_room[24], *comm = report_line_text(line, KEY_COMM);
	struct db_value uptime = { }, at, body;
	int64_t when = origin->at, booted = origin->booted, since_boot;
	double seconds;
	uint64_t *kept = table_at(&batch->bugs, signature);

	/* What the log says itself is right for each of its boots. */
	if (json_real_of(line->keys[KEY_BOOTED], &seconds) && seconds > 0 && seconds < SECONDS_MAX)
		booted = seconds * 1e6 + 0.5;
	if (json_real_of(line->keys[KEY_TIME], &seconds) && seconds >= 0 && seconds < SECONDS_MAX) {
		since_boot = seconds * 1e6;
		uptime = db_number(since_boot, uptime_room);
		if (booted)
			when = booted + since_boot;
	}
	at = db_number(when, at_room);
	rows_add(&batch->rows[ROWS_OCCURRENCE], (struct db_value[]) {
		db_text(id), db_text(signature), at, db_text(origin->host),
		db_text(boot), db_text(kernel), number_of(line->keys[KEY_CPU]),
		number_of(line->keys[KEY_PID]), db_text(comm),
		number_of(json_member(line->keys[KEY_SOURCE], "seq")), uptime,
		number_of(line->keys[KEY_COUNT]).text ? number_of(line->keys[KEY_COUNT]) :
		db_text("1") });
	free(comm);
	if (*kept > batch->raw)
		return;
	++*kept;
	body = packed(line->text, line->len);
	rows_add(&batch->rows[ROWS_RAW], (struct db_value[]) {
		db_text(id), db_text(signature), at, body });
	free((void *)body.text);
}

/*
 * False: it waits already. What is of one boot and what does not say which are taken for the
 * same, as in known_already.sql.
 */
static bool is_new(struct batch *batch, const struct batch_origin *origin,
		   const struct report_line *line, const char *boot, char id[REPORT_ID_SIZE])
{
	char other[REPORT_ID_SIZE];
	uint64_t *waiting;

	report_line_id(line, origin->host, origin->boot, 0, id);
	if (!report_line_has_time(line)) {
		const uint64_t nth = (*table_at(&batch->same, id))++;

		report_line_id(line, origin->host, origin->boot, nth, id);
	}
	strcpy(other, id);
	if (boot) {
		report_line_id_of_boot(boot, id);
		if (table_find(&batch->ids, other))
			return false;
	}
	other[REPORT_ID_COMMON] = '\0';
	if (boot)
		*table_at(&batch->ids, other) = 1;
	else if (table_find(&batch->ids, other))
		return false;
	waiting = table_at(&batch->ids, id);
	return !(*waiting)++;
}

/* That the log itself says, if nobody has said it; yours to free, NULL: it is not known */
static char *boot_of(const struct batch_origin *origin, const struct report_line *line)
{
	char *boot = *origin->boot ? NULL : report_line_text(line, KEY_BOOT);

	if (boot && *boot)
		return boot;
	free(boot);
	return NULL;
}

bool batch_add(struct batch *batch, const struct batch_origin *origin,
	       const struct report_line *line, const char *signature,
	       const struct batch_explained *explained, const char *site)
{
	char id[REPORT_ID_SIZE], hash[KMC_HASH_SIZE], *words = NULL, *kernel, *boot;
	uint64_t *known;

	batch->counts.seen++;
	boot = boot_of(origin, line);
	if (!is_new(batch, origin, line, boot, id)) {
		free(boot);
		return true;
	}
	kernel = kernel_of(line);
	add_kernel(batch, line, kernel);
	if (!signature) {
		words = report_line_text(line, KEY_SIGNATURE);
		kmc_signature_hash(words ? words : "", hash);
		signature = hash;
		known = table_at(&batch->bugs, signature);
		if (!*known) {
			*known = 1;
			add_group(batch, line, signature, words ? words : "");
		}
		add_explanation(batch, line, signature, kernel, explained);
		if (site) {
			/* What there is of debug info was tried, and is not to be tried again. */
			learn_site(batch, kernel, site, signature, true);
			rows_add(&batch->rows[ROWS_SITE], (struct db_value[]) {
				db_text(kernel), db_text(site), db_text(signature),
				db_text(explained->with_debuginfo ? "1" : "0") });
		}
	}
	add_occurrence(batch, origin, line, boot ? boot : origin->boot, id, signature, kernel);
	free(boot);
	free(kernel);
	free(words);
	return batch->rows[ROWS_OCCURRENCE].count < batch->most || batch_flush(batch);
}

/* ---- into the store ---- */

static bool take_counts(void *arg, const struct db_value *row, size_t count)
{
	struct batch_counts *counts = arg;

	if (count == 2) {
		counts->added += db_integer(&row[0]) - db_integer(&row[1]);
		counts->old += db_integer(&row[1]);
	}
	return true;
}

static bool stage(struct batch *batch)
{
	struct db *db = batch->db;

	/* Only what nobody else sees; the lock is not held meanwhile. */
	if (!db->engine->run(db->session, "BEGIN;") || !db_run(db, "stage"))
		return false;
	for (size_t i = 0; i < ROWS_COUNT; i++)
		if (!rows_load(&batch->rows[i], db))
			return false;
	return db_commit(db);
}

bool batch_flush(struct batch *batch)
{
	struct db *db = batch->db;

	if (!batch->rows[ROWS_OCCURRENCE].count)
		return true;
	if (!stage(batch) || !db_begin(db) || !db_run(db, "lock") || !db_run(db, "known_already") ||
	    !db_query(db, "staged", take_counts, &batch->counts) || !db_run(db, "merge") ||
	    !db_commit(db))
		return false;
	for (size_t i = 0; i < ROWS_COUNT; i++)
		rows_clear(&batch->rows[i]);
	table_release(&batch->ids);
	return true;
}
