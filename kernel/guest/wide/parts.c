// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the mixed workload, and those that need the kernel that has more in it. */
#include "wide.h"

const struct part * const tables[] = {
	process_parts, trace_parts, namespace_parts, signal_parts, event_parts,
	ipc_parts, memory_parts, file_parts, pipe_parts, inet_parts, netlink_parts,
	uring_parts, filter_parts, hog_parts,
	link_parts, tunnel_parts, nft_parts, xfrm_parts, tc_parts, can_parts, proto_parts,
	bpf_parts, fs_parts, wide_uring_parts, NULL
};
