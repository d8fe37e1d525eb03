// SPDX-License-Identifier: GPL-2.0-only
/* Messages of netlink, and the bugs of those who take or give them. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/tipc_netlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bugs.h"

void *append(struct message *m, const void *data, size_t size)
{
	void *place = (char *)m + NLMSG_ALIGN(m->head.nlmsg_len);

	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + size;
	return memcpy(place, data, size);
}

struct nlattr *attribute(struct message *m, int type, const void *data, size_t size)
{
	struct nlattr head = { .nla_len = NLA_HDRLEN + size, .nla_type = type };
	struct nlattr *place = append(m, &head, sizeof(head));

	append(m, data, size);
	return place;
}

void close_nest(const struct message *m, struct nlattr *nest)
{
	nest->nla_len = (const char *)m + m->head.nlmsg_len - (const char *)nest;
}

int talk_on(int fd, struct message *m)
{
	ssize_t size;
	int error;

	if (send(fd, m, m->head.nlmsg_len, 0) < 0)
		return failed("netlink send");
	size = recv(fd, m, sizeof(*m), 0);
	if (size < 0)
		return failed("netlink recv");
	if (size < (ssize_t)NLMSG_LENGTH(sizeof(error)))
		return unexpected("netlink: a short answer");
	if (m->head.nlmsg_type != NLMSG_ERROR)
		return 0;
	memcpy(&error, NLMSG_DATA(&m->head), sizeof(error));
	return -error;
}

int talk(int protocol, struct message *m)
{
	int result, fd = socket(AF_NETLINK, SOCK_RAW, protocol);

	if (fd < 0)
		return failed("netlink socket");
	result = talk_on(fd, m);
	close(fd);
	return result;
}

int add_device(const char *kind, const char *name)
{
	struct message m = { .head = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = RTM_NEWLINK,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
	} };
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct nlattr *info;
	int error;

	append(&m, &link, sizeof(link));
	attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
	info = attribute(&m, IFLA_LINKINFO, NULL, 0);
	attribute(&m, IFLA_INFO_KIND, kind, strlen(kind));
	close_nest(&m, info);
	error = talk(NETLINK_ROUTE, &m);
	if (error <= 0)
		return error;
	errno = error;
	return failed(kind);
}

int bring_up(const char *name)
{
	struct ifreq request = { };
	int result, fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return failed("socket");
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	result = ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	if (!result)
		result = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return result ? failed(name) : 0;
}

struct message generic(int family, int command, int version)
{
	struct genlmsghdr head = { .cmd = command, .version = version };
	struct message m = { .head = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST,
	} };

	append(&m, &head, sizeof(head));
	return m;
}

int generic_family(const char *name)
{
	struct message m = generic(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	size_t pos = NLMSG_LENGTH(GENL_HDRLEN);
	struct nlattr head;
	__u16 id;

	attribute(&m, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	errno = talk(NETLINK_GENERIC, &m);
	if (errno)
		return failed(name);
	for (; pos + sizeof(head) + sizeof(id) <= sizeof(m); pos += NLA_ALIGN(head.nla_len)) {
		memcpy(&head, (char *)&m + pos, sizeof(head));
		memcpy(&id, (char *)&m + pos + NLA_HDRLEN, sizeof(id));
		if (head.nla_type == CTRL_ATTR_FAMILY_ID)
			return id;
		if (head.nla_len < NLA_HDRLEN)
			break;
	}
	return unexpected("a family without a number");
}

/*
 * The kernel copies up to four words of a name. This one is three words long, so
 * that the fourth lies wholly behind the message. It names no medium: that would be
 * looked for, and the name printed.
 */
int name_without_end(void)
{
	static const char name[] = "no medium and no NUL end";
	int error, family = generic_family(TIPC_GENL_V2_NAME);
	struct nlattr *bearer;
	struct message m;

	if (family < 0)
		return -1;
	m = generic(family, TIPC_NL_BEARER_ENABLE, TIPC_GENL_V2_VERSION);
	m.head.nlmsg_flags |= NLM_F_ACK;
	bearer = attribute(&m, TIPC_NLA_BEARER, NULL, 0);
	attribute(&m, TIPC_NLA_BEARER_NAME, name, strlen(name));
	close_nest(&m, bearer);
	printf("bugs: tipc: a name ends with the message after %u bytes\n", m.head.nlmsg_len);
	error = talk(NETLINK_GENERIC, &m);
	if (error < 0)
		return -1;
	if (error != EINVAL) {
		errno = error;
		return failed("tipc: not refused as invalid");
	}
	return 0;
}

static struct message nexthop(int type, int flags, int family, __u32 id)
{
	struct nhmsg head = { .nh_family = family };
	struct message m = { .head = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
	} };

	append(&m, &head, sizeof(head));
	attribute(&m, NHA_ID, &id, sizeof(id));
	return m;
}

#define CREATE	(NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)

static int add_nexthops(const struct nexthop_grp *group, size_t size, __u32 id)
{
	__u32 lo = if_nametoindex("lo");
	struct message m;

	for (size_t i = 0; i < size / sizeof(*group); i++) {
		m = nexthop(RTM_NEWNEXTHOP, CREATE, AF_INET, group[i].id);
		attribute(&m, NHA_OIF, &lo, sizeof(lo));
		errno = talk(NETLINK_ROUTE, &m);
		if (errno)
			return failed("nexthop");
	}
	m = nexthop(RTM_NEWNEXTHOP, CREATE, AF_UNSPEC, id);
	attribute(&m, NHA_GROUP, group, size);
	errno = talk(NETLINK_ROUTE, &m);
	return errno ? failed("nexthop: a group") : 0;
}

/* Two bytes of each of the group's entries. */
int leak_group_of_nexthops(void)
{
	static const struct nexthop_grp group[] = { { .id = 1 }, { .id = 2 } };
	const __u32 id = 3;
	struct message m;

	if (bring_up("lo") || add_nexthops(group, sizeof(group), id))
		return -1;
	m = nexthop(RTM_GETNEXTHOP, 0, AF_UNSPEC, id);
	errno = talk(NETLINK_ROUTE, &m);
	if (errno)
		return failed("nexthop: the group");
	printf("bugs: nexthop: the kernel told of a group in %u bytes\n", m.head.nlmsg_len);
	return 0;
}
