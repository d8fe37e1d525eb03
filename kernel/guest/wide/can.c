// SPDX-License-Identifier: GPL-2.0-only
/* CAN: raw frames, the broadcast manager, ISO-TP, J1939, and a gateway between two buses. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/error.h>
#include <linux/can/gw.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

#define PATIENCE_MS	10000

static void bind_can(int fd, const char *name)
{
	struct sockaddr_can address = { .can_family = AF_CAN, .can_ifindex = net_index(name) };

	need(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)));
}

static int raw(const char *name)
{
	int fd = socket(PF_CAN, SOCK_RAW, CAN_RAW), on = 1;

	need(!setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FD_FRAMES, &on, sizeof(on)));
	bind_can(fd, name);
	return fd;
}

static void wait_for(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	need(poll(&p, 1, PATIENCE_MS) == 1);
}

static void buses(void)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_flags = IFF_UP,
				  .ifi_change = IFF_UP };
	struct request r;

	net_pair();
	for (int i = 0; i < 2; i++) {
		net_link_plain(i ? "can1" : "can0", "vcan");
		info.ifi_index = net_index(i ? "can1" : "can0");
		nl_begin(&r, RTM_NEWLINK, 0, &info, sizeof(info));
		net_u32(&r, IFLA_MTU, CANFD_MTU);
		net_do(&r);
	}
	net_link_plain("cross", "vxcan");
	net_up("cross");
}

/* Everything that the protocols say of themselves. */
static void look(void)
{
	static const char * const files[] = {
		"stats", "reset_stats", "rcvlist_all", "rcvlist_fil", "rcvlist_inv", "rcvlist_sff",
		"rcvlist_eff", "rcvlist_err",
	};
	char path[64], data[4096];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/self/net/can/%s", files[i]);
		fd = open(path, O_RDONLY);
		need(fd >= 0);
		while (read(fd, data, sizeof(data)) > 0)
			;
		need(!close(fd));
	}
}

static void run_can_raw(unsigned int round)
{
	struct can_filter filters[] = { { 0x123, CAN_SFF_MASK }, { 0x200 | CAN_INV_FILTER, 0x700 },
					{ 0x12345 | CAN_EFF_FLAG, CAN_EFF_MASK | CAN_EFF_FLAG } };
	struct canfd_frame frame = { .can_id = 0x123, .len = 64 };
	struct can_frame small = { .can_id = 0x123, .can_dlc = 8, .data = "12345678" };
	can_err_mask_t errors = CAN_ERR_MASK;
	int from, to, on = 1;

	(void)round;
	buses();
	from = raw("can0");
	to = raw("can0");
	need(!setsockopt(to, SOL_CAN_RAW, CAN_RAW_FILTER, filters, sizeof(filters)));
	need(!setsockopt(to, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, &errors, sizeof(errors)));
	need(!setsockopt(from, SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, &on, sizeof(on)));
	need(write(from, &small, sizeof(small)) == sizeof(small));
	need(write(from, &frame, sizeof(frame)) == sizeof(frame));
	small.can_id = 0x12345 | CAN_EFF_FLAG;
	small.can_dlc = 2;
	need(write(from, &small, sizeof(small)) == sizeof(small));
	for (int i = 0; i < 3; i++) {
		wait_for(to);
		need(read(to, &frame, sizeof(frame)) > 0);
		wait_for(from);
		need(read(from, &frame, sizeof(frame)) > 0);
	}
	look();
	net_look();
	need(!close(from) && !close(to));
}

static void run_can_bcm(unsigned int round)
{
	struct {
		struct bcm_msg_head head;
		struct can_frame frames[2];
	} m = { .head = { TX_SETUP, SETTIMER | STARTTIMER | TX_COUNTEVT, 3, { 0, 5000 },
			  { 0, 5000 }, 0x321, 2 },
		.frames = { { .can_id = 0x321, .can_dlc = 8 },
			    { .can_id = 0x321, .can_dlc = 4 } } };
	struct sockaddr_can address = { .can_family = AF_CAN };
	int fd, from;

	(void)round;
	buses();
	fd = socket(PF_CAN, SOCK_DGRAM, CAN_BCM);
	from = raw("can0");
	address.can_ifindex = net_index("can0");
	need(fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)));
	need(write(fd, &m, sizeof(m)) == sizeof(m));
	/* What it sends, and that it has sent the first three. */
	for (int i = 0; i < 4; i++) {
		wait_for(from);
		need(read(from, m.frames, sizeof(m.frames[0])) > 0);
	}
	m.head.opcode = TX_READ;
	m.head.nframes = 0;
	need(write(fd, &m, sizeof(m.head)) == sizeof(m.head));
	wait_for(fd);
	need(read(fd, &m, sizeof(m)) > 0);
	m.head.opcode = TX_DELETE;
	m.head.can_id = 0x321;
	need(write(fd, &m, sizeof(m.head)) == sizeof(m.head));
	m.head = (struct bcm_msg_head){ RX_SETUP, RX_CHECK_DLC | SETTIMER, 0, { 1, 0 }, { 0, 1000 },
					0x400, 1 };
	m.frames[0] = (struct can_frame){ .can_id = 0x400, .data = "\xff\xff" };
	need(write(fd, &m, sizeof(m.head) + sizeof(m.frames[0])) > 0);
	m.frames[0].can_dlc = 3;
	need(write(from, m.frames, sizeof(m.frames[0])) == sizeof(m.frames[0]));
	do {
		wait_for(fd);
		need(read(fd, &m, sizeof(m)) > 0);
	} while (m.head.opcode != RX_CHANGED);
	look();
	need(!close(fd) && !close(from));
}

static void run_can_isotp(unsigned int round)
{
	struct sockaddr_can address = { .can_family = AF_CAN };
	struct can_isotp_options options = { .flags = CAN_ISOTP_TX_PADDING | CAN_ISOTP_RX_PADDING,
					     .txpad_content = 0xcc, .rxpad_content = 0xcc };
	char data[600] = "isotp", back[600];
	int fd[2];

	buses();
	address.can_ifindex = net_index("can0");
	for (int i = 0; i < 2; i++) {
		fd[i] = socket(PF_CAN, SOCK_DGRAM, CAN_ISOTP);
		if (round & 1)
			need(!setsockopt(fd[i], SOL_CAN_ISOTP, CAN_ISOTP_OPTS, &options,
					 sizeof(options)));
		address.can_addr.tp.tx_id = 0x700 + i;
		address.can_addr.tp.rx_id = 0x700 + !i;
		need(fd[i] >= 0 && !bind(fd[i], (struct sockaddr *)&address, sizeof(address)));
	}
	for (size_t size = 5; size <= sizeof(data); size += 595) {
		need(write(fd[0], data, size) == (ssize_t)size);
		wait_for(fd[1]);
		need(read(fd[1], back, sizeof(back)) == (ssize_t)size);
	}
	need(!close(fd[0]) && !close(fd[1]));
}

static void run_can_j1939(unsigned int round)
{
	struct sockaddr_can address = { .can_family = AF_CAN };
	char data[300] = "j1939";
	int fd[2];

	(void)round;
	buses();
	address.can_ifindex = net_index("can0");
	address.can_addr.j1939.name = J1939_NO_NAME;
	address.can_addr.j1939.pgn = J1939_NO_PGN;
	for (int i = 0; i < 2; i++) {
		fd[i] = socket(PF_CAN, SOCK_DGRAM, CAN_J1939);
		address.can_addr.j1939.addr = 0x20 + i;
		need(fd[i] >= 0 && !bind(fd[i], (struct sockaddr *)&address, sizeof(address)));
	}
	address.can_addr.j1939.pgn = 0x12300;
	for (size_t size = 8; size <= sizeof(data); size += 292) {
		need(sendto(fd[0], data, size, 0, (struct sockaddr *)&address, sizeof(address)) ==
		     (ssize_t)size);
		wait_for(fd[1]);
		need(recv(fd[1], data, sizeof(data), 0) == (ssize_t)size);
	}
	need(!close(fd[0]) && !close(fd[1]));
}

static void run_can_gateway(unsigned int round)
{
	struct rtcanmsg message = { AF_CAN, CGW_TYPE_CAN_CAN, CGW_FLAGS_CAN_ECHO };
	struct cgw_frame_mod mod = { .cf = { .can_id = 0x555 }, .modtype = CGW_MOD_ID };
	struct can_filter filter = { 0x100, CAN_SFF_MASK };
	struct can_frame frame = { .can_id = 0x100, .can_dlc = 8 };
	struct request r;
	int from, to;

	(void)round;
	buses();
	nl_begin(&r, RTM_NEWROUTE, 0, &message, sizeof(message));
	net_u32(&r, CGW_SRC_IF, net_index("can0"));
	net_u32(&r, CGW_DST_IF, net_index("can1"));
	nl_add(&r, CGW_FILTER, &filter, sizeof(filter));
	/* Packed, as it is not in the header of user space. */
	nl_add(&r, CGW_MOD_SET, &mod, CGW_MODATTR_LEN);
	net_do(&r);
	from = raw("can0");
	to = raw("can1");
	need(write(from, &frame, sizeof(frame)) == sizeof(frame));
	wait_for(to);
	need(read(to, &frame, sizeof(frame)) == sizeof(frame) && frame.can_id == 0x555);
	net_dump(RTM_GETROUTE, &message, sizeof(message));
	r.header.nlmsg_type = RTM_DELROUTE;
	net_do(&r);
	need(!close(from) && !close(to));
}

const struct part can_parts[] = {
	{ "can-raw", run_can_raw },
	{ "can-bcm", run_can_bcm },
	{ "can-isotp", run_can_isotp },
	{ "can-j1939", run_can_j1939 },
	{ "can-gateway", run_can_gateway },
	{ }
};
