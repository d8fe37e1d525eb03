/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on the screen while something is read that takes seconds.
 */
#ifndef WAITING_H
#define WAITING_H

#include <pthread.h>
#include <stdbool.h>

/*
 * struct waiting - a thread that counts seconds in the last row
 * @text: what is done; borrowed
 * @lock: of @stop; the terminal is the thread's until then
 */
struct waiting {
	const char *text;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	bool running;
};

/* Between the two, nobody else may draw. */
void waiting_start(struct waiting *waiting, const char *text);
void waiting_stop(struct waiting *waiting);

#endif /* WAITING_H */
