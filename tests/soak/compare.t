#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-annotate --diff of two kernels names the types that pahole prints differently.

KERNEL_A and KERNEL_B are files with BTF. Of SAMPLE of these (default 200, 0: all) each side's
members are those that pahole prints: name, offset and size.
"""

import json
import os
import random
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANNOTATE = os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate"


def run(*command):
    return subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C.UTF-8"),
                          timeout=1200).stdout


def layouts(path, members):
    """→ {"struct x": layouts}, of what has a name, and in @members what is in it"""
    found = {}
    text = run("pahole", "-F", "btf", path)
    for match in re.finditer(r"(?ms)^(struct|union) (\w+) \{\n(.*?)^\}", text):
        name = f"{match[1]} {match[2]}"
        body = re.sub(r"(?m)^\s*/\* (?!size:).*?\*/\s*$", "", match[3])
        found.setdefault(name, set()).add(re.sub(r"\s+", " ", body))
        members[name] = their_members(body)
    return found


# "} name[2]; /* 8 16 */", "void (*name)(int); /* 8 8 */", "u32 name:3; /* 8: 2 4 */"
MEMBER = re.compile(r"(?m)^\s*(.*);\s+/\* +(\d+)(?:: *(\d+))? +(\d+) \*/$")


def their_members(body):
    """→ (name, first bit, bits) of all that have a name; what struct_group() doubles, once"""
    found = set()
    for declared, offset, bit, size in MEMBER.findall(body):
        declared = re.sub(r"\s*__attribute__\(\(.*\)\)$", "", declared)
        name = re.search(r"\(\*+(?:const )?(\w+)", declared) or \
            re.search(r"(\w+)(?:\[\d*\])*(?::\d+)?$", declared)
        bits = re.search(r":(\d+)$", declared)
        if name and not re.search(r"\s:\d+$", declared):
            found.add((name[1], int(offset) * 8 + int(bit or 0),
                       int(bits[1]) if bits else int(size) * 8))
    return found


def our_members(a, b, name):
    """→ the same of both kernels"""
    found = set(), set()
    for row in json.loads(run(ANNOTATE, "--dump=json", "--diff", a, b, name))["members"]:
        for members, side in zip(found, (row["a"], row["b"])):
            if side and row["place"] == "member":
                members.add((row["path"].split(".")[-1], side["bit_offset"], side["bit_size"]))
    return found


def compare_members(a, b, names, members):
    """→ names whose members are others than pahole's"""
    sample = int(os.environ.get("SAMPLE", "200"))
    names = sorted(names)
    if sample and sample < len(names):
        names = random.Random(int(os.environ.get("SEED", "1"))).sample(names, sample)
    bad = []
    for name in names:
        for ours, theirs in zip(our_members(a, b, name), (m[name] for m in members)):
            if ours != theirs and not is_one_of_several(a, name) and \
                    not is_one_of_several(b, name):
                bad.append((name, sorted(theirs - ours), sorted(ours - theirs)))
    return len(names), bad


def theirs(a, b, names, members):
    """→ names that differ"""
    x, y = layouts(a, members[0]), layouts(b, members[1])
    names.update(x.keys() & y.keys())
    return ({n for n in x.keys() & y.keys() if x[n] != y[n]}, x.keys() - y.keys(),
            y.keys() - x.keys())


def ours(a, b, names):
    differ, gone, new = set(), set(), set()
    for line in run(ANNOTATE, "--dump", "--diff", a, b).splitlines()[1:]:
        match = re.match(r" *(\d*) (?:→|  ?) *(\d*) *([-+]?) *((?:struct|union) \w+)", line)
        if match:
            {"-": gone, "+": new}.get(match[3], differ).add(match[4])
    # A layout more or less of a name that both have.
    return differ | (gone | new) & names, gone - names, new - names


def is_one_of_several(path, name):
    """pahole prints one layout of a name, whichever; all of them may be the same"""
    done = subprocess.run([ANNOTATE, "--keys", "/dev/null", "--size", "160x6", "-k", path]
                          + name.split(), text=True, check=True, capture_output=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=100)
    return "of that name" in done.stdout


def main():
    a, b = os.environ.get("KERNEL_A"), os.environ.get("KERNEL_B")
    if not a or not b:
        print("1..0 # SKIP KERNEL_A and KERNEL_B name two kernels with BTF")
        return 0
    failed = 0
    names = set()               # that both have
    members = {}, {}
    differ = None
    print("1..4")
    for n, (what, p, q) in enumerate(zip(("differ", "are gone", "are new"),
                                         theirs(a, b, names, members),
                                         ours(a, b, names)), 1):
        several = {name for name in p ^ q if is_one_of_several(a, name) or
                   is_one_of_several(b, name)}
        p -= several
        q -= several
        differ = differ or p
        failed += p != q
        print(f"{'ok' if p == q else 'not ok'} {n} - {len(p)} types {what}")
        for name in sorted(p ^ q)[:30]:
            print(f"# {name}: {'pahole' if name in p else 'kmc-annotate'} alone")
        print(f"# {len(p - q)} of pahole alone, {len(q - p)} of kmc-annotate alone")
    count, bad = compare_members(a, b, differ, members)
    print(f"{'not ok' if bad else 'ok'} 4 - the members of {count} types that differ, on both sides")
    for name, their, our in bad[:10]:
        print(f"# {name}: pahole {their[:3]}, kmc-annotate {our[:3]}")
    failed += bool(bad)
    return failed > 0


sys.exit(main())
