/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bugs of a store, as they are asked for.
 */
#ifndef BUGS_H
#define BUGS_H

#include "db.h"

/*
 * struct bug - a row of list.sql; what it does not have is NULL or 0
 */
struct bug {
	char *signature;
	char *title;
	char *checker;
	char *verdict;
	char *member;
	char *headline;
	char *words;
	int64_t first_seen;
	int64_t last_seen;
	int64_t reports;
	int64_t accesses;
	int64_t hosts;
	char *state;
	int64_t closed_at;
	char *note;
};

struct bugs {
	struct bug *list;
	size_t count;
};

/* False: it was said why. To be released in any case. */
bool bugs_read(struct db *db, const struct db_args *args, struct bugs *bugs);
void bugs_release(struct bugs *bugs);

/*
 * The only one whose signature begins with @prefix, as the only one in @bugs. False: there
 * is none, or there are several; that was said.
 */
bool bugs_find(struct db *db, const char *prefix, struct bugs *bugs);

/* Its explanation, in colour, yours to free; NULL: there is none. False: the store failed. */
bool bugs_explanation(struct db *db, const char *signature, char **out);

#endif /* BUGS_H */
