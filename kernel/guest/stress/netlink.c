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
#include "stress.h"

struct request {
	struct nlmsghdr header;
	char body[1024];
};

static int netlink(int protocol)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	need(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static void begin(struct request *r, int type, int flags, const void *body, size_t size)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->body, body, size);
	r->header = (struct nlmsghdr){
		.nlmsg_len = NLMSG_LENGTH(size),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
		.nlmsg_seq = 1,
	};
}

static struct rtattr *add(struct request *r, int type, const void *data, size_t size)
{
	struct rtattr *attr = (void *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(attr), data, size);
	r->header.nlmsg_len = (char *)attr - (char *)r + RTA_ALIGN(attr->rta_len);
	return attr;
}

static void end(const struct request *r, struct rtattr *attr)
{
	attr->rta_len = (char *)r + r->header.nlmsg_len - (char *)attr;
}

/* Return: the error in the answer, which is positive, or 0. */
static int talk(int fd, struct request *r)
{
	char answer[16384];

	need(send(fd, r, r->header.nlmsg_len, 0) == r->header.nlmsg_len);
	for (;;) {
		struct nlmsghdr *h = (void *)answer;
		ssize_t size = recv(fd, answer, sizeof(answer), 0);

		need(size > 0);
		for (; NLMSG_OK(h, (size_t)size); h = NLMSG_NEXT(h, size)) {
			if (h->nlmsg_type == NLMSG_ERROR)
				return -((struct nlmsgerr *)NLMSG_DATA(h))->error;
			if (h->nlmsg_type == NLMSG_DONE)
				return -*(int *)NLMSG_DATA(h);
		}
	}
}

static void run_dumps(unsigned int round)
{
	static const int types[] = {
		RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE, RTM_GETNEIGHTBL,
		RTM_GETNETCONF, RTM_GETSTATS, RTM_GETNEXTHOP, RTM_GETADDRLABEL, RTM_GETQDISC,
		RTM_GETMULTICAST,
	};
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6 };
	int fd = netlink(NETLINK_ROUTE), dumped = 0, err;
	/* As large as any of the headers; GETSTATS wants to know what. */
	struct { unsigned char family, rest[23]; } body = { };
	struct request r;

	(void)round;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(families); j++) {
			size_t size = types[i] == RTM_GETSTATS ? sizeof(struct if_stats_msg) : 16;

			body.family = families[j];
			begin(&r, types[i], NLM_F_DUMP, &body, size);
			if (types[i] == RTM_GETSTATS)
				((struct if_stats_msg *)r.body)->filter_mask = 0x1f;
			err = talk(fd, &r);
			dumped += !err;
			if (err && types[i] == RTM_GETRULE && families[j] == AF_INET)
				without("CONFIG_IP_MULTIPLE_TABLES");
		}
	}
	need(dumped > 12 && !close(fd));
	fd = netlink(NETLINK_GENERIC);
	begin(&r, GENL_ID_CTRL, NLM_F_DUMP, &(struct genlmsghdr){ CTRL_CMD_GETFAMILY, 2, 0 },
	      sizeof(struct genlmsghdr));
	need(!talk(fd, &r) && !close(fd));
}

/* With a listener, because somebody has to be told of the changes. */
static void run_changes(unsigned int round)
{
	struct ifaddrmsg ifa = { AF_INET, 32, 0, RT_SCOPE_HOST, if_nametoindex("lo") };
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_BLACKHOLE };
	struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = ~0u >> 1 };
	int fd = netlink(NETLINK_ROUTE), listener = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	uint32_t address = htonl(0x7f000000 | (getpid() & 0xffff) << 8 | 2);
	char event[4096];
	struct request r;

	(void)round;
	need(listener >= 0 && !bind(listener, (struct sockaddr *)&groups, sizeof(groups)));
	begin(&r, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));
	add(&r, IFA_LOCAL, &address, sizeof(address));
	errno = talk(fd, &r);
	need(!errno);
	need(recv(listener, event, sizeof(event), 0) > 0);
	r.header.nlmsg_type = RTM_DELADDR;
	r.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	errno = talk(fd, &r);
	need(!errno);
	address = htonl(0x0a000000 | (getpid() & 0xffff));
	begin(&r, RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &rtm, sizeof(rtm));
	add(&r, RTA_DST, &address, sizeof(address));
	errno = talk(fd, &r);
	need(!errno);
	r.header.nlmsg_type = RTM_DELROUTE;
	r.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	errno = talk(fd, &r);
	need(!errno && !close(listener) && !close(fd));
}

/* Two ends of a virtual cable, made and removed. */
static void run_veth(unsigned int round)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	int fd = netlink(NETLINK_ROUTE);
	struct rtattr *link, *data, *peer;
	char name[IFNAMSIZ];
	struct request r;
	size_t size;

	(void)round;
	begin(&r, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	size = snprintf(name, sizeof(name), "kmca%d", getpid());
	add(&r, IFLA_IFNAME, name, size + 1);
	link = add(&r, IFLA_LINKINFO, NULL, 0);
	add(&r, IFLA_INFO_KIND, "veth", 4);
	data = add(&r, IFLA_INFO_DATA, NULL, 0);
	peer = add(&r, VETH_INFO_PEER, &info, sizeof(info));
	name[3] = 'b';
	add(&r, IFLA_IFNAME, name, size + 1);
	end(&r, peer);
	end(&r, data);
	end(&r, link);
	errno = talk(fd, &r);
	if (errno == EOPNOTSUPP) {
		without("CONFIG_VETH");
		return;
	}
	need(!errno);
	for (int i = 0; i < 2; i++) {
		name[3] = "ab"[i];
		info.ifi_index = if_nametoindex(name);
		info.ifi_flags = info.ifi_change = IFF_UP;
		begin(&r, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
		errno = talk(fd, &r);
		need(!errno);
	}
	usleep(10000);
	begin(&r, RTM_DELLINK, NLM_F_ACK, &info, sizeof(info));
	errno = talk(fd, &r);
	need(!errno && !close(fd));
}

static void ask(int fd, const char *option, const void *question, size_t size)
{
	struct request r;

	begin(&r, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, question, size);
	errno = talk(fd, &r);
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
	int fd = netlink(NETLINK_SOCK_DIAG), listener = socket(AF_INET, SOCK_STREAM, 0);

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
