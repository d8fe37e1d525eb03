/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of sql/, which the build makes strings of.
 */
#ifndef SQL_H
#define SQL_H

/* struct sql_file - its name without .sql; NULL behind the last */
struct sql_file {
	const char *name;
	const char *text;
};

extern const struct sql_file sql_files[];

/* The text of sql/NAME.sql; migrations by their number. NULL: there is none. */
const char *sql_text(const char *name);
const char *sql_migration(unsigned int number);

#endif /* SQL_H */
