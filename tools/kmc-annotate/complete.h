/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion of what is typed: what all possible words have in common.
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#define COMPLETION_MAX	256

/*
 * struct completion - words that what was typed may become
 * @common: what they have in common, whole
 * @count: of them
 * @list: the last parts of the first ones, for the user
 */
struct completion {
	char common[COMPLETION_MAX];
	size_t count;
	char list[COMPLETION_MAX];
};

/* @word: whole; @show: the part of it that tells it from others. */
void completion_add(struct completion *completion, const char *word, const char *show);
/* Files that begin so. */
void complete_file(const char *typed, struct completion *completion);

#endif /* COMPLETE_H */
