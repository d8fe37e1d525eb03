// SPDX-License-Identifier: GPL-2.0-only
/* Programs in the kernel: socket filters, seccomp, BPF; and counting events. */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "stress.h"

static struct sock_filter accept_all[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 3, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 0xffff),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static void run_socket_filter(unsigned int round)
{
	struct sock_fprog program = { ARRAY_SIZE(accept_all), accept_all };
	int ends[2], zero = 0;
	char text[8];

	(void)round;
	need(!socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	need(!setsockopt(ends[1], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
	/* The first is too short and is dropped. */
	send(ends[0], "ab", 2, 0);
	need(send(ends[0], "abcdef", 6, 0) == 6);
	need(recv(ends[1], text, sizeof(text), 0) == 6);
	need(!setsockopt(ends[1], SOL_SOCKET, SO_DETACH_FILTER, &zero, sizeof(zero)));
	need(!close(ends[0]) && !close(ends[1]));
}

static void run_seccomp(unsigned int round)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	(void)round;
	if (prctl(PR_GET_SECCOMP) < 0 && errno == EINVAL) {
		without("CONFIG_SECCOMP");
		return;
	}
	need(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	need(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
	need(syscall(SYS_getppid) == -1 && errno == EXDEV);
	spawn_and_reap();
}

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void use_map(int type, uint32_t key_size)
{
	union bpf_attr attr = { .map_type = type, .key_size = key_size, .value_size = 40,
				.max_entries = 16 };
	char key[16] = "", next[16], value[40] = "value";
	int fd = bpf(BPF_MAP_CREATE, &attr);

	need(fd >= 0);
	for (int i = 0; i < 10; i++) {
		key[0] = i;
		attr = (union bpf_attr){ .map_fd = fd, .key = (uintptr_t)key,
					 .value = (uintptr_t)value };
		need(!bpf(BPF_MAP_UPDATE_ELEM, &attr));
	}
	memset(value, 0, sizeof(value));
	need(!bpf(BPF_MAP_LOOKUP_ELEM, &attr) && !strcmp(value, "value"));
	attr.next_key = (uintptr_t)next;
	bpf(BPF_MAP_GET_NEXT_KEY, &attr);
	attr.next_key = 0;
	if (type == BPF_MAP_TYPE_HASH)
		need(!bpf(BPF_MAP_DELETE_ELEM, &attr));
	need(!close(fd));
}

static void run_bpf(unsigned int round)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 4 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
				.insns = (uintptr_t)code, .insn_cnt = ARRAY_SIZE(code),
				.license = (uintptr_t)"GPL" };
	int ends[2], fd;
	char text[8];

	(void)round;
	use_map(BPF_MAP_TYPE_HASH, 16);
	use_map(BPF_MAP_TYPE_ARRAY, 4);
	fd = bpf(BPF_PROG_LOAD, &attr);
	need(fd >= 0 && !socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	need(!setsockopt(ends[1], SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)));
	need(send(ends[0], "abcdef", 6, 0) == 6);
	/* The program cuts it. */
	need(recv(ends[1], text, sizeof(text), 0) == 4);
	need(!close(fd) && !close(ends[0]) && !close(ends[1]));
}

static void run_perf(unsigned int round)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = 100000,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN,
		.disabled = 1, .inherit = 1, .comm = 1, .task = 1,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	uint64_t values[2];
	void *ring;

	(void)round;
	need(fd >= 0);
	/* What is inherited cannot be mapped. */
	need(!ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
	spawn_and_reap();
	need(!ioctl(fd, PERF_EVENT_IOC_DISABLE, 0));
	read_all(fd, values, sizeof(values));
	need(!close(fd));
	attr.inherit = 0;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	ring = mmap(NULL, 9 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(fd >= 0 && ring != MAP_FAILED && !ioctl(fd, PERF_EVENT_IOC_ENABLE, 0));
	for (int i = 0; i < 50; i++)
		syscall(SYS_getppid);
	need(!munmap(ring, 9 * 4096) && !close(fd));
}

const struct part filter_parts[] = {
	{ "socket-filter", run_socket_filter },
	{ "seccomp", run_seccomp },
	{ "bpf", run_bpf },
	{ "perf", run_perf },
	{ }
};
