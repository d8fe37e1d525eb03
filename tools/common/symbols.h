/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug info for the report at hand.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <kmc/kmc.h>

/*
 * struct symbols - debug info that fits the report at hand
 * @opts: what the user named
 * @source: the source tree that the user named, or NULL
 * @quiet: no hints
 * @di: open, or NULL
 * @tried: the kernel that none was found for is in @missing (NULL: unknown)
 * @hinted: the user knows that there is none
 * @hinted_module: the user knows that a module has none
 * @warned: what was doubted already, @nwarned of them, as it was said
 * @keep: what was explained is still in use when debug info of another kernel is
 *	opened; so the old one goes to @old, @nold of them
 */
struct symbols {
	const struct kmc_debuginfo_options *opts;
	const char *source;
	bool quiet;
	struct kmc_debuginfo *di;
	bool tried;
	char *missing;
	bool hinted;
	bool hinted_module;
	char **warned;
	size_t nwarned;
	bool keep;
	struct kmc_debuginfo **old;
	size_t nold;
};

/* False when what the user named cannot be used; it was said why. */
bool symbols_check_modules(const struct kmc_debuginfo_options *opts);
bool symbols_open(struct symbols *symbols);
bool symbols_resolve(struct symbols *symbols, struct kmc_report *report);
void symbols_close(struct symbols *symbols);

#endif /* SYMBOLS_H */
