// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of the CAN bus, on a virtual one. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "bugs.h"

#define DEVICE	"kmcbugs"

/* The frames are where nothing can be read: none of them arrives. */
static int send_bad_frames(int fd)
{
	struct bcm_msg_head head = { .opcode = TX_SETUP, .can_id = 1, .nframes = 2 };
	size_t size = head.nframes * sizeof(struct can_frame);
	void *bad = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = bad, .iov_len = size },
	};
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };

	if (bad == MAP_FAILED)
		return failed("mmap");
	if (sendmsg(fd, &msg, 0) >= 0)
		return unexpected("can: TX_SETUP took frames that are not there");
	/* An old kernel may take what is in the frame for an error of its own. */
	if (errno != EFAULT && errno != EINVAL)
		return failed("can: TX_SETUP");
	printf("bugs: can: TX_SETUP says: %s\n", strerror(errno));
	munmap(bad, size);
	return 0;
}

int look_at_lost_frame(void)
{
	struct sockaddr_can where = { .can_family = AF_CAN };
	int result, fd = socket(AF_CAN, SOCK_DGRAM, CAN_BCM);

	if (fd < 0)
		return failed("CAN_BCM socket");
	if (add_device("vcan", DEVICE))
		return -1;
	where.can_ifindex = if_nametoindex(DEVICE);
	if (!where.can_ifindex)
		return failed(DEVICE);
	if (connect(fd, (struct sockaddr *)&where, sizeof(where)))
		return failed("connect to " DEVICE);
	result = send_bad_frames(fd);
	close(fd);
	return result;
}

/* A bus of its own for each: what was sent on another one is not seen again. */
static int add_bus(const char *name)
{
	if (add_device("vcan", name) || bring_up(name))
		return -1;
	return if_nametoindex(name);
}

#define SOURCE		0x20
#define GROUP		0xf004
#define PRIORITY	6u
#define FRAME_ID	(CAN_EFF_FLAG | PRIORITY << 26 | GROUP << 8 | SOURCE)

/* A message of three bytes to all; the frame has room for eight. */
static int send_short_message(int bus)
{
	struct sockaddr_can where = {
		.can_family = AF_CAN,
		.can_ifindex = bus,
		.can_addr.j1939 = {
			.name = J1939_NO_NAME,
			.addr = SOURCE,
			.pgn = J1939_NO_PGN,
		},
	};
	int on = 1, fd = socket(AF_CAN, SOCK_DGRAM, CAN_J1939);

	if (fd < 0)
		return failed("CAN_J1939 socket");
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)))
		return failed("j1939: bind");
	where.can_addr.j1939.addr = J1939_NO_ADDR;
	where.can_addr.j1939.pgn = GROUP;
	if (sendto(fd, "one", 3, 0, (struct sockaddr *)&where, sizeof(where)) != 3)
		return failed("j1939: sendto");
	/* Sent when the timer says so, which has to find the socket. */
	return fd;
}

/* Return: 0 when the frame came, which is the last that is in the size bytes. */
static int receive_frame(int fd, const char *name, void *answer, size_t size)
{
	struct timeval patience = { .tv_sec = 10 };
	struct can_frame frame;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return failed(name);
	if (recv(fd, answer, size, 0) != (ssize_t)size)
		return failed(name);
	memcpy(&frame, (char *)answer + size - sizeof(frame), sizeof(frame));
	if (frame.can_id != FRAME_ID || frame.len != 3)
		return unexpected("another frame");
	printf("bugs: %s: a frame with 3 bytes ends in %02x %02x %02x %02x %02x\n", name,
	       frame.data[3], frame.data[4], frame.data[5], frame.data[6], frame.data[7]);
	return 0;
}

int leak_rest_of_frame(void)
{
	struct sockaddr_can where = { .can_family = AF_CAN };
	int result, sender, fd = socket(AF_CAN, SOCK_RAW, CAN_RAW);
	struct can_frame frame;

	if (fd < 0)
		return failed("CAN_RAW socket");
	where.can_ifindex = add_bus("kmcj1939");
	if (where.can_ifindex <= 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)))
		return failed("j1939: bind");
	sender = send_short_message(where.can_ifindex);
	if (sender < 0)
		return -1;
	result = receive_frame(fd, "j1939", &frame, sizeof(frame));
	close(sender);
	close(fd);
	return result;
}

/* The same frame, which the broadcast manager keeps where all was zero, and sends on. */
int leak_rest_of_last_frame(void)
{
	struct bcm_msg_head head = {
		.opcode = RX_SETUP, .flags = RX_FILTER_ID, .can_id = FRAME_ID,
	};
	struct sockaddr_can where = { .can_family = AF_CAN };
	char answer[sizeof(head) + sizeof(struct can_frame)];
	int result, sender, fd = socket(AF_CAN, SOCK_DGRAM, CAN_BCM);

	if (fd < 0)
		return failed("CAN_BCM socket");
	where.can_ifindex = add_bus("kmcbcm");
	if (where.can_ifindex <= 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&where, sizeof(where)) ||
	    send(fd, &head, sizeof(head), 0) != sizeof(head))
		return failed("bcm: RX_SETUP");
	sender = send_short_message(where.can_ifindex);
	if (sender < 0)
		return -1;
	result = receive_frame(fd, "bcm", answer, sizeof(answer));
	close(sender);
	close(fd);
	return result;
}
