// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: what its messages are made of, and the answers to them. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "nl.h"
#include "stress.h"

int nl_open(int protocol)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), on = 1;

	need(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)));
	need(!setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)));
	return fd;
}

void nl_begin(struct request *r, int type, int flags, const void *body, size_t size)
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

struct rtattr *nl_add(struct request *r, int type, const void *data, size_t size)
{
	struct rtattr *attr = (void *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(attr), data, size);
	r->header.nlmsg_len = (char *)attr - (char *)r + RTA_ALIGN(attr->rta_len);
	return attr;
}

void nl_end(const struct request *r, struct rtattr *attr)
{
	attr->rta_len = (char *)r + r->header.nlmsg_len - (char *)attr;
}

static char said[128];

const char *nl_said(void)
{
	return said;
}

int nl_error(const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	/* The message that is wrong comes first. */
	const struct rtattr *attr = (void *)((char *)&e->msg + NLMSG_ALIGN(e->msg.nlmsg_len)), *bad;
	int size = (char *)h + h->nlmsg_len - (char *)attr;

	said[0] = 0;
	if (!e->error || !(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return -e->error;
	for (; RTA_OK(attr, size); attr = RTA_NEXT(attr, size)) {
		if (attr->rta_type == NLMSGERR_ATTR_MSG) {
			snprintf(said, sizeof(said), "%s", (char *)RTA_DATA(attr));
		} else if (attr->rta_type == NLMSGERR_ATTR_OFFS && !said[0]) {
			bad = (void *)((char *)&e->msg + *(unsigned int *)RTA_DATA(attr));
			snprintf(said, sizeof(said), "attribute %d of message %#x",
				 bad->rta_type & NLA_TYPE_MASK, e->msg.nlmsg_type);
		}
	}
	return -e->error;
}

int nl_ask(int fd, struct request *r, void (*got)(const struct nlmsghdr *h, void *arg), void *arg)
{
	char answer[32768];

	said[0] = 0;
	need(send(fd, r, r->header.nlmsg_len, 0) == (ssize_t)r->header.nlmsg_len);
	for (;;) {
		struct nlmsghdr *h = (void *)answer;
		ssize_t size = recv(fd, answer, sizeof(answer), 0);

		need(size > 0);
		for (; NLMSG_OK(h, (size_t)size); h = NLMSG_NEXT(h, size)) {
			if (h->nlmsg_type == NLMSG_ERROR)
				return nl_error(h);
			/* Not all families tell an error there. */
			if (h->nlmsg_type == NLMSG_DONE)
				return h->nlmsg_len < NLMSG_LENGTH(sizeof(int)) ? 0 :
					-*(int *)NLMSG_DATA(h);
			if (got)
				got(h, arg);
		}
	}
}

int nl_talk(int fd, struct request *r)
{
	return nl_ask(fd, r, NULL, NULL);
}
