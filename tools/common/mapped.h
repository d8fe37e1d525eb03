/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are mapped, and become shorter meanwhile.
 */
#ifndef MAPPED_H
#define MAPPED_H

/*
 * SIGBUS because of such a file ends the program with an error that names it. @before is
 * called in front of that, from the handler; NULL: nothing is.
 */
void mapped_guard(void (*before)(void));

#endif /* MAPPED_H */
