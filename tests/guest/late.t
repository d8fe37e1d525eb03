#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmemcheck is switched on when the machine has run for a while: all samples are reported,
though slabs with room for them are older, and all functions can be traced at once.

RUNS=N switches on N times, half of them with a pool that was reserved.
"""

import os
import re

import guest
from workload import TROUBLE

RUNS = int(os.environ.get("RUNS", "4"))
SAMPLES = {"never_written", "padding_copy", "use_after_free", "bitfield", "leak_info",
           "leak_message"}


def check_samples(tap, number):
    pool = "kmemcheck.pool=30%" if number % 2 else ""
    label = f"run {number + 1}{', ' if pool else ''}{pool}"
    boot = guest.Guest("late", append=f"kmemcheck=0 {pool}", ring=True, module=True, smp=2)
    tap.equal(boot.status, 0, f"{label}: boots, is switched on, powers off") or print(boot.tail())
    named = [frame["symbol"] for report in guest.kmc_report(boot.ring_path)
             for frame in report["frames"][:4] if frame["module"] == "kmemcheck_samples"]
    tap.equal({name for name in named if name in SAMPLES}, SAMPLES,
              f"{label}: all samples are reported")
    size = int(boot.stats().get("pool", 0)) >> 20
    memory = re.search(r"Memory: \d+K/(\d+)K available", boot.dmesg)
    share = size * 1024 / int(memory[1]) if memory else 0
    want = 0.3 if pool else 0.25
    tap.ok(want - 0.02 <= share <= want, f"{label}: the pool is as large as was asked for",
           f"{size} MiB are {share:.2f} of memory, not {want}")
    tap.equal(TROUBLE.findall(boot.dmesg), [], f"{label}: no trouble")
    boot.close()


def check_trace(tap):
    label = "function tracers at once"
    boot = guest.Guest("trace-late", append="kmemcheck=0 kmemcheck.pool=25%", smp=2,
                       kernel=guest.KERNEL_SLAB)
    tap.equal(boot.status, 0, f"{label}: switched on, traced, powered off") or \
        print(boot.tail())
    steps = [line.split() for line in boot.read(boot.file("steps")).splitlines()]
    tap.equal([step[0] for step in steps], ["begin", "on", "function", "list",
                                            "function_graph", "list", "nop"],
              f"{label}: each of them was set")
    print("# " + ", ".join(f"{name} at {time} s" for name, time, _ in steps))
    tap.equal(TROUBLE.findall(boot.log), [], f"{label}: no lockup, no stall")
    boot.close()


guest.need_kernel()
guest.need_kernel(guest.KERNEL_SLAB, "-C kernel slab")
tap = guest.Tap()
for run in range(RUNS):
    check_samples(tap, run)
check_trace(tap)
tap.done()
