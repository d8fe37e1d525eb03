// SPDX-License-Identifier: GPL-2.0-only
/* Processes: fork, exec, threads, their attributes, and how they die. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include "stress.h"

static void run_fork(unsigned int round)
{
	char *memory = malloc(64 << 10);
	struct rusage usage;
	siginfo_t info;
	pid_t pid;
	int status;

	(void)round;
	need(memory);
	memset(memory, 1, 64 << 10);
	for (int i = 0; i < 3; i++) {
		pid = spawn();
		if (!pid) {
			memset(memory, 2, 64 << 10);
			_exit(i);
		}
		need(!waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
		need(info.si_code == CLD_EXITED && info.si_status == i);
		need(wait4(pid, &status, 0, &usage) == pid);
		need(memory[0] == 1);
	}
	pid = spawn();
	if (!pid) {
		/* A grandchild that loses its parent. */
		if (!spawn())
			usleep(1000);
		_exit(0);
	}
	reap(pid);
	free(memory);
}

static void run_exec(unsigned int round)
{
	static const char script[] = "#!/proc/self/exe --exit\n";
	char *args[300] = { "stress", "--exit" }, *env[100];
	char padding[256];
	pid_t pid;
	int fd;

	(void)round;
	memset(padding, 'x', sizeof(padding) - 1);
	padding[sizeof(padding) - 1] = '\0';
	for (size_t i = 2; i < ARRAY_SIZE(args) - 1; i++)
		args[i] = padding;
	for (size_t i = 0; i < ARRAY_SIZE(env) - 1; i++)
		env[i] = padding + i;
	args[ARRAY_SIZE(args) - 1] = env[ARRAY_SIZE(env) - 1] = NULL;
	pid = spawn();
	if (!pid) {
		execve("/proc/self/exe", args, env);
		need(!"execve() with many arguments");
	}
	reap(pid);

	write_file("script", script);
	pid = spawn();
	if (!pid) {
		execl("./script", "script", "argument", NULL);
		need(!"execl() of a script");
	}
	reap(pid);

	/* What cannot be executed, and a descriptor that can. */
	write_file("text", "neither a script nor ELF\n");
	need(execl("./text", "text", NULL) == -1 && errno == ENOEXEC);
	need(execl("./nothing", "nothing", NULL) == -1 && errno == ENOENT);
	pid = spawn();
	if (!pid) {
		fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
		need(fd >= 0);
		syscall(SYS_execveat, fd, "", args, env, AT_EMPTY_PATH);
		need(!"execveat()");
	}
	reap(pid);
	pid = vfork();
	if (!pid) {
		execl("/proc/self/exe", "stress", "--exit", NULL);
		_exit(1);
	}
	need(pid > 0);
	reap(pid);
}

static struct {
	pthread_mutex_t lock, inherit, robust;
	pthread_cond_t turn;
	pthread_barrier_t barrier;
	int next, sum;
} shared;

#define THREADS	4

static void *thread(void *arg)
{
	intptr_t self = (intptr_t)arg;

	pthread_barrier_wait(&shared.barrier);
	for (int i = 0; i < 5; i++) {
		need(!pthread_mutex_lock(&shared.lock));
		while (shared.next != self)
			need(!pthread_cond_wait(&shared.turn, &shared.lock));
		shared.next = (self + 1) % THREADS;
		pthread_cond_broadcast(&shared.turn);
		pthread_mutex_unlock(&shared.lock);
		need(!pthread_mutex_lock(&shared.inherit));
		shared.sum++;
		sched_yield();
		pthread_mutex_unlock(&shared.inherit);
	}
	return NULL;
}

static void *die_holding(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&shared.robust);
	return NULL;
}

static void run_threads(unsigned int round)
{
	pthread_mutexattr_t inherit, robust;
	pthread_t threads[THREADS], dying;

	(void)round;
	pthread_mutexattr_init(&inherit);
	pthread_mutexattr_setprotocol(&inherit, PTHREAD_PRIO_INHERIT);
	pthread_mutexattr_init(&robust);
	pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
	need(!pthread_mutex_init(&shared.lock, NULL));
	need(!pthread_mutex_init(&shared.inherit, &inherit));
	need(!pthread_mutex_init(&shared.robust, &robust));
	need(!pthread_cond_init(&shared.turn, NULL));
	need(!pthread_barrier_init(&shared.barrier, NULL, THREADS));
	for (intptr_t i = 0; i < THREADS; i++) {
		errno = pthread_create(&threads[i], NULL, thread, (void *)i);
		need(!errno);
	}
	for (int i = 0; i < THREADS; i++)
		need(!pthread_join(threads[i], NULL));
	need(shared.sum == 5 * THREADS);
	errno = pthread_create(&dying, NULL, die_holding, NULL);
	need(!errno);
	need(!pthread_join(dying, NULL));
	need(pthread_mutex_lock(&shared.robust) == EOWNERDEAD);
}

static void scheduling(void)
{
	/* As struct sched_attr, which the C library does not have. */
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
		uint32_t util_min, util_max;
	} attr = { .size = 56 };
	struct sched_param param = { .sched_priority = 1 };
	struct timespec interval;
	cpu_set_t cpus;

	need(!sched_getaffinity(0, sizeof(cpus), &cpus));
	need(!sched_setaffinity(0, sizeof(cpus), &cpus));
	need(!sched_setscheduler(0, SCHED_RR, &param));
	need(!sched_rr_get_interval(0, &interval));
	need(sched_getscheduler(0) == SCHED_RR);
	need(!syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0));
	attr.policy = SCHED_BATCH;
	attr.priority = 0;
	need(!syscall(SYS_sched_setattr, 0, &attr, 0));
	need(!setpriority(PRIO_PROCESS, 0, 5));
	/* IOPRIO_WHO_PROCESS, best effort 3 */
	need(!syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 3));
	need(syscall(SYS_ioprio_get, 1, 0) == (2 << 13 | 3));
}

static void identity(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	gid_t groups[40];

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = 1000 - i;
	need(!setgroups(ARRAY_SIZE(groups), groups));
	need(getgroups(ARRAY_SIZE(groups), groups) == ARRAY_SIZE(groups));
	need(groups[0] == 1000 - (ARRAY_SIZE(groups) - 1));
	need(!syscall(SYS_capget, &header, data));
	need(!syscall(SYS_capset, &header, data));
	need(!setresgid(1, 2, 3) && !setresuid(1, 2, 0) && !seteuid(0));
}

static void run_attributes(unsigned int round)
{
	struct rlimit limit = { 100, 100 };
	struct utsname name;
	struct sysinfo info;
	struct rusage usage;
	unsigned int cpu, node;
	struct tms ticks;
	char comm[16];

	(void)round;
	need(!prctl(PR_SET_NAME, "kmc-attributes"));
	need(!prctl(PR_GET_NAME, comm) && !strncmp(comm, "kmc-attributes", sizeof(comm)));
	need(!prlimit(0, RLIMIT_NOFILE, &limit, NULL) && !getrlimit(RLIMIT_NOFILE, &limit));
	need(!getrusage(RUSAGE_SELF, &usage) && !getrusage(RUSAGE_CHILDREN, &usage));
	need(times(&ticks) != (clock_t)-1 && !uname(&name) && !sysinfo(&info));
	need(!getcpu(&cpu, &node));
	need(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) > 0);
	need(!syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	need(!syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	scheduling();
	identity();
}

/* The file that it leaves holds registers and signal information. */
static void run_core(unsigned int round)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	char magic[4];
	int status, fd;
	pid_t pid;

	(void)round;
	write_file("/proc/sys/kernel/core_pattern", "core");
	pid = spawn();
	if (!pid) {
		need(!prlimit(0, RLIMIT_CORE, &unlimited, NULL));
		abort();
	}
	need(waitpid(pid, &status, 0) == pid);
	need(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	/* It may have been too big. */
	if (!WCOREDUMP(status))
		errno = ENOSPC;
	need(WCOREDUMP(status));
	fd = open("core", O_RDONLY);
	need(fd >= 0);
	read_all(fd, magic, sizeof(magic));
	need(!memcmp(magic, "\177ELF", sizeof(magic)));
}

static void run_pidfd(unsigned int round)
{
	struct clone_args args = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD };
	int fd = -1, ends[2], copy;
	siginfo_t info;
	pid_t pid;

	(void)round;
	need(!pipe(ends));
	args.pidfd = (uintptr_t)&fd;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	need(pid >= 0);
	if (!pid) {
		pause();
		_exit(1);
	}
	copy = pidfd_getfd(fd, ends[1], 0);
	need(copy >= 0);
	write_all(copy, "x", 1);
	read_all(ends[0], &info, 1);
	need(!pidfd_send_signal(fd, SIGTERM, NULL, 0));
	need(!waitid(P_PIDFD, fd, &info, WEXITED) && info.si_code == CLD_KILLED);
	need(!close(fd));
}

const struct part process_parts[] = {
	{ "fork", run_fork },
	{ "exec", run_exec },
	{ "threads", run_threads },
	{ "attributes", run_attributes },
	{ "core", run_core },
	{ "pidfd", run_pidfd },
	{ }
};
