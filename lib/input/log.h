/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log text: for readers of what holds lines of a log.
 */
#ifndef KMC_LOG_H
#define KMC_LOG_H

#include "report/events.h"

/*
 * log_reader_line() - take one line of a log
 * @reader: made by kmc_text_reader.new()
 * @at: its number in the input
 * @caller_id: who is known to have said it, "" if nobody is
 * @time: when, in seconds, negative if unknown; a timestamp in the line wins
 * @data: the line, without its end
 * @len: bytes of it
 */
KMC_MUST_CHECK struct kmc_error *
log_reader_line(void *reader, unsigned long at, const char *caller_id,
		double time, const char *data, size_t len);

#endif /* KMC_LOG_H */
