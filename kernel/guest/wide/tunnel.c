// SPDX-License-Identifier: GPL-2.0-only
/* Tunnels of all kinds between the two sides, and what goes through them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/fou.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/wireguard.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

/* The types of the attributes of the two ends; 0: there is none. */
static const struct tunnel {
	const char *kind;
	int local, remote, family, protocol, key;
} tunnels[] = {
	{ "ipip", IFLA_IPTUN_LOCAL, IFLA_IPTUN_REMOTE, AF_INET, 0, 0 },
	{ "sit", IFLA_IPTUN_LOCAL, IFLA_IPTUN_REMOTE, AF_INET, 0, 0 },
	{ "gre", IFLA_GRE_LOCAL, IFLA_GRE_REMOTE, AF_INET, 0, IFLA_GRE_IKEY },
	{ "gretap", IFLA_GRE_LOCAL, IFLA_GRE_REMOTE, AF_INET, 0, 0 },
	{ "erspan", IFLA_GRE_LOCAL, IFLA_GRE_REMOTE, AF_INET, 0, IFLA_GRE_IKEY },
	{ "ip6tnl", IFLA_IPTUN_LOCAL, IFLA_IPTUN_REMOTE, AF_INET6, IFLA_IPTUN_PROTO, 0 },
	{ "ip6gre", IFLA_GRE_LOCAL, IFLA_GRE_REMOTE, AF_INET6, 0, IFLA_GRE_IKEY },
	{ "ip6gretap", IFLA_GRE_LOCAL, IFLA_GRE_REMOTE, AF_INET6, 0, 0 },
	{ "vxlan", IFLA_VXLAN_LOCAL, IFLA_VXLAN_GROUP, AF_INET, 0, 0 },
	{ "geneve", 0, IFLA_GENEVE_REMOTE, AF_INET, 0, 0 },
};

static void attributes(struct request *r, const struct tunnel *t, int side)
{
	static const char * const ends[][SIDES] = {
		{ "10.0.0.1", "10.0.0.2" }, { "fd00::1", "fd00::2" }
	};
	const char * const *end = ends[t->family == AF_INET6];

	if (t->local)
		net_add_address(r, t->local, end[side]);
	net_add_address(r, t->remote, end[!side]);
	if (t->protocol)
		net_u8(r, t->protocol, 0);
	if (t->key) {
		net_u16(r, IFLA_GRE_IFLAGS, GRE_KEY | GRE_SEQ);
		net_u16(r, IFLA_GRE_OFLAGS, GRE_KEY | GRE_SEQ);
		net_u32(r, IFLA_GRE_IKEY, htonl(7));
		net_u32(r, IFLA_GRE_OKEY, htonl(7));
	}
	if (!strcmp(t->kind, "erspan"))
		net_u32(r, IFLA_GRE_ERSPAN_INDEX, 5);
	if (!strcmp(t->kind, "vxlan")) {
		net_u32(r, IFLA_VXLAN_ID, 42);
		net_u16(r, IFLA_VXLAN_PORT, htons(4789));
		net_u8(r, IFLA_VXLAN_UDP_CSUM, 1);
	}
	if (!strcmp(t->kind, "geneve"))
		net_u32(r, IFLA_GENEVE_ID, 42);
}

static void run_tunnel(const struct tunnel *t)
{
	bool only_v6 = !strcmp(t->kind, "sit");
	struct request r;

	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		net_link(&r, "tunnel", t->kind, 0);
		attributes(&r, t, side);
		net_link_end(&r);
		net_up("tunnel");
		if (!only_v6)
			net_address("tunnel", side ? "10.20.0.2" : "10.20.0.1", 24);
		net_address("tunnel", side ? "fd20::2" : "fd20::1", 64);
	}
	if (!only_v6)
		net_exchange("10.20.0.2");
	if (strcmp(t->kind, "ipip"))
		net_exchange("fd20::2");
	net_look();
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		net_remove("tunnel");
	}
}

/* A few of them in each round. */
static void run_tunnels(unsigned int round)
{
	net_pair();
	for (unsigned int i = 0; i < 2; i++)
		run_tunnel(&tunnels[(round * 2 + i) % ARRAY_SIZE(tunnels)]);
}

/* In UDP, which the other side takes off. */
static void run_fou(unsigned int round)
{
	int fd, family;
	struct request r;

	net_pair();
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		fd = nl_open(NETLINK_GENERIC);
		family = net_family(fd, FOU_GENL_NAME);
		net_genl(&r, family, FOU_CMD_ADD, FOU_GENL_VERSION, NLM_F_ACK);
		net_u16(&r, FOU_ATTR_PORT, htons(5555));
		net_u8(&r, FOU_ATTR_TYPE, round & 1 ? FOU_ENCAP_GUE : FOU_ENCAP_DIRECT);
		if (!(round & 1))
			net_u8(&r, FOU_ATTR_IPPROTO, IPPROTO_IPIP);
		errno = nl_talk(fd, &r);
		need(!errno);
		net_genl(&r, family, FOU_CMD_GET, FOU_GENL_VERSION, NLM_F_DUMP);
		errno = nl_talk(fd, &r);
		need(!errno && !close(fd));
		net_link(&r, "tunnel", "ipip", 0);
		net_add_address(&r, IFLA_IPTUN_LOCAL, side ? "10.0.0.2" : "10.0.0.1");
		net_add_address(&r, IFLA_IPTUN_REMOTE, side ? "10.0.0.1" : "10.0.0.2");
		net_u16(&r, IFLA_IPTUN_ENCAP_TYPE,
			round & 1 ? TUNNEL_ENCAP_GUE : TUNNEL_ENCAP_FOU);
		net_u16(&r, IFLA_IPTUN_ENCAP_SPORT, htons(5555));
		net_u16(&r, IFLA_IPTUN_ENCAP_DPORT, htons(5555));
		net_u8(&r, IFLA_IPTUN_TTL, 64);
		if (net_link_talk(&r) == EINVAL) {
			without("CONFIG_NET_FOU_IP_TUNNELS");
			return;
		}
		need(!errno);
		net_up("tunnel");
		net_address("tunnel", side ? "10.21.0.2" : "10.21.0.1", 24);
	}
	net_exchange("10.21.0.2");
}

#define KEY_SIZE	WG_KEY_LEN

static void got_device(const struct nlmsghdr *h, void *arg)
{
	const struct rtattr *attr = (void *)((char *)NLMSG_DATA(h) + GENL_HDRLEN);
	int size = h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);

	for (; RTA_OK(attr, size); attr = RTA_NEXT(attr, size))
		if (attr->rta_type == WGDEVICE_A_PUBLIC_KEY)
			memcpy(arg, RTA_DATA(attr), KEY_SIZE);
}

static void get_device(int fd, int family, void *key)
{
	struct request r;

	net_genl(&r, family, WG_CMD_GET_DEVICE, WG_GENL_VERSION, NLM_F_DUMP);
	net_u32(&r, WGDEVICE_A_IFINDEX, net_index("wg"));
	errno = nl_ask(fd, &r, got_device, key);
	need(!errno);
}

static void set_peer(int fd, int family, int side, const void *key)
{
	struct rtattr *peers, *peer, *ips, *ip;
	struct sockaddr_in6 endpoint;
	socklen_t length = net_parse(side ? "10.0.0.1" : "10.0.0.2", 51820, &endpoint);
	struct request r;

	net_genl(&r, family, WG_CMD_SET_DEVICE, WG_GENL_VERSION, NLM_F_ACK);
	net_u32(&r, WGDEVICE_A_IFINDEX, net_index("wg"));
	peers = net_nest(&r, WGDEVICE_A_PEERS);
	peer = net_nest(&r, 0);
	nl_add(&r, WGPEER_A_PUBLIC_KEY, key, KEY_SIZE);
	nl_add(&r, WGPEER_A_ENDPOINT, &endpoint, length);
	net_u16(&r, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, 1);
	ips = net_nest(&r, WGPEER_A_ALLOWEDIPS);
	ip = net_nest(&r, 0);
	net_u16(&r, WGALLOWEDIP_A_FAMILY, AF_INET);
	net_add_address(&r, WGALLOWEDIP_A_IPADDR, "10.22.0.0");
	net_u8(&r, WGALLOWEDIP_A_CIDR_MASK, 16);
	nl_end(&r, ip);
	nl_end(&r, ips);
	nl_end(&r, peer);
	nl_end(&r, peers);
	errno = nl_talk(fd, &r);
	need(!errno);
}

static void run_wireguard(unsigned int round)
{
	unsigned char keys[SIDES][KEY_SIZE], secret[KEY_SIZE];
	int fd[SIDES], family;
	struct request r;

	(void)round;
	net_pair();
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		net_link_plain("wg", "wireguard");
		fd[side] = nl_open(NETLINK_GENERIC);
		family = net_family(fd[side], WG_GENL_NAME);
		memset(secret, 0x40 + side, sizeof(secret));
		net_genl(&r, family, WG_CMD_SET_DEVICE, WG_GENL_VERSION, NLM_F_ACK);
		net_u32(&r, WGDEVICE_A_IFINDEX, net_index("wg"));
		nl_add(&r, WGDEVICE_A_PRIVATE_KEY, secret, sizeof(secret));
		net_u16(&r, WGDEVICE_A_LISTEN_PORT, 51820);
		errno = nl_talk(fd[side], &r);
		need(!errno);
		get_device(fd[side], family, keys[side]);
		net_up("wg");
		net_address("wg", side ? "10.22.0.2" : "10.22.0.1", 24);
	}
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		set_peer(fd[side], family, side, keys[!side]);
	}
	net_exchange("10.22.0.2");
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		get_device(fd[side], family, keys[side]);
		net_remove("wg");
	}
}

const struct part tunnel_parts[] = {
	{ "tunnels", run_tunnels },
	{ "fou", run_fou },
	{ "wireguard", run_wireguard },
	{ }
};
