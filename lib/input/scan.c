// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small pieces that both the log and the stream contain as text.
 */
#include "input/scan.h"

#include <ctype.h>
#include <string.h>

const char *kmc_scan_hex(const char *text, uint64_t *out)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; isxdigit((unsigned char)text[i]); i++) {
		char c = text[i];

		if (i == 16)
			return NULL;
		value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (!i)
		return NULL;
	*out = value;
	return text + i;
}

/* "+0x1/0x2" at the end of a word; symbols may hold anything but a blank. */
static const char *find_offset(const char *text, const char *end)
{
	for (const char *p = end; p - text >= 3; p--) {
		if (!strncmp(p - 3, "+0x", 3))
			return p - 3;
	}
	return NULL;
}

size_t kmc_scan_bytes(const char *text, char end, uint8_t *out, size_t max)
{
	size_t digits = strspn(text, "0123456789abcdef");

	if (text[digits] != end || digits % 2 || digits / 2 > max)
		return 0;
	for (size_t i = 0; i < digits; i++) {
		uint8_t value = text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10;

		out[i / 2] = i % 2 ? out[i / 2] << 4 | value : value;
	}
	return digits / 2;
}

/* " [module]", with a build-ID behind the name on kernels that print one. */
static const char *scan_module(const char *text, struct kmc_frame *frame, bool *nomem)
{
	const char *name = text + 2;
	size_t len;

	if (strncmp(text, " [", 2))
		return text;
	len = strcspn(name, " ]");
	text = strchr(name, ']');
	if (!text || !len || name[0] == '<')
		return name - 2;
	frame->module = strndup(name, len);
	if (!frame->module)
		*nomem = true;
	if (name[len] == ' ')
		frame->build_id_len = kmc_scan_bytes(name + len + 1, ']', frame->build_id,
						     sizeof(frame->build_id));
	return text + 1;
}

const char *kmc_scan_symbol(const char *text, struct kmc_frame *frame,
			    bool *nomem)
{
	const char *end = text + strcspn(text, " \t");
	const char *plus = find_offset(text, end);
	uint64_t offset, size;
	const char *p;

	if (!plus || plus == text)
		return NULL;
	p = kmc_scan_hex(plus + 3, &offset);
	if (!p || strncmp(p, "/0x", 3))
		return NULL;
	p = kmc_scan_hex(p + 3, &size);
	if (p != end)
		return NULL;
	frame->symbol = strndup(text, plus - text);
	if (!frame->symbol) {
		*nomem = true;
		return NULL;
	}
	frame->has_offset = true;
	frame->offset = offset;
	frame->size = size;
	return scan_module(p, frame, nomem);
}
