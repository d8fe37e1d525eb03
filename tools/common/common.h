/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tools have in common: messages, and debug info for a report.
 */
#ifndef COMMON_H
#define COMMON_H

#include <kmc/kmc.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* message.c: one line each, escaped; on standard error unless somebody takes them */
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

/*
 * struct symbols - debug info that fits the report at hand
 * @opts: what the user named
 * @quiet: no hints
 * @di: open, or NULL
 * @tried: the kernel that none was found for is in @missing (NULL: unknown)
 * @hinted: the user knows that there is none
 * @hinted_module: the user knows that a module has none
 * @keep: what was explained is still in use when debug info of another kernel is
 *	opened; so the old one goes to @old, @nold of them
 */
struct symbols {
	const struct kmc_debuginfo_options *opts;
	bool quiet;
	struct kmc_debuginfo *di;
	bool tried;
	char *missing;
	bool hinted;
	bool hinted_module;
	bool keep;
	struct kmc_debuginfo **old;
	size_t nold;
};

/* symbols.c: false when what the user named cannot be used; it was said why. */
bool symbols_open(struct symbols *symbols);
bool symbols_resolve(struct symbols *symbols, struct kmc_report *report);
void symbols_close(struct symbols *symbols);

/* memory.c: a tool that has no memory says so and exits. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

#endif /* COMMON_H */
