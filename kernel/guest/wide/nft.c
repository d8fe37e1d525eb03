// SPDX-License-Identifier: GPL-2.0-only
/* nftables: rule sets in all families, packets through them, and what they say of themselves. */
#define _GNU_SOURCE
#include <arpa/inet.h>
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
	unsigned int flags, key_size, timeout;
};

static void set(int family, const struct set *s, unsigned int id)
{
	struct rtattr *nested, *list, *field;
	struct request r;

	nft_begin(&r, NFT_MSG_NEWSET, NLM_F_CREATE, family);
	net_text(&r, NFTA_SET_TABLE, "t");
	net_text(&r, NFTA_SET_NAME, s->name);
	nft_be32(&r, NFTA_SET_FLAGS, s->flags);
	nft_be32(&r, NFTA_SET_KEY_TYPE, 7);
	nft_be32(&r, NFTA_SET_KEY_LEN, s->key_size);
	nft_be32(&r, NFTA_SET_ID, id);
	if (s->flags & NFT_SET_MAP) {
		nft_be32(&r, NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
		nft_be32(&r, NFTA_SET_DATA_LEN, 16);
	}
	if (s->flags & NFT_SET_TIMEOUT)
		nft_be64(&r, NFTA_SET_TIMEOUT, s->timeout);
	if (s->flags & NFT_SET_CONCAT) {
		nested = net_nest(&r, NFTA_SET_DESC);
		list = net_nest(&r, NFTA_SET_DESC_CONCAT);
		for (size_t i = 0; i < s->key_size / 4; i++) {
			field = net_nest(&r, NFTA_LIST_ELEM);
			nft_be32(&r, NFTA_SET_FIELD_LEN, 4);
			nl_end(&r, field);
		}
		nl_end(&r, list);
		nl_end(&r, nested);
	}
	nft_put(&r);
}

static void one_element(struct request *r, const struct set *s, unsigned int first, bool is_end)
{
	unsigned int key[4] = { htonl(first), htonl(first), htonl(first), htonl(first) };
	struct rtattr *nested = net_nest(r, NFTA_LIST_ELEM);

	nft_value(r, NFTA_SET_ELEM_KEY, key, s->key_size);
	if (s->flags & NFT_SET_CONCAT) {
		for (int i = 0; i < 4; i++)
			key[i] = htonl(first + 5);
		nft_value(r, NFTA_SET_ELEM_KEY_END, key, s->key_size);
	}
	if (is_end)
		nft_be32(r, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
	else if (s->flags & NFT_SET_MAP)
		nft_verdict(r, NFTA_SET_ELEM_DATA, first & 1 ? NFT_JUMP : NFT_CONTINUE,
			first & 1 ? "other" : NULL);
	if (!is_end && s->flags & NFT_SET_TIMEOUT)
		nft_be64(r, NFTA_SET_ELEM_TIMEOUT, s->timeout);
	nl_end(r, nested);
}

static void elements(int command, int family, const struct set *s, unsigned int count)
{
	bool interval = s->flags & NFT_SET_INTERVAL && !(s->flags & NFT_SET_CONCAT);
	struct rtattr *list;
	struct request r;

	nft_begin(&r, command, NLM_F_CREATE, family);
	net_text(&r, NFTA_SET_ELEM_LIST_TABLE, "t");
	net_text(&r, NFTA_SET_ELEM_LIST_SET, s->name);
	list = net_nest(&r, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (unsigned int i = 0; i < count; i++) {
		unsigned int first = 0x0a000001 + i * 16;

		one_element(&r, s, first, false);
		if (interval)
			one_element(&r, s, first + 8, true);
	}
	nl_end(&r, list);
	nft_put(&r);
}

static const struct set sets[] = {
	{ "hash", 0, 4, 0 },
	{ "map", NFT_SET_MAP, 4, 0 },
	{ "tree", NFT_SET_INTERVAL, 4, 0 },
	{ "verdicts", NFT_SET_INTERVAL | NFT_SET_MAP, 4, 0 },
	{ "concat", NFT_SET_INTERVAL | NFT_SET_CONCAT, 8, 0 },
	{ "meter", NFT_SET_TIMEOUT | NFT_SET_EVAL, 4, 500 },
	{ "timed", NFT_SET_TIMEOUT, 4, 100 },
	{ "bits", 0, 2, 0 },
};

static void all_sets(int family)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		set(family, &sets[i], i + 1);
		elements(NFT_MSG_NEWSETELEM, family, &sets[i], 8);
	}
}

/* What can be asked of a packet in every family. */
static void common_rules(int family, const char *name)
{
	static const int keys[] = {
		NFT_META_LEN, NFT_META_PROTOCOL, NFT_META_PRIORITY, NFT_META_MARK, NFT_META_IIF,
		NFT_META_OIF, NFT_META_IIFTYPE, NFT_META_PKTTYPE, NFT_META_CPU, NFT_META_PRANDOM,
		NFT_META_TIME_NS, NFT_META_TIME_DAY,
	};
	unsigned int mask = ~0u, zero = 0;
	struct request r;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		nft_rule(&r, family, name);
		nft_meta(&r, keys[i]);
		nft_compare(&r, NFT_CMP_NEQ, &mask, keys[i] == NFT_META_TIME_NS ? 8 :
			keys[i] == NFT_META_PROTOCOL || keys[i] == NFT_META_IIFTYPE ? 2 :
			keys[i] == NFT_META_PKTTYPE || keys[i] == NFT_META_TIME_DAY ? 1 : 4);
		nft_counter(&r);
		nft_rule_end(&r);
	}
	nft_rule(&r, family, name);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 4);
	nft_bitwise(&r, &mask, &zero, 4);
	nft_shift(&r, 1);
	nft_simple(&r, "byteorder", NFTA_BYTEORDER_SREG, NFT_REG_1, NFTA_BYTEORDER_DREG, NFT_REG_1,
	       NFTA_BYTEORDER_OP, NFT_BYTEORDER_HTON, NFTA_BYTEORDER_LEN, 4,
	       NFTA_BYTEORDER_SIZE, 4, 0);
	nft_look_up(&r, "hash", false, true);
	nft_limit(&r);
	nft_quota(&r);
	nft_counter(&r);
	nft_simple(&r, "numgen", NFTA_NG_DREG, NFT_REG_1, NFTA_NG_MODULUS, 5, NFTA_NG_TYPE, 0, 0);
	nft_rule_end(&r);
	nft_rule(&r, family, name);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 4);
	nft_simple(&r, "hash", NFTA_HASH_SREG, NFT_REG_1, NFTA_HASH_DREG, NFT_REG32_15,
	       NFTA_HASH_LEN, 4, NFTA_HASH_MODULUS, 3, 0);
	nft_dynamic(&r, "meter");
	nft_look_up(&r, "verdicts", true, false);
	nft_rule_end(&r);
	for (int i = 0; i < 3; i++) {
		static const char * const looked_up[] = { "tree", "timed", "hash" };

		nft_rule(&r, family, name);
		nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 16, 4);
		nft_look_up(&r, looked_up[i], false, false);
		nft_counter(&r);
		nft_rule_end(&r);
	}
	nft_rule(&r, family, name);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 8);
	nft_look_up(&r, "concat", false, false);
	nft_object(&r, NFT_OBJECT_COUNTER, "counter");
	nft_object(&r, NFT_OBJECT_QUOTA, "quota");
	nft_object(&r, NFT_OBJECT_LIMIT, "limit");
	nft_decide(&r, NFT_CONTINUE, NULL);
	nft_rule_end(&r);
	nft_rule(&r, family, name);
	nft_meta(&r, NFT_META_LEN);
	nft_limit(&r);
	nft_write_log(&r, 0);
	nft_write_log(&r, 5);
	nft_rule_end(&r);
}

/* And where there are connections. */
static void connection_rules(int family, const char *name)
{
	static const struct { int key, size, direction; } keys[] = {
		{ NFT_CT_STATE, 4, -1 }, { NFT_CT_DIRECTION, 1, -1 }, { NFT_CT_STATUS, 4, -1 },
		{ NFT_CT_MARK, 4, -1 }, { NFT_CT_EXPIRATION, 4, -1 }, { NFT_CT_L3PROTOCOL, 1, -1 },
		{ NFT_CT_PROTOCOL, 1, 0 }, { NFT_CT_PROTO_SRC, 2, 0 }, { NFT_CT_PROTO_DST, 2, 1 },
		{ NFT_CT_ZONE, 2, -1 }, { NFT_CT_ID, 4, -1 },
	};
	unsigned int none = ~0u, mark_value = 5;
	unsigned short ports[2] = { htons(1), htons(65000) };
	struct request r;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		nft_rule(&r, family, name);
		nft_expression(&r, "ct");
		nft_be32(&r, NFTA_CT_KEY, keys[i].key);
		nft_be32(&r, NFTA_CT_DREG, NFT_REG_1);
		if (keys[i].direction >= 0)
			net_u8(&r, NFTA_CT_DIRECTION, keys[i].direction);
		nft_expression_end(&r);
		nft_compare(&r, NFT_CMP_NEQ, &none, keys[i].size);
		nft_counter(&r);
		nft_rule_end(&r);
	}
	nft_rule(&r, family, name);
	nft_set_register(&r, NFT_REG_1, &mark_value, 4);
	nft_simple(&r, "ct", NFTA_CT_KEY, NFT_CT_MARK, NFTA_CT_SREG, NFT_REG_1, 0);
	nft_simple(&r, "meta", NFTA_META_KEY, NFT_META_MARK, NFTA_META_SREG, NFT_REG_1, 0);
	nft_expression(&r, "connlimit");
	nft_be32(&r, NFTA_CONNLIMIT_COUNT, 1000);
	nft_be32(&r, NFTA_CONNLIMIT_FLAGS, NFT_CONNLIMIT_F_INV);
	nft_expression_end(&r);
	nft_counter(&r);
	nft_rule_end(&r);
	nft_rule(&r, family, name);
	nft_meta(&r, NFT_META_L4PROTO);
	nft_compare(&r, NFT_CMP_EQ, "\x06", 1);
	nft_load(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	nft_expression(&r, "range");
	nft_be32(&r, NFTA_RANGE_SREG, NFT_REG_1);
	nft_be32(&r, NFTA_RANGE_OP, NFT_RANGE_EQ);
	nft_value(&r, NFTA_RANGE_FROM_DATA, &ports[0], 2);
	nft_value(&r, NFTA_RANGE_TO_DATA, &ports[1], 2);
	nft_expression_end(&r);
	/* The maximum segment size. */
	nft_expression(&r, "exthdr");
	nft_be32(&r, NFTA_EXTHDR_DREG, NFT_REG_1);
	net_u8(&r, NFTA_EXTHDR_TYPE, 2);
	nft_be32(&r, NFTA_EXTHDR_OFFSET, 2);
	nft_be32(&r, NFTA_EXTHDR_LEN, 2);
	nft_be32(&r, NFTA_EXTHDR_OP, NFT_EXTHDR_OP_TCPOPT);
	nft_expression_end(&r);
	nft_counter(&r);
	nft_rule_end(&r);
}

/* What only incoming packets have. */
static void input_rules(int family)
{
	unsigned int zero = 0;
	struct request r;

	nft_rule(&r, family, "input");
	nft_simple(&r, "fib", NFTA_FIB_DREG, NFT_REG_1, NFTA_FIB_RESULT, NFT_FIB_RESULT_OIF,
	       NFTA_FIB_FLAGS, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF, 0);
	nft_compare(&r, NFT_CMP_NEQ, &zero, 4);
	nft_counter(&r);
	nft_rule_end(&r);
	nft_rule(&r, family, "input");
	nft_simple(&r, "socket", NFTA_SOCKET_KEY, NFT_SOCKET_MARK, NFTA_SOCKET_DREG, NFT_REG_1, 0);
	nft_counter(&r);
	nft_rule_end(&r);
	nft_rule(&r, family, "input");
	nft_meta(&r, NFT_META_L4PROTO);
	nft_compare(&r, NFT_CMP_EQ, "\x11", 1);
	nft_load(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	nft_compare(&r, NFT_CMP_EQ, "\x13\x87", 2);
	nft_expression(&r, "reject");
	nft_be32(&r, NFTA_REJECT_TYPE, family == NFPROTO_INET ? NFT_REJECT_ICMPX_UNREACH :
	     NFT_REJECT_ICMP_UNREACH);
	net_u8(&r, NFTA_REJECT_ICMP_CODE, NFT_REJECT_ICMPX_PORT_UNREACH);
	nft_expression_end(&r);
	nft_rule_end(&r);
}

static void nat_rules(void)
{
	unsigned int address = htonl(0x0a000002);
	unsigned short port = htons(5001);
	struct request r;

	nft_chain(NFPROTO_IPV4, "dst", "nat", NF_INET_LOCAL_OUT, -100);
	nft_chain(NFPROTO_IPV4, "src", "nat", NF_INET_POST_ROUTING, 100);
	nft_rule(&r, NFPROTO_IPV4, "dst");
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 16, 4);
	nft_compare(&r, NFT_CMP_EQ, "\x0a\x63\x00\x01", 4);
	nft_set_register(&r, NFT_REG_1, &address, 4);
	nft_set_register(&r, NFT_REG_2, &port, 2);
	nft_simple(&r, "nat", NFTA_NAT_TYPE, NFT_NAT_DNAT, NFTA_NAT_FAMILY, NFPROTO_IPV4,
	       NFTA_NAT_REG_ADDR_MIN, NFT_REG_1, 0);
	nft_rule_end(&r);
	nft_rule(&r, NFPROTO_IPV4, "src");
	nft_expression(&r, "masq");
	nft_expression_end(&r);
	nft_rule_end(&r);
}

static void whole_table(int family)
{
	struct request r;

	nft_table(family);
	nft_new_object(family, NFT_OBJECT_COUNTER, "counter");
	nft_new_object(family, NFT_OBJECT_QUOTA, "quota");
	nft_new_object(family, NFT_OBJECT_LIMIT, "limit");
	nft_chain(family, "other", NULL, 0, 0);
	all_sets(family);
	if (family == NFPROTO_NETDEV) {
		nft_chain(family, "input", "filter", NF_NETDEV_INGRESS, 0);
	} else if (family == NFPROTO_ARP) {
		nft_chain(family, "input", "filter", 0, 0);
	} else {
		nft_chain(family, "input", "filter", NF_INET_LOCAL_IN, 0);
		nft_chain(family, "output", "filter", NF_INET_LOCAL_OUT, 0);
		common_rules(family, "output");
	}
	common_rules(family, "input");
	nft_rule(&r, family, "other");
	nft_counter(&r);
	nft_rule_end(&r);
	if (family == NFPROTO_IPV4 || family == NFPROTO_IPV6 || family == NFPROTO_INET) {
		connection_rules(family, "input");
		connection_rules(family, "output");
		input_rules(family);
	}
	if (family == NFPROTO_IPV4)
		nat_rules();
}

static void dump(int type, int family, const char *one_set)
{
	struct request r;

	nft_header(&r, type, NLM_F_DUMP, family);
	if (one_set) {
		net_text(&r, NFTA_SET_ELEM_LIST_TABLE, "t");
		net_text(&r, NFTA_SET_ELEM_LIST_SET, one_set);
	}
	errno = nl_talk(nft_fd(), &r);
	need(!errno);
}

static void look(int family)
{
	static const int commands[] = {
		NFT_MSG_GETTABLE, NFT_MSG_GETCHAIN, NFT_MSG_GETRULE, NFT_MSG_GETSET, NFT_MSG_GETOBJ,
		NFT_MSG_GETOBJ_RESET, NFT_MSG_GETFLOWTABLE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		dump(NFNL_SUBSYS_NFTABLES << 8 | commands[i], family, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		dump(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM, family, sets[i].name);
}

/* Somebody who reads group 5 of the log, and what is told of changes and connections. */
static int listener(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 0x7f };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_NETFILTER);
	struct nfulnl_msg_config_mode mode = { htonl(64), NFULNL_COPY_PACKET, 0 };
	struct request r;

	need(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)));
	nft_header(&r, NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG, NLM_F_ACK, AF_UNSPEC);
	((struct nfgenmsg *)r.body)->res_id = htons(5);
	net_u8(&r, NFULA_CFG_CMD, NFULNL_CFG_CMD_BIND);
	nl_add(&r, NFULA_CFG_MODE, &mode, sizeof(mode));
	net_u16(&r, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ | NFULNL_CFG_F_CONNTRACK));
	need(send(fd, &r, r.header.nlmsg_len, 0) == r.header.nlmsg_len);
	return fd;
}

static void drain(int fd)
{
	static char data[65536];

	while (recv(fd, data, sizeof(data), 0) > 0 || errno == ENOBUFS)
		;
	need(!close(fd));
}

static void run_nft(unsigned int round)
{
	static const int families[] = {
		NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_ARP, NFPROTO_BRIDGE, NFPROTO_NETDEV,
	};
	int family = families[round % ARRAY_SIZE(families)], ear;
	struct request r;

	net_pair();
	nft_open();
	ear = listener();
	nft_begin_batch();
	whole_table(family);
	nft_commit();
	net_exchange("10.0.0.2");
	net_exchange("fd00::2");
	look(family);
	dump(NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, AF_UNSPEC, NULL);
	dump(NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS_CPU, AF_UNSPEC, NULL);
	nft_begin_batch();
	elements(NFT_MSG_DELSETELEM, family, &sets[0], 4);
	elements(NFT_MSG_DELSETELEM, family, &sets[2], 4);
	elements(NFT_MSG_DELSETELEM, family, &sets[4], 4);
	nft_begin(&r, NFT_MSG_DELRULE, 0, family);
	net_text(&r, NFTA_RULE_TABLE, "t");
	net_text(&r, NFTA_RULE_CHAIN, "input");
	nft_put(&r);
	nft_commit();
	look(family);
	nft_begin_batch();
	nft_begin(&r, NFT_MSG_DELTABLE, 0, family);
	net_text(&r, NFTA_TABLE_NAME, "t");
	nft_put(&r);
	nft_commit();
	drain(ear);
}

const struct part nft_parts[] = {
	{ "nft", run_nft },
	{ }
};
