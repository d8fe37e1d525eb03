// SPDX-License-Identifier: GPL-2.0-only
/* nftables: the rules of a table, and packets that they are about. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>
#include <sys/socket.h>
#include "nft.h"

/* Ports that something happens to. */
enum {
	PORT_DNAT = 5010, PORT_SNAT, PORT_REDIRECT, PORT_TO, PORT_REJECT, PORT_RESET, PORT_QUEUE,
	PORT_FORWARD,
};

static void meta_rules(int family, const char *chain)
{
	static const struct { int key, size; } keys[] = {
		{ NFT_META_LEN, 4 }, { NFT_META_PROTOCOL, 2 }, { NFT_META_PRIORITY, 4 },
		{ NFT_META_MARK, 4 }, { NFT_META_IIF, 4 }, { NFT_META_OIF, 4 },
		{ NFT_META_IIFTYPE, 2 }, { NFT_META_PKTTYPE, 1 }, { NFT_META_CPU, 4 },
		{ NFT_META_PRANDOM, 4 }, { NFT_META_TIME_NS, 8 }, { NFT_META_TIME_DAY, 1 },
		{ NFT_META_NFPROTO, 1 }, { NFT_META_IIFNAME, 16 },
	};
	unsigned char none[16];
	struct request r;

	memset(none, 0xff, sizeof(none));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		nft_rule(&r, family, chain);
		nft_meta(&r, keys[i].key);
		nft_compare(&r, NFT_CMP_NEQ, none, keys[i].size);
		nft_counter(&r);
		nft_rule_end(&r);
	}
}

/* Numbers that are made of others, or of nothing. */
static void arithmetic_rules(int family, const char *chain)
{
	unsigned int mask = ~0u, zero = 0;
	struct request r;

	nft_rule(&r, family, chain);
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
	nft_simple(&r, "numgen", NFTA_NG_DREG, NFT_REG_1, NFTA_NG_MODULUS, 5, NFTA_NG_TYPE,
		   NFT_NG_INCREMENTAL, 0);
	nft_simple(&r, "numgen", NFTA_NG_DREG, NFT_REG_1, NFTA_NG_MODULUS, 5, NFTA_NG_TYPE,
		   NFT_NG_RANDOM, NFTA_NG_OFFSET, 7, 0);
	nft_simple(&r, "hash", NFTA_HASH_DREG, NFT_REG32_14, NFTA_HASH_MODULUS, 3, NFTA_HASH_TYPE,
		   NFT_HASH_SYM, 0);
	nft_expression(&r, "last");
	nft_expression_end(&r);
	nft_rule_end(&r);
	nft_rule(&r, family, chain);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 4);
	nft_simple(&r, "hash", NFTA_HASH_SREG, NFT_REG_1, NFTA_HASH_DREG, NFT_REG32_15,
		   NFTA_HASH_LEN, 4, NFTA_HASH_MODULUS, 3, NFTA_HASH_SEED, 0x1234, 0);
	nft_dynamic(&r, "meter");
	nft_look_up(&r, "verdicts", true, false);
	nft_rule_end(&r);
}

static void set_rules(int family, const char *chain)
{
	static const char * const looked_up[] = { "tree", "timed", "hash" };
	struct request r;

	for (size_t i = 0; i < ARRAY_SIZE(looked_up); i++) {
		nft_rule(&r, family, chain);
		nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 16, 4);
		nft_look_up(&r, looked_up[i], false, false);
		nft_counter(&r);
		nft_rule_end(&r);
	}
	nft_rule(&r, family, chain);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 4);
	nft_look_up(&r, "map", true, false);
	nft_rule_end(&r);
	/* To a number, not to what is to be done. */
	nft_rule(&r, family, chain);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 4);
	nft_expression(&r, "lookup");
	net_text(&r, NFTA_LOOKUP_SET, "numbers");
	nft_be32(&r, NFTA_LOOKUP_SREG, NFT_REG_1);
	nft_be32(&r, NFTA_LOOKUP_DREG, NFT_REG_1);
	nft_expression_end(&r);
	nft_simple(&r, "meta", NFTA_META_KEY, NFT_META_MARK, NFTA_META_SREG, NFT_REG_1, 0);
	nft_rule_end(&r);
	for (int i = 0; i < 2; i++) {
		nft_rule(&r, family, chain);
		nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 12, 8);
		nft_look_up(&r, i ? "pairs" : "concat", false, false);
		nft_counter(&r);
		nft_rule_end(&r);
	}
	nft_rule(&r, family, chain);
	nft_load(&r, NFT_PAYLOAD_NETWORK_HEADER, 0, 2);
	nft_look_up(&r, "bits", false, true);
	nft_decide(&r, NFT_CONTINUE, NULL);
	nft_rule_end(&r);
}

/* What can be asked of a packet in every family. */
void nft_packet_rules(int family, const char *chain)
{
	unsigned char yes = 1;
	struct request r;

	nft_rule(&r, family, chain);
	nft_set_register(&r, NFT_REG_1, &yes, 1);
	nft_simple(&r, "meta", NFTA_META_KEY, NFT_META_NFTRACE, NFTA_META_SREG, NFT_REG_1, 0);
	nft_rule_end(&r);
	meta_rules(family, chain);
	arithmetic_rules(family, chain);
	set_rules(family, chain);
	nft_rule(&r, family, chain);
	nft_meta(&r, NFT_META_LEN);
	nft_limit(&r);
	nft_write_log(&r, 0);
	nft_write_log(&r, 5);
	nft_rule_end(&r);
	nft_rule(&r, family, chain);
	nft_decide(&r, NFT_GOTO, "other");
	nft_rule_end(&r);
}

/* What counts, and has a name. */
void nft_object_rules(int family, const char *chain)
{
	struct request r;

	nft_rule(&r, family, chain);
	nft_object(&r, NFT_OBJECT_COUNTER, "counter");
	nft_object(&r, NFT_OBJECT_QUOTA, "quota");
	nft_object(&r, NFT_OBJECT_LIMIT, "limit");
	nft_rule_end(&r);
}

static void ct_keys(int family, const char *chain)
{
	static const struct { int key, size, direction; } keys[] = {
		{ NFT_CT_STATE, 4, -1 }, { NFT_CT_DIRECTION, 1, -1 }, { NFT_CT_STATUS, 4, -1 },
		{ NFT_CT_MARK, 4, -1 }, { NFT_CT_EXPIRATION, 4, -1 }, { NFT_CT_L3PROTOCOL, 1, -1 },
		{ NFT_CT_PROTOCOL, 1, 0 }, { NFT_CT_PROTO_SRC, 2, 0 }, { NFT_CT_PROTO_DST, 2, 1 },
		{ NFT_CT_ID, 4, -1 }, { NFT_CT_BYTES, 8, 0 }, { NFT_CT_PKTS, 8, -1 },
		{ NFT_CT_AVGPKT, 8, 1 }, { NFT_CT_HELPER, 16, -1 },
	};
	unsigned char none[16];
	struct request r;

	memset(none, 0xff, sizeof(none));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		nft_rule(&r, family, chain);
		nft_expression(&r, "ct");
		nft_be32(&r, NFTA_CT_KEY, keys[i].key);
		nft_be32(&r, NFTA_CT_DREG, NFT_REG_1);
		if (keys[i].direction >= 0)
			net_u8(&r, NFTA_CT_DIRECTION, keys[i].direction);
		nft_expression_end(&r);
		nft_compare(&r, NFT_CMP_NEQ, none, keys[i].size);
		nft_counter(&r);
		nft_rule_end(&r);
	}
}

/* And where there are connections. */
void nft_connection_rules(int family, const char *chain)
{
	unsigned int mark = 5;
	unsigned short ports[2] = { htons(1), htons(65000) };
	struct request r;

	ct_keys(family, chain);
	nft_rule(&r, family, chain);
	nft_set_register(&r, NFT_REG_1, &mark, 4);
	nft_simple(&r, "ct", NFTA_CT_KEY, NFT_CT_MARK, NFTA_CT_SREG, NFT_REG_1, 0);
	nft_simple(&r, "meta", NFTA_META_KEY, NFT_META_MARK, NFTA_META_SREG, NFT_REG_1, 0);
	nft_simple(&r, "connlimit", NFTA_CONNLIMIT_COUNT, 1000, 0);
	nft_counter(&r);
	nft_rule_end(&r);
	nft_rule(&r, family, chain);
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

void nft_zone_rules(int family)
{
	struct request r;

	nft_rule(&r, family, "other");
	nft_simple(&r, "ct", NFTA_CT_KEY, NFT_CT_ZONE, NFTA_CT_DREG, NFT_REG_1, 0);
	nft_compare(&r, NFT_CMP_EQ, "\0", 2);
	nft_counter(&r);
	nft_rule_end(&r);
}

/* Of where the packet goes. */
void nft_output_rules(int family)
{
	struct request r;

	nft_rule(&r, family, "output");
	nft_simple(&r, "rt", NFTA_RT_KEY, NFT_RT_TCPMSS, NFTA_RT_DREG, NFT_REG_1, 0);
	nft_simple(&r, "fib", NFTA_FIB_DREG, NFT_REG_1, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE,
		   NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR, 0);
	nft_counter(&r);
	nft_rule_end(&r);
}

static void reject(int family, int protocol, unsigned short port)
{
	struct request r;

	nft_rule(&r, family, "input");
	nft_port(&r, protocol, port);
	nft_expression(&r, "reject");
	if (protocol == IPPROTO_TCP) {
		nft_be32(&r, NFTA_REJECT_TYPE, NFT_REJECT_TCP_RST);
	} else if (family == NFPROTO_INET) {
		nft_be32(&r, NFTA_REJECT_TYPE, NFT_REJECT_ICMPX_UNREACH);
		net_u8(&r, NFTA_REJECT_ICMP_CODE, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
	} else {
		nft_be32(&r, NFTA_REJECT_TYPE, NFT_REJECT_ICMP_UNREACH);
		net_u8(&r, NFTA_REJECT_ICMP_CODE, family == NFPROTO_IPV4 ? 13 : 1);
	}
	nft_expression_end(&r);
	nft_rule_end(&r);
}

/* What only incoming packets have; what lets no packet get any further comes first. */
void nft_input_rules(int family)
{
	unsigned int zero = 0;
	struct request r;

	reject(family, IPPROTO_UDP, PORT_REJECT);
	reject(family, IPPROTO_TCP, PORT_RESET);
	for (int i = 0; i < 2; i++) {
		nft_rule(&r, family, "input");
		nft_simple(&r, "fib", NFTA_FIB_DREG, NFT_REG_1, NFTA_FIB_RESULT,
			   i ? NFT_FIB_RESULT_ADDRTYPE : NFT_FIB_RESULT_OIF, NFTA_FIB_FLAGS,
			   NFTA_FIB_F_SADDR | (i ? 0 : NFTA_FIB_F_IIF), 0);
		nft_compare(&r, NFT_CMP_NEQ, &zero, 4);
		nft_counter(&r);
		nft_rule_end(&r);
	}
	nft_rule(&r, family, "input");
	nft_simple(&r, "socket", NFTA_SOCKET_KEY, NFT_SOCKET_MARK, NFTA_SOCKET_DREG, NFT_REG_1, 0);
	nft_counter(&r);
	nft_rule_end(&r);
	/* Nobody is there who decides. */
	nft_rule(&r, family, "input");
	nft_port(&r, IPPROTO_UDP, PORT_QUEUE);
	nft_expression(&r, "queue");
	net_u16(&r, NFTA_QUEUE_NUM, htons(3));
	net_u16(&r, NFTA_QUEUE_FLAGS, htons(NFT_QUEUE_FLAG_BYPASS));
	nft_expression_end(&r);
	nft_rule_end(&r);
}

/* One packet for two devices, and one for another device than its own. */
void nft_device_rules(int family)
{
	unsigned int index = net_index("dummy");
	struct request r;

	nft_rule(&r, family, "input");
	nft_set_register(&r, NFT_REG_1, &index, 4);
	nft_simple(&r, "dup", NFTA_DUP_SREG_DEV, NFT_REG_1, 0);
	nft_rule_end(&r);
	nft_rule(&r, family, "input");
	nft_port(&r, IPPROTO_UDP, PORT_FORWARD);
	nft_set_register(&r, NFT_REG_1, &index, 4);
	nft_simple(&r, "fwd", NFTA_FWD_SREG_DEV, NFT_REG_1, 0);
	nft_rule_end(&r);
}

/* To another address than that of the packet. v6: of which kind. */
static void address_rules(int family, bool v6)
{
	static const unsigned char v4_to[] = { 10, 0, 0, 2 }, v4_from[] = { 10, 0, 0, 1 };
	static const unsigned char v6_to[16] = { 0xfd, [15] = 2 }, v6_from[16] = { 0xfd, [15] = 1 };
	unsigned char protocol = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	unsigned short port = htons(PORT_TO);
	struct request r;

	nft_rule(&r, family, "dst");
	nft_meta(&r, NFT_META_NFPROTO);
	nft_compare(&r, NFT_CMP_EQ, &protocol, 1);
	nft_load(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	nft_compare(&r, NFT_CMP_EQ, &(unsigned short){ htons(PORT_DNAT) }, 2);
	nft_set_register(&r, NFT_REG_1, v6 ? v6_to : v4_to, v6 ? 16 : 4);
	nft_set_register(&r, NFT_REG_2, &port, 2);
	nft_simple(&r, "nat", NFTA_NAT_TYPE, NFT_NAT_DNAT, NFTA_NAT_FAMILY, protocol,
		   NFTA_NAT_REG_ADDR_MIN, NFT_REG_1, NFTA_NAT_REG_PROTO_MIN, NFT_REG_2, 0);
	nft_rule_end(&r);
	nft_rule(&r, family, "src");
	nft_meta(&r, NFT_META_NFPROTO);
	nft_compare(&r, NFT_CMP_EQ, &protocol, 1);
	nft_load(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	nft_compare(&r, NFT_CMP_EQ, &(unsigned short){ htons(PORT_SNAT) }, 2);
	nft_set_register(&r, NFT_REG_1, v6 ? v6_from : v4_from, v6 ? 16 : 4);
	nft_simple(&r, "nat", NFTA_NAT_TYPE, NFT_NAT_SNAT, NFTA_NAT_FAMILY, protocol,
		   NFTA_NAT_REG_ADDR_MIN, NFT_REG_1, 0);
	nft_rule_end(&r);
}

void nft_nat_rules(int family)
{
	unsigned short port = htons(PORT_TO);
	struct request r;

	nft_chain(family, "dst", "nat", NF_INET_LOCAL_OUT, -100);
	nft_chain(family, "redirect", "nat", NF_INET_PRE_ROUTING, -100);
	nft_chain(family, "src", "nat", NF_INET_POST_ROUTING, 100);
	if (family != NFPROTO_IPV6)
		address_rules(family, false);
	if (family != NFPROTO_IPV4)
		address_rules(family, true);
	nft_rule(&r, family, "redirect");
	nft_load(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	nft_compare(&r, NFT_CMP_EQ, &(unsigned short){ htons(PORT_REDIRECT) }, 2);
	nft_set_register(&r, NFT_REG_1, &port, 2);
	nft_simple(&r, "redir", NFTA_REDIR_REG_PROTO_MIN, NFT_REG_1, 0);
	nft_rule_end(&r);
	nft_rule(&r, family, "src");
	nft_expression(&r, "masq");
	nft_expression_end(&r);
	nft_rule_end(&r);
}

static void pass(bool v6)
{
	const char *here = v6 ? "fd00::1" : "10.0.0.1", *there = v6 ? "fd00::2" : "10.0.0.2";
	/* Side 1 has no way to this address of side 0's. */
	const char *nowhere = v6 ? "fd99::2" : "10.99.0.2";

	net_address("dummy", v6 ? "fd99::1" : "10.99.0.1", v6 ? 64 : 24);
	for (int i = 0; i < 2; i++) {
		int type = i ? SOCK_STREAM : SOCK_DGRAM;

		need(!net_pass(0, type, nowhere, PORT_DNAT, there, PORT_TO));
		need(!net_pass(0, type, there, PORT_SNAT, there, PORT_SNAT));
		need(!net_pass(1, type, here, PORT_REDIRECT, here, PORT_TO));
	}
	need(!net_pass(1, SOCK_DGRAM, here, PORT_QUEUE, here, PORT_QUEUE));
	/* There is somebody, whom the rules hide. */
	need(net_pass(1, SOCK_DGRAM, here, PORT_REJECT, here, PORT_REJECT) ==
	     (v6 ? EACCES : EHOSTUNREACH));
	need(net_pass(1, SOCK_STREAM, here, PORT_RESET, here, PORT_RESET) == ECONNREFUSED);
	net_enter(0);
}

void nft_pass(int family)
{
	if (family == NFPROTO_IPV4 || family == NFPROTO_INET)
		pass(false);
	if (family == NFPROTO_IPV6 || family == NFPROTO_INET)
		pass(true);
}
