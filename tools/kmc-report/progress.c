// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How far it is, in one line on standard error that vanishes at the end.
 *
 * A thread writes it, because reading and looking symbols up do not come back for
 * seconds. It is the only one of the program, and has no other duty.
 */
#include "progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What is done sooner needs no word, and what is on the screen has so long. */
#define FIRST_NS	500000000LL
#define AGAIN_NS	100000000LL
#define LINE_MAX_LEN	79

/*
 * struct progress - the one line
 * @input: being read, NULL for none
 * @reports: found so far
 * @what: done instead of reading, NULL for nothing
 * @done, @total: bytes of that, 0 if unknown
 * @since: when it began, or when there was output last
 * @shown: columns on the screen
 */
static struct progress {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool running;
	bool stop;
	const struct kmc_input *input;
	unsigned long reports;
	const char *what;
	uint64_t done;
	uint64_t total;
	int64_t since;
	int shown;
} progress = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void erase(void)
{
	if (progress.shown)
		fprintf(stderr, "\r%*s\r", progress.shown, "");
	progress.shown = 0;
}

static int amount(char *out, size_t size, uint64_t done, uint64_t total)
{
	if (total)
		return snprintf(out, size, "%.0f of %.0f MB (%.0f %%)",
				done / 1e6, total / 1e6,
				100.0 * done / (done > total ? done : total));
	return snprintf(out, size, "%.0f MB", done / 1e6);
}

static void draw(void)
{
	char line[LINE_MAX_LEN + 1], what[96];
	uint64_t done, total;
	int len = 0;

	if (progress.what && !progress.total) {
		len = snprintf(line, sizeof(line), "%s", progress.what);
	} else if (progress.what) {
		amount(what, sizeof(what), progress.done, progress.total);
		len = snprintf(line, sizeof(line), "%s: %s", progress.what,
			       what);
	} else if (progress.input) {
		kmc_input_progress(progress.input, &done, &total);
		amount(what, sizeof(what), done, total);
		len = snprintf(line, sizeof(line), "%s, %lu report%s", what,
			       progress.reports,
			       progress.reports == 1 ? "" : "s");
	}
	if (len <= 0)
		return;
	if (len > LINE_MAX_LEN)
		len = LINE_MAX_LEN;
	fprintf(stderr, "\r%s%*s", line,
		progress.shown > len ? progress.shown - len : 0, "");
	progress.shown = progress.shown > len ? progress.shown : len;
}

static void *run(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&progress.lock);
	while (!progress.stop) {
		int64_t at = now() + AGAIN_NS;
		struct timespec until = {
			.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000,
		};

		pthread_cond_timedwait(&progress.wake, &progress.lock, &until);
		if (!progress.stop && now() - progress.since >= FIRST_NS)
			draw();
	}
	erase();
	pthread_mutex_unlock(&progress.lock);
	return NULL;
}

bool progress_start(const struct options *opts)
{
	pthread_condattr_t attr;

	/* What is followed has no end, and silence is as it should be. */
	if (opts->quiet || opts->no_progress || opts->live ||
	    !isatty(STDERR_FILENO))
		return false;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&progress.wake, &attr);
	pthread_condattr_destroy(&attr);
	progress.since = now();
	/* Without it the work is done all the same. */
	progress.running = !pthread_create(&progress.thread, NULL, run, NULL);
	return progress.running;
}

void progress_stop(void)
{
	if (!progress.running)
		return;
	pthread_mutex_lock(&progress.lock);
	progress.stop = true;
	pthread_cond_signal(&progress.wake);
	pthread_mutex_unlock(&progress.lock);
	pthread_join(progress.thread, NULL);
	progress.running = false;
}

void progress_input(const struct kmc_input *input)
{
	pthread_mutex_lock(&progress.lock);
	progress.input = input;
	pthread_mutex_unlock(&progress.lock);
}

void progress_report(void)
{
	pthread_mutex_lock(&progress.lock);
	progress.reports++;
	pthread_mutex_unlock(&progress.lock);
}

void progress_work(const char *what, uint64_t done, uint64_t total)
{
	pthread_mutex_lock(&progress.lock);
	progress.what = what;
	progress.done = done;
	progress.total = total;
	pthread_mutex_unlock(&progress.lock);
}

void progress_hide(void)
{
	pthread_mutex_lock(&progress.lock);
	erase();
	/* What goes elsewhere does not tell that we are alive. */
	if (progress.running && isatty(STDOUT_FILENO))
		progress.since = now();
	pthread_mutex_unlock(&progress.lock);
}
