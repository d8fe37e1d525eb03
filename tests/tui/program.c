// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program, for its types: compiled, never run.
 */
enum answer { YES, NO };

struct question {
	const char *text;
	enum answer expected;
};

int main(int argc, char **argv)
{
	/* Only here. */
	struct asked {
		struct question question;
		enum { LOUDLY = 2 } how;
	} asked = { { argv[0], argc > 1 ? NO : YES }, LOUDLY };

	return asked.question.expected + asked.how;
}
