// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Times: microseconds since 1970.
 */
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../common/memory.h"

#define SECOND		1000000LL
/* Later than any clock; a number of microseconds has room for it. */
#define SECONDS_MAX	(1LL << 40)

int64_t when_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

static bool read_ago(const char *text, int64_t *out)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	char *end;
	const long long count = strtoll(text, &end, 10);

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (end > text && *end == units[i].letter && !end[1] && count >= 0 &&
		    count < SECONDS_MAX / units[i].seconds) {
			*out = when_now() - count * units[i].seconds * SECOND;
			return true;
		}
	return false;
}

static bool read_date(const char *text, int64_t *out)
{
	static const char * const forms[] = {
		"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
		"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct tm tm = { };
		const char *end = strptime(text, forms[i], &tm);
		const int day = tm.tm_mday;

		/* UTC with and without its letter: a fleet has no other. */
		if (end && (!*end || !strcmp(end, "Z"))) {
			*out = timegm(&tm) * SECOND;
			/* There is no 31st of November. */
			return tm.tm_mday == day;
		}
	}
	return false;
}

bool when_read(const char *text, int64_t *out)
{
	long long seconds;
	char *end;

	if (*text != '@')
		return read_ago(text, out) || read_date(text, out);
	seconds = strtoll(text + 1, &end, 10);
	if (!text[1] || *end || seconds < 0 || seconds > SECONDS_MAX)
		return false;
	*out = seconds * SECOND;
	return true;
}

const char *when_text(int64_t when, char out[WHEN_SIZE])
{
	const time_t seconds = when / SECOND;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(out, WHEN_SIZE, "%F %TZ", &tm))
		strcpy(out, "?");
	return out;
}
