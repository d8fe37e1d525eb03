#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmemcheck=2 reports once, switches itself off, and the machine goes on.

With two processors, of which the step engine must start only one. And a pool that
is too small for what the guest needs is used up without harm.
"""

import re

import guest

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("samples", append="kmemcheck=2 kmemcheck.engine=step", ring=True,
                   module=True, smp=2)
tap.equal(boot.status, 0, "boots, runs the samples, and powers off") or print(boot.tail())
tap.equal(len(re.findall("WARNING: kmemcheck: Caught", boot.dmesg)), 1, "one report in the log")
stream = guest.records(boot.ring_path)
tap.equal([kind for kind, _, _ in stream], [guest.HEADER, guest.REPORT_RECORD],
          "one report in the stream")
stats = boot.stats()
tap.equal(stats.get("mode"), "disabled", "stats says that it is disabled")
tap.equal(stats.get("reports"), "1", "stats counts one report")
tap.equal(stats.get("tripwire hits"), "0", "the handler took no fault itself")
tap.ok("kmemcheck: Limiting number of CPUs to 1." in boot.dmesg, "says that it allows one CPU")
tap.ok(re.search(r"Brought up 1 node, 1 CPU\b", boot.dmesg), "only one CPU was started")
trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
tap.equal(trouble, [], "no oops, no warning")
boot.close()

boot = guest.Guest("idle", append="kmemcheck=1 kmemcheck.pool=2M", smp=2)
tap.equal(boot.status, 0, "boots with a small pool") or print(boot.tail())
stats = boot.stats()
tap.ok(int(stats.get("untracked slabs", 0)) > 0, "the small pool was used up", stats)
tap.equal(stats.get("tripwire hits"), "0", "the handler took no fault itself")
boot.close()
tap.done()
