#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the original kmemcheck forbade works: the function tracer, optimisation for size;
and so do the SLAB allocator and the frame pointer unwinder.
"""

import re

import guest

TROUBLE = re.compile(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Kernel panic|stall).*")


def check_health(tap, label, boot, engine):
    stats = boot.stats()
    tap.equal(boot.status, 0, f"{label}: the guest powers off by itself") or print(boot.tail())
    tap.equal((stats.get("mode"), stats.get("engine")), ("enabled", engine),
              f"{label}: it is enabled")
    tap.equal(stats.get("tripwire hits"), "0", f"{label}: the handler took no fault itself")
    tap.equal(TROUBLE.findall(boot.dmesg), [], f"{label}: no oops, no warning")


def check_kunit(tap, engine):
    label = f"{engine}, KUnit"
    boot = guest.Guest("idle", append=f"kmemcheck=1 kmemcheck.engine={engine} kunit.enable=1 "
                       "kunit.filter_glob=kmemcheck", kernel=guest.KERNEL_SLAB)
    check_health(tap, label, boot, engine)
    cases = guest.ktap(boot.dmesg, "kmemcheck")
    if tap.ok(cases, f"{label}: the suite ran"):
        tap.subtest(cases, f"{label}: suite kmemcheck")
    boot.close()


def check_trace(tap, engine, smp):
    label = f"{engine}, tracer"
    boot = guest.Guest("trace", append=f"kmemcheck=1 kmemcheck.engine={engine}", smp=smp,
                       kernel=guest.KERNEL_SLAB)
    check_health(tap, label, boot, engine)
    for name in ("function", "function_graph"):
        tap.ok("vfs_read" in boot.read(boot.file(name)), f"{label}: {name} has traced")
    boot.close()


guest.need_kernel(guest.KERNEL_SLAB, "-C kernel slab")
tap = guest.Tap()
check_kunit(tap, "alias")
check_kunit(tap, "step")
check_trace(tap, "alias", 2)
tap.done()
