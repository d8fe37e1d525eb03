/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done only where much more is configured; see stress.h. */
#ifndef KMC_WIDE_H
#define KMC_WIDE_H

#include "../stress/stress.h"

extern const struct part link_parts[];
extern const struct part tunnel_parts[];
extern const struct part nft_parts[];
extern const struct part xfrm_parts[];
extern const struct part tc_parts[];
extern const struct part can_parts[];
extern const struct part proto_parts[];
extern const struct part bpf_parts[];
extern const struct part fs_parts[];
extern const struct part wide_uring_parts[];

#endif
