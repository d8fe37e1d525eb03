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

void kmc_buf_escape(struct kmc_buf *buf, const char *text, size_t len,
		    bool ascii)
{
	size_t bytes;

	for (size_t i = 0; i < len; i += bytes) {
		int32_t cp = kmc_utf8_decode(text + i, len - i, &bytes);

		if (cp < 0 || (cp < 0x80 && is_harmful(cp)))
			kmc_buf_printf(buf, "\\x%02x", (unsigned char)text[i]);
		else if (is_harmful(cp) || (ascii && cp >= 0x80))
			kmc_buf_printf(buf, "\\u{%04x}", (unsigned int)cp);
		else
			kmc_buf_add(buf, text + i, bytes);
	}
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
