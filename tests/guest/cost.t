#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A page is copied in one fault; the profile and the costs can be read.

What an access costs is not judged here: make bench measures it.
"""

import re

import guest

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("cost", append="kmemcheck=1")
tap.equal(boot.status, 0, "the guest ran to the end") or print(boot.tail())
cost = boot.stats("cost")
tap.equal(cost.get("faults of a 4 KiB rep movs"), "1", "rep movs of a page takes one fault")
for name in ("plain", "bare", "access", "access in a loop", "kmalloc and kfree"):
    tap.ok(float(cost.get(name, 0)) > 0, f"has the cost: {name}", cost)
profile = boot.read(boot.file("profile")).splitlines()
tap.ok(len(profile) > 100, "the profile names many instructions", len(profile))
tap.equal([line for line in profile if not re.match(r"\d+ \w\S*\+0x\w+/0x\w+( \[\w+\])?$", line)],
          [], "each with its count and symbol")
stats = boot.stats()
tap.ok(int(stats.get("batched accesses", 0)) > int(stats.get("faults", 0)) / 2,
       "many accesses share a fault", stats)
boot.close()
tap.done()
