# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot a guest for the KUnit suite kmemcheck_diff, and take its results."""

import os
import re

import guest


def run(options="", timeout=900):
    """KMC_DIFF in the environment adds boot options, to replay a failure."""
    guest.need_kernel()
    tap = guest.Tap()
    boot = guest.Guest("idle", timeout=timeout, append="kmemcheck=1 kunit.enable=1 "
                       f"kunit.filter_glob=kmemcheck_diff {options} "
                       + os.environ.get("KMC_DIFF", ""))
    tap.equal(boot.status, 0, "boots to userspace and powers off") or print(boot.tail())

    cases = guest.ktap(boot.dmesg, "kmemcheck_diff")
    if tap.ok(cases, "the KUnit suite ran"):
        tap.subtest(cases, "KUnit suite kmemcheck_diff")
    said = re.findall(r"kmemcheck: (diff: .*|  .*)", boot.dmesg)
    for line in said:
        print("# " + line)
    tap.ok(any(re.match(r"diff: \d+ instances in", line) for line in said),
           "the totals were printed")
    tap.equal(boot.stats().get("tripwire hits"), "0", "the handler took no fault itself")
    tap.equal(boot.stats().get("broken invariants"), "0", "no invariant was broken")
    trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
    tap.equal(trouble, [], "no oops, no warning")
    boot.close()
    tap.done()
