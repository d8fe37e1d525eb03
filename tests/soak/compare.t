#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-annotate --diff of two kernels names the types that pahole prints differently.

KERNEL_A and KERNEL_B are files with BTF.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANNOTATE = os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate"


def run(*command):
    return subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C.UTF-8"),
                          timeout=1200).stdout


def layouts(path):
    """→ {"struct x": layouts}, of what has a name"""
    found = {}
    text = run("pahole", "-F", "btf", path)
    for match in re.finditer(r"(?ms)^(struct|union) (\w+) \{\n(.*?)^\}", text):
        body = re.sub(r"(?m)^\s*/\* (?!size:).*?\*/\s*$", "", match[3])
        found.setdefault(f"{match[1]} {match[2]}", set()).add(re.sub(r"\s+", " ", body))
    return found


def theirs(a, b, names):
    """→ names that differ"""
    x, y = layouts(a), layouts(b)
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
    print("1..3")
    for n, (what, p, q) in enumerate(zip(("differ", "are gone", "are new"), theirs(a, b, names),
                                         ours(a, b, names)), 1):
        several = {name for name in p ^ q if is_one_of_several(a, name) or
                   is_one_of_several(b, name)}
        p -= several
        q -= several
        failed += p != q
        print(f"{'ok' if p == q else 'not ok'} {n} - {len(p)} types {what}")
        for name in sorted(p ^ q)[:30]:
            print(f"# {name}: {'pahole' if name in p else 'kmc-annotate'} alone")
        print(f"# {len(p - q)} of pahole alone, {len(q - p)} of kmc-annotate alone")
    return failed > 0


sys.exit(main())
