// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who maintains a file of the kernel: its own script knows.
 */
#include "maintainers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRIPT		"scripts/get_maintainer.pl"

static void run_script(const char *source, const char *file, int out)
{
	const int null = open("/dev/null", O_RDWR);

	/* It has to be in the tree, and is called so that it is no option. */
	if (chdir(source) || access(file, F_OK) || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(1);
	execl(SCRIPT, SCRIPT, "--no-git", "--no-git-fallback", "--no-rolestats", "-f", "--", file,
	      (char *)NULL);
	_exit(1);
}

/* Files of debug info are relative to the tree, or are elsewhere. */
static bool is_within(const char *file)
{
	return *file != '/' && *file != '-' && !strstr(file, "..");
}

char *maintainers_of(void *source, const char *file)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	int ends[2];
	FILE *in;
	pid_t pid;

	if (!source || !is_within(file) || pipe2(ends, O_CLOEXEC))
		return NULL;
	fflush(NULL);
	pid = fork();
	if (!pid)
		run_script(source, file, ends[1]);
	close(ends[1]);
	in = fdopen(ends[0], "r");
	/* There is no NUL in it, so that is all of it. */
	len = in && pid > 0 ? getdelim(&text, &room, '\0', in) : -1;
	if (in)
		fclose(in);
	else
		close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (len > 0)
		return text;
	free(text);
	return NULL;
}
