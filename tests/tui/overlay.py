# SPDX-License-Identifier: GPL-2.0-or-later
"""What kmc-annotate lays over a type, beside what kmc-report draws of the same report.

Compared are the rows of the memory view, and each reason for what comes first.
"""

import difflib
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANNOTATE = os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate"
REPORT = os.environ.get("KMC_REPORT") or ROOT + "/build/kmc-report"


def run(*command):
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    return subprocess.run(command, text=True, capture_output=True, timeout=300,
                          env=environment).stdout.splitlines()


def memory(lines, start):
    """The rows from @start to a blank line, without the indent."""
    rows = []
    for line in lines[start:]:
        if not line.strip():
            break
        rows.append(line.rstrip())
    # An ending cut after blanks is the same row.
    return rows


def evidence(lines, others):
    """The reasons for the first candidate; what matches @others is the next one."""
    found = []
    for line in lines:
        if re.match(others, line):
            break
        if re.match(r" +!? ?[+-]\d+: ", line):
            found.append(re.sub(r"\s+", " ", line.strip()))
    return found


def sections(lines, head):
    """First lines that match @head → what follows up to the next one"""
    found, name = {}, None
    for line in lines:
        m = head.match(line)
        if m:
            name = m[1]
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def theirs(path, options):
    blocks = sections(run(REPORT, "-q", "--width=400", *options, path), re.compile(r"  from (.*?)$"))
    out = {}
    for name, lines in blocks.items():
        rows = []
        for i, line in enumerate(lines):
            if line.startswith("  Memory"):
                rows = [row[2:] for row in memory(lines, i + 1)]
        out[name] = rows, evidence(lines, "(?!)")
    return out


def ours(path, options):
    blocks = sections(run(ANNOTATE, *options, "--size=400x60", "--dump", path),
                      re.compile(rf"({re.escape(path)}(?::\d+|, report \d+)), "))
    out = {}
    for name, lines in blocks.items():
        rows = []
        for i, line in enumerate(lines):
            if line == "Memory":
                rows = memory(lines, i + 1)
        out[name] = rows, evidence(lines, "  or ")
    return out


def compare(path, options):
    """→ compared, differing; says in TAP comments where"""
    report, annotate = theirs(path, options), ours(path, options)
    bad = 0
    for name, found in annotate.items():
        if report.get(name) == found:
            continue
        bad += 1
        for a, b in zip(report.get(name, ([], [])), found):
            for line in difflib.unified_diff(a, b, "kmc-report", "kmc-annotate",
                                             lineterm=""):
                print(f"# {os.path.basename(path)} {name[len(path):]} {line}")
    return len(annotate), bad
