#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""With kmemcheck=1 the guest boots, and the KUnit suite passes."""

import re

import guest

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("idle", append="kmemcheck=1 kunit.enable=1", ring=True)
tap.equal(boot.status, 0, "boots to userspace and powers off") or print(boot.tail())

cases = guest.ktap(boot.dmesg, "kmemcheck")
if tap.ok(cases, "the KUnit suite ran"):
    tap.subtest(cases, "KUnit suite kmemcheck")

stats = boot.stats()
tap.equal(stats.get("mode"), "enabled", "stats says that it is enabled")
tap.ok(int(stats.get("faults", 0)) > 1000, "accesses of the boot were checked", stats)
trouble = re.findall(r"(?:Oops|WARNING: CPU|BUG: (?!kmemcheck)|Call Trace).*", boot.dmesg)
tap.equal(trouble, [], "no oops, no warning")

stream = guest.records(boot.ring_path)
tap.equal(stream[0][0] if stream else None, guest.HEADER, "the stream starts with a header")
# The log ends later than the stream, with what saving it has provoked.
in_log = [int(match, 16) for match in
          re.findall(r"WARNING: kmemcheck: Caught .* memory \((\w+)\)", boot.dmesg)]
in_stream = [guest.address(record) for record in stream if record[0] == guest.REPORT_RECORD]
tap.equal(in_stream, in_log[:len(in_stream)], "log and stream have the same reports")
# KUnit fills the queue on purpose, which loses some.
got = len(in_stream) + guest.lost(stream)
tap.ok(got >= int(stats.get("reports", -1)), "the stream has or has lost all that stats counted",
       f"{got} in the stream, {stats.get('reports')} counted")
boot.close()
tap.done()
