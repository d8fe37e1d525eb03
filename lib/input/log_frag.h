/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that extended netconsole sends in several packets.
 */
#ifndef KMC_LOG_FRAG_H
#define KMC_LOG_FRAG_H

#include "input/log_line.h"

/* So many messages may be incomplete at once; packets overtake few others. */
#define LOG_FRAGS		4

/*
 * struct log_frag - a message of which not all has come
 * @id: its header
 * @at: number of the line that brought something last
 * @total: its bytes, 0: not in use
 * @got: how many of them came
 * @data: they; NUL what has not come
 */
struct log_frag {
	char id[128];
	unsigned long at;
	size_t total;
	size_t got;
	char data[LOG_LINE_MAX / 2];
};

struct log_frags {
	struct log_frag list[LOG_FRAGS];
};

/* Where the mark of a fragment is, or NULL. */
const char *log_frag_find(const char *data, size_t len);

/*
 * log_frag_add() - take a line with a fragment, or several
 *
 * Return: the message when it is whole now, else NULL. It is yours to read until
 * the next call; set its @total to 0.
 */
struct log_frag *log_frag_add(struct log_frags *frags, unsigned long at,
			      const char *data, size_t len);
/* Forget what has not grown since line @before; is anything left? */
bool log_frag_pending(struct log_frags *frags, unsigned long before);

#endif /* KMC_LOG_FRAG_H */
