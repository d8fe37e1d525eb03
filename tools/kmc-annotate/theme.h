/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Colours of the styles, for dark and light backgrounds.
 */
#ifndef THEME_H
#define THEME_H

#include <stdbool.h>

#include "annotate.h"

/*
 * struct look - of a style
 * @color: number of a colour of the terminal, -1 for its own
 * @bold, @dim: as it says
 */
struct look {
	short color;
	bool bold;
	bool dim;
};

/* THEME_AUTO: the one that @colorfgbg, the variable COLORFGBG, stands for; NULL: not set. */
enum theme theme_choose(enum theme theme, const char *colorfgbg);
/* @colors: that the terminal has */
struct look theme_look(enum theme theme, enum kmc_style style, int colors);

#endif /* THEME_H */
