#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports of copies: log and stream give one model, through whatever a log went through;
and which of them are one bug."""

import json
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REPORT = os.environ.get("KMC_REPORT", os.path.join(TOP, "build/kmc-report"))
DATA = os.path.join(TOP, "testdata/reports")
# What only a log, or only a stream, has.
APART = {"source", "clock", "cpu", "registers", "time", "kernel"}
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def run(data, *options):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        done = subprocess.run([REPORT, "--format=json", *options, file.name],
                              capture_output=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def text(name="copy-with-three-ranges-and-a-source"):
    with open(os.path.join(DATA, name, "input.log"), encoding="ascii") as file:
        return file.read()


def stream():
    recipe = os.path.join(DATA, "stream-copy-with-three-ranges-and-a-source/input.recipe")
    return subprocess.run([os.path.join(TOP, "tests/mkstream"), recipe], capture_output=True,
                          check=True).stdout


def differ(one, other):
    """Keys in which two reports are not the same."""
    return [key for key in sorted(set(one) | set(other))
            if key not in APART and one.get(key) != other.get(key)]


def expect_same(data, what):
    reports = run(data)
    if len(reports) != 1:
        return ["%s: %d reports" % (what, len(reports))]
    found = differ(reports[0], run(stream())[0])
    return ["%s: %s" % (what, key) for key in found]


@test
def log_and_stream_give_the_same():
    report = run(stream())[0]
    wrong = expect_same(text().encode(), "log")
    if [run_["size"] for run_ in report["runs"]["list"]] != [4, 4, 4]:
        wrong.append("runs")
    if report["copied_from"]["copies"] != 2:
        wrong.append("copies")
    return wrong


@test
def a_range_may_have_a_state_of_its_own():
    log = text().replace("20-23, 64-67", "20-23 (freed), 64-67 (unallocated)")
    states = [run_["state"] for run_ in run(log.encode())[0]["runs"]["list"]]
    return [] if states == ["uninitialized", "freed", "unallocated"] else [str(states)]


@test
def so_does_a_log_through_whatever():
    lines = text().splitlines()
    bare = [line[15:] for line in lines]
    wrong = []
    for what, changed in {
            "carriage returns": [line + "\r" for line in lines],
            "trailing blanks": [line + "  " for line in lines],
            "no timestamps": bare,
            "quoted": ["> > " + line for line in bare],
            "dmesg -T": ["[Mon Nov 23 12:00:00 2026] " + line for line in bare],
            "callers": ["[   12.400000][  T77] " + line for line in bare],
            "syslog": ["Nov 23 12:00:00 host kernel: " + line for line in lines],
            "levels": ["<4>" + line for line in lines],
            "a container's": ["2026-11-23T12:00:00.%09dZ stdout F %s" % (n, line)
                              for n, line in enumerate(lines)],
            "mangled timestamps": ["[ 12.4%05d] %s" % (n, line) for n, line in enumerate(bare)],
            "grep -n": ["%d:%s" % (n + 9, line) for n, line in enumerate(lines)],
            "wrapped": text("facts-wrapped-by-a-mailer").splitlines(),
    }.items():
        wrong += expect_same(("\n".join(changed) + "\n").encode(), what)
    return wrong


@test
def a_log_that_is_cut_anywhere_is_read():
    data = text().encode()
    start = data.index(b"Bytes 4-7")
    wrong = []
    for end in range(start, len(data), 61):
        reports = run(data[:end])
        if len(reports) != 1:
            wrong.append("cut at %d: %d reports" % (end, len(reports)))
    return wrong


@test
def hostile_facts_do_no_harm():
    lines = text()
    wrong = []
    for old, new in (
            ("Bytes 4-7, 20-23, 64-67 of 72", "Bytes 7-4, 99999999999999999999-3 of 72"),
            ("Bytes 4-7, 20-23, 64-67 of 72", "Bytes 4-7, 20-23, 64-72 of 72"),
            ("Bytes 4-7, 20-23, 64-67 of 72", "Bytes 0-18446744073709551615 of 72"),
            ("Bytes 4-7, 20-23, 64-67 of 72", "Bytes 4-7 and 18446744073709551615 more ranges of 72"),
            ("Bytes 4-7, 20-23, 64-67 of 72", "Bytes " + ", ".join(["1-2"] * 60) + " of 72"),
            ("are uninitialized", "are \x1b[31mevil"),
            ("size 72 starts", "size 18446744073709551615 starts"),
            ("size 72 starts", "size 0 starts"),
            ("ffff888003a1c000\n", "ffffffffffffffff\n"),
            ("offset 20", "offset -9223372036854775808"),
            ("offset 20", "offset 99999999999999999999"),
            ("copied 2", "copied 0"), ("copied 2", "copied 18446744073709551615"),
            ("of cache kmalloc-64,", "of cache a, size 1, bytes from offset 9, copied 9 times,"),
            ("Source ffff888003a1d000", "Source ffff888003a1d0000000000000"),
            ("Source allocated by task 77", "Source allocated by task 99999999999999999999")):
        assert old in lines, old
        reports = run(lines.replace(old, new, 1).encode())
        if len(reports) != 1:
            wrong.append("%r: %d reports" % (new, len(reports)))
            continue
        for one in reports[0].get("runs", {"list": []})["list"]:
            length = reports[0]["access"]["length"]
            if one["offset"] < 0 or one["offset"] + one["size"] > length:
                wrong.append("%r: %s" % (new, one))
    return wrong


def leak(alloc="netlink_dump", caller="rtnl_getlink", source=None, fill=None, address=0x1c000,
         size=72, time=12.4, kind="infoleak"):
    """A report that has no more than what tells bugs apart."""
    out = ["WARNING: kmemcheck: Caught 32-bit %s uninitialized memory (ffff8880%08x)"
           % ({"infoleak": "infoleak from", "read": "read from"}[kind], address + 4),
           "00" * 32, " i i i i u u u u" + " i" * 24, "",
           "Pid: %d, comm: ip Not tainted 6.1.0-golden #1" % (time * 10),
           "RIP: 0010:[<ffffffff81042001>]  [<ffffffff81042001>] _copy_to_iter+0x12/0x90",
           " [<ffffffff8104f04e>] netlink_recvmsg+0x8e/0x170",
           " [<ffffffffffffffff>] 0xffffffffffffffff",
           "Bytes 4-7 of %d are uninitialized" % size,
           "Memory access of size %d starts at ffff8880%08x" % (size, address),
           "Object ffff8880%08x of cache kmalloc-%d, size %d, access at offset 4"
           % (address, size + 56, size + 56),
           "Allocated by task 77 at %f:" % time,
           " [<ffffffff81051111>] __alloc_skb+0x11/0x170",
           " [<ffffffff81052222>] %s+0x22/0x170" % alloc,
           " [<ffffffff81052223>] %s+0x22/0x170" % caller]
    if fill:
        out += ["Filled by task 77 at %f:" % time,
                " [<ffffffff81053333>] skb_put+0x33/0x170",
                " [<ffffffff81054444>] %s+0x44/0x170" % fill]
    if source:
        out += ["Stored to memory by task 77 at %f:" % time,
                " [<ffffffff81055555>] skb_copy_expand+0x55/0x170",
                "Source ffff8880%08x of cache kmalloc-64, size 64, bytes from offset %d, "
                "copied %d times" % (address + 4096, address % 60, 1 + address % 3),
                "Source allocated by task 77 at %f:" % time,
                " [<ffffffff81056666>] kmemdup+0x66/0x170",
                " [<ffffffff81057777>] %s+0x77/0x170" % source]
    return "".join("[%12.6f] %s\n" % (time, line) for line in out)


def bugs(*reports):
    return run("".join(reports).encode(), "--group")


@test
def what_tells_leaks_apart_makes_groups():
    wrong = []
    for what, reports in {
            "allocations": [leak(alloc=a) for a in ("a_one", "a_two", "a_three", "a_four")],
            "callers of allocations": [leak(caller=a) for a in ("c_one", "c_two", "c_3", "c_4")],
            "sources": [leak(source=a) for a in ("s_one", "s_two", "s_three", "s_four")],
            "fillers": [leak(fill=a) for a in ("f_one", "f_two", "f_three", "f_four")],
            "all": [leak(), leak(source="s"), leak(fill="f"), leak(alloc="a")],
    }.items():
        found = len(bugs(*reports))
        if found != 4:
            wrong.append("%s: %d groups" % (what, found))
    return wrong


@test
def the_same_leak_elsewhere_is_the_same_bug():
    wrong = []
    for more in ({}, {"source": "attach"}, {"fill": "tcf_fill_node"},
                 {"source": "attach", "fill": "tcf_fill_node"}):
        found = bugs(*[leak(address=0x1c000 + 0x1238 * n, size=72 + 64 * n, time=12.4 + n, **more)
                       for n in range(4)])
        if len(found) != 1 or found[0]["reports"] != 4:
            wrong.append("%s: %d groups" % (more, len(found)))
    # Where it was copied to has nothing to do with it.
    if len(bugs(leak(source="s", alloc="netlink_trim"), leak(source="s", alloc="skb_copy"))) != 1:
        wrong.append("copied to another place")
    return wrong


@test
def other_reports_have_their_old_signatures():
    wrong = []
    old = run(leak(kind="read").encode())[0]["signature"]
    if old != "uninitialized-read in netlink_recvmsg":
        wrong.append(old)
    new = run(leak(source="attach", fill="tcf_fill_node").encode())[0]["signature"]
    if new != ("uninitialized-infoleak in netlink_recvmsg, allocated in attach, "
               "filled in tcf_fill_node"):
        wrong.append(new)
    return wrong


def main():
    print("1..%d" % len(TESTS))
    for number, function in enumerate(TESTS, 1):
        wrong = function()
        print("%sok %d - %s" % ("not " if wrong else "", number,
                                function.__name__.replace("_", " ")))
        for line in wrong[:20]:
            print("# " + line)
    return 0


sys.exit(main())
