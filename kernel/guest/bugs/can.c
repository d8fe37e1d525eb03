// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of the CAN bus, on a virtual one. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
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
