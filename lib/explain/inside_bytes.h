/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes of a report that are read as a message or packet. Only what was initialised is.
 */
#ifndef KMC_INSIDE_BYTES_H
#define KMC_INSIDE_BYTES_H

#include "base/buf.h"
#include "kmc/report.h"

/**
 * struct kmc_inside - bytes, and the one that is asked about
 * @memory: them, @len of them
 * @states: a letter for each
 * @len: of both
 * @bad: index of the byte that is asked about
 * @start: index where the message begins
 * @has_start: @start is known
 */
struct kmc_inside {
	const uint8_t *memory;
	const char *states;
	size_t len;
	size_t bad;
	size_t start;
	bool has_start;
};

/* Are these in view, and written? */
bool kmc_inside_known(const struct kmc_inside *in, size_t at, size_t size);
/* Numbers that are: as the machine has them, and as networks do. */
unsigned int kmc_inside_u16(const struct kmc_inside *in, size_t at);
uint32_t kmc_inside_u32(const struct kmc_inside *in, size_t at);
unsigned int kmc_inside_be16(const struct kmc_inside *in, size_t at);

/* Each says what @bad is, if it can. Return: whether it has. */
bool kmc_netlink_inside(const struct kmc_inside *in, struct kmc_buf *buf,
			enum kmc_confidence *sure);
bool kmc_packet_inside(const struct kmc_inside *in, struct kmc_buf *buf,
		       enum kmc_confidence *sure);

#endif /* KMC_INSIDE_BYTES_H */
