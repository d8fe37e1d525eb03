/* SPDX-License-Identifier: GPL-2.0-only */
/* nftables: what rule sets are made of. */
#ifndef KMC_NFT_H
#define KMC_NFT_H

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include "net.h"

void nft_open(void);
int nft_fd(void);

void nft_header(struct request *r, int type, int flags, int family);
void nft_begin(struct request *r, int command, int flags, int family);
void nft_put(const struct request *r);
void nft_mark(int type);
void nft_begin_batch(void);
void nft_commit(void);
/* Return: the error of the whole, as in errno, or 0. */
int nft_send(void);
void nft_be32(struct request *r, int type, unsigned int value);
void nft_be64(struct request *r, int type, unsigned long value);
void nft_table(int family);
void nft_chain(int family, const char *name, const char *type, int hook, int priority);
/* Only what goes to this port. */
void nft_port(struct request *r, int protocol, unsigned short port);
void nft_rule(struct request *r, int family, const char *name);
void nft_rule_end(struct request *r);
/* In the place of that rule, or before it: NFTA_RULE_HANDLE, NFTA_RULE_POSITION. */
void nft_rule_end_at(struct request *r, int type, unsigned long handle);
void nft_expression(struct request *r, const char *name);
void nft_expression_end(struct request *r);
void nft_simple(struct request *r, const char *name, ...);
void nft_value(struct request *r, int type, const void *data, size_t size);
void nft_verdict(struct request *r, int type, int code, const char *to);
void nft_decide(struct request *r, int code, const char *to);
void nft_set_register(struct request *r, int reg, const void *data, size_t size);
void nft_compare(struct request *r, int op, const void *data, size_t size);
void nft_load(struct request *r, int base, int offset, int size);
void nft_meta(struct request *r, int key);
void nft_bitwise(struct request *r, const void *mask, const void *xor, size_t size);
void nft_shift(struct request *r, unsigned int bits);
void nft_counter(struct request *r);
void nft_limit(struct request *r);
void nft_quota(struct request *r);
void nft_write_log(struct request *r, int group);
void nft_look_up(struct request *r, const char *set, bool is_map, bool inverted);
void nft_object(struct request *r, int type, const char *name);
void nft_dynamic(struct request *r, const char *set);
void nft_new_object(int family, int type, const char *name);

/* The rules of a table of this family. */
void nft_packet_rules(int family, const char *chain);
void nft_output_rules(int family);
void nft_connection_rules(int family, const char *chain);
void nft_input_rules(int family);
void nft_device_rules(int family);
void nft_nat_rules(int family);
void nft_zone_rules(int family);
void nft_object_rules(int family, const char *chain);

/* Send what they are about. */
void nft_pass(int family);

#endif
