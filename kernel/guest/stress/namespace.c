// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces, control groups, mounts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "stress.h"

static const struct {
	int flag;
	const char *option, *file;
} namespaces[] = {
	{ CLONE_NEWNS, "CONFIG_NAMESPACES", "mnt" },
	{ CLONE_NEWCGROUP, "CONFIG_CGROUPS", "cgroup" },
	{ CLONE_NEWUTS, "CONFIG_UTS_NS", "uts" },
	{ CLONE_NEWIPC, "CONFIG_IPC_NS", "ipc" },
	{ CLONE_NEWNET, "CONFIG_NET_NS", "net" },
	{ CLONE_NEWUSER, "CONFIG_USER_NS", "user" },
	{ CLONE_NEWTIME, "CONFIG_TIME_NS", "time_for_children" },
	{ CLONE_NEWPID, "CONFIG_PID_NS", "pid_for_children" },
};

static void inside(int flag)
{
	switch (flag) {
	case CLONE_NEWNS:
		need(!mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL));
		need(!mount("none", ".", "tmpfs", 0, "size=1M"));
		break;
	case CLONE_NEWUTS:
		need(!sethostname("kmc", 3));
		break;
	case CLONE_NEWUSER:
		write_file("/proc/self/setgroups", "deny");
		write_file("/proc/self/uid_map", "0 0 1\n");
		write_file("/proc/self/gid_map", "0 0 1\n");
		break;
	case CLONE_NEWPID:
		/* Its first process, whose end ends the others. */
		spawn_and_reap();
		break;
	case CLONE_NEWTIME:
		write_file("/proc/self/timens_offsets", "monotonic 1000 0\n");
		spawn_and_reap();
		break;
	}
}

static void enter(size_t i)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", namespaces[i].file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (unshare(namespaces[i].flag)) {
		need(errno == EINVAL);
		without(namespaces[i].option);
		_exit(0);
	}
	need(fd >= 0);
	inside(namespaces[i].flag);
	/* Back again, where that is allowed. */
	if (namespaces[i].flag != CLONE_NEWUSER && namespaces[i].flag != CLONE_NEWTIME)
		need(!setns(fd, namespaces[i].flag));
	_exit(0);
}

static void run_namespaces(unsigned int round)
{
	(void)round;
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		pid_t pid = spawn();

		if (!pid)
			enter(i);
		reap(pid);
	}
}

static void run_cgroup(unsigned int round)
{
	char pid[16];

	(void)round;
	need(!unshare(CLONE_NEWNS));
	need(!mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL));
	need(!mkdir("group", 0700));
	need(!mount("none", "group", "cgroup2", 0, NULL));
	need(!chdir("group"));
	snprintf(pid, sizeof(pid), "kmc%d", getpid());
	need(!mkdir(pid, 0700));
	need(!chdir(pid));
	snprintf(pid, sizeof(pid), "%d\n", getpid());
	write_file("cgroup.procs", pid);
	write_file("cgroup.freeze", "0\n");
	write_file("../cgroup.procs", pid);
	snprintf(pid, sizeof(pid), "../kmc%d", getpid());
	need(!rmdir(pid));
	need(!chdir("../..") && !umount("group"));
}

#ifndef FSOPEN_CLOEXEC
#include <linux/mount.h>
#endif

/* A file system in steps, as newer programs mount. */
static void new_mount(void)
{
	int context = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), fd;

	need(context >= 0);
	need(!syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "size", "1M", 0));
	need(syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "nothing", "1", 0) == -1);
	need(!syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	fd = syscall(SYS_fsmount, context, 0, 0);
	need(fd >= 0);
	need(!syscall(SYS_move_mount, fd, "", AT_FDCWD, "new", MOVE_MOUNT_F_EMPTY_PATH));
	need(!close(fd) && !close(context));
}

static void run_mounts(unsigned int round)
{
	struct statfs st;

	(void)round;
	need(!unshare(CLONE_NEWNS));
	need(!mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL));
	need(!mkdir("a", 0700) && !mkdir("b", 0700) && !mkdir("new", 0700));
	need(!mount("none", "a", "tmpfs", MS_NOSUID, "size=1M,mode=700"));
	need(!mount("a", "b", NULL, MS_BIND, NULL));
	need(!mount("none", "b", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	need(open("b/file", O_CREAT | O_WRONLY, 0600) == -1 && errno == EROFS);
	need(!mount("none", "a", NULL, MS_SHARED, NULL));
	need(!statfs("a", &st));
	new_mount();
	need(!umount2("new", MNT_DETACH) && !umount("b") && !umount("a"));
	/* Of several kinds that have no device. */
	need(!mount("none", "a", "proc", 0, "hidepid=1") && !umount("a"));
	need(!mount("none", "a", "sysfs", 0, NULL) && !umount("a"));
	need(!mount("none", "a", "devpts", 0, "newinstance") && !umount("a"));
	need(!mount("none", "a", "ramfs", 0, NULL) && !umount("a"));
	need(!mount("none", "a", "mqueue", 0, NULL) && !umount("a"));
}

const struct part namespace_parts[] = {
	{ "namespaces", run_namespaces },
	{ "cgroup", run_cgroup },
	{ "mounts", run_mounts },
	{ }
};
