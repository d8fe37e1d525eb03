/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a struct is defined.
 */
#ifndef DEFINITION_H
#define DEFINITION_H

#include <kmc/kmc.h>

/*
 * File and line of "struct x {"; false: not found. @file is yours.
 * @report: files of its stacks come first; NULL: all of the tree is looked through.
 */
bool find_definition(const struct kmc_report *report, const char *type,
		     struct kmc_source *source, char **file, int *line);
/* A line, copied and terminated; false: there is none. */
bool copy_line(struct kmc_source *source, const char *file, int line, char *text,
	       size_t size);

#endif /* DEFINITION_H */
