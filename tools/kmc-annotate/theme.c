// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Colours of the styles: on a light background neither yellow nor cyan can be read.
 */
#include "theme.h"

#include <stdlib.h>
#include <string.h>

enum { RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN };

/* With 8 colours, and with 256. */
static const struct {
	struct look few;
	short many;
} looks[][2] = {
	/* dark, light */
	[KMC_STYLE_PLAIN] = { { { -1, false, false }, -1 }, { { -1, false, false }, -1 } },
	[KMC_STYLE_TITLE] = { { { -1, true, false }, -1 }, { { -1, true, false }, -1 } },
	[KMC_STYLE_DIM] = { { { -1, false, true }, 246 }, { { -1, false, true }, 241 } },
	[KMC_STYLE_INITIALIZED] = { { { GREEN, false, false }, 114 },
				    { { GREEN, false, false }, 22 } },
	[KMC_STYLE_UNINITIALIZED] = { { { YELLOW, false, false }, 221 },
				      { { MAGENTA, true, false }, 130 } },
	[KMC_STYLE_UNALLOCATED] = { { { MAGENTA, false, false }, 176 },
				    { { MAGENTA, false, false }, 90 } },
	[KMC_STYLE_FREED] = { { { RED, false, false }, 203 }, { { RED, false, false }, 124 } },
	[KMC_STYLE_CARET] = { { { RED, true, false }, 203 }, { { RED, true, false }, 160 } },
	[KMC_STYLE_LOCATION] = { { { CYAN, false, false }, 80 },
				 { { BLUE, false, false }, 25 } },
};

/* "15;0", "15;default;0": the last number is the background's. */
enum theme theme_choose(enum theme theme, const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	char *end;
	long color;

	if (theme != THEME_AUTO || !last)
		return theme == THEME_LIGHT ? theme : THEME_DARK;
	color = strtol(last + 1, &end, 10);
	if (end == last + 1 || *end || color < 0 || color > 15)
		return THEME_DARK;
	/* Of the dark eight, only white is light; of the bright ones, all but grey. */
	return color == 7 || color > 8 ? THEME_LIGHT : THEME_DARK;
}

struct look theme_look(enum theme theme, enum kmc_style style, int colors)
{
	bool light = theme == THEME_LIGHT;
	struct look look = looks[style][light].few;

	if (colors < 256)
		return look;
	look.color = looks[style][light].many;
	look.dim = false;
	return look;
}
