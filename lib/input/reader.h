/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers: text.c and ring.c, fed with what input.c reads.
 */
#ifndef KMC_READER_H
#define KMC_READER_H

#include "report/events.h"

/*
 * struct kmc_reader_ops - a reader of one kind of input
 * @new: NULL when out of memory; @events and @source outlive the reader
 * @feed: the next bytes, in pieces of any size
 * @idle: the source has been silent for a while
 * @end: there is nothing more
 * @free: NULL is fine
 *
 * A reader pushes what it finds to the events it was created with. It keeps no
 * more than one report, so that memory does not grow with the input.
 */
struct kmc_reader_ops {
	void *(*new)(const char *source, struct kmc_events *events);
	struct kmc_error *(*feed)(void *reader, const char *data, size_t len);
	struct kmc_error *(*idle)(void *reader);
	struct kmc_error *(*end)(void *reader);
	void (*free)(void *reader);
};

extern const struct kmc_reader_ops kmc_text_reader;
extern const struct kmc_reader_ops kmc_ring_reader;

/* Does this look like a ring stream, even one that lost its beginning? */
bool kmc_ring_detect(const char *data, size_t len);

#endif /* KMC_READER_H */
