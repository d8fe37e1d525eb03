#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""With kmemcheck=1 the guest boots, and the KUnit suite passes: with the alias engine
on one CPU, on two with page-table isolation, and with the step engine.
"""

import re

import guest


def check(tap, engine, smp, options=""):
    label = f"{engine}, {smp} CPU"
    boot = guest.Guest("idle", append=f"kmemcheck=1 kmemcheck.engine={engine} kunit.enable=1 "
                       f"kunit.filter_glob=kmemcheck {options}", ring=True, smp=smp)
    tap.equal(boot.status, 0, f"{label}: boots to userspace and powers off") or \
        print(boot.tail())

    cases = guest.ktap(boot.dmesg, "kmemcheck")
    if tap.ok(cases, f"{label}: the KUnit suite ran"):
        tap.subtest(cases, f"{label}: KUnit suite kmemcheck")

    stats = boot.stats()
    tap.equal(stats.get("mode"), "enabled", f"{label}: stats says that it is enabled")
    tap.equal(stats.get("engine"), engine, f"{label}: stats has the engine")
    tap.equal(stats.get("tripwire hits"), "0", f"{label}: the handler took no fault itself")
    tap.equal((stats.get("broken invariants"),
               len(re.findall(r"kmemcheck: broken invariant, switched off: \S*mm/kmemcheck/", boot.dmesg))),
              ("1", 1), f"{label}: the invariant that KUnit breaks is counted and told")
    tap.ok(int(stats.get("faults", 0)) > 1000, f"{label}: accesses of the boot were checked",
           stats)
    brought_up = re.search(r"Brought up 1 node, (\d+) CPU", boot.dmesg)
    tap.equal(brought_up and int(brought_up[1]), smp, f"{label}: all CPUs are up")
    trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
    tap.equal(trouble, [], f"{label}: no oops, no warning")

    stream = guest.records(boot.ring_path)
    tap.equal(stream[0][0] if stream else None, guest.HEADER,
              f"{label}: the stream starts with a header")
    # The log ends later than the stream, with what saving it has provoked.
    in_log = [int(match, 16) for match in
              re.findall(r"WARNING: kmemcheck: Caught .* memory \((\w+)\)", boot.dmesg)]
    in_stream = [guest.address(record) for record in stream
                 if record[0] == guest.REPORT_RECORD]
    # Two CPUs may print their reports in another order than they store them.
    tap.ok(not set(in_stream) - set(in_log) if smp > 1 else
           in_stream == in_log[:len(in_stream)],
           f"{label}: log and stream have the same reports")
    # KUnit fills the queue on purpose, which loses some.
    got = len(in_stream) + guest.lost(stream)
    tap.ok(got >= int(stats.get("reports", -1)),
           f"{label}: the stream has or has lost all that stats counted",
           f"{got} in the stream, {stats.get('reports')} counted")
    boot.close()


guest.need_kernel()
tap = guest.Tap()
check(tap, "alias", 1)
check(tap, "alias", 2, "pti=on")
check(tap, "step", 1)
tap.done()
