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
#include <sys/socket.h>
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

/* Return: this side of a new device, and its number; or -1, and it has said why. */
static int open_device(int *number)
{
	int fd = open("/dev/virtual_nci", O_RDWR);

	if (fd < 0)
		return failed("/dev/virtual_nci");
	return ioctl(fd, GET_INDEX, number) ? failed("nci: the device's number") : fd;
}

/* The device never gets up: what it is asked for first, it does not do. */
static int answer_reset(const char *name, const void *frame, size_t size)
{
	int result, number, fd = open_device(&number);
	pid_t asker;

	if (fd < 0)
		return -1;
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

/* What this device answers to a request, which begins with the same bytes but for one bit. */
static const struct answer {
	unsigned char size, bytes[20];
} answers[] = {
	{ 6, { 0x40, 0, 3, 0, 0x10, 1 } },	/* CORE_RESET: version 1 */
	{ 20, { 0x40, 1, 17, [9] = 1 } },	/* CORE_INIT: all 0, but for one connection */
	{ 4, { 0x41, 0, 1, 0 } },		/* RF_DISCOVER_MAP */
	{ 4, { 0x41, 3, 1, 0 } },		/* RF_DISCOVER */
	{ 4, { 0x41, 6, 1, 0 } },		/* RF_DEACTIVATE */
};

/* Then a tag of type 5 is found, and the ten bytes that tell which one are not there. */
static const unsigned char found[] = { 0x61, 5, 7, 1, 1, 6, 6, 255, 1, 10 };

/*
 * Until it is reset for the second time, which is when it goes down. @polling: can be read when
 * it has been noted what is looked for
 */
static int act_as_device(int fd, int polling)
{
	unsigned char request[64];
	int resets = 0;

	while (resets < 2) {
		if (read(fd, request, sizeof(request)) < 3)
			return failed("nci: read");
		for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
			const struct answer *a = &answers[i];

			if (a->bytes[0] == request[0] + 0x20 && a->bytes[1] == request[1] &&
			    write(fd, a->bytes, a->size) != a->size)
				return failed("nci: write");
		}
		resets += request[0] == 0x20 && !request[1];
		if (request[0] != 0x21 || request[1] != 3)
			continue;
		if (read(polling, request, 1) != 1)
			return failed("nci-target: nobody polls");
		if (write(fd, found, sizeof(found)) != sizeof(found))
			return failed("nci: write");
	}
	return 0;
}

static int tell_device(int fd, int family, int command, int flags, __u32 index)
{
	const __u32 protocols = NFC_PROTO_ISO15693_MASK;
	struct message m = generic(family, command, NFC_GENL_VERSION);

	m.head.nlmsg_flags |= flags;
	attribute(&m, NFC_ATTR_DEVICE_INDEX, &index, sizeof(index));
	if (command == NFC_CMD_START_POLL)
		attribute(&m, NFC_ATTR_IM_PROTOCOLS, &protocols, sizeof(protocols));
	if (talk_on(fd, &m))
		return -1;
	/* The end of a list is no element of it. */
	return flags & NLM_F_DUMP && m.head.nlmsg_type == NLMSG_DONE;
}

/* Who polls has to keep the socket. A list is asked for on one of its own: it has an end. */
static int look_for_target(__u32 index, int polling)
{
	int list, none = 1, family = generic_family(NFC_GENL_NAME);
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (family < 0 || fd < 0 || tell_device(fd, family, NFC_CMD_DEV_UP, NLM_F_ACK, index) ||
	    tell_device(fd, family, NFC_CMD_START_POLL, NLM_F_ACK, index))
		return failed("nci-target: no device that polls");
	if (write(polling, "", 1) != 1)
		return failed("nci-target: pipe");
	for (int tries = 0; none && tries < 100; tries++) {
		usleep(50000);
		list = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
		none = tell_device(list, family, NFC_CMD_GET_TARGET, NLM_F_DUMP, index);
		close(list);
	}
	printf("bugs: nci-target: there is %s target\n", none ? "no" : "a");
	fflush(stdout);
	/* Refused when it has ended by itself. */
	tell_device(fd, family, NFC_CMD_STOP_POLL, NLM_F_ACK, index);
	return tell_device(fd, family, NFC_CMD_DEV_DOWN, NLM_F_ACK, index);
}

/* What a tag is called is at the end of what the device tells of it, and is not there. */
int target_without_id(void)
{
	int result, number, status, polling[2], fd = open_device(&number);
	pid_t asker;

	if (fd < 0)
		return -1;
	if (pipe(polling))
		return failed("pipe");
	fflush(stdout);
	asker = fork();
	if (asker < 0)
		return failed("fork");
	if (!asker)
		_exit(look_for_target(number, polling[1]) != 0);
	close(polling[1]);
	/* A request that does not come would be waited for until the test ends. */
	alarm(60);
	result = act_as_device(fd, polling[0]);
	close(polling[0]);
	waitpid(asker, &status, 0);
	alarm(0);
	close(fd);
	return result ?: WIFEXITED(status) && !WEXITSTATUS(status) ? 0 :
		unexpected("nci-target: not told of a target");
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
