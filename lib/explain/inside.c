// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What lies at bytes of a message or packet, by what the bytes around them say: the data of
 * an sk_buff has no type, but lengths and types in it.
 */
#include "explain/inside.h"

#include <string.h>

#include "base/error.h"
#include "explain/inside_bytes.h"
#include "report/model.h"
#include "report/walk.h"

bool kmc_inside_known(const struct kmc_inside *in, size_t at, size_t size)
{
	if (at > in->len || size > in->len - at)
		return false;
	for (size_t i = at; i < at + size; i++)
		if (in->states[i] != 'i')
			return false;
	return true;
}

unsigned int kmc_inside_u16(const struct kmc_inside *in, size_t at)
{
	return in->memory[at] | in->memory[at + 1] << 8;
}

uint32_t kmc_inside_u32(const struct kmc_inside *in, size_t at)
{
	return kmc_inside_u16(in, at) | (uint32_t)kmc_inside_u16(in, at + 2) << 16;
}

unsigned int kmc_inside_be16(const struct kmc_inside *in, size_t at)
{
	return in->memory[at] << 8 | in->memory[at + 1];
}

/* ---- whose memory it is ---- */

static bool begins_with(const struct kmc_level *level, const char * const *names, size_t count)
{
	const char *name = level->function;

	for (size_t i = 0; name && i < count; i++)
		if (*name == *names[i] && !strncmp(name, names[i], strlen(names[i])))
			return true;
	return false;
}

/* Is a function of that sort on one of the stacks? */
static bool is_on_stack(const struct kmc_report *report, const char * const *names, size_t count)
{
	const struct kmc_stack *stack;

	for (size_t i = 0; (stack = kmc_report_stack(report, i)); i++) {
		struct kmc_walk walk = kmc_walk_start(stack);
		struct kmc_level level;

		while (kmc_walk_next(&walk, &level))
			if (begins_with(&level, names, count))
				return true;
	}
	return false;
}

static bool is_netlink(const struct kmc_report *report)
{
	static const char * const names[] = {
		"netlink_", "__netlink_", "nlmsg_", "__nlmsg_", "nla_", "__nla_", "rtnl", "genl",
		"__genl", "nfnetlink", "nfnl_", "xfrm_user", "sock_diag", "inet_diag",
	};

	return is_on_stack(report, names, KMC_ARRAY_SIZE(names));
}

static bool is_skb(const struct kmc_report *report)
{
	static const char * const names[] = {
		"alloc_skb", "__alloc_skb", "__build_skb", "build_skb", "napi_build_skb",
		"napi_alloc_skb", "__napi_alloc_skb", "netdev_alloc_skb", "__netdev_alloc_skb",
		"sock_alloc_send", "sock_wmalloc", "pskb_expand_head", "skb_copy", "__pskb_copy",
		"skb_put", "__skb_put", "skb_push", "kmalloc_reserve",
	};

	return report->fill.known || is_on_stack(report, names, KMC_ARRAY_SIZE(names));
}

/* ---- the whole ---- */

/* Where the message begins, as far as the report tells that. */
static void find_start(const struct kmc_report *report, struct kmc_inside *in)
{
	const uint64_t starts[] = {
		report->kind == KMC_INFOLEAK && report->access_length ? report->access_start :
									report->object.start,
		report->object.start,
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(starts) && !in->has_start; i++) {
		const uint64_t at = starts[i] - report->memory_start;

		in->has_start = at < in->len && at <= in->bad;
		in->start = at;
	}
}

void kmc_inside_at(const struct kmc_report *report, uint64_t address, struct kmc_buf *buf,
		   enum kmc_confidence *sure)
{
	struct kmc_inside in = {
		.memory = report->memory, .states = report->shadow,
		.len = report->memory_len < report->shadow_len ? report->memory_len :
								 report->shadow_len,
	};

	if (!report->memory || !report->shadow || report->caret < 0 ||
	    address - report->memory_start >= in.len)
		return;
	in.bad = address - report->memory_start;
	find_start(report, &in);
	if (is_netlink(report))
		kmc_netlink_inside(&in, buf, sure);
	else if (is_skb(report))
		kmc_packet_inside(&in, buf, sure);
}

struct kmc_error *kmc_inside_say(struct kmc_report *report)
{
	struct kmc_buf buf = { };

	kmc_inside_at(report, report->address, &buf, &report->inside_sure);
	if (!buf.len && !buf.failed)
		return NULL;
	return kmc_buf_take(&buf, &report->inside);
}
