// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program, for its types: compiled, never run.
 */
enum answer { YES, NO };

struct question {
	const char *text;
	enum answer expected;
};

/* Names that are too long for the arms of a union beside each other. */
union waiting {
	struct {
		struct { int counter; } outstanding_requests;
		struct { struct { short tail; } raw_lock; } head;
	};
	struct { const char *why; long since; } reason;
};

int main(int argc, char **argv)
{
	/* Only here. */
	struct asked {
		struct question question;
		enum { LOUDLY = 2 } how;
	} asked = { { argv[0], argc > 1 ? NO : YES }, LOUDLY };

	union waiting waiting = { .reason = { argv[0], argc } };

	return waiting.reason.since + asked.question.expected + asked.how;
}
