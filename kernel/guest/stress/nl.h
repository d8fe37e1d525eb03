/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink: what its messages are made of, and the answers to them. */
#ifndef KMC_NL_H
#define KMC_NL_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

struct request {
	struct nlmsghdr header;
	char body[4096];
};

int nl_open(int protocol);

/* A message of this type, with the header of its family. */
void nl_begin(struct request *r, int type, int flags, const void *body, size_t size);

/* An attribute; others may be nested in it, until nl_end(). */
struct rtattr *nl_add(struct request *r, int type, const void *data, size_t size);
void nl_end(const struct request *r, struct rtattr *attr);

/* Return: the error in the answer, which is positive, or 0. */
int nl_talk(int fd, struct request *r);

/* The same of an answer that is an error; nl_said() is then what the kernel says of it, or "". */
int nl_error(const struct nlmsghdr *h);
const char *nl_said(void);

/* As nl_talk(); got() sees what comes before that. */
int nl_ask(int fd, struct request *r, void (*got)(const struct nlmsghdr *h, void *arg), void *arg);

#endif
