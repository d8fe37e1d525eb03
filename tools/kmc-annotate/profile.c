// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which members are accessed how often: what perf prints of its samples by data type.
 *
 *   Annotate type: 'struct page' in vmlinux (480 samples):
 *      Percent     offset       size  field
 *        66.46          8          8      struct list_head*  next;
 *
 * has a column of numbers for each event; perf report -s type,typeoff has lines as
 *
 *   10.83%  0.02%  struct page +8 (lru.next)
 */
#include "profile.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "../common/message.h"

#define TITLE		"Annotate type: '"
#define COLUMNS_MAX	64

/* That of a type, which is new if it has none yet. */
static struct heat *heat_of(struct profile *profile, const char *type, size_t len)
{
	struct heat *heat;

	for (size_t i = 0; i < profile->count; i++)
		if (!strncmp(profile->v[i].type, type, len) && !profile->v[i].type[len])
			return &profile->v[i];
	profile->v = xrealloc(profile->v, (profile->count + 1) * sizeof(*profile->v));
	heat = &profile->v[profile->count++];
	*heat = (struct heat) { .type = xcalloc(len + 1, 1) };
	memcpy(heat->type, type, len);
	return heat;
}

static void add_part(struct heat *heat, uint64_t from, double weight)
{
	/* Also what is no number. */
	if (!(weight > 0 && weight < 1e18))
		return;
	heat->v = xrealloc(heat->v, (heat->count + 1) * sizeof(*heat->v));
	heat->v[heat->count++] = (struct heat_part) { from, weight };
	heat->total += weight;
}

/* Numbers at the start of a line; *@rest is behind them. */
static size_t read_numbers(const char *text, double *numbers, const char **rest)
{
	size_t count = 0;
	char *end;

	for (; count < COLUMNS_MAX; count++, text = end) {
		text += strspn(text, " \t");
		if (!isdigit((unsigned char)*text))
			break;
		numbers[count] = strtod(text, &end);
		if (*end && !isspace((unsigned char)*end))
			break;
	}
	*rest = text;
	return count;
}

/* A member with its samples; those of a struct that is unfolded are said of its members. */
static void read_member(struct heat *heat, const char *text)
{
	double numbers[COLUMNS_MAX], weight = 0;
	const char *rest;
	size_t count = read_numbers(text, numbers, &rest);

	if (count < 3 || !*rest || strchr(rest, '{'))
		return;
	for (size_t i = 0; i + 2 < count; i++)
		weight += numbers[i];
	if (numbers[count - 2] < 1e15)
		add_part(heat, numbers[count - 2], weight);
}

/* "10.83%  0.02%  struct page +8 (lru.next)" */
static void read_offset(struct profile *profile, const char *text)
{
	const char *end, *at;
	double weight = 0;
	char *behind;

	for (;;) {
		text += strspn(text, " \t");
		if (!isdigit((unsigned char)*text))
			break;
		weight += strtod(text, &behind);
		if (*behind != '%')
			return;
		text = behind + 1;
	}
	at = strstr(text, " +");
	if (weight <= 0 || !at || !isdigit((unsigned char)at[2]) || strstr(at, "(no field)"))
		return;
	for (end = at; end > text && isspace((unsigned char)end[-1]); end--)
		;
	if (end > text)
		add_part(heat_of(profile, text, end - text), strtoull(at + 2, NULL, 0),
			 weight);
}

static void read_line(struct profile *profile, const char *text, size_t *current)
{
	const char *title = strstr(text, TITLE), *end;

	if (!title && *current) {
		read_member(&profile->v[*current - 1], text);
	} else if (title) {
		title += strlen(TITLE);
		end = strchr(title, '\'');
		if (end)
			*current = heat_of(profile, title, end - title) - profile->v + 1;
	}
	if (!title)
		read_offset(profile, text);
}

static bool is_empty(const struct profile *profile)
{
	for (size_t i = 0; i < profile->count; i++)
		if (profile->v[i].count)
			return false;
	return true;
}

struct profile *profile_open(const char *path)
{
	FILE *file = fopen(path, "r");
	struct profile *profile;
	size_t size = 0, current = 0;
	char *text = NULL;
	int error;

	if (!file) {
		message("%s: cannot open: %s", path, strerror(errno));
		return NULL;
	}
	profile = xcalloc(1, sizeof(*profile));
	errno = 0;
	while (getline(&text, &size, file) >= 0)
		read_line(profile, text, &current);
	error = ferror(file) ? errno : 0;
	free(text);
	fclose(file);
	if (!error && !is_empty(profile))
		return profile;
	profile_free(profile);
	if (error)
		message("%s: cannot read: %s", path, strerror(error));
	else
		message("%s: has no samples of data types: perf annotate --data-type --stdio prints them",
			path);
	return NULL;
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	for (size_t i = 0; i < profile->count; i++) {
		free(profile->v[i].type);
		free(profile->v[i].v);
	}
	free(profile->v);
	free(profile);
}

const struct heat *profile_find(const struct profile *profile, const char *type)
{
	for (size_t i = 0; profile && i < profile->count; i++)
		if (profile->v[i].count && !strcmp(profile->v[i].type, type))
			return &profile->v[i];
	return NULL;
}

/* What lies over several members is said of that which it begins in. */
double heat_share(const struct heat *heat, uint64_t from, uint64_t size)
{
	double sum = 0;

	for (size_t i = 0; heat && i < heat->count; i++)
		if (heat->v[i].from >= from && heat->v[i].from - from < size)
			sum += heat->v[i].weight;
	return sum > 0 ? sum / heat->total : 0;
}
