// SPDX-License-Identifier: GPL-2.0-only
/* Files: names, attributes, locks, asynchronous I/O, all of /proc and /sys, the kernel's core. */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <ftw.h>
#include <link.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "stress.h"

static void run_names(unsigned int round)
{
	char name[300], target[256];
	struct dirent *entry;
	struct stat st;
	int count = 0;
	DIR *dir;

	(void)round;
	memset(target, 't', sizeof(target));
	need(!mkdir("dir", 0700) && !mkdir("other", 0700));
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "dir/%.*s%d", 10 * i, target, i);
		write_file(name, name);
	}
	need(!link("dir/0", "other/hard") && !stat("other/hard", &st) && st.st_nlink == 2);
	need(!symlink("dir/0", "short") && readlink("short", name, sizeof(name)) == 5);
	target[sizeof(target) - 1] = '\0';
	need(!symlink(target, "long") && readlink("long", name, sizeof(name)) == 255);
	need(!renameat2(AT_FDCWD, "dir/0", AT_FDCWD, "other/hard", RENAME_EXCHANGE));
	need(renameat2(AT_FDCWD, "dir", AT_FDCWD, "other", RENAME_NOREPLACE) == -1);
	need(!mknod("fifo", S_IFIFO | 0600, 0) && !mknod("null", S_IFCHR | 0600, makedev(1, 3)));
	dir = opendir("dir");
	need(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		need(!unlinkat(dirfd(dir), entry->d_name, 0));
	}
	need(count == 20 && !closedir(dir) && !rmdir("dir"));
}

static void run_status(unsigned int round)
{
	struct timespec times[2] = { { 1, 2 }, { 3, 4 } };
	struct statx stx;
	struct {
		struct file_handle handle;
		unsigned char bytes[128];
	} buffer = { .handle.handle_bytes = 128 };
	int id, fd;

	(void)round;
	write_file("file", "text");
	need(!statx(AT_FDCWD, "file", 0, STATX_ALL, &stx) && stx.stx_size == 4);
	need(!utimensat(AT_FDCWD, "file", times, 0));
	need(!chmod("file", 0604) && !chown("file", 5, 6) && !access("file", R_OK));
	need(!statx(AT_FDCWD, "file", 0, STATX_ALL, &stx) && stx.stx_mtime.tv_sec == 3);
	need(!name_to_handle_at(AT_FDCWD, "file", &buffer.handle, &id, 0));
	fd = open_by_handle_at(AT_FDCWD, &buffer.handle, O_RDONLY);
	need(fd >= 0 && !close(fd));
	need(!truncate("file", 100000) && !truncate("file", 1));
}

static void run_data(unsigned int round)
{
	char block[5000] = "";
	struct iovec iov[3] = { { block, 10 }, { block + 100, 3000 }, { block + 3500, 1 } };
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	int unnamed = open(".", O_RDWR | O_TMPFILE, 0600);
	char path[32];

	(void)round;
	need(fd >= 0 && unnamed >= 0);
	need(pwrite(fd, block, sizeof(block), 12345) == sizeof(block));
	need(writev(fd, iov, 3) == 3011 && preadv2(fd, iov, 3, 1, 0) == 3011);
	need(pwritev2(fd, iov, 3, -1, RWF_APPEND) == 3011);
	need(!fallocate(fd, 0, 100000, 50000));
	need(lseek(fd, 0, SEEK_HOLE) >= 0 && lseek(fd, 0, SEEK_DATA) >= 0);
	need(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8192));
	need(!posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) && !readahead(fd, 0, 65536));
	need(!fsync(fd) && !fdatasync(fd));
	need(!sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) || errno == EINVAL);
	need(copy_file_range(fd, NULL, unnamed, NULL, 10000, 0) >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", unnamed);
	need(!linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	need(!close(fd) && !close(unnamed));
}

static void run_xattr(unsigned int round)
{
	static const char name[] = "trusted.kmc";
	char value[300] = "value", list[512];

	(void)round;
	write_file("file", "text");
	if (setxattr("file", name, value, 5, 0) && errno == EOPNOTSUPP) {
		without("CONFIG_TMPFS_XATTR");
		return;
	}
	need(getxattr("file", name, value, sizeof(value)) == 5);
	need(!setxattr("file", name, value, sizeof(value), XATTR_REPLACE));
	need(!setxattr("file", "trusted.other", "", 0, XATTR_CREATE));
	need(listxattr("file", list, sizeof(list)) > (ssize_t)sizeof(name));
	need(getxattr("file", name, NULL, 0) == sizeof(value));
	need(!removexattr("file", name));
	need(getxattr("file", name, value, sizeof(value)) == -1 && errno == ENODATA);
}

static void contend(int type, int command, const char *name)
{
	struct flock lock = { .l_type = type, .l_start = 10, .l_len = 10 };
	int fd = open(name, O_RDWR);

	need(fd >= 0 && !fcntl(fd, command, &lock));
	need(!flock(fd, LOCK_SH));
	_exit(0);
}

static void run_locks(unsigned int round)
{
	static const int commands[] = { F_SETLKW, F_OFD_SETLKW };
	struct flock lock, other = { .l_type = F_WRLCK };
	int fd;
	pid_t pid;

	(void)round;
	write_file("file", "0123456789 0123456789");
	fd = open("file", O_RDWR);
	need(fd >= 0);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		lock = (struct flock){ .l_type = F_WRLCK, .l_len = 15 };
		need(!fcntl(fd, commands[i], &lock) && !flock(fd, LOCK_EX));
		pid = spawn();
		if (!pid)
			contend(i ? F_RDLCK : F_WRLCK, commands[i], "file");
		usleep(2000);
		/* In pieces. */
		lock.l_type = F_UNLCK;
		for (lock.l_start = 0, lock.l_len = 5; lock.l_start < 15; lock.l_start += 5)
			need(!fcntl(fd, commands[i], &lock));
		need(!flock(fd, LOCK_UN));
		reap(pid);
	}
	need(!fcntl(fd, F_GETLK, &other) && other.l_type == F_UNLCK);
	need(!close(fd));
	fd = open("file", O_RDONLY);
	need(!fcntl(fd, F_SETLEASE, F_RDLCK) && fcntl(fd, F_GETLEASE) == F_RDLCK);
	need(!fcntl(fd, F_SETLEASE, F_UNLCK) && !close(fd));
}

static void run_aio(unsigned int round)
{
	aio_context_t context = 0;
	struct io_event events[4];
	struct iocb iocbs[4], *list[4];
	char block[4][512] = { "one", "two" };
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	(void)round;
	need(fd >= 0 && !ftruncate(fd, 4096));
	need(!syscall(SYS_io_setup, 8, &context));
	for (int i = 0; i < 4; i++) {
		list[i] = &iocbs[i];
		iocbs[i] = (struct iocb){
			.aio_lio_opcode = i & 1 ? IOCB_CMD_PREAD : IOCB_CMD_PWRITE,
			.aio_fildes = fd,
			.aio_buf = (uintptr_t)block[i],
			.aio_nbytes = sizeof(block[i]),
			.aio_offset = 512 * i,
		};
	}
	need(syscall(SYS_io_submit, context, 4, list) == 4);
	need(syscall(SYS_io_getevents, context, 4, 4, events, NULL) == 4);
	for (int i = 0; i < 4; i++)
		need(events[i].res == 512);
	need(!syscall(SYS_io_destroy, context) && !close(fd));
}

static void run_devices(unsigned int round)
{
	static const char * const names[] = { "zero", "random", "urandom", "full" };
	char bytes[300], path[32];
	int fd;

	(void)round;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/dev/%s", names[i]);
		fd = open(path, O_RDWR);
		need(fd >= 0);
		read_all(fd, bytes, sizeof(bytes));
		need(write(fd, bytes, 100) == 100 || errno == ENOSPC);
		need(!close(fd));
	}
	need(syscall(SYS_getrandom, bytes, sizeof(bytes), 0) == sizeof(bytes));
	fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK);
	need(fd >= 0 && (read(fd, bytes, 1) == -1 || errno) && !close(fd));
}

/* Of a tree, so much in a round: /sys/kernel/slab alone has thousands of files. */
#define TREE_PIECE	300

static unsigned int tree_seen, tree_from;

/* What is read does not matter, nor whether it can be. */
static int read_some(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static const char * const not[] = { "kmsg", "reports", "profile", "cost", "trace_pipe" };
	char text[4096];
	int fd;

	if (type == FTW_SL && readlink(path, text, sizeof(text)) < 0)
		return 0;
	if (type != FTW_F || !(st->st_mode & 0444))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(not); i++)
		if (!strcmp(path + ftw->base, not[i]))
			return 0;
	fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text)) > 0)
		(void)!read(fd, text, 10);
	close(fd);
	return 0;
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (tree_seen++ >= tree_from)
		read_some(path, st, type, ftw);
	return tree_seen >= tree_from + TREE_PIECE;
}

/* One tree after the other, then the next piece of each: all would take minutes. */
static void run_tree(unsigned int round)
{
	static const char * const trees[] = {
		"/proc/self", "/proc/sys/kernel", "/sys/class", "/proc/1", "/proc/sys/net",
		"/sys/kernel", "/proc/sys/vm", "/sys/devices/system", "/proc/net", "/sys/fs",
		"/proc/sys/fs", "/sys/module", "/proc/irq", "/sys/devices/virtual", "/sys/bus",
		"/sys/block", "/proc/fs", "/sys/firmware", "/sys/devices", "/proc/tty",
	};
	static const char * const files[] = {
		"cpuinfo", "meminfo", "stat", "interrupts", "slabinfo", "vmallocinfo", "zoneinfo",
		"pagetypeinfo", "buddyinfo", "vmstat", "diskstats", "partitions", "mounts",
		"filesystems", "modules", "devices", "iomem", "ioports", "softirqs", "timer_list",
		"loadavg", "uptime", "version", "cgroups", "locks", "consoles", "crypto", "misc",
		"sched_debug", "schedstat", "swaps", "kallsyms", "keys", "key-users", "execdomains",
		"cmdline", "config.gz", "bootconfig", "dma", "mtrr", "fb",
	};
	char path[64];

	tree_seen = 0;
	tree_from = round / ARRAY_SIZE(trees) % 10 * TREE_PIECE;
	nftw(trees[round % ARRAY_SIZE(trees)], visit, 16, FTW_PHYS | FTW_MOUNT);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct stat st;
		struct FTW ftw = { .base = 6 };

		snprintf(path, sizeof(path), "/proc/%s", files[i]);
		if (!stat(path, &st))
			read_some(path, &st, FTW_F, &ftw);
	}
}

/* As the kernel has them, which has as many bits as this. */
#define core_ehdr	ElfW(Ehdr)
#define core_phdr	ElfW(Phdr)

/* The program headers of the core, @n at most; returns how many there are. */
static int read_core_map(int fd, core_phdr *map, int n)
{
	core_ehdr head;

	need(pread(fd, &head, sizeof(head), 0) == sizeof(head));
	need(head.e_phentsize == sizeof(*map));
	if (head.e_phnum < n)
		n = head.e_phnum;
	need(pread(fd, map, n * sizeof(*map), head.e_phoff) == (ssize_t)(n * sizeof(*map)));
	return n;
}

static void read_core(int fd, const core_phdr *map, int n, unsigned long address)
{
	char bytes[4096];

	for (int i = 0; i < n; i++)
		if (map[i].p_type == PT_LOAD && address - map[i].p_vaddr < map[i].p_memsz)
			(void)!pread(fd, bytes, sizeof(bytes),
				     map[i].p_offset + (address - map[i].p_vaddr));
}

/* The kernel's memory: two pages of all that is mapped by vmalloc() and its kin, and some more. */
static void run_kcore(unsigned int round)
{
	unsigned long start, end;
	core_phdr map[64];
	char line[256];
	FILE *areas;
	int fd, n;

	fd = open("/proc/kcore", O_RDONLY);
	if (fd < 0) {
		without("CONFIG_PROC_KCORE");
		return;
	}
	n = read_core_map(fd, map, ARRAY_SIZE(map));
	/* At 0, the addresses would be hashes. */
	write_file("/proc/sys/kernel/kptr_restrict", "1");
	areas = fopen("/proc/vmallocinfo", "r");
	need(areas);
	while (fgets(line, sizeof(line), areas)) {
		if (sscanf(line, "%lx-%lx", &start, &end) != 2)
			continue;
		read_core(fd, map, n, start);
		read_core(fd, map, n, start + (round * 37UL << 12) % (end - start));
	}
	fclose(areas);
	write_file("/proc/sys/kernel/kptr_restrict", "0");
	for (int i = 0; i < n; i++)
		read_core(fd, map, n, map[i].p_vaddr +
				      (round * 1021UL << 12) % (map[i].p_memsz | 1));
	close(fd);
}

const struct part file_parts[] = {
	{ "names", run_names },
	{ "status", run_status },
	{ "data", run_data },
	{ "xattr", run_xattr },
	{ "locks", run_locks },
	{ "aio", run_aio },
	{ "devices", run_devices },
	{ "tree", run_tree },
	{ "kcore", run_kcore },
	{ }
};
