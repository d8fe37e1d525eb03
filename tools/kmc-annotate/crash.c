// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signals: those that ask to stop, and those of a crash, after which nothing of curses
 * may be called any more.
 */
#include "crash.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../common/mapped.h"
#include "../common/memory.h"

#include <curses.h>
#include <term.h>

#define RESTORE_MAX	256

/* A handler has no other way to find them. */
static struct termios saved;
static bool is_saved;
static int terminal = -1;
static char restore[RESTORE_MAX];
static size_t restore_len;
static int wake[2] = { -1, -1 };
static volatile sig_atomic_t stopped;

void crash_save(int fd)
{
	terminal = fd;
	is_saved = !tcgetattr(fd, &saved);
}

static void restore_terminal(void)
{
	ssize_t ignored = write(STDOUT_FILENO, restore, restore_len);

	(void)ignored;
	if (is_saved)
		tcsetattr(terminal, TCSANOW, &saved);
}

static void on_crash(int sig)
{
	restore_terminal();
	/* Reset by SA_RESETHAND: now it ends as it would have. */
	raise(sig);
}

/* What the terminal has no sequence for, it need not be sent. */
static void add(const char *sequence)
{
	size_t len;

	if (!sequence || sequence == (char *)-1)
		return;
	len = strlen(sequence);
	if (restore_len + len > sizeof(restore))
		return;
	memcpy(restore + restore_len, sequence, len);
	restore_len += len;
}

void crash_arm(void)
{
	static const int crashes[] = { SIGSEGV, SIGFPE, SIGILL, SIGABRT };
	static char stack[1 << 16];
	stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = {
		.sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_ONSTACK | SA_NODEFER,
	};

	restore_len = 0;
	add(tigetstr("sgr0"));
	add(tigetstr("cnorm"));
	add(tigetstr("rmkx"));
	add(tigetstr("BD"));
	add(tigetstr("rmcup"));
	sigaltstack(&alternative, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &action, NULL);
	mapped_guard(restore_terminal);
}

static void on_stop(int sig)
{
	ssize_t ignored;

	(void)sig;
	stopped = 1;
	ignored = write(wake[1], "", 1);
	(void)ignored;
}

int signals_open(void)
{
	static const int stops[] = { SIGTERM, SIGHUP, SIGINT };
	struct sigaction action = { .sa_handler = on_stop };

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
		sigaction(stops[i], &action, NULL);
	return wake[0];
}

bool signals_stop(void)
{
	return stopped;
}
