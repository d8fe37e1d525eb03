// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The queue between a reader, which finds, and kmc_input_next(), which takes.
 */
#include "report/events.h"

#include <stdlib.h>

#include "base/buf.h"

struct kmc_event *kmc_events_push(struct kmc_events *events,
				  enum kmc_event_type type)
{
	struct kmc_event *event = kmc_grow(&events->list, events->count,
					   sizeof(*event));

	if (!event)
		return NULL;
	event->type = type;
	events->count++;
	return event;
}

bool kmc_events_take(struct kmc_events *events, struct kmc_event *event)
{
	if (events->taken == events->count)
		return false;
	*event = events->list[events->taken++];
	if (events->taken == events->count)
		events->taken = events->count = 0;
	return true;
}

void kmc_events_release(struct kmc_events *events)
{
	for (size_t i = events->taken; i < events->count; i++)
		kmc_report_free(events->list[i].report);
	free(events->list);
	*events = (struct kmc_events) { };
}
