/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever ends the program, the terminal is left as it was found.
 */
#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>

/* Remember how the terminal @fd is; before curses changes it. */
void crash_save(int fd);
/* Handle SIGSEGV and its kind; after curses knows the terminal. */
void crash_arm(void);
/* SIGTERM, SIGHUP, SIGINT: a descriptor for poll() that is readable after one; or -1. */
int signals_open(void);
/* One of them came. */
bool signals_stop(void);

#endif /* CRASH_H */
