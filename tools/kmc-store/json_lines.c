// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Inputs that are lines of JSON, as kmc-report prints them.
 */
#include "json_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"

/* What a line of kmc-report begins with. */
#define BEGIN		"{\"version\":"
#define CHUNK		(1 << 20)
/* Longer than any report. */
#define LINE_MAX_LEN	(64 << 20)
/* Silence after which what came is to be seen. */
#define SILENCE_MS	500

static bool begins_line(const char *text, size_t len)
{
	const size_t most = strlen(BEGIN);

	return len && !memcmp(text, BEGIN, len < most ? len : most);
}

/* ---- a pipe, of which something was read already ---- */

static void copy_all(int from, int to, const char *text, size_t len)
{
	char buffer[65536];
	ssize_t n = len;

	for (;;) {
		for (ssize_t done = 0, part; done < n; done += part) {
			part = write(to, text + done, n - done);
			if (part < 0)
				_exit(1);
		}
		do {
			n = read(from, buffer, sizeof(buffer));
		} while (n < 0 && errno == EINTR);
		if (n <= 0)
			_exit(0);
		text = buffer;
	}
}

/* A child gives all of it to the new standard input. */
static void put_back(const char *text, size_t len)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return;
	/* It is gone with whatever is in it when nobody reads any more. */
	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid) {
		signal(SIGPIPE, SIG_DFL);
		dup2(ends[1], STDOUT_FILENO);
		/* A database must see that its client is gone, whatever becomes of us. */
		close_range(STDERR_FILENO + 1, ~0U, 0);
		copy_all(STDIN_FILENO, STDOUT_FILENO, text, len);
	}
	close(ends[1]);
	if (pid > 0)
		dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
}

/* ---- open ---- */

/* The first bytes, as many as tell; of a terminal or a pipe, wait for them. */
static size_t peek(int fd, char *text, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len && (!done || begins_line(text, done))) {
		n = read(fd, text + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	return done;
}

bool json_lines_open(struct json_lines *lines, const char *path)
{
	const bool standard = !strcmp(path, "-");
	char text[sizeof(BEGIN)];
	struct stat st;
	size_t len;

	*lines = (struct json_lines) { .path = path, .fd = standard ? STDIN_FILENO : -1 };
	/* Only a regular file, or standard input, can be looked into. */
	if (!standard && (stat(path, &st) || !S_ISREG(st.st_mode)))
		return false;
	if (!standard)
		lines->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (lines->fd < 0 || fstat(lines->fd, &st) || S_ISDIR(st.st_mode))
		return false;
	len = peek(lines->fd, text, sizeof(BEGIN) - 1);
	if (len < sizeof(BEGIN) - 1 || !begins_line(text, len)) {
		if (lseek(lines->fd, -(off_t)len, SEEK_CUR) < 0 && standard)
			put_back(text, len);
		if (!standard)
			close(lines->fd);
		return false;
	}
	lines->room = CHUNK;
	lines->buffer = xcalloc(1, lines->room);
	memcpy(lines->buffer, text, len);
	lines->end = len;
	return true;
}

/* ---- read ---- */

/* False at the end. */
static bool fill(struct json_lines *lines)
{
	ssize_t n;

	memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
	lines->end -= lines->begin;
	lines->begin = 0;
	if (lines->end == lines->room) {
		if (lines->room >= LINE_MAX_LEN) {
			message("%s: a line of more than %d bytes is no report", lines->path,
				LINE_MAX_LEN);
			lines->failed = true;
			return false;
		}
		lines->room *= 2;
		lines->buffer = xrealloc(lines->buffer, lines->room);
	}
	do {
		n = read(lines->fd, lines->buffer + lines->end, lines->room - lines->end);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		message("%s: cannot read: %s", lines->path, strerror(errno));
		lines->failed = true;
	}
	if (n <= 0)
		return false;
	lines->end += n;
	return true;
}

static bool is_silent(const struct json_lines *lines)
{
	struct pollfd fd = { .fd = lines->fd, .events = POLLIN };

	return !poll(&fd, 1, SILENCE_MS);
}

bool json_lines_read(struct json_lines *lines, json_line_fn take, void *arg)
{
	unsigned long number = 0;
	bool more = true, wanted = true;

	while (wanted) {
		const char *line = lines->buffer + lines->begin;
		const char *end = memchr(line, '\n', lines->end - lines->begin);
		size_t len = (end ? end : lines->buffer + lines->end) - line;

		if (!end && more) {
			if (is_silent(lines))
				wanted = take(arg, lines->path, number, NULL, 0);
			more = fill(lines);
			continue;
		}
		if (!end && !len)
			break;
		lines->begin += len + (end != NULL);
		number++;
		if (len && !lines->failed)
			wanted = take(arg, lines->path, number, line, len);
		if (!end)
			break;
	}
	if (lines->fd != STDIN_FILENO)
		close(lines->fd);
	free(lines->buffer);
	return wanted;
}
