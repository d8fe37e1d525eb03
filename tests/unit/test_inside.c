// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the bytes of a message or packet say of uninitialised ones among them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/inside.h"
#include "helper.h"
#include "report/model.h"

#define START	0xffff888000001000ULL
#define ROOM	128

/* A report of @len bytes from START on, allocated below a function of that name. */
static struct kmc_report *report_of(const uint8_t *bytes, size_t len, const char *function)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame;

	assert_non_null(report);
	frame = kmc_stack_push(&report->alloc.stack, KMC_ROLE_RETURN);
	assert_non_null(frame);
	frame->symbol = strdup(function);
	report->memory = malloc(len);
	memcpy(report->memory, bytes, len);
	report->shadow = malloc(len + 1);
	memset(report->shadow, 'i', len);
	report->shadow[len] = '\0';
	report->memory_len = report->shadow_len = len;
	report->memory_start = START;
	report->object = (struct kmc_object) { .known = true, .start = START, .size = 512 };
	report->state = KMC_UNINITIALIZED;
	report->kind = KMC_INFOLEAK;
	return report;
}

/* @count bytes from @bad on were not written; NULL: nothing can be said of them. */
static void assert_says(struct kmc_report *report, size_t bad, size_t count, const char *text,
			enum kmc_confidence sure)
{
	enum kmc_confidence found = KMC_CERTAIN;
	struct kmc_buf buf = { };

	memset(report->shadow + bad, 'u', count);
	memset(report->memory + bad, 0xaa, count);
	report->caret = bad;
	report->address = START + bad;
	kmc_inside_at(report, report->address, &buf, &found);
	if (!text && buf.len)
		fail_msg("%s", buf.data);
	if (text) {
		assert_non_null(buf.data);
		assert_string_equal(buf.data, text);
		assert_int_equal(found, sure);
	}
	kmc_buf_release(&buf);
	kmc_report_free(report);
}

/* ---- netlink ---- */

static size_t put16(uint8_t *to, unsigned int value)
{
	to[0] = value;
	to[1] = value >> 8;
	return 2;
}

static size_t put_attribute(uint8_t *to, unsigned int type, unsigned int payload)
{
	put16(to, 4 + payload);
	put16(to + 2, type);
	memset(to + 4, 7, payload);
	return 4 + (payload + 3) / 4 * 4;
}

static void put_message(uint8_t *to, unsigned int length, unsigned int type)
{
	memset(to, 0, 16);
	put16(to, length);
	put16(to + 4, type);
}

/* RTM_NEWLINK: ifinfomsg, a name of 5 bytes, 8 bytes, and 6 in a nest. */
static size_t make_link(uint8_t *to)
{
	size_t at = 32, nest;

	memset(to, 0, ROOM);
	put16(to + 20, 2);
	at += put_attribute(to + at, 3, 5);
	at += put_attribute(to + at, 25, 8);
	nest = at;
	at += 4;
	at += put_attribute(to + at, 1, 4);
	at += put_attribute(to + at, 2, 6);
	put16(to + nest, at - nest);
	put16(to + nest + 2, 0x8000 | 18);
	put_message(to, at, 16);
	return at;
}

static struct kmc_report *link_report(void)
{
	uint8_t bytes[ROOM];
	const size_t len = make_link(bytes);

	return report_of(bytes, len, "netlink_dump");
}

static void a_pad_is_behind_its_attribute(void **state)
{
	(void)state;
	assert_says(link_report(), 41, 3,
		    "netlink message type 16, attribute 3 at +32, pad behind its 9 bytes",
		    KMC_LIKELY);
}

static void a_byte_is_in_its_attribute(void **state)
{
	(void)state;
	assert_says(link_report(), 52, 4,
		    "netlink message type 16, attribute 25 at +44, byte 4 of its 8", KMC_LIKELY);
}

static void an_attribute_is_in_another_one(void **state)
{
	(void)state;
	assert_says(link_report(), 74, 2,
		    "netlink message type 16, attribute 18 > attribute 2 at +68, byte 2 of its 6",
		    KMC_LIKELY);
	assert_says(link_report(), 78, 2,
		    "netlink message type 16, attribute 18 > attribute 2 at +68, pad behind its 10 bytes",
		    KMC_LIKELY);
}

static void what_is_before_the_attributes_is_no_attribute(void **state)
{
	(void)state;
	assert_says(link_report(), 17, 1, "netlink message type 16, byte 1 of the 64 behind its header",
		    KMC_LIKELY);
	assert_says(link_report(), 12, 4, "netlink message type 16, nlmsg_pid of its header",
		    KMC_LIKELY);
}

static void the_second_message_is_found_by_the_first(void **state)
{
	uint8_t bytes[ROOM];
	size_t at = 20;

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	put_message(bytes, 18, 2);
	put_message(bytes + at, 32, 20);
	put_attribute(bytes + at + 16, 9, 12);
	assert_says(report_of(bytes, 52, "rtnl_notify"), 44, 2,
		    "netlink message type 20, attribute 9 at +16, byte 4 of its 12", KMC_LIKELY);
	assert_says(report_of(bytes, 52, "rtnl_notify"), 18, 2,
		    "netlink message type 2, pad behind its 18 bytes", KMC_LIKELY);
}

static void a_message_that_goes_on_out_of_view_is_a_guess(void **state)
{
	uint8_t bytes[ROOM];

	(void)state;
	make_link(bytes);
	assert_says(report_of(bytes, 56, "nlmsg_notify"), 52, 4,
		    "netlink message type 16, attribute 25 at +44, byte 4 of its 8", KMC_GUESS);
}

static void without_its_beginning_two_attributes_are_a_guess(void **state)
{
	struct kmc_report *report = link_report();

	(void)state;
	report->object.start -= 4096;
	report->access_start = report->object.start;
	report->access_length = 8192;
	assert_says(report, 52, 4, "netlink attribute 25 at +0, byte 4 of its 8", KMC_GUESS);
}

static void lengths_that_were_not_written_are_not_believed(void **state)
{
	struct kmc_report *report = link_report();

	(void)state;
	memset(report->shadow, 'u', 8);
	memset(report->shadow + 32, 'u', 32);
	assert_says(report, 52, 4, NULL, KMC_GUESS);
}

static void other_memory_is_no_message(void **state)
{
	uint8_t bytes[ROOM];
	const size_t len = make_link(bytes);

	(void)state;
	assert_says(report_of(bytes, len, "foo_open"), 41, 3, NULL, KMC_GUESS);
}

static void hostile_lengths_do_no_harm(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const size_t len = 1 + next_random(&seed) % ROOM;
		enum kmc_confidence sure;
		struct kmc_report *report;
		struct kmc_buf buf = { };
		uint8_t bytes[ROOM];

		if (round % 2)
			make_link(bytes);
		for (size_t i = 0; i < ROOM; i++)
			if (round % 2 == 0 || next_random(&seed) % 16 == 0)
				bytes[i] = next_random(&seed) >> (round % 24);
		report = report_of(bytes, len, round % 3 ? "netlink_dump" : "alloc_skb");
		for (size_t i = 0; i < len; i++)
			if (next_random(&seed) % 16 == 0)
				report->shadow[i] = "uaf?"[next_random(&seed) % 4];
		report->caret = 0;
		kmc_inside_at(report, START + next_random(&seed) % (len + 1), &buf, &sure);
		kmc_buf_release(&buf);
		kmc_report_free(report);
	}
}

/* ---- packets ---- */

static const uint8_t ethernet[] = {
	0x52, 0x54, 0, 1, 2, 3, 0x52, 0x54, 0, 1, 2, 4, 0x08, 0x00,
};

/* Its checksum is right. */
static const uint8_t ipv4[] = {
	0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0xb8, 0x61,
	0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7,
};

/* 10 bytes of headroom, ethernet with @tags, IPv4, and so much behind it. */
static struct kmc_report *packet(unsigned int tags, unsigned int protocol)
{
	uint8_t bytes[ROOM] = { };
	size_t at = 10;

	memcpy(bytes + at, ethernet, sizeof(ethernet));
	at += 12;
	for (unsigned int i = 0; i < tags; i++, at += 4)
		memcpy(bytes + at, "\x81\x00\x00\x05", 4);
	memcpy(bytes + at, "\x08\x00", 2);
	at += 2;
	memcpy(bytes + at, ipv4, sizeof(ipv4));
	bytes[at + 9] = protocol;
	bytes[at + 11] -= protocol - 0x11;
	bytes[at + 20 + 12] = 0x70;
	return report_of(bytes, at + 20 + 40, "__alloc_skb");
}

static void headers_name_each_other(void **state)
{
	(void)state;
	assert_says(packet(0, 17), 16, 6, "ethernet header, h_source (+6)", KMC_LIKELY);
	assert_says(packet(1, 17), 24, 2, "VLAN header, h_vlan_TCI (+0)", KMC_LIKELY);
	assert_says(packet(2, 17), 28, 2, "VLAN header, h_vlan_TCI (+0)", KMC_LIKELY);
	assert_says(packet(0, 17), 44, 2, "UDP header, source (+0)", KMC_LIKELY);
	assert_says(packet(0, 17), 55, 2, "UDP payload (+3)", KMC_LIKELY);
	assert_says(packet(0, 6), 62, 2, "TCP header, urg_ptr (+18)", KMC_LIKELY);
	assert_says(packet(0, 6), 66, 1, "TCP header, options (+22)", KMC_LIKELY);
	assert_says(packet(0, 6), 74, 1, "TCP payload (+2)", KMC_LIKELY);
	assert_says(packet(1, 47), 60, 4, "IPv4 payload (+12)", KMC_LIKELY);
}

static void without_a_checksum_it_is_a_guess(void **state)
{
	(void)state;
	assert_says(packet(0, 17), 28, 2, "IPv4 header, id (+4)", KMC_GUESS);
	assert_says(packet(0, 17), 34, 2, "IPv4 header, check (+10)", KMC_GUESS);
}

static void a_type_that_no_header_follows_is_none(void **state)
{
	struct kmc_report *report = packet(0, 17);

	(void)state;
	report->memory[24] = 0x75;
	assert_says(report, 50, 2, NULL, KMC_GUESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pad_is_behind_its_attribute),
		cmocka_unit_test(a_byte_is_in_its_attribute),
		cmocka_unit_test(an_attribute_is_in_another_one),
		cmocka_unit_test(what_is_before_the_attributes_is_no_attribute),
		cmocka_unit_test(the_second_message_is_found_by_the_first),
		cmocka_unit_test(a_message_that_goes_on_out_of_view_is_a_guess),
		cmocka_unit_test(without_its_beginning_two_attributes_are_a_guess),
		cmocka_unit_test(lengths_that_were_not_written_are_not_believed),
		cmocka_unit_test(other_memory_is_no_message),
		cmocka_unit_test(hostile_lengths_do_no_harm),
		cmocka_unit_test(headers_name_each_other),
		cmocka_unit_test(without_a_checksum_it_is_a_guess),
		cmocka_unit_test(a_type_that_no_header_follows_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
