// SPDX-License-Identifier: GPL-2.0-only
/*
 * File systems on images, which lie in /files as what is not zero of them: a size, and
 * again and again a number of a block and its bytes (tests/guest/workload.py).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "wide.h"

#define IMAGE_BLOCK	4096
#define IMAGES	"/tmp/work"

/* One loop device each, away from those that the shell takes. */
static const struct image {
	const char *type;
	int loop;
	unsigned long flags;
	const char *options[2];
} images[] = {
	{ "btrfs", 8, MS_NOATIME, { "", "compress=zstd" } },
	{ "xfs", 9, 0, { "", "noquota" } },
	{ "f2fs", 10, 0, { "", "mode=lfs" } },
	{ "iso9660", 11, MS_RDONLY, { "", "nojoliet" } },
	{ "squashfs", 12, MS_RDONLY, { "", "" } },
};

static void unpack(const char *type, const char *to)
{
	char path[64], block[IMAGE_BLOCK];
	uint64_t number;
	int from, fd;

	snprintf(path, sizeof(path), "/files/%s.blocks", type);
	from = open(path, O_RDONLY);
	fd = open(to, O_RDWR | O_CREAT, 0600);
	need(from >= 0 && fd >= 0);
	read_all(from, &number, sizeof(number));
	need(!ftruncate(fd, number));
	while (read(from, &number, sizeof(number)) == sizeof(number)) {
		read_all(from, block, sizeof(block));
		need(pwrite(fd, block, sizeof(block), number * sizeof(block)) == sizeof(block));
	}
	need(!close(from) && !close(fd));
}

/* Return: the image, which nobody else has as long as it is open. */
static int take_image(const struct image *image)
{
	char path[64], done[80];
	int fd, lock;

	snprintf(path, sizeof(path), IMAGES "/%s.lock", image->type);
	lock = open(path, O_RDWR | O_CREAT, 0600);
	need(lock >= 0 && !flock(lock, LOCK_EX));
	snprintf(path, sizeof(path), IMAGES "/%s.image", image->type);
	snprintf(done, sizeof(done), "%s.new", path);
	if (access(path, F_OK)) {
		unpack(image->type, done);
		need(!rename(done, path));
	}
	fd = open(path, O_RDWR);
	need(fd >= 0);
	return fd;
}

static void attach(const struct image *image, int fd, char *device, size_t size)
{
	struct loop_config config = { .fd = fd };
	int control = open("/dev/loop-control", O_RDWR), loop;

	if (ioctl(control, LOOP_CTL_ADD, image->loop) < 0)
		need(errno == EEXIST);
	snprintf(device, size, "/dev/loop%d", image->loop);
	loop = open(device, O_RDWR);
	need(loop >= 0);
	config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
	if (image->flags & MS_RDONLY)
		config.info.lo_flags |= LO_FLAGS_READ_ONLY;
	/* The one before may not be gone yet. */
	for (int tries = 0; ioctl(loop, LOOP_CONFIGURE, &config); tries++)
		need(errno == EBUSY && tries < 100 && !usleep(100000));
	/* It is open until the process ends. */
}

static void fill(const char *path, size_t size, char byte)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	char data[5000];

	need(fd >= 0);
	memset(data, byte, sizeof(data));
	for (size_t done = 0; done < size; done += sizeof(data))
		need(pwrite(fd, data, sizeof(data), done) == sizeof(data));
	need(!fsync(fd));
	need(pread(fd, data, sizeof(data), 0) == sizeof(data) && data[17] == byte);
	need(!close(fd));
}

static unsigned int count(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int n = 0;

	need(dir);
	while (readdir(dir))
		n++;
	need(!closedir(dir));
	return n;
}

/* So long that a directory needs several blocks. */
#define LONG_NAME	"dir/a name of a file that is rather longer than all who have to type it like %d"

static void names(void)
{
	char name[128], other[128];

	need(!mkdir("dir", 0755));
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), LONG_NAME, i);
		fill(name, 100, 'n');
	}
	need(count("dir") == 62);
	for (int i = 0; i < 60; i += 3) {
		snprintf(name, sizeof(name), LONG_NAME, i);
		snprintf(other, sizeof(other), "dir/%d", i);
		need(!rename(name, other));
	}
	need(!symlink("dir/3", "short"));
	memset(name, 'l', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	need(!symlink(name, "long") && readlink("long", other, sizeof(other)) == sizeof(name) - 1);
	need(!link("dir/3", "hard") && !mknod("pipe", S_IFIFO | 0600, 0));
	need(!syscall(SYS_renameat2, AT_FDCWD, "short", AT_FDCWD, "long", RENAME_EXCHANGE));
}

static void attributes(void)
{
	char value[2000], list[1000];

	memset(value, 'v', sizeof(value));
	fill("attributes", 10, 'x');
	need(!setxattr("attributes", "user.small", "value", 5, XATTR_CREATE));
	need(!setxattr("attributes", "user.large", value, sizeof(value), 0));
	need(!setxattr("attributes", "trusted.one", "t", 1, 0));
	need(getxattr("attributes", "user.large", value, sizeof(value)) == sizeof(value));
	need(listxattr("attributes", list, sizeof(list)) > 0);
	need(!removexattr("attributes", "user.large"));
	need(getxattr("attributes", "user.large", value, sizeof(value)) == -1);
}

static void extents(void)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extents[16];
	} f = { .map = { .fm_length = ~0ul, .fm_extent_count = 16, .fm_flags = FIEMAP_FLAG_SYNC } };
	int fd = open("data", O_RDWR), flags, other;
	char *p;

	need(fd >= 0);
	if (fallocate(fd, 0, 400000, 50000))
		need(errno == EOPNOTSUPP);
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, 16384))
		need(errno == EOPNOTSUPP);
	if (ioctl(fd, FS_IOC_FIEMAP, &f))
		need(errno == EOPNOTSUPP);
	if (!ioctl(fd, FS_IOC_GETFLAGS, &flags))
		ioctl(fd, FS_IOC_SETFLAGS, &flags);
	lseek(fd, 0, SEEK_HOLE);
	p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(p != MAP_FAILED);
	p[10000] = 'm';
	need(!msync(p, 65536, MS_SYNC) && !munmap(p, 65536));
	other = open("clone", O_RDWR | O_CREAT, 0600);
	if (ioctl(other, FICLONE, fd))
		need(errno == EOPNOTSUPP || errno == EINVAL);
	need(copy_file_range(fd, &(loff_t){ 0 }, other, &(loff_t){ 0 }, 20000, 0) > 0);
	need(!ftruncate(fd, 12345) && !ftruncate(fd, 100000) && !close(fd) && !close(other));
}

static void direct(void)
{
	int fd = open("direct", O_RDWR | O_CREAT | O_DIRECT, 0600);
	char *data = aligned_alloc(4096, 16384);

	if (fd < 0)
		return;
	memset(data, 'd', 16384);
	need(pwrite(fd, data, 16384, 0) == 16384 && pread(fd, data, 8192, 4096) == 8192);
	need(data[5] == 'd' && !close(fd));
	free(data);
}

/* What one does with a file system that can be written. */
static void use(void)
{
	struct statvfs st;

	need(!mkdir("kmc", 0755) && !chdir("kmc"));
	names();
	attributes();
	fill("data", 300000, 'd');
	extents();
	direct();
	need(!statvfs(".", &st) && !chmod("data", 0600) && !chown("data", 1, 1));
	need(utimensat(AT_FDCWD, "data", NULL, 0) == 0);
	need(!chdir(".."));
	sync();
}

static void clean(const char *path)
{
	pid_t pid = spawn();

	if (!pid) {
		execl("/bin/busybox", "rm", "-r", path, NULL);
		_exit(1);
	}
	reap(pid);
}

static void read_all_of(const char *path)
{
	pid_t pid = spawn();

	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		/* Everything: names, attributes, contents. */
		execl("/bin/busybox", "tar", "-cf", "-", path, NULL);
		_exit(1);
	}
	reap(pid);
}

static void overlay(const char *lower)
{
	char options[128];

	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=top/upper,workdir=top/work", lower);
	need(!mkdir("top", 0700) && !mkdir("merged", 0700));
	need(!mount("none", "top", "tmpfs", 0, NULL));
	need(!mkdir("top/upper", 0755) && !mkdir("top/work", 0755));
	need(!mount("none", "merged", "overlay", 0, options));
	need(!chdir("merged"));
	need(count(".") > 2);
	fill("file0", 6000, 'o');
	need(!chmod("file1", 0600) && !unlink("file2") && !rename("file3", "renamed"));
	need(!mkdir("new", 0755));
	fill("new/file", 100, 'o');
	need(count(".") > 2 && !chdir(".."));
	read_all_of("merged");
	need(!umount("merged") && !umount("top"));
}

static void run_image(const struct image *image, unsigned int round)
{
	char device[32];
	int fd = take_image(image);

	need(!unshare(CLONE_NEWNS));
	need(!mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL));
	attach(image, fd, device, sizeof(device));
	need(!mkdir("mnt", 0700));
	need(!mount(device, "mnt", image->type, image->flags, image->options[round & 1]));
	need(!mount("none", "mnt", NULL, MS_PRIVATE, NULL));
	need(!chdir("mnt"));
	if (!(image->flags & MS_RDONLY)) {
		use();
		need(!mount("none", "../mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL));
		need(!mount("none", "../mnt", NULL, MS_REMOUNT, NULL));
	}
	need(!chdir(".."));
	/* Once more from the disk. */
	write_file("/proc/sys/vm/drop_caches", "2");
	read_all_of("mnt");
	if (!(image->flags & MS_RDONLY))
		clean("mnt/kmc");
	else
		overlay("mnt");
	need(!umount("mnt"));
}

static void run_btrfs(unsigned int round)
{
	run_image(&images[0], round);
}

static void run_xfs(unsigned int round)
{
	run_image(&images[1], round);
}

static void run_f2fs(unsigned int round)
{
	run_image(&images[2], round);
}

static void run_iso9660(unsigned int round)
{
	run_image(&images[3], round);
}

static void run_squashfs(unsigned int round)
{
	run_image(&images[4], round);
}

const struct part fs_parts[] = {
	{ "btrfs", run_btrfs },
	{ "xfs", run_xfs },
	{ "f2fs", run_f2fs },
	{ "iso9660", run_iso9660 },
	{ "squashfs", run_squashfs },
	{ }
};
