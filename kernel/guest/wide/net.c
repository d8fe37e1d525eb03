// SPDX-License-Identifier: GPL-2.0-only
/* Two network namespaces with a cable between them, and what is built in them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
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
	const char *device;
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

int net_talk(struct request *r)
{
	r->header.nlmsg_flags |= NLM_F_ACK;
	return errno = nl_talk(net_rtnl(), r);
}

bool net_try(struct request *r, int error, const char *option)
{
	if (net_talk(r) == error) {
		without(option);
		return false;
	}
	need(!errno);
	return true;
}

static void got_one(const struct nlmsghdr *h, void *arg)
{
	(void)h;
	++*(unsigned int *)arg;
}

unsigned int net_dump_request(struct request *r)
{
	unsigned int n = 0;

	nl_ask(net_rtnl(), r, got_one, &n);
	return n;
}

unsigned int net_dump(int type, const void *body, size_t size)
{
	struct request r;

	nl_begin(&r, type, NLM_F_DUMP, body, size);
	return net_dump_request(&r);
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

int net_link_talk(struct request *r)
{
	nl_end(r, nested.data);
	nl_end(r, nested.info);
	return net_talk(r);
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

void net_cable(const char *name)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct rtattr *peer;
	struct request r;

	net_enter(0);
	net_link(&r, name, "veth", 0);
	peer = nl_add(&r, VETH_INFO_PEER, &info, sizeof(info));
	net_text(&r, IFLA_IFNAME, name);
	net_u32(&r, IFLA_NET_NS_FD, net.netns[1]);
	nl_end(&r, peer);
	net_link_end(&r);
	for (int side = SIDES - 1; side >= 0; side--) {
		net_enter(side);
		net_up(name);
	}
}

void net_pair(void)
{
	new_side(1);
	new_side(0);
	net_cable("cable");
	for (int side = SIDES - 1; side >= 0; side--) {
		net_enter(side);
		net_address("cable", side ? "10.0.0.2" : "10.0.0.1", 24);
		net_address("cable", side ? "fd00::2" : "fd00::1", 64);
	}
}

struct family {
	int id, group;
	const char *group_name;
};

/* Return: what is inside the first attribute of this type, and how much. */
static const struct rtattr *find(const struct rtattr *attr, int size, int type)
{
	for (; RTA_OK(attr, size); attr = RTA_NEXT(attr, size))
		if ((attr->rta_type & NLA_TYPE_MASK) == type)
			return attr;
	return NULL;
}

static void got_groups(const struct rtattr *groups, struct family *family)
{
	const struct rtattr *group = RTA_DATA(groups);
	int size = RTA_PAYLOAD(groups);

	for (; RTA_OK(group, size); group = RTA_NEXT(group, size)) {
		const struct rtattr *name = find(RTA_DATA(group), RTA_PAYLOAD(group),
						 CTRL_ATTR_MCAST_GRP_NAME);
		const struct rtattr *id = find(RTA_DATA(group), RTA_PAYLOAD(group),
					       CTRL_ATTR_MCAST_GRP_ID);

		if (name && id && !strcmp(RTA_DATA(name), family->group_name))
			family->group = *(int *)RTA_DATA(id);
	}
}

static void got_family(const struct nlmsghdr *h, void *arg)
{
	const struct rtattr *attrs = (void *)((char *)NLMSG_DATA(h) + GENL_HDRLEN);
	int size = h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	const struct rtattr *id = find(attrs, size, CTRL_ATTR_FAMILY_ID);
	const struct rtattr *groups = find(attrs, size, CTRL_ATTR_MCAST_GROUPS);
	struct family *family = arg;

	if (id)
		family->id = *(unsigned short *)RTA_DATA(id);
	if (groups && family->group_name)
		got_groups(groups, family);
}

static struct family ask_family(int fd, const char *name, const char *group)
{
	struct family family = { .group_name = group };
	struct request r;

	net_genl(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	net_text(&r, CTRL_ATTR_FAMILY_NAME, name);
	errno = nl_ask(fd, &r, got_family, &family);
	need(!errno && family.id);
	return family;
}

int net_family(int fd, const char *name)
{
	return ask_family(fd, name, NULL).id;
}

void net_join(int fd, const char *family, const char *group)
{
	int id = ask_family(fd, family, group).group;

	need(id && !setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &id, sizeof(id)));
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

void net_use_device(const char *name)
{
	net.device = name;
}

static int sender(int family, int type)
{
	int fd = socket(family, type, 0);

	need(fd >= 0);
	if (net.device && !net.here)
		need(!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, net.device, strlen(net.device)));
	return fd;
}

int net_pass(int from, int type, const char *to, unsigned short to_port, const char *at,
	     unsigned short at_port)
{
	struct sockaddr_in6 address, end, peer;
	socklen_t length = net_parse(at, at_port, &end), size = sizeof(peer);
	int here, there, listener, error, on = 1;
	char byte = 'p';

	net_enter(!from);
	listener = there = socket(end.sin6_family, type, 0);
	need(!setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	need(listener >= 0 && !bind(listener, (struct sockaddr *)&end, length));
	need(type == SOCK_DGRAM || !listen(listener, 1));
	net_enter(from);
	net_parse(to, to_port, &address);
	here = sender(address.sin6_family, type);
	error = connect(here, (struct sockaddr *)&address, length) ? errno : 0;
	for (int tries = 0; !error && type == SOCK_DGRAM && !is_ready(listener); tries++) {
		need(tries < TRIES);
		error = send(here, &byte, 1, 0) < 0 ? errno : 0;
	}
	if (!error) {
		if (type == SOCK_STREAM) {
			there = accept(listener, NULL, NULL);
			need(there >= 0 && send(here, &byte, 1, 0) == 1);
		}
		need(recvfrom(there, &byte, 1, 0, (struct sockaddr *)&peer, &size) == 1);
		need(sendto(there, &byte, 1, 0, type == SOCK_STREAM ? NULL :
			    (struct sockaddr *)&peer, type == SOCK_STREAM ? 0 : size) == 1);
		need(recv(here, &byte, 1, 0) == 1);
	}
	need(!close(here) && !close(listener));
	need(there == listener || !close(there));
	return error;
}

/* What is of another size was sent earlier, and took its time. Return: whether there is one. */
static bool receive(int fd, size_t size, struct sockaddr_in6 *from)
{
	socklen_t length = sizeof(*from);
	char data[4000];

	do {
		if (!is_ready(fd))
			return false;
	} while (recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)from, &length) !=
		 (ssize_t)size);
	return true;
}

void net_datagrams(const char *text, size_t size)
{
	struct sockaddr_in6 address, from;
	socklen_t length = net_parse(text, 5000, &address);
	char data[4000];
	int here, there, tries = 0;

	need(size <= sizeof(data));
	memset(data, 'd', sizeof(data));
	net_enter(1);
	there = socket(address.sin6_family, SOCK_DGRAM, 0);
	need(!bind(there, (struct sockaddr *)&address, length));
	net_enter(0);
	here = sender(address.sin6_family, SOCK_DGRAM);
	need(!connect(here, (struct sockaddr *)&address, length));
	do {
		need(tries++ < TRIES);
		send(here, data, size, 0);
	} while (!receive(there, size, &from));
	tries = 0;
	do {
		need(tries++ < TRIES);
		sendto(there, data, size, 0, (struct sockaddr *)&from, length);
	} while (!receive(here, size, &from));
	need(!close(here) && !close(there));
}

static void connection(const char *text)
{
	struct sockaddr_in6 address;
	socklen_t length = net_parse(text, 5001, &address);
	char data[6000];
	int here, there, listener, on = 1;

	memset(data, 'c', sizeof(data));
	net_enter(1);
	listener = socket(address.sin6_family, SOCK_STREAM, 0);
	/* The connection before may still have the port. */
	need(!setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	need(!bind(listener, (struct sockaddr *)&address, length) && !listen(listener, 4));
	net_enter(0);
	here = sender(address.sin6_family, SOCK_STREAM);
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
	static const struct { int type; size_t size; bool always; } questions[] = {
		{ RTM_GETLINK, sizeof(struct ifinfomsg), true },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg), true },
		{ RTM_GETROUTE, sizeof(struct rtmsg), true },
		{ RTM_GETQDISC, sizeof(struct tcmsg), true },
		{ RTM_GETNEIGHTBL, sizeof(struct ndtmsg), true },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), false },
		{ RTM_GETRULE, sizeof(struct fib_rule_hdr), false },
		{ RTM_GETNETCONF, sizeof(struct netconfmsg), false },
		{ RTM_GETMULTICAST, sizeof(struct ifaddrmsg), false },
		{ RTM_GETNSID, sizeof(struct rtgenmsg), false },
	};
	static const unsigned char families[] = { AF_UNSPEC, AF_INET, AF_INET6, AF_BRIDGE };
	struct { unsigned char family, rest[23]; } body = { };
	struct if_stats_msg stats = { .filter_mask = 0x1f };

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		for (size_t j = 0; j < ARRAY_SIZE(families); j++) {
			unsigned int n;

			body.family = families[j];
			n = net_dump(questions[i].type, &body, questions[i].size);
			need(n || j || !questions[i].always);
		}
	need(net_dump(RTM_GETSTATS, &stats, sizeof(stats)));
}
