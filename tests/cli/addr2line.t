#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Inline chains of a real kernel equal those of binutils' addr2line -afi.

VMLINUX names the kernel, KMC_CHAIN the kmc-chain helper (default: the one in
build/tests), ADDRESSES how many are compared, SEED which.

Compared are all levels: function without gcc's suffix, file, line. What binutils
is known to get wrong is listed below as a class of its own, counted, and may make
up no more than 0.5 % of the addresses.
"""

import bisect
import functools
import os
import posixpath
import random
import re
import subprocess
import sys
from collections import Counter

VMLINUX = os.environ.get("VMLINUX")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KMC_CHAIN = os.environ.get("KMC_CHAIN", ROOT + "/build/tests/kmc-chain")
ADDRESSES = int(os.environ.get("ADDRESSES", "4000"))
SEED = int(os.environ.get("SEED", "1"))
SHOW = int(os.environ.get("SHOW", "3"))
MAX_KNOWN = 0.005
# gcc makes these names from the function's; DWARF has the function's.
SUFFIX = re.compile(r"(\.(isra|cold|constprop|part)(\.\d+)?)+$")


def run(*command, stdin=None):
    done = subprocess.run(command, input=stdin, text=True, capture_output=True,
                          check=True)
    return done.stdout


class Kernel:
    """Its code: sections, and symbols by address."""

    def __init__(self, path):
        self.path = path
        self.sections = {}
        for line in run("readelf", "-SW", path).splitlines():
            m = re.match(r" *\[ *(\d+)\] (\S+) +\S+ +([0-9a-f]{8,16}) \S+ (\S+)"
                         r" \S+ +([A-Z]+) ", line)
            if m and "X" in m[5] and int(m[4], 16):
                start = int(m[3], 16)
                self.sections[m[1]] = (m[2], start, start + int(m[4], 16))
        self.starts = {}
        for line in run("readelf", "-sW", path).splitlines():
            f = line.split()
            if len(f) == 8 and f[6] in self.sections and f[3] in ("FUNC", "NOTYPE"):
                self.starts.setdefault(int(f[1], 16), set()).add((f[3], f[7]))
        self.order = sorted(self.starts)

    def symbol(self, address):
        """Start, end (the next symbol or section's end) around an address."""
        i = bisect.bisect_right(self.order, address)
        end = next(e for _, s, e in self.sections.values() if s <= address < e)
        if i < len(self.order):
            end = min(end, self.order[i])
        return self.order[i - 1], end

    def names(self, address):
        i = bisect.bisect_right(self.order, address)
        return {n for _, n in self.starts[self.order[i - 1]]} if i else set()

    def pick(self, count, rng):
        """Spread over the bytes, and over the rarer kinds of code."""
        picked = set()
        total = sum(e - s for _, s, e in self.sections.values())
        for name, start, end in self.sections.values():
            # At least 50 of each section, so that .init.text and the small
            # ones take part.
            n = max(50, count * (end - start) // total)
            picked.update(a for a in (rng.randrange(start, end) for _ in range(n))
                          if not self.gap(a))
        starts = [a for a in self.order if self.code(a) and not self.gap(a)]
        asm = [a for a in starts if all(k == "NOTYPE" for k, _ in self.starts[a])]
        # Padding before a function has no lines, and no code that could make a report.
        cold = [a for a in starts if any(SUFFIX.search(n) and not n.startswith("__pfx_")
                                         for _, n in self.starts[a])]
        for rare in asm, cold:
            picked.update(self.inside(a, rng)
                          for a in rng.sample(rare, min(len(rare), count // 10)))
        return sorted(picked)

    @functools.cache
    def first_files(self):
        """Files 0 and 1 of every line table where they differ."""
        text = subprocess.run(
            ["sh", "-c", "readelf --debug-dump=rawline \"$0\" 2>/dev/null |"
             " grep -E '^ The |^  [0-9]+[[:blank:]]'", self.path],
            text=True, capture_output=True, check=True).stdout
        pairs, dirs, files = set(), [], None
        for line in text.splitlines() + ["The Directory Table"]:
            if "The Directory Table" in line:
                if len(files or []) == 2 and files[0] != files[1]:
                    pairs.add(tuple(files[:2]))
                dirs, files = [], None
            elif "The File Name Table" in line:
                files = []
            else:
                fields = line.split("\t")
                name = re.sub(r"^\(.*?offset: [0-9a-fx]+\): ", "", fields[-1])
                if files is None:
                    dirs.append(name)
                elif len(files) < 2:
                    files.append(posixpath.normpath(posixpath.join(
                        dirs[0], dirs[int(fields[1])], name)))
        return pairs

    def gap(self, address):
        """Padding that the linker script makes, up to 2 MB."""
        return all(re.search(r"_(text_)?(start|end)$|_[es]text$", n)
                   for n in self.names(address))

    def code(self, address):
        return any(s <= address < e for _, s, e in self.sections.values())

    def inside(self, start, rng):
        return rng.randrange(start, max(self.symbol(start)[1], start + 1))


def parse(text):
    """addr2line -afi → {address: [(function, file, line)]}"""
    chains, lines = {}, text.splitlines()
    i = 0
    while i < len(lines):
        chain = chains.setdefault(int(lines[i], 16), [])
        i += 1
        while i < len(lines) and not re.match(r"0x([0-9a-f]{8}){1,2}$", lines[i]):
            place = re.sub(r" \(discriminator \d+\)$", "", lines[i + 1])
            path, _, line = place.rpartition(":")
            chain.append((SUFFIX.sub("", lines[i]), posixpath.normpath(path),
                          0 if line == "?" else int(line)))
            i += 2
    return chains


def same_place(ours, theirs):
    return same_file(ours[1], theirs[1]) and ours[2] == theirs[2]


PREFIXES = Counter()


def same_file(ours, theirs):
    """Ours may lack the build or source tree in front, and nothing else."""
    if ours == theirs:
        return True
    if not theirs.endswith("/" + ours) or ours.startswith("/"):
        return False
    PREFIXES[theirs[:-len(ours) - 1]] += 1
    return True


def same_chain(ours, theirs):
    return len(ours) == len(theirs) and all(
        o[0] == t[0] and same_place(o, t) for o, t in zip(ours, theirs))


def known_fault(kernel, address, ours, theirs):
    """Which known fault of addr2line makes this difference, None: none does."""
    if len(ours) != len(theirs):
        return None
    names = {SUFFIX.sub("", name) for name in kernel.names(address)}
    inner, their = ours[0], theirs[0]
    if ours[1:] and not same_chain(ours[1:], theirs[1:]):
        return None
    # Several names for one address: which one it takes is chance.
    if same_place(inner, their) and {inner[0], their[0]} <= names:
        return "takes another name of the same address"
    # Without a line it shows the STT_FILE symbol's base name.
    if inner[0] == their[0] and inner[1:] == ("??", 0) and \
            their[2] == 0 and "/" not in their[1]:
        return "gives a file without a line"
    # A DWARF 5 line table starts with file 1, it starts it with file 0, the
    # CU's own, so that code before the first DW_LNS_set_file gets the wrong
    # file. eu-addr2line and llvm-symbolizer give ours. Only believed when there
    # is a table with these very two files.
    if inner[0] == their[0] and inner[2] == their[2] and any(
            their[1] == file0 and same_file(inner[1], file1)
            for file0, file1 in kernel.first_files()):
        return "takes file 0 for file 1"
    return None


def compare(kernel, address, ours, theirs):
    """"same", "same, asked alone", "known: …", or "wrong"."""
    if same_chain(ours, theirs):
        return "same"
    fault = ours and known_fault(kernel, address, ours, theirs)
    if not fault:
        # In a batch its answers for padding behind a function depend on the
        # questions before.
        theirs = ask([address])[address]
        if same_chain(ours, theirs):
            return "same, asked alone"
        fault = ours and known_fault(kernel, address, ours, theirs)
    return f"known: {fault}" if fault else "wrong"


def ask(addresses):
    # Downwards: it remembers the last symbol it gave and gives it again for
    # addresses behind it, even when another label is nearer.
    addresses = sorted(addresses, reverse=True)
    stdin = "".join(f"{a:x}\n" for a in addresses)
    return parse(run("addr2line", "-afi", "-e", VMLINUX, stdin=stdin))


def show(label, chain):
    for function, path, line in chain:
        print(f"#   {label} {function} {path}:{line}")


def main():
    if not VMLINUX:
        print("1..0 # SKIP VMLINUX is not set")
        return 0
    print("1..4")
    kernel = Kernel(VMLINUX)
    addresses = kernel.pick(ADDRESSES, random.Random(SEED))
    theirs = ask(addresses)
    ours = parse(run(KMC_CHAIN, VMLINUX,
                     stdin="".join(f"{a:x}\n" for a in addresses)))
    found = Counter()
    shown = Counter()
    for address in addresses:
        what = compare(kernel, address, ours.get(address, []), theirs[address])
        found[what] += 1
        shown[what] += what != "same"
        if not what.startswith("same") and shown[what] <= SHOW:
            print(f"# {what}: {address:#x} {sorted(kernel.names(address))}")
            show("ours  ", ours.get(address, []))
            show("theirs", theirs[address])
    for what, count in sorted(found.items()):
        print(f"# {count:6} {what}")
    frames = sum(map(len, theirs.values()))
    print(f"# {len(addresses)} addresses, {frames} frames, seed {SEED}")
    known = sum(n for what, n in found.items() if what.startswith("known"))
    checks = (
        (len(addresses) >= 2000, "at least 2000 addresses were compared"),
        (not found["wrong"], "every chain equals addr2line's"),
        (known <= MAX_KNOWN * len(addresses), "known faults of addr2line are rare"),
        (len(PREFIXES) <= 2, "paths lack the build or source tree and nothing else"),
    )
    for i, (good, name) in enumerate(checks, 1):
        print(f"{'ok' if good else 'not ok'} {i} - {name}")
    return 0 if all(good for good, _ in checks) else 1


sys.exit(main())
