// SPDX-License-Identifier: GPL-2.0-only
/* nftables: rule sets in all families, packets through them, and what they say of themselves. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netfilter_ipv4.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nft.h"
#include "wide.h"

struct set {
	const char *name;
	unsigned int flags, key_size, timeout, data_size, max;
};

static bool has_ranges(const struct set *s)
{
	return (s->flags & NFT_SET_INTERVAL) && (s->flags & NFT_SET_CONCAT);
}

static void describe(struct request *r, const struct set *s)
{
	struct rtattr *nested = net_nest(r, NFTA_SET_DESC), *list, *field;

	if (s->max)
		nft_be32(r, NFTA_SET_DESC_SIZE, s->max);
	if (s->flags & NFT_SET_CONCAT) {
		list = net_nest(r, NFTA_SET_DESC_CONCAT);
		for (size_t i = 0; i < s->key_size / 4; i++) {
			field = net_nest(r, NFTA_LIST_ELEM);
			nft_be32(r, NFTA_SET_FIELD_LEN, 4);
			nl_end(r, field);
		}
		nl_end(r, list);
	}
	nl_end(r, nested);
}

static void set(int family, const struct set *s, unsigned int id)
{
	struct request r;

	nft_begin(&r, NFT_MSG_NEWSET, NLM_F_CREATE, family);
	net_text(&r, NFTA_SET_TABLE, "t");
	net_text(&r, NFTA_SET_NAME, s->name);
	nft_be32(&r, NFTA_SET_FLAGS, s->flags);
	nft_be32(&r, NFTA_SET_KEY_TYPE, 7);
	nft_be32(&r, NFTA_SET_KEY_LEN, s->key_size);
	nft_be32(&r, NFTA_SET_ID, id);
	if (s->flags & NFT_SET_MAP) {
		nft_be32(&r, NFTA_SET_DATA_TYPE, s->data_size ? 19 : NFT_DATA_VERDICT);
		nft_be32(&r, NFTA_SET_DATA_LEN, s->data_size ?: 16);
	}
	if (s->flags & NFT_SET_TIMEOUT)
		nft_be64(&r, NFTA_SET_TIMEOUT, s->timeout);
	if (s->max || s->flags & NFT_SET_CONCAT)
		describe(&r, s);
	nl_add(&r, NFTA_SET_USERDATA, "comment", 8);
	nft_put(&r);
}

static void one_element(struct request *r, const struct set *s, unsigned int first, bool is_end)
{
	unsigned int key[4] = { htonl(first), htonl(first), htonl(first), htonl(first) };
	struct rtattr *nested = net_nest(r, NFTA_LIST_ELEM);

	nft_value(r, NFTA_SET_ELEM_KEY, key, s->key_size);
	if (has_ranges(s)) {
		for (int i = 0; i < 4; i++)
			key[i] = htonl(first + 5);
		nft_value(r, NFTA_SET_ELEM_KEY_END, key, s->key_size);
	}
	if (is_end)
		nft_be32(r, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
	else if (s->data_size)
		nft_value(r, NFTA_SET_ELEM_DATA, &first, s->data_size);
	else if (s->flags & NFT_SET_MAP)
		nft_verdict(r, NFTA_SET_ELEM_DATA, first & 16 ? NFT_CONTINUE : NFT_JUMP,
			    first & 16 ? NULL : "other");
	if (!is_end)
		nl_add(r, NFTA_SET_ELEM_USERDATA, "comment", 8);
	if (!is_end && s->flags & NFT_SET_TIMEOUT)
		nft_be64(r, NFTA_SET_ELEM_TIMEOUT, s->timeout);
	nl_end(r, nested);
}

static void element_list(struct request *r, const struct set *s, unsigned int count)
{
	bool interval = s->flags & NFT_SET_INTERVAL && !(s->flags & NFT_SET_CONCAT);
	struct rtattr *list;

	net_text(r, NFTA_SET_ELEM_LIST_TABLE, "t");
	net_text(r, NFTA_SET_ELEM_LIST_SET, s->name);
	/* All of them, when it is said of none. */
	if (!count)
		return;
	list = net_nest(r, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (unsigned int i = 0; i < count; i++) {
		/* Of two bytes the last ones differ. */
		unsigned int first = s->key_size == 2 ? (i * 16) << 16 : 0x0a000001 + i * 16;

		one_element(r, s, first, false);
		if (interval)
			one_element(r, s, first + 8, true);
	}
	nl_end(r, list);
}

static void elements(int command, int family, const struct set *s, unsigned int count)
{
	struct request r;

	nft_begin(&r, command, command == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0, family);
	element_list(&r, s, count);
	nft_put(&r);
}

static const struct set sets[] = {
	{ "hash", 0, 4, 0, 0, 0 },
	{ "map", NFT_SET_MAP, 4, 0, 0, 64 },
	{ "numbers", NFT_SET_MAP, 4, 0, 4, 0 },
	{ "tree", NFT_SET_INTERVAL, 4, 0, 0, 0 },
	{ "verdicts", NFT_SET_INTERVAL | NFT_SET_MAP, 4, 0, 0, 0 },
	{ "concat", NFT_SET_INTERVAL | NFT_SET_CONCAT, 8, 0, 0, 0 },
	{ "pairs", NFT_SET_CONCAT, 8, 0, 0, 64 },
	{ "bits", 0, 2, 0, 0, 0 },
	/* Some of these may be gone at any time. */
	{ "meter", NFT_SET_TIMEOUT | NFT_SET_EVAL, 4, 500, 0, 0 },
	{ "timed", NFT_SET_TIMEOUT, 4, 100, 0, 0 },
};

static void all_sets(int family)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		set(family, &sets[i], i + 1);
		elements(NFT_MSG_NEWSETELEM, family, &sets[i], 8);
	}
}

static bool has_connections(int family)
{
	return family == NFPROTO_IPV4 || family == NFPROTO_IPV6 || family == NFPROTO_INET;
}

static void whole_table(int family)
{
	struct request r;

	nft_table(family);
	nft_chain(family, "other", NULL, 0, 0);
	nft_rule(&r, family, "other");
	nft_counter(&r);
	nft_rule_end(&r);
	all_sets(family);
	/* In a device and for ARP, number 0 is what comes in. */
	nft_chain(family, "input", "filter", family == NFPROTO_NETDEV || family == NFPROTO_ARP ? 0 :
		  NF_INET_LOCAL_IN, 0);
	if (family != NFPROTO_NETDEV)
		nft_chain(family, "output", "filter", family == NFPROTO_ARP ? 1 :
			  NF_INET_LOCAL_OUT, 0);
	if (has_connections(family)) {
		nft_input_rules(family);
		nft_output_rules(family);
		nft_connection_rules(family, "input");
		nft_connection_rules(family, "output");
		nft_nat_rules(family);
	}
	if (family == NFPROTO_NETDEV)
		nft_device_rules(family);
	else
		nft_packet_rules(family, "output");
	nft_packet_rules(family, "input");
}

/* What a kernel may be without. */
static void objects(int family)
{
	nft_begin_batch();
	nft_new_object(family, NFT_OBJECT_COUNTER, "counter");
	nft_new_object(family, NFT_OBJECT_QUOTA, "quota");
	nft_new_object(family, NFT_OBJECT_LIMIT, "limit");
	nft_commit();
	nft_begin_batch();
	nft_object_rules(family, "other");
	errno = nft_send();
	if (errno == ENOENT)
		without("CONFIG_NFT_OBJREF");
	else
		need(!errno);
	if (!has_connections(family))
		return;
	nft_begin_batch();
	nft_zone_rules(family);
	errno = nft_send();
	if (errno == EOPNOTSUPP)
		without("CONFIG_NF_CONNTRACK_ZONES");
	else
		need(!errno);
}

/* One that is wrong, and everything before it in the same batch is taken back. */
static void take_back(int family)
{
	struct request r;

	nft_begin_batch();
	nft_chain(family, "new", NULL, 0, 0);
	set(family, &(struct set){ "new", NFT_SET_TIMEOUT, 4, 1000, 0, 0 }, 99);
	elements(NFT_MSG_DELSETELEM, family, &sets[0], 0);
	nft_rule(&r, family, "other");
	nft_limit(&r);
	nft_rule_end(&r);
	nft_rule(&r, family, "nowhere");
	nft_counter(&r);
	nft_rule_end(&r);
	need(nft_send() == ENOENT);
}

struct seen {
	unsigned int count;
	unsigned long handle;
};

static void got(const struct nlmsghdr *h, void *arg)
{
	const struct rtattr *attr = (void *)((char *)NLMSG_DATA(h) + sizeof(struct nfgenmsg));
	int size = h->nlmsg_len - NLMSG_LENGTH(sizeof(struct nfgenmsg));
	struct seen *seen = arg;

	seen->count++;
	if (h->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE))
		for (; RTA_OK(attr, size); attr = RTA_NEXT(attr, size))
			if (attr->rta_type == NFTA_RULE_HANDLE)
				seen->handle = be64toh(*(unsigned long *)RTA_DATA(attr));
}

static struct seen ask(struct request *r)
{
	struct seen seen = { };

	errno = nl_ask(nft_fd(), r, got, &seen);
	need(!errno);
	return seen;
}

static unsigned int dump(int type, int family)
{
	struct request r;

	nft_header(&r, type, NLM_F_DUMP, family);
	return ask(&r).count;
}

/* Return: the handle of the last rule of the chain "other". */
static unsigned long look(int family, unsigned int least_rules)
{
	struct request r;

	need(dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, family) == 1);
	need(dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN, family) >= 2);
	need(dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE, family) >= least_rules);
	need(dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSET, family) == ARRAY_SIZE(sets));
	need(dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ, family) == 3);
	need(dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ_RESET, family) == 3);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		nft_begin(&r, NFT_MSG_GETSETELEM, NLM_F_DUMP, family);
		element_list(&r, &sets[i], 0);
		need(ask(&r).count || sets[i].timeout);
	}
	nft_begin(&r, NFT_MSG_GETRULE, NLM_F_DUMP, family);
	net_text(&r, NFTA_RULE_TABLE, "t");
	net_text(&r, NFTA_RULE_CHAIN, "other");
	return ask(&r).handle;
}

/* One of each. */
static void look_closely(int family, unsigned long handle)
{
	struct request r;

	nft_begin(&r, NFT_MSG_GETTABLE, NLM_F_ACK, family);
	net_text(&r, NFTA_TABLE_NAME, "t");
	need(ask(&r).count == 1);
	nft_begin(&r, NFT_MSG_GETCHAIN, NLM_F_ACK, family);
	net_text(&r, NFTA_CHAIN_TABLE, "t");
	net_text(&r, NFTA_CHAIN_NAME, "input");
	need(ask(&r).count == 1);
	nft_begin(&r, NFT_MSG_GETRULE, NLM_F_ACK, family);
	net_text(&r, NFTA_RULE_TABLE, "t");
	net_text(&r, NFTA_RULE_CHAIN, "other");
	nft_be64(&r, NFTA_RULE_HANDLE, handle);
	need(ask(&r).count == 1);
	nft_begin(&r, NFT_MSG_GETOBJ, NLM_F_ACK, family);
	net_text(&r, NFTA_OBJ_TABLE, "t");
	net_text(&r, NFTA_OBJ_NAME, "quota");
	nft_be32(&r, NFTA_OBJ_TYPE, NFT_OBJECT_QUOTA);
	need(ask(&r).count == 1);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		nft_begin(&r, NFT_MSG_GETSET, NLM_F_ACK, family);
		net_text(&r, NFTA_SET_TABLE, "t");
		net_text(&r, NFTA_SET_NAME, sets[i].name);
		need(ask(&r).count == 1);
		if (sets[i].timeout)
			continue;
		nft_begin(&r, NFT_MSG_GETSETELEM, NLM_F_ACK, family);
		element_list(&r, &sets[i], 1);
		need(ask(&r).count);
	}
}

static int log_group(int fd, int flags)
{
	struct nfulnl_msg_config_mode mode = { htonl(64), NFULNL_COPY_PACKET, 0 };
	struct request r;

	nft_header(&r, NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG, NLM_F_ACK, AF_UNSPEC);
	((struct nfgenmsg *)r.body)->res_id = htons(5);
	net_u8(&r, NFULA_CFG_CMD, NFULNL_CFG_CMD_BIND);
	nl_add(&r, NFULA_CFG_MODE, &mode, sizeof(mode));
	net_u16(&r, NFULA_CFG_FLAGS, htons(flags));
	return errno = nl_talk(fd, &r);
}

/* Somebody who reads group 5 of the log, and what is told of changes, traces and connections. */
static int listener(void)
{
	int fd = nl_open(NETLINK_NETFILTER), size = 1 << 22;

	if (log_group(fd, NFULNL_CFG_F_SEQ | NFULNL_CFG_F_CONNTRACK) == EOPNOTSUPP) {
		without("CONFIG_NETFILTER_NETLINK_GLUE_CT");
		log_group(fd, NFULNL_CFG_F_SEQ);
	}
	need(!errno && !setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)));
	for (int group = NFNLGRP_CONNTRACK_NEW; group <= NFNLGRP_NFTRACE; group++)
		need(!setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)));
	return fd;
}

/* Everybody has told something. */
static void drain(int fd, int family)
{
	static char data[65536];
	bool told[16] = { }, traced = false;
	ssize_t size;

	while ((size = recv(fd, data, sizeof(data), MSG_DONTWAIT)) > 0 || errno == ENOBUFS) {
		const struct nlmsghdr *h = (void *)data;

		if (size < (ssize_t)sizeof(*h))
			continue;
		told[NFNL_SUBSYS_ID(h->nlmsg_type) & 15] = true;
		if (h->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE))
			traced = true;
	}
	need(told[NFNL_SUBSYS_NFTABLES] && told[NFNL_SUBSYS_ULOG] && traced);
	need(told[NFNL_SUBSYS_CTNETLINK] || !has_connections(family));
	need(!close(fd));
}

static void change(int family, unsigned long handle)
{
	struct request r;

	nft_begin_batch();
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (!sets[i].timeout)
			elements(NFT_MSG_DELSETELEM, family, &sets[i], 4);
	/* Another one in its place, one before it, and all of a chain. */
	for (int i = 0; i < 2; i++) {
		nft_rule(&r, family, "other");
		nft_counter(&r);
		nft_limit(&r);
		nft_rule_end_at(&r, i ? NFTA_RULE_POSITION : NFTA_RULE_HANDLE, handle);
	}
	nft_begin(&r, NFT_MSG_DELRULE, 0, family);
	net_text(&r, NFTA_RULE_TABLE, "t");
	net_text(&r, NFTA_RULE_CHAIN, "input");
	nft_put(&r);
	nft_commit();
	look(family, 2);
	nft_begin_batch();
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		elements(NFT_MSG_DELSETELEM, family, &sets[i], 0);
	nft_commit();
}

/* A way for packets through the hooks of the family. */
static void build(int family)
{
	net_pair();
	net_link_plain("dummy", "dummy");
	net_up("dummy");
	if (family != NFPROTO_BRIDGE)
		return;
	net_link_plain("bridge", "bridge");
	net_master("cable", "bridge");
	net_up("bridge");
	net_address("bridge", "10.1.0.1", 24);
	net_address("bridge", "fd01::1", 64);
	net_enter(1);
	net_address("cable", "10.1.0.2", 24);
	net_address("cable", "fd01::2", 64);
	net_enter(0);
}

static void run_nft(unsigned int round)
{
	static const int families[] = {
		NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_ARP, NFPROTO_BRIDGE,
		NFPROTO_NETDEV,
	};
	int family = families[round % ARRAY_SIZE(families)], ear;
	unsigned long handle;
	struct request r;

	/* What is logged in other namespaces is not, by default. */
	write_file("/proc/sys/net/netfilter/nf_log_all_netns", "1");
	build(family);
	nft_open();
	ear = listener();
	nft_begin_batch();
	whole_table(family);
	nft_commit();
	objects(family);
	take_back(family);
	net_exchange(family == NFPROTO_BRIDGE ? "10.1.0.2" : "10.0.0.2");
	net_exchange(family == NFPROTO_BRIDGE ? "fd01::2" : "fd00::2");
	nft_pass(family);
	handle = look(family, 30);
	look_closely(family, handle);
	need(dump(NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, AF_UNSPEC) ||
	     !has_connections(family));
	dump(NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS_CPU, AF_UNSPEC);
	change(family, handle);
	/* Everything, in all families. */
	nft_begin_batch();
	nft_begin(&r, NFT_MSG_DELTABLE, 0, AF_UNSPEC);
	nft_put(&r);
	nft_commit();
	need(!dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, AF_UNSPEC));
	drain(ear, family);
}

const struct part nft_parts[] = {
	{ "nft", run_nft },
	{ }
};
