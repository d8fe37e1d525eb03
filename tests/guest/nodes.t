#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine of two nodes has a part of the pool on each, with a gap between them: the KUnit
suite passes, and the samples are reported."""

import guest
from workload import TROUBLE

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("samples", append="kmemcheck=1 kunit.enable=1 kunit.filter_glob=kmemcheck "
                   "numa=fake=2", ring=True, module=True, smp=2)
tap.equal(boot.status, 0, "boots to userspace and powers off") or print(boot.tail())
cases = guest.ktap(boot.dmesg, "kmemcheck")
if tap.ok(cases, "the KUnit suite ran"):
    tap.subtest(cases, "KUnit suite kmemcheck")
stats = boot.stats()
sizes = [int(stats.get(f"pool of node {node}", 0)) for node in (0, 1)]
tap.ok(all(size > 64 << 20 for size in sizes), "each node has a part of the pool", stats)
tap.equal(sum(sizes), int(stats.get("pool", -1)), "together they are the pool")
used = [int(stats.get(f"pool used of node {node}", 0)) for node in (0, 1)]
tap.ok(all(used), "memory of both is used", stats)
tap.equal(stats.get("tripwire hits"), "0", "the handler took no fault itself")
named = [frame["symbol"] for report in guest.kmc_report(boot.ring_path)
         for frame in report["frames"][:4] if frame["module"] == "kmemcheck_samples"]
for function in ("never_written", "padding_copy", "use_after_free", "bitfield", "leak_info",
                 "leak_message"):
    tap.ok(function in named, f"{function} is reported")
tap.equal([line for line in TROUBLE.findall(boot.dmesg)], [], "no trouble")
boot.close()
tap.done()
