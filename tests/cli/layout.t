#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Layouts of a real kernel equal pahole's, from BTF and from DWARF.

VMLINUX names the kernel, KMC_LAYOUT the kmc-layout helper (default: the one in
build/tests), SHOW how many differences are shown.

Compared are all structs and unions that pahole prints, those without a name inside
them included: size, number of members, each member's name, declaration, offset, size
and width, each hole's place and size, padding, and the sums. pahole counts a hole
that begins within the storage of a bit-field as so many bits and so many bytes;
compared is what that makes together.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict

VMLINUX = os.environ.get("VMLINUX")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KMC_LAYOUT = os.environ.get("KMC_LAYOUT", ROOT + "/build/tests/kmc-layout")
SHOW = int(os.environ.get("SHOW", "3"))
WANTED = 5000       # of both sources together

HEAD = re.compile(r"(typedef )?(struct|union) (\w+ )?\{$")
# "/*   148: 8  4 */", "/*    24     4 */"
PLACE = re.compile(r"/\* +(\d+)(?:: *(\d+))? +(\d+) \*/$")
HOLE = re.compile(r"/\* XXX (\d+) (bit|byte)s? hole")
SUMS = {
    "size": re.compile(r"/\* size: (\d+), cachelines: \d+, members: (\d+)"),
    "holes": re.compile(r"sum holes: (\d+)"),
    "bit holes": re.compile(r"sum bit holes: (\d+) bits"),
    "padding": re.compile(r"/\* padding: (\d+)"),
    "bit padding": re.compile(r"/\* bit_padding: (\d+) bits"),
}
ATTRIBUTE = re.compile(r" *__attribute__\(\(.*?\)\)\)?(?=[ ;[])")
NAME = re.compile(r"(\w+)((?:\[\d*\])*)(?::(\d+))?$")
FUNCTION = re.compile(r"\(\*+ *(?:const +)?(\w+)")


class Type:
    """One struct or union, as either side has it."""

    def __init__(self, kind, name, is_union=False):
        self.kind, self.name, self.is_union = kind, name, is_union
        self.size = self.count = None
        self.members = []           # depth, name, bit offset, bits, width, declaration
        self.holes = Counter()      # (depth, after which of the members) → bits
        self.sums = {}
        self.unnamed = 0            # structs and unions inside it

    def key(self):
        return self.kind, self.name


def squeeze(declaration):
    # BTF has one word for [] and [0].
    return re.sub(r"\s+", "", declaration).replace("[0]", "[]")


def split(text):
    """"void (*f)(int)" → name, declaration without it, width"""
    function = FUNCTION.search(text)
    if function:
        at, width = function.span(1), None
    else:
        m = NAME.search(text)
        at, width = m.span(1), m[3]
        text = text[:m.start(3) - 1] if width else text
    return text[at[0]:at[1]], squeeze(text[:at[0]] + text[at[1]:]), width


class Pahole:
    """Reads what pahole prints."""

    def __init__(self, text, sizes=None):
        self.types = []
        self.type = None
        self.sizes = sizes or {}    # of unions, by name
        self.open = []              # kind and position of the enclosing ones
        for line in text.splitlines():
            self.line(line)

    def line(self, line):
        body = line.strip()
        head = HEAD.match(line)
        if head:
            self.type = Type("typedef" if head[1] else head[2],
                             (head[3] or "").strip(), head[2] == "union")
            self.types.append(self.type)
            self.open = []
        elif self.type is None:
            return
        elif line.startswith("}"):
            self.close(body)
        elif re.match(r"(const |volatile )*(struct|union|enum) (\w+ )?\{$", body):
            self.open.append((body, len(self.type.members)))
            self.type.members.append(None)
        elif self.open and self.open[-1][0].startswith("enum"):
            if body.startswith("}"):
                self.inner(body)
        elif body.startswith("}"):
            self.inner(body)
        elif body.startswith("/*"):
            self.comment(body)
        else:
            self.member(body)

    def close(self, body):
        t = self.type
        if t.kind == "typedef":
            t.name = ATTRIBUTE.sub("", body).strip("} ;")
        if t.size is None:
            # Of a union it does not say it here, and may make it more than the largest
            # member, to align it.
            t.size = max((m[2] + m[3] for m in t.members if m[0] == 1), default=0) // 8
            t.size = self.sizes.get(t.name, t.size)
        if t.count is None:
            t.count = sum(m[0] == 1 for m in t.members)
        self.type = None

    def comment(self, body):
        hole = HOLE.match(body)
        if hole:
            last = max((i for i, m in enumerate(self.type.members)
                        if m and m[0] == len(self.open) + 1), default=-1)
            if self.open and last < self.open[-1][1]:
                last = -1
            self.type.holes[len(self.open) + 1, last] += \
                int(hole[1]) * (8 if hole[2] == "byte" else 1)
        for name, regex in SUMS.items():
            m = regex.search(body)
            if m and not self.open:
                self.type.sums[name] = int(m[1])
                if name == "size":
                    self.type.size, self.type.count = int(m[1]), int(m[2])

    def parse(self, body):
        place = PLACE.search(body)
        if not place:
            return None             # ":0", which is its guess
        text = ATTRIBUTE.sub("", body[:place.start()]).strip().rstrip(";").strip()
        start = int(place[1]) * 8 + int(place[2] or 0)
        return text, start, int(place[3]) * 8

    def member(self, body):
        parsed = self.parse(body)
        if not parsed:
            return
        text, start, bits = parsed
        name, declaration, width = split(text)
        if width:
            bits = int(width)
        self.type.members.append((len(self.open) + 1, name, start, bits, bool(width),
                                  declaration))

    def inner(self, body):
        head, at = self.open.pop()
        text, start, bits = self.parse(body)
        text = text[1:].strip()
        keyword = head[:-1].strip() + "{...}"
        name, declaration, width = split(text) if text else ("-", "", None)
        self.type.members[at] = (len(self.open) + 1, name, start,
                                 int(width) if width else bits, bool(width),
                                 squeeze(keyword + declaration))
        self.type.unnamed += not head.startswith("enum")


def ours(text):
    """Reads what kmc-layout prints."""
    types = []
    for line in text.splitlines():
        f = line.split(" ", 6)
        if f[0] in ("struct", "union", "typedef"):
            t = Type(f[0], f[1])
            t.size, t.count = int(f[2]), int(f[3])
            t.gaps = []
            types.append(t)
        elif f[0] == "m":
            t.members.append((int(f[1]), f[5], int(f[2]), int(f[3]), f[4] == "1",
                              squeeze(f[6])))
        else:
            t.gaps.append((int(f[1]), f[2], int(f[3]), int(f[4]), len(t.members)))
    for t in types:
        place_holes(t)
    return types


def place_holes(t):
    """From bits to the member before it, as pahole shows them."""
    sums = Counter()
    for depth, place, start, bits, before in t.gaps:
        if depth == 1:
            sums[place] += bits
        if place == "hole":
            # Those of a struct come behind its members.
            after = -1
            for i in range(before - 1, -1, -1):
                m = t.members[i]
                if m[0] < depth:
                    break
                if m[0] == depth and m[2] + m[3] <= start:
                    after = max(after, i)
            t.holes[depth, after] += bits
    t.sums = sums


KNOWN = Counter()


def same_declaration(theirs, ours):
    if theirs == ours:
        return True
    # It writes every const in front, so that constant pointers look like pointers to
    # constants, those that a function takes as well, and arrays of constants have it twice.
    if re.search(r"(^|[(,])const", theirs) and theirs.replace("const", "") == \
            ours.replace("const", ""):
        KNOWN["writes const in front, wherever it belongs"] += 1
        return True
    if re.fullmatch(re.escape(theirs[:-1]) + r"\(\*\)\[\d*\]", ours):
        KNOWN["writes a pointer to an array as one to an element"] += 1
        return True
    if theirs.replace("singledouble", "double") == ours:
        KNOWN["writes single in front of BTF's double"] += 1
        return True
    return False


def differences(a, b):
    """What is not the same in pahole's @a and our @b."""
    if a.size != b.size:
        yield f"size {a.size} and {b.size}"
    if a.count != b.count:
        yield f"members {a.count} and {b.count}"
    if len(a.members) != len(b.members):
        yield f"members in all {len(a.members)} and {len(b.members)}"
    for x, y in zip(a.members, b.members):
        if x[:-1] != y[:-1] or not same_declaration(x[-1], y[-1]):
            yield f"member {x} and {y}"
    if a.holes != b.holes:
        yield f"holes {dict(a.holes)} and {dict(b.holes)}"
    if a.is_union:
        return                      # it does not look for padding there
    tail = a.sums.get("padding", 0) * 8 + a.sums.get("bit padding", 0)
    if tail != b.sums["tail"]:
        yield f"padding {tail} and {b.sums['tail']} bits"
    holes = a.sums.get("holes", 0) * 8 + a.sums.get("bit holes", 0)
    if holes != b.sums["hole"]:
        yield f"holes of {holes} and {b.sums['hole']} bits together"


def run(*command):
    start = time.monotonic()
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"Bail out! {command[0]}: {done.stderr.strip()}")
    return done.stdout, time.monotonic() - start


def best(theirs, candidates):
    """The differences from the candidate that is nearest."""
    return min((list(differences(theirs, c)) for c in candidates), key=len)


def union_sizes(source):
    """What it says elsewhere. Of several of one name nothing is known."""
    found = defaultdict(set)
    for line in run("pahole", "-F", source, "--sizes", VMLINUX)[0].splitlines():
        name, size, _ = line.split("\t")
        found[name].add(int(size))
    return {name: sizes.pop() for name, sizes in found.items() if len(sizes) == 1}


def typedefs(source, names):
    """What pahole has of typedefs of structs without a name."""
    with tempfile.NamedTemporaryFile("w", suffix=".names") as f:
        f.write("".join(f"{name}\n" for name in names))
        f.flush()
        return Pahole(run("pahole", "-F", source, "-C", "file://" + f.name,
                          VMLINUX)[0]).types


def compare(source):
    """→ compared, of these unnamed, differing, missing"""
    text, theirs_time = run("pahole", "-F", source, VMLINUX)
    theirs = Pahole(text, union_sizes(source)).types
    text, our_time = run(KMC_LAYOUT, source, VMLINUX)
    have = defaultdict(list)
    for t in ours(text):
        have[t.key()].append(t)
    theirs += typedefs(source, [name for kind, name in have if kind == "typedef"])
    compared, unnamed, bad, missing = 0, 0, 0, []
    for t in theirs:
        if not have[t.key()]:
            missing.append(t)
            continue
        compared += 1
        unnamed += t.unnamed
        found = best(t, have[t.key()])
        if found:
            # The list has one of a name and size, asking for the name gives all.
            found = best(t, ours(run(KMC_LAYOUT, source, VMLINUX,
                                     f"{t.kind} {t.name}")[0]))
        bad += bool(found)
        if found and bad <= SHOW:
            print(f"# {source}: {t.kind} {t.name}, pahole and ours:")
            for text in found[:4]:
                print(f"#   {text}")
    print(f"# {source}: {compared} structs and unions with {unnamed} unnamed ones in "
          f"them, {sum(len(t.members) for t in theirs)} members, "
          f"{sum(len(t.holes) for t in theirs)} holes; {bad} differ; "
          f"pahole {theirs_time:.2f} s, ours {our_time:.2f} s")
    for t in missing[:SHOW]:
        print(f"# {source}: only pahole has {t.kind} {t.name}, {t.size} bytes")
    return compared, unnamed, bad, len(missing)


def main():
    if not VMLINUX:
        print("1..0 # SKIP VMLINUX is not set")
        return 0
    if not shutil.which("pahole"):
        print("1..0 # SKIP pahole (package dwarves) is not installed")
        return 0
    print("1..5")
    ok, n, total = True, 0, 0
    for source in "btf", "dwarf":
        compared, unnamed, bad, missing = compare(source)
        total += compared + unnamed
        checks = (
            (not bad, "every layout equals pahole's"),
            (not missing, "everything that pahole prints is found"),
        )
        for good, name in checks:
            n += 1
            ok &= good
            print(f"{'ok' if good else 'not ok'} {n} - {source}: {name}")
    ok &= total >= WANTED
    print(f"{'ok' if total >= WANTED else 'not ok'} 5 - {total} were compared, at least "
          f"{WANTED}")
    for what, count in KNOWN.items():
        print(f"# pahole {what}: {count} times")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
