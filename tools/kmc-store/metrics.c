// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-store metrics: counts in Prometheus' text format.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "db.h"
#include "kmc-store.h"

/*
 * struct count - of the bugs of one checker in one state
 */
struct count {
	char *checker;
	char *state;
	int64_t bugs;
	int64_t reports;
	int64_t accesses;
	int64_t last_seen;
};

struct counts {
	struct count *list;
	size_t count;
	int64_t hosts;
	int64_t kernels;
};

static bool take_count(void *arg, const struct db_value *row, size_t count)
{
	struct counts *counts = arg;

	if (count != 6)
		return false;
	counts->list = xrealloc(counts->list, (counts->count + 1) * sizeof(*counts->list));
	counts->list[counts->count++] = (struct count) {
		.checker = xstrdup(row[0].text ? row[0].text : ""),
		.state = xstrdup(row[1].text ? row[1].text : ""),
		.bugs = db_integer(&row[2]), .reports = db_integer(&row[3]),
		.accesses = db_integer(&row[4]), .last_seen = db_integer(&row[5]),
	};
	return true;
}

static bool take_hosts(void *arg, const struct db_value *row, size_t count)
{
	struct counts *counts = arg;

	if (count == 2) {
		counts->hosts = db_integer(&row[0]);
		counts->kernels = db_integer(&row[1]);
	}
	return true;
}

/* In quotes; these three are all that the format escapes, the rest is made printable. */
static void put_label(const char *name, const char *text)
{
	char *clean = kmc_escape(text);

	printf("%s=\"", name);
	for (const char *at = clean; at && *at; at++) {
		if (*at == '"' || *at == '\\')
			putchar('\\');
		putchar(*at);
	}
	putchar('"');
	free(clean);
}

static void put_head(const char *name, const char *type, const char *help)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static int64_t value_of(const struct count *count, size_t at)
{
	return *(const int64_t *)((const char *)count + at);
}

/* How many bugs there are in each state. */
static void put_bugs(const struct counts *counts)
{
	put_head("kmc_bugs", "gauge", "Bugs that were reported.");
	for (size_t i = 0; i < counts->count; i++) {
		printf("kmc_bugs{");
		put_label("checker", counts->list[i].checker);
		putchar(',');
		put_label("state", counts->list[i].state);
		printf("} %" PRId64 "\n", counts->list[i].bugs);
	}
}

/* Without the state: what is counted must not become less when a bug is closed. */
static void put_totals(const struct counts *counts, const char *name, size_t at)
{
	int64_t total = 0;

	for (size_t i = 0; i < counts->count; i++) {
		const struct count *count = &counts->list[i];

		total += value_of(count, at);
		if (i + 1 < counts->count && !strcmp(count[1].checker, count->checker))
			continue;
		printf("%s{", name);
		put_label("checker", count->checker);
		printf("} %" PRId64 "\n", total);
		total = 0;
	}
}

static void put_latest(const struct counts *counts, const char *name)
{
	int64_t latest = INT64_MIN;

	for (size_t i = 0; i < counts->count; i++) {
		const struct count *count = &counts->list[i];

		if (count->last_seen > latest)
			latest = count->last_seen;
		if (i + 1 < counts->count && !strcmp(count[1].checker, count->checker))
			continue;
		printf("%s{", name);
		put_label("checker", count->checker);
		printf("} %.6f\n", latest * 1e-6);
		latest = INT64_MIN;
	}
}

bool command_metrics(struct db *db, const struct options *opts)
{
	struct counts counts = { };
	bool good;

	(void)opts;
	good = db_query(db, "metrics", take_count, &counts) &&
	       db_query(db, "metrics_hosts", take_hosts, &counts);
	if (good) {
		put_bugs(&counts);
		put_head("kmc_reports_total", "counter", "Reports of them.");
		put_totals(&counts, "kmc_reports_total", offsetof(struct count, reports));
		put_head("kmc_accesses_total", "counter", "Accesses that the reports stand for.");
		put_totals(&counts, "kmc_accesses_total", offsetof(struct count, accesses));
		put_head("kmc_last_report_timestamp_seconds", "gauge",
			 "When there was the last one.");
		put_latest(&counts, "kmc_last_report_timestamp_seconds");
		put_head("kmc_hosts", "gauge", "Machines that reported.");
		printf("kmc_hosts %" PRId64 "\n", counts.hosts);
		put_head("kmc_kernels", "gauge", "Kernels that reported.");
		printf("kmc_kernels %" PRId64 "\n", counts.kernels);
	}
	for (size_t i = 0; i < counts.count; i++) {
		free(counts.list[i].checker);
		free(counts.list[i].state);
	}
	free(counts.list);
	return good;
}
