#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bugs that Linux once had are reported in a kernel that has them again, and nothing
is reported for the same steps in one where they are fixed."""

import os
import tempfile

import guest

WANTED = {
    # name: what is reported, in which function, about which object, whose it is
    "vfat": {"kind": "infoleak", "bits": 16, "function": "do_sys_name_to_handle",
             "cache": "kmalloc-32", "size": 32, "offset": 18,
             "owner": "do_sys_name_to_handle"},
    "can": {"kind": "read", "bits": 8, "function": "bcm_tx_setup",
            "cache": "kmalloc-32", "size": 32, "offset": 4,
            "owner": "bcm_tx_setup"},
    "tipc": {"kind": "read", "bits": 64, "function": "bearer_name_validate",
             "cache": "kmalloc-512", "size": 512, "offset": 52,
             "owner": "netlink_sendmsg"},
    # All of a page but the item. The object is a page or more of them.
    "nilfs2": {"kind": "infoleak", "bits": 8 * (4096 - 16), "function": "nilfs_ioctl_wrap_copy",
               "offset": 16, "owner": "nilfs_ioctl_wrap_copy"},
}


def functions(frames):
    """-> the names of all functions of these frames, inlined ones as well."""
    return {level["function"] for frame in frames for level in frame["inline"]} | \
        {frame["symbol"] for frame in frames}


def about(reports, function):
    """The function itself, or one that it calls to copy. Deeper lies what an
    interrupt does meanwhile."""
    return [r for r in reports if function in functions(r["frames"][:2])]


def is_pages(thing):
    size, start = thing.get("size") or 0, int(thing.get("start") or "1", 16)
    return size >= 4096 and size % 4096 == 0 and start % 4096 == 0


def check_report(tap, label, report, want):
    thing = report["object"] or {}
    tap.equal(report["kind"], want["kind"], f"{label} has the kind")
    tap.equal(report["state"], "uninitialized", f"{label} has the state")
    tap.equal(report["bits"], want["bits"], f"{label} has the size of the access")
    if "cache" in want:
        tap.equal(thing.get("cache"), want["cache"], f"{label} has the cache")
        tap.equal(thing.get("size"), want["size"], f"{label} has the size of the object")
    else:
        tap.ok(is_pages(thing), f"{label} has whole pages as the object", thing)
    tap.equal(thing.get("offset"), want["offset"], f"{label} has the offset")
    tap.equal(int(report["address"], 16) - int(thing.get("start") or "0", 16),
              want["offset"], f"{label} has an address in the object")
    owners = functions((report["alloc"] or {"frames": []})["frames"])
    tap.ok(want["owner"] in owners, f"{label} has who allocated it", sorted(map(str, owners)))


def check_bugs(tap, source, reports):
    for name, want in WANTED.items():
        found = about(reports, want["function"])
        if tap.equal(len(found), 1, f"{source}: {name} is reported exactly once"):
            check_report(tap, f"{source}: {name}", found[0], want)


def check_fixed(tap, source, reports):
    tap.equal(len(about(reports, "never_written")), 1, f"{source}: another bug is reported")
    for name, want in WANTED.items():
        tap.equal(about(reports, want["function"]), [], f"{source}: {name} is not reported")


def run(tap, kernel, images, check, module=False):
    boot = guest.Guest("bugs", append="kmemcheck=1", ring=True, smp=2, files=images,
                       kernel=kernel, module=module)
    label = os.path.basename(kernel)
    tap.equal(boot.status, 0, f"{label}: the guest ran all triggers") or print(boot.tail())
    for name in WANTED:
        tap.ok(f"bugs: {name}: " in boot.log, f"{label}: {name} was triggered")
    for source, path in (("stream", boot.ring_path), ("log", boot.log_path)):
        check(tap, f"{label}, {source}",
              guest.kmc_report(path, "-k", os.path.join(kernel, "vmlinux")))
    boot.close()


guest.need_kernel()
guest.need_kernel(guest.KERNEL_BUGS, "-C kernel bugs")
tap = guest.Tap()
with tempfile.TemporaryDirectory(prefix="kmc-images.") as directory:
    images = guest.make_images(directory)
    run(tap, guest.KERNEL_BUGS, images, check_bugs)
    run(tap, guest.KERNEL, images, check_fixed, module=True)
tap.done()
