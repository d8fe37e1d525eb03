// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opens what the user names, tells by its content what it is, and feeds the
 * reader for it, from files, pipes, sockets and debugfs alike.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Large enough that system calls do not count, small enough for a cache. */
#define CHUNK		(256 * 1024)
/* So many bytes tell every kind of input that we know. */
#define DETECT_MIN	8
/* A stream that lost its beginning shows a whole record within this. */
#define DETECT_DAMAGED	(64 * 1024)
/* A report is printed in one go: a silence as long as this is its end. */
#define SILENCE_MS	500
/* A regular file cannot tell that it has grown; look so often. */
#define GROWN_MS	200

#define DEBUGFS		"/sys/kernel/debug"

/*
 * struct kmc_input - an open input
 * @ops: the reader; NULL until enough was read to tell which
 * @wake: pipe that kmc_input_stop() writes to
 * @regular: what is there can be read without waiting
 * @live: follow it
 * @size: of a regular file in bytes when it was opened, else 0
 * @position: bytes read so far; another thread may look at it
 * @ended: nothing more will be read
 * @idled: the reader knows of the silence
 * @error: why it ended, to be returned behind what was found before
 */
struct kmc_input {
	char *path;
	int fd;
	int wake[2];
	bool regular;
	bool live;
	uint64_t size;
	uint64_t position;
	bool ended;
	bool idled;
	struct kmc_error *error;
	const struct kmc_reader_ops *ops;
	void *reader;
	struct kmc_events events;
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
	return NULL;
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
	if (!err && pipe2(in->wake, O_CLOEXEC | O_NONBLOCK))
		err = kmc_error_os(errno, path, "cannot make a pipe");
	if (!err)
		err = open_path(in);
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
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	for (size_t i = 0; i < KMC_ARRAY_SIZE(in->wake); i++) {
		if (in->wake[i] >= 0)
			close(in->wake[i]);
	}
	free(in->path);
	free(in);
}

/* ---- tell what it is ---- */

struct magic {
	const char *bytes;
	size_t len;
	const char *what;
};

static struct kmc_error *refuse_foreign(const struct kmc_input *in)
{
	static const struct magic foreign[] = {
		{ "\037\213", 2, "gzip-compressed; use zcat FILE | kmc-report -" },
		{ "\3757zXZ", 5, "xz-compressed; use xzcat FILE | kmc-report -" },
		{ "(\265/\375", 4, "zstd-compressed; use zstdcat FILE | kmc-report -" },
		{ "BZh", 3, "bzip2-compressed; use bzcat FILE | kmc-report -" },
		{ "\177ELF", 4, "a program or vmlinux, not a log; name a vmlinux with -k" },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(foreign); i++) {
		if (in->len >= foreign[i].len &&
		    !memcmp(in->data, foreign[i].bytes, foreign[i].len))
			return kmc_error_new(KMC_ERROR_FORMAT, in->path, 0,
					     "%s", foreign[i].what);
	}
	return NULL;
}

static struct kmc_error *choose_reader(struct kmc_input *in)
{
	size_t len = in->len < DETECT_DAMAGED ? in->len : DETECT_DAMAGED;
	struct kmc_error *err = refuse_foreign(in);

	if (err)
		return err;
	in->ops = kmc_ring_detect(in->data, len) ? &kmc_ring_reader :
						   &kmc_text_reader;
	in->reader = in->ops->new(in->path, &in->events);
	return in->reader ? NULL : kmc_error_nomem();
}

static struct kmc_error *feed(struct kmc_input *in)
{
	struct kmc_error *err;

	if (!in->ops) {
		err = choose_reader(in);
		if (err)
			return err;
	}
	err = in->ops->feed(in->reader, in->data, in->len);
	in->len = 0;
	in->idled = false;
	return err;
}

/* ---- read ---- */

static struct kmc_error *finish(struct kmc_input *in)
{
	struct kmc_error *err = NULL;

	in->ended = true;
	if (in->len)
		err = feed(in);
	if (!err && in->ops)
		err = in->ops->end(in->reader);
	return err;
}

/* Tell the reader once that nothing comes, so that it gives what it has. */
static struct kmc_error *idle(struct kmc_input *in)
{
	if (in->idled || !in->ops)
		return NULL;
	in->idled = true;
	return in->ops->idle(in->reader);
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
		return finish(in);
	/* A pipe's end is its end; a file may grow, debugfs will. */
	if (at_end && !in->regular)
		return finish(in);
	ready = wait_for(in, -1, GROWN_MS);
	if (ready == READY_STOP)
		return finish(in);
	return idle(in);
}

static struct kmc_error *read_some(struct kmc_input *in)
{
	ssize_t n = read(in->fd, in->data + in->len, CHUNK - in->len);

	if (n > 0) {
		in->len += n;
		__atomic_fetch_add(&in->position, n, __ATOMIC_RELAXED);
		if (!in->ops && in->len < DETECT_MIN)
			return NULL;
		return feed(in);
	}
	if (n == 0)
		return wait_more(in, true);
	switch (errno) {
	case EINTR:
	/* debugfs: some reports were overwritten; the stream itself says how many. */
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
	if (in->regular && !in->live)
		timeout = 0;
	switch (wait_for(in, in->fd, timeout)) {
	case READY_STOP:
		err = finish(in);
		break;
	case READY_SILENCE:
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

struct kmc_error *kmc_input_next(struct kmc_input *in, struct kmc_event *event)
{
	struct kmc_event found = { .type = KMC_EVENT_END };
	struct kmc_error *err;

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
	}
	*event = found;
	return NULL;
}
