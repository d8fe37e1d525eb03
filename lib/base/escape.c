// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile text made printable: nothing here may steer a terminal or lie about
 * the order of what it shows.
 */
#include "base/escape.h"

#include <string.h>

#include "kmc/kmc.h"

int32_t kmc_utf8_decode(const char *text, size_t len, size_t *bytes)
{
	/* The smallest code point that needs so many bytes; less is overlong. */
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t need = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
		      s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	int32_t cp;

	*bytes = 1;
	if (need == 1)
		return s[0];
	if (!need || need > len)
		return -1;
	cp = s[0] & (0x7f >> need);
	for (size_t i = 1; i < need; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if (cp < least[need] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return -1;
	*bytes = need;
	return cp;
}

/* Characters that control, hide, or change the direction of their neighbours. */
static bool is_harmful(int32_t cp)
{
	static const struct { int32_t first, last; } ranges[] = {
		{ 0x00, 0x1f },			/* C0 */
		{ 0x7f, 0x9f },			/* DEL and C1: 0x9b is CSI */
		{ 0xad, 0xad },			/* soft hyphen */
		{ 0x61c, 0x61c },		/* Arabic letter mark */
		{ 0x180e, 0x180e },		/* Mongolian vowel separator */
		{ 0x200b, 0x200f },		/* zero width, direction marks */
		{ 0x2028, 0x202e },		/* line ends, embeddings */
		{ 0x2060, 0x206f },		/* word joiner, isolates */
		{ 0xfeff, 0xfeff },		/* byte order mark */
		{ 0xfff9, 0xfffb },		/* interlinear annotation */
		{ 0xe0000, 0xe007f },		/* tags */
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(ranges); i++) {
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	}
	return false;
}

/* Bytes that need no second look: nearly all text has no others. */
static size_t plain_length(const char *text, size_t len)
{
	size_t plain = 0;

	while (plain < len && text[plain] >= ' ' && text[plain] <= '~')
		plain++;
	return plain;
}

void kmc_buf_escape(struct kmc_buf *buf, const char *text, size_t len,
		    bool ascii)
{
	size_t bytes;

	for (size_t i = 0; i < len; i += bytes) {
		const size_t plain = plain_length(text + i, len - i);
		int32_t cp;

		kmc_buf_add(buf, text + i, plain);
		i += plain;
		if (i == len)
			return;
		cp = kmc_utf8_decode(text + i, len - i, &bytes);
		if (cp < 0 || (cp < 0x80 && is_harmful(cp)))
			kmc_buf_printf(buf, "\\x%02x", (unsigned char)text[i]);
		else if (is_harmful(cp) || (ascii && cp >= 0x80))
			kmc_buf_printf(buf, "\\u{%04x}", (unsigned int)cp);
		else
			kmc_buf_add(buf, text + i, bytes);
	}
}

/*
 * Unicode's wide and full-width characters, in whole blocks; what else there is counts as
 * one column, combining characters too: that makes a line too short and never too long.
 */
unsigned int kmc_utf8_width(int32_t cp)
{
	static const struct { int32_t first, last; } wide[] = {
		{ 0x1100, 0x115f },		/* Hangul */
		{ 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23f3 },
		{ 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2630, 0x2637 },
		{ 0x2648, 0x2653 }, { 0x267f, 0x27bf },	/* symbols */
		{ 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b55 },
		{ 0x2e80, 0xa4cf },		/* Chinese, Japanese, Korean, Yi */
		{ 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },	/* Hangul */
		{ 0xf900, 0xfaff }, { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },	/* full width */
		{ 0x16fe0, 0x18fff }, { 0x1aff0, 0x1b2ff }, { 0x1d300, 0x1d37f },
		{ 0x1f000, 0x1faff },		/* pictures */
		{ 0x20000, 0x3fffd },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(wide) && cp >= wide[i].first; i++)
		if (cp <= wide[i].last)
			return 2;
	return 1;
}

size_t kmc_utf8_columns(const char *text, size_t len)
{
	size_t columns = 0, bytes;

	for (size_t i = 0; i < len; i += bytes)
		columns += kmc_utf8_width(kmc_utf8_decode(text + i, len - i, &bytes));
	return columns;
}

char *kmc_escape(const char *text)
{
	struct kmc_buf buf = { };
	char *out;

	if (!text)
		return NULL;
	kmc_buf_escape(&buf, text, strlen(text), false);
	return kmc_buf_take(&buf, &out) ? NULL : out;
}
