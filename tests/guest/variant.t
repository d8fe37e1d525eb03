#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel that differs in all options: the SLAB allocator, optimised for size, frame
pointers, kmemcheck on by default. The KUnit suite passes with both engines, and all
functions can be traced while kmemcheck checks what they do.
"""

import re

import guest

# CONFIG_KMEMCHECK_SHADOW_COPY_SHIFT=7
COPY = 128


def events(boot, name):
    """-> how many events a phase of the test recorded, also those overwritten since."""
    return sum(int(n) for n in re.findall(r"^(?:entries|overrun): (\d+)$",
                                          boot.read(boot.file(name)), re.M))


def check_tracer(tap, boot, label):
    for name, least in ("all", 10000), ("some", 1000), ("graph", 1000):
        got = events(boot, name)
        tap.ok(got >= least, f"{label}: traced {name}: {least} functions or more", got)
    trace = boot.read(boot.file("all.trace")) + boot.read(boot.file("some.trace"))
    tap.ok(re.search(r": \w+ <-\w+$", trace, re.M), f"{label}: the trace has functions", trace)
    tap.ok(not re.search(r" <-(kmemcheck_(fetch|decode|alias_fault|access)|queue_report)\b", trace),
           f"{label}: nothing was traced inside of the fault", trace)


def check_reports(tap, boot, label):
    reports = [r for r in guest.kmc_report(boot.ring_path) if r["object"] and r["memory"]]
    tap.ok(reports, f"{label}: the stream has reports")
    odd = [r["signature"] for r in reports if len(r["memory"]) > 2 * COPY]
    tap.equal(odd, [], f"{label}: they show {COPY} bytes")
    tap.ok(any(len(r["memory"]) == 2 * COPY for r in reports), f"{label}: no less")
    bare = [r["signature"] for r in reports if len(r["frames"]) < 3 or not r["alloc"]]
    tap.equal(bare, [], f"{label}: all of them have stacks")


def check(tap, engine, smp, mode=""):
    label = f"{engine}, {smp} CPU"
    boot = guest.Guest("trace", append=f"{mode} kmemcheck.engine={engine} kunit.enable=1 "
                       "kunit.filter_glob=kmemcheck", ring=True, smp=smp,
                       kernel=guest.KERNEL_SLAB)
    tap.equal(boot.status, 0, f"{label}: boots, traces, and powers off") or print(boot.tail())
    cases = guest.ktap(boot.dmesg, "kmemcheck")
    if tap.ok(cases, f"{label}: the KUnit suite ran"):
        tap.subtest(cases, f"{label}: KUnit suite kmemcheck")

    stats = boot.stats()
    tap.equal(stats.get("mode"), "enabled", f"{label}: stats says that it is enabled")
    tap.equal(stats.get("engine"), engine, f"{label}: stats has the engine")
    tap.equal(stats.get("tripwire hits"), "0", f"{label}: the handler took no fault itself")
    trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
    tap.equal(trouble, [], f"{label}: no oops, no warning")
    check_tracer(tap, boot, label)
    check_reports(tap, boot, label)
    boot.close()


guest.need_kernel(guest.KERNEL_SLAB, "-C kernel slab")
tap = guest.Tap()
# With init_on_free SLAB keeps the lists of free objects elsewhere.
check(tap, "alias", 2, "init_on_free=1")
check(tap, "step", 1, "kmemcheck=1")
tap.done()
