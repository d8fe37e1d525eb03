// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mixed workload: as many different things as the kernel of the test guest can
 * do, each a little, again and again. It is about code paths, not about load.
 *
 * The last lines on standard output say, for each part, how many rounds were
 * done, how many were given up for want of memory, and how many failed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "nl.h"
#include "stress.h"

/* How a part's process ends. */
#define STATUS_FAILED	1
#define STATUS_STARVED	75		/* no memory: no fault of the kernel */

/* A round that takes longer hangs: with kmemcheck on, most take seconds, some a minute. */
#define ROUND_SECONDS	300

#define MAX_PARTS	200
#define MAX_JOBS	16

static struct {
	const struct part *part;
	unsigned int done, starved, failed;
} plan[MAX_PARTS];
static unsigned int planned;

/* A round that is being done. */
struct slot {
	pid_t pid;			/* 0: none */
	unsigned int entry;		/* in the plan */
	char dir[32];
};

static struct slot slots[MAX_JOBS];
static unsigned int first;		/* number of the first round */

static const struct part *current;
static bool first_round;

void failed(const char *file, int line, const char *what)
{
	bool starved = errno == ENOMEM || errno == ENOBUFS || errno == ENOSPC;

	fprintf(stderr, "kmc-stress: %s %s: %s:%d: %s: %s%s%s\n", current->name,
		starved ? "starved" : "failed", strrchr(file, '/') ? strrchr(file, '/') + 1 : file,
		line, what, strerror(errno), *nl_said() ? ", " : "", nl_said());
	_exit(starved ? STATUS_STARVED : STATUS_FAILED);
}

void without(const char *option)
{
	/* One write, because several processes share the output. */
	if (first_round) {
		printf("kmc-stress: %s lacks %s\n", current->name, option);
		fflush(stdout);
	}
}

void write_all(int fd, const void *data, size_t size)
{
	const char *from = data;

	while (size) {
		ssize_t n = write(fd, from, size);

		need(n > 0);
		from += n;
		size -= n;
	}
}

void read_all(int fd, void *data, size_t size)
{
	char *to = data;

	while (size) {
		ssize_t n = read(fd, to, size);

		need(n > 0);
		to += n;
		size -= n;
	}
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);

	need(fd >= 0);
	write_all(fd, text, strlen(text));
	need(!close(fd));
}

void reap(pid_t pid)
{
	int status;

	need(waitpid(pid, &status, 0) == pid);
	/* It has said what was wrong, if it could. */
	errno = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		errno = ENOMEM;
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_STARVED)
		errno = ENOMEM;
	need(!status);
}

pid_t spawn(void)
{
	pid_t pid = fork();

	need(pid >= 0);
	return pid;
}

void spawn_and_reap(void)
{
	pid_t pid = spawn();

	if (!pid)
		_exit(0);
	reap(pid);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

static void run_part(const struct slot *slot, unsigned int round)
{
	/* A group, so that what is left of it can be ended. */
	setpgid(0, 0);
	alarm(ROUND_SECONDS);
	need(!chdir(slot->dir));
	current->run(round);
	_exit(0);
}

static void start(struct slot *slot, unsigned int i, unsigned int round)
{
	pid_t pid = -1;

	current = plan[i].part;
	first_round = !round;
	if (!mkdir(slot->dir, 0700))
		pid = fork();
	if (!pid)
		run_part(slot, first + round);
	if (pid < 0) {
		plan[i].starved++;
		rmdir(slot->dir);
		return;
	}
	slot->pid = pid;
	slot->entry = i;
}

static void finish(struct slot *slot, int status)
{
	unsigned int i = slot->entry;
	bool killed = WIFSIGNALED(status);

	if (!status) {
		plan[i].done++;
	} else if (killed ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == STATUS_STARVED) {
		plan[i].starved++;
	} else {
		plan[i].failed++;
		if (killed)
			fprintf(stderr, "kmc-stress: %s failed: signal %d\n", plan[i].part->name,
				WTERMSIG(status));
	}
	kill(-slot->pid, SIGKILL);
	nftw(slot->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	slot->pid = 0;
}

/* Return: false when there is nobody left. */
static bool wait_for_one(void)
{
	int status;
	pid_t pid = wait(&status);

	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		if (pid > 0 && slots[i].pid == pid)
			finish(&slots[i], status);
	return pid > 0;
}

static struct slot *free_slot(unsigned int jobs)
{
	for (;;) {
		for (unsigned int i = 0; i < jobs; i++)
			if (!slots[i].pid)
				return &slots[i];
		wait_for_one();
	}
}

static void plan_parts(const char *name)
{
	for (const struct part * const *table = tables; *table; table++)
		for (const struct part *part = *table; part->name; part++)
			if ((name ? !strcmp(name, part->name) : *table != hog_parts) &&
			    planned < MAX_PARTS)
				plan[planned++].part = part;
}

static int explain(void)
{
	fputs("usage: stress [-n ROUNDS | -s SECONDS] [-j JOBS] [-f FIRST] [PART...]\n"
	      "       stress -l\n"
	      "Do each PART, or all, so many times (1), or again and again until the\n"
	      "seconds are over, but at least once; JOBS of them at a time (1). FIRST is\n"
	      "the number of the first round (0). -l: list the parts.\n", stderr);
	return 2;
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void run_plan(unsigned long rounds, long seconds, unsigned int jobs)
{
	unsigned long least = seconds ? planned : planned * rounds;
	long end = now() + seconds;

	for (unsigned int i = 0; i < jobs; i++)
		snprintf(slots[i].dir, sizeof(slots[i].dir), "stress.%d.%u", getpid(), i);
	for (unsigned long n = 0; n < least || now() < end; n++)
		start(free_slot(jobs), n % planned, n / planned);
	while (wait_for_one())
		;
}

static int report(void)
{
	unsigned int bad = 0;

	for (unsigned int i = 0; i < planned; i++) {
		printf("kmc-stress: %s done=%u starved=%u failed=%u\n", plan[i].part->name,
		       plan[i].done, plan[i].starved, plan[i].failed);
		bad += plan[i].failed;
	}
	return bad || fflush(stdout) ? 1 : 0;
}

static int list(void)
{
	for (unsigned int i = 0; i < planned; i++)
		puts(plan[i].part->name);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long rounds = 1, jobs = 1;
	bool only_list = false;
	long seconds = 0;
	int c;

	/* What the parts execute. */
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0;
	while ((c = getopt(argc, argv, "n:s:j:f:l")) != -1) {
		if (c == 'n')
			rounds = strtoul(optarg, NULL, 10);
		else if (c == 's')
			seconds = strtol(optarg, NULL, 10);
		else if (c == 'j')
			jobs = strtoul(optarg, NULL, 10);
		else if (c == 'f')
			first = strtoul(optarg, NULL, 10);
		else if (c == 'l')
			only_list = true;
		else
			return explain();
	}
	if (optind == argc)
		plan_parts(NULL);
	for (; optind < argc; optind++)
		plan_parts(argv[optind]);
	if (!planned || !rounds || seconds < 0 || !jobs || jobs > MAX_JOBS)
		return explain();
	if (only_list)
		return list();
	/* The shell has them ignored in the background. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	/* Children of parts that have failed come to us. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	run_plan(rounds, seconds, jobs);
	return report();
}
