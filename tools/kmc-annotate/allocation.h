/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statement of the source that allocated the object of a report.
 */
#ifndef ALLOCATION_H
#define ALLOCATION_H

#include <kmc/kmc.h>

#define SOURCE_LINE	512

/*
 * struct alloc - an allocation: "p = kmalloc(...);"
 * @first, @last: its lines
 * @after: the line that follows it and its check for NULL
 * @checked: behind that it is not NULL
 * @declared: it initializes a variable where that is declared
 * @body: it is all that an "if" or a loop does, without braces; that is on this line, 0: no
 * @why: nothing can be put behind it, in words; NULL: something can
 * @var: what it is assigned to
 * @indent: white space in front
 */
struct alloc {
	const char *file;
	int first;
	int last;
	int after;
	bool checked;
	bool declared;
	int body;
	const char *why;
	char var[128];
	char indent[64];
};

/* NULL, or why there is none that is understood, in words. */
const char *find_alloc(const struct kmc_report *report, struct kmc_source *source,
		       struct alloc *alloc);

/* Of what an assignment may have on its left. */
bool is_of_var(char c);

#endif /* ALLOCATION_H */
