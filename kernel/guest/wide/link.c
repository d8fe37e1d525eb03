// SPDX-License-Identifier: GPL-2.0-only
/* Bridges, VLANs, bonds, teams and other devices upon devices. */
#define _GNU_SOURCE
#include <linux/genetlink.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_team.h>
#include <linux/neighbour.h>
#include <string.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

static void new_vlan(const char *name, const char *lower, unsigned short id)
{
	struct request r;

	net_link(&r, name, "vlan", net_index(lower));
	net_u16(&r, IFLA_VLAN_ID, id);
	nl_add(&r, IFLA_VLAN_FLAGS, &(struct ifla_vlan_flags){ 1, 1 },
	       sizeof(struct ifla_vlan_flags));
	net_link_end(&r);
}

static void bridge_vlan(const char *port, unsigned short id, int to_itself)
{
	struct ifinfomsg info = { .ifi_family = AF_BRIDGE, .ifi_index = net_index(port) };
	struct bridge_vlan_info vlan = { 0, id };
	struct rtattr *spec;
	struct request r;

	nl_begin(&r, RTM_SETLINK, 0, &info, sizeof(info));
	spec = net_nest(&r, IFLA_AF_SPEC);
	if (to_itself)
		net_u16(&r, IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF);
	nl_add(&r, IFLA_BRIDGE_VLAN_INFO, &vlan, sizeof(vlan));
	nl_end(&r, spec);
	net_do(&r);
}

static void forwarding_entries(const char *port)
{
	struct ndmsg neighbour = { .ndm_family = AF_BRIDGE, .ndm_ifindex = net_index(port),
				   .ndm_state = NUD_NOARP, .ndm_flags = NTF_MASTER };
	struct br_port_msg message = { AF_BRIDGE, net_index("bridge") };
	struct br_mdb_entry entry = { .ifindex = net_index(port), .state = MDB_PERMANENT };
	struct request r;

	nl_begin(&r, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, &neighbour, sizeof(neighbour));
	nl_add(&r, NDA_LLADDR, "\x02\x03\x04\x05\x06\x07", ETH_ALEN);
	net_u16(&r, NDA_VLAN, 1);
	net_do(&r);
	entry.addr.proto = htons(ETH_P_IP);
	entry.addr.u.ip4 = htonl(0xefff0001);
	nl_begin(&r, RTM_NEWMDB, NLM_F_CREATE | NLM_F_EXCL, &message, sizeof(message));
	nl_add(&r, MDBA_SET_ENTRY, &entry, sizeof(entry));
	if (!net_try(&r, EOPNOTSUPP, "CONFIG_BRIDGE_IGMP_SNOOPING"))
		return;
	need(net_dump(RTM_GETMDB, &message, sizeof(message)));
	/* To delete, NLM_F_EXCL is NLM_F_BULK. */
	r.header.nlmsg_type = RTM_DELMDB;
	r.header.nlmsg_flags &= ~(NLM_F_CREATE | NLM_F_EXCL);
	net_do(&r);
}

static void look_at_bridges(void)
{
	struct ifinfomsg info = { .ifi_family = AF_BRIDGE };
	struct br_vlan_msg vlan = { .family = AF_BRIDGE };
	struct request r;

	for (unsigned int filter = 1; filter <= RTEXT_FILTER_MST; filter <<= 1) {
		nl_begin(&r, RTM_GETLINK, NLM_F_DUMP, &info, sizeof(info));
		net_u32(&r, IFLA_EXT_MASK, filter);
		need(net_dump_request(&r));
	}
	for (unsigned int flag = 0; flag < 8; flag++) {
		nl_begin(&r, RTM_GETVLAN, NLM_F_DUMP, &vlan, sizeof(vlan));
		net_u32(&r, BRIDGE_VLANDB_DUMP_FLAGS, flag);
		/* With more flags than there are, it is an error. */
		need(net_dump_request(&r) || flag > BRIDGE_VLANDB_DUMPF_GLOBAL);
	}
	need(net_dump(RTM_GETNEIGH, &(struct ndmsg){ .ndm_family = AF_BRIDGE },
		      sizeof(struct ndmsg)));
	net_look();
}

static void run_bridge(unsigned int round)
{
	struct request r;

	net_pair();
	net_link(&r, "bridge", "bridge", 0);
	net_u8(&r, IFLA_BR_VLAN_FILTERING, 1);
	net_u32(&r, IFLA_BR_STP_STATE, round & 1);
	net_u8(&r, IFLA_BR_MCAST_SNOOPING, 1);
	net_u8(&r, IFLA_BR_VLAN_STATS_ENABLED, 1);
	net_u32(&r, IFLA_BR_FORWARD_DELAY, 200);
	net_link_end(&r);
	net_link_plain("dummy", "dummy");
	net_master("cable", "bridge");
	net_master("dummy", "bridge");
	net_up("dummy");
	net_up("bridge");
	net_address("bridge", "10.1.0.1", 24);
	bridge_vlan("cable", 10, 0);
	bridge_vlan("bridge", 10, 1);
	new_vlan("vlan10", "bridge", 10);
	net_up("vlan10");
	net_address("vlan10", "10.2.0.1", 24);
	forwarding_entries("dummy");
	net_enter(1);
	net_address("cable", "10.1.0.2", 24);
	new_vlan("vlan10", "cable", 10);
	net_up("vlan10");
	net_address("vlan10", "10.2.0.2", 24);
	net_exchange("10.1.0.2");
	net_exchange("10.2.0.2");
	look_at_bridges();
	net_master("dummy", NULL);
	net_remove("bridge");
}

static void run_vlan(unsigned int round)
{
	struct request r;

	(void)round;
	net_pair();
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		new_vlan("outer", "cable", 100);
		net_up("outer");
		new_vlan("inner", "outer", 200);
		net_up("inner");
		net_address("inner", side ? "10.3.0.2" : "10.3.0.1", 24);
		net_address("inner", side ? "fd03::2" : "fd03::1", 64);
		net_link(&r, "macvlan", "macvlan", net_index("cable"));
		net_u32(&r, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
		net_link_end(&r);
		net_up("macvlan");
		net_address("macvlan", side ? "10.4.0.2" : "10.4.0.1", 24);
		net_link(&r, "ipvlan", "ipvlan", net_index("outer"));
		net_u16(&r, IFLA_IPVLAN_MODE, IPVLAN_MODE_L2);
		net_link_end(&r);
		net_up("ipvlan");
		net_address("ipvlan", side ? "10.5.0.2" : "10.5.0.1", 24);
	}
	net_exchange("10.3.0.2");
	net_exchange("fd03::2");
	net_exchange("10.4.0.2");
	net_exchange("10.5.0.2");
	net_look();
}

static void run_vrf(unsigned int round)
{
	struct request r;

	(void)round;
	net_pair();
	net_cable("other");
	net_link(&r, "vrf", "vrf", 0);
	net_u32(&r, IFLA_VRF_TABLE, 10);
	net_link_end(&r);
	net_up("vrf");
	net_link_plain("dummy", "dummy");
	net_master("dummy", "vrf");
	net_up("dummy");
	net_address("dummy", "10.6.0.1", 24);
	net_address("dummy", "fd06::1", 64);
	net_enter(1);
	net_address("other", "10.61.0.2", 24);
	net_address("other", "fd61::2", 64);
	net_enter(0);
	net_master("other", "vrf");
	net_address("other", "10.61.0.1", 24);
	net_address("other", "fd61::1", 64);
	net_look();
	net_exchange("10.0.0.2");
	net_use_device("vrf");
	net_exchange("10.61.0.2");
	net_exchange("fd61::2");
	net_master("other", NULL);
	net_remove("dummy");
}

static void run_bond(unsigned int round)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct rtattr *outer, *data, *targets;
	struct request r;

	net_pair();
	net_link(&r, "bond", "bond", 0);
	net_u8(&r, IFLA_BOND_MODE, round % 7);
	net_u32(&r, IFLA_BOND_MIIMON, 50);
	net_link_end(&r);
	net_link_plain("dummy", "dummy");
	net_down("cable");
	net_master("cable", "bond");
	net_master("dummy", "bond");
	net_up("bond");
	net_address("bond", "10.7.0.1", 24);
	net_enter(1);
	net_address("cable", "10.7.0.2", 24);
	net_enter(0);
	info.ifi_index = net_index("bond");
	if (round % 7 == 1) {
		nl_begin(&r, RTM_NEWLINK, 0, &info, sizeof(info));
		outer = net_nest(&r, IFLA_LINKINFO);
		net_text(&r, IFLA_INFO_KIND, "bond");
		data = net_nest(&r, IFLA_INFO_DATA);
		net_u32(&r, IFLA_BOND_ACTIVE_SLAVE, net_index("cable"));
		targets = net_nest(&r, IFLA_BOND_ARP_IP_TARGET);
		net_add_address(&r, 0, "10.7.0.2");
		nl_end(&r, targets);
		nl_end(&r, data);
		nl_end(&r, outer);
		net_do(&r);
	}
	net_look();
	/* The others share it out to the dummy, or wait for a partner. */
	if (round % 7 == 1 || round % 7 == 3)
		net_exchange("10.7.0.2");
	else
		usleep(200000);
	net_look();
	net_master("dummy", NULL);
	net_remove("bond");
}

static void team_option(struct request *r, const char *name, int type, const void *data,
			size_t size)
{
	struct rtattr *option = net_nest(r, TEAM_ATTR_ITEM_OPTION);

	net_text(r, TEAM_ATTR_OPTION_NAME, name);
	net_u8(r, TEAM_ATTR_OPTION_TYPE, type);
	nl_add(r, TEAM_ATTR_OPTION_DATA, data, size);
	nl_end(r, option);
}

static void run_team(unsigned int round)
{
	static const char * const modes[] = {
		"activebackup", "roundrobin", "broadcast", "loadbalance"
	};
	const char *mode = modes[round % ARRAY_SIZE(modes)];
	int fd, ear, family;
	struct rtattr *list;
	char event[4096];
	struct request r;

	net_pair();
	fd = nl_open(NETLINK_GENERIC);
	net_link_plain("team", "team");
	family = net_family(fd, TEAM_GENL_NAME);
	/* That nobody hears of a change is an error. */
	ear = nl_open(NETLINK_GENERIC);
	net_join(ear, TEAM_GENL_NAME, TEAM_GENL_CHANGE_EVENT_MC_GRP_NAME);
	net_genl(&r, family, TEAM_CMD_OPTIONS_SET, 1, NLM_F_ACK);
	net_u32(&r, TEAM_ATTR_TEAM_IFINDEX, net_index("team"));
	list = net_nest(&r, TEAM_ATTR_LIST_OPTION);
	/* NLA_STRING, which the header of user space does not have. */
	team_option(&r, "mode", 5, mode, strlen(mode) + 1);
	nl_end(&r, list);
	errno = nl_talk(fd, &r);
	need(!errno);
	net_link_plain("dummy", "dummy");
	net_down("cable");
	net_master("cable", "team");
	net_master("dummy", "team");
	net_up("team");
	net_address("team", "10.8.0.1", 24);
	for (int command = TEAM_CMD_OPTIONS_GET; command <= TEAM_CMD_PORT_LIST_GET; command++) {
		/* The answer has an end of its own. */
		net_genl(&r, family, command, 1, 0);
		net_u32(&r, TEAM_ATTR_TEAM_IFINDEX, net_index("team"));
		errno = nl_talk(fd, &r);
		need(!errno);
	}
	if (round % ARRAY_SIZE(modes) == 2) {
		net_enter(1);
		net_address("cable", "10.8.0.2", 24);
		net_exchange("10.8.0.2");
	}
	net_look();
	net_master("dummy", NULL);
	net_remove("team");
	need(recv(ear, event, sizeof(event), 0) > 0 && !close(ear) && !close(fd));
}

/* Two cables, and a ring over them. */
static void run_hsr(unsigned int round)
{
	/* There is one folder in debugfs for those of all namespaces. */
	static const char * const rings[SIDES] = { "ring0", "ring1" };
	struct request r;

	net_pair();
	net_cable("first");
	net_cable("second");
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		net_link(&r, rings[side], "hsr", 0);
		net_u32(&r, IFLA_HSR_SLAVE1, net_index("first"));
		net_u32(&r, IFLA_HSR_SLAVE2, net_index("second"));
		if (round & 1)
			net_u8(&r, IFLA_HSR_PROTOCOL, 1);
		else
			net_u8(&r, IFLA_HSR_VERSION, round >> 1 & 1);
		net_link_end(&r);
		net_up(rings[side]);
		net_address(rings[side], side ? "10.9.0.2" : "10.9.0.1", 24);
	}
	net_exchange("10.9.0.2");
	/* So that they tell each other that they are there. */
	usleep(500000);
	net_look();
	net_remove(rings[0]);
}

const struct part link_parts[] = {
	{ "bridge", run_bridge },
	{ "vlan", run_vlan },
	{ "vrf", run_vrf },
	{ "bond", run_bond },
	{ "team", run_team },
	{ "hsr", run_hsr },
	{ }
};
