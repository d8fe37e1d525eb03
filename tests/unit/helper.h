/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the unit tests share: feeding a reader, building a stream.
 */
#ifndef KMC_TEST_HELPER_H
#define KMC_TEST_HELPER_H

#include <setjmp.h>
#include <stdarg.h>

#include "base/buf.h"
#include "input/reader.h"
#include "report/events.h"

#include <cmocka.h>

/* The bytes of one log or stream, and what a reader made of them. */
struct reading {
	struct kmc_events events;
	struct kmc_error *err;
};

/* Feed in pieces of @piece bytes, 0 for all at once; then end. */
void reading_run(struct reading *reading, const struct kmc_reader_ops *ops,
		 const char *data, size_t len, size_t piece);
void reading_free(struct reading *reading);
/* How many events there are of a type. */
size_t reading_count(const struct reading *reading, enum kmc_event_type type);
/* The n-th report, from 0. */
struct kmc_report *reading_report(const struct reading *reading, size_t n);

/* Records at the end of a stream under construction. */
void stream_header_of(struct kmc_buf *stream, const char *release, uint32_t machine);
void stream_header(struct kmc_buf *stream, const char *release);
void stream_report(struct kmc_buf *stream, uint64_t seq);
/* The same with 8 bytes that mean nothing in its payload. */
void stream_report_with(struct kmc_buf *stream, uint64_t seq, const char *bytes);
/* The same with one section more. */
void stream_report_section(struct kmc_buf *stream, uint64_t seq, uint16_t type,
			   const void *data, size_t len);
void stream_lost(struct kmc_buf *stream, uint64_t count);

/* A small generator, so that a failing mutation can be repeated. */
uint32_t next_random(uint32_t *state);

#endif /* KMC_TEST_HELPER_H */
