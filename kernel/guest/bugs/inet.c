// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of IPv4 and IPv6, over the loopback device and a pair of virtual ones. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "bugs.h"

/*
 * A message that is too large for one piece of memory: behind the IP header, all of it
 * lies elsewhere, also the type by which it is counted.
 */
static int send_large(const char *name, int protocol, int type, const struct sockaddr *where,
		      socklen_t size)
{
	static char message[20000];
	int fd = socket(where->sa_family, SOCK_RAW, protocol);

	if (fd < 0)
		return failed(name);
	if (bring_up("lo"))
		return -1;
	message[0] = type;
	if (sendto(fd, message, sizeof(message), 0, where, size) != sizeof(message))
		return failed(name);
	printf("bugs: %s: sent %zu bytes\n", name, sizeof(message));
	close(fd);
	return 0;
}

int count_by_lost_type(void)
{
	struct sockaddr_in where = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return send_large("icmp", IPPROTO_ICMP, ICMP_ECHOREPLY, (struct sockaddr *)&where,
			  sizeof(where));
}

int count_by_lost_type6(void)
{
	struct sockaddr_in6 where = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	return send_large("icmp6", IPPROTO_ICMPV6, ICMP6_ECHO_REPLY, (struct sockaddr *)&where,
			  sizeof(where));
}

/* A router's advertisement that names a server, which is what user space may want to know. */
struct advertisement {
	struct ip6_hdr ip;
	struct nd_router_advert router;
	struct {
		__u8 type, length;
		__u16 reserved;
		__u32 lifetime;
		struct in6_addr address;
	} server;
};

#define RDNSS	25

static __u16 checksum(const struct advertisement *a)
{
	/* The addresses stand before the message, and they are part of the sum. */
	const unsigned char *bytes = (const unsigned char *)&a->ip.ip6_src;
	const size_t message = sizeof(a->router) + sizeof(a->server);
	const size_t size = sizeof(a->ip.ip6_src) + sizeof(a->ip.ip6_dst) + message;
	__u32 sum = message + IPPROTO_ICMPV6;

	for (size_t i = 0; i < size; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return htons(~((sum & 0xffff) + (sum >> 16)));
}

static struct advertisement make_advertisement(void)
{
	struct advertisement a = {
		.ip = {
			.ip6_flow = htonl(6u << 28),
			.ip6_plen = htons(sizeof(a.router) + sizeof(a.server)),
			.ip6_nxt = IPPROTO_ICMPV6,
			.ip6_hlim = 255,
		},
		.router.nd_ra_type = ND_ROUTER_ADVERT,
		.server = { .type = RDNSS, .length = sizeof(a.server) / 8 },
	};

	inet_pton(AF_INET6, "fe80::1", &a.ip.ip6_src);
	inet_pton(AF_INET6, "ff02::1", &a.ip.ip6_dst);
	inet_pton(AF_INET6, "2001:db8::1", &a.server.address);
	a.router.nd_ra_cksum = checksum(&a);
	return a;
}

/* Return: a socket that is told of such options, or -1, and it has said why. */
static int listen_for_options(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_groups = 1u << (RTNLGRP_ND_USEROPT - 1),
	};
	struct timeval patience = { .tv_usec = 100000 };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		return failed("useropt: netlink socket");
	return fd;
}

/* Until the device at the other end listens, which takes a moment. */
static int advertise(int sender, const struct sockaddr_ll *where, int listener)
{
	const struct advertisement a = make_advertisement();
	char answer[256];

	for (int tries = 0; tries < 100; tries++) {
		if (sendto(sender, &a, sizeof(a), 0, (const struct sockaddr *)where,
			   sizeof(*where)) != sizeof(a))
			return failed("useropt: sendto");
		if (recv(listener, answer, sizeof(answer), 0) > 0) {
			printf("bugs: useropt: an option came after %d tries\n", tries);
			return 0;
		}
		if (errno != EAGAIN)
			return failed("useropt: recv");
	}
	return unexpected("useropt: nobody took the advertisement");
}

int leak_padding_of_option(void)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_halen = ETH_ALEN,
		.sll_addr = { 0x33, 0x33, 0, 0, 0, 1 },
	};
	int result, listener = listen_for_options();
	int sender = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (listener < 0)
		return -1;
	if (sender < 0)
		return failed("useropt: packet socket");
	/* The kernel gives the other end its name. */
	if (add_device("veth", "kmcrouter") || bring_up("kmcrouter") || bring_up("veth0"))
		return -1;
	where.sll_ifindex = if_nametoindex("kmcrouter");
	result = advertise(sender, &where, listener);
	close(sender);
	close(listener);
	return result;
}
