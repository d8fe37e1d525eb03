/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log text: for readers of what holds lines of a log.
 */
#ifndef KMC_LOG_H
#define KMC_LOG_H

#include "input/log_line.h"
#include "report/events.h"

/*
 * struct log_origin - what is known of a line, beside what it says itself
 * @caller_id: who said it, "" if unknown
 * @time: when, in seconds, negative if unknown; a timestamp in the line wins
 * @boot_id: of the kernel, "" if unknown
 * @boot_time: CLOCK_REALTIME at that boot in nanoseconds, 0 if unknown
 */
struct log_origin {
	char caller_id[LOG_CALLER_ID_MAX];
	double time;
	char boot_id[LOG_BOOT_ID_MAX];
	uint64_t boot_time;
};

/*
 * log_reader_line() - take one line of a log
 * @reader: made by kmc_text_reader.new()
 * @at: its number in the input
 * @origin: NULL: nothing is known but what the line says
 * @data: the line, without its end
 * @len: bytes of it
 */
KMC_MUST_CHECK struct kmc_error *
log_reader_line(void *reader, unsigned long at, const struct log_origin *origin,
		const char *data, size_t len);

#endif /* KMC_LOG_H */
