/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal: shows grids, and turns what it sends into keys.
 */
#ifndef TUI_H
#define TUI_H

#include "app.h"

/* Is standard output a terminal that can place text? */
bool tui_possible(void);
/*
 * tui_run() - until the user leaves
 * @open: opens the first view, which may take a while
 *
 * Return: false when there is no terminal after all, or no view; it was said.
 */
bool tui_run(struct app *app, bool (*open)(struct app *app));

#endif /* TUI_H */
