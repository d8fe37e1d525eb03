// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which header of a packet a byte belongs to. Where the packet begins is in the sk_buff,
 * which the report does not show: it is where headers fit that name each other.
 */
#include <string.h>

#include "explain/inside_bytes.h"

#define ETHERNET	14
#define VLAN		4
#define IPV4		20
#define IPV6		40
#define UDP		8
#define TCP		20

enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_VLAN = 0x8100, TYPE_IPV6 = 0x86dd,
	TYPE_QINQ = 0x88a8 };
enum { PROTO_TCP = 6, PROTO_UDP = 17 };

/* Behind a member. */
struct member {
	const char *name;
	size_t end;
};

static const struct member ethernet[] = {
	{ "h_dest", 6 }, { "h_source", 12 }, { "h_proto", ETHERNET }, { }
};
static const struct member vlan[] = {
	{ "h_vlan_TCI", 2 }, { "h_vlan_encapsulated_proto", VLAN }, { }
};
static const struct member ipv4[] = {
	{ "version and ihl", 1 }, { "tos", 2 }, { "tot_len", 4 }, { "id", 6 },
	{ "frag_off", 8 }, { "ttl", 9 }, { "protocol", 10 }, { "check", 12 },
	{ "saddr", 16 }, { "daddr", IPV4 }, { "options", 60 }, { }
};
static const struct member ipv6[] = {
	{ "version and flow_lbl", 4 }, { "payload_len", 6 }, { "nexthdr", 7 },
	{ "hop_limit", 8 }, { "saddr", 24 }, { "daddr", IPV6 }, { }
};
static const struct member udp[] = {
	{ "source", 2 }, { "dest", 4 }, { "len", 6 }, { "check", UDP }, { }
};
static const struct member tcp[] = {
	{ "source", 2 }, { "dest", 4 }, { "seq", 8 }, { "ack_seq", 12 }, { "doff and flags", 14 },
	{ "window", 16 }, { "check", 18 }, { "urg_ptr", TCP }, { "options", 60 }, { }
};

/* "IPv4 header, tot_len (+2)" */
static bool put(struct kmc_buf *buf, const char *header, const struct member *members,
		size_t byte)
{
	for (; members->name; members++) {
		if (byte >= members->end)
			continue;
		kmc_buf_printf(buf, "%s header, %s (+%zu)", header, members->name, byte);
		return true;
	}
	return false;
}

static bool put_payload(struct kmc_buf *buf, const char *what, size_t byte)
{
	kmc_buf_printf(buf, "%s payload (+%zu)", what, byte);
	return true;
}

/* ---- transport ---- */

static bool put_transport(const struct kmc_inside *in, size_t at, unsigned int protocol,
			  const char *network, struct kmc_buf *buf)
{
	const size_t byte = in->bad - at;
	size_t length;

	if (protocol == PROTO_UDP)
		return byte < UDP ? put(buf, "UDP", udp, byte) :
				    put_payload(buf, "UDP", byte - UDP);
	if (protocol != PROTO_TCP)
		return put_payload(buf, network, byte);
	if (byte < TCP)
		return put(buf, "TCP", tcp, byte);
	if (!kmc_inside_known(in, at + 12, 1))
		return put_payload(buf, network, byte);
	length = in->memory[at + 12] >> 4 << 2;
	return byte < length ? put(buf, "TCP", tcp, byte) :
			       put_payload(buf, "TCP", byte - (length < TCP ? TCP : length));
}

/* ---- network ---- */

static size_t ipv4_length(const struct kmc_inside *in, size_t at)
{
	return (in->memory[at] & 15) * 4;
}

static bool is_ipv4(const struct kmc_inside *in, size_t at)
{
	return kmc_inside_known(in, at, 1) && in->memory[at] >> 4 == 4 &&
	       ipv4_length(in, at) >= IPV4;
}

/* The one thing in a packet that is no coincidence. */
static bool has_checksum(const struct kmc_inside *in, size_t at)
{
	const size_t length = ipv4_length(in, at);
	uint32_t sum = 0;

	if (!kmc_inside_known(in, at, length) || kmc_inside_be16(in, at + 2) < length ||
	    !kmc_inside_be16(in, at + 10))
		return false;
	for (size_t i = 0; i < length; i += 2)
		sum += kmc_inside_be16(in, at + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

static bool put_ipv4(const struct kmc_inside *in, size_t at, struct kmc_buf *buf)
{
	const size_t length = ipv4_length(in, at), byte = in->bad - at;

	if (byte < length)
		return put(buf, "IPv4", ipv4, byte);
	if (!kmc_inside_known(in, at + 9, 1))
		return put_payload(buf, "IPv4", byte - length);
	return put_transport(in, at + length, in->memory[at + 9], "IPv4", buf);
}

static bool is_ipv6(const struct kmc_inside *in, size_t at)
{
	return kmc_inside_known(in, at, 1) && in->memory[at] >> 4 == 6;
}

static bool put_ipv6(const struct kmc_inside *in, size_t at, struct kmc_buf *buf)
{
	const size_t byte = in->bad - at;

	if (byte < IPV6)
		return put(buf, "IPv6", ipv6, byte);
	if (!kmc_inside_known(in, at + 6, 1))
		return put_payload(buf, "IPv6", byte - IPV6);
	return put_transport(in, at + IPV6, in->memory[at + 6], "IPv6", buf);
}

/* ---- link ---- */

static bool is_vlan(unsigned int type)
{
	return type == TYPE_VLAN || type == TYPE_QINQ;
}

/* An ethernet header that a header of the type that it names follows. */
static bool try_ethernet(const struct kmc_inside *in, size_t at, struct kmc_buf *buf,
			 enum kmc_confidence *sure)
{
	size_t next = at + ETHERNET, tag = 0;
	unsigned int type;

	/* The type in a tag is not that in the header, which is further in front. */
	if (!kmc_inside_known(in, at + 12, 2) ||
	    (kmc_inside_known(in, at + 8, 2) && is_vlan(kmc_inside_be16(in, at + 8))))
		return false;
	type = kmc_inside_be16(in, at + 12);
	for (int tags = 0; is_vlan(type) && tags < 2; tags++, next += VLAN) {
		if (in->bad >= next && in->bad < next + VLAN)
			tag = next;
		if (!kmc_inside_known(in, next + 2, 2))
			return tag && put(buf, "VLAN", vlan, in->bad - tag);
		type = kmc_inside_be16(in, next + 2);
	}
	if (!(type == TYPE_IPV4 && is_ipv4(in, next)) && !(type == TYPE_IPV6 && is_ipv6(in, next)))
		return false;
	if (type == TYPE_IPV4 && has_checksum(in, next))
		*sure = KMC_LIKELY;
	if (tag)
		return put(buf, "VLAN", vlan, in->bad - tag);
	if (in->bad < at + ETHERNET)
		return put(buf, "ethernet", ethernet, in->bad - at);
	return type == TYPE_IPV4 ? put_ipv4(in, next, buf) : put_ipv6(in, next, buf);
}

bool kmc_packet_inside(const struct kmc_inside *in, struct kmc_buf *buf,
		       enum kmc_confidence *sure)
{
	/* The innermost header around the byte is the nearest one in front of it. */
	*sure = KMC_GUESS;
	for (size_t at = in->bad / 2 * 2;; at -= 2) {
		if (try_ethernet(in, at, buf, sure))
			return true;
		if (is_ipv4(in, at) && has_checksum(in, at)) {
			*sure = KMC_LIKELY;
			return put_ipv4(in, at, buf);
		}
		if (!at)
			return false;
	}
}
