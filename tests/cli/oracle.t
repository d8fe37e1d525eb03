#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the oracle of hitrate.t makes of sources: typed.py, by small examples. Each thing that
it follows or leaves out has another beside it that it must not."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
import synthetic                                            # noqa: E402
import typed                                                # noqa: E402

TYPEDEFS = {"u8": "unsigned char", "u16": "unsigned short", "u64": "unsigned long long"}

SEARCH = """static void *search(struct table *h, const void *key, struct params how)
{
	int cmp = how.cmp(key, h->key);
	if (cmp == 0)
		return h->datum;
}"""
FIND = """static void *find(const void *key, int (*compare)(const void *, const void *))
{
	return compare(key, key);
}"""
FILE = """static const struct params of_ranges = {
	.hash = range_hash,
	.cmp = range_cmp,
};"""
LEN = """static u16 len_of(const struct sk_buff *skb, const u8 *ptr)
{
	return ptr[1] + 1;
}"""
MOVED = LEN.replace("return", "ptr++; return")
RECEIVE = """void receive(struct sk_buff *skb)
{
	struct rt_hdr *rt = rt_of(skb);
	u16 len = len_of(skb, (u8 *)rt);
}"""


class Source:
    """Has no macros."""

    def expand(self, names):
        return names


class Types:
    """struct node { void *key; void *datum; }"""

    MEMBERS = {"key": (0, 8), "datum": (8, 8)}

    def member(self, kind, name, _):
        return (*self.MEMBERS[name], None) if kind == "struct node" and name in self.MEMBERS \
            else None

    def named(self, name):
        return [("struct node", *self.MEMBERS[name])] if name in self.MEMBERS else []


def called(texts, statements, functions):
    return list(typed.callbacks(functions, texts, statements, ["", FILE]))


def check_callbacks(tap):
    caller = "void *of(struct policy *p, struct key *k)\n{\n}"
    say = "return search(&p->ranges, k, of_ranges);"
    two = ["search", "of"]
    tap.equal(typed.arguments("x = f(a, g(b, c), (u8 *)d);", "f"), ["a", "g(b, c)", "(u8 *)d"],
              "arguments are split where no parentheses are open")
    tap.equal(typed.parameters(FIND, "find"), ["key", "compare"], "a pointer to a function is one")
    tap.equal(called([SEARCH, caller], ["int cmp = how.cmp(key, h->key);", say], two),
              [("range_cmp", 1, True)], "what a struct of functions has is called")
    tap.equal(called([SEARCH, caller], ["if (cmp == 0) return h->datum;", say], two),
              [("range_cmp", 1, False)], "... by another statement")
    tap.equal(called([SEARCH, caller], ["if (cmp == 0)", "return search(&p->ranges, k, others);"],
                     two), [], "... not of a struct that is not there")
    tap.equal(called([FIND, caller], ["return compare(key, key);", "return find(k, range_cmp);"],
                     ["find", "of"]), [("range_cmp", 1, True)], "a function is given")
    tap.equal(called([SEARCH, caller], ["if (cmp == 0)", "return 0;"], two), [],
              "... not if the statement gives nothing")


def offsets(text, statement, call="u16 len = len_of(skb, (u8 *)rt);", caller=RECEIVE):
    return [(place.kind, place.offset, place.size) for place in typed.views(
        ["len_of", "receive"], [text, caller], [statement, call], TYPEDEFS)]


def check_views(tap):
    tap.equal(offsets(LEN, "return ptr[1] + 1;"), [("rt_hdr", 1, 1)],
              "a byte of a struct that is given as bytes")
    tap.equal(offsets(LEN.replace("const u8", "const u16"), "return ptr[1] + 1;"),
              [("rt_hdr", 2, 2)], "... and two bytes")
    tap.equal(offsets(LEN, "return ptr[i] + 1;"), [], "... not with an unknown index")
    tap.equal(offsets(MOVED, "return ptr[1] + 1;"), [], "... not of a pointer that moves")
    tap.equal(offsets(LEN, "return &ptr[1];"), [], "... not its address")
    tap.equal(offsets(LEN, "return ptr[1] + 1;", "u16 len = len_of(skb, skb->data);"), [],
              "... not of what is no struct")
    tap.equal(offsets(LEN, "return ptr[1] + 1;", caller=RECEIVE.replace("*rt ", "**rt ")), [],
              "... not of what points to a pointer")


def check_reads(tap):
    variables = {"vcpu": {"struct vcpu_info *"}, "count": {"u64"},
                 "domain": {"struct sched_domain __rcu *"}}

    def reads(statement, kind):
        return typed.reads_per_cpu(statement, variables, kind, TYPEDEFS)

    tap.ok(reads("time = &get_cpu_var(vcpu)->time;", "struct vcpu_info *"), "a CPU's pointer")
    tap.ok(reads("return per_cpu(count, cpu);", "long long unsigned int"), "a CPU's number")
    tap.ok(reads("sd = rcu_dereference(per_cpu(domain, cpu));", "struct sched_domain *"),
           "... with an attribute for sparse")
    tap.ok(reads("n = this_cpu_read(count);", "long long unsigned int"), "... of this CPU")
    tap.ok(not reads("time = &get_cpu_var(vcpu)->time;", "struct vcpu_info"), "not what it is to")
    tap.ok(not reads("p = &per_cpu(vcpu, cpu);", "struct vcpu_info *"), "not its address")
    tap.ok(not reads("p = this_cpu_ptr(vcpu);", "struct vcpu_info *"), "... got otherwise")
    tap.ok(not reads("n = per_cpu(other, cpu);", "long long unsigned int"), "not another")

    function = "int f(void)\n{\n\tunion caps caps;\n\tunion caps *p;\n\tint n;\n}"
    tap.ok(typed.copies_whole("", "union caps caps = hybrid(pmu, caps);", "union caps"),
           "a union is copied as it is declared")
    tap.ok(typed.copies_whole(function, "caps = hybrid(pmu, caps);", "union caps"), "... or later")
    tap.ok(not typed.copies_whole(function, "p = hybrid(pmu, caps);", "union caps"),
           "... not a pointer to one")
    tap.ok(not typed.copies_whole(function, "n = caps.n;", "union caps"), "... not a number")
    tap.ok(not typed.copies_whole("", "union caps caps = { .n = p->n };", "union caps"),
           "... not what is put together")
    tap.ok(not typed.copies_whole("", "union caps *p = get(caps);", "union caps"),
           "... not what a new pointer points to")

    function = "void f(struct state *s)\n{\n\tstruct state list[3], *t;\n%s\n}"

    def copies(text, kind="struct state"):
        return typed.copies_pointee(function % text, kind)

    tap.ok(copies("\tlist[i] = *s;"), "a struct is copied through a pointer")
    tap.ok(not copies("\tlist[i] = *s;", "struct list"), "... not another one")
    tap.ok(not copies("\tt = s;"), "... not the pointer itself")


def check_sizes(tap):
    them = typed.Typed(Source(), Types())
    text = "int f(struct node *n)\n{\n}"
    tap.equal(them.sizes_at(text, "return n->datum;", 8), {8}, "what a statement names there")
    tap.equal(them.sizes_at(text, "return n->datum;", 12), {4}, "... the rest of it")
    tap.equal(them.sizes_at(text, "return n->datum;", 0), set(), "... not elsewhere")
    tap.equal(them.sizes_at(text, "return get(x)->datum;", 8), {8}, "... of an unknown struct")


def main():
    tap = synthetic.Tap()
    check_callbacks(tap)
    check_views(tap)
    check_reads(tap)
    check_sizes(tap)
    tap.done()


if __name__ == "__main__":
    main()
