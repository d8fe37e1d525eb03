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

static void put_counts(const struct counts *counts, const char *name, size_t at, double scale)
{
	for (size_t i = 0; i < counts->count; i++) {
		const struct count *count = &counts->list[i];
		const int64_t value = *(const int64_t *)((const char *)count + at);

		printf("%s{", name);
		put_label("checker", count->checker);
		putchar(',');
		put_label("state", count->state);
		if (scale == 1)
			printf("} %" PRId64 "\n", value);
		else
			printf("} %.6f\n", value * scale);
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
		put_head("kmc_bugs", "gauge", "Bugs that were reported.");
		put_counts(&counts, "kmc_bugs", offsetof(struct count, bugs), 1);
		put_head("kmc_reports_total", "counter", "Reports of them.");
		put_counts(&counts, "kmc_reports_total", offsetof(struct count, reports), 1);
		put_head("kmc_accesses_total", "counter", "Accesses that the reports stand for.");
		put_counts(&counts, "kmc_accesses_total", offsetof(struct count, accesses), 1);
		put_head("kmc_last_report_timestamp_seconds", "gauge",
			 "When there was the last one.");
		put_counts(&counts, "kmc_last_report_timestamp_seconds",
			   offsetof(struct count, last_seen), 1e-6);
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
