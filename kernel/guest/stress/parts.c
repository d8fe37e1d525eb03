// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the mixed workload. */
#include "stress.h"

const struct part * const tables[] = {
	process_parts, trace_parts, namespace_parts, signal_parts, event_parts,
	ipc_parts, memory_parts, file_parts, pipe_parts, inet_parts, netlink_parts,
	uring_parts, filter_parts, hog_parts, NULL
};
