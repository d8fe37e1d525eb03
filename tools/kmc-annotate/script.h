/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys from a file instead of a keyboard, and a grid in memory instead of a terminal.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "app.h"

/*
 * script_run() - replay keys and print the screen that is there at the end
 * @path: of the script
 *
 * Characters stand for their keys and <Name> for those of keys.c; blanks and line ends
 * are skipped (<Space>), # begins a comment at the start of a line. <Size COLSxROWS>
 * resizes the screen, <Screen> prints it in between, <Click ROW> is one on a row, from 0 on.
 *
 * Return: false when the script cannot be read or has an error; it was said which.
 */
bool script_run(struct app *app, const char *path, FILE *out);
/* What the terminal would have done; suspending is not among it. */
bool run_editor(struct app *app);

#endif /* SCRIPT_H */
