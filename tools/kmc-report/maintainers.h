/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who maintains a file of the kernel.
 */
#ifndef MAINTAINERS_H
#define MAINTAINERS_H

/*
 * What scripts/get_maintainer.pl of the source tree @source, a const char *, says of a file,
 * a line each: yours to free; NULL: it says nothing, or is not there.
 */
char *maintainers_of(void *source, const char *file);

#endif /* MAINTAINERS_H */
