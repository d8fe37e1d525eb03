#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Screens of kmc-annotate, compared as text.

Each directory in cases/ has a key script, the arguments, and the screens that are
expected. REGEN=1 writes these anew; review is the gate. They run where the fixture was
compiled: vmlinux, reports.log, and its source tree.
"""

import difflib
import os
import subprocess
import sys
import tempfile

import fixture

ROOT = os.path.dirname(os.path.dirname(fixture.HERE))
ANNOTATE = os.path.abspath(os.environ.get("KMC_ANNOTATE", ROOT + "/build/kmc-annotate"))
CASES = fixture.HERE + "/cases"


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path) as f:
        return f.read()


def run_case(case, directory):
    """→ what it printed"""
    args = read(f"{CASES}/{case}/args").replace("@ROOT@", ROOT).split()
    keys = f"{CASES}/{case}/keys"
    command = [ANNOTATE] + args
    if os.path.exists(keys):
        command[1:1] = ["--keys", keys]
    environment = dict(os.environ, LC_ALL="C.UTF-8", EDITOR="echo >edited",
                       XDG_CACHE_HOME=directory + "/cache")
    done = subprocess.run(command, cwd=directory, text=True, capture_output=True,
                          env=environment, timeout=120)
    text = done.stdout.replace(ROOT, "@ROOT@")
    if done.stderr:
        text += "stderr: " + done.stderr
    if done.returncode:
        text += f"exit: {done.returncode}\n"
    for name in "edited", "out":
        path = f"{directory}/{name}"
        if os.path.exists(path):
            text += f"file {name}:\n" + read(path).replace(directory, "@DIR@")
            os.unlink(path)
    return text


def main():
    cases = sorted(os.listdir(CASES))
    print(f"1..{len(cases)}")
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        fixture.build(directory)
        fixture.build_other(directory)
        fixture.build_program(directory)
        fixture.log(directory)
        for n, case in enumerate(cases, 1):
            text = run_case(case, directory)
            expect = f"{CASES}/{case}/expect"
            if os.environ.get("REGEN"):
                with open(expect, "w") as f:
                    f.write(text)
            good = text == read(expect)
            failed += not good
            print(f"{'ok' if good else 'not ok'} {n} - {case}")
            if not good:
                for line in difflib.unified_diff(read(expect).splitlines(),
                                                 text.splitlines(), "expected", "found",
                                                 lineterm=""):
                    print("#", line)
    return failed > 0


sys.exit(main())
