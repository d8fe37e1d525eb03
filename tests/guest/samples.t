#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each bug of the sample module is reported exactly once, as announced, by both engines."""

import guest

WANTED = {
    # name: kind, state, function of the bug
    "never_written": ("read", "uninitialized", "never_written"),
    "padding_copy": ("read", "uninitialized", "padding_copy"),
    "use_after_free": ("read", "freed", "use_after_free"),
    "bitfield": ("read", "uninitialized", "bitfield"),
    "copy_to_user": ("infoleak", "uninitialized", "leak_info"),
    "message": ("infoleak", "uninitialized", "leak_message"),
}


def is_in_sample(report, function):
    """The bug's own function is the innermost frame, or near it for a leak."""
    return any(frame["symbol"] == function and frame["module"] == "kmemcheck_samples"
               for frame in report["frames"])


def check(tap, source, reports, expected, from_stream):
    for name, (kind, state, function) in WANTED.items():
        label = f"{source}: {name}"
        want = expected.get(name)
        if not tap.ok(want, f"{label} was triggered"):
            continue
        found = [r for r in reports if is_in_sample(r, function)]
        if not tap.equal([r["address"] for r in found], [hex(want["address"])],
                         f"{label} is reported exactly once"):
            continue
        report = found[0]
        tap.equal(int(report["address"], 16), want["address"], f"{label} has the address")
        tap.equal(report["kind"], kind, f"{label} has the kind")
        tap.equal(report["state"], state, f"{label} has the state")
        tap.equal(report["bits"], 8 * want["size"], f"{label} has the size")
        thing = report["object"] or {}
        tap.equal(thing.get("cache"), want["cache"], f"{label} has the cache")
        tap.equal(thing.get("offset"), want["offset"], f"{label} has the offset")
        tap.equal(int(thing.get("start") or "0", 16), want["start"],
                  f"{label} has the object")
        tap.ok(report["alloc"], f"{label} has the allocation")
        if from_stream and name == "use_after_free":
            tap.ok(report["free"], f"{label} has who freed it")


def check_source(tap, source, reports):
    """The message that leaks is the second copy of what was never written."""
    report = next((r for r in reports if is_in_sample(r, "leak_message")), {})
    runs = report.get("runs") or {}
    tap.equal([(run["offset"], run["size"]) for run in runs.get("list", [])], [(4, 4), (24, 8)],
              f"{source}: message has both ranges that leak")
    copied = report.get("copied_from") or {}
    tap.equal((copied.get("cache"), copied.get("offset"), copied.get("copies")),
              ("kmemcheck_sample", 8, 2), f"{source}: message has what it was copied from")
    for name, function in ("copy", "kmemdup"), ("source_alloc", "new_device"):
        frames = (report.get(name) or {"frames": []})["frames"]
        # Since 6.10 it has that behind its name if allocations can be profiled.
        tap.ok(any(frame["symbol"].removesuffix("_noprof") == function for frame in frames[:2]),
               f"{source}: message has {function}() in {name}", frames[:2])


def check_chain(tap, path):
    """The inline chain of the padding copy, down to the module's source."""
    reports = guest.kmc_report(path, "-k", guest.VMLINUX, "-m", guest.MODULES)
    report = next((r for r in reports if is_in_sample(r, "padding_copy")), None)
    chain = [level["function"] for level in report["frames"][0]["inline"]] if report else []
    tap.equal(chain, ["copy_words", "copy_info", "collect_info", "padding_copy"],
              "the inline chain of padding_copy is complete")


def run(tap, engine, smp):
    boot = guest.Guest("samples", append=f"kmemcheck=1 kmemcheck.engine={engine}", ring=True,
                       module=True, smp=smp)
    tap.equal(boot.status, 0, f"{engine}: the guest ran all triggers") or print(boot.tail())
    expected = guest.expected(boot.log)
    check(tap, f"{engine}, stream", guest.kmc_report(boot.ring_path), expected, True)
    check(tap, f"{engine}, log", guest.kmc_report(boot.log_path), expected, False)
    for source, path in ("stream", boot.ring_path), ("log", boot.log_path):
        check_source(tap, f"{engine}, {source}", guest.kmc_report(path))
    check_chain(tap, boot.ring_path)
    boot.close()


guest.need_kernel()
tap = guest.Tap()
run(tap, "alias", 2)
run(tap, "step", 1)
tap.done()
