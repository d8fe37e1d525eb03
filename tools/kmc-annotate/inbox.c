// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thread reads, a queue hands over, and what came is sorted by bug.
 */
#include <kmc/output.h>

#include "inbox.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"
#include "../common/symbols.h"

/* Events that wait; then the reader waits, too. */
#define QUEUE_MAX	256
/* As many bugs are looked through by nobody. */
#define BUGS_MAX	4096
/* A key may wait so long for reports that are being explained. */
#define MOMENT_NS	10000000

/*
 * struct reader - between the threads
 * @in: belongs to the thread, but for kmc_input_stop()
 * @wake: a byte for each time that something came into an empty queue
 * @lock: of all that follows
 * @room: there is room in the queue
 * @error: why the input ended, or NULL
 */
struct reader {
	struct kmc_input *in;
	pthread_t thread;
	int wake[2];
	pthread_mutex_t lock;
	pthread_cond_t room;
	struct kmc_event queue[QUEUE_MAX];
	size_t head;
	size_t count;
	struct kmc_error *error;
	bool ended;
	bool stop;
};

/* ---- the thread ---- */

static void wake_up(struct reader *reader)
{
	ssize_t ignored = write(reader->wake[1], "", 1);

	/* A full pipe wakes as well. */
	(void)ignored;
}

/* False when nobody wants more. */
static bool put(struct reader *reader, const struct kmc_event *event)
{
	bool stop;

	pthread_mutex_lock(&reader->lock);
	while (reader->count == QUEUE_MAX && !reader->stop)
		pthread_cond_wait(&reader->room, &reader->lock);
	stop = reader->stop;
	if (!stop)
		reader->queue[(reader->head + reader->count++) % QUEUE_MAX] = *event;
	pthread_mutex_unlock(&reader->lock);
	if (stop)
		kmc_report_free(event->report);
	else
		wake_up(reader);
	return !stop;
}

static void *read_all(void *arg)
{
	struct reader *reader = arg;
	struct kmc_event event;
	struct kmc_error *err;

	do {
		event = (struct kmc_event) { };
		err = kmc_input_next(reader->in, &event);
	} while (!err && event.type != KMC_EVENT_END && put(reader, &event));
	pthread_mutex_lock(&reader->lock);
	reader->error = err;
	reader->ended = true;
	pthread_mutex_unlock(&reader->lock);
	wake_up(reader);
	return NULL;
}

/* Signals are for the thread that owns the terminal. */
static bool start(struct reader *reader)
{
	sigset_t all, before;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = !pthread_create(&reader->thread, NULL, read_all, reader);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

static void reader_free(struct reader *reader)
{
	pthread_mutex_lock(&reader->lock);
	reader->stop = true;
	pthread_cond_signal(&reader->room);
	pthread_mutex_unlock(&reader->lock);
	kmc_input_stop(reader->in);
	pthread_join(reader->thread, NULL);
	for (size_t i = 0; i < reader->count; i++)
		kmc_report_free(reader->queue[(reader->head + i) % QUEUE_MAX].report);
	kmc_error_free(reader->error);
	kmc_input_free(reader->in);
	close(reader->wake[0]);
	close(reader->wake[1]);
	free(reader);
}

static struct kmc_error *open_reader(const char *path, bool live, struct reader **out)
{
	struct kmc_input *in;
	struct kmc_error *err = kmc_input_open(path, live, &in);
	struct reader *reader;

	if (err)
		return err;
	reader = xcalloc(1, sizeof(*reader));
	reader->in = in;
	pthread_mutex_init(&reader->lock, NULL);
	pthread_cond_init(&reader->room, NULL);
	if (pipe2(reader->wake, O_CLOEXEC | O_NONBLOCK) || !start(reader))
		message_exit("cannot start to read: no more files or threads");
	*out = reader;
	return NULL;
}

struct kmc_error *inbox_open(const char *const *paths, bool live, struct symbols *symbols,
			     struct inbox **out)
{
	struct inbox *inbox;
	struct reader *reader;
	struct kmc_error *err = open_reader(paths[0], live, &reader);

	if (err)
		return err;
	inbox = xcalloc(1, sizeof(*inbox));
	inbox->paths = paths;
	inbox->path = paths[0];
	inbox->live = live;
	inbox->symbols = symbols;
	inbox->reader = reader;
	*out = inbox;
	return NULL;
}

/* The next input that can be opened; false: there is none. */
static bool next_input(struct inbox *inbox)
{
	struct reader *reader = NULL;

	while (!reader && inbox->paths[inbox->at + 1]) {
		struct kmc_error *err;

		inbox->path = inbox->paths[++inbox->at];
		err = open_reader(inbox->path, false, &reader);
		if (err) {
			inbox->failed = true;
			message_error(err);
		}
	}
	if (!reader)
		return false;
	reader_free(inbox->reader);
	inbox->reader = reader;
	return true;
}

void inbox_free(struct inbox *inbox)
{
	if (!inbox)
		return;
	reader_free(inbox->reader);
	for (size_t i = 0; i < inbox->nbugs; i++) {
		for (size_t j = 0; j < inbox->bugs[i].nreports; j++)
			kmc_report_free(inbox->bugs[i].reports[j]);
		free(inbox->bugs[i].signature);
	}
	free(inbox->bugs);
	free(inbox->order);
	free(inbox);
}

int inbox_fd(const struct inbox *inbox)
{
	/* Nothing of it is wanted now. */
	if (!inbox || inbox->paused || inbox->ended)
		return -1;
	return inbox->reader->wake[0];
}

/* ---- by bug ---- */

/* What reports of one bug have in common; "" when there is no memory for it. */
static char *signature_of(const struct kmc_report *report)
{
	struct kmc_error *err;
	char *out;

	err = kmc_signature(report, &out);
	if (!err)
		return out;
	kmc_error_free(err);
	return xstrdup("");
}

/* Takes the report over. */
static void add_report(struct inbox *inbox, struct kmc_report *report)
{
	char *signature = signature_of(report);
	struct bug *bug = NULL;

	inbox->seen++;
	for (size_t i = 0; i < inbox->nbugs && !bug; i++)
		if (!strcmp(inbox->bugs[i].signature, signature))
			bug = &inbox->bugs[i];
	if (!bug && inbox->nbugs < BUGS_MAX) {
		inbox->bugs = xrealloc(inbox->bugs,
				       (inbox->nbugs + 1) * sizeof(*inbox->bugs));
		inbox->order = xrealloc(inbox->order,
					(inbox->nbugs + 1) * sizeof(*inbox->order));
		inbox->order[inbox->nbugs] = inbox->nbugs;
		bug = &inbox->bugs[inbox->nbugs++];
		*bug = (struct bug) { .signature = signature };
		signature = NULL;
	}
	free(signature);
	if (!bug) {
		inbox->dropped++;
		kmc_report_free(report);
		return;
	}
	bug->seen++;
	bug->accesses += report->count;
	if (bug->nreports < BUG_REPORTS)
		bug->reports[bug->nreports++] = report;
	else
		kmc_report_free(report);
}

static void take_event(struct inbox *inbox, struct kmc_event *event)
{
	switch (event->type) {
	case KMC_EVENT_REPORT:
		/* What is named and does not fit was said; the report is still one. */
		if (!symbols_resolve(inbox->symbols, event->report))
			inbox->failed = true;
		add_report(inbox, event->report);
		break;
	case KMC_EVENT_DAMAGE:
		inbox->failed = true;
		/* fall through */
	case KMC_EVENT_UNREAD:
	case KMC_EVENT_LOST:
	case KMC_EVENT_FATAL:
	case KMC_EVENT_FOLLOW:
		message_event(inbox->path, event);
		break;
	case KMC_EVENT_END:
		break;
	}
}

/* False when there is nothing more to take now. */
static bool take_one(struct inbox *inbox)
{
	struct reader *reader = inbox->reader;
	struct kmc_error *err = NULL;
	struct kmc_event event = { };
	bool have, ended = false;

	pthread_mutex_lock(&reader->lock);
	have = reader->count;
	if (have) {
		event = reader->queue[reader->head];
		reader->head = (reader->head + 1) % QUEUE_MAX;
		reader->count--;
		pthread_cond_signal(&reader->room);
	} else if (reader->ended) {
		ended = true;
		err = reader->error;
		reader->error = NULL;
	}
	pthread_mutex_unlock(&reader->lock);
	if (have)
		take_event(inbox, &event);
	if (err) {
		inbox->failed = true;
		message_error(err);
	}
	if (ended && next_input(inbox))
		return true;
	inbox->ended = ended;
	return have;
}

static uint64_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000ULL + at.tv_nsec;
}

static void drain(struct reader *reader)
{
	char bytes[64];

	while (read(reader->wake[0], bytes, sizeof(bytes)) > 0)
		;
}

bool inbox_take(struct inbox *inbox, bool *changed)
{
	uint64_t until = now() + MOMENT_NS;
	bool more = true;

	*changed = false;
	if (inbox->paused || inbox->ended)
		return false;
	drain(inbox->reader);
	while (more && now() < until) {
		more = take_one(inbox);
		*changed |= more;
	}
	*changed |= inbox->ended;
	return more;
}

void inbox_wait(const struct inbox *inbox)
{
	struct pollfd fd = { .fd = inbox->reader->wake[0], .events = POLLIN };

	poll(&fd, 1, -1);
}

/* ---- order ---- */

static int compare_members(const struct kmc_report *a, const struct kmc_report *b)
{
	const struct kmc_candidate *x = a->ncandidates ? a->candidates : NULL;
	const struct kmc_candidate *y = b->ncandidates ? b->candidates : NULL;
	int order;

	if (!x || !x->type || !y || !y->type)
		return (!x || !x->type) - (!y || !y->type);
	order = strcmp(x->type, y->type);
	return order ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static int compare_bugs(const void *a, const void *b, void *arg)
{
	const size_t p = *(const size_t *)a, q = *(const size_t *)b;
	const struct inbox *inbox = arg;
	const struct bug *x = &inbox->bugs[p], *y = &inbox->bugs[q];
	int order = 0;

	if (inbox->sorted == INBOX_COUNT)
		order = (x->seen < y->seen) - (x->seen > y->seen);
	else if (inbox->sorted == INBOX_TIME)
		order = (x->reports[0]->time > y->reports[0]->time) -
			(x->reports[0]->time < y->reports[0]->time);
	else if (inbox->sorted == INBOX_MEMBER)
		order = compare_members(x->reports[0], y->reports[0]);
	return order ? order : (p > q) - (p < q);
}

void inbox_sort(struct inbox *inbox, enum inbox_order how)
{
	inbox->sorted = how;
	if (inbox->nbugs)
		qsort_r(inbox->order, inbox->nbugs, sizeof(*inbox->order), compare_bugs,
			inbox);
}

size_t inbox_place(const struct inbox *inbox, size_t bug)
{
	size_t place = 0;

	while (place + 1 < inbox->nbugs && inbox->order[place] != bug)
		place++;
	return place;
}
