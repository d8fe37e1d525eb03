// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Standard input, output and error, when a tool is started without them.
 */
#include "streams.h"

#include <fcntl.h>
#include <unistd.h>

void streams_claim(void)
{
	/* In this order, because a new file gets the lowest number that is free. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The wrong way round: whoever uses it is to get an error. */
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return;
	}
}
