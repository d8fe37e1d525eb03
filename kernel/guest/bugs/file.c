// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of file systems, whose images are in the current directory. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/nilfs2_api.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bugs.h"

#define MOUNTED	"/tmp/mounted"

/* The image TYPE.img of the current directory onto MOUNTED, to be read only. */
static int mount_image(const char *type, const char *options)
{
	struct loop_config config = {
		.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY,
	};
	int number, image, loop, control = open("/dev/loop-control", O_RDWR);
	char name[32];

	if (control < 0)
		return failed("/dev/loop-control");
	number = ioctl(control, LOOP_CTL_GET_FREE);
	if (number < 0)
		return failed("no free loop device");
	close(control);
	snprintf(name, sizeof(name), "%s.img", type);
	image = open(name, O_RDONLY);
	if (image < 0)
		return failed(name);
	config.fd = image;
	snprintf(name, sizeof(name), "/dev/loop%d", number);
	loop = open(name, O_RDONLY);
	if (loop < 0 || ioctl(loop, LOOP_CONFIGURE, &config))
		return failed(name);
	if (mkdir(MOUNTED, 0700) && errno != EEXIST)
		return failed(MOUNTED);
	if (mount(name, MOUNTED, type, MS_RDONLY, options))
		return failed(type);
	close(image);
	close(loop);
	return 0;
}

static int unmount(void)
{
	return umount(MOUNTED) ? failed("umount") : 0;
}

/* Without a parent, a handle is 12 bytes, of which the file system sets 10. */
#define HANDLE	12

int leak_handle(void)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + HANDLE];
	} handle = { .head.handle_bytes = HANDLE };
	int mount_id;

	if (mount_image("vfat", "nfs=nostale_ro"))
		return -1;
	if (name_to_handle_at(AT_FDCWD, MOUNTED, &handle.head, &mount_id, 0))
		return failed("name_to_handle_at");
	if (handle.head.handle_bytes != HANDLE)
		return unexpected("vfat: the handle has another size");
	printf("bugs: vfat: the handle ends in %02x %02x\n",
	       handle.head.f_handle[HANDLE - 2], handle.head.f_handle[HANDLE - 1]);
	return unmount();
}

/* An item is 16 bytes, a page of room is given to it. */
int leak_page(void)
{
	static char page[4096];
	struct nilfs_argv argv = {
		.v_base = (unsigned long)page,
		.v_nmembs = 1,
		.v_size = sizeof(page),
	};
	size_t strange = 0;
	int fd;

	if (mount_image("nilfs2", NULL))
		return -1;
	fd = open(MOUNTED, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return failed(MOUNTED);
	if (ioctl(fd, NILFS_IOCTL_GET_SUINFO, &argv))
		return failed("NILFS_IOCTL_GET_SUINFO");
	if (argv.v_nmembs != 1)
		return unexpected("nilfs2: no information on the first segment");
	for (size_t i = sizeof(struct nilfs_suinfo); i < sizeof(page); i++)
		strange += page[i] != 0;
	printf("bugs: nilfs2: %zu bytes behind the item are not 0\n", strange);
	close(fd);
	return unmount();
}
