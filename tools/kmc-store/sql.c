// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of sql/, by name and by number.
 */
#include "sql.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *sql_text(const char *name)
{
	for (const struct sql_file *file = sql_files; file->name; file++)
		if (!strcmp(file->name, name))
			return file->text;
	return NULL;
}

/* "0001_tables" */
const char *sql_migration(unsigned int number)
{
	for (const struct sql_file *file = sql_files; file->name; file++)
		if (isdigit((unsigned char)*file->name) &&
		    strtoul(file->name, NULL, 10) == number)
			return file->text;
	return NULL;
}
