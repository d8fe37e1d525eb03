#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bugs that Linux once had are reported in a kernel that has them again, and nothing
is reported for the same steps in one where they are fixed."""

import json
import os
import tempfile

import guest

# What differs from one version of Linux to another.
with open(os.path.join(guest.TARGET, "expect.json"), encoding="utf-8") as expected:
    EXPECT = json.load(expected)
# What a buffer for a message of hardly any bytes comes from.
MESSAGE = EXPECT["small message"]

WANTED = {
    # name: what is reported, in which function, about which object, whose it is. Where what
    # is in an object came from another one, whose that is ("source"), where in it ("from")
    # and how often it was copied. "runs" are all uninitialised bytes "of" those that one
    # access copies, by their offsets in them; "filler" first put something into a socket
    # buffer, of the source if there is one.
    "vfat": {"kind": "infoleak", "bits": 16, "function": "do_sys_name_to_handle",
             "cache": "kmalloc-32", "size": 32, "offset": 18,
             "owner": "do_sys_name_to_handle", "of": 20, "runs": [(18, 19)]},
    "can": {"kind": "read", "bits": 8, "function": "bcm_tx_setup",
            "cache": "kmalloc-32", "size": 32, "offset": 4,
            "owner": "bcm_tx_setup"},
    "tipc": {"kind": "read", "bits": 64, "function": "bearer_name_validate",
             **MESSAGE, "offset": 52,
             "owner": "netlink_sendmsg"},
    # All of a page but the item. The object is a page or more of them.
    "nilfs2": {"kind": "infoleak", "bits": 8 * (4096 - 16), "function": "nilfs_ioctl_wrap_copy",
               "offset": 16, "owner": "nilfs_ioctl_wrap_copy", "of": 4096, "runs": [(16, 4095)]},
    # The same instruction copies both to user space, and some more.
    "nexthop": {"kind": "infoleak", "bits": 16, "function": "netlink_recvmsg", "depth": 6,
                **MESSAGE, "offset": 50, "owner": "rtm_get_nexthop",
                "filler": "nh_fill_node", **EXPECT["nexthop"],
                "runs": [(50, 51), (58, 59)]},
    "useropt": {"kind": "infoleak", "bits": 8, "function": "netlink_recvmsg", "depth": 6,
                **MESSAGE, "offset": 17, "owner": "ndisc_ra_useropt",
                "filler": "ndisc_ra_useropt", "of": 76, "runs": [(17, 17), (26, 31)]},
    # Behind room for the device's header, and 40 or 20 bytes.
    "icmp6": {"kind": "read", "bits": 8, "function": "__ip6_make_skb",
              **MESSAGE, "offset": 64,
              "owner": "__ip6_append_data", "filler": "__ip6_append_data"},
    "icmp": {"kind": "read", "bits": 8, "function": "__ip_make_skb",
             **MESSAGE, "offset": 36,
             "owner": "__ip_append_data", "filler": "__ip_append_data"},
    "j1939": {"kind": "infoleak", "bits": 40, "function": "raw_recvmsg", "depth": 3,
              **MESSAGE, "offset": 27,
              "owner": "j1939_sk_alloc_skb", "filler": "j1939_sk_alloc_skb",
              "of": 16, "runs": [(11, 15)]},
    # From there into what was zero, and then into another buffer.
    "bcm": {"kind": "infoleak", "bits": 40, "function": "bcm_recvmsg", "depth": 3,
            **MESSAGE, "offset": 67,
            "owner": "bcm_send_to_user", "filler": "j1939_sk_alloc_skb",
            "source": "j1939_sk_alloc_skb", "from": 27, "copies": 2,
            "of": 72, "runs": [(67, 71)]},
    "qrtr": {"kind": "read", "bits": 32, "function": "qrtr_tx_resume",
             **MESSAGE, "offset": 72,
             "owner": "qrtr_endpoint_post", "filler": "qrtr_endpoint_post"},
    # A byte that goes by a register into what was zero. Its first use, after the load in
    # nci_open_device(), waits for a message to be allocated. Where that takes the slow path,
    # this is longer than propagation goes, and the second use is reported.
    "nci-reset": {"kind": "read", "bits": 8,
                  "function": {"nci_open_device", "nci_core_init_rsp_packet"},
                  "cache": "kmalloc-2k", "size": 2048, "member": "nci_ver",
                  "owner": "nci_allocate_device",
                  "source": "virtual_ncidev_write", "from": 5, "copies": 1},
    "nci-rx": {"kind": "read", "bits": 8, "function": "nci_rx_work", "depth": 1,
               **MESSAGE, "offset": 2,
               "owner": "virtual_ncidev_write", "filler": "virtual_ncidev_write"},
    # Two things: nine bytes of a tag's name on their way through the stack, two objects and
    # a message, and a length behind them.
    "nci-target": {"kind": "infoleak", "bits": 8, "function": "netlink_recvmsg", "depth": 6,
                   "cache": "kmalloc-4k", "size": 4096, "offset": 56, "owner": "netlink_dump",
                   "filler": "virtual_ncidev_write", "of": 72, "runs": [(56, 56), (64, 71)],
                   "source": "virtual_ncidev_write", "from": 11, "copies": 3},
    "nci-length": {"kind": "read", "bits": 8, "function": "nci_ntf_packet",
                   **MESSAGE, "offset": 23,
                   "owner": "virtual_ncidev_write", "filler": "virtual_ncidev_write"},
    "ppp-async": {"kind": "read", "bits": 8, "function": "ppp_async_encode",
                  **MESSAGE, "offset": 2,
                  "owner": "ppp_write", "filler": "ppp_write"},
    "ppp-sync": {"kind": "read", "bits": 8, "function": "ppp_sync_txmunge",
                 **MESSAGE, "offset": 4,
                 "owner": "ppp_write", "filler": "ppp_write"},
}

# What this machine has other words, structures and room in front of a message for.
for name, differs in EXPECT.get(guest.MACHINE, {}).items():
    if "runs" in differs:
        differs["runs"] = [tuple(run) for run in differs["runs"]]
    WANTED[name].update(differs)

# No kernel has this one fixed: it shows that kmemcheck looks.
SAMPLE = {"function": "never_written", "owner": "never_written"}


def functions(frames):
    """-> the names of all functions of these frames, inlined ones as well."""
    return {level["function"] for frame in frames for level in frame["inline"]} | \
        {frame["symbol"] for frame in frames}


def owners(report):
    return functions((report["alloc"] or {"frames": []})["frames"])


def about(reports, want):
    """The function itself, or one that it calls to copy. Deeper lies what an interrupt does
    meanwhile. Who allocated it tells apart what comes the same way."""
    wanted = want["function"] if isinstance(want["function"], set) else {want["function"]}
    return [r for r in reports if want["owner"] in owners(r) and
            wanted & functions(r["frames"][:want.get("depth", 2)])]


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
    if "member" in want:
        tap.equal(thing.get("path"), want["member"], f"{label} has the member")
    else:
        tap.equal(thing.get("offset"), want["offset"], f"{label} has the offset")
    tap.equal(int(report["address"], 16) - int(thing.get("start") or "0", 16),
              want.get("offset", thing.get("offset")), f"{label} has an address in the object")
    if "runs" in want:
        check_runs(tap, label, report, want)
    check_origin(tap, label, report, want)


def check_runs(tap, label, report, want):
    """All uninitialised bytes that one access copies. A single range is the access itself."""
    runs = [(run["offset"], run["offset"] + run["size"] - 1)
            for run in (report.get("runs") or {}).get("list", [])]
    access = report["access"] or {}
    if not runs:
        first = int(report["address"], 16) - int(access.get("start") or "0", 16)
        runs = [(first, first + report["bits"] // 8 - 1)]
    tap.equal((runs, access.get("length")), (want["runs"], want["of"]),
              f"{label} has all that was not written of the copy")


def check_origin(tap, label, report, want):
    source = report.get("copied_from")
    if "source" in want:
        allocated = functions((report.get("source_alloc") or {"frames": []})["frames"])
        tap.ok(want["source"] in allocated, f"{label} has who allocated the source",
               sorted(map(str, allocated)))
        tap.equal((source or {}).get("offset"), want["from"], f"{label} has where it was there")
        tap.equal((source or {}).get("copies"), want["copies"], f"{label} has how often since")
    else:
        tap.equal(source, None, f"{label} was not copied from elsewhere")
    if "filler" in want:
        fill = functions((report.get("fill") or {"frames": []})["frames"][:4])
        tap.ok(want["filler"] in fill, f"{label} has who filled it", sorted(map(str, fill)))


def summary(report):
    frames = [frame["symbol"] for frame in report["frames"][:4]]
    return f"{report['kind']} of {report['bits']} bits in {frames}"


def check_bugs(tap, source, reports):
    for name, want in WANTED.items():
        found = about(reports, want)
        if tap.equal(len(found), 1, f"{source}: {name} is reported exactly once"):
            check_report(tap, f"{source}: {name}", found[0], want)
    tap.equal(len(reports), len(WANTED), f"{source}: nothing else is reported") or \
        print(*(f"# {summary(report)}" for report in reports), sep="\n")


def check_fixed(tap, source, reports):
    tap.equal(len(about(reports, SAMPLE)), 1, f"{source}: another bug is reported")
    for name, want in WANTED.items():
        tap.equal(about(reports, want), [], f"{source}: {name} is not reported")
    tap.equal(len(reports), 1, f"{source}: nor is anything else") or \
        print(*(f"# {summary(report)}" for report in reports), sep="\n")


def run(tap, kernel, images, check, module=False):
    boot = guest.Guest("bugs", append="kmemcheck=1", ring=True, smp=2, files=images,
                       kernel=kernel, module=module)
    label = os.path.basename(kernel)
    tap.equal(boot.status, 0, f"{label}: the guest ran all triggers") or print(boot.tail())
    for name in set(WANTED) - {"nci-length"}:
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
