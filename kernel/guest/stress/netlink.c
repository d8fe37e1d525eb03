// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: dumps of everything, changes, and the questions that ss asks. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nl.h"
#include "stress.h"

static void run_dumps(unsigned int round)
{
	static const int types[] = {
		RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE, RTM_GETNEIGHTBL,
		RTM_GETNETCONF, RTM_GETSTATS, RTM_GETNEXTHOP, RTM_GETADDRLABEL, RTM_GETQDISC,
		RTM_GETMULTICAST,
	};
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
	int fd = nl_open(NETLINK_ROUTE), dumped = 0, err;
	/* As large as any of the headers; GETSTATS wants to know what. */
	struct { unsigned char family, rest[23]; } body = { };
	struct request r;

	(void)round;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(families); j++) {
			size_t size = types[i] == RTM_GETSTATS ? sizeof(struct if_stats_msg) : 16;

			body.family = families[j];
			nl_begin(&r, types[i], NLM_F_DUMP, &body, size);
			if (types[i] == RTM_GETSTATS)
				((struct if_stats_msg *)r.body)->filter_mask = 0x1f;
			err = nl_talk(fd, &r);
			dumped += !err;
			if (err && types[i] == RTM_GETRULE && families[j] == AF_INET)
				without("CONFIG_IP_MULTIPLE_TABLES");
		}
	}
	need(dumped > 12 && !close(fd));
	fd = nl_open(NETLINK_GENERIC);
	nl_begin(&r, GENL_ID_CTRL, NLM_F_DUMP, &(struct genlmsghdr){ CTRL_CMD_GETFAMILY, 2, 0 },
		 sizeof(struct genlmsghdr));
	need(!nl_talk(fd, &r) && !close(fd));
}

/* With a listener, because somebody has to be told of the changes. */
static void run_changes(unsigned int round)
{
	struct ifaddrmsg ifa = { AF_INET, 32, 0, RT_SCOPE_HOST, if_nametoindex("lo") };
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_BLACKHOLE };
	struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = ~0u >> 1 };
	int fd = nl_open(NETLINK_ROUTE), listener = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	uint32_t address = htonl(0x7f000000 | (getpid() & 0xffff) << 8 | 2);
	char event[4096];
	struct request r;

	(void)round;
	need(listener >= 0 && !bind(listener, (struct sockaddr *)&groups, sizeof(groups)));
	nl_begin(&r, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));
	nl_add(&r, IFA_LOCAL, &address, sizeof(address));
	errno = nl_talk(fd, &r);
	need(!errno);
	need(recv(listener, event, sizeof(event), 0) > 0);
	r.header.nlmsg_type = RTM_DELADDR;
	r.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	errno = nl_talk(fd, &r);
	need(!errno);
	address = htonl(0x0a000000 | (getpid() & 0xffff));
	nl_begin(&r, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &rtm, sizeof(rtm));
	nl_add(&r, RTA_DST, &address, sizeof(address));
	errno = nl_talk(fd, &r);
	need(!errno);
	r.header.nlmsg_type = RTM_DELROUTE;
	r.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	errno = nl_talk(fd, &r);
	need(!errno && !close(listener) && !close(fd));
}

/* Two ends of a virtual cable, made and removed. */
static void run_veth(unsigned int round)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	int fd = nl_open(NETLINK_ROUTE);
	struct rtattr *link, *data, *peer;
	char name[IFNAMSIZ];
	struct request r;
	size_t size;

	(void)round;
	nl_begin(&r, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	size = snprintf(name, sizeof(name), "kmca%d", getpid());
	nl_add(&r, IFLA_IFNAME, name, size + 1);
	link = nl_add(&r, IFLA_LINKINFO, NULL, 0);
	nl_add(&r, IFLA_INFO_KIND, "veth", 4);
	data = nl_add(&r, IFLA_INFO_DATA, NULL, 0);
	peer = nl_add(&r, VETH_INFO_PEER, &info, sizeof(info));
	name[3] = 'b';
	nl_add(&r, IFLA_IFNAME, name, size + 1);
	nl_end(&r, peer);
	nl_end(&r, data);
	nl_end(&r, link);
	errno = nl_talk(fd, &r);
	if (errno == EOPNOTSUPP) {
		without("CONFIG_VETH");
		return;
	}
	need(!errno);
	for (int i = 0; i < 2; i++) {
		name[3] = "ab"[i];
		info.ifi_index = if_nametoindex(name);
		info.ifi_flags = info.ifi_change = IFF_UP;
		nl_begin(&r, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
		errno = nl_talk(fd, &r);
		need(!errno);
	}
	usleep(10000);
	nl_begin(&r, RTM_DELLINK, NLM_F_ACK, &info, sizeof(info));
	errno = nl_talk(fd, &r);
	need(!errno && !close(fd));
}

static void ask(int fd, const char *option, const void *question, size_t size)
{
	struct request r;

	nl_begin(&r, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, question, size);
	errno = nl_talk(fd, &r);
	if (errno == ENOENT)
		without(option);
	else
		need(!errno);
}

static void ask_inet(int fd, int family, int protocol, const char *option)
{
	struct inet_diag_req_v2 question = { family, protocol, 0xff, 0, ~0u, { } };

	ask(fd, option, &question, sizeof(question));
}

static void run_diag(unsigned int round)
{
	struct unix_diag_req unix_question = { AF_UNIX, 0, 0, ~0u, 0, 0x7f, { } };
	struct packet_diag_req packet = { AF_PACKET, 0, 0, 0, 0x3f, { } };
	struct netlink_diag_req link = { AF_NETLINK, NDIAG_PROTO_ALL, 0, 0, 0xf, { } };
	int fd = nl_open(NETLINK_SOCK_DIAG), listener = socket(AF_INET, SOCK_STREAM, 0);

	(void)round;
	/* So that there is an answer. */
	need(!listen(listener, 1));
	ask_inet(fd, AF_INET, IPPROTO_TCP, "CONFIG_INET_DIAG");
	ask_inet(fd, AF_INET6, IPPROTO_TCP, "CONFIG_INET_DIAG");
	ask_inet(fd, AF_INET, IPPROTO_UDP, "CONFIG_INET_UDP_DIAG");
	ask(fd, "CONFIG_UNIX_DIAG", &unix_question, sizeof(unix_question));
	ask(fd, "CONFIG_PACKET_DIAG", &packet, sizeof(packet));
	ask(fd, "CONFIG_NETLINK_DIAG", &link, sizeof(link));
	need(!close(fd) && !close(listener));
}

const struct part netlink_parts[] = {
	{ "dumps", run_dumps },
	{ "changes", run_changes },
	{ "veth", run_veth },
	{ "diag", run_diag },
	{ }
};
