// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ask kmemcheck's decoder about instructions: a line of hexadecimal bytes on
 * standard input becomes a line "SIZE LENGTH HANDLED" on standard output. SIZE
 * is that of the operand in memory, LENGTH that of the instruction, HANDLED
 * whether the alias engine performs it.
 *
 * Built by decoder.py with the decoder of the overlay and the instruction tables
 * of the kernel's tools/.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode.h"

static size_t parse(const char *text, unsigned char *code)
{
	size_t n = 0;
	unsigned int byte;
	int used;

	while (n < MAX_CODE && sscanf(text, "%2x%n", &byte, &used) == 1) {
		code[n++] = byte;
		text += used;
	}
	return n;
}

int main(void)
{
	char line[128];

	while (fgets(line, sizeof(line), stdin)) {
		/* As in memory: other code follows. */
		unsigned char code[MAX_CODE] = { 0 };
		struct kmemcheck_decoded d = { 0 };
		bool known;

		if (!parse(line, code)) {
			fprintf(stderr, "decode: no instruction: %s", line);
			return EXIT_FAILURE;
		}
		known = kmemcheck_decode(&d, code, sizeof(code));
		printf("%d %d %d\n", d.size, d.length, known && d.op != OP_SSE);
	}
	return EXIT_SUCCESS;
}
