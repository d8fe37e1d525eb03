/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of commands: what they are called, and what they do.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "kmc-store.h"

/* In the order of store_tool's rows; NULL behind the last, and for what is none. */
const struct store_command *store_command(const char *name);

#endif /* COMMANDS_H */
