// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are mapped, and become shorter meanwhile. The library maps debug info: to
 * read it would cost as much memory as a kernel has debug info, and four times the time.
 * Whoever builds a kernel truncates its vmlinux, and then reading it is SIGBUS. A
 * library must not handle signals, so the tools do.
 */
#include "mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

/* What is longer is cut in the message. */
#define PATH_SHOWN	512

static void (*prepare)(void);

/*
 * struct maps - /proc/self/maps, read piece by piece: a handler may not allocate
 * @at, @len: in @data
 */
struct maps {
	int fd;
	char data[1024];
	size_t at;
	size_t len;
};

/* -1 at the end */
static int next_char(struct maps *maps)
{
	if (maps->at == maps->len) {
		ssize_t n = read(maps->fd, maps->data, sizeof(maps->data));

		if (n <= 0)
			return -1;
		maps->at = 0;
		maps->len = n;
	}
	return (unsigned char)maps->data[maps->at++];
}

/* Digits, and what follows them. */
static int read_hex(struct maps *maps, uintptr_t *value)
{
	int c;

	*value = 0;
	while ((c = next_char(maps)) >= 0) {
		if (c >= '0' && c <= '9')
			*value = *value << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			*value = *value << 4 | (c - 'a' + 10);
		else
			break;
	}
	return c;
}

/* "start-end perms offset dev inode    /path"; true if @address is in there. */
static bool read_line(struct maps *maps, uintptr_t address, char path[PATH_SHOWN], bool *end)
{
	uintptr_t first, behind;
	size_t len = 0;
	int c;

	*end = read_hex(maps, &first) < 0 || read_hex(maps, &behind) < 0;
	while (!*end && (c = next_char(maps)) != '\n') {
		*end = c < 0;
		if ((c == '/' || len) && len < PATH_SHOWN - 1 && !*end)
			path[len++] = c < ' ' || c == 0x7f ? '?' : c;
	}
	path[len] = '\0';
	return !*end && address >= first && address < behind;
}

/* False: no file is mapped there. */
static bool find_file(uintptr_t address, char path[PATH_SHOWN])
{
	struct maps maps = { .fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC) };
	bool found = false, end = maps.fd < 0;

	while (!found && !end)
		found = read_line(&maps, address, path, &end);
	if (maps.fd >= 0)
		close(maps.fd);
	return found && *path;
}

static void say(const char *text)
{
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

	(void)ignored;
}

static void on_bus(int sig, siginfo_t *info, void *context)
{
	static char path[PATH_SHOWN];

	(void)context;
	if (prepare)
		prepare();
	/* Reset by SA_RESETHAND: what is no file's fault ends as it would have. */
	if (info->si_code != BUS_ADRERR || !find_file((uintptr_t)info->si_addr, path)) {
		raise(sig);
		return;
	}
	say(program_invocation_short_name);
	say(": ");
	say(path);
	say(": has become shorter while it was read; try again when it is whole\n");
	_exit(EXIT_INPUT);
}

void mapped_guard(void (*before)(void))
{
	struct sigaction action = {
		.sa_sigaction = on_bus,
		.sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER,
	};

	prepare = before;
	sigaction(SIGBUS, &action, NULL);
}
