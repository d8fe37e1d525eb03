/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug info for the report at hand.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <kmc/kmc.h>

#include <time.h>

/*
 * struct symbols - debug info that fits the report at hand
 * @opts: what the user named
 * @downloading: asked now and then while debug info is downloaded, as in struct
 *	kmc_debuginfo_options, with @arg; NULL: nobody does
 * @shows_progress: and that tells the user, so nothing need be said
 * @quiet: no hints
 * @di: open, or NULL
 * @tried: the kernel that none was found for is in @missing (NULL: unknown)
 * @since: when a download began, in seconds, 0: there is none
 * @downloaded: bytes of it
 * @announced: the user knows of it
 * @hinted: the user knows that there is none
 * @hinted_module: the user knows that a module has none
 * @checked: the source tree and the kernel that were compared last, as text
 * @warned: what was doubted already, @nwarned of them, as it was said
 * @keep: what was explained is still in use when debug info of another kernel is
 *	opened; so the old one goes to @old, @nold of them
 */
struct symbols {
	struct kmc_debuginfo_options *opts;
	bool (*downloading)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	bool shows_progress;
	bool quiet;
	struct kmc_debuginfo *di;
	bool tried;
	char *missing;
	time_t since;
	uint64_t downloaded;
	bool announced;
	bool hinted;
	bool hinted_module;
	char *checked;
	char **warned;
	size_t nwarned;
	bool keep;
	struct kmc_debuginfo **old;
	size_t nold;
};

/* False when what the user named cannot be used; it was said why. */
bool symbols_check_modules(const struct kmc_debuginfo_options *opts);
/* Both have to stay where they are. */
void symbols_init(struct symbols *symbols, struct kmc_debuginfo_options *opts);
/* Says what came of it, if anything was downloaded for @opts. */
void symbols_end_download(struct symbols *symbols);
bool symbols_open(struct symbols *symbols);
bool symbols_resolve(struct symbols *symbols, struct kmc_report *report);
void symbols_close(struct symbols *symbols);

#endif /* SYMBOLS_H */
