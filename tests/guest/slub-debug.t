#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""slub_debug= comes first: what SLUB debugs, kmemcheck leaves alone, and nothing else."""

import re

import guest

OF_THE_CACHE = {"never_written", "use_after_free", "leak_info"}
OF_KMALLOC = {"padding_copy", "bitfield"}


def check(tap, option, wanted):
    boot = guest.Guest("samples", append=f"kmemcheck=1 slub_debug={option}", ring=True,
                       module=True)
    label = f"slub_debug={option}"
    tap.equal(boot.status, 0, f"{label}: the guest ran all triggers") or print(boot.tail())
    caches = {name: want["cache"] for name, want in guest.expected(boot.log).items()}
    tap.equal(sorted(set(caches.values())),
              ["kmalloc-32", "kmalloc-64", "kmalloc-8", "kmemcheck_sample"],
              f"{label}: the samples are in these caches")
    found = [function for function in sorted(OF_THE_CACHE | OF_KMALLOC)
             for report in guest.kmc_report(boot.ring_path)
             if function in [frame["symbol"] for frame in report["frames"]]]
    tap.equal(found, sorted(wanted), f"{label}: these are reported, once each")
    tap.equal(boot.stats().get("tripwire hits"), "0",
              f"{label}: the handler took no fault itself")
    trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
    tap.equal(trouble, [], f"{label}: no oops, no warning")
    boot.close()


guest.need_kernel()
tap = guest.Tap()
check(tap, "-", OF_THE_CACHE | OF_KMALLOC)
check(tap, ",kmemcheck_sample", OF_KMALLOC)
tap.done()
