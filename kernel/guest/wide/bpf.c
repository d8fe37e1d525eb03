// SPDX-License-Identifier: GPL-2.0-only
/* BPF: maps of all types, programs of several, translated to machine code. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/pkt_cls.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

#define INSN(...)		((struct bpf_insn){ __VA_ARGS__ })
#define MOV_IMM(dst, i)		INSN(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = dst, .imm = i)
#define MOV_REG(dst, src)	INSN(.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = dst, \
				     .src_reg = src)
#define ADD_IMM(dst, i)		INSN(.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = dst, .imm = i)
#define STORE_IMM(size, dst, o, i) \
	INSN(.code = BPF_ST | BPF_MEM | (size), .dst_reg = dst, .off = o, .imm = i)
#define STORE(size, dst, o, src) \
	INSN(.code = BPF_STX | BPF_MEM | (size), .dst_reg = dst, .off = o, .src_reg = src)
#define LOAD(size, dst, src, o) \
	INSN(.code = BPF_LDX | BPF_MEM | (size), .dst_reg = dst, .src_reg = src, .off = o)
#define ATOMIC_ADD(dst, o, src) \
	INSN(.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = dst, .off = o, .src_reg = src, \
	     .imm = BPF_ADD)
/* Followed by MAP_END. */
#define MAP(dst, fd) \
	INSN(.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = dst, .src_reg = BPF_PSEUDO_MAP_FD, \
	     .imm = fd)
#define MAP_END			INSN(0)
#define CALL(function)		INSN(.code = BPF_JMP | BPF_CALL, .imm = function)
#define JUMP_IF_ZERO(reg, o)	INSN(.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = reg, .off = o)
#define EXIT			INSN(.code = BPF_JMP | BPF_EXIT)

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int map(int type, int key_size, int value_size, int entries, int flags)
{
	union bpf_attr attr = { .map_type = type, .key_size = key_size, .value_size = value_size,
				.max_entries = entries, .map_flags = flags };
	int fd = bpf(BPF_MAP_CREATE, &attr);

	need(fd >= 0);
	return fd;
}

static void set(int fd, const void *key, const void *value)
{
	union bpf_attr attr = { .map_fd = fd, .key = (uintptr_t)key, .value = (uintptr_t)value };

	need(!bpf(BPF_MAP_UPDATE_ELEM, &attr));
}

static void about(int fd)
{
	static char info[512];
	union bpf_attr attr = { };

	memset(info, 0, sizeof(info));
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)info;
	need(!bpf(BPF_OBJ_GET_INFO_BY_FD, &attr));
}

static const struct {
	int type, key_size, value_size, flags;
} maps[] = {
	{ BPF_MAP_TYPE_HASH, 12, 40, 0 },
	{ BPF_MAP_TYPE_HASH, 4, 8, BPF_F_NO_PREALLOC },
	{ BPF_MAP_TYPE_ARRAY, 4, 20, 0 },
	{ BPF_MAP_TYPE_ARRAY, 4, 8, BPF_F_MMAPABLE },
	{ BPF_MAP_TYPE_PERCPU_HASH, 4, 20, 0 },
	{ BPF_MAP_TYPE_PERCPU_HASH, 4, 20, BPF_F_NO_PREALLOC },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, 4, 20, 0 },
	{ BPF_MAP_TYPE_LRU_HASH, 4, 20, 0 },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 20, 0 },
	{ BPF_MAP_TYPE_LPM_TRIE, 8, 20, BPF_F_NO_PREALLOC },
	{ BPF_MAP_TYPE_QUEUE, 0, 20, 0 },
	{ BPF_MAP_TYPE_STACK, 0, 20, 0 },
	{ BPF_MAP_TYPE_BLOOM_FILTER, 0, 20, 0 },
};

static void use_map(size_t which)
{
	int fd = map(maps[which].type, maps[which].key_size, maps[which].value_size, 16,
		     maps[which].flags);
	/* A value for each processor, at most. */
	char key[16] = "", next[16], value[8 * 128] = "value", values[16 * 40];
	bool has_keys = maps[which].key_size;
	union bpf_attr attr;

	for (int i = 0; i < 10; i++) {
		if (maps[which].type == BPF_MAP_TYPE_LPM_TRIE) {
			key[0] = 24 + i % 8;
			key[6] = i;
		} else {
			key[0] = i;
		}
		set(fd, has_keys ? key : NULL, value);
	}
	attr = (union bpf_attr){ .map_fd = fd, .key = has_keys ? (uintptr_t)key : 0,
				 .value = (uintptr_t)value };
	need(!bpf(BPF_MAP_LOOKUP_ELEM, &attr));
	if (has_keys) {
		attr = (union bpf_attr){ .map_fd = fd, .key = 0, .next_key = (uintptr_t)next };
		while (!bpf(BPF_MAP_GET_NEXT_KEY, &attr)) {
			memcpy(key, next, sizeof(key));
			attr.key = (uintptr_t)key;
		}
		attr = (union bpf_attr){ .map_fd = fd, .key = (uintptr_t)key };
		bpf(BPF_MAP_DELETE_ELEM, &attr);
	} else {
		bpf(BPF_MAP_LOOKUP_AND_DELETE_ELEM, &attr);
	}
	if (maps[which].type == BPF_MAP_TYPE_HASH) {
		unsigned int mark;

		attr = (union bpf_attr){ .batch = { .out_batch = (uintptr_t)&mark,
			.keys = (uintptr_t)values, .values = (uintptr_t)value, .count = 2,
			.map_fd = fd } };
		bpf(BPF_MAP_LOOKUP_BATCH, &attr);
	}
	about(fd);
	need(!close(fd));
}

static void run_maps(unsigned int round)
{
	(void)round;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		use_map(i);
}

static int load(int type, int attach, const struct bpf_insn *code, size_t count)
{
	union bpf_attr attr = { .prog_type = type, .insns = (uintptr_t)code, .insn_cnt = count,
				.license = (uintptr_t)"GPL", .expected_attach_type = attach };
	static char log[16384];
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0) {
		attr.log_buf = (uintptr_t)log;
		attr.log_size = sizeof(log);
		attr.log_level = 1;
		fd = bpf(BPF_PROG_LOAD, &attr);
	}
	need(fd >= 0);
	about(fd);
	return fd;
}

/* A program that counts in a map, by size; result is what it returns. */
static int counting(int type, int attach, int fd, int result)
{
	struct bpf_insn code[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		STORE_IMM(BPF_W, BPF_REG_10, -4, 3),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),
		MAP(BPF_REG_1, fd), MAP_END,
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_IF_ZERO(BPF_REG_0, 2),
		MOV_IMM(BPF_REG_1, 1),
		ATOMIC_ADD(BPF_REG_0, 0, BPF_REG_1),
		MOV_IMM(BPF_REG_0, result),
		EXIT,
	};

	return load(type, attach, code, ARRAY_SIZE(code));
}

/* One that looks into the packet, and puts what it finds into a ring. */
static int looking(int type, int ring, int result)
{
	struct bpf_insn code[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		LOAD(BPF_W, BPF_REG_7, BPF_REG_6, offsetof(struct __sk_buff, len)),
		LOAD(BPF_W, BPF_REG_8, BPF_REG_6, offsetof(struct __sk_buff, protocol)),
		MOV_REG(BPF_REG_1, BPF_REG_6),
		MOV_IMM(BPF_REG_2, 0),
		MOV_REG(BPF_REG_3, BPF_REG_10),
		ADD_IMM(BPF_REG_3, -16),
		MOV_IMM(BPF_REG_4, 8),
		CALL(BPF_FUNC_skb_load_bytes),
		STORE(BPF_DW, BPF_REG_10, -8, BPF_REG_7),
		MAP(BPF_REG_1, ring), MAP_END,
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -8),
		MOV_IMM(BPF_REG_3, 8),
		MOV_IMM(BPF_REG_4, 0),
		CALL(BPF_FUNC_ringbuf_output),
		CALL(BPF_FUNC_ktime_get_ns),
		CALL(BPF_FUNC_get_prandom_u32),
		MOV_IMM(BPF_REG_0, result),
		EXIT,
	};

	return load(type, 0, code, ARRAY_SIZE(code));
}

static void test_run(int fd)
{
	static char in[200], out[300];
	union bpf_attr attr = { .test = { .prog_fd = fd, .data_size_in = sizeof(in),
					  .data_size_out = sizeof(out), .data_in = (uintptr_t)in,
					  .data_out = (uintptr_t)out, .repeat = 10 } };

	in[12] = 8;
	in[14] = 0x45;
	need(!bpf(BPF_PROG_TEST_RUN, &attr));
}

static void pass_through(int fd)
{
	int ends[2];
	char text[8];

	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	need(!setsockopt(ends[1], SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)));
	need(send(ends[0], "abcdefghijklmno", 15, 0) == 15);
	need(recv(ends[1], text, sizeof(text), 0) == 8);
	need(!close(ends[0]) && !close(ends[1]));
}

static void tail_call(void)
{
	int programs = map(BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 4, 0), last, first, zero = 0;
	struct bpf_insn code[] = {
		MAP(BPF_REG_2, programs), MAP_END,
		MOV_IMM(BPF_REG_3, 0),
		CALL(BPF_FUNC_tail_call),
		MOV_IMM(BPF_REG_0, 0),
		EXIT,
	};
	struct bpf_insn end[] = { MOV_IMM(BPF_REG_0, 8), EXIT };

	last = load(BPF_PROG_TYPE_SOCKET_FILTER, 0, end, ARRAY_SIZE(end));
	set(programs, &zero, &last);
	first = load(BPF_PROG_TYPE_SOCKET_FILTER, 0, code, ARRAY_SIZE(code));
	pass_through(first);
	need(!close(programs) && !close(first) && !close(last));
}

/* Names in a file system, and what is there by number. */
static void pin(int fd)
{
	union bpf_attr attr = { .pathname = (uintptr_t)"bpf/name", .bpf_fd = fd };

	need(!unshare(CLONE_NEWNS));
	need(!mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL));
	need(!mkdir("bpf", 0700) && !mount("none", "bpf", "bpf", 0, NULL));
	need(!bpf(BPF_OBJ_PIN, &attr));
	attr = (union bpf_attr){ .pathname = (uintptr_t)"bpf/name" };
	fd = bpf(BPF_OBJ_GET, &attr);
	need(fd >= 0 && !close(fd));
	attr = (union bpf_attr){ .start_id = 0 };
	while (!bpf(BPF_PROG_GET_NEXT_ID, &attr))
		attr.start_id = attr.next_id;
	need(!unlink("bpf/name") && !umount("bpf"));
}

static void types(void)
{
	struct {
		struct btf_header header;
		struct btf_type type;
		unsigned int encoding;
		char strings[8];
	} btf = {
		.header = { BTF_MAGIC, BTF_VERSION, 0, sizeof(struct btf_header), 0,
			    sizeof(struct btf_type) + 4, sizeof(struct btf_type) + 4, 8 },
		.type = { 1, BTF_KIND_INT << 24, { 4 } }, .encoding = 32, .strings = "\0int",
	};
	union bpf_attr attr = { .btf = (uintptr_t)&btf, .btf_size = sizeof(btf) };
	int fd = bpf(BPF_BTF_LOAD, &attr);

	need(fd >= 0);
	about(fd);
	need(!close(fd));
}

static void run_programs(unsigned int round)
{
	int counters = map(BPF_MAP_TYPE_ARRAY, 4, 8, 16, 0), fd;
	int per_cpu = map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 16, 0);
	int ring = map(BPF_MAP_TYPE_RINGBUF, 0, 0, 4096, 0);

	/* With and without the constants that a user may have chosen hidden. */
	write_file("/proc/sys/net/core/bpf_jit_harden", round & 1 ? "2" : "0");
	fd = counting(BPF_PROG_TYPE_SOCKET_FILTER, 0, counters, 8);
	pass_through(fd);
	pin(fd);
	need(!close(fd));
	fd = looking(BPF_PROG_TYPE_SOCKET_FILTER, ring, 8);
	pass_through(fd);
	need(!close(fd));
	fd = looking(BPF_PROG_TYPE_SCHED_CLS, ring, TC_ACT_OK);
	test_run(fd);
	need(!close(fd));
	fd = counting(BPF_PROG_TYPE_XDP, 0, per_cpu, XDP_PASS);
	test_run(fd);
	need(!close(fd));
	tail_call();
	types();
	need(!close(counters) && !close(per_cpu) && !close(ring));
}

/* Where packets come in and go out, on a cable. */
static void run_bpf_net(unsigned int round)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	int counters, xdp, cls;
	struct rtattr *options;
	struct tcmsg t = { .tcm_parent = TC_H_CLSACT, .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0) };
	struct request r;

	(void)round;
	net_pair();
	counters = map(BPF_MAP_TYPE_HASH, 4, 8, 16, 0);
	xdp = counting(BPF_PROG_TYPE_XDP, 0, counters, XDP_PASS);
	cls = counting(BPF_PROG_TYPE_SCHED_CLS, 0, counters, TC_ACT_OK);
	info.ifi_index = t.tcm_ifindex = net_index("cable");
	nl_begin(&r, RTM_NEWLINK, 0, &info, sizeof(info));
	options = net_nest(&r, IFLA_XDP);
	net_u32(&r, IFLA_XDP_FD, xdp);
	net_u32(&r, IFLA_XDP_FLAGS, round & 1 ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	nl_end(&r, options);
	net_do(&r);
	nl_begin(&r, RTM_NEWQDISC, NLM_F_CREATE, &t, sizeof(t));
	net_text(&r, TCA_KIND, "clsact");
	net_do(&r);
	t.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);
	t.tcm_handle = 0;
	t.tcm_info = TC_H_MAKE(1 << 16, 0x0300);
	nl_begin(&r, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &t, sizeof(t));
	net_text(&r, TCA_KIND, "bpf");
	options = net_nest(&r, TCA_OPTIONS);
	net_u32(&r, TCA_BPF_FD, cls);
	net_text(&r, TCA_BPF_NAME, "kmc");
	net_u32(&r, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	nl_end(&r, options);
	net_do(&r);
	net_exchange("10.0.0.2");
	net_look();
	net_dump(RTM_GETTFILTER, &t, sizeof(t));
	need(!close(counters) && !close(xdp) && !close(cls));
}

/* A socket that has the packets of a queue, in memory of its own. */
static void run_xsk(unsigned int round)
{
	struct xdp_umem_reg umem = { .len = 64 * 4096, .chunk_size = 4096 };
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY };
	int fd, size = 64;
	struct xdp_mmap_offsets offsets;
	struct xdp_statistics statistics;
	socklen_t length = sizeof(offsets);

	(void)round;
	net_pair();
	fd = socket(AF_XDP, SOCK_RAW, 0);
	umem.addr = (uintptr_t)mmap(NULL, umem.len, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(fd >= 0 && !setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem)));
	for (int ring = XDP_RX_RING; ring <= XDP_UMEM_COMPLETION_RING; ring++)
		if (ring != XDP_UMEM_REG)
			need(!setsockopt(fd, SOL_XDP, ring, &size, sizeof(size)));
	need(!getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length));
	address.sxdp_ifindex = net_index("cable");
	need(!bind(fd, (struct sockaddr *)&address, sizeof(address)));
	net_datagrams("10.0.0.2", 100);
	length = sizeof(statistics);
	need(!getsockopt(fd, SOL_XDP, XDP_STATISTICS, &statistics, &length) && !close(fd));
}

const struct part bpf_parts[] = {
	{ "bpf-maps", run_maps },
	{ "bpf-programs", run_programs },
	{ "bpf-net", run_bpf_net },
	{ "xsk", run_xsk },
	{ }
};
