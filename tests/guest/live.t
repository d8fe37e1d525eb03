#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-report and kmc-annotate in the kernel that they look at, live from debugfs.

The guest's console is a real terminal, which tmux is. Reports come every ten seconds;
those that come while kmc-annotate pauses are shown when it goes on.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import guest

sys.path.insert(0, os.path.join(guest.ROOT, "tests", "tui"))
import terminal  # pylint: disable=wrong-import-position

TERMINFO = ("/lib/terminfo/s/screen", "/usr/share/terminfo/s/screen")


def libraries(program):
    """Everything that the loader would load, itself included."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(?:=> |^\t)(/\S+)", listed, re.M))


def files(annotate):
    paths = {guest.REPORT, annotate} | libraries(guest.REPORT) | libraries(annotate)
    return sorted(paths) + [path for path in TERMINFO if os.path.exists(path)][:1]


def drive(tap, t):
    """What one sees and types; ends when kmc-annotate has been left."""
    tap.ok(t.wait("2 reports of 2 bugs, following", "never_written", "padding_copy"),
           "what is in the ring already is shown")
    tap.ok(t.wait("3 reports of 3 bugs, following", "use_after_free"),
           "a report appears when it comes")
    t.keys("p")
    tap.ok(t.wait("3 reports of 3 bugs, paused"), "following can be paused")
    t.keys("Enter")
    tap.ok(t.wait("Memory", "Object", "kmemcheck_sample"), "a report is opened")
    t.keys("q", "p")
    tap.ok(t.wait("6 reports of 4 bugs, following", "bitfield"),
           "what came meanwhile is shown when it goes on")
    t.keys("Q")


def check_report(tap, out, ring):
    with open(os.path.join(out, "reports"), encoding="utf-8") as file:
        live = [json.loads(line) for line in file]
    with open(os.path.join(out, "errors"), encoding="utf-8") as file:
        errors = file.read()
    saved = guest.kmc_report(ring)
    numbers = [report["source"]["seq"] for report in live]
    tap.equal(numbers, [1, 2], "kmc-report read two reports") or print("# " + errors)
    for one, other in zip(live, saved):
        for report in one, other:
            del report["source"]    # names the input
        tap.equal(one, other, "it is the report that the stream has")


def main():
    guest.need_kernel()
    annotate = os.path.abspath(os.environ.get("KMC_ANNOTATE") or
                               os.path.join(guest.BUILD, "kmc-annotate"))
    if not shutil.which("tmux"):
        print("1..0 # SKIP tmux is not installed, run make deps")
        return
    tap = guest.Tap()
    with tempfile.TemporaryDirectory(prefix="kmc-live.") as directory:
        out, ring = directory + "/out", directory + "/ring"
        command = [os.path.join(guest.ROOT, "kernel", "guest", "run"), "--interactive",
                   "--test", "live", "--append", "kmemcheck=1", "--log", directory + "/log",
                   "--ring", ring, "--out", out, "--timeout", "500",
                   "--module", os.path.join(guest.MODULES, "kmemcheck_samples.ko")]
        for path in files(annotate):
            command += ["--file", path]
        with open(directory + "/guest", "w", encoding="utf-8") as script:
            script.write("exec " + " ".join(command + [guest.KERNEL]) + "\n")
        terminal.PATIENCE = 240
        t = terminal.Terminal(directory)
        try:
            t.run("clear; sh guest; echo guest=$?")
            drive(tap, t)
            tap.ok(t.wait("guest=0"), "the guest ran to the end")
        finally:
            t.close()
        check_report(tap, out, ring)
        stty = [guest.Guest.read(os.path.join(out, "stty-" + when))
                for when in ("before", "after")]
        tap.equal(stty[1], stty[0], "the terminal is as it was")
    tap.done()


if __name__ == "__main__":
    main()
