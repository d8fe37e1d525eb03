// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which attribute of which netlink message a byte belongs to. A message begins with its
 * length and type, then comes a header of its family, whose size nothing says, then
 * attributes, each with its length and type, which may hold attributes in turn. What is
 * aligned to 4 bytes has padding behind it.
 */
#include "explain/inside_bytes.h"

#define ALIGN_UP(n)	(((n) + 3) / 4 * 4)
#define HEADER		16
#define ATTRIBUTE	4
#define TYPE_MASK	0x3fff
#define NESTED		0x8000
/* No kernel's message is longer, and no family has more attributes in a set. */
#define MESSAGE_MAX	(1U << 20)
#define TYPE_MAX	1024
#define DEPTH_MAX	8
/* The largest header of a family that is tried: struct inet_diag_msg has 72. */
#define FAMILY_MAX	72
/* Messages of one buffer, and attributes side by side. */
#define WALK_MAX	4096

/**
 * struct chain - attributes from somewhere up to the one around the byte
 * @at: where that one is
 * @count: attributes that were read
 * @whole: they end where they have to
 */
struct chain {
	size_t at;
	unsigned int count;
	bool whole;
};

static size_t length_of(const struct kmc_inside *in, size_t at)
{
	return kmc_inside_u16(in, at);
}

static unsigned int type_of(const struct kmc_inside *in, size_t at)
{
	return kmc_inside_u16(in, at + 2) & TYPE_MASK;
}

/* One that can be: within @end, and of a type that there may be. */
static bool is_attribute(const struct kmc_inside *in, size_t at, size_t end)
{
	return kmc_inside_known(in, at, ATTRIBUTE) && length_of(in, at) >= ATTRIBUTE &&
	       at < end && length_of(in, at) <= end - at && type_of(in, at) <= TYPE_MAX;
}

/* Attributes that fill all from @at to @end, as far as they are in view. */
static bool walk(const struct kmc_inside *in, size_t at, size_t end, struct chain *out)
{
	bool found = false;

	*out = (struct chain) { };
	for (int i = 0; i < WALK_MAX && at < end; i++) {
		/* What is not in view says nothing, neither for nor against. */
		if (found && at >= in->len)
			return true;
		if (!is_attribute(in, at, end))
			return false;
		if (in->bad >= at && in->bad < at + ALIGN_UP(length_of(in, at))) {
			out->at = at;
			found = true;
		}
		/* Type 0 is rare: zeros look like it. */
		out->count += type_of(in, at) != 0;
		at += ALIGN_UP(length_of(in, at));
	}
	out->whole = found;
	return found;
}

/* ---- words ---- */

static void put_attribute(const struct kmc_inside *in, size_t at, size_t first,
			  struct kmc_buf *buf)
{
	const size_t length = length_of(in, at), byte = in->bad - at;

	kmc_buf_printf(buf, "attribute %u at +%zu", type_of(in, at), at - first);
	if (byte >= length)
		kmc_buf_printf(buf, ", pad behind its %zu bytes", length);
	else if (byte < ATTRIBUTE)
		kmc_buf_puts(buf, ", its header");
	else
		kmc_buf_printf(buf, ", byte %zu of its %zu", byte - ATTRIBUTE,
			       length - ATTRIBUTE);
}

/* The attribute around the byte, and those in it. */
static void put_nest(const struct kmc_inside *in, struct chain chain, size_t first,
		     struct kmc_buf *buf, enum kmc_confidence *sure)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const size_t at = chain.at, end = at + length_of(in, at);
		struct chain inner;

		if (in->bad < at + ATTRIBUTE || in->bad >= end ||
		    !walk(in, at + ATTRIBUTE, end, &inner))
			break;
		/* Without the flag, it may be data that looks like it. */
		if (!(kmc_inside_u16(in, at + 2) & NESTED)) {
			if (!inner.whole || type_of(in, inner.at) == 0)
				break;
			*sure = KMC_GUESS;
		}
		kmc_buf_printf(buf, "attribute %u > ", type_of(in, at));
		chain = inner;
	}
	put_attribute(in, chain.at, first, buf);
}

/* ---- messages ---- */

static bool is_message(const struct kmc_inside *in, size_t at)
{
	return kmc_inside_known(in, at, 8) && kmc_inside_u32(in, at) >= HEADER &&
	       kmc_inside_u32(in, at) <= MESSAGE_MAX && kmc_inside_u16(in, at + 4);
}

/* The size of the family's header is the one behind which attributes fill the message. */
static bool find_attributes(const struct kmc_inside *in, size_t at, struct chain *out)
{
	const size_t end = at + kmc_inside_u32(in, at);
	struct chain chain;
	bool found = false;

	for (size_t header = 0; header <= FAMILY_MAX; header += 4) {
		if (at + HEADER + header > in->bad)
			break;
		if (!walk(in, at + HEADER + header, end, &chain))
			continue;
		if (!found || (chain.whole && !out->whole) ||
		    (chain.whole == out->whole && chain.count > out->count + 1))
			*out = chain;
		found = true;
	}
	return found;
}

static void put_header(size_t byte, struct kmc_buf *buf)
{
	static const struct {
		const char *name;
		size_t end;
	} members[] = {
		{ "nlmsg_len", 4 }, { "nlmsg_type", 6 }, { "nlmsg_flags", 8 },
		{ "nlmsg_seq", 12 }, { "nlmsg_pid", HEADER },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(members); i++) {
		if (byte >= members[i].end)
			continue;
		kmc_buf_printf(buf, "%s of its header", members[i].name);
		break;
	}
}

/* Of the message at @at, around the byte. */
static void put_message(const struct kmc_inside *in, size_t at, struct kmc_buf *buf,
			enum kmc_confidence *sure)
{
	const size_t length = kmc_inside_u32(in, at), byte = in->bad - at;
	struct chain chain;

	kmc_buf_printf(buf, "netlink message type %u, ", kmc_inside_u16(in, at + 4));
	if (byte >= length) {
		kmc_buf_printf(buf, "pad behind its %zu bytes", length);
	} else if (byte < HEADER) {
		put_header(byte, buf);
	} else if (find_attributes(in, at, &chain)) {
		if (!chain.whole)
			*sure = KMC_GUESS;
		put_nest(in, chain, at, buf, sure);
	} else {
		kmc_buf_printf(buf, "byte %zu of the %zu behind its header", byte - HEADER,
			       length - HEADER);
	}
}

/* One message behind the other, from where the buffer begins. */
static bool walk_messages(const struct kmc_inside *in, struct kmc_buf *buf,
			  enum kmc_confidence *sure)
{
	size_t at = in->start;

	for (int i = 0; i < WALK_MAX && is_message(in, at); i++) {
		const size_t next = at + ALIGN_UP((size_t)kmc_inside_u32(in, at));

		if (in->bad < next) {
			put_message(in, at, buf, sure);
			return true;
		}
		at = next;
	}
	return false;
}

/*
 * The beginning is not in view: an attribute around the byte that is followed by another
 * one is what there is to go by.
 */
static bool find_lone(const struct kmc_inside *in, struct kmc_buf *buf)
{
	enum kmc_confidence sure;

	for (size_t at = in->bad / 4 * 4;; at -= 4) {
		const size_t next = kmc_inside_known(in, at, ATTRIBUTE) ?
				    at + ALIGN_UP(length_of(in, at)) : 0;

		if (next > in->bad && type_of(in, at) && is_attribute(in, at, SIZE_MAX) &&
		    is_attribute(in, next, SIZE_MAX) && type_of(in, next)) {
			kmc_buf_puts(buf, "netlink ");
			put_nest(in, (struct chain) { .at = at }, at, buf, &sure);
			return true;
		}
		if (!at)
			return false;
	}
}

bool kmc_netlink_inside(const struct kmc_inside *in, struct kmc_buf *buf,
			enum kmc_confidence *sure)
{
	*sure = KMC_LIKELY;
	if (in->has_start && walk_messages(in, buf, sure))
		return true;
	*sure = KMC_GUESS;
	return find_lone(in, buf);
}
