// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is on the screen while something is read that takes seconds.
 */
#include "waiting.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* Last, because they have macros for short words. */
#define NCURSES_WIDECHAR 1
#include <curses.h>

#define TICK_NS		500000000

static void draw(const struct waiting *waiting, unsigned int seconds)
{
	move(LINES - 1, 0);
	clrtoeol();
	if (seconds)
		printw("%s, for %u s", waiting->text, seconds);
	else
		printw("%s", waiting->text);
	refresh();
}

static void next_tick(struct timespec *at)
{
	at->tv_nsec += TICK_NS;
	if (at->tv_nsec < 1000000000)
		return;
	at->tv_nsec -= 1000000000;
	at->tv_sec++;
}

static void *count(void *arg)
{
	struct waiting *waiting = arg;
	unsigned int ticks = 0;
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	pthread_mutex_lock(&waiting->lock);
	while (!waiting->stop) {
		next_tick(&at);
		if (pthread_cond_timedwait(&waiting->wake, &waiting->lock, &at) != ETIMEDOUT)
			continue;
		draw(waiting, ++ticks * (TICK_NS / 1000) / 1000000);
	}
	pthread_mutex_unlock(&waiting->lock);
	return NULL;
}

void waiting_start(struct waiting *waiting, const char *text)
{
	sigset_t all, before;

	*waiting = (struct waiting) {
		.text = text, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER,
	};
	draw(waiting, 0);
	/* Signals are for the thread that owns the program. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	waiting->running = !pthread_create(&waiting->thread, NULL, count, waiting);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void waiting_stop(struct waiting *waiting)
{
	if (!waiting->running)
		return;
	pthread_mutex_lock(&waiting->lock);
	waiting->stop = true;
	pthread_cond_signal(&waiting->wake);
	pthread_mutex_unlock(&waiting->lock);
	pthread_join(waiting->thread, NULL);
}
