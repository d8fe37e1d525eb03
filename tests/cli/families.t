#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kmc-report does with reports of one checker, it does with those of all.

Of all logs of testdata: --only= takes each checker's reports and no others, --error-exitcode
counts them, --format=errors has a warning for each, SARIF a rule for what each came to, and
--group each of them in some bug.
"""

import glob
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True

import synthetic                                            # noqa: E402

TOP = os.environ.get("TOP") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TOOL = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
LOGS = sorted(glob.glob(os.path.join(TOP, "testdata/reports/*/input.log")))
STATUS = 7

# What a report came to, and the kind of access: its rule. Of what is missing here, by its checker.
RULES = {
    ("out-of-bounds", "read"): "out-of-bounds-read",
    ("out-of-bounds", "write"): "out-of-bounds-write",
    ("use-after-free", "read"): "use-after-free-read",
    ("use-after-free", "write"): "use-after-free-write",
    ("uninitialized-value", None): "uninitialized-read",
    ("infoleak", "infoleak"): "infoleak",
    ("wild-pointer", "read"): "bad-access",
    ("wild-pointer", "write"): "bad-access",
    ("use-after-free-suspected", "read"): "suspected-use-after-free",
    ("use-after-free-suspected", None): "suspected-use-after-free",
    ("use-after-free", None): "use-after-free-read",
    ("unknown", None): "bad-access",
}
BY_CHECKER = {"BUG": "assertion", "WARNING": "warning", "lockdep": "locking"}
SAME = ("double-free", "invalid-free", "memory-corruption", "objects-remaining", "refcount",
        "list-corruption", "null-dereference", "error-pointer", "user-address",
        "pointer-not-set")
UNDEFINED = {"array-index-out-of-bounds": "array-index-out-of-bounds",
             "array index out of bounds": "array-index-out-of-bounds",
             "misaligned-access": "undefined-behaviour",
             "shift-out-of-bounds": "shift-out-of-bounds",
             "signed-integer-overflow": "arithmetic-overflow",
             "division-overflow": "arithmetic-overflow",
             "invalid-load": "undefined-behaviour", "null-ptr-deref": "undefined-behaviour"}


def run(form, *options):
    """-> status, what was printed"""
    done = subprocess.run([TOOL, "-q", "-f", form, *options, *LOGS], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout


def wanted_rule(report):
    kind = report["verdict"]["class"]
    if report["checker"] in BY_CHECKER:
        return BY_CHECKER[report["checker"]]
    if report["checker"] == "UBSAN":
        return UNDEFINED[report["error"]]
    # Of a line that was cut, the address is missing.
    if kind == "unknown" and "NULL pointer" in report["error"]:
        return "null-dereference"
    return kind if kind in SAME else RULES.get((kind, report["kind"]))


def main():
    tap = synthetic.Tap()
    everything = [json.loads(line) for line in run("json")[1].splitlines()]
    checkers = sorted({report["checker"] for report in everything})
    for checker in ("KASAN", "KMSAN", "KFENCE", "UBSAN", "SLUB", "oops", "gpf", "BUG", "WARNING",
                    "list", "refcount", "kmemcheck"):
        tap.ok(checker in checkers, f"there are reports of {checker}")
    for checker in checkers:
        own = [report for report in everything if report["checker"] == checker]
        only = "--only=" + checker
        status, text = run("json", only, f"--error-exitcode={STATUS}")
        tap.equal(status, STATUS, f"{checker}: --error-exitcode counts them")
        tap.ok([json.loads(line) for line in text.splitlines()] == own,
               f"{checker}: --only= takes them and no others")
        lines = [line for line in run("errors", only)[1].splitlines() if ": warning: " in line]
        tap.ok(len(lines) == len(own) and all(line.endswith(f" [{checker}]") for line in lines),
               f"{checker}: a line for editors each")
        results = json.loads(run("sarif", only)[1])["runs"][0]["results"]
        bugs = [json.loads(line) for line in run("json", only, "--group")[1].splitlines()]
        tap.equal(sum(bug["reports"] for bug in bugs), len(own), f"{checker}: each is in a bug")
        if checker == "kmemcheck":
            continue
        wrong = [(report["error"], report["verdict"]["class"], report["kind"], result["ruleId"])
                 for report, result in zip(own, results)
                 if result["ruleId"] != wanted_rule(report)]
        tap.ok(not wrong and len(own) == len(results), f"{checker}: a rule for each kind", wrong)
    tap.done()


main()
