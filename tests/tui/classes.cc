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

namespace {
template<class T> struct chain {
	struct node {
		T value;
		node *next;
	};
	node first;
};
}

class outer {
public:
	struct entry;
	enum class state : char { on, off = -3 };
	typedef struct { short low, high; } pair;
	chain<state> states;
	pair numbers;
	entry *all;
	int base::*which;
	int (base::*call)(int);
	int &&moved;
	decltype(nullptr) nothing;
};

struct outer::entry {
	union {
		long number;
		hidden other;
	};
};
}

struct derived : base {
	short own;
	inner::hidden hidden;
};

derived object;
inner::outer::entry entry;

int use(inner::outer &outer)
{
	return outer.numbers.low + entry.number;
}

int main()
{
	return object.own + base::elsewhere;
}
