/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal: shows grids, and turns what it sends into keys.
 */
#ifndef TUI_H
#define TUI_H

#include "app.h"

/* Is standard output a terminal that can place text? */
bool tui_possible(void);
/* Until the user leaves. False when there is no terminal after all; it was said. */
bool tui_run(struct app *app);

#endif /* TUI_H */
