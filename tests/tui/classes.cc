// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program in C++, for its types: compiled, never run.
 */
class base {
public:
	int number;
	char letter;
	static int elsewhere;
};

int base::elsewhere;

namespace inner {
struct hidden {
	long value;
};
}

struct derived : base {
	short own;
	inner::hidden hidden;
};

derived object;

int main()
{
	return object.own + base::elsewhere;
}
