// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opens what the user names, tells by its content what it is, unpacks it, and
 * feeds the reader for it, from files, pipes, sockets and debugfs alike.
 */
#include "kmc/kmc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/unpack.h"
#include "input/detect.h"
#include "input/follow.h"
#include "input/reader.h"
#include "report/events.h"

/* Large enough that system calls do not count, small enough for a cache. */
#define CHUNK		(256 * 1024)
/* A report is printed in one go: a silence as long as this is its end. */
#define SILENCE_MS	500
/* A regular file may not tell that it has grown; look so often. */
#define GROWN_MS	200

#define DEBUGFS		"/sys/kernel/debug"

/*
 * struct kmc_input - an open input
 * @ops: the reader; NULL until enough was read to tell which
 * @wake: pipe that kmc_input_stop() writes to
 * @regular: what is there can be read without waiting
 * @live: more may come
 * @follow: of a regular file then, unless the kernel generates it; else NULL
 * @size: of a regular file in bytes when it was opened, else 0
 * @position: bytes read so far; another thread may look at it
 * @ended: nothing more will be read
 * @read_at: milliseconds, when something was read last
 * @idled: the reader knows of the silence
 * @error: why it ended, to be returned behind what was found before
 * @hole: it may begin with zeros that mean nothing
 * @plain: known not to be compressed
 * @unpack: what unpacks it, NULL if nothing has to
 * @packed: what was read last, then
 * @unpacking: there is more in what was read last
 * @len: bytes of @data that no reader has taken yet
 */
struct kmc_input {
	char *path;
	int fd;
	int wake[2];
	bool regular;
	bool live;
	struct kmc_follow *follow;
	uint64_t size;
	uint64_t position;
	bool ended;
	uint64_t read_at;
	bool idled;
	struct kmc_error *error;
	const struct kmc_reader_ops *ops;
	void *reader;
	struct kmc_events events;
	bool hole;
	bool plain;
	struct kmc_unpack *unpack;
	char *packed;
	bool unpacking;
	size_t len;
	char data[CHUNK];
};

/* ---- open ---- */

static bool is_debugfs(const char *path)
{
	return !strncmp(path, DEBUGFS "/", strlen(DEBUGFS) + 1);
}

static struct kmc_error *open_error(const char *path, int errnum)
{
	struct statfs fs;

	if (!is_debugfs(path))
		return kmc_error_os(errnum, path, "cannot open");
	if (errnum == EACCES || errnum == EPERM)
		return kmc_error_os(errnum, path,
				    "only root may read reports; use sudo");
	if (errnum != ENOENT)
		return kmc_error_os(errnum, path, "cannot open");
	if (statfs(DEBUGFS, &fs) || fs.f_type != DEBUGFS_MAGIC)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
				     "debugfs is not mounted; mount -t debugfs none " DEBUGFS);
	return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
			     "the running kernel has no kmemcheck; it needs CONFIG_KMEMCHECK");
}

static struct kmc_error *connect_socket(const char *path, int *out)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, errnum;

	if (strlen(path) >= sizeof(addr.sun_path))
		return kmc_error_os(ENAMETOOLONG, path, "cannot connect");
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return kmc_error_os(errno, path, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		errnum = errno;
		close(fd);
		return kmc_error_os(errnum, path, "cannot connect");
	}
	*out = fd;
	return NULL;
}

/* The kernel makes the content when it is read: nobody truncates or replaces that. */
static bool is_generated(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && (fs.f_type == DEBUGFS_MAGIC || fs.f_type == TRACEFS_MAGIC ||
				     fs.f_type == SYSFS_MAGIC || fs.f_type == PROC_SUPER_MAGIC);
}

static struct kmc_error *open_path(struct kmc_input *in)
{
	struct stat st;

	if (!strcmp(in->path, "-"))
		in->fd = STDIN_FILENO;
	else if (!stat(in->path, &st) && S_ISSOCK(st.st_mode))
		return connect_socket(in->path, &in->fd);
	/* Non-blocking: a FIFO without a writer, debugfs when empty. */
	if (in->fd < 0)
		in->fd = open(in->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (in->fd < 0)
		return open_error(in->path, errno);
	if (fstat(in->fd, &st))
		return kmc_error_os(errno, in->path, "cannot read");
	if (S_ISDIR(st.st_mode))
		return kmc_error_os(EISDIR, in->path,
				    "name a log or a saved stream");
	in->regular = S_ISREG(st.st_mode);
	in->size = in->regular ? st.st_size : 0;
	if (!in->regular || !in->live || is_generated(in->fd))
		return NULL;
	in->follow = kmc_follow_new(in->path, in->fd);
	return in->follow ? NULL : kmc_error_nomem();
}

struct kmc_error *kmc_input_open(const char *path, bool live,
				 struct kmc_input **out)
{
	struct kmc_input *in = malloc(sizeof(*in));
	struct kmc_error *err;

	if (!in)
		return kmc_error_nomem();
	/* Not the buffer, which nobody reads before it is written. */
	memset(in, 0, offsetof(struct kmc_input, data));
	in->fd = -1;
	in->wake[0] = -1;
	in->wake[1] = -1;
	in->live = live;
	in->path = strdup(path);
	err = in->path ? NULL : kmc_error_nomem();
	/* Before the pipe, which would be standard input if that is closed. */
	if (!err)
		err = open_path(in);
	if (!err && pipe2(in->wake, O_CLOEXEC | O_NONBLOCK))
		err = kmc_error_os(errno, path, "cannot make a pipe");
	if (err) {
		kmc_input_free(in);
		return err;
	}
	*out = in;
	return NULL;
}

void kmc_input_stop(struct kmc_input *in)
{
	int saved = errno;

	/* A full pipe means that it was told already. */
	if (write(in->wake[1], "", 1) < 0)
		errno = saved;
}

void kmc_input_progress(const struct kmc_input *in, uint64_t *done,
			uint64_t *total)
{
	*done = __atomic_load_n(&in->position, __ATOMIC_RELAXED);
	*total = in->size;
}

void kmc_input_free(struct kmc_input *in)
{
	if (!in)
		return;
	if (in->ops)
		in->ops->free(in->reader);
	kmc_events_release(&in->events);
	kmc_error_free(in->error);
	kmc_unpack_free(in->unpack);
	free(in->packed);
	kmc_follow_free(in->follow);
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(in->wake); i++) {
		if (in->wake[i] >= 0)
			close(in->wake[i]);
	}
	free(in->path);
	free(in);
}

/* ---- feed ---- */

static struct kmc_error *feed(struct kmc_input *in)
{
	struct kmc_error *err;

	if (!in->ops) {
		err = kmc_detect(in->path, in->data, in->len, &in->ops);
		if (err)
			return err;
		in->reader = in->ops->new(in->path, &in->events);
		if (!in->reader) {
			in->ops = NULL;
			return kmc_error_nomem();
		}
	}
	err = in->ops->feed(in->reader, in->data, in->len);
	in->len = 0;
	in->idled = false;
	return err;
}

/* More has come; as long as it does not tell what it is, wait for the rest. */
static struct kmc_error *feed_if_known(struct kmc_input *in)
{
	if (!in->ops && !kmc_detect_enough(in->data, in->len))
		return NULL;
	return feed(in);
}

/* Of what is being read; another file may follow. */
static struct kmc_error *finish_file(struct kmc_input *in)
{
	struct kmc_error *err = NULL;

	if (in->len)
		err = feed(in);
	if (!err && in->ops)
		err = in->ops->end(in->reader);
	return err;
}

static struct kmc_error *finish(struct kmc_input *in)
{
	in->ended = true;
	return finish_file(in);
}

/* ---- unpack ---- */

static struct kmc_error *unpack_some(struct kmc_input *in)
{
	struct kmc_error *err, *second;
	size_t n;

	err = kmc_unpack_take(in->unpack, in->data + in->len, CHUNK - in->len,
			      &n);
	in->unpacking = !err && n;
	in->len += n;
	if (!err)
		return n ? feed_if_known(in) : NULL;
	/* Damage is the cause of whatever else is wrong with its end. */
	second = finish(in);
	kmc_error_free(second);
	return err;
}

/* What was read first turned out to be compressed. */
static struct kmc_error *start_unpacking(struct kmc_input *in)
{
	struct kmc_error *err;

	in->packed = malloc(CHUNK);
	if (!in->packed)
		return kmc_error_nomem();
	err = kmc_unpack_new(in->path, in->data, in->len, &in->unpack);
	if (err)
		return err;
	memcpy(in->packed, in->data, in->len);
	kmc_unpack_give(in->unpack, in->packed, in->len);
	in->len = 0;
	return unpack_some(in);
}

/* Where a file was truncated under a program that writes on, it begins with a hole. */
static void skip_hole(struct kmc_input *in)
{
	size_t n = 0;

	while (n < in->len && !in->data[n])
		n++;
	in->len -= n;
	memmove(in->data, in->data + n, in->len);
	in->hole = !in->len;
}

/* @n bytes were read to where read_some() put them. */
static struct kmc_error *take_bytes(struct kmc_input *in, size_t n)
{
	if (in->unpack) {
		kmc_unpack_give(in->unpack, in->packed, n);
		return unpack_some(in);
	}
	in->len += n;
	if (in->hole)
		skip_hole(in);
	if (!in->plain) {
		if (in->len < UNPACK_DETECT)
			return NULL;
		if (kmc_unpack_detect(in->data, in->len))
			return start_unpacking(in);
		in->plain = true;
	}
	return feed_if_known(in);
}

/* ---- follow ---- */

static struct kmc_error *tell(struct kmc_input *in, enum kmc_event_type type,
			      const char *what)
{
	struct kmc_event *event = kmc_events_push(&in->events, type);

	if (!event)
		return kmc_error_nomem();
	snprintf(event->message, sizeof(event->message), "%s", what);
	return NULL;
}

static struct kmc_error *look_for_others(struct kmc_input *in)
{
	switch (kmc_follow_look(in->follow)) {
	case FOLLOW_OTHER:
		return tell(in, KMC_EVENT_FOLLOW,
			    "replaced by another file, which is followed from its beginning");
	case FOLLOW_GONE:
		return tell(in, KMC_EVENT_FOLLOW,
			    "gone; waiting for another file of that name");
	case FOLLOW_KNOWN:
		break;
	}
	return NULL;
}

/* Something else follows, so that what is not whole never will be. */
static struct kmc_error *forget_file(struct kmc_input *in)
{
	struct kmc_error *err = finish_file(in), *second = NULL;

	if (err)
		second = tell(in, KMC_EVENT_DAMAGE, err->message);
	kmc_error_free(err);
	if (in->ops)
		in->ops->free(in->reader);
	in->ops = NULL;
	in->reader = NULL;
	kmc_unpack_free(in->unpack);
	in->unpack = NULL;
	free(in->packed);
	in->packed = NULL;
	in->unpacking = false;
	in->plain = false;
	in->len = 0;
	return second;
}

/* As read(2), *@n bytes; where another file begins, none are told but by *@again. */
static struct kmc_error *follow_file(struct kmc_input *in, char *data, size_t size,
				     ssize_t *n, bool *again)
{
	enum kmc_follow_state state = kmc_follow_read(in->follow, data, size, n);
	struct kmc_error *err;

	*again = state != FOLLOW_SAME;
	if (!*again)
		return NULL;
	in->fd = kmc_follow_fd(in->follow);
	err = forget_file(in);
	in->hole = state == FOLLOW_TRUNCATED;
	if (!err && in->hole)
		err = tell(in, KMC_EVENT_FOLLOW, "truncated; reading it from its beginning");
	return err;
}

/* ---- read ---- */

/* Nothing follows, as opposed to that nobody wants to know what does. */
static struct kmc_error *end_of_file(struct kmc_input *in)
{
	struct kmc_error *err = finish(in), *cut;

	cut = in->unpack ? kmc_unpack_end(in->unpack) : NULL;
	if (!cut)
		return err;
	kmc_error_free(err);
	return cut;
}

/* Tell the reader once that nothing comes, so that it gives what it has. */
static struct kmc_error *idle(struct kmc_input *in)
{
	if (in->idled || !in->ops)
		return NULL;
	in->idled = true;
	return in->ops->idle(in->reader);
}

static uint64_t now_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000ULL + at.tv_nsec / 1000000;
}

enum ready { READY_DATA, READY_SILENCE, READY_STOP };

/* @fd: -1 to wait for a stop only; @timeout: milliseconds, -1 for ever */
static enum ready wait_for(struct kmc_input *in, int fd, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = in->wake[0], .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	int n;

	do {
		n = poll(fds, KMC_ARRAY_SIZE(fds), timeout);
		/* A handler that wants us to stop has written to the pipe. */
	} while (n < 0 && errno == EINTR);
	if (fds[0].revents)
		return READY_STOP;
	return n > 0 ? READY_DATA : READY_SILENCE;
}

/* The source has nothing now: wait until it may have. */
static struct kmc_error *wait_more(struct kmc_input *in, bool at_end)
{
	enum ready ready;

	if (in->regular && !in->live)
		return end_of_file(in);
	/* A pipe's end is its end; a file may grow, debugfs will. */
	if (at_end && !in->regular)
		return end_of_file(in);
	ready = wait_for(in, in->follow ? kmc_follow_notify(in->follow) : -1, GROWN_MS);
	if (ready == READY_STOP)
		return finish(in);
	/* What woke us up may have been another file of the directory. */
	return now_ms() - in->read_at < GROWN_MS ? NULL : idle(in);
}

static struct kmc_error *read_some(struct kmc_input *in)
{
	char *data = in->unpack ? in->packed : in->data + in->len;
	size_t size = in->unpack ? CHUNK : CHUNK - in->len;
	struct kmc_error *err;
	bool again = false;
	ssize_t n;

	if (in->follow) {
		err = follow_file(in, data, size, &n, &again);
		if (err || again)
			return err;
	} else {
		n = read(in->fd, data, size);
	}
	if (n > 0) {
		in->read_at = now_ms();
		__atomic_fetch_add(&in->position, n, __ATOMIC_RELAXED);
		return take_bytes(in, n);
	}
	if (n == 0)
		return wait_more(in, true);
	switch (errno) {
	case EINTR:
	/* /dev/kmsg: lines were overwritten before we came to them. */
	case EPIPE:
		return NULL;
	case EAGAIN:
		return wait_more(in, false);
	default:
		return kmc_error_os(errno, in->path, "cannot read");
	}
}

static struct kmc_error *advance(struct kmc_input *in)
{
	struct kmc_error *err = NULL;
	int timeout = in->idled || !in->ops ? -1 : SILENCE_MS;

	/* Reading a plain file never waits; it still has to notice a stop. */
	if (in->unpacking || (in->regular && !in->live))
		timeout = 0;
	switch (wait_for(in, in->unpacking ? -1 : in->fd, timeout)) {
	case READY_STOP:
		err = finish(in);
		break;
	case READY_SILENCE:
		if (in->unpacking) {
			err = unpack_some(in);
			break;
		}
		err = in->regular && !in->live ? read_some(in) : idle(in);
		break;
	case READY_DATA:
		err = read_some(in);
		break;
	}
	if (err)
		in->ended = true;
	return err;
}

static void look(struct kmc_input *in)
{
	if (!in->follow || in->ended)
		return;
	in->error = look_for_others(in);
	if (in->error)
		in->ended = true;
}

struct kmc_error *kmc_input_next(struct kmc_input *in, struct kmc_event *event)
{
	struct kmc_event found = { .type = KMC_EVENT_END };
	struct kmc_error *err;

	/* Also while what was read keeps our caller busy. */
	look(in);
	while (!kmc_events_take(&in->events, &found)) {
		if (in->ended) {
			err = in->error;
			in->error = NULL;
			if (err)
				return err;
			break;
		}
		/* What was found before an error is still handed out first. */
		in->error = advance(in);
		look(in);
	}
	*event = found;
	return NULL;
}
