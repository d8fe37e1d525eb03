// SPDX-License-Identifier: GPL-2.0-only
/* Messages between processes: System V, POSIX, Unix sockets, terminals, keys. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "stress.h"

static void run_sysv_msg(unsigned int round)
{
	struct { long type; char text[5000]; } message = { .type = 1 };
	int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	struct msginfo info;
	struct msqid_ds ds;
	size_t size;

	(void)round;
	need(queue >= 0);
	/* Of more than a page, too: they are in pieces. */
	for (message.type = 1; message.type <= 4; message.type++)
		need(!msgsnd(queue, &message, message.type * 1250, 0));
	need(!msgctl(queue, IPC_STAT, &ds) && ds.msg_qnum == 4);
	need(!msgctl(queue, IPC_SET, &ds) && msgctl(0, MSG_INFO, (void *)&info) >= 0);
	for (long type = 4; type; type--) {
		size = msgrcv(queue, &message, sizeof(message.text), type, 0);
		need(size == (size_t)type * 1250);
	}
	need(msgrcv(queue, &message, 1, 0, IPC_NOWAIT) == -1 && errno == ENOMSG);
	need(!msgctl(queue, IPC_RMID, NULL));
}

static void run_sysv_sem(unsigned int round)
{
	int set = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
	struct sembuf both[2] = { { 0, -1, 0 }, { 1, -1, SEM_UNDO } };
	struct sembuf wake[2] = { { 0, 1, 0 }, { 1, 1, 0 } };
	struct timespec soon = { 0, 1000000 };
	unsigned short values[3] = { };
	struct semid_ds ds;
	pid_t pid;

	(void)round;
	need(set >= 0);
	need(!semctl(set, 0, SETALL, values) && !semctl(set, 0, GETALL, values));
	need(semtimedop(set, both, 2, &soon) == -1 && errno == EAGAIN);
	pid = spawn();
	if (!pid) {
		need(!semop(set, both, 2));
		_exit(0);
	}
	need(!semop(set, wake, 2));
	reap(pid);
	/* The child's is undone. */
	need(semctl(set, 1, GETVAL) == 1 && semctl(set, 0, GETVAL) == 0);
	need(!semctl(set, 0, IPC_STAT, &ds) && ds.sem_nsems == 3);
	need(!semctl(set, 0, IPC_RMID));
}

static void run_sysv_shm(unsigned int round)
{
	int id = shmget(IPC_PRIVATE, 64 << 10, IPC_CREAT | 0600);
	struct shmid_ds ds;
	char *memory;
	pid_t pid;

	(void)round;
	need(id >= 0);
	memory = shmat(id, NULL, 0);
	need(memory != (char *)-1);
	pid = spawn();
	if (!pid) {
		memory[40000] = 'x';
		_exit(0);
	}
	reap(pid);
	need(memory[40000] == 'x');
	need(!shmctl(id, IPC_STAT, &ds) && ds.shm_nattch == 1);
	need(!shmctl(id, SHM_LOCK, NULL) && !shmctl(id, SHM_UNLOCK, NULL));
	need(!shmctl(id, IPC_RMID, NULL));
	need(!shmdt(memory));
}

static void run_mqueue(unsigned int round)
{
	struct mq_attr attr = { .mq_maxmsg = 5, .mq_msgsize = 200 };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGURG };
	struct timespec past = { 0, 0 };
	unsigned int priority;
	char name[32], text[200] = "text";
	mqd_t queue;

	(void)round;
	snprintf(name, sizeof(name), "/kmc%d", getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	need(queue >= 0 && !mq_unlink(name));
	need(!mq_notify(queue, &event));
	for (int i = 0; i < 5; i++)
		need(!mq_send(queue, text, 10 * i, i));
	need(mq_timedsend(queue, text, 1, 1, &past) == -1 && errno == ETIMEDOUT);
	for (int i = 4; i >= 0; i--) {
		need(mq_receive(queue, text, sizeof(text), &priority) == 10 * i);
		need(priority == (unsigned int)i);
	}
	need(!mq_getattr(queue, &attr) && !attr.mq_curmsgs);
	need(!mq_close(queue));
}

static void send_fds(int socket, int fd)
{
	char control[CMSG_SPACE(2 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))] = "";
	struct ucred ucred = { getpid(), getuid(), getgid() };
	struct iovec iov = { "x", 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
	int fds[2] = { fd, socket };

	*cmsg = (struct cmsghdr){ CMSG_LEN(sizeof(fds)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(cmsg), fds, sizeof(fds));
	cmsg = CMSG_NXTHDR(&message, cmsg);
	*cmsg = (struct cmsghdr){ CMSG_LEN(sizeof(ucred)), SOL_SOCKET, SCM_CREDENTIALS };
	memcpy(CMSG_DATA(cmsg), &ucred, sizeof(ucred));
	need(sendmsg(socket, &message, 0) == 1);
}

static void receive_fds(int socket, bool rights)
{
	char control[512], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	bool seen = false;

	need(recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		int fds[2];

		if (c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(fds, CMSG_DATA(c), sizeof(fds));
		need(!close(fds[0]) && !close(fds[1]));
		seen = true;
	}
	need(seen == rights);
}

static void run_unix_pair(unsigned int round)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct ucred ucred;
	socklen_t size = sizeof(ucred);
	char text[8000] = "";
	int on = 1, ends[2];

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		need(!socketpair(AF_UNIX, types[i], 0, ends));
		need(!setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
		need(!getsockopt(ends[1], SOL_SOCKET, SO_PEERCRED, &ucred, &size));
		send_fds(ends[0], round & 1 ? ends[0] : 0);
		receive_fds(ends[1], true);
		write_all(ends[0], "x", 1);
		receive_fds(ends[1], false);
		need(send(ends[0], text, sizeof(text), MSG_NOSIGNAL) == sizeof(text));
		need(recv(ends[1], text, 1, MSG_PEEK) == 1);
		need(!ioctl(ends[1], FIONREAD, &on) && on == sizeof(text));
		need(recv(ends[1], text, sizeof(text), 0) == sizeof(text));
		/* In flight to itself when both ends are closed: garbage to collect. */
		send_fds(ends[0], ends[1]);
		need(!shutdown(ends[0], SHUT_WR));
		need(!close(ends[0]) && !close(ends[1]));
	}
}

/* By name: one in the file system, one that is not. */
static void run_unix_named(unsigned int round)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX }, peer;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int dgram = socket(AF_UNIX, SOCK_DGRAM, 0), other = socket(AF_UNIX, SOCK_DGRAM, 0);
	socklen_t size = sizeof(peer);
	int accepted;
	char byte;

	(void)round;
	need(listener >= 0 && fd >= 0 && dgram >= 0 && other >= 0);
	strcpy(address.sun_path, "socket");
	need(!bind(listener, (struct sockaddr *)&address, sizeof(address)));
	need(!listen(listener, 5));
	need(!connect(fd, (struct sockaddr *)&address, sizeof(address)));
	accepted = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
	need(accepted >= 0);
	write_all(fd, "x", 1);
	read_all(accepted, &byte, 1);
	need(!getpeername(fd, (struct sockaddr *)&peer, &size));
	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "kmc%d", getpid());
	address.sun_path[0] = '\0';
	need(!bind(dgram, (struct sockaddr *)&address, sizeof(address)));
	need(sendto(other, "y", 1, 0, (struct sockaddr *)&address, sizeof(address)) == 1);
	size = sizeof(peer);
	need(recvfrom(dgram, &byte, 1, 0, (struct sockaddr *)&peer, &size) == 1 && byte == 'y');
	need(!close(accepted) && !close(fd) && !close(listener) && !close(dgram) && !close(other));
}

/* A session with a terminal of its own, which is told to stop. */
static void on_terminal(const char *name)
{
	struct winsize window = { 24, 80, 0, 0 };
	struct termios t;
	char line[32];
	int fd;

	need(setsid() > 0);
	fd = open(name, O_RDWR);
	need(fd >= 0 && !ioctl(fd, TIOCSCTTY, 0) && tcgetpgrp(fd) == getpid());
	need(!ioctl(fd, TIOCSWINSZ, &window) && !ioctl(fd, TIOCGWINSZ, &window));
	need(!tcgetattr(fd, &t) && !tcsetattr(fd, TCSADRAIN, &t));
	write_all(fd, "ready\n", 6);
	need(read(fd, line, sizeof(line)) == 6 && !memcmp(line, "hello\n", 6));
	write_all(fd, "again\n", 6);
	pause();
	_exit(1);
}

static void expect(int fd, const char *text)
{
	char line[256] = "";
	size_t have = 0;

	while (!strstr(line, text)) {
		ssize_t n = read(fd, line + have, sizeof(line) - 1 - have);

		need(n > 0);
		have += n;
	}
}

static void run_pty(unsigned int round)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY), status;
	char name[64];
	pid_t pid;

	(void)round;
	need(fd >= 0 && !grantpt(fd) && !unlockpt(fd) && !ptsname_r(fd, name, sizeof(name)));
	pid = spawn();
	if (!pid)
		on_terminal(name);
	expect(fd, "ready");
	write_all(fd, "helli\177o\n", 8);
	expect(fd, "again");
	/* Control-C */
	write_all(fd, "\003", 1);
	need(waitpid(pid, &status, 0) == pid);
	errno = 0;
	need(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	need(!close(fd));
}

static void run_keys(unsigned int round)
{
	/* KEY_SPEC_PROCESS_KEYRING */
	long key = syscall(SYS_add_key, "user", "kmc", "secret", 6, -2);
	char text[100];

	(void)round;
	if (key < 0 && errno == ENOSYS) {
		without("CONFIG_KEYS");
		return;
	}
	need(key > 0);
	/* KEYCTL_READ, _DESCRIBE, _UPDATE, _REVOKE */
	need(syscall(SYS_keyctl, 11, key, text, sizeof(text)) == 6);
	need(syscall(SYS_keyctl, 6, key, text, sizeof(text)) > 0);
	need(!syscall(SYS_keyctl, 2, key, "other", 5));
	need(!syscall(SYS_keyctl, 3, key));
}

const struct part ipc_parts[] = {
	{ "sysv-msg", run_sysv_msg },
	{ "sysv-sem", run_sysv_sem },
	{ "sysv-shm", run_sysv_shm },
	{ "mqueue", run_mqueue },
	{ "unix-pair", run_unix_pair },
	{ "unix-named", run_unix_named },
	{ "pty", run_pty },
	{ "keys", run_keys },
	{ }
};
