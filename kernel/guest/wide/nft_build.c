// SPDX-License-Identifier: GPL-2.0-only
/* nftables: what rule sets are made of. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nf_log.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include "nft.h"

/* What is sent at once, and takes effect together. */
static struct {
	int fd;
	char data[65536];
	size_t used;
} batch;

void nft_open(void)
{
	batch.fd = nl_open(NETLINK_NETFILTER);
}

int nft_fd(void)
{
	return batch.fd;
}

void nft_header(struct request *r, int type, int flags, int family)
{
	struct nfgenmsg message = { family, NFNETLINK_V0, 0 };

	nl_begin(r, type, flags, &message, sizeof(message));
}

void nft_begin(struct request *r, int command, int flags, int family)
{
	nft_header(r, NFNL_SUBSYS_NFTABLES << 8 | command, flags, family);
}

void nft_put(const struct request *r)
{
	need(batch.used + NLMSG_ALIGN(r->header.nlmsg_len) <= sizeof(batch.data));
	memcpy(batch.data + batch.used, r, r->header.nlmsg_len);
	batch.used += NLMSG_ALIGN(r->header.nlmsg_len);
}

void nft_mark(int type)
{
	struct request r;

	nl_begin(&r, type, 0, &(struct nfgenmsg){ 0, 0, htons(NFNL_SUBSYS_NFTABLES) },
		 sizeof(struct nfgenmsg));
	nft_put(&r);
}

void nft_begin_batch(void)
{
	batch.used = 0;
	nft_mark(NFNL_MSG_BATCH_BEGIN);
}

/* What is wrong is told at once; a batch that is taken says nothing. */
int nft_send(void)
{
	struct pollfd p = { batch.fd, POLLIN, 0 };
	static char answer[16384];
	int error = 0;

	nft_mark(NFNL_MSG_BATCH_END);
	need(send(batch.fd, batch.data, batch.used, 0) == (ssize_t)batch.used);
	while (poll(&p, 1, 0) == 1) {
		const struct nlmsghdr *h = (void *)answer;

		need(recv(batch.fd, answer, sizeof(answer), 0) > 0);
		if (!error && h->nlmsg_type == NLMSG_ERROR)
			error = nl_error(h);
	}
	return error;
}

void nft_commit(void)
{
	errno = nft_send();
	need(!errno);
}

void nft_be32(struct request *r, int type, unsigned int value)
{
	net_u32(r, type, htonl(value));
}

void nft_be64(struct request *r, int type, unsigned long value)
{
	value = htobe64(value);
	nl_add(r, type, &value, sizeof(value));
}

void nft_table(int family)
{
	struct request r;

	nft_begin(&r, NFT_MSG_NEWTABLE, NLM_F_CREATE, family);
	net_text(&r, NFTA_TABLE_NAME, "t");
	nl_add(&r, NFTA_TABLE_USERDATA, "comment", 8);
	nft_put(&r);
}

void nft_chain(int family, const char *name, const char *type, int hook, int priority)
{
	struct rtattr *nested;
	struct request r;

	nft_begin(&r, NFT_MSG_NEWCHAIN, NLM_F_CREATE, family);
	net_text(&r, NFTA_CHAIN_TABLE, "t");
	net_text(&r, NFTA_CHAIN_NAME, name);
	if (type) {
		net_text(&r, NFTA_CHAIN_TYPE, type);
		nested = net_nest(&r, NFTA_CHAIN_HOOK);
		nft_be32(&r, NFTA_HOOK_HOOKNUM, hook);
		nft_be32(&r, NFTA_HOOK_PRIORITY, priority);
		if (family == NFPROTO_NETDEV)
			net_text(&r, NFTA_HOOK_DEV, "cable");
		nl_end(&r, nested);
		nft_be32(&r, NFTA_CHAIN_POLICY, NF_ACCEPT);
		nested = net_nest(&r, NFTA_CHAIN_COUNTERS);
		nft_be64(&r, NFTA_COUNTER_BYTES, 0);
		nft_be64(&r, NFTA_COUNTER_PACKETS, 0);
		nl_end(&r, nested);
	}
	nft_put(&r);
}

static struct rtattr *rule_list;

void nft_rule(struct request *r, int family, const char *name)
{
	nft_begin(r, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, family);
	net_text(r, NFTA_RULE_TABLE, "t");
	net_text(r, NFTA_RULE_CHAIN, name);
	nl_add(r, NFTA_RULE_USERDATA, "comment", 8);
	rule_list = net_nest(r, NFTA_RULE_EXPRESSIONS);
}

void nft_rule_end(struct request *r)
{
	nl_end(r, rule_list);
	nft_put(r);
}

void nft_rule_end_at(struct request *r, int type, unsigned long handle)
{
	nl_end(r, rule_list);
	nft_be64(r, type, handle);
	r->header.nlmsg_flags &= ~NLM_F_APPEND;
	if (type == NFTA_RULE_HANDLE)
		r->header.nlmsg_flags |= NLM_F_REPLACE;
	nft_put(r);
}

static struct rtattr *element, *element_data;

void nft_expression(struct request *r, const char *name)
{
	element = net_nest(r, NFTA_LIST_ELEM);
	net_text(r, NFTA_EXPR_NAME, name);
	element_data = net_nest(r, NFTA_EXPR_DATA);
}

void nft_expression_end(struct request *r)
{
	nl_end(r, element_data);
	nl_end(r, element);
}

/* An expression of pairs of type and number, up to a type of 0. */
void nft_simple(struct request *r, const char *name, ...)
{
	va_list list;
	int type;

	nft_expression(r, name);
	va_start(list, name);
	while ((type = va_arg(list, int)))
		nft_be32(r, type, va_arg(list, unsigned int));
	va_end(list);
	nft_expression_end(r);
}

void nft_value(struct request *r, int type, const void *data, size_t size)
{
	struct rtattr *nested = net_nest(r, type);

	nl_add(r, NFTA_DATA_VALUE, data, size);
	nl_end(r, nested);
}

void nft_verdict(struct request *r, int type, int code, const char *to)
{
	struct rtattr *outer = net_nest(r, type), *inner = net_nest(r, NFTA_DATA_VERDICT);

	nft_be32(r, NFTA_VERDICT_CODE, code);
	if (to)
		net_text(r, NFTA_VERDICT_CHAIN, to);
	nl_end(r, inner);
	nl_end(r, outer);
}

void nft_decide(struct request *r, int code, const char *to)
{
	nft_expression(r, "immediate");
	nft_be32(r, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	nft_verdict(r, NFTA_IMMEDIATE_DATA, code, to);
	nft_expression_end(r);
}

void nft_set_register(struct request *r, int reg, const void *data, size_t size)
{
	nft_expression(r, "immediate");
	nft_be32(r, NFTA_IMMEDIATE_DREG, reg);
	nft_value(r, NFTA_IMMEDIATE_DATA, data, size);
	nft_expression_end(r);
}

void nft_compare(struct request *r, int op, const void *data, size_t size)
{
	nft_expression(r, "cmp");
	nft_be32(r, NFTA_CMP_SREG, NFT_REG_1);
	nft_be32(r, NFTA_CMP_OP, op);
	nft_value(r, NFTA_CMP_DATA, data, size);
	nft_expression_end(r);
}

void nft_load(struct request *r, int base, int offset, int size)
{
	nft_simple(r, "payload", NFTA_PAYLOAD_DREG, NFT_REG_1, NFTA_PAYLOAD_BASE, base,
	       NFTA_PAYLOAD_OFFSET, offset, NFTA_PAYLOAD_LEN, size, 0);
}

void nft_meta(struct request *r, int key)
{
	nft_simple(r, "meta", NFTA_META_KEY, key, NFTA_META_DREG, NFT_REG_1, 0);
}

void nft_bitwise(struct request *r, const void *mask, const void *xor, size_t size)
{
	nft_expression(r, "bitwise");
	nft_be32(r, NFTA_BITWISE_SREG, NFT_REG_1);
	nft_be32(r, NFTA_BITWISE_DREG, NFT_REG_1);
	nft_be32(r, NFTA_BITWISE_LEN, size);
	nft_value(r, NFTA_BITWISE_MASK, mask, size);
	nft_value(r, NFTA_BITWISE_XOR, xor, size);
	nft_expression_end(r);
}

void nft_shift(struct request *r, unsigned int bits)
{
	unsigned int data = bits;

	nft_expression(r, "bitwise");
	nft_be32(r, NFTA_BITWISE_SREG, NFT_REG_1);
	nft_be32(r, NFTA_BITWISE_DREG, NFT_REG_1);
	nft_be32(r, NFTA_BITWISE_LEN, 4);
	nft_be32(r, NFTA_BITWISE_OP, NFT_BITWISE_LSHIFT);
	nft_value(r, NFTA_BITWISE_DATA, &data, sizeof(data));
	nft_expression_end(r);
}

void nft_port(struct request *r, int protocol, unsigned short port)
{
	unsigned char byte = protocol;

	port = htons(port);
	nft_meta(r, NFT_META_L4PROTO);
	nft_compare(r, NFT_CMP_EQ, &byte, 1);
	nft_load(r, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
	nft_compare(r, NFT_CMP_EQ, &port, 2);
}

void nft_counter(struct request *r)
{
	nft_expression(r, "counter");
	nft_be64(r, NFTA_COUNTER_BYTES, 0);
	nft_be64(r, NFTA_COUNTER_PACKETS, 0);
	nft_expression_end(r);
}

void nft_limit(struct request *r)
{
	nft_expression(r, "limit");
	nft_be64(r, NFTA_LIMIT_RATE, 1000000);
	nft_be64(r, NFTA_LIMIT_UNIT, 1);
	nft_be32(r, NFTA_LIMIT_BURST, 5);
	nft_be32(r, NFTA_LIMIT_TYPE, NFT_LIMIT_PKTS);
	nft_expression_end(r);
}

void nft_quota(struct request *r)
{
	nft_expression(r, "quota");
	nft_be64(r, NFTA_QUOTA_BYTES, 1 << 30);
	nft_expression_end(r);
}

void nft_write_log(struct request *r, int group)
{
	nft_expression(r, "log");
	net_text(r, NFTA_LOG_PREFIX, "kmc ");
	if (group) {
		net_u16(r, NFTA_LOG_GROUP, htons(group));
		nft_be32(r, NFTA_LOG_SNAPLEN, 64);
		net_u16(r, NFTA_LOG_QTHRESHOLD, htons(1));
	} else {
		nft_be32(r, NFTA_LOG_LEVEL, 7);
		nft_be32(r, NFTA_LOG_FLAGS, NF_LOG_TCPSEQ | NF_LOG_IPOPT | NF_LOG_UID);
	}
	nft_expression_end(r);
}

void nft_look_up(struct request *r, const char *set, bool is_map, bool inverted)
{
	nft_expression(r, "lookup");
	net_text(r, NFTA_LOOKUP_SET, set);
	nft_be32(r, NFTA_LOOKUP_SREG, NFT_REG_1);
	if (is_map)
		nft_be32(r, NFTA_LOOKUP_DREG, NFT_REG_VERDICT);
	if (inverted)
		nft_be32(r, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
	nft_expression_end(r);
}

void nft_object(struct request *r, int type, const char *name)
{
	nft_expression(r, "objref");
	nft_be32(r, NFTA_OBJREF_IMM_TYPE, type);
	net_text(r, NFTA_OBJREF_IMM_NAME, name);
	nft_expression_end(r);
}

/* Adds what it meets to a set, with an expression of its own. */
void nft_dynamic(struct request *r, const char *set)
{
	struct rtattr *nested, *data;

	nft_expression(r, "dynset");
	net_text(r, NFTA_DYNSET_SET_NAME, set);
	nft_be32(r, NFTA_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nft_be32(r, NFTA_DYNSET_SREG_KEY, NFT_REG_1);
	nft_be64(r, NFTA_DYNSET_TIMEOUT, 500);
	nested = net_nest(r, NFTA_DYNSET_EXPR);
	net_text(r, NFTA_EXPR_NAME, "counter");
	data = net_nest(r, NFTA_EXPR_DATA);
	nl_end(r, data);
	nl_end(r, nested);
	nft_expression_end(r);
}

void nft_new_object(int family, int type, const char *name)
{
	struct rtattr *data;
	struct request r;

	nft_begin(&r, NFT_MSG_NEWOBJ, NLM_F_CREATE, family);
	net_text(&r, NFTA_OBJ_TABLE, "t");
	net_text(&r, NFTA_OBJ_NAME, name);
	nft_be32(&r, NFTA_OBJ_TYPE, type);
	data = net_nest(&r, NFTA_OBJ_DATA);
	if (type == NFT_OBJECT_QUOTA)
		nft_be64(&r, NFTA_QUOTA_BYTES, 1 << 20);
	if (type == NFT_OBJECT_LIMIT) {
		nft_be64(&r, NFTA_LIMIT_RATE, 1000000);
		nft_be64(&r, NFTA_LIMIT_UNIT, 60);
	}
	nl_end(&r, data);
	nft_put(&r);
}
