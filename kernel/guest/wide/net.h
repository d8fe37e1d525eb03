/* SPDX-License-Identifier: GPL-2.0-only */
/* Two network namespaces with a cable between them, and what is built in them. */
#ifndef KMC_NET_H
#define KMC_NET_H

#include <netinet/in.h>
#include "../stress/nl.h"
#include "../stress/stress.h"

#define SIDES	2

/*
 * Side 0 has 10.0.0.1 and fd00::1, side 1 has 10.0.0.2 and fd00::2, on a device that is
 * called "cable" there. The process is on side 0.
 */
void net_pair(void);

/* One more cable, without addresses. */
void net_cable(const char *name);

/* Go there. */
void net_enter(int side);

/* Of the side where the process is, for routes and links. */
int net_rtnl(void);

/* Send r there. Return: the error, as it is in errno, or 0. */
int net_talk(struct request *r);

/* It has to succeed. */
#define net_do(r)	need(!net_talk(r))

/*
 * Or end with this error, which is that of a kernel without the option. Return: false then.
 */
bool net_try(struct request *r, int error, const char *option);

/* The answer to a dump, which may be an error. Return: how many messages are in it. */
unsigned int net_dump(int type, const void *body, size_t size);
unsigned int net_dump_request(struct request *r);

/*
 * A new device: begin, add attributes of its kind, end. lower: what it is made upon, an
 * index, or 0.
 */
void net_link(struct request *r, const char *name, const char *kind, unsigned int lower);
#define net_link_end(r)	need(!net_link_talk(r))
int net_link_talk(struct request *r);
void net_link_plain(const char *name, const char *kind);

void net_up(const char *name);
void net_down(const char *name);
void net_master(const char *name, const char *master);
void net_remove(const char *name);
/* As in "10.0.0.1" or "fd00::1". */
void net_address(const char *name, const char *address, int prefix);
void net_add_address(struct request *r, int type, const char *text);
unsigned int net_index(const char *name);

/* Attributes of one number, and a text. */
void net_u8(struct request *r, int type, unsigned char value);
void net_u16(struct request *r, int type, unsigned short value);
void net_u32(struct request *r, int type, unsigned int value);
void net_text(struct request *r, int type, const char *text);
struct rtattr *net_nest(struct request *r, int type);

/* A generic netlink family; fd is a socket of NETLINK_GENERIC. */
int net_family(int fd, const char *name);
/* To be told what the family tells all who are in the group. */
void net_join(int fd, const char *family, const char *group);
void net_genl(struct request *r, int family, int command, int version, int flags);

/*
 * Of the address, which is on side 1: datagrams and a connection from side 0, and back, until
 * they arrive. The process is on side 0 afterwards.
 */
void net_exchange(const char *address);
void net_datagrams(const char *address, size_t size);

/*
 * One byte there and back between "from" and a socket on the other side, which is bound to "at"
 * and is reached by way of "to". The process is on side "from" afterwards.
 *
 * Return: 0, or the error that the sender gets.
 */
int net_pass(int from, int type, const char *to, unsigned short to_port, const char *at,
	     unsigned short at_port);

/* From now on, what is sent from side 0 goes by way of this device, NULL: by any. */
void net_use_device(const char *name);

socklen_t net_parse(const char *text, unsigned short port, struct sockaddr_in6 *address);

/* All that there is to be told of links, addresses, routes, neighbours. */
void net_look(void);

#endif
