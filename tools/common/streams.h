/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard input, output and error, when a tool is started without them.
 */
#ifndef STREAMS_H
#define STREAMS_H

/*
 * Call it before anything is opened: a file of ours that got the number of a standard stream
 * that is closed would be read as input, or have the output written into it.
 */
void streams_claim(void);

#endif /* STREAMS_H */
