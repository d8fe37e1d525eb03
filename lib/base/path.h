/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paths that others name.
 */
#ifndef KMC_PATH_H
#define KMC_PATH_H

/*
 * The real path of @name, which is relative to @dir; yours. NULL: it is not there, it leads
 * out of @dir, by its dots or by a symbolic link, or there is no memory. Debug info is not to
 * be trusted with the rest of the disk, and neither is a tree that someone has sent.
 */
char *kmc_path_below(const char *dir, const char *name);

#endif /* KMC_PATH_H */
