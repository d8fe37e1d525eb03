// SPDX-License-Identifier: GPL-2.0-only
/* Two network namespaces with a cable between them, and what is built in them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net.h"

/* What may get lost is sent so often. */
#define TRIES	100
#define PATIENCE_MS	200

static struct {
	int netns[SIDES], rtnl[SIDES];
	int here;
} net;

int net_rtnl(void)
{
	return net.rtnl[net.here];
}

void net_enter(int side)
{
	need(!setns(net.netns[side], CLONE_NEWNET));
	net.here = side;
}

void net_do(struct request *r)
{
	r->header.nlmsg_flags |= NLM_F_ACK;
	errno = nl_talk(net_rtnl(), r);
	need(!errno);
}

void net_dump(int type, const void *body, size_t size)
{
	struct request r;

	nl_begin(&r, type, NLM_F_DUMP, body, size);
	nl_talk(net_rtnl(), &r);
}

void net_u8(struct request *r, int type, unsigned char value)
{
	nl_add(r, type, &value, sizeof(value));
}

void net_u16(struct request *r, int type, unsigned short value)
{
	nl_add(r, type, &value, sizeof(value));
}

void net_u32(struct request *r, int type, unsigned int value)
{
	nl_add(r, type, &value, sizeof(value));
}

void net_text(struct request *r, int type, const char *text)
{
	nl_add(r, type, text, strlen(text) + 1);
}

struct rtattr *net_nest(struct request *r, int type)
{
	return nl_add(r, type | NLA_F_NESTED, NULL, 0);
}

unsigned int net_index(const char *name)
{
	unsigned int index = if_nametoindex(name);

	need(index);
	return index;
}

static struct {
	struct rtattr *info, *data;
} nested;

void net_link(struct request *r, const char *name, const char *kind, unsigned int lower)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };

	nl_begin(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	net_text(r, IFLA_IFNAME, name);
	if (lower)
		net_u32(r, IFLA_LINK, lower);
	nested.info = net_nest(r, IFLA_LINKINFO);
	net_text(r, IFLA_INFO_KIND, kind);
	nested.data = net_nest(r, IFLA_INFO_DATA);
}

void net_link_end(struct request *r)
{
	nl_end(r, nested.data);
	nl_end(r, nested.info);
	net_do(r);
}

void net_link_plain(const char *name, const char *kind)
{
	struct request r;

	net_link(&r, name, kind, 0);
	net_link_end(&r);
}

static void change(struct request *r, int type, const char *name, unsigned int flags)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = net_index(name),
				  .ifi_flags = flags, .ifi_change = flags };

	nl_begin(r, type, 0, &info, sizeof(info));
}

void net_up(const char *name)
{
	struct request r;

	change(&r, RTM_NEWLINK, name, IFF_UP);
	net_do(&r);
}

void net_down(const char *name)
{
	struct request r;

	change(&r, RTM_NEWLINK, name, IFF_UP);
	((struct ifinfomsg *)r.body)->ifi_flags = 0;
	net_do(&r);
}

void net_master(const char *name, const char *master)
{
	struct request r;

	change(&r, RTM_NEWLINK, name, 0);
	net_u32(&r, IFLA_MASTER, master ? net_index(master) : 0);
	net_do(&r);
}

void net_remove(const char *name)
{
	struct request r;

	change(&r, RTM_DELLINK, name, 0);
	net_do(&r);
}

static int family_of(const char *text)
{
	return strchr(text, ':') ? AF_INET6 : AF_INET;
}

void net_add_address(struct request *r, int type, const char *text)
{
	struct in6_addr address;
	int family = family_of(text);

	need(inet_pton(family, text, &address) == 1);
	nl_add(r, type, &address, family == AF_INET ? 4 : 16);
}

void net_address(const char *name, const char *address, int prefix)
{
	/* No time is lost with finding out whether somebody else has it. */
	struct ifaddrmsg ifa = { family_of(address), prefix, IFA_F_NODAD, 0, net_index(name) };
	struct request r;

	nl_begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &ifa, sizeof(ifa));
	net_add_address(&r, IFA_LOCAL, address);
	net_do(&r);
}

static void new_side(int side)
{
	need(!unshare(CLONE_NEWNET));
	net.netns[side] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	net.rtnl[side] = nl_open(NETLINK_ROUTE);
	need(net.netns[side] >= 0);
	net.here = side;
	net_up("lo");
}

void net_pair(void)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct rtattr *peer;
	struct request r;

	new_side(1);
	new_side(0);
	net_link(&r, "cable", "veth", 0);
	peer = nl_add(&r, VETH_INFO_PEER, &info, sizeof(info));
	net_text(&r, IFLA_IFNAME, "cable");
	net_u32(&r, IFLA_NET_NS_FD, net.netns[1]);
	nl_end(&r, peer);
	net_link_end(&r);
	for (int side = SIDES - 1; side >= 0; side--) {
		net_enter(side);
		net_address("cable", side ? "10.0.0.2" : "10.0.0.1", 24);
		net_address("cable", side ? "fd00::2" : "fd00::1", 64);
		net_up("cable");
	}
}

static void got_family(const struct nlmsghdr *h, void *arg)
{
	const struct rtattr *attr = (void *)((char *)NLMSG_DATA(h) + GENL_HDRLEN);
	int size = h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);

	for (; RTA_OK(attr, size); attr = RTA_NEXT(attr, size))
		if (attr->rta_type == CTRL_ATTR_FAMILY_ID)
			*(int *)arg = *(unsigned short *)RTA_DATA(attr);
}

int net_family(int fd, const char *name)
{
	struct request r;
	int id = 0;

	net_genl(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	net_text(&r, CTRL_ATTR_FAMILY_NAME, name);
	errno = nl_ask(fd, &r, got_family, &id);
	need(!errno && id);
	return id;
}

void net_genl(struct request *r, int family, int command, int version, int flags)
{
	nl_begin(r, family, flags, &(struct genlmsghdr){ command, version, 0 }, GENL_HDRLEN);
}

socklen_t net_parse(const char *text, unsigned short port, struct sockaddr_in6 *address)
{
	struct sockaddr_in *v4 = (void *)address;

	memset(address, 0, sizeof(*address));
	address->sin6_family = family_of(text);
	address->sin6_port = htons(port);
	if (address->sin6_family == AF_INET6) {
		need(inet_pton(AF_INET6, text, &address->sin6_addr) == 1);
		return sizeof(*address);
	}
	need(inet_pton(AF_INET, text, &v4->sin_addr) == 1);
	return sizeof(*v4);
}

static bool is_ready(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, PATIENCE_MS) == 1;
}

void net_datagrams(const char *text, size_t size)
{
	struct sockaddr_in6 address, from;
	socklen_t length = net_parse(text, 5000, &address), from_length = sizeof(from);
	char data[4000];
	int here, there, tries = 0;

	need(size <= sizeof(data));
	memset(data, 'd', sizeof(data));
	net_enter(1);
	there = socket(address.sin6_family, SOCK_DGRAM, 0);
	need(!bind(there, (struct sockaddr *)&address, length));
	net_enter(0);
	here = socket(address.sin6_family, SOCK_DGRAM, 0);
	need(!connect(here, (struct sockaddr *)&address, length));
	do {
		need(tries++ < TRIES);
		send(here, data, size, 0);
	} while (!is_ready(there));
	need(recvfrom(there, data, sizeof(data), 0, (struct sockaddr *)&from, &from_length) ==
	     (ssize_t)size);
	tries = 0;
	do {
		need(tries++ < TRIES);
		sendto(there, data, size, 0, (struct sockaddr *)&from, from_length);
	} while (!is_ready(here));
	need(recv(here, data, sizeof(data), 0) == (ssize_t)size);
	need(!close(here) && !close(there));
}

static void connection(const char *text)
{
	struct sockaddr_in6 address;
	socklen_t length = net_parse(text, 5001, &address);
	char data[6000];
	int here, there, listener;

	memset(data, 'c', sizeof(data));
	net_enter(1);
	listener = socket(address.sin6_family, SOCK_STREAM, 0);
	need(!bind(listener, (struct sockaddr *)&address, length) && !listen(listener, 4));
	net_enter(0);
	here = socket(address.sin6_family, SOCK_STREAM, 0);
	need(!connect(here, (struct sockaddr *)&address, length));
	there = accept(listener, NULL, NULL);
	need(there >= 0);
	write_all(here, data, sizeof(data));
	read_all(there, data, sizeof(data));
	write_all(there, data, sizeof(data));
	read_all(here, data, sizeof(data));
	need(!close(here) && !close(there) && !close(listener));
}

void net_exchange(const char *address)
{
	net_datagrams(address, 100);
	net_datagrams(address, 3000);
	connection(address);
}

void net_look(void)
{
	static const int types[] = {
		RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE, RTM_GETQDISC,
		RTM_GETNEIGHTBL, RTM_GETNETCONF, RTM_GETMULTICAST, RTM_GETNSID,
	};
	struct { unsigned char family, rest[23]; } body = { };
	struct if_stats_msg stats = { .filter_mask = 0x1f };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		body.family = AF_UNSPEC;
		net_dump(types[i], &body, 16);
		body.family = AF_BRIDGE;
		net_dump(types[i], &body, 16);
	}
	net_dump(RTM_GETSTATS, &stats, sizeof(stats));
}
