#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""With kmemcheck=0 the guest boots as any other and says nothing of kmemcheck."""

import re

import guest

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("idle", append="kmemcheck=0", timeout=120)
tap.equal(boot.status, 0, "boots to userspace and powers off") or print(boot.tail())
said = [line for line in boot.dmesg.splitlines()
        if re.search("kmemcheck", line) and not re.search("[Cc]ommand line:", line)]
tap.ok(boot.dmesg, "the kernel's log was saved")
tap.equal(said, [], "an idle boot prints nothing of kmemcheck")
tap.equal(boot.stats().get("mode"), "disabled", "stats says that it is disabled")
tap.equal(boot.stats().get("faults"), "0", "nothing was hidden")
boot.close()
tap.done()
