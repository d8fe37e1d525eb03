#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports from Debian's kernel whose types, members and confidence were wrong.

DEBIAN_VMLINUX names the vmlinux of linux-image-6.1.0-57-amd64-dbg (6.1.192-3); without
it, where that package puts it. DEBIAN_SOURCE names its source, if there is one: each is
looked at with and without.
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "guest"))
# pylint: disable=wrong-import-position
from guest import REPORT, Tap       # noqa: E402

RELEASE = "6.1.0-57-amd64"
VMLINUX = os.environ.get("DEBIAN_VMLINUX", f"/usr/lib/debug/boot/vmlinux-{RELEASE}")
SOURCE = os.environ.get("DEBIAN_SOURCE")
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata", "debian")

TIMEWAIT = "struct inet_timewait_sock"
# name: what it is, and its confidence with source and without
WANTED = {
    "wrong-certain-81880bcd": ("struct request_sock", ["rsk_ops"], "certain", "likely"),
    "wrong-certain-8195c8ff": (TIMEWAIT, ["tw_flowlabel"], "certain", "guess"),
    "wrong-certain-8195e1a5": ("struct tcp_timewait_sock", ["tw_md5_key"], "likely", "likely"),
    "wrong-certain-8195e1cf": ("struct tcp_timewait_sock", ["tw_ts_recent"], "certain", "likely"),
    "wrong-certain-twsk": (TIMEWAIT, ["tw_priority"], "certain", "guess"),
    "wrong-certain-twsk-object": ("struct tcp_timewait_sock", ["tw_sk.tw_priority"],
                                  "certain", "likely"),
    "union-arm-compound_head": ("struct page", ["compound_head"], "certain", "likely"),
    "union-arm-hentry": ("struct worker", ["hentry.pprev"], "certain", "certain"),
    "union-arm-tcp_rtx_queue": ("struct tcp_sock",
                                ["inet_conn.icsk_inet.sk.tcp_rtx_queue.rb_node"],
                                "certain", "certain"),
    "bitfield-name-nohdr": ("struct sk_buff", ["nohdr"], "certain", "likely"),
    "anonymous-atomic_t": ("atomic_t", ["counter"], "certain", "likely"),
    "guess-padding": ("struct sigqueue", ["info"], "certain", "certain"),
}


def explain(name, source):
    path = os.path.join(DATA, name + ".log")
    done = subprocess.run([REPORT, "-q", "--format=json", "-k", VMLINUX, "-s", source, path],
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def main():
    if not os.path.exists(VMLINUX):
        print(f"1..0 # SKIP there is no {VMLINUX}")
        return
    tap = Tap()
    with tempfile.TemporaryDirectory() as nothing:
        for name, (kind, path, confidence, alone) in WANTED.items():
            if SOURCE:
                thing = explain(name, SOURCE)["object"]
                tap.equal((thing["type"], [thing["path"], *thing.get("also", [])]), (kind, path),
                          f"{name}: {kind}")
                tap.equal(thing["confidence"], confidence, f"{name}: {confidence}")
            report = explain(name, nothing)
            thing = report["object"]
            tap.equal(thing["confidence"], alone, f"{name}: without source {alone}")
            if alone != "guess":
                tap.equal(thing["type"], kind, f"{name}: without source {kind}")
                tap.ok(set(path) <= {thing["path"], *thing.get("also", [])},
                       f"{name}: without source {path[0]}", [thing["path"], thing.get("also")])
            if name.startswith("bitfield"):
                tap.equal(report["verdict"]["class"], "uninitialized-member",
                          f"{name}: no false positive")
    tap.done()


main()
