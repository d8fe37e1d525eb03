/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tool says beside its output.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <kmc/kmc.h>

/* One line each, escaped; on standard error unless somebody takes them */
__attribute__((format(printf, 1, 2))) void message(const char *fmt, ...);
/* Takes the error over; NULL is fine. */
void message_error(struct kmc_error *err);
/* On standard error in any case; then exits, for this is not to be gone on with. */
__attribute__((noreturn)) void message_exit(const char *text);
/* What came instead of a report; of one, and of the end, there is nothing to say. */
void message_event(const char *path, const struct kmc_event *event);
/* Flush standard output; false: not all of it was written, and that was said. */
bool message_flush(void);
/* @take gets the text of every message from now on; NULL: standard error again. */
void message_redirect(void (*take)(void *arg, const char *text), void *arg);
/* @clear is called before anything is said, and when a download has ended. */
void message_prepare(void (*clear)(void));
void message_make_room(void);

#endif /* MESSAGE_H */
