#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Threads on all CPUs that hammer tracked memory lose nothing and accuse nobody."""

import re

import guest

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("torture", append="kmemcheck=1", ring=True, smp=2,
                   module="kmemcheck_torture")
tap.equal(boot.status, 0, "the guest boots and the module stays") or print(boot.tail())

lines = re.findall(r"kmemcheck_torture: (.*)", boot.dmesg)
cpus = [line for line in lines if "CPUs online" in line]
print(f"# {cpus[0] if cpus else 'no word of CPUs'}")
results = [line for line in lines if re.match("(not )?ok ", line)]
for line in results:
    tap.ok(line.startswith("ok "), line.split("ok ", 1)[1], *lines)
tap.equal([line for line in lines if line.startswith("1..")], [f"1..{len(results)}"],
          "every test has a result")


def is_ours(report):
    """By the code that ran, by the object that it hit, or by who had allocated that."""
    frames = report["frames"][:1] + ((report["alloc"] or {}).get("frames") or [])[:2]
    return any(frame["module"] == "kmemcheck_torture" for frame in frames) or \
        str((report["object"] or {}).get("cache")).startswith("kmemcheck_torture")


# Mapping user memory makes reports of its own, which are not looked at here.
accusing = [f"{report['address']} in {report['frames'][0]['symbol']}"
            for report in guest.kmc_report(boot.ring_path) if is_ours(report)]
tap.equal(accusing, [], "nothing was reported")
tap.ok("processor 1 went and came" in boot.log or "1 CPUs online" in boot.dmesg,
       "a processor can be taken away and brought back")
stats = boot.stats()
tap.ok(int(stats.get("faults", 0)) > 10000, "the accesses have faulted", stats)
tap.equal(stats.get("tripwire hits"), "0", "the handler took no fault itself")
tap.equal(stats.get("broken invariants"), "0", "no invariant was broken")
tap.equal(stats.get("unknown instructions"), "0", "every instruction was known")
trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
tap.equal(trouble, [], "no oops, no warning")
boot.close()
tap.done()
