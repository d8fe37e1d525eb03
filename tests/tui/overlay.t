#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-annotate shows the bytes, members and evidence that kmc-report shows.

For the fixture's reports and for those in testdata; with VMLINUX, MODULES and LOGS (file
names) also for those. Compared are the rows of the memory view, and each reason with
its offset.
"""

import difflib
import glob
import os
import re
import subprocess
import sys
import tempfile

import fixture

ROOT = os.path.dirname(os.path.dirname(fixture.HERE))
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


def evidence(lines):
    return [re.sub(r"\s+", " ", line.strip()) for line in lines
            if re.match(r" {6}[ !] [+-]\d+: ", line) or re.match(r" {6} {2}[+-]\d+: ", line)]


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
    blocks = sections(run(REPORT, "-q", *options, path), re.compile(r"  from (.*?)$"))
    out = {}
    for name, lines in blocks.items():
        rows = []
        for i, line in enumerate(lines):
            if line.startswith("  Memory"):
                rows = [row[2:] for row in memory(lines, i + 1)]
        out[name] = rows, evidence(lines)
    return out


def ours(path, options):
    blocks = sections(run(ANNOTATE, *options, "--dump", path),
                      re.compile(rf"({re.escape(path)}(?::\d+|, report \d+)), "))
    out = {}
    for name, lines in blocks.items():
        rows = []
        for i, line in enumerate(lines):
            if line == "Memory":
                rows = memory(lines, i + 1)
        out[name] = rows, evidence(lines)
    return out


def compare(path, options):
    """→ compared, differing"""
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


def main():
    jobs = [(path, []) for path in sorted(glob.glob(ROOT + "/testdata/reports/*/input.log"))]
    if os.environ.get("VMLINUX"):
        options = ["-k", os.environ["VMLINUX"], "--force"]
        if os.environ.get("MODULES"):
            options += ["-m", os.environ["MODULES"]]
        jobs += [(path, options) for path in os.environ.get("LOGS", "").split()]
    print("1..2")
    compared = bad = 0
    with tempfile.TemporaryDirectory() as directory:
        fixture.build(directory)
        fixture.log(directory)
        jobs.append((directory + "/reports.log", ["-k", directory + "/vmlinux"]))
        for path, options in jobs:
            n, wrong = compare(path, options)
            compared += n
            bad += wrong
    print(f"{'ok' if compared > 20 else 'not ok'} 1 - {compared} reports of {len(jobs)} "
          "files are shown by both")
    print(f"{'not ok' if bad else 'ok'} 2 - they are shown alike")
    return bad > 0 or compared <= 20


sys.exit(main())
