/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue between a reader, which finds, and kmc_input_next(), which takes.
 */
#ifndef KMC_EVENTS_H
#define KMC_EVENTS_H

#include "kmc/kmc.h"

/*
 * struct kmc_events - what a reader has found and is not taken yet
 */
struct kmc_events {
	struct kmc_event *list;
	size_t count;
	size_t taken;
};

/* The new event; its type has to be set. NULL when out of memory. */
struct kmc_event *kmc_events_push(struct kmc_events *events,
				  enum kmc_event_type type);
bool kmc_events_take(struct kmc_events *events, struct kmc_event *event);
void kmc_events_release(struct kmc_events *events);

#endif /* KMC_EVENTS_H */
