// SPDX-License-Identifier: GPL-2.0-only
/* Queueing disciplines, their classes, filters and actions. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_csum.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_pedit.h>
#include <linux/tc_act/tc_skbedit.h>
#include <linux/tc_act/tc_vlan.h>
#include <string.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

static struct rtattr *options;

/* Of the device "cable"; kind NULL: none. */
static void begin(struct request *r, int type, unsigned int parent, unsigned int handle,
		  const char *kind)
{
	struct tcmsg t = { .tcm_family = AF_UNSPEC, .tcm_ifindex = net_index("cable"),
			   .tcm_parent = parent, .tcm_handle = handle };

	nl_begin(r, type, NLM_F_CREATE, &t, sizeof(t));
	if (kind)
		net_text(r, TCA_KIND, kind);
	options = net_nest(r, TCA_OPTIONS);
}

static void end(struct request *r)
{
	nl_end(r, options);
	net_do(r);
}

static void remove_root(unsigned int parent)
{
	struct request r;

	begin(&r, RTM_DELQDISC, parent, 0, NULL);
	r.header.nlmsg_flags &= ~NLM_F_CREATE;
	net_do(&r);
}

static void rate_of(struct tc_ratespec *rate, unsigned int bytes)
{
	rate->rate = bytes;
	rate->linklayer = TC_LINKLAYER_ETHERNET;
	rate->cell_log = 3;
}

static void look(void)
{
	struct tcmsg t = { .tcm_ifindex = net_index("cable"), .tcm_parent = TC_H_MAKE(1 << 16, 0) };

	net_dump(RTM_GETQDISC, &(struct tcmsg){ }, sizeof(t));
	net_dump(RTM_GETTCLASS, &t, sizeof(t));
	net_dump(RTM_GETTFILTER, &t, sizeof(t));
	net_dump(RTM_GETCHAIN, &t, sizeof(t));
	t.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	net_dump(RTM_GETTFILTER, &t, sizeof(t));
	t.tcm_parent = 0;
	net_dump(RTM_GETTCLASS, &t, sizeof(t));
}

/* The options are a struct, or there are none. */
static void plain(unsigned int parent, unsigned int handle, const char *kind, const void *opt,
		  size_t size)
{
	struct tcmsg t = { .tcm_ifindex = net_index("cable"), .tcm_parent = parent,
			   .tcm_handle = handle };
	struct request r;

	nl_begin(&r, RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	net_text(&r, TCA_KIND, kind);
	if (size)
		nl_add(&r, TCA_OPTIONS, opt, size);
	net_do(&r);
}

static void root(const char *kind, const void *opt, size_t size)
{
	plain(TC_H_ROOT, 1 << 16, kind, opt, size);
}

static void htb(void)
{
	struct tc_htb_glob glob = { .version = 3, .rate2quantum = 10, .defcls = 2 };
	struct tc_htb_opt opt = { .buffer = 10000, .cbuffer = 10000, .quantum = 2000 };
	unsigned int table[256] = { };
	struct request r;

	begin(&r, RTM_NEWQDISC, TC_H_ROOT, 1 << 16, "htb");
	nl_add(&r, TCA_HTB_INIT, &glob, sizeof(glob));
	end(&r);
	rate_of(&opt.rate, 10000000);
	rate_of(&opt.ceil, 10000000);
	for (unsigned int i = 1; i <= 3; i++) {
		begin(&r, RTM_NEWTCLASS, i == 1 ? TC_H_ROOT : 1 << 16 | 1, 1 << 16 | i, "htb");
		nl_add(&r, TCA_HTB_PARMS, &opt, sizeof(opt));
		nl_add(&r, TCA_HTB_RTAB, table, sizeof(table));
		nl_add(&r, TCA_HTB_CTAB, table, sizeof(table));
		end(&r);
	}
	begin(&r, RTM_NEWQDISC, 1 << 16 | 2, 2 << 16, "fq_codel");
	net_u32(&r, TCA_FQ_CODEL_LIMIT, 1000);
	end(&r);
	plain(1 << 16 | 3, 3 << 16, "sfq", NULL, 0);
}

static void hfsc(void)
{
	struct tc_service_curve curve = { 0, 0, 10000000 };
	struct tc_hfsc_qopt opt = { .defcls = 1 };
	struct request r;

	root("hfsc", &opt, sizeof(opt));
	begin(&r, RTM_NEWTCLASS, 1 << 16, 1 << 16 | 1, "hfsc");
	nl_add(&r, TCA_HFSC_RSC, &curve, sizeof(curve));
	nl_add(&r, TCA_HFSC_FSC, &curve, sizeof(curve));
	end(&r);
}

static void tbf(void)
{
	struct tc_tbf_qopt opt = { .limit = 100000, .buffer = 100000 };
	unsigned int table[256] = { };
	struct request r;

	rate_of(&opt.rate, 10000000);
	begin(&r, RTM_NEWQDISC, TC_H_ROOT, 1 << 16, "tbf");
	nl_add(&r, TCA_TBF_PARMS, &opt, sizeof(opt));
	nl_add(&r, TCA_TBF_RTAB, table, sizeof(table));
	net_u32(&r, TCA_TBF_BURST, 50000);
	end(&r);
}

static void discipline(unsigned int which)
{
	struct tc_netem_qopt netem = { .latency = 1000, .limit = 1000, .duplicate = 1 << 28 };
	struct tc_prio_qopt prio = { 3, { 1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 } };

	switch (which) {
	case 0:
		htb();
		break;
	case 1:
		hfsc();
		break;
	case 2:
		tbf();
		break;
	case 3:
		root("netem", &netem, sizeof(netem));
		break;
	case 4:
		root("prio", &prio, sizeof(prio));
		break;
	case 5:
		root("sfq", NULL, 0);
		break;
	case 6:
		root("fq", NULL, 0);
		break;
	default:
		root("fq_codel", NULL, 0);
	}
}

static void run_qdisc(unsigned int round)
{
	net_pair();
	for (unsigned int i = 0; i < 3; i++) {
		discipline((round * 3 + i) % 8);
		net_exchange("10.0.0.2");
		look();
		remove_root(TC_H_ROOT);
	}
}

#define CLSACT_IN	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define CLSACT_OUT	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)

static void filter(struct request *r, unsigned int parent, unsigned int priority, const char *kind)
{
	begin(r, RTM_NEWTFILTER, parent, 0, kind);
	r->header.nlmsg_flags |= NLM_F_EXCL;
	((struct tcmsg *)r->body)->tcm_info = TC_H_MAKE(priority << 16, htons(ETH_P_ALL));
}

static struct rtattr *list, *action, *action_options;

static void actions(struct request *r, int type)
{
	list = net_nest(r, type);
}

static void begin_action(struct request *r, int number, const char *kind)
{
	action = net_nest(r, number);
	net_text(r, TCA_ACT_KIND, kind);
	action_options = net_nest(r, TCA_ACT_OPTIONS);
}

static void end_action(struct request *r)
{
	nl_end(r, action_options);
	nl_end(r, action);
}

static void gact(struct request *r, int number, int chance)
{
	struct tc_gact parms = { .action = TC_ACT_PIPE };
	struct tc_gact_p probability = { chance, 100, TC_ACT_PIPE };

	begin_action(r, number, "gact");
	nl_add(r, TCA_GACT_PARMS, &parms, sizeof(parms));
	if (chance != PGACT_NONE)
		nl_add(r, TCA_GACT_PROB, &probability, sizeof(probability));
	end_action(r);
}

static void mirred(struct request *r, int number)
{
	struct tc_mirred parms = { .action = TC_ACT_PIPE, .eaction = TCA_EGRESS_MIRROR,
				   .ifindex = net_index("ifb") };

	begin_action(r, number, "mirred");
	nl_add(r, TCA_MIRRED_PARMS, &parms, sizeof(parms));
	end_action(r);
}

static void police(struct request *r, int number)
{
	struct tc_police parms = { .action = TC_ACT_PIPE, .burst = 10000000, .mtu = 2000 };
	unsigned int table[256] = { };

	rate_of(&parms.rate, 10000000);
	begin_action(r, number, "police");
	nl_add(r, TCA_POLICE_TBF, &parms, sizeof(parms));
	nl_add(r, TCA_POLICE_RATE, table, sizeof(table));
	net_u32(r, TCA_POLICE_RESULT, TC_ACT_PIPE);
	end_action(r);
}

static void pedit(struct request *r, int number)
{
	struct {
		struct tc_pedit_sel sel;
		struct tc_pedit_key key;
	} parms = { .sel = { .action = TC_ACT_PIPE, .nkeys = 1 },
		    .key = { .mask = htonl(0xff00ffff), .val = 0, .off = 0 } };

	begin_action(r, number, "pedit");
	nl_add(r, TCA_PEDIT_PARMS, &parms, sizeof(parms));
	end_action(r);
}

static void csum(struct request *r, int number)
{
	struct tc_csum parms = { .action = TC_ACT_PIPE,
				 .update_flags = TCA_CSUM_UPDATE_FLAG_IPV4HDR };

	begin_action(r, number, "csum");
	nl_add(r, TCA_CSUM_PARMS, &parms, sizeof(parms));
	end_action(r);
}

static void skbedit(struct request *r, int number)
{
	struct tc_skbedit parms = { .action = TC_ACT_PIPE };

	begin_action(r, number, "skbedit");
	nl_add(r, TCA_SKBEDIT_PARMS, &parms, sizeof(parms));
	net_u32(r, TCA_SKBEDIT_PRIORITY, 1);
	net_u32(r, TCA_SKBEDIT_MARK, 3);
	end_action(r);
}

/* Put on and taken off again. */
static void vlan(struct request *r, int number)
{
	struct tc_vlan parms = { .action = TC_ACT_PIPE, .v_action = TCA_VLAN_ACT_PUSH };

	begin_action(r, number, "vlan");
	nl_add(r, TCA_VLAN_PARMS, &parms, sizeof(parms));
	net_u16(r, TCA_VLAN_PUSH_VLAN_ID, 5);
	end_action(r);
	parms.v_action = TCA_VLAN_ACT_POP;
	begin_action(r, number + 1, "vlan");
	nl_add(r, TCA_VLAN_PARMS, &parms, sizeof(parms));
	end_action(r);
}

static void u32_filter(unsigned int parent)
{
	struct {
		struct tc_u32_sel sel;
		struct tc_u32_key keys[2];
	} match = {
		.sel = { .flags = TC_U32_TERMINAL, .nkeys = 2 },
		.keys = { { htonl(0xf0000000), htonl(0x40000000), 0, 0 },
			  { htonl(0xff), htonl(0), 8, 0 } },
	};
	struct request r;

	filter(&r, parent, 1, "u32");
	nl_add(&r, TCA_U32_SEL, &match, sizeof(match));
	net_u32(&r, TCA_U32_CLASSID, 1 << 16 | 2);
	actions(&r, TCA_U32_ACT);
	gact(&r, 1, PGACT_NONE);
	mirred(&r, 2);
	nl_end(&r, list);
	end(&r);
}

static void flower_filter(unsigned int parent)
{
	struct request r;

	filter(&r, parent, 2, "flower");
	net_u16(&r, TCA_FLOWER_KEY_ETH_TYPE, htons(ETH_P_IP));
	net_u8(&r, TCA_FLOWER_KEY_IP_PROTO, IPPROTO_UDP);
	net_u32(&r, TCA_FLOWER_KEY_IPV4_DST, htonl(0x0a000000));
	net_u32(&r, TCA_FLOWER_KEY_IPV4_DST_MASK, htonl(0xffffff00));
	net_u16(&r, TCA_FLOWER_KEY_UDP_DST, htons(5000));
	actions(&r, TCA_FLOWER_ACT);
	pedit(&r, 1);
	csum(&r, 2);
	skbedit(&r, 3);
	nl_end(&r, list);
	end(&r);
}

static void other_filters(unsigned int parent)
{
	struct request r;

	filter(&r, parent, 3, "basic");
	net_u32(&r, TCA_BASIC_CLASSID, 1 << 16 | 2);
	actions(&r, TCA_BASIC_ACT);
	police(&r, 1);
	nl_end(&r, list);
	end(&r);
	filter(&r, parent, 4, "matchall");
	actions(&r, TCA_MATCHALL_ACT);
	vlan(&r, 1);
	skbedit(&r, 3);
	nl_end(&r, list);
	end(&r);
	filter(&r, parent, 5, "fw");
	((struct tcmsg *)r.body)->tcm_handle = 3;
	net_u32(&r, TCA_FW_CLASSID, 1 << 16 | 2);
	end(&r);
	filter(&r, parent, 6, "matchall");
	actions(&r, TCA_MATCHALL_ACT);
	gact(&r, 1, PGACT_DETERM);
	gact(&r, 2, PGACT_NETRAND);
	nl_end(&r, list);
	nl_end(&r, options);
	net_try(&r, EOPNOTSUPP, "CONFIG_GACT_PROB");
}

static void look_at_actions(void)
{
	static const char * const kinds[] = {
		"gact", "mirred", "police", "pedit", "csum", "skbedit", "vlan"
	};
	struct tcamsg t = { .tca_family = AF_UNSPEC };
	struct rtattr *outer, *inner;
	struct request r;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		nl_begin(&r, RTM_GETACTION, NLM_F_DUMP, &t, sizeof(t));
		outer = net_nest(&r, TCA_ACT_TAB);
		inner = net_nest(&r, 1);
		net_text(&r, TCA_ACT_KIND, kinds[i]);
		nl_end(&r, inner);
		nl_end(&r, outer);
		errno = nl_talk(net_rtnl(), &r);
		need(!errno);
	}
}

static void run_filters(unsigned int round)
{
	struct request r;

	(void)round;
	net_pair();
	net_link_plain("ifb", "ifb");
	net_up("ifb");
	htb();
	begin(&r, RTM_NEWQDISC, TC_H_CLSACT, TC_H_MAKE(TC_H_CLSACT, 0), "clsact");
	end(&r);
	u32_filter(1 << 16);
	u32_filter(CLSACT_IN);
	flower_filter(CLSACT_OUT);
	flower_filter(CLSACT_IN);
	other_filters(CLSACT_OUT);
	other_filters(CLSACT_IN);
	net_exchange("10.0.0.2");
	net_exchange("fd00::2");
	look();
	look_at_actions();
	remove_root(TC_H_CLSACT);
	remove_root(TC_H_ROOT);
	net_remove("ifb");
}

const struct part tc_parts[] = {
	{ "qdisc", run_qdisc },
	{ "tc-filters", run_filters },
	{ }
};
