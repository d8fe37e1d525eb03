#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports of two checkers in one log are read as each of them alone.

Each report of testdata that is not kmemcheck's, and of the corpus that lies beside the tree, if
at all, stands before, behind, and with caller ids within one of kmemcheck's.
"""

import glob
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get("TOP") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TOOL = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
CORPUS = os.environ.get("CORPUS") or os.path.join(TOP, "../shared/corpus")
CASES = ("kasan-", "kmsan-", "kfence-", "ubsan-", "slub-", "faults-", "bug-")
OURS = os.path.join(TOP, "testdata/reports/object-alloc-and-free-stacks/input.log")


def read(text):
    """What is read of it, but for where it stands."""
    with tempfile.NamedTemporaryFile("w", suffix=".log", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        run = subprocess.run([TOOL, "-q", "-f", "json", file.name], capture_output=True,
                             check=False)
    reports = [json.loads(line) for line in run.stdout.splitlines()]
    for report in reports:
        del report["source"]
    return reports


def called(text, caller):
    """Its lines with a stamp and a caller, unless they have one."""
    for line in text.splitlines():
        stamped = re.match(r"(\[ *\d+\.\d+\])(\[ *[TC]\d+\])?", line)
        if stamped and stamped[2]:
            yield line
        elif stamped:
            yield "%s[ %s]%s" % (stamped[1], caller, line[stamped.end():])
        else:
            yield "[    1.000000][ %s] %s" % (caller, line)


def interleaved(ours, other):
    pairs = itertools.zip_longest(called(ours, "T99998"), called(other, "T99999"))
    return "\n".join(line for pair in pairs for line in pair if line is not None) + "\n"


def without_time(reports):
    """A stamp that was added is no difference."""
    return [{key: value for key, value in report.items() if key not in ("time", "clock")}
            for report in reports]


def key(report):
    return report["checker"] != "kmemcheck", report["signature"]


def main():
    paths = sorted(path for case in CASES for path in
                   glob.glob(os.path.join(TOP, "testdata/reports/%s*/input.log" % case)))
    paths += sorted(glob.glob(os.path.join(CORPUS, "today/*.txt")))
    with open(OURS, encoding="utf-8") as file:
        ours = file.read()
    alone = read(ours)
    print("1..%d" % (3 * len(paths)))
    count = bad = 0
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as file:
            other = file.read().rstrip("\n") + "\n"
        theirs = read(other)
        # Where marks of quoting stand in front, a caller does not.
        plain = not re.search(r"^> |^\d{4}-|^\[\w{3} ", other, re.M)
        name = os.path.basename(os.path.dirname(path) if path.endswith("input.log") else path)
        kinds = {"before": (other + ours, theirs + alone),
                 "behind": (ours + other, alone + theirs),
                 "within": (interleaved(ours, other), alone + theirs)}
        for what, (text, want) in kinds.items():
            count += 1
            have = read(text)
            if what == "within":
                have, want = without_time(have), without_time(want)
            # Callers are read apart: whose report ends first, comes first.
            have, want = sorted(have, key=key), sorted(want, key=key)
            good = have == want or (what == "within" and not plain)
            bad += not good
            print("%sok %d - %s %s" % ("" if good else "not ", count, name, what))
            if good:
                continue
            if len(have) != len(want):
                print("# %d reports wanted, %d found" % (len(want), len(have)))
            for right, wrong in zip(want, have):
                print("# " + " ".join(sorted(k for k in right if right[k] != wrong.get(k))))
    return bad != 0


sys.exit(main())
