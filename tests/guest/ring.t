#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The report stream under readers that are late, slow, stopped, killed, or two."""

import guest

guest.need_kernel()
tap = guest.Tap()
boot = guest.Guest("ring", append="kmemcheck=1 kmemcheck.ratelimit=0",
                   module=True)
tap.equal(boot.status, 0, "the guest ran to the end") or print(boot.tail())


def read(name):
    """A stream that must be whole: header first, no byte out of place."""
    try:
        stream = guest.records(boot.file(name))
    except (OSError, ValueError) as err:
        tap.ok(False, f"{name}: the stream is whole", err)
        return []
    tap.ok(stream and stream[0][0] == guest.HEADER, f"{name}: starts with a header")
    tap.equal(sum(kind == guest.HEADER for kind, _, _ in stream), 1, f"{name}: only one")
    return stream


def numbers(stream):
    return [seq for kind, seq, _ in stream if kind == guest.REPORT_RECORD]


def ours(name):
    """Numbers of the reports of the sample module, as kmc-report reads them."""
    return [report["source"]["seq"] for report in guest.kmc_report(boot.file(name))
            if any(frame["symbol"] == "never_written" for frame in report["frames"])]


# The kernel may have reported other things, so totals are not known before.
for name, count in {"late": 5, "half": 8, "after": 11, "one": 15, "two": 15}.items():
    stream = read(name)
    seqs = numbers(stream)
    tap.equal(guest.lost(stream), 0, f"{name}: nothing lost")
    tap.equal(seqs, list(range(1, len(seqs) + 1)), f"{name}: every report, in order")
    tap.equal(len(ours(name)), count, f"{name}: has all {count} triggered so far")
# They stop one after the other, and a stopping process makes reports, too.
one, two = (numbers(guest.records(boot.file(name))) for name in ("one", "two"))
both = min(len(one), len(two))
tap.equal(one[:both], two[:both], "two readers at once see the same")

slow = read("slow")
seqs = numbers(slow)
missing = guest.lost(slow)
tap.ok(missing > 0, "slow: the ring has overtaken it")
tap.ok(all(b > a for a, b in zip(seqs, seqs[1:])), "slow: what is left is in order")
total = seqs[-1] if seqs else 0
tap.equal(missing + len(seqs), total, "slow: lost plus read is all that there was")
overruns = int(boot.stats().get("overruns", -1))
before = int(boot.stats("stats-before").get("overruns", -1))
tap.equal((before, overruns), (0, missing), "stats count the same overruns")
boot.close()
tap.done()
