// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time a few workloads in the guest, by themselves: a shell's forks would drown
 * them. Nothing is printed before the end, because with kmemcheck on the console
 * is a workload of its own.
 *
 * The amounts of work are such that each takes 0.05 to 0.3 s on a kernel without
 * kmemcheck, since it can take a hundred times as long with it. They are fixed,
 * so that the numbers of faults compare, too.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/loop.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct workload {
	const char *name;
	/* Return: how many operations that were, or -1, and it has said why. */
	long (*run)(long amount, int worker);
	long amount;
	bool parallel;			/* also once on every CPU */
	int (*prepare)(void);		/* not timed; -1 as above */
	void (*clean_up)(void);
};

static int failed(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	return -1;
}

static bool write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n <= 0)
			return false;
		data += n;
		size -= n;
	}
	return true;
}

static bool read_all(int fd, char *data, size_t size)
{
	while (size) {
		ssize_t n = read(fd, data, size);

		if (n <= 0)
			return false;
		data += n;
		size -= n;
	}
	return true;
}

static bool child_ok(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && !status;
}

/* As find does: read the directories, stat what is in them, open no file. */
static long entries;
static long entries_wanted;

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)type;
	(void)ftw;
	return ++entries >= entries_wanted;
}

static long find(long amount, int worker)
{
	(void)worker;
	entries = 0;
	entries_wanted = amount / 2;
	if (nftw("/sys", visit, 32, FTW_PHYS) < 0)
		return failed("/sys");
	entries_wanted = amount;
	if (nftw("/proc", visit, 32, FTW_PHYS) < 0)
		return failed("/proc");
	return entries;
}

/* Execute ourselves; main() leaves at once when it is called like this. */
static long fork_exec(long amount, int worker)
{
	(void)worker;
	for (long i = 0; i < amount; i++) {
		pid_t pid = fork();

		if (!pid) {
			execl("/proc/self/exe", "bench", "--exit", NULL);
			_exit(1);
		}
		if (pid < 0 || !child_ok(pid))
			return failed("fork and exec");
	}
	return amount;
}

/* A file of 64 KiB, written and read in pages. */
static long tmpfs(long amount, int worker)
{
	char name[32], buf[4096];

	memset(buf, 'x', sizeof(buf));
	snprintf(name, sizeof(name), "file%d", worker);
	for (long i = 0; i < amount; i++) {
		int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
		bool good = fd >= 0;

		for (int page = 0; page < 16; page++)
			good = good && write_all(fd, buf, sizeof(buf));
		good = good && !lseek(fd, 0, SEEK_SET);
		for (int page = 0; page < 16; page++)
			good = good && read_all(fd, buf, sizeof(buf));
		if (!good || close(fd) || unlink(name))
			return failed(name);
	}
	return amount;
}

/* As dd bs=1 does; an operation is one read and one write. */
static long syscalls(long amount, int worker)
{
	int from = open("/dev/zero", O_RDONLY);
	int to = open("/dev/null", O_WRONLY);
	char c;

	(void)worker;
	if (from < 0 || to < 0)
		return failed("/dev/zero, /dev/null");
	for (long i = 0; i < amount; i++)
		if (read(from, &c, 1) != 1 || write(to, &c, 1) != 1)
			return failed("one byte");
	close(from);
	close(to);
	return amount;
}

static int loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool up = fd >= 0 && !ioctl(fd, SIOCGIFFLAGS, &ifr);

	ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
	up = up && !ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return up ? 0 : failed("lo");
}

#define MESSAGE	1024

static void echo(int listener)
{
	int one = 1, fd = accept(listener, NULL, NULL);
	char buf[MESSAGE];

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (read_all(fd, buf, sizeof(buf)))
		if (!write_all(fd, buf, sizeof(buf)))
			_exit(1);
	_exit(0);
}

/* Messages of 1 KiB to another process and back. */
static long tcp(long amount, int worker)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(sin);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char buf[MESSAGE] = "";
	int one = 1;
	pid_t pid;

	(void)worker;
	if (bind(listener, (struct sockaddr *)&sin, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&sin, &size))
		return failed("TCP");
	pid = fork();
	if (!pid) {
		close(fd);
		echo(listener);
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (pid < 0 || connect(fd, (struct sockaddr *)&sin, size))
		return failed("TCP");
	for (long i = 0; i < amount; i++)
		if (!write_all(fd, buf, MESSAGE) || !read_all(fd, buf, MESSAGE))
			return failed("TCP");
	close(fd);
	close(listener);
	return child_ok(pid) ? amount : failed("TCP");
}

#define BLOCK	512			/* of a tar archive */

static char *archive;
static size_t archive_size;

/* DIR/tree.tar into memory, DIR/ext4.img onto DIR/ext4 through /dev/loop0. */
static int mount_ext4(void)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int tar = open("tree.tar", O_RDONLY);
	int loop = open("/dev/loop0", O_RDWR);
	int image = open("ext4.img", O_RDWR);
	struct stat st;
	int held;

	if (tar < 0 || fstat(tar, &st))
		return failed("tree.tar");
	archive_size = st.st_size;
	archive = malloc(archive_size);
	if (!archive || !read_all(tar, archive, archive_size))
		return failed("tree.tar");
	close(tar);
	if (image < 0)
		return failed("ext4.img");
	config.fd = image;
	if (loop < 0 || ioctl(loop, LOOP_CONFIGURE, &config))
		return failed("/dev/loop0");
	/* The last who closes it gives it up. Who can write is in the way of a mount, since 6.8. */
	held = open("/dev/loop0", O_RDONLY);
	close(loop);
	if ((mkdir("ext4", 0700) && errno != EEXIST) ||
	    mount("/dev/loop0", "ext4", "ext4", 0, NULL))
		return failed("ext4");
	close(image);
	close(held);
	return 0;
}

static void unmount_ext4(void)
{
	umount("ext4");
	free(archive);
}

static bool extract(const char *header, const char *data, size_t size)
{
	char path[128];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "ext4/%.100s", header);
	if (header[156] == '5')
		return !mkdir(path, 0700);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	good = fd >= 0 && write_all(fd, data, size);
	return !close(fd) && good;
}

/* An ustar archive of directories and small files, until all is on the disk. */
static long untar(long amount, int worker)
{
	size_t pos = 0;
	long i;
	int fd;

	(void)worker;
	for (i = 0; i < amount && pos + BLOCK <= archive_size && archive[pos]; i++) {
		const char *header = archive + pos;
		size_t size = strtoul(header + 124, NULL, 8);

		pos += BLOCK;
		if (size > archive_size - pos) {
			errno = EINVAL;
			return failed("tree.tar");
		}
		if (!extract(header, archive + pos, size))
			return failed(header);
		pos += (size + BLOCK - 1) / BLOCK * BLOCK;
	}
	fd = open("ext4", O_RDONLY | O_DIRECTORY);
	if (fd < 0 || syncfs(fd))
		return failed("ext4");
	close(fd);
	return i;
}

static const struct workload workloads[] = {
	{ .name = "find", .run = find, .amount = 10000 },
	{ .name = "fork+exec", .run = fork_exec, .amount = 60, .parallel = true },
	{ .name = "tmpfs", .run = tmpfs, .amount = 120, .parallel = true },
	{ .name = "syscalls", .run = syscalls, .amount = 100000, .parallel = true },
	{ .name = "tcp", .run = tcp, .amount = 1000, .prepare = loopback_up },
	{ .name = "untar", .run = untar, .amount = 1000, .prepare = mount_ext4,
	  .clean_up = unmount_ext4 },
};

/* Return: what kmemcheck has counted under this name, or -1. */
static long long counter(const char *name)
{
	FILE *file = fopen("/sys/kernel/debug/kmemcheck/stats", "r");
	size_t size = strlen(name);
	long long n = -1;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, size) && line[size] == ':')
			n = strtoll(line + size + 1, NULL, 10);
	if (file)
		fclose(file);
	return n;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int run_one(const struct workload *w, long amount, FILE *results)
{
	static const char * const counters[] = { "faults", "bulk operations" };
	long long before[2], time;
	long ops;

	if (w->prepare && w->prepare())
		return -1;
	for (int i = 0; i < 2; i++)
		before[i] = counter(counters[i]);
	time = now();
	ops = w->run(amount, 0);
	time = now() - time;
	if (ops <= 0)
		return -1;
	fprintf(results, "kmc-bench: %s %lld ns\n", w->name, time / ops);
	fprintf(results, "kmc-bench: %s/operations %ld 1\n", w->name, ops);
	for (int i = 0; i < 2; i++)
		if (before[i] >= 0)
			fprintf(results, "kmc-bench: %s/%s %lld 1\n", w->name,
				i ? "bulk" : "faults", counter(counters[i]) - before[i]);
	if (w->clean_up)
		w->clean_up();
	return 0;
}

static pid_t start_worker(const struct workload *w, long amount, int worker, const int *gate)
{
	pid_t pid = fork();
	cpu_set_t cpus;
	char c;

	if (pid)
		return pid;
	CPU_ZERO(&cpus);
	CPU_SET(worker, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		_exit(-failed("CPU"));
	close(gate[1]);
	/* It opens when the last writer, our parent, closes it. */
	if (read(gate[0], &c, 1))
		_exit(1);
	_exit(w->run(amount, worker) != amount);
}

/* As many workers as CPUs, each doing all the work on its own CPU. */
static int run_parallel(const struct workload *w, long amount, int workers, FILE *results)
{
	pid_t pids[CPU_SETSIZE];
	bool good = true;
	int gate[2];
	long long time;

	if (pipe(gate))
		return failed("pipe");
	for (int i = 0; i < workers; i++)
		pids[i] = start_worker(w, amount, i, gate);
	usleep(20000);			/* they are all at the gate */
	time = now();
	close(gate[1]);
	for (int i = 0; i < workers; i++)
		good = child_ok(pids[i]) && good;
	time = now() - time;
	close(gate[0]);
	if (!good)
		return failed(w->name);
	fprintf(results, "kmc-bench: parallel/%s %lld ns\n", w->name, time / (amount * workers));
	return 0;
}

static int run_all(long percent, FILE *results)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);

	fprintf(results, "kmc-bench: cpus %d 1\n", cpus);
	for (size_t i = 0; i < sizeof(workloads) / sizeof(*workloads); i++) {
		const struct workload *w = &workloads[i];
		long amount = (w->amount * percent + 99) / 100;

		if (run_one(w, amount, results) ||
		    (w->parallel && cpus > 1 && run_parallel(w, amount, cpus, results)))
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	long percent = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
	FILE *results;
	size_t size;
	char *text;

	if (argc == 2 && !strcmp(argv[1], "--exit"))
		return 0;
	if (percent < 1 || percent > 100) {
		fputs("usage: bench PERCENT DIR\n"
		      "Do so much of the work in a tmpfs that holds ext4.img and tree.tar.\n",
		      stderr);
		return 2;
	}
	if (chdir(argv[2]))
		return -failed(argv[2]);
	results = open_memstream(&text, &size);
	if (!results || run_all(percent, results) || fclose(results))
		return 1;
	return !write_all(1, text, size);
}
