// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of what takes frames from a device file: QRTR, NCI and PPP. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/nfc.h>
#include <linux/ppp-ioctl.h>
#include <linux/qrtr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "bugs.h"

/* Node 0 says that it may be sent to, but not at which port: all of what is looked up. */
int resume_without_port(void)
{
	const struct {
		__le32 version, type, source_node, source_port, confirm, size, node, port;
		__le32 command, resumed_node;
	} frame = {
		.version = 1, .type = QRTR_TYPE_RESUME_TX, .source_node = 7,
		.size = sizeof(frame.command) + sizeof(frame.resumed_node),
		.command = QRTR_TYPE_RESUME_TX,
	};
	int fd = open("/dev/qrtr-tun", O_RDWR);
	ssize_t size;

	if (fd < 0)
		return failed("/dev/qrtr-tun");
	size = write(fd, &frame, sizeof(frame));
	if (size != sizeof(frame) && errno != EINVAL)
		return failed("qrtr: write");
	printf("bugs: qrtr: the frame was %s\n", size < 0 ? "refused" : "taken");
	close(fd);
	return 0;
}

#define GET_INDEX	0	/* IOCTL_GET_NCIDEV_IDX, which no header of user space has */

static int start_device(int number)
{
	int family = generic_family(NFC_GENL_NAME);
	__u32 index = number;
	struct message m;

	if (family < 0)
		return -1;
	m = generic(family, NFC_CMD_DEV_UP, NFC_GENL_VERSION);
	m.head.nlmsg_flags |= NLM_F_ACK;
	attribute(&m, NFC_ATTR_DEVICE_INDEX, &index, sizeof(index));
	return talk(NETLINK_GENERIC, &m);
}

/* Answer the first request with this frame, and any other one with an error, until it is over. */
static int answer_requests(int fd, pid_t asker, const void *frame, size_t size)
{
	static const unsigned char refusal[] = { 0x40, 1, 1, 1 };
	unsigned char command[64];
	int status;

	if (read(fd, command, sizeof(command)) <= 0)
		return failed("nci: read");
	if (write(fd, frame, size) != (ssize_t)size)
		return failed("nci: write");
	while (!waitpid(asker, &status, WNOHANG)) {
		usleep(50000);
		if (write(fd, refusal, sizeof(refusal)) != sizeof(refusal))
			return failed("nci: write");
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : unexpected("nci: no error");
}

/* The device never gets up: what it is asked for first, it does not do. */
static int answer_reset(const char *name, const void *frame, size_t size)
{
	int result, number, fd = open("/dev/virtual_nci", O_RDWR);
	pid_t asker;

	if (fd < 0)
		return failed("/dev/virtual_nci");
	if (ioctl(fd, GET_INDEX, &number))
		return failed("nci: the device's number");
	fflush(stdout);
	asker = fork();
	if (asker < 0)
		return failed("fork");
	if (!asker)
		_exit(start_device(number) <= 0);
	result = answer_requests(fd, asker, frame, size);
	printf("bugs: %s: a frame of %zu bytes was the answer\n", name, size);
	close(fd);
	return result;
}

/* It was reset, but which version it has is behind the end. */
int reset_without_version(void)
{
	static const unsigned char frame[] = { 0x60, 0, 1, 0 };

	return answer_reset("nci-reset", frame, sizeof(frame));
}

/* The third byte of a frame is the length of the rest. */
int frame_without_length(void)
{
	static const unsigned char frame[] = { 0x40, 0 };

	return answer_reset("nci-rx", frame, sizeof(frame));
}

/* Return: the terminal's end of a pair, and its other end in master; or -1. */
static int open_terminal(int *master)
{
	int fd, locked = 0;

	if (mkdir("/dev/pts", 0755) && errno != EEXIST)
		return failed("/dev/pts");
	if (mount("devpts", "/dev/pts", "devpts", 0, NULL) && errno != EBUSY)
		return failed("devpts");
	*master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (*master < 0 || ioctl(*master, TIOCSPTLCK, &locked))
		return failed("/dev/ptmx");
	fd = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	return fd < 0 ? failed("TIOCGPTPEER") : fd;
}

/* The number of a protocol whose packets go on with a code, and no code. */
static int send_bare_protocol(const char *name, int discipline)
{
	static const unsigned char packet[] = { 0xc0, 0x21 };
	int terminal, channel, master = -1, ppp = open("/dev/ppp", O_RDWR);
	ssize_t size;

	if (ppp < 0)
		return failed("/dev/ppp");
	terminal = open_terminal(&master);
	if (terminal < 0)
		return -1;
	if (ioctl(terminal, TIOCSETD, &discipline) || ioctl(terminal, PPPIOCGCHAN, &channel) ||
	    ioctl(ppp, PPPIOCATTCHAN, &channel))
		return failed(name);
	size = write(ppp, packet, sizeof(packet));
	if (size != sizeof(packet) && errno != EINVAL)
		return failed(name);
	printf("bugs: %s: the packet was %s\n", name, size < 0 ? "refused" : "taken");
	close(ppp);
	close(terminal);
	close(master);
	return 0;
}

int protocol_without_code(void)
{
	return send_bare_protocol("ppp-async", N_PPP);
}

int protocol_without_code_sync(void)
{
	return send_bare_protocol("ppp-sync", N_SYNC_PPP);
}
